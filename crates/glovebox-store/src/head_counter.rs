//! A number outside the data directory that only grows: an older copy of the database is known by
//! it.
//!
//! Every charge of a privacy budget has a number, the next one of its house. The transaction that
//! writes a charge keeps the number in the database; after it has committed, and before any data
//! is read for the query, the file is raised to the number and synced. So the file never holds a
//! number that a database in its right state lacks, whenever the process dies; and once data was
//! read under a charge, no copy of the database from before the charge passes for the newest.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use glovebox_model::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{StoreError, Tx, settings};

/// The setting that holds the number of the newest charge.
const NAME: &str = "head-counter";
/// `00000000000000000017 0123456789abcdef\n`
const SLOT: usize = 38;

/// The file of one house. Two slots: the newer number always stands in one of them, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadCounter {
    path: PathBuf,
}

/// What the database and the file say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// The database knows every charge that the file knows.
    Newest,
    /// The database is a copy from before a charge, or the file is gone.
    Older,
}

/// What the file of a head counter says to whoever accepts an older database.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outside {
    /// Its number; 0 when it is gone or damaged.
    pub(crate) number: u64,
    /// When it was raised last, in milliseconds.
    pub(crate) touched: Option<i64>,
    /// Whether no number can be read in it.
    pub(crate) is_damaged: bool,
}

impl HeadCounter {
    /// The file at `path`, which need not be there.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number in the file; `None` when there is no file.
    fn read(&self) -> io::Result<Option<u64>> {
        match File::open(&self.path) {
            Ok(file) => {
                slots(&file)?.into_iter().flatten().max().map_or_else(damaged, Ok).map(Some)
            }
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// The file as it is; one that is damaged is no error here.
    pub(crate) fn look(&self) -> Result<Outside, StoreError> {
        let touched = fs::metadata(&self.path).ok().map(|it| it.mtime().saturating_mul(1000));
        match self.read() {
            Ok(number) => {
                Ok(Outside { number: number.unwrap_or_default(), touched, is_damaged: false })
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Ok(Outside { number: 0, touched, is_damaged: true })
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Makes the file, with the number 0, unless it is there.
    fn create(&self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut number = [0; 8];
        getrandom::fill(&mut number).map_err(|_| io::Error::other("no random bytes"))?;
        let whole = folder.join(format!(".head-counter.{}", hex::encode(number)));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&whole)?;
        file.write_all_at([slot(0), slot(0)].concat().as_bytes(), 0)?;
        file.sync_all()?;
        // A link fails if the name exists: whole file or nothing, and never over a number.
        let linked = fs::hard_link(&whole, &self.path);
        fs::remove_file(&whole)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => File::open(folder)?.sync_all(),
        }
    }

    /// Raises the number to `to`, durably; one that is greater stays. The file is no older than the
    /// `moment` of the charge: that of a ledger that is ahead of the clock may lie in a later month.
    fn raise(&self, to: u64, moment: Timestamp) -> io::Result<()> {
        let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        file.lock()?;
        let [first, second] = slots(&file)?;
        match first.max(second) {
            None => return damaged(),
            // Whoever wrote it held the lock until it was synced.
            Some(newest) if newest >= to => return Ok(()),
            Some(_) => {}
        }
        // Over the older one: should the write be torn, the newer one is still there.
        let place = if first < second { 0 } else { SLOT as u64 };
        file.write_all_at(slot(to).as_bytes(), place)?;
        let millis = u64::try_from(moment.as_millis()).unwrap_or(0);
        let moment = UNIX_EPOCH + Duration::from_millis(millis);
        if file.metadata()?.modified()? < moment {
            file.set_modified(moment)?;
        }
        file.sync_all()
    }

    fn failed(&self, source: io::Error) -> StoreError {
        StoreError::File { path: self.path.clone(), source }
    }
}

fn damaged<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::InvalidData, "the head counter is damaged"))
}

fn slot(number: u64) -> String {
    let check = Sha256::digest(format!("glovebox head counter {number}"));
    format!("{number:020} {}\n", hex::encode(&check[..8]))
}

fn slots(file: &File) -> io::Result<[Option<u64>; 2]> {
    let mut found = [None; 2];
    for (place, found) in [0, SLOT as u64].into_iter().zip(&mut found) {
        let mut bytes = [0; SLOT];
        match file.read_exact_at(&mut bytes, place) {
            Ok(()) => *found = number(&bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn number(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok()?;
    let number = text.get(..20)?.parse().ok()?;
    (slot(number) == text).then_some(number)
}

impl Tx {
    /// The number of the newest charge that this database knows.
    async fn charge_number(&mut self) -> Result<u64, StoreError> {
        let kept = settings::read(self.connection(), NAME).await?;
        let corrupt = |_| StoreError::Corrupt { what: NAME };
        kept.map_or(Ok(0), |it| it.parse().map_err(corrupt))
    }

    /// A number for a charge: greater than any before.
    pub(crate) async fn next_charge_number(&mut self) -> Result<u64, StoreError> {
        let next = self.charge_number().await?.checked_add(1);
        let next = next.ok_or(StoreError::Corrupt { what: NAME })?;
        settings::set(self.connection(), NAME, &next.to_string()).await?;
        Ok(next)
    }

    /// A number for this database, greater than its own and than `other`.
    pub(crate) async fn charge_number_beyond(&mut self, other: u64) -> Result<u64, StoreError> {
        let greatest = self.charge_number().await?.max(other);
        let next = greatest.checked_add(1).filter(|it| i64::try_from(*it).is_ok());
        let next = next.ok_or(StoreError::Corrupt { what: NAME })?;
        settings::set(self.connection(), NAME, &next.to_string()).await?;
        Ok(next)
    }

    /// Whether this database is the newest one, as far as `counter` knows.
    pub(crate) async fn age(&mut self, counter: &HeadCounter) -> Result<Age, StoreError> {
        let known = self.charge_number().await?;
        let outside = counter.read().map_err(|it| counter.failed(it))?;
        Ok(match outside {
            Some(outside) if outside <= known => Age::Newest,
            // Nothing was ever charged: nothing can be charged twice.
            None if known == 0 => Age::Newest,
            Some(_) | None => Age::Older,
        })
    }

    /// Whether the file of `counter` can be raised. It is made if it may be missing: if nothing
    /// was charged yet.
    pub(crate) async fn can_charge(&mut self, counter: &HeadCounter) -> Result<bool, StoreError> {
        if matches!(counter.read(), Ok(Some(_))) {
            return Ok(true);
        }
        Ok(self.charge_number().await? == 0 && counter.create().is_ok())
    }

    /// Whether any owner ever offered a privacy budget.
    pub(crate) async fn has_privacy_budgets(&mut self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (
            SELECT 1 FROM budget_templates WHERE kind = 'DIFFERENTIAL_PRIVACY')";
        Ok(sqlx::query_scalar(sql).fetch_one(self.connection()).await?)
    }
}

/// Raises the file to the number of a charge that was committed. Nothing may be read before.
pub(crate) async fn raise(
    counter: &HeadCounter,
    (to, moment): (u64, Timestamp),
) -> Result<(), StoreError> {
    let raising = counter.clone();
    let raised = tokio::task::spawn_blocking(move || raising.raise(to, moment)).await;
    let raised = raised.unwrap_or_else(|error| Err(io::Error::other(error)));
    raised.map_err(|it| counter.failed(it))
}

/// Raises the file for a database that was accepted: one that is gone is made, one that is damaged
/// is put aside.
pub(crate) async fn raise_anew(
    counter: &HeadCounter,
    (to, moment): (u64, Timestamp),
    is_damaged: bool,
) -> Result<(), StoreError> {
    let raising = counter.clone();
    let raised = tokio::task::spawn_blocking(move || {
        if is_damaged {
            fs::rename(&raising.path, raising.path.with_extension("damaged"))?;
        }
        raising.create()?;
        raising.raise(to, moment)
    });
    let raised = raised.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    raised.map_err(|it| counter.failed(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: Timestamp = Timestamp::from_millis(0);

    fn counter(folder: &Path) -> HeadCounter {
        HeadCounter::at(folder.join("head-counter/house"))
    }

    #[test]
    fn the_number_only_grows_and_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let counter = counter(folder.path());
        assert_eq!(counter.read().unwrap(), None);
        assert!(counter.raise(1, BEGIN).is_err(), "nobody makes it by raising it");
        counter.create().unwrap();
        assert_eq!(counter.read().unwrap(), Some(0));
        for (to, found) in [(3, 3), (2, 3), (4, 4), (0, 4), (u64::MAX, u64::MAX)] {
            counter.raise(to, BEGIN).unwrap();
            assert_eq!(counter.read().unwrap(), Some(found));
        }
        counter.create().unwrap();
        assert_eq!(counter.read().unwrap(), Some(u64::MAX));
        assert_eq!(fs::read_dir(folder.path().join("head-counter")).unwrap().count(), 1);
    }

    #[test]
    fn a_torn_write_leaves_the_number_before() {
        let folder = tempfile::tempdir().unwrap();
        let counter = counter(folder.path());
        counter.create().unwrap();
        for to in 1..=9 {
            counter.raise(to, BEGIN).unwrap();
            let whole = fs::read(counter.path()).unwrap();
            let before = {
                let file = File::open(counter.path()).unwrap();
                slots(&file).unwrap().into_iter().flatten().min().unwrap()
            };
            // Whichever bytes of the slot that was written last did not reach the disk.
            let newest = (0..2).find(|it| number(&whole[it * SLOT..(it + 1) * SLOT]) == Some(to));
            for byte in 0..SLOT {
                let mut torn = whole.clone();
                torn[newest.unwrap() * SLOT + byte] ^= 1;
                fs::write(counter.path(), torn).unwrap();
                assert_eq!(counter.read().unwrap(), Some(before));
            }
            fs::write(counter.path(), whole).unwrap();
        }
        fs::write(counter.path(), "").unwrap();
        assert!(counter.read().is_err());
        assert!(counter.raise(100, BEGIN).is_err());
    }

    #[test]
    fn many_raise_it_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let counter = counter(folder.path());
        counter.create().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let counter = &counter;
                scope.spawn(move || {
                    for step in 0..4 {
                        let to = step * 8 + thread + 1;
                        counter.raise(to, BEGIN).unwrap();
                        assert!(counter.read().unwrap().unwrap() >= to);
                    }
                });
            }
        });
        assert_eq!(counter.read().unwrap(), Some(32));
    }

    #[test]
    fn the_file_is_no_older_than_the_charge_that_raised_it() {
        let folder = tempfile::tempdir().unwrap();
        let counter = counter(folder.path());
        counter.create().unwrap();
        counter.raise(1, BEGIN).unwrap();
        let now = counter.look().unwrap().touched.unwrap();
        let ahead = now + 40 * 86_400_000;
        counter.raise(2, Timestamp::from_millis(ahead)).unwrap();
        assert_eq!(counter.look().unwrap().touched, Some(ahead));
    }
}
