//! Thresholds of custom rules in the plan: each row that leaves the first aggregate above a
//! protected table stands for at least so many of that table's own identities.
//!
//! The identity goes up from each protected scan as a hidden column, up to the first aggregate
//! (or DISTINCT) that does not group by it. There its distinct values are counted, groups of
//! too few are filtered out, and the count goes further up to the output as a hidden column, so
//! that release can check it again. Further aggregates carry the least count of what they
//! combine. Where there is no way up, the rewrite says so and nothing runs.

mod expression;
mod gather;
mod node;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::logical_expr::{Filter, LogicalPlan, lit};
use glovebox_model::{ColumnName, TableName};

use super::RewriteError;
use super::guard::widened;
use crate::bind::PlanTable;
use crate::bound::{Bound, HiddenGuard};
use crate::facts::{PlanGuard, Source};
use crate::limits::with_stack;
use state::Threaded;

/// A scan whose rows belong to persons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Protected {
    /// Index into [`crate::Lineage::scans`].
    pub scan: usize,
    /// The column that tells persons apart; also one that no query can name.
    pub identity: ColumnName,
    /// The least number of persons behind a row of an aggregate whose rows are the output.
    pub outermost: u32,
    /// The least number of persons behind a row of an aggregate inside another one.
    pub default: u32,
}

/// What becomes of an output each row of which belongs to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowLevel {
    /// It is an error: [`RewriteError::RowLevel`].
    Refused,
    /// No row comes out, unless the threshold is 0.
    Withheld,
}

/// Puts the thresholds of protected scans into the plan.
///
/// Afterwards [`crate::Lineage::guards`] lists every threshold that stands in the plan, and
/// [`Bound::guards`] those whose counts reach the output. A threshold inside a subquery that
/// stands for a value, or on the dropped side of a semi join, is only in the first list.
/// [`crate::Lineage::withheld`] says that no row comes out.
///
/// # Errors
///
/// [`RewriteError::RowLevel`] as asked for; [`RewriteError::Shape`] when persons would be
/// dropped without being counted (a subquery in an expression that is not aggregated or that
/// is correlated, the dropped side of a semi or anti join, branches of a set operation that
/// belong to persons of different tables); [`RewriteError::UnknownColumn`] when a scan or a
/// column does not exist.
pub fn protect(
    bound: Bound,
    protected: &[Protected],
    row_level: RowLevel,
) -> Result<Bound, RewriteError> {
    if protected.is_empty() {
        return Ok(bound);
    }
    if !bound.guards().is_empty() || !bound.facts().lineage.guards.is_empty() {
        return Err(RewriteError::Shape("a first set of guards"));
    }
    with_stack(|| protect_here(bound, protected, row_level))
}

fn protect_here(
    bound: Bound,
    protected: &[Protected],
    row_level: RowLevel,
) -> Result<Bound, RewriteError> {
    let mut weave = Weave::prepare(&bound, protected)?;
    let threaded = weave.node(bound.plan(), true)?;
    if weave.n_scans != weave.scans.len() {
        return Err(RewriteError::Lost("its tables"));
    }
    let rows_of = threaded.live.keys().copied().collect::<Vec<_>>();
    let is_withheld = match (row_level, rows_of.first()) {
        (_, None) => false,
        (RowLevel::Refused, Some(scan)) => return Err(RewriteError::RowLevel(*scan)),
        (RowLevel::Withheld, Some(_)) => {
            rows_of.iter().any(|it| weave.threads.get(it).is_none_or(|it| it.outermost > 0))
        }
    };
    let (plan, guards) = weave.finished(threaded, bound.output_names().len())?;
    let plan = if is_withheld {
        Filter::try_new(lit(false), Arc::new(plan))
            .map(LogicalPlan::Filter)
            .map_err(|_| RewriteError::Planner)?
    } else {
        plan
    };
    let shown: BTreeSet<&String> = guards.iter().map(|it| &it.name).collect();
    let all = weave.placed.keys().map(|it| guard_name(*it));
    let inside = all.filter(|it| !shown.contains(it)).collect();
    let wanted = weave.placed.values().cloned().collect();
    bound.with_inside(inside).with_plan(plan, guards, &wanted)
}

/// The hidden column that holds the count of a thread.
fn guard_name(thread: usize) -> String {
    format!("__gb_guard_{thread}")
}

/// The hidden column that holds the identity of a thread.
fn identity_name(thread: usize) -> String {
    format!("__gb_identity_{thread}")
}

/// One rewrite under way. A thread is named by the first scan that it starts at.
struct Weave {
    /// The tables of the scans in the order of the plan.
    scans: Vec<TableName>,
    /// How many scans have been passed.
    n_scans: usize,
    /// What each scan must show of hidden columns.
    sources: BTreeMap<usize, Arc<PlanTable>>,
    threads: BTreeMap<usize, Thread>,
    /// The thresholds that stand by now, by thread.
    placed: BTreeMap<usize, PlanGuard>,
}

/// The identity of one scan, or of several that a set operation has merged.
#[derive(Debug, Clone)]
struct Thread {
    table: TableName,
    identity: Source,
    /// The identities of further scans of the same table.
    merged: BTreeSet<Source>,
    outermost: u32,
    default: u32,
}

impl Thread {
    fn guard(&self, minimum: u32) -> PlanGuard {
        PlanGuard { counted: self.identity.clone(), merged: self.merged.clone(), minimum }
    }
}

impl Weave {
    fn prepare(bound: &Bound, protected: &[Protected]) -> Result<Self, RewriteError> {
        let scans: Vec<TableName> =
            bound.facts().lineage.scans.iter().map(|it| it.table.clone()).collect();
        let mut threads = BTreeMap::new();
        // By table, so that every scan of one table shows the same columns.
        let mut shown: BTreeMap<&TableName, BTreeSet<ColumnName>> = BTreeMap::new();
        for Protected { scan, identity, outermost, default } in protected {
            let name = scans.get(*scan).ok_or(RewriteError::UnknownColumn)?;
            let table = bound.schema().tables.get(name).ok_or(RewriteError::UnknownColumn)?;
            if table.hidden.iter().any(|it| it.name == *identity) {
                shown.entry(name).or_default().insert(identity.clone());
            } else if !table.columns.iter().any(|it| it.name == *identity) {
                return Err(RewriteError::UnknownColumn);
            }
            let thread = Thread {
                table: name.clone(),
                identity: Source { scan: *scan, column: identity.clone() },
                merged: BTreeSet::new(),
                outermost: *outermost,
                default: *default,
            };
            if threads.insert(*scan, thread).is_some() {
                return Err(RewriteError::Shape("one identity for each table"));
            }
        }
        let mut sources = BTreeMap::new();
        for (scan, name) in scans.iter().enumerate() {
            if let (Some(hidden), Some(table)) = (shown.get(name), bound.schema().tables.get(name))
            {
                sources.insert(scan, Arc::new(widened(table, hidden)));
            }
        }
        Ok(Self { scans, n_scans: 0, sources, threads, placed: BTreeMap::new() })
    }

    /// The whole plan: the visible columns, then the counts.
    fn finished(
        &self,
        threaded: Threaded,
        visible: usize,
    ) -> Result<(LogicalPlan, Vec<HiddenGuard>), RewriteError> {
        let threaded = Threaded { live: BTreeMap::new(), ..threaded };
        let mut guards = Vec::new();
        for (index, (number, count)) in threaded.counts.iter().enumerate() {
            let placed = self.placed.get(number).ok_or(RewriteError::Lost("its guards"))?;
            let thread = self.threads.get(number).ok_or(RewriteError::Lost("its guards"))?;
            guards.push(HiddenGuard {
                output_index: visible + index,
                minimum: placed.minimum,
                keyless: thread.default.max(placed.minimum),
                may_be_absent: count.may_be_absent,
                counted: placed.merged.iter().chain([&placed.counted]).cloned().collect(),
                name: guard_name(*number),
            });
        }
        Ok((threaded.in_order()?.plan, guards))
    }
}
