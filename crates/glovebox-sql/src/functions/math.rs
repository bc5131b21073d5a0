//! ABS, BROUND, CEILING, FLOOR, LN, LOG, ROUND, SQRT, and TRUNC of numbers.

use datafusion::arrow::datatypes::i256;

use super::calendar;
use super::cast::whole;
use super::decimal::{convert, fit, rescale, ten};
use super::kind::{Kind, bounded};
use super::scalar::{Call, Definition};
use super::value::{Value, ten_to};

pub(crate) static ABS: Definition = Definition {
    name: "abs",
    accepts: |kinds| one(kinds, number),
    returns: |kinds, _| kinds.first().copied(),
    row: |_, values| match values {
        [Value::Integer(it)] => it.checked_abs().map_or(Value::Null, Value::Integer),
        [Value::Floating(it)] => Value::Floating(it.abs()),
        [Value::Decimal(digits, scale)] => Value::Decimal(digits.abs(), *scale),
        _ => Value::Null,
    },
};

pub(crate) static CEILING: Definition = Definition {
    name: "ceiling",
    accepts: |kinds| to_places(kinds),
    returns: whole_kind,
    row: |call, values| match values {
        [value, Value::Integer(places)] => {
            round(call, value, *places, |digits, from, to| directed(digits, from, to, i256::ONE))
        }
        _ => to_whole(call, values, f64::ceil, 1),
    },
};

pub(crate) static FLOOR: Definition = Definition {
    name: "floor",
    accepts: |kinds| to_places(kinds),
    returns: whole_kind,
    row: |call, values| match values {
        [value, Value::Integer(places)] => round(call, value, *places, |digits, from, to| {
            directed(digits, from, to, i256::MINUS_ONE)
        }),
        _ => to_whole(call, values, f64::floor, -1),
    },
};

pub(crate) static LN: Definition = Definition {
    name: "ln",
    accepts: |kinds| one(kinds, double),
    returns: |_, _| Some(Kind::Double),
    row: |_, values| match values {
        [Value::Floating(it)] => logarithm(*it),
        _ => Value::Null,
    },
};

pub(crate) static LOG: Definition = Definition {
    name: "log",
    accepts: |kinds| match kinds {
        [one] => Some(vec![double(*one)?]),
        [base, one] => Some(vec![double(*base)?, double(*one)?]),
        _ => None,
    },
    returns: |_, _| Some(Kind::Double),
    row: |_, values| match values {
        [Value::Floating(it)] => logarithm(*it),
        [Value::Floating(base), Value::Floating(it)] => match (logarithm(*base), logarithm(*it)) {
            (Value::Floating(base), Value::Floating(it)) => Value::Floating(it / base),
            _ => Value::Null,
        },
        _ => Value::Null,
    },
};

pub(crate) static SQRT: Definition = Definition {
    name: "sqrt",
    accepts: |kinds| one(kinds, double),
    returns: |_, _| Some(Kind::Double),
    row: |_, values| match values {
        [Value::Floating(it)] => Value::Floating(it.sqrt()),
        _ => Value::Null,
    },
};

pub(crate) static ROUND: Definition = Definition {
    name: "round",
    accepts: |kinds| with_places(kinds, number),
    returns: |kinds, constants| places_kind(kinds, constants, 1),
    row: |call, values| match values {
        [value] => round(call, value, 0, rescale),
        [value, Value::Integer(places)] => round(call, value, *places, rescale),
        _ => Value::Null,
    },
};

/// Half to even, as bankers round.
pub(crate) static BROUND: Definition = Definition {
    name: "bround",
    row: |call, values| match values {
        [value] => round(call, value, 0, even),
        [value, Value::Integer(places)] => round(call, value, *places, even),
        _ => Value::Null,
    },
    ..ROUND
};

pub(crate) static TRUNC: Definition = Definition {
    name: "trunc",
    accepts: |kinds| match kinds {
        [Kind::Date | Kind::Timestamp] => Some(vec![Kind::Date]),
        [Kind::Date | Kind::Timestamp | Kind::String | Kind::Null, Kind::String | Kind::Null] => {
            Some(vec![Kind::Date, Kind::String])
        }
        _ => with_places(kinds, number),
    },
    returns: |kinds, constants| match kinds {
        [Kind::Date, ..] => Some(Kind::Date),
        _ => places_kind(kinds, constants, 0),
    },
    row: |call, values| match values {
        [Value::Date(days)] => Value::Date(*days),
        [Value::Date(days), Value::Text(unit)] => {
            truncated_date(*days, unit).map_or(Value::Null, Value::Date)
        }
        [value] => round(call, value, 0, cut),
        [value, Value::Integer(places)] => round(call, value, *places, cut),
        _ => Value::Null,
    },
};

fn one(kinds: &[Kind], of: fn(Kind) -> Option<Kind>) -> Option<Vec<Kind>> {
    match kinds {
        [kind] => Some(vec![of(*kind)?]),
        _ => None,
    }
}

/// Numbers stay what they are; text becomes a double.
fn number(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::Null | Kind::String => Some(Kind::Double),
        kind => kind.is_number().then_some(kind),
    }
}

fn double(kind: Kind) -> Option<Kind> {
    number(kind).map(|_| Kind::Double)
}

fn logarithm<'a>(number: f64) -> Value<'a> {
    if number <= 0.0 { Value::Null } else { Value::Floating(number.ln()) }
}

/// One number, or a number as decimal and constant places.
fn to_places(kinds: &[Kind]) -> Option<Vec<Kind>> {
    match kinds {
        [kind, places] if places.is_integer() => {
            let (precision, scale) = kind.digits().unwrap_or((30, 15));
            number(*kind)?;
            Some(vec![Kind::decimal(precision, scale)?, Kind::Int])
        }
        _ => one(kinds, number),
    }
}

/// Integers and doubles give bigint, `decimal(p,s)` gives `decimal(p-s+1,0)`; with places, a
/// decimal of so many.
fn whole_kind(kinds: &[Kind], constants: &[Option<Value<'_>>]) -> Option<Kind> {
    match kinds {
        [_, _] => places_kind(kinds, constants, 1),
        [Kind::Decimal { precision, scale }] => Some(bounded(u16::from(precision - scale) + 1, 0)),
        _ => Some(Kind::Bigint),
    }
}

/// The whole number beside a value; `side` is 1 for the one above, -1 for the one below.
fn to_whole<'a>(
    call: &Call<'_>,
    values: &[Value<'a>],
    of: fn(f64) -> f64,
    side: i128,
) -> Value<'a> {
    match values {
        [Value::Integer(it)] => Value::Integer(*it),
        [Value::Floating(it)] => whole(of(*it)).map_or(Value::Null, Value::Integer),
        [Value::Decimal(digits, scale)] => {
            let Kind::Decimal { precision, .. } = call.result else { return Value::Null };
            let Ok(unit) = i128::try_from(ten_to(*scale)) else { return Value::Null };
            let beyond = digits % unit * side > 0;
            let number = digits / unit + if beyond { side } else { 0 };
            fit(i256::from_i128(number), precision).map_or(Value::Null, |it| Value::Decimal(it, 0))
        }
        _ => Value::Null,
    }
}

fn with_places(kinds: &[Kind], of: fn(Kind) -> Option<Kind>) -> Option<Vec<Kind>> {
    match kinds {
        [kind] => Some(vec![of(*kind)?]),
        [kind, places] if places.is_integer() => Some(vec![of(*kind)?, Kind::Int]),
        _ => None,
    }
}

/// The kind of ROUND and TRUNC; the places must be a constant. A decimal gets `carry` more
/// digits before the point and keeps only the places it needs after it.
fn places_kind(kinds: &[Kind], constants: &[Option<Value<'_>>], carry: u16) -> Option<Kind> {
    let places = match constants.get(1) {
        None => 0,
        Some(Some(Value::Integer(places))) => *places,
        Some(_) => return None,
    };
    let Some(Kind::Decimal { precision, scale }) = kinds.first().copied() else {
        return kinds.first().copied();
    };
    let kept = u8::try_from(places.max(0)).unwrap_or(u8::MAX).min(scale);
    let whole = u16::from(precision - scale) + carry;
    Some(bounded((whole + u16::from(kept)).max(1), kept.into()))
}

/// The number with only so many places, somehow rounded.
fn round<'a>(call: &Call<'_>, value: &Value<'a>, places: i64, by: Rescale) -> Value<'a> {
    match value {
        Value::Integer(it) if places >= 0 => Value::Integer(*it),
        Value::Integer(it) => coarse(i256::from_i128((*it).into()), 0, places, by)
            .and_then(|it| it.to_i128())
            .and_then(|it| i64::try_from(it).ok())
            .map_or(Value::Null, Value::Integer),
        Value::Floating(it) => Value::Floating(round_double(*it, places, by)),
        Value::Decimal(digits, scale) => in_places(call, *digits, *scale, places, by),
        _ => Value::Null,
    }
}

/// Changes the scale of digits, somehow rounded.
type Rescale = fn(i256, u8, u8) -> Option<i256>;

/// The same number with fewer places, cut towards zero.
fn cut(digits: i256, from: u8, to: u8) -> Option<i256> {
    if to >= from {
        rescale(digits, from, to)
    } else {
        digits.checked_div(ten(u32::from(from - to))?)
    }
}

/// The same number with fewer places, up where `side` is one, down where it is minus one.
fn directed(digits: i256, from: u8, to: u8, side: i256) -> Option<i256> {
    if to >= from {
        return rescale(digits, from, to);
    }
    let unit = ten(u32::from(from - to))?;
    let (quotient, rest) = (digits.checked_div(unit)?, digits.checked_rem(unit)?);
    let beyond = rest != i256::ZERO && (rest > i256::ZERO) == (side > i256::ZERO);
    if beyond { quotient.checked_add(side) } else { Some(quotient) }
}

/// The same number with fewer places, half to even.
fn even(digits: i256, from: u8, to: u8) -> Option<i256> {
    if to >= from {
        return rescale(digits, from, to);
    }
    let unit = ten(u32::from(from - to))?;
    let (quotient, rest) = (digits.checked_div(unit)?, digits.checked_rem(unit)?);
    let two = i256::from_i128(2);
    let half = rest.checked_abs()?.checked_mul(two)? == unit;
    let is_even = quotient.checked_rem(two)? == i256::ZERO;
    if half && is_even { Some(quotient) } else { rescale(digits, from, to) }
}

/// Digits with only `places` of their `scale` places left, still at that scale; negative
/// places go before the point.
fn coarse(digits: i256, scale: u8, places: i64, by: Rescale) -> Option<i256> {
    let drop = i64::from(scale) - places;
    if drop <= 0 {
        return Some(digits);
    }
    let Ok(drop) = u8::try_from(drop.min(77)) else { return None };
    if drop > 76 {
        return Some(i256::ZERO);
    }
    by(digits, drop, 0)?.checked_mul(ten(drop.into())?)
}

fn in_places<'a>(call: &Call<'_>, digits: i128, scale: u8, places: i64, by: Rescale) -> Value<'a> {
    let Kind::Decimal { precision, scale: wanted } = call.result else { return Value::Null };
    coarse(i256::from_i128(digits), scale, places, by)
        .and_then(|it| it.to_i128())
        .and_then(|it| convert(it, scale, precision, wanted))
        .map_or(Value::Null, |it| Value::Decimal(it, wanted))
}

/// Rounds a double by its shortest decimal digits, as Spark does. Where those do not fit 38
/// digits there is nothing to round, or nothing left.
fn round_double(number: f64, places: i64, by: Rescale) -> f64 {
    if !number.is_finite() || number == 0.0 {
        return number;
    }
    let places = places.clamp(-400, 400);
    // As many places as the digits have, so that reading them loses nothing.
    let shortest = format!("{number:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let fraction = mantissa.split_once('.').map_or(0, |(_, it)| it.len() as i64);
    let scale = fraction - exponent.parse::<i64>().unwrap_or(0);
    if scale <= places {
        return number;
    }
    let digits: String = mantissa.chars().filter(|it| *it != '.').collect();
    let Ok(digits) = digits.parse::<i128>() else { return number };
    let drop = u8::try_from((scale - places).min(60)).unwrap_or(60);
    let kept = by(i256::from_i128(digits), drop, 0).and_then(|it| it.to_i128()).unwrap_or(0);
    format!("{kept}e{}", -places).parse().unwrap_or(number)
}

fn truncated_date(days: i32, unit: &str) -> Option<i32> {
    use chrono::Datelike;
    let date = calendar::date(days)?;
    let (year, month) = (date.year(), date.month());
    match unit.to_ascii_uppercase().as_str() {
        "YEAR" | "YYYY" | "YY" => calendar::days_of(year, 1, 1),
        "QUARTER" => calendar::days_of(year, (month - 1) / 3 * 3 + 1, 1),
        "MONTH" | "MM" | "MON" => calendar::days_of(year, month, 1),
        "WEEK" => days.checked_sub(i32::try_from(date.weekday().num_days_from_monday()).ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_round_half_up_by_their_decimal_digits() {
        for (number, places, rounded) in [
            (2.5, 0, 3.0),
            (-2.5, 0, -3.0),
            (1.005, 2, 1.01),
            (0.285, 2, 0.29),
            (1234.5, -2, 1200.0),
            (1e300, -2, 1e300),
            (1e-300, 2, 0.0),
            (5e-324, 400, 5e-324),
            (55.0, -2, 100.0),
            (55.0, -400, 0.0),
        ] {
            assert_eq!(round_double(number, places, rescale), rounded, "{number} {places}");
        }
        assert_eq!(round_double(-1.999, 2, cut), -1.99);
        assert!(round_double(f64::NAN, 2, cut).is_nan());
    }

    #[test]
    fn the_least_integer_has_no_absolute_value() {
        let call = Call { arguments: &[Kind::Bigint], result: Kind::Bigint };
        assert_eq!((ABS.row)(&call, &[Value::Integer(i64::MIN)]), Value::Null);
        // What does not fit the result's width becomes NULL when it is written.
        assert_eq!((ABS.row)(&call, &[Value::Integer(-128)]), Value::Integer(128));
    }

    #[test]
    fn the_places_of_round_must_be_a_constant() {
        let kinds = [Kind::Double, Kind::Int];
        assert_eq!((ROUND.returns)(&kinds, &[None, None]), None);
        let places = Some(Value::Integer(1));
        assert_eq!((ROUND.returns)(&kinds, &[None, places]), Some(Kind::Double));
    }

    #[test]
    fn decimals_go_up_and_down_to_whole_numbers() {
        let kind = Kind::Decimal { precision: 5, scale: 2 };
        let result = whole_kind(&[kind], &[]).unwrap();
        let call = Call { arguments: &[kind], result };
        let up = |digits| (CEILING.row)(&call, &[Value::Decimal(digits, 2)]);
        let down = |digits| (FLOOR.row)(&call, &[Value::Decimal(digits, 2)]);
        assert_eq!((up(-150), down(-150)), (Value::Decimal(-1, 0), Value::Decimal(-2, 0)));
        assert_eq!((up(150), down(150)), (Value::Decimal(2, 0), Value::Decimal(1, 0)));
        assert_eq!((up(200), down(-200)), (Value::Decimal(2, 0), Value::Decimal(-2, 0)));
    }
}
