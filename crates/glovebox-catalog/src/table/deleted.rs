//! Rows of a file that its table does not have any more.

use std::ops::Range;

use datafusion::parquet::arrow::arrow_reader::{RowSelection, RowSelector};

/// The places of deleted rows in a file, rising, each once.
#[derive(Debug, Default)]
pub(crate) struct Deleted(Vec<u64>);

/// Deleted rows of one table at most, all of which stand in memory.
pub(super) const MAX_DELETED: usize = 16 << 20;

impl Deleted {
    pub(super) fn new(mut rows: Vec<u64>) -> Self {
        rows.sort_unstable();
        rows.dedup();
        Self(rows)
    }

    /// Which of the rows of a row group are left.
    pub(super) fn selection(&self, group: Range<u64>) -> RowSelection {
        let from = self.0.partition_point(|it| *it < group.start);
        let mut selectors: Vec<RowSelector> = Vec::new();
        let mut next = group.start;
        let rows = |from: u64, to: u64| usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        for row in self.0.iter().skip(from).take_while(|it| **it < group.end) {
            if *row > next {
                selectors.push(RowSelector::select(rows(next, *row)));
            }
            selectors.push(RowSelector::skip(1));
            next = row.saturating_add(1);
        }
        if next < group.end {
            selectors.push(RowSelector::select(rows(next, group.end)));
        }
        RowSelection::from(selectors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deleted_rows_count_from_the_start_of_the_file() {
        let deleted = Deleted::new(vec![9, 3, 0, 4, 3, 12]);
        let shown = |group| {
            let selection = deleted.selection(group);
            let parts: Vec<RowSelector> = selection.into();
            parts.iter().map(|it| (it.skip, it.row_count)).collect::<Vec<_>>()
        };
        assert_eq!(shown(0..4), [(true, 1), (false, 2), (true, 1)]);
        assert_eq!(shown(4..10), [(true, 1), (false, 4), (true, 1)]);
        assert_eq!(shown(20..22), [(false, 2)]);
    }
}
