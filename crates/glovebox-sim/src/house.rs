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

pub use check::Finding;
pub use planted::Plant;
pub use report::{commit, play_all, repeat_by};
pub use stuck::Stuck;
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

/// Lives through the house of a seed.
///
/// # Errors
/// [`Stuck`] when the simulation itself cannot go on.
pub fn play(seed: u64, plant: Plant) -> Result<Played, Stuck> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut world = World::new(seed, plant).await?;
        let things = world.random.between(20, 60);
        let mut ended = Ok(());
        for _ in 0..things {
            if plant.is_found(&world.found) {
                break;
            }
            if plant == Plant::Blind {
                world.deliver_blindly_what_is_kept().await?;
            }
            ended = world.act().await;
            if ended.is_err() {
                break;
            }
        }
        if ended.is_ok() && !plant.is_found(&world.found) {
            ended = world.end().await;
        }
        if let Err(stuck) = ended {
            // What it found before matters more than that it could not go on.
            if world.found.is_empty() {
                let tail = world.trace.iter().rev().take(5).rev().cloned();
                let tail = tail.collect::<Vec<_>>().join("\n  ");
                return Err(Stuck::new(format!("seed {seed}: {stuck:?}, after\n  {tail}")));
            }
        }
        world.seen.0.insert("faults".into(), world.faults.injected());
        let World { trace, found, seen, .. } = world;
        Ok(Played { seed, trace, found, seen })
    })
}
