//! Simulation: whole houses, each from a seed, that live through bad days.
//!
//! A seed makes members, rules, budgets and data, and then does some dozens of things with them in
//! random order: queries are asked, walked door by door beside each other, cancelled; rights are
//! withdrawn, budgets changed, keys rotated; processes and the whole house die, disks and stores
//! fail, the clock jumps, older copies of the database come back. Room, store, engine and files are
//! the real ones; clock, noise, faults, crashes and the order of steps are the seed's. What threads
//! do is not: between two points one walk moves alone, so that it does not matter.
//!
//! After everything that is done the checkers look: see `check`.

mod act;
mod broken;
mod check;
mod clock;
mod faults;
mod image;
mod leash;
mod people;
mod planted;
mod report;
mod state;
mod stuck;
mod terms;
mod walks;
mod world;

use std::collections::BTreeMap;
use std::mem::take;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;

pub use check::Finding;
pub use planted::Plant;
pub use report::{commit, play_all, repeat_by, told};
use stuck::{Done, Stuck};
use world::World;

/// How often something happened, by a name.
#[derive(Debug, Clone, Default)]
pub struct Seen(pub BTreeMap<String, usize>);

impl Seen {
    fn count(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_default() += 1;
    }

    /// Adds what was seen elsewhere.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what.clone()).or_default() += count;
        }
    }
}

/// What became of one house.
#[derive(Debug, Clone)]
pub struct Played {
    /// The seed.
    pub seed: u64,
    /// What was done, line by line: the same every time for the same seed.
    pub trace: Vec<String>,
    /// What must not be.
    pub found: Vec<Finding>,
    /// What happened.
    pub seen: Seen,
}

/// Lives through the house of a seed. Whatever breaks it off, be it a panic, is something found.
pub fn play(seed: u64, plant: Plant) -> Played {
    broken::caught(seed, |played| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(live(plant, played))
    })
}

/// Lives through a house, and tells of it also when a panic breaks it off.
async fn live(plant: Plant, played: &mut Played) -> Done<()> {
    let mut world = World::new(played.seed, plant).await?;
    let lived = AssertUnwindSafe(world.live()).catch_unwind().await;
    world.seen.0.insert("faults".into(), world.faults.injected());
    played.trace = take(&mut world.trace);
    played.found = take(&mut world.found);
    played.seen = take(&mut world.seen);
    drop(world);
    match lived {
        Ok(done) => done,
        Err(panic) => resume_unwind(panic),
    }
}

impl World {
    /// Does some dozens of things, and brings all to an end.
    async fn live(&mut self) -> Done<()> {
        for _ in 0..self.random.between(20, 60) {
            if self.plant.is_found(&self.found) {
                return Ok(());
            }
            if self.plant == Plant::Blind {
                self.deliver_blindly_what_is_kept().await?;
            }
            self.act().await?;
        }
        if self.plant.is_found(&self.found) {
            return Ok(());
        }
        self.end().await
    }
}
