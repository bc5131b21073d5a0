//! Days and times as text, as Java's formatters write them.

use std::io::Write as _;

use crate::TimeUnit;

/// A date or a time before year 1 or after year 9999 has no text that everybody reads alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a date or a time lies outside of the years 1 to 9999 and cannot be written as text")]
pub struct CalendarError;

/// Appends `yyyy-MM-dd`.
pub(super) fn date(days: i64, out: &mut Vec<u8>) -> Result<(), CalendarError> {
    let (year, month, day) = civil(days);
    if !(1..=9999).contains(&year) {
        return Err(CalendarError);
    }
    // Writing to a vector cannot fail.
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
    Ok(())
}

/// Appends `yyyy-MM-dd HH:mm:ss.SSSSSS`; what is finer than a microsecond is cut off.
pub(super) fn timestamp(
    value: i64,
    unit: TimeUnit,
    out: &mut Vec<u8>,
) -> Result<(), CalendarError> {
    let value = i128::from(value);
    let micros = match unit {
        TimeUnit::Millis => value * 1000,
        TimeUnit::Micros => value,
        TimeUnit::Nanos => value.div_euclid(1000),
    };
    let seconds = micros.div_euclid(1_000_000);
    let fraction = micros.rem_euclid(1_000_000);
    let days = i64::try_from(seconds.div_euclid(86_400)).map_err(|_far| CalendarError)?;
    let second = seconds.rem_euclid(86_400);
    date(days, out)?;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let _ = write!(out, " {hour:02}:{minute:02}:{second:02}.{fraction:06}");
    Ok(())
}

/// Year, month and day of a number of days since 1970-01-01 in the Gregorian calendar, counted
/// also before there was one (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(days: i64) -> String {
        let mut out = Vec::new();
        match date(days, &mut out) {
            Ok(()) => String::from_utf8(out).expect("ascii"),
            Err(it) => it.to_string(),
        }
    }

    #[test]
    fn days_are_those_of_the_gregorian_calendar() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(day(-719_162), "0001-01-01");
        assert_eq!(day(11_016), "2000-02-29");
        assert_eq!(day(-25_508), "1900-03-01");
        assert_eq!(day(2_932_896), "9999-12-31");
    }

    #[test]
    fn years_of_more_or_fewer_than_four_digits_are_refused() {
        for days in [-719_163, 2_932_897, i64::MIN, i64::MAX] {
            assert_eq!(day(days), CalendarError.to_string());
        }
        let mut out = Vec::new();
        for unit in [TimeUnit::Millis, TimeUnit::Micros] {
            assert!(timestamp(i64::MIN, unit, &mut out).is_err());
        }
    }

    #[test]
    fn times_before_1970_count_down() {
        let mut out = Vec::new();
        timestamp(-1, TimeUnit::Nanos, &mut out).expect("a time");
        assert_eq!(out, b"1969-12-31 23:59:59.999999");
    }
}
