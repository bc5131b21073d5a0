//! The order in which the entries of one query may stand.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{AccountId, Id, Query, QueryStatus};

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
    /// The receivers of each query that was opened: nobody else is given anything.
    receivers: BTreeMap<Id<Query>, BTreeSet<AccountId>>,
}

impl Bracket {
    /// Takes the next fact; false when it cannot stand here.
    pub(crate) fn follow(&mut self, event: &Event) -> bool {
        let Some(query) = event.query() else { return true };
        if !self.is_for_receivers(query, event) {
            return false;
        }
        let before = self.stages.get(&query).copied();
        match next(before, event) {
            Some(stage) => {
                self.stages.insert(query, stage);
                true
            }
            None => false,
        }
    }

    /// Whether only those whom the entry `Opened` names are given a result.
    fn is_for_receivers(&mut self, query: Id<Query>, event: &Event) -> bool {
        match event {
            Event::Opened { receivers, .. } => {
                self.receivers.insert(query, receivers.iter().copied().collect());
                true
            }
            Event::Released { objects, .. } => {
                let known = self.receivers.get(&query);
                objects.iter().all(|it| known.is_some_and(|all| all.contains(&it.receiver)))
            }
            Event::Closed { status, delivered, .. } => {
                let known = self.receivers.remove(&query).unwrap_or_default();
                let ended_well = delivered.is_empty() || *status == QueryStatus::Success;
                ended_well && delivered.iter().all(|it| known.contains(it))
            }
            _ => true,
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
