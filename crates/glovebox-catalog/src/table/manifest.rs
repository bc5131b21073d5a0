//! What was pinned: every file of a table with its identity.

use glovebox_model::Digest;

use super::Unavailable;
use super::layout::FoundFile;
use super::storage::{ObjectVersion, Storage, Version};

/// The pinned inputs of a query from one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    digest: Digest,
    files: usize,
    bytes: u64,
    is_fixed: bool,
}

impl Manifest {
    pub(super) fn of(files: &[FoundFile]) -> Self {
        let mut text = String::from("glovebox manifest 1\n");
        files.iter().for_each(|it| text.push_str(&line(it)));
        Self::new(&text, files.len(), files.iter().map(|it| it.version.size()).sum())
    }

    /// The manifest that `text` tells, one line for each thing that must not change.
    pub(super) fn new(text: &str, files: usize, bytes: u64) -> Self {
        Self { digest: Digest::of(text.as_bytes()), files, bytes, is_fixed: true }
    }

    /// The manifest of what can only be known when it is read; `text` is never twice the same.
    pub(super) fn unfixed(text: &str) -> Self {
        Self { is_fixed: false, ..Self::new(text, 0, 0) }
    }

    /// Whether it says what will be read. If not, no two listings are equal, and one that was
    /// followed by no reading says nothing.
    pub fn is_fixed(&self) -> bool {
        self.is_fixed
    }

    /// SHA-256 over path, device, inode, size and time of change of every file; of objects bucket,
    /// key, ETag, time of change and size.
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

/// 32 random hex digits: what makes one listing or request another than a second one. They say
/// nothing and decide nothing.
pub(super) fn token() -> Result<String, Unavailable> {
    let mut bytes = [0; 16];
    let none = |_| Unavailable::Unusable("the house has no entropy");
    getrandom::fill(&mut bytes).map_err(none)?;
    Ok(bytes.iter().map(|it| format!("{it:02x}")).collect())
}

/// What must not change of a file.
pub(super) fn line(file: &FoundFile) -> String {
    let FoundFile { storage, path, version, .. } = file;
    let length = path.len();
    match version {
        Version::Disk(id) => {
            let (device, inode, size, modified) = (id.device, id.inode, id.size, id.modified_ns);
            format!("{device} {inode} {size} {modified} {length} {path}\n")
        }
        Version::Object(ObjectVersion { size, e_tag, modified }) => {
            let bucket = match storage {
                Storage::Objects(bucket) => bucket.name.as_str(),
                Storage::Folder(_) => "",
            };
            let e_tag = e_tag.as_deref().unwrap_or("-");
            format!("{bucket} {e_tag} {modified} {size} {length} {path}\n")
        }
    }
}
