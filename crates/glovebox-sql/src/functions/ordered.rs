//! ANY_VALUE, COLLECT_LIST, COLLECT_SET, LISTAGG, MAX_BY, MEDIAN, MIN_BY, MODE, PERCENTILE:
//! functions of the sorted values of a group.
//!
//! Spark answers some of them by the order in which rows happen to come; here the order of the
//! values themselves decides, so that the same rows always give the same answer.

use super::accept::{MAX_BYTES, fits, implicit};
use super::cast::cast;
use super::fold::{Definition, Fold};
use super::kind::Kind;
use super::multiset::{Multiset, Row};
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "any_value",
        accepts: any,
        returns: same,
        start: |_| Box::new(Sorted::new(|it| first(it, 0), |row| some(row, 0))),
    },
    Definition {
        name: "approx_percentile",
        accepts: |kinds| match kinds {
            [value, at] | [value, at, _] if orderable(*value) => {
                let percentage = percentages(*at)?;
                let accuracy = kinds.get(2).map(|_| Kind::Bigint);
                Some([value_kind(*value), percentage].into_iter().chain(accuracy).collect())
            }
            _ => None,
        },
        returns: |kinds| match kinds {
            [value, Kind::Array(_), ..] => value.array(),
            _ => kinds.first().copied(),
        },
        start: |_| Box::new(Sorted::new(|it| percentiles(it, nearest), |row| some(row, 0))),
    },
    Definition {
        name: "collect_list",
        accepts: any,
        returns: array,
        start: |_| Box::new(Sorted::new(|it| collected(it, u64::MAX), |row| some(row, 0))),
    },
    Definition {
        name: "collect_set",
        accepts: any,
        returns: array,
        start: |_| Box::new(Sorted::new(|it| collected(it, 1), |row| some(row, 0))),
    },
    Definition {
        name: "listagg",
        // Values keep their kind until they are joined: numbers stand in the order of numbers.
        accepts: |kinds| match kinds {
            [value, ..] if *value != Kind::Null => {
                let as_text = fits(kinds, &[Kind::String; 2], 1)?;
                Some([*value].into_iter().chain(as_text.into_iter().skip(1)).collect())
            }
            _ => fits(kinds, &[Kind::String; 2], 1),
        },
        returns: |_| Some(Kind::String),
        start: |kinds| {
            let kind = kinds.first().copied().unwrap_or(Kind::String);
            Box::new(Sorted::new(move |rows| joined(rows, kind), |row| some(row, 0)))
        },
    },
    by("max_by", |_| Box::new(Sorted::new(|it| last(it, 1), by_key))),
    Definition {
        name: "median",
        accepts: |kinds| fits(kinds, &[Kind::Double], 1),
        returns: |_| Some(Kind::Double),
        start: |_| Box::new(Sorted::new(|it| between(it, 0.5), |row| some(row, 0))),
    },
    by("min_by", |_| Box::new(Sorted::new(|it| first(it, 1), by_key))),
    Definition {
        name: "mode",
        accepts: any,
        returns: same,
        start: |_| Box::new(Sorted::new(mode, |row| some(row, 0))),
    },
    Definition {
        name: "percentile",
        accepts: |kinds| match kinds {
            [value, at] if implicit(*value, Kind::Double) => {
                Some(vec![Kind::Double, percentages(*at)?])
            }
            [value, at, times] if implicit(*value, Kind::Double) && times.is_integer() => {
                Some(vec![Kind::Double, percentages(*at)?, Kind::Bigint])
            }
            _ => None,
        },
        returns: |kinds| match kinds {
            [_, Kind::Array(_), ..] => Kind::Double.array(),
            _ => Some(Kind::Double),
        },
        start: |_| Box::new(Sorted::new(|it| percentiles(it, between), |row| some(row, 0))),
    },
];

const fn by(name: &'static str, start: fn(&[Kind]) -> Box<dyn Fold>) -> Definition {
    Definition {
        name,
        accepts: |kinds| matches!(kinds, [_, _]).then(|| kinds.to_vec()),
        returns: same,
        start,
    }
}

fn any(kinds: &[Kind]) -> Option<Vec<Kind>> {
    matches!(kinds, [_]).then(|| kinds.to_vec())
}

fn same(kinds: &[Kind]) -> Option<Kind> {
    kinds.first().copied()
}

fn array(kinds: &[Kind]) -> Option<Kind> {
    kinds.first().and_then(|it| it.array())
}

fn orderable(kind: Kind) -> bool {
    kind.is_number() || kind.is_moment() || matches!(kind, Kind::String | Kind::Null)
}

fn value_kind(kind: Kind) -> Kind {
    if matches!(kind, Kind::String | Kind::Null) { Kind::Double } else { kind }
}

fn percentages(kind: Kind) -> Option<Kind> {
    match kind.item() {
        Some(item) if implicit(item, Kind::Double) => Kind::Double.array(),
        Some(_) => None,
        None => implicit(kind, Kind::Double).then_some(Kind::Double),
    }
}

type Prepare = fn(&[Value<'_>]) -> Option<Row>;

/// The row, unless that value of it is NULL.
fn some(row: &[Value<'_>], place: usize) -> Option<Row> {
    row.get(place).filter(|it| **it != Value::Null).map(|_| Row::of(row))
}

/// `(value, key)` as key and value, unless the key is NULL.
fn by_key(row: &[Value<'_>]) -> Option<Row> {
    match row {
        [_, Value::Null] => None,
        [value, key] => Some(Row(vec![key.owned(), value.owned()])),
        _ => None,
    }
}

/// The rows of a group, and what is asked of them.
struct Sorted {
    rows: Multiset,
    answer: Answer,
    prepare: Prepare,
}

type Answer = Box<dyn Fn(&Multiset) -> Value<'static> + Send + Sync>;

impl Sorted {
    fn new<F>(answer: F, prepare: Prepare) -> Self
    where
        F: Fn(&Multiset) -> Value<'static> + Send + Sync + 'static,
    {
        Self { rows: Multiset::default(), answer: Box::new(answer), prepare }
    }
}

impl Fold for Sorted {
    fn add(&mut self, row: &[Value<'_>], times: u64) {
        // The third argument of PERCENTILE says how often the row counts.
        let (row, times) = match row {
            [value, at @ (Value::Floating(_) | Value::List(_)), more] => match more {
                Value::Integer(often) => {
                    let often = u64::try_from(*often).unwrap_or(0);
                    (vec![value.clone(), at.clone()], times.saturating_mul(often))
                }
                _ => return,
            },
            row => (row.to_vec(), times),
        };
        if times > 0
            && let Some(row) = (self.prepare)(&row)
        {
            self.rows.add(row, times);
        }
    }

    fn state(&self) -> Vec<u8> {
        self.rows.state()
    }

    fn merge(&mut self, state: &[u8]) {
        self.rows.merge(state);
    }

    fn answer(&self) -> Value<'static> {
        (self.answer)(&self.rows)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.rows.size()
    }
}

fn first(rows: &Multiset, place: usize) -> Value<'static> {
    let row = rows.iter().next();
    row.and_then(|(row, _)| row.get(place)).cloned().unwrap_or(Value::Null)
}

fn last(rows: &Multiset, place: usize) -> Value<'static> {
    let row = rows.iter().next_back();
    row.and_then(|(row, _)| row.get(place)).cloned().unwrap_or(Value::Null)
}

/// The least of the values that came most often.
fn mode(rows: &Multiset) -> Value<'static> {
    let best = rows.iter().reduce(|best, it| if it.1 > best.1 { it } else { best });
    best.and_then(|(row, _)| row.first()).cloned().unwrap_or(Value::Null)
}

/// All values, each at most so many times. More than an array may hold is NULL.
fn collected(rows: &Multiset, most: u64) -> Value<'static> {
    let mut items = Vec::new();
    let mut bytes = 0_usize;
    for (row, times) in rows.iter() {
        let Some(value) = row.first() else { continue };
        for _ in 0..times.min(most) {
            bytes = bytes.saturating_add(value.size());
            if bytes > 16 * MAX_BYTES {
                return Value::Null;
            }
            items.push(value.clone());
        }
    }
    Value::List(items)
}

/// Values of that kind as texts, in the order of the values, with the second argument between
/// them; NULL beyond the limit of a text.
fn joined(rows: &Multiset, kind: Kind) -> Value<'static> {
    let mut all = String::new();
    let mut any = false;
    for (row, times) in rows.iter() {
        let between = match row.get(1) {
            Some(Value::Text(between)) => between.as_ref(),
            _ => "",
        };
        let Some(Value::Text(text)) = row.first().map(|it| cast(it.clone(), kind, Kind::String))
        else {
            continue;
        };
        // Repeats of nothing, with nothing between them, are nothing.
        let times = if text.is_empty() && between.is_empty() { 1 } else { times };
        for _ in 0..times {
            if any {
                all.push_str(between);
            }
            any = true;
            all.push_str(&text);
            if all.len() > MAX_BYTES {
                return Value::Null;
            }
        }
    }
    if any { Value::text(all) } else { Value::Null }
}

/// One percentile, or one for each of an array of them; NULL outside of 0 to 1.
fn percentiles(rows: &Multiset, one: fn(&Multiset, f64) -> Value<'static>) -> Value<'static> {
    let fits = |at: &f64| (0.0..=1.0).contains(at);
    match rows.iter().next().and_then(|(row, _)| row.get(1)) {
        Some(Value::Floating(at)) if fits(at) => one(rows, *at),
        Some(Value::List(all)) => {
            let mut answers = Vec::new();
            for at in all {
                match at {
                    Value::Floating(at) if fits(at) => answers.push(one(rows, *at)),
                    _ => return Value::Null,
                }
            }
            Value::List(answers)
        }
        _ => Value::Null,
    }
}

/// The value of a place, from 0.
fn nth(rows: &Multiset, place: u64) -> Option<&Value<'static>> {
    let mut seen = 0_u64;
    rows.iter().find_map(|(row, times)| {
        seen = seen.saturating_add(times);
        if seen > place { row.first() } else { None }
    })
}

/// The percentile between the two values that it falls between.
fn between(rows: &Multiset, at: f64) -> Value<'static> {
    let total = rows.total();
    if total == 0 {
        return Value::Null;
    }
    let place = (total - 1) as f64 * at;
    let (low, high) = (place.floor(), place.ceil());
    match (nth(rows, low as u64), nth(rows, high as u64)) {
        (Some(Value::Floating(below)), Some(Value::Floating(above))) => {
            if low == high || below == above {
                return Value::Floating(*below);
            }
            Value::Floating((high - place) * below + (place - low) * above)
        }
        _ => Value::Null,
    }
}

/// The least value that so large a part of all values does not exceed.
fn nearest(rows: &Multiset, at: f64) -> Value<'static> {
    let rank = (rows.total() as f64 * at).ceil().max(1.0);
    nth(rows, rank as u64 - 1).cloned().unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[f64]) -> Multiset {
        let mut rows = Multiset::default();
        for value in values {
            rows.add(Row(vec![Value::Floating(*value), Value::Floating(0.5)]), 1);
        }
        rows
    }

    #[test]
    fn percentiles_lie_between_or_on_values() {
        let four = rows(&[4.0, 1.0, 3.0, 2.0]);
        assert_eq!(between(&four, 0.5), Value::Floating(2.5));
        assert_eq!(between(&four, 1.0), Value::Floating(4.0));
        assert_eq!(nearest(&four, 0.5), Value::Floating(2.0));
        assert_eq!(nearest(&four, 0.0), Value::Floating(1.0));
        assert_eq!(between(&rows(&[]), 0.5), Value::Null);
    }

    #[test]
    fn the_least_of_the_most_frequent_is_the_mode() {
        assert_eq!(mode(&rows(&[3.0, 1.0, 3.0, 1.0, 2.0])), Value::Floating(1.0));
    }

    #[test]
    fn a_list_beyond_the_limit_is_null() {
        let mut many = Multiset::default();
        many.add(Row(vec![Value::text("x")]), u64::MAX);
        assert_eq!(collected(&many, u64::MAX), Value::Null);
        assert_eq!(joined(&many, Kind::String), Value::Null);
        assert_eq!(collected(&many, 1), Value::List(vec![Value::text("x")]));
    }

    #[test]
    fn numbers_are_listed_in_the_order_of_numbers() {
        let mut rows = Multiset::default();
        for number in [10, 9, 100] {
            rows.add(Row(vec![Value::Integer(number), Value::text(", ")]), 1);
        }
        assert_eq!(joined(&rows, Kind::Bigint), Value::text("9, 10, 100"));
    }
}
