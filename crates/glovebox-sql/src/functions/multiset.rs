//! Rows of values with how often each came: the same whatever the order they came in.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::codec::{Source, number, write};
use super::compare::order;
use super::value::Value;

/// The values of one row. Not `Debug`: it is data.
#[derive(Clone)]
pub(crate) struct Row(pub(crate) Vec<Value<'static>>);

impl Row {
    pub(crate) fn of(values: &[Value<'_>]) -> Self {
        Self(values.iter().map(Value::owned).collect())
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Row {}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Row {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.0.iter().zip(&other.0).map(|(a, b)| order(a, b));
        pairs.fold(Ordering::Equal, Ordering::then).then(self.0.len().cmp(&other.0.len()))
    }
}

/// Bytes that the tree takes for one entry beside the values.
const ENTRY: usize = 64;

/// Rows, sorted, with their counts.
#[derive(Clone, Default)]
pub(crate) struct Multiset {
    rows: BTreeMap<Row, u64>,
    bytes: usize,
}

impl Multiset {
    /// Adds a row so many times.
    pub(crate) fn add(&mut self, row: Row, times: u64) {
        let size: usize = row.0.iter().map(Value::size).sum();
        match self.rows.entry(row) {
            std::collections::btree_map::Entry::Occupied(mut known) => {
                *known.get_mut() = known.get().saturating_add(times);
            }
            std::collections::btree_map::Entry::Vacant(new) => {
                self.bytes += size + ENTRY;
                new.insert(times);
            }
        }
    }

    /// Takes a row away once.
    pub(crate) fn remove(&mut self, row: &Row) {
        if let Some(times) = self.rows.get_mut(row) {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.rows.remove(row);
                self.bytes -= row.0.iter().map(Value::size).sum::<usize>() + ENTRY;
            }
        }
    }

    /// The rows in their order, each once, with its count.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&[Value<'static>], u64)> {
        self.rows.iter().map(|(row, times)| (row.0.as_slice(), *times))
    }

    /// How many rows there are, with repeats.
    pub(crate) fn total(&self) -> u64 {
        self.rows.values().fold(0, |sum, it| sum.saturating_add(*it))
    }

    /// Bytes that it takes in memory.
    pub(crate) fn size(&self) -> usize {
        self.bytes
    }

    /// All of it as bytes.
    pub(crate) fn state(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.bytes);
        for (row, times) in &self.rows {
            number(*times, &mut bytes);
            number(row.0.len() as u64, &mut bytes);
            for value in &row.0 {
                write(value, &mut bytes);
            }
        }
        bytes
    }

    /// Adds what another gave as its state.
    pub(crate) fn merge(&mut self, state: &[u8]) {
        let mut source = Source(state);
        while let (Some(times), Some(width)) = (source.number(), source.number()) {
            let row = (0..width).map_while(|_| source.value()).collect();
            self.add(Row(row), times);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_merge_and_rows_come_in_their_order() {
        let row = |text: &'static str| Row(vec![Value::text(text)]);
        let (mut left, mut right) = (Multiset::default(), Multiset::default());
        left.add(row("b"), 1);
        right.add(row("a"), 2);
        right.add(row("b"), 3);
        left.merge(&right.state());
        let shown: Vec<_> = left.iter().map(|(row, times)| (row[0].clone(), times)).collect();
        assert_eq!(shown, [(Value::text("a"), 2), (Value::text("b"), 4)]);
        assert_eq!(left.total(), 6);
        for _ in 0..9 {
            left.remove(&row("b"));
            left.remove(&row("a"));
        }
        assert_eq!((left.total(), left.size()), (0, 0));
    }
}
