//! Moments: DATE_FORMAT, DATE_TRUNC, FROM_UNIXTIME, HOUR, UNIX_TIMESTAMP, YEAR... and intervals.

use chrono::Datelike;

use super::accept::{BIGINT, INT, Returns, STRING, TIMESTAMP, fits, implicit};
use super::calendar::{self, MICROS_PER_DAY, MICROS_PER_SECOND, Parts};
use super::kind::Kind;
use super::moment::parsed;
use super::moment_format::Format;
use super::scalar::{Definition, Row};
use super::value::Value;

/// How FROM_UNIXTIME shows and UNIX_TIMESTAMP reads when nothing is said.
const USUAL: &str = "yyyy-MM-dd HH:mm:ss";

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "__gb_add_interval",
        accepts: |kinds| {
            let (moment, rest) = kinds.split_first()?;
            let fit = rest.len() == 3 && rest.iter().all(|it| implicit(*it, Kind::Bigint));
            let moment = match moment {
                Kind::Date | Kind::Timestamp => *moment,
                Kind::Null => Kind::Timestamp,
                _ => return None,
            };
            fit.then(|| vec![moment, Kind::Bigint, Kind::Bigint, Kind::Bigint])
        },
        returns: |kinds, constants| match (kinds, constants) {
            // Spark: a day and whole days or months is a day.
            ([Kind::Date, ..], [_, _, _, Some(Value::Integer(0))]) => Some(Kind::Date),
            _ => Some(Kind::Timestamp),
        },
        row: |call, values| match values {
            [moment, Value::Integer(months), Value::Integer(days), Value::Integer(micros)] => {
                let start = match moment {
                    Value::Date(days) => calendar::midnight(*days),
                    Value::Moment(micros) => Some(*micros),
                    _ => None,
                };
                let end = start.and_then(|it| moved(it, *months, *days, *micros));
                let whole = call.result == Kind::Date;
                match end {
                    Some(end) if whole => calendar::day_of(end).map_or(Value::Null, Value::Date),
                    Some(end) => Value::Moment(end),
                    None => Value::Null,
                }
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "date_format",
        accepts: |kinds| fits(kinds, &[Kind::Timestamp, Kind::String], 2),
        returns: shown_kind,
        row: |_, values| match values {
            [Value::Moment(micros), Value::Text(format)] => show(*micros, format),
            _ => Value::Null,
        },
    },
    Definition {
        name: "date_trunc",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::Timestamp], 2),
        returns: TIMESTAMP,
        row: |_, values| match values {
            [Value::Text(unit), Value::Moment(micros)] => {
                truncated(unit, *micros).map_or(Value::Null, Value::Moment)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "from_unixtime",
        accepts: |kinds| fits(kinds, &[Kind::Bigint, Kind::String], 1),
        returns: shown_kind,
        row: |_, values| match values {
            [Value::Integer(seconds)] => since(*seconds, MICROS_PER_SECOND, |it| show(it, USUAL)),
            [Value::Integer(seconds), Value::Text(format)] => {
                since(*seconds, MICROS_PER_SECOND, |it| show(it, format))
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "make_timestamp",
        accepts: |kinds| {
            let seconds = Kind::Decimal { precision: 16, scale: 6 };
            let wanted = [Kind::Int, Kind::Int, Kind::Int, Kind::Int, Kind::Int, seconds];
            fits(kinds, &wanted, 6)
        },
        returns: TIMESTAMP,
        row: |_, values| made(values).map_or(Value::Null, Value::Moment),
    },
    Definition {
        name: "timestamp_seconds",
        accepts: |kinds| match kinds {
            [kind] if kind.is_number() => Some(vec![*kind]),
            _ => fits(kinds, &[Kind::Double], 1),
        },
        returns: TIMESTAMP,
        row: |call, values| match (values, call.arguments) {
            ([value], [kind]) => super::cast::cast(value.clone(), *kind, Kind::Timestamp),
            _ => Value::Null,
        },
    },
    Definition {
        name: "unix_timestamp",
        accepts: |kinds| match kinds {
            [Kind::Date | Kind::Timestamp, ..] if kinds.len() <= 2 => {
                fits(kinds, &[Kind::Timestamp, Kind::String], 1)
            }
            _ => fits(kinds, &[Kind::String; 2], 1),
        },
        returns: BIGINT,
        row: |call, values| {
            let usual = [values.first().cloned().unwrap_or(Value::Null), Value::text(USUAL)];
            let moment = match values {
                [Value::Moment(micros), ..] => Value::Moment(*micros),
                [Value::Text(_)] => parsed(call, &usual, Kind::Timestamp),
                _ => parsed(call, values, Kind::Timestamp),
            };
            match moment {
                // Towards zero, where the parts of a moment go down.
                Value::Moment(micros) => Value::Integer(micros / MICROS_PER_SECOND),
                _ => Value::Null,
            }
        },
    },
    count("timestamp_micros", |_, values| counted(values, 1)),
    count("timestamp_millis", |_, values| counted(values, 1000)),
    unix("unix_micros", |_, values| elapsed(values, 1)),
    unix("unix_millis", |_, values| elapsed(values, 1000)),
    unix("unix_seconds", |_, values| elapsed(values, MICROS_PER_SECOND)),
    of_day("day", |_, values| part(values, |it| it.date.day())),
    of_day("dayofweek", |_, values| {
        part(values, |it| it.date.weekday().num_days_from_sunday() + 1)
    }),
    of_day("dayofyear", |_, values| part(values, |it| it.date.ordinal())),
    of_day("month", |_, values| part(values, |it| it.date.month())),
    of_day("quarter", |_, values| part(values, |it| it.date.month0() / 3 + 1)),
    of_day("weekday", |_, values| part(values, |it| it.date.weekday().num_days_from_monday())),
    of_day("weekofyear", |_, values| part(values, |it| it.date.iso_week().week())),
    Definition {
        name: "year",
        accepts: |kinds| fits(kinds, &[Kind::Date], 1),
        returns: INT,
        row: |_, values| match values {
            [Value::Date(days)] => {
                calendar::date(*days).map_or(Value::Null, |it| Value::Integer(it.year().into()))
            }
            _ => Value::Null,
        },
    },
    of_time("hour", |_, values| part(values, |it| it.hour)),
    of_time("minute", |_, values| part(values, |it| it.minute)),
    of_time("second", |_, values| part(values, |it| it.second)),
];

const fn of_day(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: |kinds| fits(kinds, &[Kind::Date], 1), returns: INT, row }
}

const fn of_time(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: |kinds| fits(kinds, &[Kind::Timestamp], 1), returns: INT, row }
}

const fn unix(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: |kinds| fits(kinds, &[Kind::Timestamp], 1), returns: BIGINT, row }
}

const fn count(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: |kinds| fits(kinds, &[Kind::Bigint], 1), returns: TIMESTAMP, row }
}

/// A constant format that Spark does not have refuses the call.
fn shown_kind(kinds: &[Kind], constants: &[Option<Value<'_>>]) -> Option<Kind> {
    let string: Returns = STRING;
    match constants {
        [_, Some(Value::Text(format))] if Format::parse(format).is_none() => None,
        _ => string(kinds, constants),
    }
}

fn part<'a>(values: &[Value<'a>], of: fn(&Parts) -> u32) -> Value<'a> {
    let micros = match values {
        [Value::Date(days)] => calendar::midnight(*days),
        [Value::Moment(micros)] => Some(*micros),
        _ => None,
    };
    let parts = micros.and_then(calendar::parts);
    parts.map_or(Value::Null, |it| Value::Integer(of(&it).into()))
}

fn show<'a>(micros: i64, format: &str) -> Value<'a> {
    let shown = Format::parse(format).zip(calendar::parts(micros));
    shown.map_or(Value::Null, |(format, parts)| Value::text(format.show(&parts)))
}

fn since<'a>(number: i64, unit: i64, then: impl FnOnce(i64) -> Value<'a>) -> Value<'a> {
    number.checked_mul(unit).map_or(Value::Null, then)
}

fn counted<'a>(values: &[Value<'a>], unit: i64) -> Value<'a> {
    match values {
        [Value::Integer(number)] => since(*number, unit, Value::Moment),
        _ => Value::Null,
    }
}

fn elapsed<'a>(values: &[Value<'a>], unit: i64) -> Value<'a> {
    match values {
        [Value::Moment(micros)] => Value::Integer(micros.div_euclid(unit)),
        _ => Value::Null,
    }
}

/// A moment so much later: first months, then days, then microseconds.
pub(super) fn moved(micros: i64, months: i64, days: i64, more: i64) -> Option<i64> {
    let date = calendar::date(calendar::day_of(micros)?)?;
    let date = calendar::add_months(date, months)?;
    let midnight = calendar::midnight(calendar::days(date))?;
    let moment = midnight
        .checked_add(micros.rem_euclid(MICROS_PER_DAY))?
        .checked_add(days.checked_mul(MICROS_PER_DAY)?)?
        .checked_add(more)?;
    calendar::parts(moment).map(|_| moment)
}

fn truncated(unit: &str, micros: i64) -> Option<i64> {
    let parts = calendar::parts(micros)?;
    let (year, month) = (parts.date.year(), parts.date.month());
    let at = |year, month, day| calendar::midnight(calendar::days_of(year, month, day)?);
    let down = |unit: i64| Some(micros - micros.rem_euclid(unit));
    match unit.to_ascii_uppercase().as_str() {
        "YEAR" | "YYYY" | "YY" => at(year, 1, 1),
        "QUARTER" => at(year, (month - 1) / 3 * 3 + 1, 1),
        "MONTH" | "MM" | "MON" => at(year, month, 1),
        "WEEK" => {
            let back = i32::try_from(parts.date.weekday().num_days_from_monday()).ok()?;
            calendar::midnight(calendar::days(parts.date).checked_sub(back)?)
        }
        "DAY" | "DD" => down(MICROS_PER_DAY),
        "HOUR" => down(3600 * MICROS_PER_SECOND),
        "MINUTE" => down(60 * MICROS_PER_SECOND),
        "SECOND" => down(MICROS_PER_SECOND),
        "MILLISECOND" => down(1000),
        "MICROSECOND" => Some(micros),
        _ => None,
    }
}

/// A minute of 60 seconds is the next one.
fn made(values: &[Value<'_>]) -> Option<i64> {
    let [
        Value::Integer(year),
        Value::Integer(month),
        Value::Integer(day),
        Value::Integer(hour),
        Value::Integer(minute),
        Value::Decimal(micros, 6),
    ] = values
    else {
        return None;
    };
    let (month, day) = (u32::try_from(*month).ok()?, u32::try_from(*day).ok()?);
    let days = calendar::days_of(i32::try_from(*year).ok()?, month, day)?;
    let (hour, minute) = (u32::try_from(*hour).ok()?, u32::try_from(*minute).ok()?);
    let start = calendar::moment(days, hour, minute, 0, 0)?;
    let micros = i64::try_from(*micros).ok()?;
    if !(0..=60 * MICROS_PER_SECOND).contains(&micros) {
        return None;
    }
    start.checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_stay_in_the_calendar() {
        let start = calendar::parse_moment("2024-01-31 10:00:00").unwrap();
        let shown = |months, days, micros| {
            moved(start, months, days, micros).and_then(calendar::show_moment)
        };
        assert_eq!(shown(1, 1, 1).as_deref(), Some("2024-03-01 10:00:00.000001"));
        assert_eq!(shown(0, i64::MAX, 0), None);
        assert_eq!(shown(i64::MAX, 0, 0), None);
        assert_eq!(shown(0, 0, i64::MAX), None);
    }

    #[test]
    fn a_week_begins_on_monday_also_before_the_epoch() {
        let moment = calendar::parse_moment("1969-12-28 23:59:59").unwrap();
        let week = truncated("week", moment).and_then(calendar::show_moment);
        assert_eq!(week.as_deref(), Some("1969-12-22 00:00:00"));
        assert_eq!(truncated("century", moment), None);
    }
}
