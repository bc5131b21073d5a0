//! Whole numbers: BIN, BIT_COUNT, CONV, DIV, FACTORIAL, PMOD, shifts, WIDTH_BUCKET.

use super::accept::{Accepts, BIGINT, FIRST, INT, STRING, fits};
use super::cast::whole;
use super::kind::Kind;
use super::operators::{MODULO, NEGATE};
use super::scalar::{Call, Definition, Row};
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "bin",
        accepts: |kinds| fits(kinds, &[Kind::Bigint], 1),
        returns: STRING,
        row: |_, values| match values {
            [Value::Integer(number)] => Value::text(format!("{number:b}")),
            _ => Value::Null,
        },
    },
    Definition {
        name: "bit_count",
        accepts: |kinds| match kinds {
            [Kind::Boolean] => Some(vec![Kind::Boolean]),
            _ => fits(kinds, &[Kind::Bigint], 1),
        },
        returns: INT,
        row: |_, values| match values {
            [Value::Integer(number)] => Value::Integer(number.count_ones().into()),
            [Value::Boolean(yes)] => Value::Integer((*yes).into()),
            _ => Value::Null,
        },
    },
    bitwise("bitand", |_, values| bits(values, |a, b| a & b)),
    bitwise("bitor", |_, values| bits(values, |a, b| a | b)),
    bitwise("bitxor", |_, values| bits(values, |a, b| a ^ b)),
    Definition {
        name: "bitnot",
        accepts: |kinds| match kinds {
            [kind] if kind.is_integer() => Some(kinds.to_vec()),
            [Kind::Null] => Some(vec![Kind::Int]),
            _ => None,
        },
        returns: FIRST,
        row: |_, values| match values {
            [Value::Integer(number)] => Value::Integer(!number),
            _ => Value::Null,
        },
    },
    Definition {
        name: "conv",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::Int, Kind::Int], 3),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Integer(from), Value::Integer(to)] => {
                conv(text, *from, *to).map_or(Value::Null, Value::text)
            }
            _ => Value::Null,
        },
    },
    // Whether a set of ROLLUP and its like leaves out a column, by its place from the last.
    Definition {
        name: "__gb_grouping",
        accepts: set_and_place,
        returns: |_, _| Some(Kind::Tinyint),
        row: |_, values| set_and_number(values, |set, place| Some(set.checked_shr(place)? & 1)),
    },
    // The same of so many columns.
    Definition {
        name: "__gb_grouping_id",
        accepts: set_and_place,
        returns: BIGINT,
        row: |_, values| {
            set_and_number(values, |set, count| {
                Some(set & 1_i64.checked_shl(count)?.checked_sub(1)?)
            })
        },
    },
    Definition {
        name: "__gb_quotient",
        accepts: |kinds| {
            let pair = (MODULO.accepts)(kinds)?;
            // Spark takes whole numbers and decimals; text becomes a bigint.
            let texts = pair.contains(&Kind::Double) && !kinds.iter().any(|it| it.is_floating());
            if texts { fits(kinds, &[Kind::Bigint; 2], 2) } else { Some(pair) }
        },
        returns: |kinds, _| (!kinds.iter().any(|it| it.is_floating())).then_some(Kind::Bigint),
        row: |_, values| match values {
            [Value::Integer(a), Value::Integer(b)] => {
                a.checked_div(*b).map_or(Value::Null, Value::Integer)
            }
            [Value::Decimal(a, s1), Value::Decimal(b, s2)] => {
                super::operators::quotient((*a, *s1), (*b, *s2)).map_or(Value::Null, Value::Integer)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "factorial",
        accepts: |kinds| fits(kinds, &[Kind::Int], 1),
        returns: BIGINT,
        row: |_, values| match values {
            [Value::Integer(number @ 0..=20)] => Value::Integer((1..=*number).product()),
            _ => Value::Null,
        },
    },
    Definition {
        name: "positive",
        row: |_, values| values.first().cloned().unwrap_or(Value::Null),
        ..NEGATE
    },
    Definition {
        name: "pmod",
        row: |call, values| match values {
            [left, right] => positive_rest(call, left, right).unwrap_or(Value::Null),
            _ => Value::Null,
        },
        ..MODULO
    },
    shift("shiftleft", |call, values| shifted(call, values, i64::wrapping_shl, i32::wrapping_shl)),
    shift("shiftright", |call, values| shifted(call, values, i64::wrapping_shr, i32::wrapping_shr)),
    shift("shiftrightunsigned", |call, values| {
        shifted(
            call,
            values,
            |it, by| it.cast_unsigned().wrapping_shr(by).cast_signed(),
            |it, by| it.cast_unsigned().wrapping_shr(by).cast_signed(),
        )
    }),
    Definition {
        name: "width_bucket",
        accepts: |kinds| fits(kinds, &[Kind::Double, Kind::Double, Kind::Double, Kind::Bigint], 4),
        returns: BIGINT,
        row: |_, values| match values {
            [
                Value::Floating(value),
                Value::Floating(low),
                Value::Floating(high),
                Value::Integer(buckets),
            ] => bucket(*value, *low, *high, *buckets).map_or(Value::Null, Value::Integer),
            _ => Value::Null,
        },
    },
];

const PAIR: Accepts = |kinds| match *kinds {
    [left, right] if [left, right].iter().all(|it| it.is_integer() || *it == Kind::Null) => {
        let common = super::kind::wider(&[left, right])?;
        Some(vec![if common == Kind::Null { Kind::Int } else { common }; 2])
    }
    _ => None,
};

/// The number of a grouping set, and a count of columns.
fn set_and_place(kinds: &[Kind]) -> Option<Vec<Kind>> {
    match kinds {
        [set, count] if set.is_integer() && count.is_integer() => Some(kinds.to_vec()),
        _ => None,
    }
}

fn set_and_number<'a>(values: &[Value<'a>], answer: fn(i64, u32) -> Option<i64>) -> Value<'a> {
    match values {
        [Value::Integer(set), Value::Integer(number)] => {
            let number = u32::try_from(*number).ok();
            number.and_then(|it| answer(*set, it)).map_or(Value::Null, Value::Integer)
        }
        _ => Value::Null,
    }
}

const fn bitwise(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: PAIR, returns: FIRST, row }
}

const fn shift(name: &'static str, row: Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| match kinds {
            [Kind::Bigint, _] => fits(kinds, &[Kind::Bigint, Kind::Int], 2),
            _ => fits(kinds, &[Kind::Int, Kind::Int], 2),
        },
        returns: FIRST,
        row,
    }
}

fn bits<'a>(values: &[Value<'a>], function: fn(i64, i64) -> i64) -> Value<'a> {
    match values {
        [Value::Integer(left), Value::Integer(right)] => Value::Integer(function(*left, *right)),
        _ => Value::Null,
    }
}

/// As Java shifts: by the lowest bits of the number of places.
fn shifted<'a>(
    call: &Call<'_>,
    values: &[Value<'a>],
    long: fn(i64, u32) -> i64,
    int: fn(i32, u32) -> i32,
) -> Value<'a> {
    let [Value::Integer(number), Value::Integer(by)] = values else { return Value::Null };
    let by = u32::try_from(by & 63).unwrap_or_default();
    match i32::try_from(*number) {
        Ok(number) if call.result == Kind::Int => Value::Integer(int(number, by).into()),
        _ => Value::Integer(long(*number, by)),
    }
}

/// Spark's `pmod`: the rest, made positive where the divisor is.
fn positive_rest<'a>(call: &Call<'_>, left: &Value<'a>, right: &Value<'a>) -> Option<Value<'a>> {
    let rest = (MODULO.row)(call, &[left.clone(), right.clone()]);
    let sum = match (&rest, right) {
        (Value::Integer(it @ ..0), Value::Integer(by)) => Value::Integer(
            i64::try_from((i128::from(*it) + i128::from(*by)) % i128::from(*by)).ok()?,
        ),
        (Value::Floating(it), Value::Floating(by)) if *it < 0.0 => Value::Floating((it + by) % by),
        (Value::Decimal(it @ ..0, scale), Value::Decimal(by, own)) => {
            // At the scale of the rest, which is the larger of both.
            let up = 10_i128.checked_pow(u32::from(scale.checked_sub(*own)?))?;
            let by = by.checked_mul(up)?;
            Value::Decimal(it.checked_add(by)?.checked_rem(by)?, *scale)
        }
        _ => rest,
    };
    Some(sum)
}

/// The bucket, from 1; 0 below the first and one more than there are above the last.
fn bucket(value: f64, low: f64, high: f64, buckets: i64) -> Option<i64> {
    let settled = buckets > 0 && buckets < i64::MAX && !value.is_nan() && low != high;
    if !settled || !low.is_finite() || !high.is_finite() {
        return None;
    }
    let (lower, upper) = (low.min(high), low.max(high));
    if low < high {
        if value < lower {
            return Some(0);
        } else if value >= upper {
            return Some(buckets + 1);
        }
        return Some(whole(buckets as f64 * (value - lower) / (upper - lower))? + 1);
    }
    if value > upper {
        Some(0)
    } else if value <= lower {
        Some(buckets + 1)
    } else {
        Some(whole(buckets as f64 * (upper - value) / (upper - lower))? + 1)
    }
}

/// Java's and Hive's: digits up to the first that is none, as 64 bits without a sign unless the
/// new base is negative; too big is all ones.
fn conv(text: &str, from: i64, to: i64) -> Option<String> {
    let text = text.trim_matches(' ');
    let radix = u32::try_from(from).ok().filter(|it| (2..=36).contains(it))?;
    let base = u32::try_from(to.unsigned_abs()).ok().filter(|it| (2..=36).contains(it))?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if text.is_empty() {
        return None;
    }
    let mut number = 0_u64;
    for digit in digits.chars().map_while(|it| it.to_digit(radix)) {
        let more = number.checked_mul(radix.into()).and_then(|it| it.checked_add(digit.into()));
        number = more.unwrap_or(u64::MAX);
        if more.is_none() {
            break;
        }
    }
    if negative {
        let signed_overflow = to > 0 && number > i64::MAX.unsigned_abs();
        number = if signed_overflow { u64::MAX } else { number.wrapping_neg() };
    }
    let minus = to < 0 && number > i64::MAX.unsigned_abs();
    let mut rest = if minus { number.wrapping_neg() } else { number };
    let mut shown = Vec::new();
    while rest > 0 || shown.is_empty() {
        let digit = u32::try_from(rest % u64::from(base)).unwrap_or_default();
        shown.extend(char::from_digit(digit, base));
        rest /= u64::from(base);
    }
    shown.extend(minus.then_some('-'));
    Some(shown.into_iter().rev().collect::<String>().to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_change_their_base() {
        for (text, from, to, answer) in [
            ("100", 2, 10, Some("4")),
            ("-10", 16, -10, Some("-16")),
            ("-1", 10, 16, Some("FFFFFFFFFFFFFFFF")),
            ("zz", 36, 2, Some("10100001111")),
            ("9", 8, 10, Some("0")),
            ("", 10, 2, None),
            ("1", 1, 10, None),
            ("99999999999999999999", 10, 16, Some("FFFFFFFFFFFFFFFF")),
        ] {
            assert_eq!(conv(text, from, to).as_deref(), answer, "{text}");
        }
    }

    #[test]
    fn buckets_are_counted_from_either_side() {
        assert_eq!(bucket(5.3, 0.2, 10.6, 5), Some(3));
        assert_eq!(bucket(-2.1, 1.3, 3.4, 3), Some(0));
        assert_eq!(bucket(8.1, 0.0, 5.7, 4), Some(5));
        assert_eq!(bucket(-0.9, 5.2, 0.5, 2), Some(3));
        assert_eq!(bucket(1.0, 1.0, 1.0, 2), None);
        assert_eq!(bucket(1.0, 0.0, 2.0, 0), None);
    }
}
