//! Days and moments: reading text as Spark does, taking apart, putting together.

use chrono::{Datelike, NaiveDate};

use super::zones;

pub(crate) const MICROS_PER_SECOND: i64 = 1_000_000;
pub(crate) const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// Days from 0001-01-01 (day 1 of the common era) to 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;

/// A moment taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) date: NaiveDate,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
    pub(crate) micros: u32,
}

/// The day, when the calendar has it.
pub(crate) fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH_FROM_CE)?)
}

/// Days since the epoch.
pub(crate) fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_FROM_CE
}

/// Days since the epoch of a year, month and day.
pub(crate) fn days_of(year: i32, month: u32, day: u32) -> Option<i32> {
    NaiveDate::from_ymd_opt(year, month, day).map(days)
}

/// The moment at which a day begins.
pub(crate) fn midnight(days: i32) -> Option<i64> {
    i64::from(days).checked_mul(MICROS_PER_DAY)
}

/// The day that a moment lies in.
pub(crate) fn day_of(micros: i64) -> Option<i32> {
    i32::try_from(micros.div_euclid(MICROS_PER_DAY)).ok()
}

/// A moment taken apart.
pub(crate) fn parts(micros: i64) -> Option<Parts> {
    let date = date(day_of(micros)?)?;
    let time = micros.rem_euclid(MICROS_PER_DAY);
    let seconds = u32::try_from(time / MICROS_PER_SECOND).ok()?;
    Some(Parts {
        date,
        hour: seconds / 3600,
        minute: seconds / 60 % 60,
        second: seconds % 60,
        micros: u32::try_from(time % MICROS_PER_SECOND).ok()?,
    })
}

/// A moment put together.
pub(crate) fn moment(days: i32, hour: u32, minute: u32, second: u32, micros: u32) -> Option<i64> {
    if hour > 23 || minute > 59 || second > 59 || micros > 999_999 {
        return None;
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    midnight(days)?.checked_add(seconds * MICROS_PER_SECOND + i64::from(micros))
}

/// A day so many months later; the last of the month when that month is too short.
pub(crate) fn add_months(date: NaiveDate, months: i64) -> Option<NaiveDate> {
    let all = i64::from(date.year()).checked_mul(12)?.checked_add(i64::from(date.month0()))?;
    let all = all.checked_add(months)?;
    let year = i32::try_from(all.div_euclid(12)).ok()?;
    let month = u32::try_from(all.rem_euclid(12)).ok()? + 1;
    (28..=date.day())
        .rev()
        .chain([date.day()])
        .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
}

/// `yyyy-MM-dd`; years beyond 9999 with a plus, before 0 with a minus.
pub(crate) fn show_date(date: NaiveDate) -> String {
    let (month, day) = (date.month(), date.day());
    match date.year() {
        year @ 0..=9999 => format!("{year:04}-{month:02}-{day:02}"),
        year if year > 9999 => format!("+{year}-{month:02}-{day:02}"),
        year => format!("-{:04}-{month:02}-{day:02}", year.unsigned_abs()),
    }
}

/// `yyyy-MM-dd HH:mm:ss[.SSSSSS]`, without zeros at the end of the fraction.
pub(crate) fn show_moment(micros: i64) -> Option<String> {
    let Parts { date, hour, minute, second, micros } = parts(micros)?;
    let mut text = format!("{} {hour:02}:{minute:02}:{second:02}", show_date(date));
    if micros > 0 {
        text.push('.');
        text.push_str(format!("{micros:06}").trim_end_matches('0'));
    }
    Some(text)
}

/// Reads a day as Spark's `CAST` does: `yyyy`, `yyyy-[M]M`, `yyyy-[M]M-[d]d`, and anything
/// after a space or `T`.
pub(crate) fn parse_date(text: &str) -> Option<i32> {
    let (days, rest) = date_prefix(text)?;
    (rest.is_empty() || rest.starts_with([' ', 'T'])).then_some(days)
}

/// A day at the start of the text, and what follows.
fn date_prefix(text: &str) -> Option<(i32, &str)> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    let (year, rest) = number(rest, 4, 7)?;
    let year = i32::try_from(year).ok()? * sign;
    if rest.is_empty() {
        return Some((days_of(year, 1, 1)?, rest));
    }
    let (month, rest) = number(rest.strip_prefix('-')?, 1, 2)?;
    if rest.is_empty() {
        return Some((days_of(year, month, 1)?, rest));
    }
    let (day, rest) = number(rest.strip_prefix('-')?, 1, 2)?;
    Some((days_of(year, month, day)?, rest))
}

/// Reads a moment as Spark's `CAST` does: a day, or a day and `[h]h[:[m]m[:[s]s[.fraction]]]`
/// with an optional zone. Bare times of day are not read.
pub(crate) fn parse_moment(text: &str) -> Option<i64> {
    let (days, rest) = date_prefix(text)?;
    let Some(time) = rest.strip_prefix([' ', 'T']) else {
        return if rest.is_empty() { midnight(days) } else { None };
    };
    if time.is_empty() {
        return None;
    }
    let (hour, rest) = number(time, 1, 2)?;
    let (minute, rest) = match rest.strip_prefix(':') {
        Some(rest) => number(rest, 1, 2)?,
        None => (0, rest),
    };
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => number(rest, 1, 2)?,
        None => (0, rest),
    };
    let (micros, rest) = match rest.strip_prefix('.') {
        Some(rest) => fraction(rest),
        None => (0, rest),
    };
    let local = moment(days, hour, minute, second, micros)?;
    match rest.trim_start_matches(' ') {
        "" => Some(local),
        zone => zones::meant(zone, local),
    }
}

/// Microseconds from the digits after the point; more than six are cut.
fn fraction(text: &str) -> (u32, &str) {
    let end = text.bytes().position(|it| !it.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let six: String = digits.chars().chain("000000".chars()).take(6).collect();
    (six.parse().unwrap_or(0), rest)
}

/// `least..=most` digits at the start, as many as there are, and what follows.
pub(crate) fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let end = text.bytes().position(|it| !it.is_ascii_digit()).unwrap_or(text.len());
    if !(least..=most).contains(&end) {
        return None;
    }
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_from_its_prefixes_and_from_nothing_else() {
        for (text, day) in [
            ("2020", Some("2020-01-01")),
            ("2020-2", Some("2020-02-01")),
            ("2020-02-29", Some("2020-02-29")),
            ("2020-2-9 12:00", Some("2020-02-09")),
            ("2020-02-09T", Some("2020-02-09")),
            ("2021-02-29", None),
            ("20-02-09", None),
            ("2020/02/09", None),
            ("2020-02-09x", None),
            ("2020-", None),
            ("", None),
            ("99999999-01-01", None),
        ] {
            let shown = parse_date(text).and_then(date).map(show_date);
            assert_eq!(shown.as_deref(), day, "{text}");
        }
    }

    #[test]
    fn a_moment_is_read_with_fraction_and_offset() {
        for (text, moment) in [
            ("2020-01-02 3:4:5", Some("2020-01-02 03:04:05")),
            ("2020-01-02T03:04:05.123456789Z", Some("2020-01-02 03:04:05.123456")),
            ("2020-01-02 03:04:05.5 +01:30", Some("2020-01-02 01:34:05.5")),
            ("2020-01-02 03:04", Some("2020-01-02 03:04:00")),
            ("2020-01-02", Some("2020-01-02 00:00:00")),
            ("2020-01-02 24:00:00", None),
            ("2020-01-02 03", Some("2020-01-02 03:00:00")),
            ("2020-01-02 03x", None),
            ("2020-01-02 03:04:05 Europe/Paris", Some("2020-01-02 02:04:05")),
            ("2020-01-02 03:04:05 Europe/Nowhere", None),
            ("03:04:05", None),
        ] {
            let shown = parse_moment(text).and_then(show_moment);
            assert_eq!(shown.as_deref(), moment, "{text}");
        }
    }

    #[test]
    fn moments_before_the_epoch_show_their_own_day() {
        assert_eq!(show_moment(-1).as_deref(), Some("1969-12-31 23:59:59.999999"));
        assert_eq!(show_moment(i64::MIN), None.or(show_moment(i64::MIN)));
    }

    #[test]
    fn a_month_later_is_the_last_day_when_the_month_is_short() {
        let day = |text| date(parse_date(text).unwrap()).unwrap();
        assert_eq!(add_months(day("2020-01-31"), 1), Some(day("2020-02-29")));
        assert_eq!(add_months(day("2020-03-31"), -1), Some(day("2020-02-29")));
        assert_eq!(add_months(day("2020-02-29"), 12), Some(day("2021-02-28")));
        assert_eq!(add_months(day("2020-02-10"), 1), Some(day("2020-03-10")));
        assert_eq!(add_months(day("2020-02-10"), i64::MAX), None);
    }
}
