//! Arrays of plain values: making them, asking them, taking parts of them.

use std::collections::BTreeSet;

use super::accept::{
    BIGINT, BOOLEAN, FIRST, INT, MAX_BYTES, STRING, count, fits, implicit, limited,
};
use super::cast::cast;
use super::compare::{order, same};
use super::kind::{Kind, wider};
use super::multiset::Row as Ordered;
use super::scalar::{Definition, Row};
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "array",
        accepts: |kinds| match kinds {
            [] => Some(Vec::new()),
            _ => Some(vec![wider(kinds)?; kinds.len()]),
        },
        returns: |kinds, _| kinds.first().copied().unwrap_or(Kind::Null).array(),
        row: |_, values| Value::List(values.to_vec()),
    },
    with_item("array_append", FIRST, |_, values| match values {
        [Value::List(items), more] => list(items.iter().chain([more]).cloned().collect()),
        _ => Value::Null,
    }),
    with_item("array_contains", BOOLEAN, |_, values| match values {
        [_, Value::Null] => Value::Null,
        [Value::List(items), wanted] if items.iter().any(|it| same(it, wanted)) => {
            Value::Boolean(true)
        }
        [Value::List(items), _] if items.contains(&Value::Null) => Value::Null,
        [Value::List(_), _] => Value::Boolean(false),
        _ => Value::Null,
    }),
    of_one("array_compact", |_, values| match values {
        [Value::List(items)] => {
            Value::List(items.iter().filter(|it| **it != Value::Null).cloned().collect())
        }
        _ => Value::Null,
    }),
    of_one("array_distinct", |_, values| match values {
        [Value::List(items)] => Value::List(distinct(items.iter())),
        _ => Value::Null,
    }),
    Definition {
        name: "array_join",
        accepts: |kinds| match kinds {
            [Kind::Array(item), rest @ ..] if implicit(item.kind(), Kind::String) => {
                let rest = fits(rest, &[Kind::String; 2], 1)?;
                Some([vec![Kind::String.array()?], rest].concat())
            }
            _ => None,
        },
        returns: STRING,
        row: |_, values| match values {
            [Value::List(items), Value::Text(between)] => joined(items, between, None),
            [Value::List(items), Value::Text(between), Value::Text(none)] => {
                joined(items, between, Some(none))
            }
            _ => Value::Null,
        },
    },
    one_item("array_max", |_, values| extreme(values, |it| it.is_gt())),
    one_item("array_min", |_, values| extreme(values, |it| it.is_lt())),
    with_item("array_position", BIGINT, |_, values| match values {
        [Value::List(_), Value::Null] => Value::Null,
        [Value::List(items), wanted] => {
            count(items.iter().position(|it| same(it, wanted)).map_or(0, |it| it + 1))
        }
        _ => Value::Null,
    }),
    with_item("array_prepend", FIRST, |_, values| match values {
        [Value::List(items), more] => list([more].into_iter().chain(items).cloned().collect()),
        _ => Value::Null,
    }),
    with_item("array_remove", FIRST, |_, values| match values {
        [Value::List(_), Value::Null] => Value::Null,
        [Value::List(items), unwanted] => {
            Value::List(items.iter().filter(|it| !same(it, unwanted)).cloned().collect())
        }
        _ => Value::Null,
    }),
    Definition {
        name: "array_repeat",
        accepts: |kinds| match kinds {
            [item, times] if item.array().is_some() && implicit(*times, Kind::Int) => {
                Some(vec![*item, Kind::Int])
            }
            _ => None,
        },
        returns: |kinds, _| kinds.first()?.array(),
        row: |_, values| match values {
            [item, Value::Integer(times)] => {
                let times = usize::try_from((*times).max(0)).unwrap_or(usize::MAX);
                match item.size().checked_mul(times) {
                    Some(size) if size <= MAX_BYTES => Value::List(vec![item.clone(); times]),
                    _ => Value::Null,
                }
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "array_size",
        accepts: one_array,
        returns: INT,
        row: |_, values| match values {
            [Value::List(items)] => count(items.len()),
            _ => Value::Null,
        },
    },
    // NULL last, where SORT_ARRAY puts it first.
    of_one("array_sort", |_, values| match values {
        [Value::List(items)] => {
            let mut some: Vec<_> = items.iter().filter(|it| **it != Value::Null).cloned().collect();
            some.sort_by(order);
            some.resize(items.len(), Value::Null);
            Value::List(some)
        }
        _ => Value::Null,
    }),
    of_two("array_except", FIRST, |_, values| match values {
        [Value::List(left), Value::List(right)] => {
            let right = set(right);
            let out = |it: &&Value<'_>| !right.contains(&one(it));
            Value::List(distinct(left.iter().filter(out)))
        }
        _ => Value::Null,
    }),
    of_two("array_intersect", FIRST, |_, values| match values {
        [Value::List(left), Value::List(right)] => {
            let right = set(right);
            let both = |it: &&Value<'_>| right.contains(&one(it));
            Value::List(distinct(left.iter().filter(both)))
        }
        _ => Value::Null,
    }),
    of_two("array_union", FIRST, |_, values| match values {
        [Value::List(left), Value::List(right)] => list(distinct(left.iter().chain(right))),
        _ => Value::Null,
    }),
    of_two("arrays_overlap", BOOLEAN, |_, values| match values {
        [Value::List(left), Value::List(right)] => {
            let known = set(right);
            if left.iter().any(|it| *it != Value::Null && known.contains(&one(it))) {
                return Value::Boolean(true);
            }
            let unsure = !left.is_empty()
                && !right.is_empty()
                && left.iter().chain(right).any(|it| *it == Value::Null);
            if unsure { Value::Null } else { Value::Boolean(false) }
        }
        _ => Value::Null,
    }),
    item_at("element_at", |_, values| match values {
        [Value::List(items), Value::Integer(place @ 1..)] => nth(items, *place - 1),
        [Value::List(items), Value::Integer(place @ ..=-1)] => {
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            nth(items, length.saturating_add(*place))
        }
        _ => Value::Null,
    }),
    item_at("get", |_, values| match values {
        [Value::List(items), Value::Integer(place)] => nth(items, *place),
        _ => Value::Null,
    }),
    Definition {
        name: "sequence",
        accepts: |kinds| {
            if let [Kind::Date, Kind::Date] = kinds {
                return Some(kinds.to_vec());
            }
            let fit = matches!(kinds.len(), 2 | 3) && kinds.iter().all(|it| it.is_integer());
            if fit { Some(vec![wider(kinds)?; kinds.len()]) } else { None }
        },
        returns: |kinds, _| kinds.first()?.array(),
        row: |_, values| match values {
            [Value::Integer(from), Value::Integer(to)] => {
                sequence(*from, *to, if from <= to { 1 } else { -1 })
            }
            [Value::Date(from), Value::Date(to)] => {
                match sequence((*from).into(), (*to).into(), if from <= to { 1 } else { -1 }) {
                    Value::List(days) => Value::List(days.into_iter().map(day).collect()),
                    _ => Value::Null,
                }
            }
            [Value::Integer(from), Value::Integer(to), Value::Integer(step)] => {
                sequence(*from, *to, *step)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "size",
        accepts: |kinds| match kinds {
            [Kind::Null] => Some(vec![Kind::Null]),
            _ => one_array(kinds),
        },
        returns: INT,
        // As Spark without ANSI: NULL has the size -1.
        row: |_, values| match values {
            [Value::List(items)] => count(items.len()),
            _ => Value::Integer(-1),
        },
    },
    Definition {
        name: "slice",
        accepts: |kinds| match kinds {
            [Kind::Array(_), rest @ ..] => {
                let rest = fits(rest, &[Kind::Int; 2], 2)?;
                Some([kinds.get(..1)?.to_vec(), rest].concat())
            }
            _ => None,
        },
        returns: FIRST,
        row: |_, values| match values {
            [Value::List(items), Value::Integer(start), Value::Integer(length)] => {
                slice(items, *start, *length)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "sort_array",
        accepts: |kinds| match kinds {
            [Kind::Array(_)] => Some(kinds.to_vec()),
            [Kind::Array(_), up] if implicit(*up, Kind::Boolean) => {
                Some(vec![*kinds.first()?, Kind::Boolean])
            }
            _ => None,
        },
        returns: FIRST,
        row: |_, values| match values {
            [Value::List(items)] => Value::List(sorted(items, true)),
            [Value::List(items), Value::Boolean(up)] => Value::List(sorted(items, *up)),
            _ => Value::Null,
        },
    },
];

fn one_array(kinds: &[Kind]) -> Option<Vec<Kind>> {
    matches!(kinds, [Kind::Array(_)]).then(|| kinds.to_vec())
}

const fn of_one(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: one_array, returns: FIRST, row }
}

const fn one_item(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: one_array, returns: |kinds, _| kinds.first()?.item(), row }
}

const fn of_two(name: &'static str, returns: super::accept::Returns, row: Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| match kinds {
            [Kind::Array(_), Kind::Array(_)] => Some(vec![wider(kinds)?; 2]),
            _ => None,
        },
        returns,
        row,
    }
}

/// An array and a value that meet.
const fn with_item(name: &'static str, returns: super::accept::Returns, row: Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| match kinds {
            [Kind::Array(item), value] => {
                let common = wider(&[item.kind(), *value])?;
                Some(vec![common.array()?, common])
            }
            _ => None,
        },
        returns,
        row,
    }
}

const fn item_at(name: &'static str, row: Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| match kinds {
            [Kind::Array(_), place] if implicit(*place, Kind::Int) => {
                Some(vec![*kinds.first()?, Kind::Int])
            }
            _ => None,
        },
        returns: |kinds, _| kinds.first()?.item(),
        row,
    }
}

/// An array of a size that may be.
pub(super) fn list<'a>(items: Vec<Value<'a>>) -> Value<'a> {
    let size: usize = items.iter().map(Value::size).sum();
    if size > 16 * MAX_BYTES { Value::Null } else { Value::List(items) }
}

/// A value that has its place among others.
fn one(value: &Value<'_>) -> Ordered {
    Ordered(vec![value.owned()])
}

fn set(items: &[Value<'_>]) -> BTreeSet<Ordered> {
    items.iter().map(one).collect()
}

fn distinct<'v, 'a: 'v>(items: impl Iterator<Item = &'v Value<'a>>) -> Vec<Value<'a>> {
    let mut seen = BTreeSet::new();
    let new = |it: &&Value<'a>| seen.insert(one(it));
    items.filter(new).cloned().collect()
}

fn joined<'a>(items: &[Value<'_>], between: &str, none: Option<&str>) -> Value<'a> {
    let texts = items.iter().filter_map(|it| match it {
        Value::Text(text) => Some(text.as_ref()),
        _ => none,
    });
    limited(texts.collect::<Vec<_>>().join(between))
}

fn extreme<'a>(values: &[Value<'a>], better: fn(std::cmp::Ordering) -> bool) -> Value<'a> {
    let [Value::List(items)] = values else { return Value::Null };
    let some = items.iter().filter(|it| **it != Value::Null);
    let best = some.reduce(|best, it| if better(order(it, best)) { it } else { best });
    best.cloned().unwrap_or(Value::Null)
}

fn nth<'a>(items: &[Value<'a>], place: i64) -> Value<'a> {
    let place = usize::try_from(place).ok();
    place.and_then(|it| items.get(it)).cloned().unwrap_or(Value::Null)
}

fn sorted<'a>(items: &[Value<'a>], up: bool) -> Vec<Value<'a>> {
    let mut items = items.to_vec();
    items.sort_by(|a, b| if up { order(a, b) } else { order(b, a) });
    items
}

/// Nothing for a step that never arrives, and beyond the limit.
fn sequence<'a>(from: i64, to: i64, step: i64) -> Value<'a> {
    let away = step > 0 && from > to || step < 0 && from < to || step == 0 && from != to;
    let width = (i128::from(to) - i128::from(from)).unsigned_abs();
    let items = width.checked_div(u128::from(step.unsigned_abs())).unwrap_or(0) + 1;
    if away || items > MAX_BYTES as u128 / 8 {
        return Value::Null;
    }
    let next = |last: &i64| last.checked_add(step);
    let count = usize::try_from(items).unwrap_or(0);
    Value::List(std::iter::successors(Some(from), next).take(count).map(Value::Integer).collect())
}

fn day(number: Value<'_>) -> Value<'_> {
    match number {
        Value::Integer(days) => i32::try_from(days).map_or(Value::Null, Value::Date),
        _ => Value::Null,
    }
}

fn slice<'a>(items: &[Value<'a>], start: i64, length: i64) -> Value<'a> {
    let all = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let from = match start {
        1.. => start - 1,
        0 => return Value::Null,
        _ => all.saturating_add(start),
    };
    if length < 0 {
        return Value::Null;
    }
    let to = from.saturating_add(length).min(all);
    let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    let part = range.and_then(|(from, to)| items.get(from..to));
    Value::List(part.unwrap_or_default().to_vec())
}

/// Arrays one after another, of the common kind.
pub(super) fn concatenated<'a>(call: &super::scalar::Call<'_>, values: &[Value<'a>]) -> Value<'a> {
    let mut all = Vec::new();
    for (value, kind) in values.iter().zip(call.arguments) {
        match cast(value.clone(), *kind, call.result) {
            Value::List(items) => all.extend(items),
            _ => return Value::Null,
        }
    }
    list(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_ends_or_is_none() {
        let numbers = |all: &[i64]| Value::List(all.iter().copied().map(Value::Integer).collect());
        assert_eq!(sequence(1, 5, 2), numbers(&[1, 3, 5]));
        assert_eq!(sequence(5, 1, -3), numbers(&[5, 2]));
        assert_eq!(sequence(i64::MAX - 1, i64::MAX, 1), numbers(&[i64::MAX - 1, i64::MAX]));
        assert_eq!(sequence(1, 1, 0), numbers(&[1]));
        for (from, to, step) in [(1, 5, 0), (1, 5, -1), (i64::MIN, i64::MAX, 1), (0, 1 << 40, 1)] {
            assert_eq!(sequence(from, to, step), Value::Null);
        }
    }

    #[test]
    fn slices_count_from_either_end() {
        let items = [1, 2, 3, 4].map(Value::Integer);
        let part = |start, length| slice(&items, start, length);
        assert_eq!(part(2, 2), Value::List([2, 3].map(Value::Integer).to_vec()));
        assert_eq!(part(-2, 9), Value::List([3, 4].map(Value::Integer).to_vec()));
        assert_eq!(part(-9, 2), Value::List(Vec::new()));
        assert_eq!(part(9, 2), Value::List(Vec::new()));
        assert_eq!(part(0, 2), Value::Null);
        assert_eq!(part(1, -1), Value::Null);
    }
}
