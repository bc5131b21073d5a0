//! A naive answer to a generated query: nested loops over tiny tables.
//!
//! It reads the generator's own tree, never the text, and shares no code with the engine:
//! neither DataFusion nor `Facts` nor the functions of `glovebox-sql`.

mod group;
mod row;
mod value;

use std::cmp::Ordering;

pub use value::{Kind, Value};

use crate::generate::{Item, Query, Room};
use row::{Asked, Row};

/// The rows of a query, in its order where it has one.
///
/// With `thresholds`, groups that do not meet the minimums of every scanned table's rule are
/// left out.
pub fn answer(query: &Query, room: &Room, thresholds: bool) -> Vec<Vec<Value>> {
    let asked = Asked { query, room };
    let rows = asked.rows();
    let aggregates = query.items.iter().any(|it| matches!(it, Item::Aggregate(..)));
    let mut answers = if aggregates || !query.groups.is_empty() {
        asked.groups(rows, thresholds)
    } else {
        let plain = |row: &Row<'_>| query.items.iter().map(|it| asked.plain(it, row)).collect();
        rows.iter().map(plain).collect()
    };
    if query.distinct {
        let mut seen: Vec<Vec<Value>> = Vec::new();
        for answer in answers {
            if !seen.iter().any(|it| alike(it, &answer)) {
                seen.push(answer);
            }
        }
        answers = seen;
    }
    answers.sort_by(|a, b| compare(query, a, b));
    answers
}

/// The order that `ORDER BY` asks for; equal where it does not say.
pub fn compare(query: &Query, a: &[Value], b: &[Value]) -> Ordering {
    query.order.iter().fold(Ordering::Equal, |found, (item, down)| {
        found.then_with(|| {
            let order = a[*item].sorted(&b[*item]);
            if *down { order.reverse() } else { order }
        })
    })
}

/// Whether two rows are the same under DISTINCT.
fn alike(a: &[Value], b: &[Value]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.alike(b))
}

impl<'q> Asked<'q> {
    /// The rows that joins and filter leave.
    fn rows(&self) -> Vec<Row<'q>> {
        let tables: Vec<&[Vec<Value>]> =
            self.query.scans.iter().map(|it| self.room.tables[*it].rows.as_slice()).collect();
        let mut rows: Vec<Row<'q>> = vec![Vec::new()];
        for (place, table) in tables.iter().enumerate() {
            let mut wider = Vec::new();
            for row in &rows {
                for own in *table {
                    let mut row = row.clone();
                    row.push(own.as_slice());
                    let matched = place == 0
                        || self.matches(&self.query.joins[place - 1], &row) == Some(true);
                    if matched {
                        wider.push(row);
                    }
                }
            }
            rows = wider;
        }
        if let Some(filter) = &self.query.filter {
            rows.retain(|it| self.holds(filter, it) == Some(true));
        }
        rows
    }

    fn plain(&self, item: &Item, row: &Row<'_>) -> Value {
        match item {
            Item::Plain(expr) => self.value(expr, row),
            Item::Aggregate(..) => Value::Null,
        }
    }
}
