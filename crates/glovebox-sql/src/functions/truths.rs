//! BOOL_AND, BOOL_OR, COUNT_IF, COUNT of several, and the bitwise aggregates: what needs to keep one number.

use super::accept::fits;
use super::codec::{Source, write};
use super::fold::{Definition, Fold};
use super::kind::Kind;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    of_integers("bit_and", |_| Box::new(One::new(|a, b| a & b))),
    of_integers("bit_or", |_| Box::new(One::new(|a, b| a | b))),
    Definition {
        name: "bit_xor",
        accepts: integer,
        returns: |kinds| kinds.first().copied(),
        start: |_| Box::new(Parity { all: 0, any: false }),
    },
    of_truths("bool_and", |_| Box::new(One::new(|a, b| a & b))),
    of_truths("bool_or", |_| Box::new(One::new(|a, b| a | b))),
    Definition {
        name: "__gb_count_all",
        accepts: |kinds| (2..=64).contains(&kinds.len()).then(|| kinds.to_vec()),
        returns: |_| Some(Kind::Bigint),
        start: |_| Box::new(CountIf { rows: 0, holds: |row| !row.contains(&Value::Null) }),
    },
    Definition {
        name: "count_if",
        accepts: |kinds| fits(kinds, &[Kind::Boolean], 1),
        returns: |_| Some(Kind::Bigint),
        start: |_| {
            Box::new(CountIf { rows: 0, holds: |row| matches!(row, [Value::Boolean(true)]) })
        },
    },
];

const fn of_truths(name: &'static str, start: fn(&[Kind]) -> Box<dyn Fold>) -> Definition {
    Definition {
        name,
        accepts: |kinds| fits(kinds, &[Kind::Boolean], 1),
        returns: |_| Some(Kind::Boolean),
        start,
    }
}

const fn of_integers(name: &'static str, start: fn(&[Kind]) -> Box<dyn Fold>) -> Definition {
    Definition { name, accepts: integer, returns: |kinds| kinds.first().copied(), start }
}

fn integer(kinds: &[Kind]) -> Option<Vec<Kind>> {
    match kinds {
        [kind] if kind.is_integer() => Some(vec![*kind]),
        [Kind::Null] => Some(vec![Kind::Int]),
        _ => None,
    }
}

fn bits(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Boolean(yes) => Some(i64::from(*yes)),
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

/// Rows after the first are met with what there is; repeats change nothing.
struct One {
    meet: fn(i64, i64) -> i64,
    all: Option<i64>,
    truth: bool,
}

impl One {
    fn new(meet: fn(i64, i64) -> i64) -> Self {
        Self { meet, all: None, truth: false }
    }
}

impl Fold for One {
    fn add(&mut self, row: &[Value<'_>], _times: u64) {
        if let [value] = row
            && let Some(bits) = bits(value)
        {
            self.truth = matches!(value, Value::Boolean(_));
            self.all = Some(self.all.map_or(bits, |all| (self.meet)(all, bits)));
        }
    }

    fn state(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&self.answer(), &mut bytes);
        bytes
    }

    fn merge(&mut self, state: &[u8]) {
        if let Some(value) = Source(state).value() {
            self.add(&[value], 1);
        }
    }

    fn answer(&self) -> Value<'static> {
        match self.all {
            Some(all) if self.truth => Value::Boolean(all == 1),
            Some(all) => Value::Integer(all),
            None => Value::Null,
        }
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }
}

struct Parity {
    all: i64,
    any: bool,
}

impl Fold for Parity {
    fn add(&mut self, row: &[Value<'_>], times: u64) {
        if let [Value::Integer(number)] = row {
            self.any = true;
            self.all ^= if times.is_multiple_of(2) { 0 } else { *number };
        }
    }

    fn state(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&self.answer(), &mut bytes);
        bytes
    }

    fn merge(&mut self, state: &[u8]) {
        if let Some(value) = Source(state).value() {
            self.add(&[value], 1);
        }
    }

    fn answer(&self) -> Value<'static> {
        if self.any { Value::Integer(self.all) } else { Value::Null }
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }
}

/// How many rows something holds for.
struct CountIf {
    rows: u64,
    holds: fn(&[Value<'_>]) -> bool,
}

impl Fold for CountIf {
    fn add(&mut self, row: &[Value<'_>], times: u64) {
        if (self.holds)(row) {
            self.rows = self.rows.saturating_add(times);
        }
    }

    fn state(&self) -> Vec<u8> {
        self.rows.to_le_bytes().to_vec()
    }

    fn merge(&mut self, state: &[u8]) {
        self.rows = self.rows.saturating_add(Source(state).number().unwrap_or(0));
    }

    fn answer(&self) -> Value<'static> {
        i64::try_from(self.rows).map_or(Value::Null, Value::Integer)
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }
}
