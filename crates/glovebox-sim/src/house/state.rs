//! What the simulation knows of its house, from its own doings alone. A backup takes a copy of it
//! along, and a restored backup brings it back.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{
    AccessKeyId, AccessPeriod, AccountId, Association, Collaboration, ConfiguredTable, Id,
    Membership, PrivacyBudgetTemplate, Query,
};
use glovebox_room::Caller;

use super::clock::Compared;

/// A right, by a name that never comes back once it is gone.
pub(super) type Right = String;

/// Which rule a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Aggregation,
    Custom,
    List,
    Private,
}

#[derive(Debug, Clone)]
pub(super) struct Table {
    /// The file that it is read from, and the name that it is brought under.
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) id: Option<Id<ConfiguredTable>>,
    /// How often its rule was written; none while it has none.
    pub(super) rule: Option<usize>,
    pub(super) rules_written: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) account: AccountId,
    /// The key that it signs with.
    pub(super) key: AccessKeyId,
    /// Its other keys that are enabled.
    pub(super) others: Vec<AccessKeyId>,
    pub(super) tables: Vec<Table>,
}

impl Person {
    pub(super) fn caller(&self) -> Caller {
        Caller::new(self.account, self.key.clone())
    }
}

/// A table in a collaboration.
#[derive(Debug, Clone)]
pub(super) struct Brought {
    pub(super) id: Id<Association>,
    pub(super) owner: usize,
    pub(super) table: usize,
}

/// A privacy budget that stands.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    pub(super) id: Id<PrivacyBudgetTemplate>,
    pub(super) epsilon: u32,
    pub(super) delta_atto: u64,
    pub(super) monthly: bool,
}

/// The access budget of an association, and when there first was one.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) id: Id<PrivacyBudgetTemplate>,
    pub(super) limit: Option<(AccessPeriod, u32)>,
    pub(super) since: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) id: Id<Collaboration>,
    pub(super) runner: usize,
    /// One or two.
    pub(super) receivers: Vec<usize>,
    /// Of those who have joined and have not left.
    pub(super) memberships: BTreeMap<usize, Id<Membership>>,
    /// Of everybody who ever joined.
    pub(super) joined: BTreeMap<usize, Id<Membership>>,
    /// By the name under which they are queried.
    pub(super) brought: BTreeMap<String, Brought>,
    pub(super) budgets: BTreeMap<usize, Budget>,
    pub(super) access: BTreeMap<Id<Association>, Access>,
}

/// What the ledger says a query takes from a budget.
#[derive(Debug, Clone)]
pub(super) struct Charge {
    pub(super) owner: String,
    pub(super) population: String,
    pub(super) period: String,
    pub(super) loss_nano: u128,
    pub(super) delta_atto: u128,
    /// When the ledger tells of it.
    pub(super) at: i64,
    /// The newest moment that was recorded by then.
    pub(super) moment: i64,
}

/// A query that was asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) id: Id<Query>,
    pub(super) place: usize,
    pub(super) receivers: Vec<usize>,
    pub(super) key: AccessKeyId,
    /// The tables that its text names.
    pub(super) names: Vec<String>,
    pub(super) private: bool,
    pub(super) facts: Facts,
    /// The status that was seen last.
    pub(super) status: String,
}

/// What the ledger says of a query, as the simulation reads it.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) opened: Option<Opened>,
    /// The digests of the objects.
    pub(super) released: Option<Vec<String>>,
    /// At which step, and how.
    pub(super) ended: Option<(usize, String)>,
    /// Charged under another entry than the one that opened it.
    pub(super) settled: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) at: i64,
    pub(super) moment: i64,
    /// The latest that the clock has shown since: an edge that was reached stays reached when the
    /// clock goes back.
    pub(super) reached: i64,
    pub(super) rights: Vec<Right>,
    pub(super) associations: Vec<Id<Association>>,
}

/// An older copy that was accepted, and that the house goes on from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Restored {
    /// What a member's word has to name.
    pub(super) number: u64,
    /// Periods of privacy budgets that had begun by then stay closed.
    pub(super) closed: i64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) people: Vec<Person>,
    pub(super) places: Vec<Place>,
    pub(super) asked: Vec<Asked>,
    /// Rights that are gone, and since which step.
    pub(super) gone: BTreeMap<Right, usize>,
    /// By the collaboration.
    pub(super) charges: Vec<(String, Charge)>,
    /// The number of the newest charge, or of the copy that was accepted after it.
    pub(super) number: u64,
    /// The last copy that was accepted.
    pub(super) restored: Option<Restored>,
    /// Who has said since then that what it allows is what it allows.
    pub(super) confirmed: BTreeSet<usize>,
    /// The newest moment that the ledger has recorded.
    pub(super) newest: i64,
    /// What that was when an operator said that the clock is right.
    pub(super) accepted: i64,
    /// Where the house began to compare its clock with the steady one.
    pub(super) compared: Compared,
    /// Whether it has seen a jump that no operator has accepted.
    pub(super) halted: bool,
    /// The last row of the ledger that was read.
    pub(super) row: i64,
}

pub(super) fn key_right(key: &AccessKeyId) -> Right {
    format!("key {key}")
}

pub(super) fn member_right(place: usize, person: usize) -> Right {
    format!("membership of {person} in {place}")
}

pub(super) fn place_right(place: usize) -> Right {
    format!("collaboration {place}")
}

pub(super) fn table_right(id: Id<ConfiguredTable>) -> Right {
    format!("table {id}")
}

pub(super) fn rule_right(id: Id<ConfiguredTable>, written: usize) -> Right {
    format!("rule {written} of {id}")
}

pub(super) fn brought_right(id: Id<Association>) -> Right {
    format!("association {id}")
}

impl Asked {
    /// The right that only this receiver's copy needs.
    pub(super) fn right_of(&self, receiver: usize) -> Right {
        member_right(self.place, receiver)
    }
}

impl State {
    pub(super) fn revoke(&mut self, right: Right, step: usize) {
        self.gone.entry(right).or_insert(step);
    }

    /// The rights that every copy of a result needs now, whether they are there or not, and the
    /// associations that the query touches. `Err` names a table that is not there.
    pub(super) fn needs(
        &self,
        asked: &Asked,
    ) -> Result<(Vec<Right>, Vec<Id<Association>>), String> {
        let place = &self.places[asked.place];
        let mut rights = vec![
            key_right(&asked.key),
            place_right(asked.place),
            member_right(asked.place, place.runner),
        ];
        let mut associations = Vec::new();
        for name in &asked.names {
            let brought = place.brought.get(name).ok_or_else(|| format!("table {name}"))?;
            let table = &self.people[brought.owner].tables[brought.table];
            let id = table.id.ok_or_else(|| format!("configured table {name}"))?;
            let rule = table.rule.ok_or_else(|| format!("a rule of {name}"))?;
            associations.push(brought.id);
            rights.push(brought_right(brought.id));
            rights.push(member_right(asked.place, brought.owner));
            rights.push(table_right(id));
            rights.push(rule_right(id, rule));
        }
        Ok((rights, associations))
    }
}
