//! Spark's casts, where what cannot be cast is NULL.

use std::borrow::Cow;

use super::accept::Returns;
use super::kind::Kind;
use super::scalar::{Call, Definition};
use super::value::{Value, normal};
use super::{calendar, decimal};

/// Whether there is a cast at all between two kinds.
pub(crate) fn castable(from: Kind, to: Kind) -> bool {
    if from == to || from == Kind::Null {
        return true;
    }
    match (from, to) {
        (Kind::Array(from), Kind::Array(to)) => castable(from.kind(), to.kind()),
        (Kind::Array(_), _) => to == Kind::String,
        (_, Kind::Array(_)) => false,
        (Kind::String, _) | (_, Kind::String) => to != Kind::Null,
        (_, Kind::Null | Kind::Binary) | (Kind::Binary, _) => false,
        (Kind::Date, Kind::Timestamp) | (Kind::Timestamp, Kind::Date) => true,
        (Kind::Boolean, other) | (other, Kind::Boolean) => other.is_number(),
        (Kind::Timestamp, other) | (other, Kind::Timestamp) => other.is_number(),
        (from, to) => from.is_number() && to.is_number(),
    }
}

/// The value as another kind.
pub(crate) fn cast(value: Value<'_>, from: Kind, to: Kind) -> Value<'_> {
    if from == to {
        return value;
    }
    let answer = match to {
        Kind::Array(to) => match (value, from) {
            (Value::List(items), Kind::Array(from)) => {
                let (from, to) = (from.kind(), to.kind());
                Some(Value::List(items.into_iter().map(|it| cast(it, from, to)).collect()))
            }
            _ => None,
        },
        Kind::Boolean => boolean(&value).map(Value::Boolean),
        Kind::Tinyint | Kind::Smallint | Kind::Int | Kind::Bigint => {
            integer(&value).filter(|it| in_range(*it, to)).map(Value::Integer)
        }
        Kind::Float => single(&value).map(Value::Floating),
        Kind::Double => double(&value).map(Value::Floating),
        Kind::Decimal { precision, scale } => {
            exact(&value, precision, scale).map(|digits| Value::Decimal(digits, scale))
        }
        Kind::String => text(value, from).map(Value::Text),
        Kind::Binary => match value {
            Value::Text(Cow::Borrowed(text)) => Some(Value::Bytes(text.as_bytes().into())),
            Value::Text(Cow::Owned(text)) => Some(Value::Bytes(text.into_bytes().into())),
            _ => None,
        },
        Kind::Date => match value {
            Value::Date(days) => Some(Value::Date(days)),
            Value::Moment(micros) => calendar::day_of(micros).map(Value::Date),
            Value::Text(text) => calendar::parse_date(trim(&text)).map(Value::Date),
            _ => None,
        },
        Kind::Timestamp => moment(&value).map(Value::Moment),
        Kind::Null => None,
    };
    answer.unwrap_or(Value::Null)
}

/// Without white space and control characters at both ends, as Spark's casts see text.
fn trim(text: &str) -> &str {
    text.trim_matches(|it: char| it <= ' ' || it == '\u{7f}')
}

fn in_range(number: i64, kind: Kind) -> bool {
    match kind {
        Kind::Tinyint => i8::try_from(number).is_ok(),
        Kind::Smallint => i16::try_from(number).is_ok(),
        Kind::Int => i32::try_from(number).is_ok(),
        _ => true,
    }
}

fn boolean(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Boolean(yes) => Some(*yes),
        Value::Integer(number) => Some(*number != 0),
        Value::Floating(number) => Some(*number != 0.0),
        Value::Decimal(digits, _) => Some(*digits != 0),
        Value::Text(text) => match trim(text).to_ascii_lowercase().as_str() {
            "t" | "true" | "y" | "yes" | "1" => Some(true),
            "f" | "false" | "n" | "no" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn integer(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Boolean(yes) => Some(i64::from(*yes)),
        Value::Floating(number) => whole(*number),
        Value::Decimal(digits, scale) => {
            i64::try_from(digits / i128::try_from(super::value::ten_to(*scale)).ok()?).ok()
        }
        Value::Moment(micros) => Some(micros.div_euclid(calendar::MICROS_PER_SECOND)),
        Value::Text(text) => parse_integer(trim(text)),
        _ => None,
    }
}

/// The whole part of a double, when 64 bits hold it.
pub(crate) fn whole(number: f64) -> Option<i64> {
    let number = number.trunc();
    // 2^63 as a double; everything below it fits.
    let limit = 9_223_372_036_854_775_808.0;
    (number >= -limit && number < limit).then_some(number as i64)
}

/// `[+-]digits[.digits]`; the fraction is checked and cut.
fn parse_integer(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.is_empty() || !fraction.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    if !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    if digits.is_empty() {
        // Spark reads `.5` and even `.` as 0, but neither `+` nor the empty text.
        return text.contains('.').then_some(0);
    }
    whole.parse().ok()
}

fn double(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Floating(number) => Some(*number),
        Value::Integer(number) => Some(*number as f64),
        Value::Boolean(yes) => Some(f64::from(u8::from(*yes))),
        Value::Decimal(digits, scale) => decimal::to_double(*digits, *scale),
        Value::Moment(micros) => Some(*micros as f64 / 1e6),
        Value::Text(text) => parse_double(trim(text)),
        _ => None,
    }
}

fn single(value: &Value<'_>) -> Option<f64> {
    let number = match value {
        Value::Integer(number) => *number as f32,
        Value::Decimal(digits, scale) => decimal::show(*digits, *scale).parse().ok()?,
        Value::Text(text) => {
            let text = trim(text);
            parse_double(text)?;
            java_number(text)
                .and_then(|it| it.parse().ok())
                .or(parse_double(text).map(|it| it as f32))?
        }
        other => double(other)? as f32,
    };
    Some(number.into())
}

fn parse_double(text: &str) -> Option<f64> {
    let special = match text.to_ascii_lowercase().as_str() {
        "inf" | "+inf" | "infinity" | "+infinity" => Some(f64::INFINITY),
        "-inf" | "-infinity" => Some(f64::NEG_INFINITY),
        "nan" => Some(f64::NAN),
        _ => None,
    };
    special.or_else(|| java_number(text)?.parse().ok())
}

/// A number as Java reads it: a `d` or `f` may end it. Hexadecimal numbers are not read.
fn java_number(text: &str) -> Option<&str> {
    let number = match text.strip_suffix(['d', 'D', 'f', 'F']) {
        Some(number) if number.ends_with(|it: char| it.is_ascii_digit() || it == '.') => number,
        Some(_) => return None,
        None => text,
    };
    let only = |it: u8| it.is_ascii_digit() || matches!(it, b'+' | b'-' | b'.' | b'e' | b'E');
    (!number.is_empty() && number.bytes().all(only)).then_some(number)
}

fn exact(value: &Value<'_>, precision: u8, scale: u8) -> Option<i128> {
    match value {
        Value::Decimal(digits, own) => decimal::convert(*digits, *own, precision, scale),
        Value::Integer(number) => decimal::convert((*number).into(), 0, precision, scale),
        Value::Boolean(yes) => decimal::convert(i128::from(*yes), 0, precision, scale),
        Value::Floating(number) => decimal::from_double(*number, precision, scale),
        Value::Moment(micros) => decimal::convert((*micros).into(), 6, precision, scale),
        Value::Text(text) => decimal::parse(trim(text), precision, scale),
        _ => None,
    }
}

fn moment(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Moment(micros) => Some(*micros),
        Value::Date(days) => calendar::midnight(*days),
        Value::Integer(seconds) => seconds.checked_mul(calendar::MICROS_PER_SECOND),
        Value::Floating(seconds) => whole(seconds * 1e6),
        Value::Decimal(..) => i64::try_from(exact(value, 38, 6)?).ok(),
        Value::Text(text) => calendar::parse_moment(trim(text)),
        _ => None,
    }
}

fn text(value: Value<'_>, from: Kind) -> Option<Cow<'_, str>> {
    Some(match value {
        Value::Text(text) => text,
        Value::Boolean(yes) => Cow::Borrowed(if yes { "true" } else { "false" }),
        Value::Integer(number) => number.to_string().into(),
        Value::Floating(number) if from == Kind::Float => show_single(number as f32).into(),
        Value::Floating(number) => show_double(number).into(),
        Value::Decimal(digits, scale) => show_decimal(digits, scale).into(),
        Value::Date(days) => calendar::show_date(calendar::date(days)?).into(),
        Value::Moment(micros) => calendar::show_moment(micros)?.into(),
        // What is no text shows as such.
        Value::Bytes(Cow::Borrowed(bytes)) => String::from_utf8_lossy(bytes),
        Value::Bytes(Cow::Owned(bytes)) => String::from_utf8_lossy(&bytes).into_owned().into(),
        Value::List(items) => {
            let of = from.item()?;
            let shown = items.into_iter().map(|it| text(it, of).unwrap_or("null".into()));
            format!("[{}]", shown.collect::<Vec<_>>().join(", ")).into()
        }
        Value::Null => return None,
    })
}

/// A decimal as Java shows it: small ones with an exponent, such as `1E-10`.
fn show_decimal(digits: i128, scale: u8) -> String {
    let all = digits.unsigned_abs().to_string();
    let exponent = all.len() as i64 - 1 - i64::from(scale);
    if exponent >= -6 {
        return decimal::show(digits, scale);
    }
    let sign = if digits < 0 { "-" } else { "" };
    let (first, rest) = all.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}E{exponent}")
}

/// A double as Java shows it: `1.0`, `1.0E10`, `NaN`, `Infinity`.
pub(crate) fn show_double(number: f64) -> String {
    java(normal(number), format!("{:e}", number.abs()))
}

fn show_single(number: f32) -> String {
    java(normal(number.into()), format!("{:e}", number.abs()))
}

/// `scientific` is the shortest form of the absolute value, such as `1.5e-7`.
fn java(number: f64, scientific: String) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    let sign = if number < 0.0 { "-" } else { "" };
    if number.is_infinite() {
        return format!("{sign}Infinity");
    }
    if number == 0.0 {
        return "0.0".into();
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(|it| *it != '.').collect();
    let point = |digits: &str, place: usize| {
        let digits = format!("{digits:0<width$}", width = place + 1);
        let (whole, fraction) = digits.split_at(place);
        format!("{sign}{whole}.{fraction}")
    };
    match exponent {
        0..=6 => point(&digits, exponent.unsigned_abs() as usize + 1),
        -3..=-1 => {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize);
            point(&format!("{zeros}{digits}"), 1)
        }
        _ => format!("{}E{exponent}", point(&digits, 1)),
    }
}

/// `cast(value, 'type')`, which `CAST`, `CONVERT` and `::` become.
pub(crate) static CAST: Definition = cast_named("cast");

/// `convert(value, 'type')`: the same cast by Redshift's name.
pub(crate) static CONVERT: Definition = cast_named("convert");

/// `__gb_coerce(value, 'type')`: a cast that nobody wrote, put in to make types meet.
pub(crate) static COERCE: Definition = cast_named("__gb_coerce");

/// `try_cast(value, 'type')`: as `cast`, but the text of a whole number has no fraction.
pub(crate) static TRY_CAST: Definition = Definition {
    row: |call, values| match values {
        [Value::Text(text), _] if call.result.is_integer() && text.contains('.') => Value::Null,
        _ => cast_row(call, values),
    },
    ..cast_named("try_cast")
};

/// Casts by the name of a type: `INT('7')`.
pub(super) static BY_TYPE: &[Definition] = &[
    by_type("bigint", |kinds, _| to_type(kinds, Kind::Bigint)),
    by_type("boolean", |kinds, _| to_type(kinds, Kind::Boolean)),
    by_type("date", |kinds, _| to_type(kinds, Kind::Date)),
    by_type("decimal", |kinds, _| to_type(kinds, Kind::decimal(10, 0)?)),
    by_type("double", |kinds, _| to_type(kinds, Kind::Double)),
    by_type("float", |kinds, _| to_type(kinds, Kind::Float)),
    by_type("int", |kinds, _| to_type(kinds, Kind::Int)),
    by_type("smallint", |kinds, _| to_type(kinds, Kind::Smallint)),
    by_type("string", |kinds, _| to_type(kinds, Kind::String)),
    by_type("timestamp", |kinds, _| to_type(kinds, Kind::Timestamp)),
    by_type("tinyint", |kinds, _| to_type(kinds, Kind::Tinyint)),
];

const fn by_type(name: &'static str, returns: Returns) -> Definition {
    Definition {
        name,
        accepts: |kinds| matches!(kinds, [_]).then(|| kinds.to_vec()),
        returns,
        row: |call, values| match (values, call.arguments) {
            ([value], [from]) => cast(value.clone(), *from, call.result),
            _ => Value::Null,
        },
    }
}

fn to_type(kinds: &[Kind], to: Kind) -> Option<Kind> {
    castable(*kinds.first()?, to).then_some(to)
}

const fn cast_named(name: &'static str) -> Definition {
    Definition { name, accepts: accept, returns: target, row: cast_row }
}

fn accept(kinds: &[Kind]) -> Option<Vec<Kind>> {
    matches!(kinds, [_, Kind::String]).then(|| kinds.to_vec())
}

fn target(kinds: &[Kind], constants: &[Option<Value<'_>>]) -> Option<Kind> {
    match (kinds, constants) {
        ([from, _], [_, Some(Value::Text(name))]) => {
            Kind::named(name).filter(|to| castable(*from, *to))
        }
        _ => None,
    }
}

fn cast_row<'a>(call: &Call<'_>, values: &[Value<'a>]) -> Value<'a> {
    match (values, call.arguments) {
        ([value, _], [from, _]) => cast(value.clone(), *from, call.result),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_text(text: &str, to: Kind) -> Value<'_> {
        cast(Value::text(text), Kind::String, to)
    }

    #[test]
    fn text_becomes_an_integer_as_spark_reads_it() {
        for (text, number) in [
            (" 12\t", Some(12)),
            ("1.9", Some(1)),
            ("-1.9", Some(-1)),
            ("+7", Some(7)),
            (".5", Some(0)),
            ("5.", Some(5)),
            ("1.9x", None),
            ("1e3", None),
            ("", None),
            ("+", None),
            ("--1", None),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("١٢", None),
        ] {
            let expected = number.map_or(Value::Null, Value::Integer);
            assert_eq!(from_text(text, Kind::Bigint), expected, "{text}");
        }
        assert_eq!(from_text("128", Kind::Tinyint), Value::Null);
    }

    #[test]
    fn text_becomes_a_double_as_java_reads_it() {
        for (text, number) in [
            ("1e3", Some(1000.0)),
            (" -.5 ", Some(-0.5)),
            ("1d", Some(1.0)),
            ("Infinity", Some(f64::INFINITY)),
            ("-inf", Some(f64::NEG_INFINITY)),
            ("0x10", None),
            ("1_000", None),
            ("d", None),
            ("", None),
        ] {
            let expected = number.map_or(Value::Null, Value::Floating);
            assert_eq!(from_text(text, Kind::Double), expected, "{text}");
        }
        assert!(matches!(from_text("NaN", Kind::Double), Value::Floating(it) if it.is_nan()));
    }

    #[test]
    fn text_becomes_true_or_false_by_its_words() {
        for text in ["true", " T ", "y", "YES", "1"] {
            assert_eq!(from_text(text, Kind::Boolean), Value::Boolean(true), "{text}");
        }
        assert_eq!(from_text("no", Kind::Boolean), Value::Boolean(false));
        assert_eq!(from_text("2", Kind::Boolean), Value::Null);
    }

    #[test]
    fn a_double_that_does_not_fit_an_integer_is_null() {
        let to = |number| cast(Value::Floating(number), Kind::Double, Kind::Bigint);
        assert_eq!(to(-1.9), Value::Integer(-1));
        for number in [f64::NAN, f64::INFINITY, 9.3e18, -9.3e18] {
            assert_eq!(to(number), Value::Null, "{number}");
        }
    }

    #[test]
    fn doubles_show_as_in_java() {
        for (number, text) in [
            (1.0, "1.0"),
            (-0.0, "0.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e7, "1.0E7"),
            (1234567.5, "1234567.5"),
            (0.001, "0.001"),
            (0.00012, "1.2E-4"),
            (-1e22, "-1.0E22"),
            (f64::INFINITY, "Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(show_double(number), text);
        }
        assert_eq!(show_single(0.1), "0.1");
    }

    #[test]
    fn a_moment_becomes_seconds_and_back() {
        let moment = Value::Moment(-1);
        assert_eq!(cast(moment, Kind::Timestamp, Kind::Bigint), Value::Integer(-1));
        let back = cast(Value::Integer(i64::MAX), Kind::Bigint, Kind::Timestamp);
        assert_eq!(back, Value::Null);
    }

    #[test]
    fn dates_and_numbers_do_not_cast() {
        assert!(!castable(Kind::Date, Kind::Int));
        assert!(!castable(Kind::Int, Kind::Date));
        assert!(!castable(Kind::Boolean, Kind::Timestamp));
    }
}
