//! CURRENT_DATE, DATEADD, EXTRACT, GETDATE, TO_CHAR, TO_DATE, TO_NUMBER, TO_TIMESTAMP.

use chrono::Datelike;

use super::calendar::{self, MICROS_PER_DAY, MICROS_PER_SECOND, Parts};
use super::cast;
use super::clock::moved;
use super::kind::Kind;
use super::number_format::NumberFormat;
use super::pattern::Pattern;
use super::scalar::{Call, Definition};
use super::value::Value;

/// Replaced by the query's own time before anything runs.
pub(crate) static CURRENT_DATE: Definition = now("current_date", |_, _| Some(Kind::Date));

/// Replaced by the query's own time before anything runs.
pub(crate) static GETDATE: Definition = now("getdate", |_, _| Some(Kind::Timestamp));

/// `dateadd('unit', number, moment)`, or Spark's `date_add(day, number)`
pub(crate) static DATEADD: Definition = Definition {
    name: "dateadd",
    accepts: |kinds| match kinds {
        [day, number] if countable(*number) && datable(*day) => Some(vec![Kind::Date, Kind::Int]),
        [Kind::String, number, moment] if countable(*number) && datable(*moment) => {
            Some(vec![Kind::String, Kind::Bigint, Kind::Timestamp])
        }
        _ => None,
    },
    returns: |kinds, constants| match (kinds, constants) {
        ([Kind::Date, _], _) => Some(Kind::Date),
        (_, [Some(Value::Text(unit)), ..]) => unit_of(unit).map(|_| Kind::Timestamp),
        _ => None,
    },
    row: |_, values| match values {
        [Value::Date(days), Value::Integer(more)] => super::days::later(*days, Some(*more)),
        [Value::Text(unit), Value::Integer(number), Value::Moment(micros)] => {
            later(unit, *number, *micros).map_or(Value::Null, Value::Moment)
        }
        _ => Value::Null,
    },
};

/// `extract('part', moment)`; text is read as a date for parts of a date, else as a timestamp.
pub(crate) static EXTRACT: Definition = Definition {
    name: "extract",
    accepts: |kinds| match kinds {
        [Kind::String, Kind::String] => Some(kinds.to_vec()),
        [Kind::String, moment] if datable(*moment) => Some(vec![Kind::String, Kind::Timestamp]),
        _ => None,
    },
    returns: |_, constants| match constants {
        [Some(Value::Text(part)), _] => match part_of(part)? {
            Part::Second => Kind::decimal(8, 6),
            Part::Epoch => Some(Kind::Bigint),
            _ => Some(Kind::Int),
        },
        _ => None,
    },
    row: |_, values| match values {
        [Value::Text(part), Value::Moment(micros)] => extract(part, *micros).unwrap_or(Value::Null),
        [Value::Text(part), Value::Text(text)] => extract_text(part, text).unwrap_or(Value::Null),
        _ => Value::Null,
    },
};

pub(crate) static TO_CHAR: Definition = Definition {
    name: "to_char",
    accepts: |kinds| match *kinds {
        [Kind::Date | Kind::Timestamp, Kind::String] => Some(vec![Kind::Timestamp, Kind::String]),
        [Kind::String | Kind::Null, Kind::String] => Some(vec![Kind::Double, Kind::String]),
        [number, Kind::String] if number.is_number() => Some(vec![number, Kind::String]),
        _ => None,
    },
    returns: |_, _| Some(Kind::String),
    row: |call, values| match values {
        [Value::Moment(micros), Value::Text(format)] => {
            let shown = Pattern::showing(format).zip(calendar::parts(*micros));
            shown.map_or(Value::Null, |(pattern, parts)| Value::text(pattern.show(&parts)))
        }
        [number, Value::Text(format)] => {
            shown(call, number, format).map_or(Value::Null, Value::text)
        }
        _ => Value::Null,
    },
};

pub(crate) static TO_DATE: Definition = Definition {
    name: "to_date",
    accepts: |kinds| match kinds {
        [kind] if datable(*kind) => Some(vec![*kind]),
        [kind, Kind::String] if datable(*kind) => Some(vec![*kind, Kind::String]),
        _ => None,
    },
    returns: |_, _| Some(Kind::Date),
    row: |call, values| parsed(call, values, Kind::Date),
};

pub(crate) static TO_TIMESTAMP: Definition = Definition {
    name: "to_timestamp",
    accepts: |kinds| match kinds {
        [kind] if datable(*kind) || kind.is_number() => Some(vec![*kind]),
        [kind, Kind::String] if datable(*kind) => Some(vec![*kind, Kind::String]),
        _ => None,
    },
    returns: |_, _| Some(Kind::Timestamp),
    row: |call, values| parsed(call, values, Kind::Timestamp),
};

/// `to_number(text, 'format')`: a decimal as big as the format.
pub(crate) static TO_NUMBER: Definition = Definition {
    name: "to_number",
    accepts: |kinds| match kinds {
        [_, Kind::String] if kinds.first() != Some(&Kind::Binary) => Some(vec![Kind::String; 2]),
        _ => None,
    },
    returns: |_, constants| match constants {
        [_, Some(Value::Text(format))] => {
            let (digits, fraction) = NumberFormat::parse(format)?.digits();
            Kind::decimal(digits, fraction)
        }
        _ => None,
    },
    row: |call, values| match (values, call.result) {
        ([Value::Text(text), Value::Text(format)], Kind::Decimal { scale, .. }) => {
            let digits = NumberFormat::parse(format).and_then(|it| it.read(text));
            digits.map_or(Value::Null, |it| Value::Decimal(it, scale))
        }
        _ => Value::Null,
    },
};

const fn now(
    name: &'static str,
    returns: fn(&[Kind], &[Option<Value<'_>>]) -> Option<Kind>,
) -> Definition {
    Definition {
        name,
        accepts: |kinds| kinds.is_empty().then(Vec::new),
        returns,
        row: |_, _| Value::Null,
    }
}

fn countable(kind: Kind) -> bool {
    kind.is_number() || matches!(kind, Kind::String | Kind::Null)
}

fn datable(kind: Kind) -> bool {
    kind.is_moment() || matches!(kind, Kind::String | Kind::Null)
}

/// Months and microseconds of one unit.
pub(super) fn unit_of(unit: &str) -> Option<(i64, i64)> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "year" | "years" | "y" | "yr" | "yrs" => (12, 0),
        "quarter" | "quarters" | "qtr" | "qtrs" => (3, 0),
        "month" | "months" | "mon" | "mons" => (1, 0),
        "week" | "weeks" | "w" => (0, 7 * MICROS_PER_DAY),
        "day" | "days" | "d" | "dayofyear" => (0, MICROS_PER_DAY),
        "hour" | "hours" | "h" | "hr" | "hrs" => (0, 3600 * MICROS_PER_SECOND),
        "minute" | "minutes" | "m" | "min" | "mins" => (0, 60 * MICROS_PER_SECOND),
        "second" | "seconds" | "s" | "sec" | "secs" => (0, MICROS_PER_SECOND),
        "millisecond" | "milliseconds" | "ms" | "msec" | "msecs" => (0, 1000),
        "microsecond" | "microseconds" | "us" | "usec" | "usecs" => (0, 1),
        _ => return None,
    })
}

fn later(unit: &str, number: i64, micros: i64) -> Option<i64> {
    let (months, step) = unit_of(unit)?;
    moved(micros, number.checked_mul(months)?, 0, number.checked_mul(step)?)
}

/// How many whole units lie between two moments; fewer than none when the end comes first.
pub(super) fn between(unit: &str, start: i64, end: i64) -> Option<i64> {
    let (months, step) = unit_of(unit)?;
    if months == 0 {
        return end.checked_sub(start)?.checked_div(step);
    }
    let packed = |micros: i64| {
        let date = calendar::date(calendar::day_of(micros)?)?;
        let month = i64::from(date.year()) * 12 + i64::from(date.month0());
        // 32 days of 86,400 seconds hold every month.
        let time = micros.rem_euclid(MICROS_PER_DAY);
        (month * 32 + i64::from(date.day())).checked_mul(MICROS_PER_DAY)?.checked_add(time)
    };
    let whole = packed(end)?.checked_sub(packed(start)?)? / (32 * MICROS_PER_DAY);
    Some(whole / months)
}

#[derive(Clone, Copy)]
enum Part {
    Day,
    DayOfWeek,
    DayOfYear,
    Epoch,
    Hour,
    IsoDayOfWeek,
    IsoYear,
    Minute,
    Month,
    Quarter,
    Second,
    Week,
    Year,
}

fn part_of(part: &str) -> Option<Part> {
    Some(match part.to_ascii_lowercase().as_str() {
        "day" | "days" | "d" => Part::Day,
        "dayofweek" | "dow" => Part::DayOfWeek,
        "dayofyear" | "doy" => Part::DayOfYear,
        "epoch" => Part::Epoch,
        "hour" | "hours" | "h" | "hr" | "hrs" => Part::Hour,
        "dayofweek_iso" | "dow_iso" | "isodow" => Part::IsoDayOfWeek,
        "yearofweek" | "isoyear" => Part::IsoYear,
        "minute" | "minutes" | "m" | "min" | "mins" => Part::Minute,
        "month" | "months" | "mon" | "mons" => Part::Month,
        "quarter" | "qtr" => Part::Quarter,
        "second" | "seconds" | "s" | "sec" | "secs" => Part::Second,
        "week" | "weeks" | "w" => Part::Week,
        "year" | "years" | "y" | "yr" | "yrs" => Part::Year,
        _ => return None,
    })
}

fn extract<'a>(part: &str, moment: i64) -> Option<Value<'a>> {
    let Parts { date, hour, minute, second, micros } = calendar::parts(moment)?;
    let number: i64 = match part_of(part)? {
        Part::Day => date.day().into(),
        Part::DayOfWeek => (date.weekday().num_days_from_sunday() + 1).into(),
        Part::DayOfYear => date.ordinal().into(),
        Part::Epoch => moment.div_euclid(MICROS_PER_SECOND),
        Part::Hour => hour.into(),
        Part::IsoDayOfWeek => date.weekday().number_from_monday().into(),
        Part::IsoYear => date.iso_week().year().into(),
        Part::Minute => minute.into(),
        Part::Month => date.month().into(),
        Part::Quarter => (date.month0() / 3 + 1).into(),
        Part::Second => {
            return Some(Value::Decimal(i128::from(second) * 1_000_000 + i128::from(micros), 6));
        }
        Part::Week => date.iso_week().week().into(),
        Part::Year => date.year().into(),
    };
    Some(Value::Integer(number))
}

/// Of text: a day with anything behind it has parts of a date, but no time of day.
fn extract_text<'a>(part: &str, text: &str) -> Option<Value<'a>> {
    let timed = matches!(part_of(part)?, Part::Epoch | Part::Hour | Part::Minute | Part::Second);
    let to = if timed { Kind::Timestamp } else { Kind::Date };
    let moment = cast::cast(Value::text(text), Kind::String, to);
    match cast::cast(moment, to, Kind::Timestamp) {
        Value::Moment(micros) => extract(part, micros),
        _ => None,
    }
}

fn shown(call: &Call<'_>, number: &Value<'_>, format: &str) -> Option<String> {
    let format = NumberFormat::parse(format)?;
    let (_, fraction) = format.digits();
    let wide = Kind::decimal(38, fraction)?;
    let from = call.arguments.first().copied()?;
    match cast::cast(number.clone(), from, wide) {
        Value::Decimal(digits, _) => Some(format.show(digits)),
        _ => None,
    }
}

/// The moment or day that a value is, read by a pattern where there is one.
pub(super) fn parsed<'a>(call: &Call<'_>, values: &[Value<'a>], to: Kind) -> Value<'a> {
    let (Some(value), Some(from)) = (values.first(), call.arguments.first()) else {
        return Value::Null;
    };
    match (value, values.get(1)) {
        (Value::Text(text), Some(Value::Text(pattern))) => {
            let moment = Pattern::reading(pattern).and_then(|it| it.read(text));
            moment.map_or(Value::Null, |it| cast::cast(Value::Moment(it), Kind::Timestamp, to))
        }
        (_, Some(Value::Null)) => Value::Null,
        _ => cast::cast(value.clone(), *from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_moves_by_units_and_stays_in_the_calendar() {
        let start = calendar::parse_moment("2020-01-31 10:00:00").unwrap();
        for (unit, number, expected) in [
            ("month", 1, Some("2020-02-29 10:00:00")),
            ("YEAR", -1, Some("2019-01-31 10:00:00")),
            ("quarter", 1, Some("2020-04-30 10:00:00")),
            ("week", 1, Some("2020-02-07 10:00:00")),
            ("hour", 15, Some("2020-02-01 01:00:00")),
            ("us", 5, Some("2020-01-31 10:00:00.000005")),
            ("year", i64::MAX, None),
            ("day", i64::MAX, None),
            ("year", 290_000, None),
            ("fortnight", 1, None),
        ] {
            let shown = later(unit, number, start).and_then(calendar::show_moment);
            assert_eq!(shown.as_deref(), expected, "{unit} {number}");
        }
    }

    #[test]
    fn parts_are_those_of_spark() {
        let moment = calendar::parse_moment("2021-01-03 23:59:58.5").unwrap();
        for (part, number) in [
            ("dow", 1),
            ("dow_iso", 7),
            ("week", 53),
            ("yearofweek", 2020),
            ("doy", 3),
            ("quarter", 1),
            ("hour", 23),
        ] {
            assert_eq!(extract(part, moment), Some(Value::Integer(number)), "{part}");
        }
        assert_eq!(extract("second", moment), Some(Value::Decimal(58_500_000, 6)));
        assert_eq!(extract("century", moment), None);
    }
}
