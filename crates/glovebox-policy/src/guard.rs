//! Thresholds: what every row of the result must stand for.

use std::collections::BTreeMap;
use std::fmt;

use glovebox_model::{ColumnName, Rule, TableName};
use glovebox_sql::rewrite::GuardRequest;
use glovebox_sql::{ScanId, Statement};

use crate::Rules;

/// A threshold that stands in a cleared plan and is checked again at release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The table whose owner demands it.
    pub table: TableName,
    /// What the query calls that table.
    pub alias: String,
    /// The counted column; it may be one that no query can name.
    pub column: ColumnName,
    /// At least so many distinct non-null values.
    pub minimum: u32,
    /// At least so many where a row shows no key: the row for withheld groups.
    pub keyless: u32,
    /// Whether the count may be NULL: the row then stands for no row of that table.
    pub may_be_absent: bool,
    /// Where the count stands among the columns of the plan: behind the named outputs.
    pub output_index: usize,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, alias, column, minimum, .. } = self;
        write!(f, "each row stands for at least {minimum} distinct `{column}` of `{table}`")?;
        if alias != table.as_str() { write!(f, " (`{alias}`)") } else { Ok(()) }
    }
}

/// Whether every owner whose threshold may withhold a group lets the result tell of it.
pub(crate) fn may_tell(guards: &[Guard], rules: &Rules) -> bool {
    let has_opted_in = |it: &Guard| {
        rules.tables.get(&it.table).is_some_and(|ruled| ruled.extension.suppression_notice)
    };
    !guards.is_empty() && guards.iter().all(has_opted_in)
}

/// Every threshold of every table, for every time the table is used. On one column the highest
/// counts. In order of scan and column.
pub(crate) fn demanded(statement: &Statement, rules: &Rules) -> Vec<GuardRequest> {
    let mut demanded = BTreeMap::new();
    for (index, scan) in statement.scans.iter().enumerate() {
        let Some(Rule::Aggregation(rule)) =
            rules.tables.get(&scan.table).and_then(|it| it.rule.as_ref())
        else {
            continue;
        };
        for constraint in rule.output_constraints() {
            let minimum = demanded.entry((index, constraint.column.clone())).or_insert(0);
            *minimum = constraint.minimum.max(*minimum);
        }
    }
    demanded
        .into_iter()
        .map(|((index, column), minimum)| GuardRequest { scan: ScanId(index), column, minimum })
        .collect()
}
