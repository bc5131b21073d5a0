//! Choices between values: GREATEST, IF, ISNULL, LEAST, NANVL, NULLIF, NVL2...

use std::cmp::Ordering;

use super::accept::{BOOLEAN, DOUBLE, FIRST, fits, implicit};
use super::cast::cast;
use super::compare::{order, same};
use super::kind::{Kind, compared, wider};
use super::scalar::{Definition, Row};
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "equal_null",
        accepts: |kinds| match kinds {
            [left, right] => Some(vec![compared(*left, *right)?; 2]),
            _ => None,
        },
        returns: BOOLEAN,
        row: |_, values| match values {
            [left, right] => Value::Boolean(same(left, right)),
            _ => Value::Null,
        },
    },
    extreme("greatest", |_, values| most(values, Ordering::Greater)),
    extreme("least", |_, values| most(values, Ordering::Less)),
    Definition {
        name: "if",
        accepts: |kinds| match kinds {
            [test, yes, no] if implicit(*test, Kind::Boolean) => {
                let answer = wider(&[*yes, *no])?;
                Some(vec![Kind::Boolean, answer, answer])
            }
            _ => None,
        },
        returns: |kinds, _| kinds.get(1).copied(),
        row: |_, values| match values {
            [Value::Boolean(true), yes, _] => yes.clone(),
            [_, _, no] => no.clone(),
            _ => Value::Null,
        },
    },
    Definition {
        name: "isnan",
        accepts: |kinds| fits(kinds, &[Kind::Double], 1),
        returns: BOOLEAN,
        row: |_, values| match values {
            [Value::Floating(number)] => Value::Boolean(number.is_nan()),
            _ => Value::Boolean(false),
        },
    },
    test("isnotnull", |_, values| Value::Boolean(values.iter().all(|it| *it != Value::Null))),
    test("isnull", |_, values| Value::Boolean(values.contains(&Value::Null))),
    Definition {
        name: "nanvl",
        accepts: |kinds| fits(kinds, &[Kind::Double; 2], 2),
        returns: DOUBLE,
        row: |_, values| match values {
            [Value::Floating(number), other] if number.is_nan() => other.clone(),
            [number, _] => number.clone(),
            _ => Value::Null,
        },
    },
    Definition {
        name: "nullif",
        accepts: |kinds| match kinds {
            [left, right] => compared(*left, *right).map(|_| kinds.to_vec()),
            _ => None,
        },
        returns: FIRST,
        row: |call, values| match (values, call.arguments) {
            ([Value::Null, _], _) => Value::Null,
            ([value, other], [own, kind]) => {
                let Some(common) = compared(*own, *kind) else { return Value::Null };
                let left = cast(value.clone(), *own, common);
                let right = cast(other.clone(), *kind, common);
                if same(&left, &right) && left != Value::Null { Value::Null } else { value.clone() }
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "nvl2",
        accepts: |kinds| match kinds {
            [value, some, none] => {
                let answer = wider(&[*some, *none])?;
                Some(vec![*value, answer, answer])
            }
            _ => None,
        },
        returns: |kinds, _| kinds.get(1).copied(),
        row: |_, values| match values {
            [Value::Null, _, none] => none.clone(),
            [_, some, _] => some.clone(),
            _ => Value::Null,
        },
    },
];

const fn test(name: &'static str, row: Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| matches!(kinds, [_]).then(|| kinds.to_vec()),
        returns: BOOLEAN,
        row,
    }
}

/// All values must be of one family: text is not drawn along, as in Spark.
const fn extreme(name: &'static str, row: Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| {
            let texts = kinds.iter().filter(|it| **it == Kind::String).count();
            let nulls = kinds.iter().filter(|it| **it == Kind::Null).count();
            let fit =
                (2..=64).contains(&kinds.len()) && (texts == 0 || texts + nulls == kinds.len());
            if fit { Some(vec![wider(kinds)?; kinds.len()]) } else { None }
        },
        returns: FIRST,
        row,
    }
}

fn most<'a>(values: &[Value<'a>], wanted: Ordering) -> Value<'a> {
    let some = values.iter().filter(|it| **it != Value::Null);
    let best = some.reduce(|best, it| if order(it, best) == wanted { it } else { best });
    best.cloned().unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_greatest_and_null_is_neither() {
        let values = [Value::Floating(1.0), Value::Null, Value::Floating(f64::NAN)];
        assert!(matches!(most(&values, Ordering::Greater), Value::Floating(it) if it.is_nan()));
        assert_eq!(most(&values, Ordering::Less), Value::Floating(1.0));
        assert_eq!(most(&[Value::Null, Value::Null], Ordering::Less), Value::Null);
    }

    #[test]
    fn text_does_not_meet_numbers_in_greatest() {
        let accepts = ALL.iter().find(|it| it.name == "greatest").unwrap().accepts;
        assert_eq!(accepts(&[Kind::Int, Kind::String]), None);
        assert_eq!(accepts(&[Kind::Null, Kind::String]), Some(vec![Kind::String; 2]));
        assert_eq!(accepts(&[Kind::Int]), None);
    }
}
