//! The order in which the entries of one query may stand.

use std::collections::BTreeMap;

use glovebox_model::{Id, Query, QueryStatus};

use crate::event::Event;
use crate::verify::Queries;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Submitted,
    Opened,
    Charged,
    Released,
    Ended,
}

/// Follows every query of a tree from its first entry to its last.
#[derive(Default)]
pub(crate) struct Bracket {
    stages: BTreeMap<Id<Query>, Stage>,
}

impl Bracket {
    /// Takes the next fact; false when it cannot stand here.
    pub(crate) fn follow(&mut self, event: &Event) -> bool {
        let Some(query) = event.query() else { return true };
        let before = self.stages.get(&query).copied();
        match next(before, event) {
            Some(stage) => {
                self.stages.insert(query, stage);
                true
            }
            None => false,
        }
    }

    pub(crate) fn queries(&self) -> Queries {
        let submitted = self.stages.len() as u64;
        let ended = self.stages.values().filter(|it| **it == Stage::Ended).count() as u64;
        Queries { submitted, ended, open: submitted - ended }
    }
}

fn next(before: Option<Stage>, event: &Event) -> Option<Stage> {
    use Stage::{Charged, Ended, Opened, Released, Submitted};
    match (before, event) {
        (None, Event::QuerySubmitted { .. }) => Some(Submitted),
        (
            Some(stage @ (Submitted | Opened | Charged | Released)),
            Event::CancelRequested { .. },
        ) => Some(stage),
        (Some(Submitted), Event::Opened { .. }) => Some(Opened),
        (Some(Opened), Event::Charged { .. }) => Some(Charged),
        (Some(Submitted), Event::Refused { .. }) | (Some(Opened | Charged), Event::Lost { .. }) => {
            Some(Ended)
        }
        (Some(Opened | Charged), Event::Released { .. }) => Some(Released),
        (Some(Released), Event::Closed { .. }) => Some(Ended),
        (Some(Submitted | Opened | Charged), Event::Closed { status, .. })
            if *status != QueryStatus::Success =>
        {
            Some(Ended)
        }
        _ => None,
    }
}
