//! `+ - * / %`, unary minus and `LIKE`, as functions that cannot fail.
//!
//! Integers meet in bigint and become NULL where Spark would wrap; decimals follow Spark's
//! precision rules; strings become doubles; a date takes whole days.

use datafusion::arrow::datatypes::i256;

use super::decimal::{divide_half_up, fit, rescale, ten};
use super::kind::{Kind, adjusted};
use super::scalar::{Call, Definition};
use super::value::Value;

/// `a + b`
pub(crate) static ADD: Definition = operator("__gb_add", accept_sum, sum_kind, add);
/// `a - b`
pub(crate) static SUBTRACT: Definition =
    operator("__gb_subtract", accept_difference, sum_kind, subtract);
/// `a * b`
pub(crate) static MULTIPLY: Definition =
    operator("__gb_multiply", accept_numbers, product_kind, multiply);
/// `a / b`
pub(crate) static DIVIDE: Definition =
    operator("__gb_divide", accept_division, quotient_kind, divide);
/// `a % b`
pub(crate) static MODULO: Definition = operator("__gb_modulo", accept_numbers, rest_kind, modulo);
/// `-a`
pub(crate) static NEGATE: Definition = Definition {
    name: "__gb_negate",
    accepts: |kinds| match kinds {
        [Kind::Decimal { .. }] => Some(kinds.to_vec()),
        [kind] => Some(vec![plain(*kind)?]),
        _ => None,
    },
    returns: |kinds, _| kinds.first().copied(),
    row: |_, values| match values {
        [Value::Integer(number)] => number.checked_neg().map_or(Value::Null, Value::Integer),
        [Value::Floating(number)] => Value::Floating(-number),
        [Value::Decimal(digits, scale)] => Value::Decimal(-digits, *scale),
        _ => Value::Null,
    },
};
/// A float with one zero and one NaN, so that equal numbers group and join as equals.
pub(crate) static NORMAL: Definition = Definition {
    name: "__gb_normal",
    accepts: |kinds| matches!(kinds, [Kind::Double | Kind::Float]).then(|| kinds.to_vec()),
    returns: |kinds, _| kinds.first().copied(),
    row: |_, values| values.first().cloned().unwrap_or(Value::Null),
};

type Accepts = fn(&[Kind]) -> Option<Vec<Kind>>;
type Returns = fn(&[Kind], &[Option<Value<'_>>]) -> Option<Kind>;

const fn operator(
    name: &'static str,
    accepts: Accepts,
    returns: Returns,
    row: super::scalar::Row,
) -> Definition {
    Definition { name, accepts, returns, row }
}

/// The kind that a number takes in arithmetic.
fn plain(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::Null | Kind::String => Some(Kind::Double),
        Kind::Double | Kind::Float | Kind::Decimal { .. } => Some(kind),
        kind if kind.is_integer() => Some(Kind::Bigint),
        _ => None,
    }
}

/// Both decimals keep their sizes; everything else meets in one kind.
fn accept_numbers(kinds: &[Kind]) -> Option<Vec<Kind>> {
    let [left, right] = *kinds else { return None };
    let pair = match (left, right) {
        (Kind::Null, Kind::Null) => (Kind::Bigint, Kind::Bigint),
        (Kind::Null, other) | (other, Kind::Null) => (plain(other)?, plain(other)?),
        _ => match (plain(left)?, plain(right)?) {
            (Kind::Decimal { .. }, Kind::Decimal { .. }) => (left, right),
            (Kind::Decimal { .. }, Kind::Bigint) => (left, exact(right)?),
            (Kind::Bigint, Kind::Decimal { .. }) => (exact(left)?, right),
            (Kind::Bigint, Kind::Bigint) => (Kind::Bigint, Kind::Bigint),
            (Kind::Float, Kind::Float | Kind::Bigint) | (Kind::Bigint, Kind::Float) => {
                (Kind::Float, Kind::Float)
            }
            _ => (Kind::Double, Kind::Double),
        },
    };
    Some(vec![pair.0, pair.1])
}

/// The decimal that an integer becomes beside a decimal.
fn exact(kind: Kind) -> Option<Kind> {
    let (precision, scale) = kind.digits()?;
    Kind::decimal(precision, scale)
}

fn accept_sum(kinds: &[Kind]) -> Option<Vec<Kind>> {
    match *kinds {
        [Kind::Date, days] if days.is_integer() => Some(vec![Kind::Date, Kind::Bigint]),
        [days, Kind::Date] if days.is_integer() => Some(vec![Kind::Bigint, Kind::Date]),
        _ => accept_numbers(kinds),
    }
}

fn accept_difference(kinds: &[Kind]) -> Option<Vec<Kind>> {
    match *kinds {
        [Kind::Date, days] if days.is_integer() => Some(vec![Kind::Date, Kind::Bigint]),
        _ => accept_numbers(kinds),
    }
}

/// Without a decimal, division is of doubles.
fn accept_division(kinds: &[Kind]) -> Option<Vec<Kind>> {
    let pair = accept_numbers(kinds)?;
    let decimals = pair.iter().all(|it| it.is_decimal());
    Some(if decimals { pair } else { vec![Kind::Double; 2] })
}

/// The kind of an operation on decimals, from both sizes; other kinds stay what they are.
fn with_sizes(kinds: &[Kind], of: fn([u16; 2], [u16; 2]) -> Kind) -> Option<Kind> {
    match *kinds {
        [
            Kind::Decimal { precision: p1, scale: s1 },
            Kind::Decimal { precision: p2, scale: s2 },
        ] => Some(of([p1.into(), s1.into()], [p2.into(), s2.into()])),
        [left, right] if left == right && !left.is_decimal() => Some(left),
        _ => None,
    }
}

fn sum_kind(kinds: &[Kind], _: &[Option<Value<'_>>]) -> Option<Kind> {
    if kinds.contains(&Kind::Date) {
        return Some(Kind::Date);
    }
    with_sizes(kinds, |[p1, s1], [p2, s2]| {
        let scale = s1.max(s2);
        adjusted((p1 - s1).max(p2 - s2) + scale + 1, scale)
    })
}

fn product_kind(kinds: &[Kind], _: &[Option<Value<'_>>]) -> Option<Kind> {
    with_sizes(kinds, |[p1, s1], [p2, s2]| adjusted(p1 + p2 + 1, s1 + s2))
}

fn quotient_kind(kinds: &[Kind], _: &[Option<Value<'_>>]) -> Option<Kind> {
    with_sizes(kinds, |[p1, s1], [p2, s2]| {
        let scale = (s1 + p2 + 1).max(6);
        adjusted(p1 - s1 + s2 + scale, scale)
    })
}

fn rest_kind(kinds: &[Kind], _: &[Option<Value<'_>>]) -> Option<Kind> {
    with_sizes(kinds, |[p1, s1], [p2, s2]| {
        let scale = s1.max(s2);
        adjusted((p1 - s1).min(p2 - s2) + scale, scale)
    })
}

fn integer<'a>(number: Option<i64>) -> Value<'a> {
    number.map_or(Value::Null, Value::Integer)
}

/// Exact digits of some scale as the result's decimal.
fn decimal<'a>(digits: Option<i256>, scale: u8, call: &Call<'_>) -> Value<'a> {
    let Kind::Decimal { precision, scale: wanted } = call.result else { return Value::Null };
    digits
        .and_then(|it| rescale(it, scale, wanted))
        .and_then(|it| fit(it, precision))
        .map_or(Value::Null, |it| Value::Decimal(it, wanted))
}

/// Both digits at one scale.
fn aligned((left, s1): (i128, u8), (right, s2): (i128, u8)) -> Option<(i256, i256, u8)> {
    let scale = s1.max(s2);
    let left = rescale(i256::from_i128(left), s1, scale)?;
    Some((left, rescale(i256::from_i128(right), s2, scale)?, scale))
}

fn later<'a>(days: i32, more: Option<i64>) -> Value<'a> {
    more.and_then(|it| i64::from(days).checked_add(it))
        .and_then(|it| i32::try_from(it).ok())
        .filter(|it| super::calendar::date(*it).is_some())
        .map_or(Value::Null, Value::Date)
}

fn add<'a>(call: &Call<'_>, values: &[Value<'a>]) -> Value<'a> {
    match values {
        [Value::Integer(a), Value::Integer(b)] => integer(a.checked_add(*b)),
        [Value::Floating(a), Value::Floating(b)] => Value::Floating(a + b),
        [Value::Decimal(a, s1), Value::Decimal(b, s2)] => {
            let Some((a, b, scale)) = aligned((*a, *s1), (*b, *s2)) else { return Value::Null };
            decimal(a.checked_add(b), scale, call)
        }
        [Value::Date(date), Value::Integer(days)] | [Value::Integer(days), Value::Date(date)] => {
            later(*date, Some(*days))
        }
        _ => Value::Null,
    }
}

fn subtract<'a>(call: &Call<'_>, values: &[Value<'a>]) -> Value<'a> {
    match values {
        [Value::Integer(a), Value::Integer(b)] => integer(a.checked_sub(*b)),
        [Value::Floating(a), Value::Floating(b)] => Value::Floating(a - b),
        [Value::Decimal(a, s1), Value::Decimal(b, s2)] => {
            let Some((a, b, scale)) = aligned((*a, *s1), (*b, *s2)) else { return Value::Null };
            decimal(a.checked_sub(b), scale, call)
        }
        [Value::Date(date), Value::Integer(days)] => later(*date, days.checked_neg()),
        _ => Value::Null,
    }
}

fn multiply<'a>(call: &Call<'_>, values: &[Value<'a>]) -> Value<'a> {
    match values {
        [Value::Integer(a), Value::Integer(b)] => integer(a.checked_mul(*b)),
        [Value::Floating(a), Value::Floating(b)] => Value::Floating(a * b),
        [Value::Decimal(a, s1), Value::Decimal(b, s2)] => {
            decimal(i256::from_i128(*a).checked_mul(i256::from_i128(*b)), s1 + s2, call)
        }
        _ => Value::Null,
    }
}

fn divide<'a>(call: &Call<'_>, values: &[Value<'a>]) -> Value<'a> {
    match values {
        [Value::Floating(_), Value::Floating(b)] if *b == 0.0 => Value::Null,
        [Value::Floating(a), Value::Floating(b)] => Value::Floating(a / b),
        [Value::Decimal(a, s1), Value::Decimal(b, s2)] => {
            let Kind::Decimal { scale, .. } = call.result else { return Value::Null };
            // scale >= s1 - s2 by the rule for the result, also after it was cut to 38 digits.
            let up = i32::from(scale) + i32::from(*s2) - i32::from(*s1);
            let quotient = match u32::try_from(up) {
                Ok(up) => ten(up)
                    .and_then(|it| i256::from_i128(*a).checked_mul(it))
                    .and_then(|it| divide_half_up(it, i256::from_i128(*b))),
                Err(_) => ten(up.unsigned_abs())
                    .and_then(|it| i256::from_i128(*b).checked_mul(it))
                    .and_then(|it| divide_half_up(i256::from_i128(*a), it)),
            };
            decimal(quotient, scale, call)
        }
        _ => Value::Null,
    }
}

/// How many times the one decimal goes into the other.
pub(super) fn quotient(left: (i128, u8), right: (i128, u8)) -> Option<i64> {
    let (left, right, _) = aligned(left, right)?;
    left.checked_div(right)?.to_i128().and_then(|it| i64::try_from(it).ok())
}

fn modulo<'a>(call: &Call<'_>, values: &[Value<'a>]) -> Value<'a> {
    match values {
        [Value::Integer(_), Value::Integer(0)] => Value::Null,
        [Value::Integer(a), Value::Integer(b)] => Value::Integer(a.wrapping_rem(*b)),
        [Value::Floating(_), Value::Floating(b)] if *b == 0.0 => Value::Null,
        [Value::Floating(a), Value::Floating(b)] => Value::Floating(a % b),
        [Value::Decimal(a, s1), Value::Decimal(b, s2)] => {
            let Some((a, b, scale)) = aligned((*a, *s1), (*b, *s2)) else { return Value::Null };
            decimal(a.checked_rem(b), scale, call)
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply<'a>(definition: &Definition, kinds: [Kind; 2], values: [Value<'a>; 2]) -> Value<'a> {
        let arguments = (definition.accepts)(&kinds).unwrap();
        let result = (definition.returns)(&arguments, &[None, None]).unwrap();
        let [left, right] = values;
        let [k1, k2] = kinds;
        let left = super::super::cast::cast(left, k1, arguments[0]);
        let right = super::super::cast::cast(right, k2, arguments[1]);
        (definition.row)(&Call { arguments: &arguments, result }, &[left, right])
    }

    const BIGINT: [Kind; 2] = [Kind::Bigint, Kind::Bigint];

    #[test]
    fn integers_that_overflow_are_null() {
        let max = || Value::Integer(i64::MAX);
        let min = || Value::Integer(i64::MIN);
        assert_eq!(apply(&ADD, BIGINT, [max(), Value::Integer(1)]), Value::Null);
        assert_eq!(apply(&SUBTRACT, BIGINT, [min(), Value::Integer(1)]), Value::Null);
        assert_eq!(apply(&MULTIPLY, BIGINT, [min(), Value::Integer(-1)]), Value::Null);
        assert_eq!(apply(&MODULO, BIGINT, [min(), Value::Integer(-1)]), Value::Integer(0));
        let call = Call { arguments: &[Kind::Bigint], result: Kind::Bigint };
        assert_eq!((NEGATE.row)(&call, &[min()]), Value::Null);
    }

    #[test]
    fn division_by_zero_is_null_in_every_kind() {
        let zero = || Value::Integer(0);
        assert_eq!(apply(&DIVIDE, BIGINT, [Value::Integer(1), zero()]), Value::Null);
        assert_eq!(apply(&MODULO, BIGINT, [Value::Integer(1), zero()]), Value::Null);
        let decimal = Kind::Decimal { precision: 10, scale: 2 };
        let kinds = [decimal, decimal];
        let values = || [Value::Decimal(100, 2), Value::Decimal(0, 2)];
        assert_eq!(apply(&DIVIDE, kinds, values()), Value::Null);
        assert_eq!(apply(&MODULO, kinds, values()), Value::Null);
        let values = [Value::Floating(1.0), Value::Floating(-0.0)];
        assert_eq!(apply(&DIVIDE, [Kind::Double; 2], values), Value::Null);
    }

    #[test]
    fn integers_divide_as_doubles_and_the_rest_has_the_sign_of_the_dividend() {
        let values = || [Value::Integer(-7), Value::Integer(2)];
        assert_eq!(apply(&DIVIDE, BIGINT, values()), Value::Floating(-3.5));
        assert_eq!(apply(&MODULO, BIGINT, values()), Value::Integer(-1));
    }

    #[test]
    fn decimals_follow_sparks_sizes() {
        let d = |precision, scale| Kind::Decimal { precision, scale };
        let kind = |it: &Definition, a, b| (it.returns)(&[a, b], &[None, None]);
        assert_eq!(kind(&ADD, d(10, 2), d(5, 4)), Some(d(13, 4)));
        assert_eq!(kind(&MULTIPLY, d(10, 2), d(5, 4)), Some(d(16, 6)));
        assert_eq!(kind(&DIVIDE, d(10, 2), d(5, 4)), Some(d(20, 8)));
        assert_eq!(kind(&DIVIDE, d(38, 10), d(38, 10)), Some(d(38, 6)));
        assert_eq!(kind(&MODULO, d(10, 2), d(5, 4)), Some(d(5, 4)));
    }

    #[test]
    fn decimals_divide_exactly_and_round_half_up() {
        let kinds = [Kind::Decimal { precision: 3, scale: 1 }, Kind::Int];
        let values = [Value::Decimal(10, 1), Value::Integer(3)];
        assert_eq!(apply(&DIVIDE, kinds, values), Value::Decimal(333_333_333_333, 12));
    }

    #[test]
    fn a_date_takes_days_and_gives_a_date() {
        let kinds = [Kind::Date, Kind::Int];
        let values = [Value::Date(10), Value::Integer(5)];
        assert_eq!(apply(&SUBTRACT, kinds, values), Value::Date(5));
        let values = [Value::Date(i32::MAX), Value::Integer(5)];
        assert_eq!(apply(&ADD, kinds, values), Value::Null);
        assert_eq!((ADD.accepts)(&[Kind::Timestamp, Kind::Int]), None);
    }

    #[test]
    fn text_in_arithmetic_is_a_double() {
        let kinds = [Kind::String, Kind::Int];
        let sum = apply(&ADD, kinds, [Value::text(" 1.5 "), Value::Integer(1)]);
        assert_eq!(sum, Value::Floating(2.5));
        let sum = apply(&ADD, kinds, [Value::text("one"), Value::Integer(1)]);
        assert_eq!(sum, Value::Null);
    }
}
