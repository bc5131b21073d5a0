//! Heads of ledgers, kept by a member so that a changed past shows.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use glovebox_ledger::{Export, Head, TreeName, verify};

/// The folder where heads are kept: one file per tree.
#[derive(Debug, Clone)]
pub struct Heads {
    folder: PathBuf,
}

impl Heads {
    /// Heads in `CONFIG/heads`.
    pub fn new(config_folder: &Path) -> Self {
        Self { folder: config_folder.join("heads") }
    }

    /// The head kept for a tree, if any.
    pub fn kept(&self, tree: TreeName) -> Result<Option<Head>> {
        let path = self.path(tree);
        match std::fs::read_to_string(&path) {
            Ok(text) => read(&text).with_context(|| path.display().to_string()).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    /// Checks `export` against the head kept before, and keeps its head if it holds. The file is
    /// replaced whole, and never by an older head.
    pub fn check_and_keep(&self, export: &Export) -> Result<()> {
        let earlier = self.kept(export.head.tree)?;
        verify(export, earlier.as_ref()).with_context(|| {
            format!(
                "the ledger of {} does not continue the head kept in {}: the server, or someone \
                 between, shows another past than before",
                export.head.tree,
                self.path(export.head.tree).display()
            )
        })?;
        if earlier.is_some_and(|it| it.size >= export.head.size) {
            return Ok(());
        }
        std::fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        let mut file = tempfile_in(&self.folder)?;
        file.1.write_all(serde_json::to_string(&export.head)?.as_bytes())?;
        file.1.sync_all()?;
        std::fs::rename(&file.0, self.path(export.head.tree))?;
        Ok(())
    }

    fn path(&self, tree: TreeName) -> PathBuf {
        let name = tree.to_string().replace('/', "-");
        self.folder.join(format!("{name}.json"))
    }
}

/// Reads a head from its JSON form, or from a copy of a ledger that holds one.
pub(crate) fn read(text: &str) -> Result<Head> {
    if let Some(export) = Export::parse(text) {
        return Ok(export.head);
    }
    match serde_json::from_str(text) {
        Ok(head) => Ok(head),
        Err(_) => bail!("this is not a head of a ledger"),
    }
}

fn tempfile_in(folder: &Path) -> Result<(PathBuf, std::fs::File)> {
    let path = folder.join(format!(".head-{}", std::process::id()));
    let file = std::fs::File::create(&path).with_context(|| path.display().to_string())?;
    Ok((path, file))
}

#[cfg(test)]
mod tests {
    use glovebox_ledger::{Entry, Event, ExportedEntry, SigningKey, Tree};
    use glovebox_model::{Id, Timestamp};

    use super::*;

    fn export(sizes: &[u8], seed: u8) -> Export {
        let name = TreeName::Collaboration(Id::from_random([1; 16]));
        let mut tree = Tree::default();
        let mut entries = Vec::new();
        for (index, salt) in (0..).zip(sizes) {
            let account = format!("{salt:012}").parse().unwrap();
            let entry = Entry::new(Timestamp::from_millis(7), Event::AccountCreated { account });
            tree.append(entry.leaf());
            entries.push(ExportedEntry {
                index,
                entry: entry.canonical(),
                openings: vec![],
                inclusion: vec![],
            });
        }
        let key = SigningKey::from_seed(&[seed; 32]);
        let head = Head::sign(name, tree.size(), tree.root(), Timestamp::from_millis(9), &key);
        Export { head, from: 0, entries, consistency: vec![] }
    }

    #[test]
    fn a_growing_ledger_is_kept_and_a_changed_past_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let heads = Heads::new(folder.path());
        let tree = export(&[1], 1).head.tree;
        assert!(heads.kept(tree).unwrap().is_none());
        heads.check_and_keep(&export(&[1, 2], 1)).unwrap();
        heads.check_and_keep(&export(&[1, 2, 3], 1)).unwrap();
        assert_eq!(heads.kept(tree).unwrap().unwrap().size, 3);

        for (what, bad) in [
            ("entries are gone", export(&[1, 2], 1)),
            ("the past is another", export(&[1, 9, 3, 4], 1)),
            ("another key", export(&[1, 2, 3, 4], 2)),
        ] {
            assert!(heads.check_and_keep(&bad).is_err(), "{what}");
        }
        assert_eq!(heads.kept(tree).unwrap().unwrap().size, 3);
    }

    #[test]
    fn a_head_is_read_alone_or_from_a_copy() {
        let copy = export(&[1, 2], 1);
        assert_eq!(read(&copy.to_json()).unwrap(), copy.head);
        assert_eq!(read(&serde_json::to_string(&copy.head).unwrap()).unwrap(), copy.head);
        assert!(read("{}").is_err());
    }
}
