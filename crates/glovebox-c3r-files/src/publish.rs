//! An output that appears whole or not at all.
//!
//! The bytes go to a file without a name in the output's folder (`O_TMPFILE`), readable by its
//! owner alone; publishing gives it its name. A process that dies leaves nothing, however it dies.
//! Where the file system knows no files without names, a hidden one takes its place and is deleted
//! when the command fails or is asked to end.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroU64;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Advice, AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::interrupt::Interrupt;
use crate::{Failed, Target};

const OWNER_ONLY: Mode = Mode::RUSR.union(Mode::WUSR);

/// Bytes after which the system is asked to begin to write them to disk.
const BEHIND: u64 = 16 << 20;

/// What writes into an output. What was written goes to disk while the work goes on, so that little
/// is left to wait for in the end.
#[derive(Debug)]
pub(crate) struct Writing<'p> {
    file: &'p File,
    written: u64,
    behind: u64,
}

impl Write for Writing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = (&mut &*self.file).write(bytes)?;
        self.written += written as u64;
        let length = self.written - self.behind;
        if let (true, Some(length)) = (length >= BEHIND, NonZeroU64::new(length)) {
            // Only advice: on failure the bytes are written later.
            let _ = rustix::fs::fadvise(self.file, self.behind, Some(length), Advice::DontNeed);
            self.behind = self.written;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Does what fills an output of an input, and publishes it. A dry run has no output.
pub(crate) fn filled<T>(
    (target, input): (&Path, &Path),
    asked: &Target,
    interrupt: &Interrupt,
    work: impl FnOnce(Option<&Pending>) -> Result<T, Failed>,
) -> Result<T, Failed> {
    if asked.dry_run {
        return work(None);
    }
    let pending = Pending::create(target, input, asked.overwrite)?;
    if pending.hidden.is_some() {
        // A signal would leave a file behind.
        interrupt.listen()?;
    }
    let done = work(Some(&pending))?;
    interrupt.check()?;
    pending.publish()?;
    Ok(done)
}

/// An output that has no name yet.
#[derive(Debug)]
pub(crate) struct Pending {
    target: PathBuf,
    folder: File,
    name: OsString,
    file: File,
    /// The hidden name, where a file must have one.
    hidden: Option<OsString>,
    overwrite: bool,
}

impl Pending {
    /// Checks the target, and opens a file beside it. `input` must be another file.
    pub(crate) fn create(target: &Path, input: &Path, overwrite: bool) -> Result<Self, Failed> {
        check(target, input, overwrite)?;
        let (folder, name) = parts(target)?;
        let open = || -> io::Result<(File, Option<OsString>)> {
            match anonymous(&folder)? {
                Some(file) => Ok((file, None)),
                None => hidden(&folder, &name).map(|(file, name)| (file, Some(name))),
            }
        };
        let (file, hidden) = open().map_err(|it| Failed::io("cannot write to", target, &it))?;
        Ok(Self { target: target.to_owned(), folder, name, file, hidden, overwrite })
    }

    /// Where the bytes go.
    pub(crate) fn writing(&self) -> Writing<'_> {
        Writing { file: &self.file, written: 0, behind: 0 }
    }

    /// Why bytes could not be written.
    pub(crate) fn failed(&self, error: &io::Error) -> Failed {
        Failed::io("cannot write to", &self.target, error)
    }

    /// Makes the bytes lasting and gives them their name.
    pub(crate) fn publish(mut self) -> Result<(), Failed> {
        let named = self.file.sync_all().and_then(|()| self.name_it());
        match named {
            Ok(()) => {
                // The name itself is made lasting; the bytes already are.
                drop(self.folder.sync_all());
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&self.target)),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn name_it(&mut self) -> io::Result<()> {
        let folder = self.folder.as_fd();
        let Some(hidden) = self.hidden.take() else {
            let own = format!("/proc/self/fd/{}", self.file.as_raw_fd());
            let link =
                |name: &OsStr| rustix::fs::linkat(CWD, &own, folder, name, AtFlags::SYMLINK_FOLLOW);
            if !self.overwrite {
                return Ok(link(&self.name)?);
            }
            let hidden = hidden_name(&self.name)?;
            link(&hidden)?;
            self.hidden = Some(hidden.clone());
            rustix::fs::renameat(folder, &hidden, folder, &self.name)?;
            self.hidden = None;
            return Ok(());
        };
        self.hidden = Some(hidden.clone());
        if self.overwrite {
            rustix::fs::renameat(folder, &hidden, folder, &self.name)?;
        } else {
            let flags = RenameFlags::NOREPLACE;
            match rustix::fs::renameat_with(folder, &hidden, folder, &self.name, flags) {
                Err(Errno::INVAL | Errno::NOSYS) => {
                    // No such flag here: a second name fails if there is a first.
                    rustix::fs::linkat(folder, &hidden, folder, &self.name, AtFlags::empty())?;
                    rustix::fs::unlinkat(folder, &hidden, AtFlags::empty())?;
                }
                renamed => renamed?,
            }
        }
        self.hidden = None;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(hidden) = &self.hidden {
            let _ = rustix::fs::unlinkat(&self.folder, hidden, AtFlags::empty());
        }
    }
}

/// What must hold of an output before anything is read; also without writing.
pub(crate) fn check(target: &Path, input: &Path, overwrite: bool) -> Result<(), Failed> {
    let shown = target.display();
    if target.as_os_str().is_empty() {
        return Err(Failed::new("the name of the output is empty"));
    }
    let Ok(found) = target.metadata() else {
        if target.symlink_metadata().is_ok() {
            return Err(Failed::new(format!("cannot write to `{shown}`: it is a dangling link")));
        }
        parts(target)?;
        return Ok(());
    };
    if found.is_dir() {
        return Err(Failed::new(format!("cannot write to `{shown}`: it is a folder")));
    }
    if !found.is_file() {
        return Err(Failed::new(format!("cannot write to `{shown}`: it is no ordinary file")));
    }
    if input.metadata().is_ok_and(|it| (it.dev(), it.ino()) == (found.dev(), found.ino())) {
        return Err(Failed::new("the output is the input: name another file with --output"));
    }
    if overwrite { Ok(()) } else { Err(exists(target)) }
}

fn exists(target: &Path) -> Failed {
    Failed::new(format!("cannot write to `{}`: it exists", target.display()))
        .help("name another file with --output, or replace it with --overwrite")
}

/// The folder that the target lies in, open, and its name there.
fn parts(target: &Path) -> Result<(File, OsString), Failed> {
    let Some(name) = target.file_name() else {
        return Err(Failed::new(format!("`{}` is no name of a file", target.display())));
    };
    let folder = target.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let open = rustix::fs::open(folder, flags, Mode::empty());
    let open = open.map_err(|it| Failed::io("cannot write into", folder, &it.into()))?;
    Ok((File::from(open), name.to_owned()))
}

/// A file without a name, or `None` where there is no such thing.
fn anonymous(folder: &File) -> io::Result<Option<File>> {
    let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(folder, ".", flags, OWNER_ONLY) {
        Ok(file) => File::from(file),
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::NOENT | Errno::INVAL) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    // Giving it a name goes through /proc, which a container may lack.
    let own = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(std::fs::symlink_metadata(own).is_ok().then_some(file))
}

/// A new file with a hidden name.
fn hidden(folder: &File, name: &OsStr) -> io::Result<(File, OsString)> {
    let hidden = hidden_name(name)?;
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = rustix::fs::openat(folder, &hidden, flags, OWNER_ONLY)?;
    Ok((File::from(file), hidden))
}

fn hidden_name(name: &OsStr) -> io::Result<OsString> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let mut hidden = OsString::from(".");
    // Names end at 255 bytes: a long one is not kept whole.
    hidden.push(if name.len() > 200 { OsStr::new("output") } else { name });
    hidden.push(format!(".{:016x}.part", u64::from_le_bytes(random)));
    Ok(hidden)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// As on a file system without files without names.
    fn with_hidden_name(target: &Path, overwrite: bool) -> Pending {
        let (folder, name) = parts(target).unwrap();
        let (file, hidden) = hidden(&folder, &name).unwrap();
        Pending { target: target.to_owned(), folder, name, file, hidden: Some(hidden), overwrite }
    }

    fn either(way: usize, target: &Path, overwrite: bool) -> Pending {
        match way {
            0 => Pending::create(target, Path::new("/nowhere"), overwrite).unwrap(),
            _ => with_hidden_name(target, overwrite),
        }
    }

    #[test]
    fn nothing_is_there_before_publishing_and_all_of_it_after() {
        for way in 0..2 {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("out.csv");
            let pending = either(way, &target, false);
            pending.writing().write_all(b"whole").unwrap();
            assert!(!target.exists());
            pending.publish().unwrap();
            assert_eq!(std::fs::read(&target).unwrap(), b"whole");
            assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(names(folder.path()), ["out.csv"]);
        }
    }

    #[test]
    fn a_file_that_came_meanwhile_is_not_replaced() {
        for way in 0..2 {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("out.csv");
            let pending = either(way, &target, false);
            pending.writing().write_all(b"ours").unwrap();
            std::fs::write(&target, b"theirs").unwrap();
            assert!(pending.publish().unwrap_err().text().ends_with("it exists"));
            assert_eq!(std::fs::read(&target).unwrap(), b"theirs");
            assert_eq!(names(folder.path()), ["out.csv"]);
        }
    }

    #[test]
    fn replacing_is_asked_for() {
        for way in 0..2 {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("out.csv");
            std::fs::write(&target, b"old").unwrap();
            assert!(Pending::create(&target, Path::new("/nowhere"), false).is_err());
            let pending = either(way, &target, true);
            pending.writing().write_all(b"new").unwrap();
            pending.publish().unwrap();
            assert_eq!(std::fs::read(&target).unwrap(), b"new");
            assert_eq!(names(folder.path()), ["out.csv"]);
        }
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out.csv");
        for way in 0..2 {
            let pending = either(way, &target, false);
            pending.writing().write_all(b"half").unwrap();
            drop(pending);
        }
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn the_input_a_folder_and_a_device_are_no_outputs() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in.csv");
        std::fs::write(&input, b"x").unwrap();
        let link = folder.path().join("link.csv");
        std::os::unix::fs::symlink(&input, &link).unwrap();
        let refused = |target: &Path| check(target, &input, true).unwrap_err().text().to_owned();
        assert!(refused(&input).contains("the output is the input"));
        assert!(refused(&link).contains("the output is the input"));
        assert!(refused(folder.path()).contains("is a folder"));
        assert!(refused(Path::new("/dev/full")).contains("no ordinary file"));
        assert!(refused(&folder.path().join("no/out.csv")).contains("cannot write into"));
    }
}
