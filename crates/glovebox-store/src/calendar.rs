//! Days, weeks and months of UTC, as numbers of days since 1970-01-01.

use glovebox_model::{AccessPeriod, AutoRefresh, Timestamp};

/// Milliseconds of a day.
pub(crate) const DAY_MILLIS: i64 = 86_400_000;

/// From one moment to another, in milliseconds: the first belongs to it, the last does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) until: i64,
}

impl Span {
    /// All of time.
    pub(crate) const EVER: Self = Self { from: i64::MIN, until: i64::MAX };
}

/// A period of a budget for differential privacy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Period {
    /// `2026-11`, or `ALL`.
    pub(crate) name: String,
    pub(crate) span: Span,
}

impl Period {
    /// The period in which `at` lies, of a budget that renews so.
    pub(crate) fn of(refresh: AutoRefresh, at: Timestamp) -> Self {
        match refresh {
            AutoRefresh::None => Self { name: "ALL".into(), span: Span::EVER },
            AutoRefresh::CalendarMonth => {
                let (year, month, _) = civil(day(at));
                let name = format!("{year:04}-{month:02}");
                Self { name, span: month_of(day(at)) }
            }
        }
    }
}

/// The period of an access budget in which `at` lies.
pub(crate) fn access_period(period: AccessPeriod, at: Timestamp) -> Span {
    let today = day(at);
    let days = |from: i64, n_days: i64| Span {
        from: from.saturating_mul(DAY_MILLIS),
        until: from.saturating_add(n_days).saturating_mul(DAY_MILLIS),
    };
    match period {
        AccessPeriod::CalendarDay => days(today, 1),
        AccessPeriod::CalendarMonth => month_of(today),
        // The first of January 1970 was a Thursday, the fourth day after a Sunday.
        AccessPeriod::CalendarWeek => days(today - (today + 4).rem_euclid(7), 7),
        AccessPeriod::Lifetime => Span::EVER,
    }
}

fn month_of(today: i64) -> Span {
    let (year, month, of_month) = civil(today);
    let first = today - of_month + 1;
    let next = first + days_in(year, month);
    Span { from: first.saturating_mul(DAY_MILLIS), until: next.saturating_mul(DAY_MILLIS) }
}

fn day(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY_MILLIS)
}

fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of month (Howard Hinnant's `civil_from_days`). A day comes from
/// milliseconds in 64 bits, so nothing here overflows.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_month)
}

/// `YYYY-MM-DD` of a day.
pub(crate) fn date(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64, millis: i64) -> Timestamp {
        Timestamp::from_millis(day * DAY_MILLIS + millis)
    }

    #[test]
    fn days_are_dates() {
        for (day, text) in
            [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_780, "2026-11-23")]
        {
            assert_eq!(date(day), text);
        }
    }

    #[test]
    fn months_follow_each_other_without_a_gap() {
        let mut day = 0;
        let mut names = Vec::new();
        while day < 146_097 {
            let period = Period::of(AutoRefresh::CalendarMonth, at(day, 0));
            let Span { from, until } = period.span;
            assert_eq!(from, day * DAY_MILLIS, "{}", period.name);
            assert_eq!(period, Period::of(AutoRefresh::CalendarMonth, at(day, 1)));
            let last = Timestamp::from_millis(until - 1);
            assert_eq!(period, Period::of(AutoRefresh::CalendarMonth, last));
            names.push(period.name);
            day = until / DAY_MILLIS;
        }
        assert_eq!(names.len(), 400 * 12, "the days of four centuries, and not one more");
        assert!(names.is_sorted());
        assert_eq!(names.first().unwrap(), "1970-01");
        let before = Period::of(AutoRefresh::CalendarMonth, at(0, -1));
        assert_eq!(before.name, "1969-12");
        assert_eq!(Period::of(AutoRefresh::None, at(7, 0)).span, Span::EVER);
    }

    #[test]
    fn weeks_begin_on_sunday() {
        // The 22nd of November 2026 is a Sunday.
        let week = access_period(AccessPeriod::CalendarWeek, at(20_779, 0));
        assert_eq!(week.from, 20_779 * DAY_MILLIS);
        assert_eq!(access_period(AccessPeriod::CalendarWeek, at(20_785, DAY_MILLIS - 1)), week);
        let next = access_period(AccessPeriod::CalendarWeek, at(20_786, 0));
        assert_eq!(next.from, week.until);
        let day = access_period(AccessPeriod::CalendarDay, at(20_779, 5));
        assert_eq!((day.from, day.until), (20_779 * DAY_MILLIS, 20_780 * DAY_MILLIS));
    }

    #[test]
    fn the_ends_of_time_are_no_error() {
        for millis in [i64::MIN, i64::MAX] {
            let at = Timestamp::from_millis(millis);
            Period::of(AutoRefresh::CalendarMonth, at);
            for period in AccessPeriod::ALL {
                access_period(*period, at);
            }
        }
    }
}
