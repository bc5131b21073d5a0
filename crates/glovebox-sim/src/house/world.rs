//! The world around a house: its folder, its clock, and what is left of it after a crash.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glovebox_ledger::Head;
use glovebox_room::{Quotas, Room};
use glovebox_store::{MasterKey, Store};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use tempfile::TempDir;

use super::check::{Finding, Object};
use super::clock::SimClock;
use super::faults::SeededFaults;
use super::image::{Backup, Image, begin, folder};
use super::leash::Draws;
use super::planted::Plant;
use super::state::{Charge, Right, State};
use super::stuck::Done;
use super::walks::Walk;
use super::{Seen, people};
use crate::generate::Random;

/// A moment in 2026, on the 28th of a month: days later another month begins.
pub(super) const BEGIN: i64 = 1_798_416_000_000;

/// A house, everything outside it, and what was found wrong.
#[derive(Debug)]
pub(super) struct World {
    folder: TempDir,
    pub(super) clock: Arc<SimClock>,
    pub(super) room: Room,
    /// Reads the database beside the house.
    pub(super) sql: SqlitePool,
    pub(super) state: State,
    pub(super) walks: Vec<Walk>,
    pub(super) random: Random,
    pub(super) faults: Arc<SeededFaults>,
    pub(super) draws: Draws,
    pub(super) plant: Plant,
    /// Whether the house looks at its head counter.
    guarded: bool,
    /// How many queries of a membership run at once.
    pub(super) running: u32,
    /// The number of what is done now.
    pub(super) step: usize,
    pub(super) trace: Vec<String>,
    pub(super) found: Vec<Finding>,
    pub(super) seen: Seen,
    /// What lies in receivers' buckets, by path.
    pub(super) objects: BTreeMap<String, Object>,
    /// Who ever had a copy of which query, as `person/query`.
    pub(super) had: BTreeSet<String>,
    /// The newest heads that members kept, by tree.
    pub(super) heads: BTreeMap<String, Head>,
    pub(super) backups: Vec<Backup>,
    /// The newest files, while the house runs on an older copy of them.
    pub(super) newest: Option<Backup>,
    /// The greatest number of a charge that ever was: older copies do not know it.
    pub(super) counter: u64,
    /// What the clock showed when the last charge was made.
    pub(super) raised: i64,
    /// Every charge that ever was, also those that an accepted copy has forgotten.
    pub(super) spent: Vec<(String, Charge)>,
    /// Rights that were gone, and that an accepted copy has brought back.
    pub(super) came_back: BTreeSet<Right>,
}

impl World {
    pub(super) async fn new(seed: u64, plant: Plant) -> Done<Self> {
        let mut random = Random::new(seed);
        let folder = folder()?;
        let clock = Arc::new(SimClock::at(BEGIN));
        let Backup { image, state } = begin(seed).await?;
        image.put(&folder.path().join("data"))?;
        let (room, sql) = open(folder.path(), &clock, true).await?;
        for person in &state.people {
            people::furnish(&room, person)?;
        }
        let faults = Arc::new(SeededFaults::new(random.clone(), Arc::clone(&clock)));
        faults.set(*random.pick(&[0, 0, 2, 8]));
        let running = u32::try_from(random.between(1, 5))?;
        let state = State { compared: clock.compared(), ..state };
        let mut world = Self {
            folder,
            clock,
            room,
            sql,
            state,
            walks: Vec::new(),
            random,
            faults,
            draws: Draws::default(),
            plant,
            guarded: true,
            running,
            step: 0,
            trace: Vec::new(),
            found: Vec::new(),
            seen: Seen::default(),
            objects: BTreeMap::new(),
            had: BTreeSet::new(),
            heads: BTreeMap::new(),
            backups: Vec::new(),
            newest: None,
            counter: 0,
            raised: BEGIN,
            spent: Vec::new(),
            came_back: BTreeSet::new(),
        };
        world.watch_clock().await?;
        Ok(world)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn store(&self) -> &Store {
        self.room.store()
    }

    /// Notes what was done.
    pub(super) fn note(&mut self, what: String) {
        self.trace.push(format!("{:4} {what}", self.step));
    }

    /// The house dies, with everything in its memory; what is on disk stays, or the files of
    /// another moment take its place, with what was known then. Then it starts again.
    pub(super) async fn crash(&mut self, other: Option<Backup>) -> Done<()> {
        self.guarded &= self.plant != Plant::Unguarded || other.is_none();
        let image = match other {
            Some(Backup { image, state }) => {
                self.state = state;
                image
            }
            None => Image::of(&self.data())?,
        };
        self.walks.clear();
        self.sql.close().await;
        self.store().close().await;
        // Closing has tidied up, as a crash would not.
        image.put(&self.data())?;
        (self.room, self.sql) = open(self.folder.path(), &self.clock, self.guarded).await?;
        self.watch_clock().await?;
        self.store().all_walks_are_over().await?;
        Ok(())
    }
}

pub(super) async fn open(
    folder: &Path,
    clock: &Arc<SimClock>,
    guarded: bool,
) -> Done<(Room, SqlitePool)> {
    let key = MasterKey::parse(&"07".repeat(32)).map_err(|it| super::Stuck::new(it.to_string()))?;
    let store = Store::open(&folder.join("data"), key, Arc::clone(clock) as _).await?;
    let store = if guarded { store.guarded_by(&folder.join("counter")) } else { store };
    let file = &Store::files(&folder.join("data"))[0];
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let sql = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
    Ok((Room::new(store, Quotas::default()), sql))
}
