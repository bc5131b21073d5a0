//! When a private query is told what it came to: at an edge that was chosen before anything of a
//! table was looked at.

use glovebox_model::TableName;

use crate::Priced;

/// The edges, in seconds after the query was opened; then every full hour.
const EDGES_SECONDS: [i64; 6] = [5, 15, 60, 300, 900, HOUR_SECONDS];
const HOUR_SECONDS: i64 = 3600;

/// A process is started, a text is judged, files are listed.
const BEGIN_MILLIS: u64 = 1500;
/// Each table is opened, and joined.
const TABLE_MILLIS: u64 = 500;
/// So many rows are bounded and added up in a millisecond.
const ROWS_PER_MILLI: u64 = 250;
/// For a table whose owner does not declare how many users it has.
const UNDECLARED_USERS: u64 = 1_000_000;

/// The first edge that is not before `elapsed` milliseconds after the opening.
pub fn edge_millis(elapsed: i64) -> i64 {
    let edges = EDGES_SECONDS.iter().map(|it| it.saturating_mul(1000));
    let hour = HOUR_SECONDS.saturating_mul(1000);
    let hours = || (elapsed.saturating_sub(1) / hour).saturating_add(1).saturating_mul(hour);
    edges.into_iter().find(|edge| *edge >= elapsed).unwrap_or_else(hours)
}

impl Priced {
    /// The edge at which the query is told what it came to, in milliseconds after it is opened;
    /// `None` without differential privacy. A function of the plan and of what owners declare:
    /// `declared` is how many users a table has, by its owner's word.
    pub fn edge_millis(&self, declared: impl Fn(&TableName) -> Option<u64>) -> Option<i64> {
        let (charge, noising) = (self.charge()?, self.noising()?);
        let groups = u64::from(noising.max_groups.unwrap_or(1).max(1));
        let each = groups.saturating_add(noising.max_rows.into()).saturating_sub(1);
        let rows = |table| declared(table).unwrap_or(UNDECLARED_USERS).saturating_mul(each);
        let rows = charge.tables.iter().map(rows).fold(0, u64::saturating_add);
        let n_tables = u64::try_from(self.tables().count()).unwrap_or(u64::MAX);
        Some(edge_millis(expected_millis(n_tables, rows)))
    }
}

/// How long a query over so many tables and rows is expected to take.
fn expected_millis(n_tables: u64, rows: u64) -> i64 {
    let tables = TABLE_MILLIS.saturating_mul(n_tables);
    let all = BEGIN_MILLIS.saturating_add(tables).saturating_add(rows / ROWS_PER_MILLI);
    i64::try_from(all).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_never_before_what_it_is_for() {
        for (elapsed, edge) in [
            (i64::MIN, 5_000),
            (0, 5_000),
            (5_000, 5_000),
            (5_001, 15_000),
            (15_001, 60_000),
            (60_001, 300_000),
            (300_001, 900_000),
            (900_001, 3_600_000),
            (3_600_000, 3_600_000),
            (3_600_001, 7_200_000),
            (7_200_001, 10_800_000),
        ] {
            assert_eq!(edge_millis(elapsed), edge, "{elapsed}");
        }
        assert!(edge_millis(i64::MAX) > 0);
    }

    #[test]
    fn the_edge_grows_with_what_is_declared() {
        let edge = |n_tables, rows| edge_millis(expected_millis(n_tables, rows)) / 1000;
        assert_eq!(edge(1, 3_322), 5);
        assert_eq!(edge(2, 400_000), 5);
        assert_eq!(edge(1, UNDECLARED_USERS), 15);
        assert_eq!(edge(2, 1_930_000 * 6), 60);
        assert_eq!(edge(1, 100_000_000), 900);
        assert!(edge(u64::MAX, u64::MAX) > 3600);
    }
}
