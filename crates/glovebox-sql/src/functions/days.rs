//! Days: ADD_MONTHS, DATE_SUB, DATEDIFF, LAST_DAY, MAKE_DATE, MONTHS_BETWEEN, NEXT_DAY...

use chrono::{Datelike, NaiveDate, Weekday};

use super::accept::{BIGINT, DATE, DOUBLE, INT, fits};
use super::calendar::{self, MICROS_PER_DAY};
use super::kind::Kind;
use super::moment::{between, unit_of};
use super::scalar::Definition;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    // What a window's range of an INTERVAL is measured in.
    Definition {
        name: "__gb_micros",
        accepts: |kinds| (kinds == [Kind::Timestamp]).then(|| kinds.to_vec()),
        returns: BIGINT,
        row: |_, values| match values {
            [Value::Moment(micros)] => Value::Integer(*micros),
            _ => Value::Null,
        },
    },
    // What a window's range of a number is measured in: a day is a number there.
    Definition {
        name: "__gb_range",
        accepts: |kinds| (kinds.len() == 1).then(|| kinds.to_vec()),
        returns: |kinds, _| match kinds {
            [Kind::Date] => Some(Kind::Int),
            [kind] => Some(*kind),
            _ => None,
        },
        row: |_, values| match values {
            [Value::Date(days)] => Value::Integer(i64::from(*days)),
            [value] => value.clone(),
            _ => Value::Null,
        },
    },
    Definition {
        name: "add_months",
        accepts: |kinds| fits(kinds, &[Kind::Date, Kind::Int], 2),
        returns: DATE,
        row: |_, values| match values {
            [Value::Date(days), Value::Integer(months)] => {
                day(calendar::date(*days).and_then(|it| calendar::add_months(it, *months)))
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "date_from_unix_date",
        accepts: |kinds| fits(kinds, &[Kind::Int], 1),
        returns: DATE,
        row: |_, values| match values {
            [Value::Integer(days)] => day(i32::try_from(*days).ok().and_then(calendar::date)),
            _ => Value::Null,
        },
    },
    Definition {
        name: "date_sub",
        accepts: |kinds| fits(kinds, &[Kind::Date, Kind::Int], 2),
        returns: DATE,
        row: |_, values| match values {
            [Value::Date(days), Value::Integer(fewer)] => later(*days, fewer.checked_neg()),
            _ => Value::Null,
        },
    },
    Definition {
        name: "datediff",
        accepts: |kinds| match kinds {
            [_, _] => fits(kinds, &[Kind::Date; 2], 2),
            _ => fits(kinds, &[Kind::String, Kind::Timestamp, Kind::Timestamp], 3),
        },
        returns: |kinds, constants| match (kinds, constants) {
            ([_, _], _) => Some(Kind::Int),
            (_, [Some(Value::Text(unit)), ..]) => {
                unit_of(unit).and_then(|_| BIGINT(kinds, constants))
            }
            _ => None,
        },
        row: |_, values| match values {
            [Value::Date(end), Value::Date(start)] => {
                Value::Integer(i64::from(*end) - i64::from(*start))
            }
            [Value::Text(unit), Value::Moment(start), Value::Moment(end)] => {
                between(unit, *start, *end).map_or(Value::Null, Value::Integer)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "last_day",
        accepts: |kinds| fits(kinds, &[Kind::Date], 1),
        returns: DATE,
        row: |_, values| match values {
            [Value::Date(days)] => day(calendar::date(*days).and_then(last)),
            _ => Value::Null,
        },
    },
    Definition {
        name: "make_date",
        accepts: |kinds| fits(kinds, &[Kind::Int; 3], 3),
        returns: DATE,
        row: |_, values| match values {
            [Value::Integer(year), Value::Integer(month), Value::Integer(date)] => {
                day(made(*year, *month, *date))
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "months_between",
        accepts: |kinds| fits(kinds, &[Kind::Timestamp, Kind::Timestamp, Kind::Boolean], 2),
        returns: DOUBLE,
        row: |_, values| match values {
            [Value::Moment(end), Value::Moment(start)] => months(*end, *start, true),
            [Value::Moment(end), Value::Moment(start), Value::Boolean(round)] => {
                months(*end, *start, *round)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "next_day",
        accepts: |kinds| fits(kinds, &[Kind::Date, Kind::String], 2),
        returns: DATE,
        row: |_, values| match values {
            [Value::Date(days), Value::Text(name)] => match weekday(name) {
                Some(weekday) => day(calendar::date(*days).and_then(|it| next(it, weekday))),
                None => Value::Null,
            },
            _ => Value::Null,
        },
    },
    Definition {
        name: "unix_date",
        accepts: |kinds| fits(kinds, &[Kind::Date], 1),
        returns: INT,
        row: |_, values| match values {
            [Value::Date(days)] => Value::Integer((*days).into()),
            _ => Value::Null,
        },
    },
];

fn day<'a>(date: Option<NaiveDate>) -> Value<'a> {
    date.map_or(Value::Null, |it| Value::Date(calendar::days(it)))
}

/// A day so many days later, where the calendar has it.
pub(super) fn later<'a>(days: i32, more: Option<i64>) -> Value<'a> {
    let sum = more.and_then(|it| i64::from(days).checked_add(it));
    day(sum.and_then(|it| i32::try_from(it).ok()).and_then(calendar::date))
}

fn made(year: i64, month: i64, date: i64) -> Option<NaiveDate> {
    let (month, date) = (u32::try_from(month).ok()?, u32::try_from(date).ok()?);
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, date)
}

fn last(date: NaiveDate) -> Option<NaiveDate> {
    date.with_day(1).and_then(|it| calendar::add_months(it, 1)).and_then(|it| it.pred_opt())
}

fn next(date: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let ahead = weekday.days_since(date.weekday());
    date.checked_add_days(chrono::Days::new(if ahead == 0 { 7 } else { ahead.into() }))
}

/// The first two or three letters, or all of them.
fn weekday(name: &str) -> Option<Weekday> {
    let name = name.trim().to_ascii_uppercase();
    let all = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    let fits =
        |full: &&str| name == **full || matches!(name.len(), 2 | 3) && full.starts_with(&name);
    let place = all.iter().position(fits)?;
    Weekday::try_from(u8::try_from(place).ok()?).ok()
}

/// Whole months where both are the same day of a month or both the last; else the rest counts
/// by months of 31 days.
fn months<'a>(end: i64, start: i64, round: bool) -> Value<'a> {
    let parted = |micros: i64| {
        let date = calendar::date(calendar::day_of(micros)?)?;
        let seconds = micros.rem_euclid(MICROS_PER_DAY) / calendar::MICROS_PER_SECOND;
        Some((date, last(date)? == date, seconds))
    };
    let (Some((to, to_last, to_seconds)), Some((from, from_last, from_seconds))) =
        (parted(end), parted(start))
    else {
        return Value::Null;
    };
    let month = |it: NaiveDate| it.year() * 12 + it.month0().cast_signed();
    let whole = f64::from(month(to) - month(from));
    if to.day() == from.day() || to_last && from_last {
        return Value::Floating(whole);
    }
    let days = i64::from(to.day()) - i64::from(from.day());
    let seconds = days * 86_400 + to_seconds - from_seconds;
    let all = whole + seconds as f64 / (31 * 86_400) as f64;
    Value::Floating(if round { (all * 1e8 + 0.5).floor() / 1e8 } else { all })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> NaiveDate {
        calendar::parse_date(text).and_then(calendar::date).unwrap()
    }

    #[test]
    fn days_at_the_end_of_the_calendar_are_null() {
        assert_eq!(later(i32::MAX, Some(1)), Value::Null);
        assert_eq!(later(0, Some(i64::MAX)), Value::Null);
        assert_eq!(last(NaiveDate::MAX), None);
        assert_eq!(next(NaiveDate::MAX, Weekday::Mon), None);
        assert_eq!(made(2023, 2, 29), None);
    }

    #[test]
    fn a_weekday_is_named_by_two_or_three_letters_or_all() {
        assert_eq!(weekday("tu"), Some(Weekday::Tue));
        assert_eq!(weekday("Thu"), Some(Weekday::Thu));
        assert_eq!(weekday("SUNDAY"), Some(Weekday::Sun));
        assert_eq!(weekday("sund"), None);
        assert_eq!(weekday("m"), None);
        assert_eq!(next(on("2015-01-14"), Weekday::Tue), Some(on("2015-01-20")));
        assert_eq!(next(on("2015-01-13"), Weekday::Tue), Some(on("2015-01-20")));
    }
}
