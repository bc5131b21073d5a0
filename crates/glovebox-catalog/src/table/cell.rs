//! Text to typed columns: what cannot be read as the column's type is NULL here; who reads says
//! whether it is an error.
//!
//! Numbers are decimal; decimals may have an exponent, which moves the point. `double` and `float`
//! also know `NaN`, `Infinity` and `-Infinity`.
//! Dates are `2026-11-23`; timestamps have `T` or a space before the time, up to nine digits of
//! fraction (cut to microseconds) and `Z` or an offset, after which they are UTC. White space
//! around anything but text and bytes is ignored.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use datafusion::arrow::array::{
    ArrayBuilder, ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder,
    Float32Builder, Float64Builder, Int8Builder, Int16Builder, Int32Builder, Int64Builder,
    StringBuilder, TimestampMicrosecondBuilder,
};
use glovebox_model::ColumnType;

use super::arrow_type;

/// A column being read from text.
pub(super) enum Cells {
    Bigint(Int64Builder),
    Binary(BinaryBuilder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Decimal { cells: Decimal128Builder, precision: u8, scale: u8 },
    Double(Float64Builder),
    Float(Float32Builder),
    Int(Int32Builder),
    Smallint(Int16Builder),
    String(StringBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    Tinyint(Int8Builder),
}

impl Cells {
    pub(super) fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Bigint => Self::Bigint(Int64Builder::new()),
            ColumnType::Binary => Self::Binary(BinaryBuilder::new()),
            ColumnType::Boolean => Self::Boolean(BooleanBuilder::new()),
            ColumnType::Date => Self::Date(Date32Builder::new()),
            ColumnType::Decimal { precision, scale } => Self::Decimal {
                cells: Decimal128Builder::new().with_data_type(arrow_type(kind)),
                precision,
                scale,
            },
            ColumnType::Double => Self::Double(Float64Builder::new()),
            ColumnType::Float => Self::Float(Float32Builder::new()),
            ColumnType::Int => Self::Int(Int32Builder::new()),
            ColumnType::Smallint => Self::Smallint(Int16Builder::new()),
            ColumnType::String => Self::String(StringBuilder::new()),
            ColumnType::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            ColumnType::Tinyint => Self::Tinyint(Int8Builder::new()),
        }
    }

    /// Adds a cell; `None` is NULL. Says whether it reads as its type; what does not is NULL.
    pub(super) fn push(&mut self, bytes: Option<&[u8]>) -> bool {
        let text = bytes.and_then(|it| std::str::from_utf8(it).ok());
        let trimmed = text.map(str::trim_ascii);
        let is_some = match self {
            Self::Bigint(cells) => add(trimmed.and_then(integer), |it| cells.append_option(it)),
            Self::Binary(cells) => add(bytes, |it| cells.append_option(it)),
            Self::Boolean(cells) => add(trimmed.and_then(boolean), |it| cells.append_option(it)),
            Self::Date(cells) => {
                add(trimmed.and_then(date).and_then(days), |it| cells.append_option(it))
            }
            Self::Decimal { cells, precision, scale } => {
                let value = trimmed.and_then(|it| decimal(it, *precision, *scale));
                add(value, |it| cells.append_option(it))
            }
            Self::Double(cells) => add(trimmed.and_then(float), |it| cells.append_option(it)),
            Self::Float(cells) => add(trimmed.and_then(float), |it| cells.append_option(it)),
            Self::Int(cells) => add(trimmed.and_then(integer), |it| cells.append_option(it)),
            Self::Smallint(cells) => add(trimmed.and_then(integer), |it| cells.append_option(it)),
            Self::String(cells) => add(text, |it| cells.append_option(it)),
            Self::Timestamp(cells) => add(trimmed.and_then(micros), |it| cells.append_option(it)),
            Self::Tinyint(cells) => add(trimmed.and_then(integer), |it| cells.append_option(it)),
        };
        is_some || bytes.is_none()
    }

    /// The column so far; the next begins empty.
    pub(super) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Bigint(cells) => Arc::new(cells.finish()),
            Self::Binary(cells) => Arc::new(cells.finish()),
            Self::Boolean(cells) => Arc::new(cells.finish()),
            Self::Date(cells) => Arc::new(cells.finish()),
            Self::Decimal { cells, .. } => Arc::new(cells.finish()),
            Self::Double(cells) => Arc::new(cells.finish()),
            Self::Float(cells) => Arc::new(cells.finish()),
            Self::Int(cells) => Arc::new(cells.finish()),
            Self::Smallint(cells) => Arc::new(cells.finish()),
            Self::String(cells) => ArrayBuilder::finish(cells),
            Self::Timestamp(cells) => Arc::new(cells.finish()),
            Self::Tinyint(cells) => Arc::new(cells.finish()),
        }
    }
}

/// Adds a value; says whether there is one.
fn add<T>(value: Option<T>, append: impl FnOnce(Option<T>)) -> bool {
    let is_some = value.is_some();
    append(value);
    is_some
}

fn integer<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Rust also reads `inf`, `infinity` and `nan` in any case; only three spellings are meant.
pub(super) fn float<T: std::str::FromStr>(text: &str) -> Option<T> {
    let words = ["NaN", "Infinity", "-Infinity"];
    let digits =
        text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    (digits || words.contains(&text)).then(|| text.parse().ok()).flatten()
}

pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(place, it)| match place {
            4 | 7 => it == b'-',
            _ => it.is_ascii_digit(),
        });
    shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn days(date: NaiveDate) -> Option<i32> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    i32::try_from(date.signed_duration_since(epoch).num_days()).ok()
}

/// Microseconds since 1970, UTC.
pub(super) fn micros(text: &str) -> Option<i64> {
    let (day, time) = match text.split_at_checked(10)? {
        (day, "") => return Some(date(day)?.and_time(NaiveTime::MIN).and_utc().timestamp_micros()),
        (day, rest) => (date(day)?, rest.strip_prefix([' ', 'T'])?),
    };
    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone)?;
    let pattern = if clock.len() == 5 { "%H:%M" } else { "%H:%M:%S%.f" };
    let naive = NaiveDateTime::new(day, NaiveTime::parse_from_str(clock, pattern).ok()?);
    if zone.is_empty() || zone == "Z" {
        return Some(naive.and_utc().timestamp_micros());
    }
    let whole = format!("{}{zone}", naive.format("%Y-%m-%dT%H:%M:%S%.f"));
    Some(DateTime::parse_from_rfc3339(&whole).ok()?.timestamp_micros())
}

/// The decimal in units of its last place, rounded half up (away from zero); `None` when it
/// does not fit. An exponent is a shift of the point.
fn decimal(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some((digits, exponent)) = digits.split_once(['e', 'E']) {
        let units = decimal(&shifted(digits, exponent)?, precision, scale)?;
        return Some(if negative { -units } else { units });
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let numeric = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !numeric(whole) || !numeric(fraction) {
        return None;
    }
    let scale = usize::from(scale);
    let kept = fraction.get(..scale.min(fraction.len()))?;
    let mut units: i128 = 0;
    let padding = "0".repeat(scale.saturating_sub(fraction.len()));
    for digit in whole.bytes().chain(kept.bytes()).chain(padding.bytes()) {
        units = units.checked_mul(10)?.checked_add(i128::from(digit.checked_sub(b'0')?))?;
    }
    if fraction.as_bytes().get(scale).is_some_and(|it| *it >= b'5') {
        units = units.checked_add(1)?;
    }
    let limit = 10_i128.checked_pow(u32::from(precision))?;
    (units < limit).then_some(if negative { -units } else { units })
}

/// Places that an exponent moves the point at most: no decimal has as many digits.
const MAX_SHIFT: isize = 1_000;

/// Digits without a sign, with the point where the exponent puts it.
fn shifted(digits: &str, exponent: &str) -> Option<String> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = [whole, fraction].concat();
    if all.is_empty() || !all.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let shift: isize = exponent.parse().ok()?;
    if shift.unsigned_abs() > MAX_SHIFT.unsigned_abs() {
        return None;
    }
    let before = "0".repeat((-shift).max(0).unsigned_abs());
    let behind = "0".repeat(shift.max(0).unsigned_abs());
    let all = [before.as_str(), &all, &behind].concat();
    let point = before.len().checked_add(whole.len())?.checked_add_signed(shift)?;
    let (whole, fraction) = all.split_at_checked(point)?;
    Some([whole, ".", fraction].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_round_and_never_overflow() {
        assert_eq!(decimal("1.005", 5, 2), Some(101));
        assert_eq!(decimal("-1.005", 5, 2), Some(-101));
        assert_eq!(decimal("7", 5, 2), Some(700));
        assert_eq!(decimal(".5", 5, 0), Some(1));
        assert_eq!(decimal("999.995", 5, 2), None);
        for bad in ["", ".", "-", "1.2.3", "0x1", " 1", "1-"] {
            assert_eq!(decimal(bad, 5, 2), None, "{bad}");
        }
        assert_eq!(decimal(&"9".repeat(200), 38, 0), None);
        assert_eq!(decimal(&"9".repeat(38), 38, 0), Some(10_i128.pow(38) - 1));
    }

    #[test]
    fn exponents_of_decimals_move_the_point() {
        assert_eq!(decimal("0E-18", 38, 18), Some(0));
        assert_eq!(decimal("1e-6", 38, 18), Some(10_i128.pow(12)));
        assert_eq!(decimal("-1.25E+1", 5, 2), Some(-1250));
        assert_eq!(decimal("12.5e-1", 5, 2), Some(125));
        assert_eq!(decimal(".5e1", 5, 0), Some(5));
        assert_eq!(decimal("1.005e0", 5, 2), Some(101));
        assert_eq!(
            decimal("123456789012345678901234567890.12345678E8", 38, 0),
            Some(12_345_678_901_234_567_890_123_456_789_012_345_678)
        );
        assert_eq!(decimal("1e-1000", 5, 2), Some(0));
        assert_eq!(decimal("0e1000", 5, 2), Some(0));
        let bad = ["1e3", "1e1001", "1e-1001", "1e99999999999999999999", "e", "1e", "e1", ".e1"];
        for bad in bad.into_iter().chain(["1e1e1", "1e1.0", "1e+-1", "-+1e1", "1.2.3e1", "1e 1"]) {
            assert_eq!(decimal(bad, 5, 2), None, "{bad}");
        }
    }

    #[test]
    fn moments_are_read_in_the_forms_that_people_write() {
        assert_eq!(micros("1970-01-01"), Some(0));
        assert_eq!(micros("1970-01-01 00:00:01"), Some(1_000_000));
        assert_eq!(micros("1970-01-01T00:00:00.123456789Z"), Some(123_456));
        assert_eq!(micros("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(micros("1970-01-01 00:01"), Some(60_000_000));
        assert_eq!(micros("1969-12-31 23:59:59.5"), Some(-500_000));
        for bad in ["", "1970", "1970-1-1", "1970-02-30", "1970-01-01x", "1970-01-01 25:00:00", "é"]
        {
            assert_eq!(micros(bad), None, "{bad}");
        }
    }

    #[test]
    fn floats_know_three_words_only() {
        assert_eq!(float::<f64>("1e3"), Some(1000.0));
        assert_eq!(float::<f64>("-Infinity"), Some(f64::NEG_INFINITY));
        for bad in ["inf", "nan", "infinity", "", "1f", "e"] {
            assert_eq!(float::<f64>(bad), None, "{bad}");
        }
    }
}
