//! A query that the ledger knows as opened: the only thing that can be executed.

use std::fmt;

use datafusion::logical_expr::LogicalPlan;
use glovebox_model::{Digest, TableName};
use glovebox_policy::Guard;
use glovebox_sql::CrowdingCheck;

use crate::{Executed, Priced, Rows, Sampling};

/// A priced query whose cost was taken and whose ledger entry `Opened` is committed.
#[must_use = "a reservation that is dropped is lost budget: execute it, or close the query"]
pub struct Reserved {
    priced: Priced,
}

impl Reserved {
    /// States that the cost of `priced` was debited and its ledger entry `Opened` committed.
    /// Fenced: only the store may say so.
    pub fn assertion(priced: Priced) -> Self {
        Self { priced }
    }

    /// The plan as judged. Its sources are to be substituted; nothing else may be changed.
    pub fn plan(&self) -> &LogicalPlan {
        self.priced.plan()
    }

    /// What must hold of tables of the runner's before the plan is executed: each is a plan over
    /// one table that gives no row then. Part of what was judged.
    pub fn checks(&self) -> &[CrowdingCheck] {
        self.priced.checks()
    }

    /// The plan of the row that stands for withheld groups, to be executed over the same inputs
    /// after the plan, whatever that gave. Part of what was judged.
    pub fn remainder(&self) -> Option<&LogicalPlan> {
        self.priced.remainder()
    }

    /// The outputs of the plan, and of the remainder, that are not shown but compared with a
    /// minimum when the result is released: their places, each with the greatest number that it is
    /// compared with. A count may stop there.
    pub fn guards(&self) -> Vec<(usize, i64)> {
        if self.sampling().is_some() {
            return Vec::new();
        }
        let minimum = |it: &Guard| i64::from(it.minimum.max(it.keyless));
        self.priced.guards().iter().map(|it| (it.output_index, minimum(it))).collect()
    }

    /// The digest of that plan.
    pub fn plan_digest(&self) -> Digest {
        self.priced.plan_digest()
    }

    /// The tables it reads, in order of name.
    pub fn tables(&self) -> impl Iterator<Item = &TableName> {
        self.priced.tables()
    }

    /// How the rows of the plan become exact, bounded sums; `None` when they are the result.
    pub fn sampling(&self) -> Option<Sampling<'_>> {
        self.priced.sampling()
    }

    /// Seals the exact rows that the plan gave, and what the remainder gave, if there is one.
    /// There is no way back.
    pub fn seal(self, rows: Rows, other: Option<Rows>) -> Executed {
        Executed::new(self.priced, rows, other)
    }
}

impl fmt::Debug for Reserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserved").field("plan", &self.plan_digest()).finish_non_exhaustive()
    }
}
