//! Lists a bucket in the order of its keys, page by page.

use std::collections::BTreeSet;

use super::account::MAX_ENTRIES;
use super::{BucketError, Buckets, ObjectHead};
use crate::beneath::{EntryKind, Folder, is_in_the_way, is_missing};

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// Only keys that begin so.
    pub prefix: String,
    /// Keys that share what lies between the prefix and the next delimiter become one entry.
    pub delimiter: Option<String>,
    /// Only keys (and common prefixes) after this one.
    pub after: Option<String>,
    /// At most so many objects and common prefixes together.
    pub limit: usize,
}

/// A page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Keys with their heads, in the order of their bytes.
    pub objects: Vec<(String, ObjectHead)>,
    /// What stands for many keys.
    pub common_prefixes: BTreeSet<String>,
    /// Where to go on: the `after` of the next request; `None` at the end.
    pub next: Option<String>,
}

impl Buckets {
    /// Lists objects.
    pub fn list(&self, bucket: &str, request: &ListRequest) -> Result<Listing, BucketError> {
        let mut page = Page { request, listing: Listing::default(), last: None };
        let root = self.folder(bucket)?;
        page.walk(&root, "")?;
        Ok(page.listing)
    }
}

struct Page<'a> {
    request: &'a ListRequest,
    listing: Listing,
    last: Option<String>,
}

/// Whether the walk goes on.
#[derive(PartialEq, Eq)]
enum Step {
    Full,
    On,
}

impl Page<'_> {
    /// Visits everything below `path`, which is empty or ends with a slash.
    fn walk(&mut self, folder: &Folder, path: &str) -> Result<Step, BucketError> {
        for (key, kind) in sorted(folder, path)? {
            if !self.can_matter(&key, kind) {
                continue;
            }
            let name = key.get(path.len()..).unwrap_or_default().trim_end_matches('/');
            let step = match kind {
                EntryKind::Folder => match folder.folder(name) {
                    Ok(inner) => self.walk(&inner, &key)?,
                    Err(error) if is_missing(&error) || is_in_the_way(&error) => Step::On,
                    Err(error) => return Err(error.into()),
                },
                EntryKind::File => match folder.identity(name) {
                    Ok(identity) => self.meet(key, &ObjectHead::from_identity(&identity)),
                    Err(error) if is_missing(&error) || is_in_the_way(&error) => Step::On,
                    Err(error) => return Err(error.into()),
                },
                EntryKind::Other => Step::On,
            };
            if step == Step::Full {
                return Ok(Step::Full);
            }
        }
        Ok(Step::On)
    }

    /// Whether `key`, or anything below it, can be on this page.
    fn can_matter(&self, key: &str, kind: EntryKind) -> bool {
        let prefix = self.request.prefix.as_str();
        let in_prefix = match kind {
            EntryKind::Folder => key.starts_with(prefix) || prefix.starts_with(key),
            EntryKind::File | EntryKind::Other => key.starts_with(prefix),
        };
        // A common prefix that is on this page, or was the end of the last, is known.
        let known = |common: &str| key.starts_with(common);
        let folded = |common: &Option<String>| {
            common.as_deref().is_some_and(|it| self.is_common(it) && known(it))
        };
        if !in_prefix || folded(&self.request.after) || folded(&self.last) {
            return false;
        }
        match (&self.request.after, kind) {
            (None, _) => true,
            (Some(after), EntryKind::Folder) => key > after.as_str() || after.starts_with(key),
            (Some(after), EntryKind::File | EntryKind::Other) => key > after.as_str(),
        }
    }

    fn is_common(&self, text: &str) -> bool {
        let delimiter = self.request.delimiter.as_deref().unwrap_or_default();
        !delimiter.is_empty()
            && text.len() > self.request.prefix.len()
            && text.starts_with(&self.request.prefix)
            && text.ends_with(delimiter)
    }

    fn meet(&mut self, key: String, head: &ObjectHead) -> Step {
        if self.listing.objects.len() + self.listing.common_prefixes.len() >= self.request.limit {
            self.listing.next = Some(self.last.clone().unwrap_or_default());
            return Step::Full;
        }
        if let Some(common) = self.common_prefix(&key) {
            self.listing.common_prefixes.insert(common.clone());
            self.last = Some(common);
        } else {
            self.last = Some(key.clone());
            self.listing.objects.push((key, head.clone()));
        }
        Step::On
    }

    fn common_prefix(&self, key: &str) -> Option<String> {
        let delimiter = self.request.delimiter.as_deref().filter(|it| !it.is_empty())?;
        let rest = key.get(self.request.prefix.len()..)?;
        let end = self.request.prefix.len() + rest.find(delimiter)? + delimiter.len();
        key.get(..end).map(str::to_owned)
    }
}

/// The entries of a folder as keys, in the order of the keys they lead to.
fn sorted(folder: &Folder, path: &str) -> Result<Vec<(String, EntryKind)>, BucketError> {
    let entries = folder.entries(MAX_ENTRIES).map_err(|error| {
        let many = error.kind() == std::io::ErrorKind::FileTooLarge;
        if many { BucketError::TooManyEntries(MAX_ENTRIES) } else { error.into() }
    })?;
    let mut keys: Vec<(String, EntryKind)> = entries
        .into_iter()
        .map(|it| {
            let slash = if it.kind == EntryKind::Folder { "/" } else { "" };
            (format!("{path}{}{slash}", it.name), it.kind)
        })
        .collect();
    keys.sort();
    Ok(keys)
}
