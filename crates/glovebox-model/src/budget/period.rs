//! Periods of budgets, by the calendar of UTC.

use crate::{AccessLimit, AccessPeriod, AutoRefresh, Timestamp};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// The stretch of time whose queries count against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessWindow {
    /// Queries count from here on.
    pub from: Timestamp,
    /// The first moment that belongs to it no more; `None` if it never ends.
    pub until: Option<Timestamp>,
}

impl AutoRefresh {
    /// The name of the period that a moment lies in: `2026-11`, or `ALL` if the budget never
    /// renews.
    pub fn period(self, at: Timestamp) -> String {
        match self {
            Self::CalendarMonth => {
                let (year, month, _) = civil(day(at));
                format!("{year:04}-{month:02}")
            }
            Self::None => "ALL".to_owned(),
        }
    }

    /// When that period began and when it ends; `None` if the budget never renews.
    pub fn span(self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::CalendarMonth => AccessPeriod::CalendarMonth.span(at),
            Self::None => None,
        }
    }
}

impl Timestamp {
    /// The day in UTC, as `2026-11-29`.
    pub fn date(self) -> String {
        let (year, month, of_month) = civil(day(self));
        format!("{year:04}-{month:02}-{of_month:02}")
    }
}

impl AccessPeriod {
    /// When the period that a moment lies in began, and when it ends; `None` if it never ends.
    pub fn span(self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let today = day(at);
        let (from, until) = match self {
            Self::CalendarDay => (today, today + 1),
            Self::CalendarMonth => {
                let (year, month, of_month) = civil(today);
                let from = today - (of_month - 1);
                (from, from + month_days(year, month))
            }
            Self::CalendarWeek => {
                // The epoch was a Thursday, the fifth day of a week that begins on Sunday.
                let from = today - (today + 4).rem_euclid(7);
                (from, from + 7)
            }
            Self::Lifetime => return None,
        };
        let moment = |day: i64| Timestamp::from_millis(day.saturating_mul(DAY));
        Some((moment(from), moment(until)))
    }
}

impl AccessLimit {
    /// Whose queries count now, of a table that had a budget `first` (whatever became of it):
    /// queries before that never count. A limit that does not renew counts all since.
    pub fn window(self, first: Timestamp, now: Timestamp) -> AccessWindow {
        match self.period.span(now).filter(|_| self.auto_refresh) {
            Some((from, until)) => AccessWindow { from: from.max(first), until: Some(until) },
            None => AccessWindow { from: first, until: None },
        }
    }

    /// What is left after `used` queries in the window.
    pub fn left(self, used: u64) -> u32 {
        self.budget.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
    }
}

/// Days since the epoch.
fn day(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY)
}

/// Year, month and day of the month of a day (Howard Hinnant's `civil_from_days`).
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_month)
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-29, a Sunday, 17:00.
    const NOW: Timestamp = Timestamp::from_millis(1_795_971_600_000);

    fn days(period: AccessPeriod, at: Timestamp) -> (i64, i64) {
        let (from, until) = period.span(at).unwrap();
        assert!(from <= at && at < until);
        (from.as_millis() / DAY, until.as_millis() / DAY)
    }

    #[test]
    fn periods_follow_the_calendar() {
        let today = NOW.as_millis() / DAY;
        assert_eq!(civil(today), (2026, 11, 29));
        assert_eq!(days(AccessPeriod::CalendarDay, NOW), (today, today + 1));
        assert_eq!(days(AccessPeriod::CalendarWeek, NOW), (today, today + 7));
        let yesterday = Timestamp::from_millis(NOW.as_millis() - DAY);
        assert_eq!(days(AccessPeriod::CalendarWeek, yesterday), (today - 7, today));
        assert_eq!(days(AccessPeriod::CalendarMonth, NOW), (today - 28, today + 2));
        assert_eq!(AccessPeriod::Lifetime.span(NOW), None);
        assert_eq!(AutoRefresh::CalendarMonth.period(NOW), "2026-11");
        assert_eq!(AutoRefresh::None.period(NOW), "ALL");
        assert_eq!(NOW.date(), "2026-11-29");
    }

    #[test]
    fn months_meet_without_gaps_for_four_centuries() {
        let mut from = Timestamp::from_millis(0);
        for month in 0..4_800 {
            let name = format!("{:04}-{:02}", 1970 + month / 12, month % 12 + 1);
            assert_eq!(AutoRefresh::CalendarMonth.period(from), name);
            let (found, until) = AccessPeriod::CalendarMonth.span(from).unwrap();
            assert_eq!(found, from);
            let last = Timestamp::from_millis(until.as_millis() - 1);
            assert_eq!(AutoRefresh::CalendarMonth.period(last), name);
            from = until;
        }
    }

    #[test]
    fn a_limit_that_does_not_renew_counts_since_the_first_budget() {
        let limit = |period, auto_refresh| AccessLimit { period, budget: 5, auto_refresh };
        let moment = |days: i64| Timestamp::from_millis(NOW.as_millis() + days * DAY);
        let daily = limit(AccessPeriod::CalendarDay, true);
        assert_eq!(daily.window(NOW, NOW).from, NOW, "not what was before the budget");
        let window = daily.window(NOW, moment(3));
        assert!(window.from > NOW && window.until > Some(moment(3)));
        for for_ever in
            [limit(AccessPeriod::CalendarDay, false), limit(AccessPeriod::Lifetime, false)]
        {
            let window = for_ever.window(NOW, moment(900));
            assert_eq!(window, AccessWindow { from: NOW, until: None });
        }
        assert_eq!([0, 4, 5, u64::MAX].map(|it| daily.left(it)), [5, 1, 0, 0]);
    }
}
