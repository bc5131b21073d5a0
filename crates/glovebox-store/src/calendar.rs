//! Periods of the calendar of UTC as the database compares them: in milliseconds.

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
        Self { name: refresh.period(at), span: Span::of(refresh.span(at)) }
    }
}

impl Span {
    /// From one moment to another; all of time where there are none.
    fn of(ends: Option<(Timestamp, Timestamp)>) -> Self {
        ends.map_or(Self::EVER, |(from, until)| Self {
            from: from.as_millis(),
            until: until.as_millis(),
        })
    }
}

/// The period of an access budget in which `at` lies.
pub(crate) fn access_period(period: AccessPeriod, at: Timestamp) -> Span {
    Span::of(period.span(at))
}

/// `YYYY-MM-DD` of a day.
pub(crate) fn date(day: i64) -> String {
    Timestamp::from_millis(day.saturating_mul(DAY_MILLIS)).date()
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
