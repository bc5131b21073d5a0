//! `Bound`: a plan, and the facts of that very plan.

use std::collections::BTreeSet;
use std::fmt;

use datafusion::common::ScalarValue;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNode;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::Analyzer;
use glovebox_model::{ColumnType, Digest, TableName, Timestamp};

use crate::extract;
use crate::facts::{Facts, PlanGuard, Source};
use crate::limits::with_stack;
use crate::rewrite::{RewriteError, total};
use crate::schema::Schema;

/// A query whose names are all resolved: its plan, with the facts of *that* plan.
///
/// Made by `bind` and by rewrites only. It can be judged and digested; nothing here runs it.
pub struct Bound {
    plan: LogicalPlan,
    facts: Facts,
    names: Vec<String>,
    now: Timestamp,
    text: Digest,
    schema: Schema,
    guards: Vec<HiddenGuard>,
    /// The names of the counts of guards that stand in the plan and do not reach the output.
    inside: BTreeSet<String>,
    /// What must hold of tables of the runner's before anything else is read.
    checks: Vec<CrowdingCheck>,
    /// What stands for the groups that thresholds withhold.
    remainder: Option<LogicalPlan>,
}

/// A check over one whole table, by itself: a row that comes out of its plan says that a key of
/// the table stands in more groups than the limit.
#[derive(Debug, Clone)]
pub struct CrowdingCheck {
    pub(crate) table: TableName,
    pub(crate) limit: u32,
    pub(crate) plan: LogicalPlan,
}

impl CrowdingCheck {
    /// The only table that it reads.
    pub fn table(&self) -> &TableName {
        &self.table
    }

    /// In how many groups a key may stand.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Gives a row, one at most, when a key stands in more. Its source is to be substituted.
    pub fn plan(&self) -> &LogicalPlan {
        &self.plan
    }
}

/// A hidden count that stands behind the visible columns of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenGuard {
    /// The output column of the plan that holds the count (a bigint).
    pub output_index: usize,
    /// Every row must show at least this count.
    pub minimum: u32,
    /// A row that shows no key must show at least this count: no override for a column that is
    /// shown lowers it.
    pub keyless: u32,
    /// Whether the count may be NULL: the row then stands for no row of that table, as on the
    /// empty side of an outer join, in another branch of a set operation, or in a total over
    /// groups of which none passed.
    pub may_be_absent: bool,
    /// What is counted: one column, or several of one table that a set operation put in the
    /// same place.
    pub counted: BTreeSet<Source>,
    pub(crate) name: String,
}

impl Bound {
    pub(crate) fn new(
        plan: LogicalPlan,
        facts: Facts,
        names: Vec<String>,
        now: Timestamp,
        text: Digest,
        schema: Schema,
    ) -> Self {
        let (guards, inside, checks) = (Vec::new(), BTreeSet::new(), Vec::new());
        let remainder = None;
        Self { plan, facts, names, now, text, schema, guards, inside, checks, remainder }
    }

    /// What the query does.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The plan: for `policy`, `privacy` and `engine`. Its table sources cannot be read; see
    /// [`crate::rewrite::substitute`].
    pub fn plan(&self) -> &LogicalPlan {
        &self.plan
    }

    /// The names of the visible output columns, as typed; the first columns of the plan.
    pub fn output_names(&self) -> &[String] {
        &self.names
    }

    /// The moment that `GETDATE()` and `CURRENT_DATE` tell.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The digest of the text that was bound.
    pub fn text_digest(&self) -> Digest {
        self.text
    }

    /// The hidden counts behind the visible columns, to be checked again at release.
    pub fn guards(&self) -> &[HiddenGuard] {
        &self.guards
    }

    /// What must hold before anything else of the query is done.
    pub fn checks(&self) -> &[CrowdingCheck] {
        &self.checks
    }

    /// The plan of the one row that stands for the groups below a threshold, when there is to be
    /// one: it has the columns of the plan, and gives no row unless that row passes every threshold.
    pub fn remainder(&self) -> Option<&LogicalPlan> {
        self.remainder.as_ref()
    }

    /// The type of a column of a scan.
    pub fn column_type(&self, source: &Source) -> Option<ColumnType> {
        let scan = self.facts.lineage.scans.get(source.scan)?;
        let table = self.schema.tables.get(&scan.table)?;
        let mut columns = table.columns.iter().chain(&table.hidden);
        columns.find(|it| it.name == source.column).map(|it| it.kind)
    }

    /// The same query made total: after it no expression can fail on a row.
    ///
    /// DataFusion's own analyzer runs in between, so that it finds nothing more to do when the
    /// plan is executed: what was judged is what runs.
    ///
    /// # Errors
    ///
    /// When types do not meet, or when something is left that could fail; never because of data.
    pub fn into_total(self) -> Result<Self, RewriteError> {
        with_stack(|| self.total_here())
    }

    fn total_here(self) -> Result<Self, RewriteError> {
        let plan = settled(self.plan.clone(), self.now)?;
        if has_negative_limit(&plan) {
            return Err(RewriteError::Total);
        }
        let guards = self.guards.clone();
        let wanted = self.facts.lineage.guards.iter().cloned().collect();
        self.with_plan(plan, guards, &wanted)
    }

    pub(crate) fn with_checks(self, checks: Vec<CrowdingCheck>) -> Self {
        Self { checks, ..self }
    }

    pub(crate) fn with_remainder(self, remainder: Option<LogicalPlan>) -> Self {
        Self { remainder, ..self }
    }

    /// The same query, with these hidden counts of guards that do not reach the output.
    pub(crate) fn with_inside(self, inside: BTreeSet<String>) -> Self {
        Self { inside, ..self }
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The same query with a rewritten plan; the facts are extracted anew.
    pub(crate) fn with_plan(
        self,
        plan: LogicalPlan,
        guards: Vec<HiddenGuard>,
        wanted: &BTreeSet<PlanGuard>,
    ) -> Result<Self, RewriteError> {
        let names = guards.iter().map(|it| &it.name);
        let hidden: BTreeSet<String> = names.chain(&self.inside).cloned().collect();
        let extracted =
            extract::lineage(&plan, &hidden).map_err(|denied| RewriteError::Left(denied.0))?;
        let fields = plan.schema().fields();
        let shown: Vec<&str> = fields.iter().map(|it| it.name().as_str()).collect();
        let hidden = guards.iter().map(|it| it.name.as_str());
        let expected: Vec<&str> = self.names.iter().map(String::as_str).chain(hidden).collect();
        if shown != expected || extracted.lineage.outputs.len() != self.names.len() {
            return Err(RewriteError::Lost("its output columns"));
        }
        let marked = |it: &HiddenGuard| {
            !it.counted.is_empty() && extracted.marks.get(it.output_index) == Some(&it.counted)
        };
        let found: BTreeSet<PlanGuard> = extracted.lineage.guards.iter().cloned().collect();
        if found != *wanted || !guards.iter().all(marked) {
            return Err(RewriteError::Lost("its guards"));
        }
        let facts = Facts { lineage: extracted.lineage, ..self.facts };
        // A remainder is that of one plan and of no other.
        Ok(Self { plan, facts, guards, remainder: None, ..self })
    }
}

/// A plan made total, in which DataFusion's own analyzer finds nothing more to do.
pub(crate) fn settled(plan: LogicalPlan, now: Timestamp) -> Result<LogicalPlan, RewriteError> {
    let first = total(plan, now).map_err(|_| RewriteError::Total)?;
    let analyzed = Analyzer::new()
        .execute_and_check(first, &ConfigOptions::default(), |_, _| {})
        .map_err(|_| RewriteError::Total)?;
    total(analyzed, now).map_err(|_| RewriteError::Total)
}

/// It binds, so that a rule can say more about it, but it cannot run.
fn has_negative_limit(plan: &LogicalPlan) -> bool {
    let is_negative = |it: &Option<Box<Expr>>| {
        matches!(it.as_deref(), Some(Expr::Literal(ScalarValue::Int64(Some(..0)), _)))
    };
    plan.exists(|node| match node {
        LogicalPlan::Limit(it) => Ok(is_negative(&it.fetch) || is_negative(&it.skip)),
        _ => Ok(false),
    })
    .unwrap_or(true)
}

/// Literals of the text are the analyst's own: only the digest is shown.
impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("text", &self.text).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
