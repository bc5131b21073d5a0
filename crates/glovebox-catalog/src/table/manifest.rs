//! What was pinned: every file of a table with its identity.

use glovebox_model::Digest;

use super::location::FoundFile;

/// The pinned inputs of a query from one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    digest: Digest,
    files: usize,
    bytes: u64,
}

impl Manifest {
    pub(super) fn of(files: &[FoundFile]) -> Self {
        let mut text = String::from("glovebox manifest 1\n");
        for FoundFile { path, identity, .. } in files {
            let id = identity;
            text.push_str(&format!(
                "{} {} {} {} {} {path}\n",
                id.device,
                id.inode,
                id.size,
                id.modified_ns,
                path.len()
            ));
        }
        Self {
            digest: Digest::of(text.as_bytes()),
            files: files.len(),
            bytes: files.iter().map(|it| it.identity.size).sum(),
        }
    }

    /// SHA-256 over path, device, inode, size and time of change of every file.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How many files.
    pub fn files(&self) -> usize {
        self.files
    }

    /// How many bytes in all.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}
