//! Opens beneath a folder handle, one name at a time, never through a link.
//!
//! A name is one path segment; `.`, `..`, the empty name and names with `/` or NUL do not
//! exist here. Every open carries `O_NOFOLLOW`, so what is reached lies under the root handle
//! whatever happens to the tree meanwhile. Only regular files are opened, and opening a FIFO
//! or a device neither hangs nor has effects.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use glovebox_model::Timestamp;
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;

/// An open folder.
#[derive(Debug)]
pub struct Folder(OwnedFd);

/// What stands in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

/// The kinds of things in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, FIFO, socket or device: never opened.
    Other,
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The file system.
    pub device: u64,
    /// The file on it.
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970 of the last change of the content.
    pub modified_ns: i128,
    /// Nanoseconds since 1970 of the last change of content, name or rights.
    pub changed_ns: i128,
}

const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const FILE: OFlags =
    OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens a folder that the operator named; links in `path` itself are the operator's.
    pub fn open_root(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// The same folder once more.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self(self.0.try_clone()?))
    }

    /// The folder `name` in this one.
    pub fn folder(&self, name: &str) -> io::Result<Self> {
        Ok(Self(rustix::fs::openat(&self.0, segment(name)?, FOLDER, Mode::empty())?))
    }

    /// The folder `name` in this one, made (0700) if it is missing.
    pub fn folder_or_create(&self, name: &str) -> io::Result<Self> {
        match self.create_folder(name) {
            Ok(()) => self.sync()?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        self.folder(name)
    }

    /// Makes the folder `name` (0700).
    pub fn create_folder(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.0, segment(name)?, Mode::RWXU)?)
    }

    /// Opens the regular file `name` to read.
    ///
    /// # Errors
    /// `InvalidInput` when it is not a regular file; `FilesystemLoop` when it is a link.
    pub fn file(&self, name: &str) -> io::Result<File> {
        let fd = rustix::fs::openat(&self.0, segment(name)?, FILE, Mode::empty())?;
        let stat = rustix::fs::fstat(&fd)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(File::from(fd))
    }

    /// Makes the file `name` (0600), which must not exist, to read and write.
    pub fn create_file(&self, name: &str) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.0, segment(name)?, flags, Mode::RUSR | Mode::WUSR)?))
    }

    /// What `name` is; a link is `Other`, never what it points at.
    pub fn kind(&self, name: &str) -> io::Result<EntryKind> {
        let stat = rustix::fs::statat(&self.0, segment(name)?, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(kind(FileType::from_raw_mode(stat.st_mode)))
    }

    /// The identity of the regular file that `name` names now.
    pub fn identity(&self, name: &str) -> io::Result<Identity> {
        let stat = rustix::fs::statat(&self.0, segment(name)?, AtFlags::SYMLINK_NOFOLLOW)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Identity::from_stat(&stat))
    }

    /// Everything in the folder, sorted by name; names that are not UTF-8 are left out.
    ///
    /// # Errors
    /// `FileTooLarge` when there are more than `limit` entries.
    pub fn entries(&self, limit: usize) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let Some(name) = legal(entry.file_name()) else { continue };
            let kind = match entry.file_type() {
                FileType::Unknown => self.kind(name)?,
                known => kind(known),
            };
            if entries.len() == limit {
                return Err(io::Error::new(ErrorKind::FileTooLarge, "too many entries"));
            }
            entries.push(Entry { name: name.to_owned(), kind });
        }
        entries.sort();
        Ok(entries)
    }

    /// Removes the file (or link) `name`.
    pub fn remove_file(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, segment(name)?, AtFlags::empty())?)
    }

    /// Removes the empty folder `name`.
    pub fn remove_folder(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, segment(name)?, AtFlags::REMOVEDIR)?)
    }

    /// Moves the file `name` to `target` in `folder`, in one step; replaces what is there only
    /// if `replace`.
    pub fn rename(&self, name: &str, folder: &Self, target: &str, replace: bool) -> io::Result<()> {
        let flags = if replace { RenameFlags::empty() } else { RenameFlags::NOREPLACE };
        let (name, target) = (segment(name)?, segment(target)?);
        Ok(rustix::fs::renameat_with(&self.0, name, &folder.0, target, flags)?)
    }

    /// The last change of the folder's own entries.
    pub fn modified(&self) -> io::Result<Timestamp> {
        Ok(Identity::from_stat(&rustix::fs::fstat(&self.0)?).modified())
    }

    /// Makes the folder's own entries durable.
    pub fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.0)?)
    }
}

impl Identity {
    /// The identity of an open file.
    pub fn of(file: &File) -> io::Result<Self> {
        Ok(Self::from_stat(&rustix::fs::fstat(file)?))
    }

    /// The last change of the content.
    pub fn modified(&self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.modified_ns / 1_000_000).unwrap_or_default())
    }

    fn from_stat(stat: &Stat) -> Self {
        let nanos =
            |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        #[expect(clippy::useless_conversion, reason = "the widths differ between targets")]
        Self {
            device: u64::try_from(stat.st_dev).unwrap_or_default(),
            inode: u64::try_from(stat.st_ino).unwrap_or_default(),
            size: u64::try_from(stat.st_size).unwrap_or_default(),
            modified_ns: nanos(
                i64::try_from(stat.st_mtime).unwrap_or_default(),
                i64::try_from(stat.st_mtime_nsec).unwrap_or_default(),
            ),
            changed_ns: nanos(
                i64::try_from(stat.st_ctime).unwrap_or_default(),
                i64::try_from(stat.st_ctime_nsec).unwrap_or_default(),
            ),
        }
    }
}

/// Whether the error means that nothing is there.
pub(crate) fn is_missing(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

/// Whether the error means that something of another kind stands in the way: a file or a link
/// where a folder is needed, or a folder where a file is.
pub(crate) fn is_in_the_way(error: &io::Error) -> bool {
    let kinds = [Errno::NOTDIR, Errno::ISDIR, Errno::LOOP, Errno::NOTEMPTY];
    error.kind() == ErrorKind::InvalidInput
        || kinds.into_iter().any(|it| error.raw_os_error() == Some(it.raw_os_error()))
}

fn segment(name: &str) -> io::Result<&str> {
    if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a name of one segment"));
    }
    Ok(name)
}

fn legal(name: &CStr) -> Option<&str> {
    name.to_str().ok().filter(|it| segment(it).is_ok())
}

fn kind(file_type: FileType) -> EntryKind {
    match file_type {
        FileType::RegularFile => EntryKind::File,
        FileType::Directory => EntryKind::Folder,
        _ => EntryKind::Other,
    }
}
