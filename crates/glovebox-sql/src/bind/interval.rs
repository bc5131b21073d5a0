//! `d + INTERVAL 1 MONTH`: a moment or a day, moved by a constant.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, DateTimeField, Expr, Interval, UnaryOperator, Value, ValueWithSpan,
};

use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Place};
use super::call::call;
use super::expression::{nothing, operation, text};
use super::text::union;
use crate::facts::{Expression, Operator};

/// Months, days and microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Shift {
    months: i64,
    days: i64,
    micros: i64,
}

const SECOND: i64 = 1_000_000;

impl Binder<'_> {
    /// The sum or difference of a moment and an interval.
    pub(super) fn shifted(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        let whole = self.text.whole();
        let Expr::BinaryOp { left, op, right } = node else { return nothing(whole) };
        let minus = *op == BinaryOperator::Minus;
        let (moment, interval, behind) = match (left.as_mut(), right.as_mut()) {
            (moment, Expr::Interval(interval)) => (moment, interval, true),
            (Expr::Interval(interval), moment) if !minus => (moment, interval, false),
            _ => return self.no("an INTERVAL that something is subtracted from", whole),
        };
        let moved = self.level(moment, place);
        let (span, shown) = self.interval_span(interval, moved.span, behind);
        let Some(shift) = shift(interval, minus) else {
            return self.no("an INTERVAL of this form", span);
        };
        let constant =
            self.special("interval", vec![Expression { kind: text(&shown), span }], span);
        let count = |it: i64| {
            let digits = Value::Number(it.unsigned_abs().to_string(), false).with_empty_span();
            let number = Box::new(Expr::Value(digits));
            match it {
                0.. => *number,
                _ => Expr::UnaryOp { op: UnaryOperator::Minus, expr: number },
            }
        };
        let Shift { months, days, micros } = shift;
        let arguments = vec![moment.clone(), count(months), count(days), count(micros)];
        *node = call("__gb_add_interval", arguments);
        let operator = if minus { Operator::Subtract } else { Operator::Add };
        let span = union(moved.span, span);
        let operands = if behind { vec![moved, constant] } else { vec![constant, moved] };
        operation(operator, operands, span)
    }

    /// Where an interval stands, and what it says.
    fn interval_span(&self, interval: &Interval, moment: Span, behind: bool) -> (Span, String) {
        let shown = interval.to_string();
        let negative = matches!(*interval.value, Expr::UnaryOp { .. });
        let ends = usize::from(interval.leading_field.is_some())
            + 2 * usize::from(interval.last_field.is_some());
        let mut span = if behind {
            self.text.next(self.text.next(moment))
        } else {
            self.text.previous(moment)
        };
        if !behind {
            while !self.text.starts_with(span, Keyword::INTERVAL)
                && self.text.previous(span).start < span.start
            {
                span = self.text.with_previous(span);
            }
            return (span, shown);
        }
        if let Expr::Value(ValueWithSpan { span: value, .. }) = interval.value.as_ref()
            && ends == 0
            && let Some(value) = self.text.span(*value)
        {
            return (union(span, value), shown);
        }
        for _ in 0..=usize::from(negative) + ends {
            span = self.text.with_next(span);
        }
        (span, shown)
    }
}

/// How long an interval without months is, when it goes forwards.
pub(super) fn micros(expr: &Expr) -> Option<i64> {
    let Expr::Interval(interval) = expr else { return None };
    let Shift { months: 0, days, micros } = shift(interval, false)? else { return None };
    let micros = days.checked_mul(24 * 3600 * SECOND)?.checked_add(micros)?;
    (micros >= 0).then_some(micros)
}

/// What a literal interval comes to; `None` when it is no literal, or of a form that is not
/// known here.
fn shift(interval: &Interval, minus: bool) -> Option<Shift> {
    let Interval {
        value,
        leading_field,
        leading_precision: None,
        last_field,
        fractional_seconds_precision: None,
    } = interval
    else {
        return None;
    };
    let (value, negative) = match value.as_ref() {
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => (expr.as_ref(), true),
        value => (value, false),
    };
    let Expr::Value(ValueWithSpan {
        value: Value::Number(written, false) | Value::SingleQuotedString(written),
        ..
    }) = value
    else {
        return None;
    };
    let written = written.trim();
    let found = match (leading_field, last_field) {
        (Some(unit), None) => single(written, &unit.to_string())?,
        (Some(DateTimeField::Year), Some(DateTimeField::Month)) => {
            let (sign, rest) = signed(written);
            let (years, months) = rest.split_once('-')?;
            let months = plain(months).filter(|it| *it < 12)?;
            let months = plain(years)?.checked_mul(12)?.checked_add(months)?;
            Shift { months: sign.checked_mul(months)?, ..Shift::default() }
        }
        (Some(from), Some(to)) => fields(written, &from.to_string(), &to.to_string())?,
        (None, None) => several(written)?,
        (None, Some(_)) => return None,
    };
    if negative != minus { found.reversed() } else { Some(found) }
}

/// `'1 2:03:04' DAY TO SECOND`, and the like from a day, an hour or a minute on.
fn fields(written: &str, from: &str, to: &str) -> Option<Shift> {
    const UNITS: [(&str, i64); 4] =
        [("DAY", i64::MAX), ("HOUR", 24), ("MINUTE", 60), ("SECOND", 60)];
    let place = |unit: &str| UNITS.iter().position(|it| it.0 == unit);
    let units = UNITS.get(place(from)?..=place(to)?).filter(|it| it.len() > 1)?;
    let (sign, rest) = signed(written);
    let parts: Vec<&str> = match rest.split_once(' ') {
        Some((days, clock)) if from == "DAY" => {
            std::iter::once(days).chain(clock.trim_start().split(':')).collect()
        }
        None if from != "DAY" => rest.split(':').collect(),
        Some(_) | None => return None,
    };
    if parts.len() != units.len() {
        return None;
    }
    let mut sum = Shift::default();
    for (index, (part, (unit, limit))) in parts.into_iter().zip(units).enumerate() {
        let whole = part.split_once('.').map_or(part, |it| it.0);
        // The first one says how long, the others what a clock shows.
        plain(whole).filter(|it| index == 0 || it < limit)?;
        sum = sum.plus(single(part, unit)?)?;
    }
    if sign < 0 { sum.reversed() } else { Some(sum) }
}

/// `'1 day 2 hours'`: months or what is shorter, as in Spark, not both.
fn several(written: &str) -> Option<Shift> {
    let words: Vec<&str> = written.split_whitespace().collect();
    let pairs = words.as_chunks::<2>();
    if words.is_empty() || !pairs.1.is_empty() {
        return None;
    }
    let is_long = |unit: &str| {
        let unit = unit.to_ascii_uppercase();
        ["YEAR", "QUARTER", "MONTH"].contains(&unit.strip_suffix('S').unwrap_or(&unit))
    };
    let n_long = pairs.0.iter().filter(|[_, unit]| is_long(unit)).count();
    if n_long != 0 && n_long != pairs.0.len() {
        return None;
    }
    pairs.0.iter().try_fold(Shift::default(), |sum, [number, unit]| sum.plus(single(number, unit)?))
}

/// A number of one unit.
fn single(written: &str, unit: &str) -> Option<Shift> {
    let unit = unit.to_ascii_uppercase();
    let (sign, digits) = signed(written);
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) if unit.starts_with("SECOND") && part.len() <= 6 => (whole, part),
        Some(_) => return None,
        None => (digits, ""),
    };
    let number = sign.checked_mul(plain(whole)?)?;
    let times = |unit: i64| number.checked_mul(unit);
    let shift = |months, days, micros| Some(Shift { months, days, micros });
    match unit.strip_suffix('S').unwrap_or(&unit) {
        "YEAR" => shift(times(12)?, 0, 0),
        "QUARTER" => shift(times(3)?, 0, 0),
        "MONTH" => shift(number, 0, 0),
        "WEEK" => shift(0, times(7)?, 0),
        "DAY" => shift(0, number, 0),
        "HOUR" => shift(0, 0, times(3600 * SECOND)?),
        "MINUTE" => shift(0, 0, times(60 * SECOND)?),
        "SECOND" => {
            let part = format!("{part:0<6}").parse::<i64>().ok()?;
            shift(0, 0, times(SECOND)?.checked_add(sign.checked_mul(part)?)?)
        }
        "MILLISECOND" => shift(0, 0, times(1000)?),
        "MICROSECOND" => shift(0, 0, number),
        _ => None,
    }
}

fn signed(written: &str) -> (i64, &str) {
    match written.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, written.strip_prefix('+').unwrap_or(written)),
    }
}

fn plain(digits: &str) -> Option<i64> {
    let plain = digits.bytes().all(|it| it.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

impl Shift {
    fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_add(other.months)?,
            days: self.days.checked_add(other.days)?,
            micros: self.micros.checked_add(other.micros)?,
        })
    }

    fn reversed(self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_neg()?,
            days: self.days.checked_neg()?,
            micros: self.micros.checked_neg()?,
        })
    }
}
