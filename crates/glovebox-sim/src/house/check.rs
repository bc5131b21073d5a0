//! The checkers: they look at a house from outside, after everything that is done, and call
//! nothing that they check.

mod budgets;
mod clock;
mod copies;
mod ends;
mod ledger;
mod objects;
mod restored;
mod statuses;
mod tail;

use super::stuck::Done;
use super::walks::Walk;
use super::world::World;

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which checker found it.
    pub checker: &'static str,
    /// What it found.
    pub what: String,
}

/// An object in a receiver's bucket.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) query: String,
    pub(super) digest: String,
    /// From a history that is gone: it may be answered anew.
    pub(super) disowned: bool,
}

/// Which walk moved in a step: only that one can have delivered anything.
#[derive(Debug, Clone)]
pub(super) enum Moved {
    Nothing,
    Walk {
        id: String,
        /// The step at which it looked at every right for the last time.
        looked: Option<usize>,
    },
}

impl Moved {
    pub(super) fn of(walk: &Walk) -> Self {
        Self::Walk { id: walk.id.clone(), looked: walk.looked }
    }
}

impl World {
    pub(super) fn find(&mut self, checker: &'static str, what: String) {
        self.note(format!("FOUND {checker}: {what}"));
        self.found.push(Finding { checker, what });
    }

    /// Looks at everything that can have changed in a step.
    pub(super) async fn observe(&mut self, moved: Moved) -> Done<()> {
        self.read_ledger().await?;
        self.look_at_objects(&moved)?;
        self.look_at_statuses().await?;
        self.count_draws();
        Ok(())
    }

    /// Noise is drawn once for a reservation at most.
    fn count_draws(&mut self) {
        let draws = self.draws.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        for (query, count) in draws.into_iter().filter(|(_, count)| *count > 1) {
            let text = format!("noise was drawn {count} times for {}", self.name(&query));
            if self.found.iter().all(|it| it.what != text) {
                self.find("draws", text);
            }
        }
    }

    /// A query by its number, which is the same every time.
    pub(super) fn name(&self, id: &str) -> String {
        match self.state.asked.iter().position(|it| it.id.to_string() == id) {
            Some(number) => format!("query {number}"),
            None => "a query that nobody asked".to_owned(),
        }
    }
}
