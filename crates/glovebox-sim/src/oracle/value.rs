//! Values and Spark's casts, written anew and naively: nothing here is shared with the engine.

use std::cmp::Ordering;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 64-bit integer.
    Bigint,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// Digits in all, and those after the point.
    Decimal(u8, u8),
    /// 64-bit float.
    Double,
    /// 32-bit integer.
    Int,
    /// Text.
    Text,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Digits, and how many of them stand after the point.
    Decimal(i128, u8),
    /// 64-bit float.
    Double(f64),
    /// Integers of both widths.
    Integer(i64),
    /// Nothing.
    Null,
    /// Text.
    Text(String),
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The value as text, as Spark's cast to string shows it; nothing for NULL.
    pub fn show(&self) -> Option<String> {
        Some(match self {
            Self::Boolean(yes) => yes.to_string(),
            Self::Date(days) => {
                let (year, month, day) = civil(*days);
                format!("{year:04}-{month:02}-{day:02}")
            }
            Self::Decimal(digits, scale) => {
                let unit = 10_i128.pow((*scale).into());
                let sign = if *digits < 0 { "-" } else { "" };
                let (whole, rest) = (digits.abs() / unit, digits.abs() % unit);
                match scale {
                    0 => format!("{sign}{whole}"),
                    _ => format!("{sign}{whole}.{rest:0>width$}", width = usize::from(*scale)),
                }
            }
            Self::Double(number) => show_double(*number),
            Self::Integer(number) => number.to_string(),
            Self::Null => return None,
            Self::Text(text) => text.clone(),
        })
    }

    /// As a number of doubles; only for numbers.
    fn as_double(&self) -> Option<f64> {
        match self {
            Self::Boolean(yes) => Some(if *yes { 1.0 } else { 0.0 }),
            // Both are exact here, so their quotient is the nearest double.
            Self::Decimal(digits, scale) => Some(*digits as f64 / 10_f64.powi((*scale).into())),
            Self::Double(number) => Some(*number),
            Self::Integer(number) => Some(*number as f64),
            Self::Date(_) | Self::Null | Self::Text(_) => None,
        }
    }

    /// Spark's cast; NULL where there is no answer.
    pub fn cast(&self, to: Kind) -> Self {
        let answer = match to {
            Kind::Bigint => self.as_integer().map(Self::Integer),
            Kind::Int => {
                self.as_integer().filter(|it| i32::try_from(*it).is_ok()).map(Self::Integer)
            }
            Kind::Double => match self {
                Self::Text(text) => read_double(text).map(Self::Double),
                other => other.as_double().map(Self::Double),
            },
            Kind::Text => self.show().map(Self::Text),
            Kind::Date => match self {
                Self::Date(days) => Some(Self::Date(*days)),
                Self::Text(text) => read_date(text).map(Self::Date),
                _ => None,
            },
            Kind::Boolean => match self {
                Self::Boolean(yes) => Some(Self::Boolean(*yes)),
                Self::Text(text) => {
                    let word = trim(text).to_ascii_lowercase();
                    if ["t", "true", "y", "yes", "1"].contains(&word.as_str()) {
                        Some(Self::Boolean(true))
                    } else if ["f", "false", "n", "no", "0"].contains(&word.as_str()) {
                        Some(Self::Boolean(false))
                    } else {
                        None
                    }
                }
                _ => None,
            },
            // Exact numbers are compared and added as they are.
            Kind::Decimal(..) => match self {
                Self::Decimal(..) => Some(self.clone()),
                Self::Integer(number) => Some(Self::Decimal((*number).into(), 0)),
                _ => None,
            },
        };
        answer.unwrap_or(Self::Null)
    }

    fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Boolean(yes) => Some((*yes).into()),
            Self::Decimal(digits, scale) => {
                i64::try_from(digits / 10_i128.pow((*scale).into())).ok()
            }
            Self::Double(number) if number.abs() < 9e18 => Some(*number as i64),
            Self::Integer(number) => Some(*number),
            Self::Text(text) => read_integer(text),
            Self::Date(_) | Self::Double(_) | Self::Null => None,
        }
    }

    /// Order of two values of one type; nothing when one of them is NULL.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Decimal(a, s1), Self::Decimal(b, s2)) => {
                let scale = *s1.max(s2);
                let raise = |digits: i128, own: u8| digits * 10_i128.pow((scale - own).into());
                raise(*a, *s1).cmp(&raise(*b, *s2))
            }
            (Self::Double(a), Self::Double(b)) => match (a.is_nan(), b.is_nan()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => a.partial_cmp(b)?,
            },
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            _ => return None,
        })
    }

    /// Whether two values are the same in groups and under DISTINCT: NULL is like NULL.
    pub fn alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }

    /// Order of a sort: NULL first.
    pub fn sorted(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            (_, Self::Null) => Ordering::Greater,
            _ => self.order(other).unwrap_or(Ordering::Equal),
        }
    }
}

/// The type that two sides of a comparison meet in.
pub(crate) fn compared(left: Option<Kind>, right: Option<Kind>) -> Kind {
    use Kind::{Bigint, Boolean, Decimal, Double, Int, Text};
    match (left, right) {
        (None, None) => Int,
        (Some(one), None) | (None, Some(one)) => one,
        (Some(Text), Some(Decimal(..))) | (Some(Decimal(..)), Some(Text)) => Double,
        (Some(Text), Some(other)) | (Some(other), Some(Text)) => other,
        (Some(Boolean), Some(other)) | (Some(other), Some(Boolean)) => other,
        (Some(Double), _) | (_, Some(Double)) => Double,
        (Some(Decimal(p, s)), _) | (_, Some(Decimal(p, s))) => Decimal(p, s),
        (Some(Bigint), _) | (_, Some(Bigint)) => Bigint,
        (Some(one), Some(_)) => one,
    }
}

/// The type that all items of a list meet in.
pub(crate) fn together(kinds: &[Option<Kind>]) -> Kind {
    if kinds.contains(&Some(Kind::Text)) {
        return Kind::Text;
    }
    kinds
        .iter()
        .copied()
        .fold(None, |all, kind| match kind {
            None => all,
            kind => Some(compared(all, kind)),
        })
        .unwrap_or(Kind::Int)
}

fn trim(text: &str) -> &str {
    text.trim_matches(|it: char| (it as u32) <= 0x20 || it as u32 == 0x7f)
}

fn read_integer(text: &str) -> Option<i64> {
    let text = trim(text);
    let (sign, digits) = match text.chars().next()? {
        '-' => (-1, &text[1..]),
        '+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (mut number, mut fraction, mut any) = (0_i128, false, false);
    for character in digits.chars() {
        match character.to_digit(10) {
            Some(_) if fraction => {}
            Some(digit) => {
                number = number.checked_mul(10)?.checked_add(digit.into())?;
                any = true;
            }
            None if character == '.' && !fraction => (fraction, any) = (true, true),
            None => return None,
        }
    }
    if any { i64::try_from(sign * number).ok() } else { None }
}

fn read_double(text: &str) -> Option<f64> {
    let text = trim(text).to_ascii_lowercase();
    match text.as_str() {
        "nan" => Some(f64::NAN),
        "infinity" | "+infinity" | "inf" | "+inf" => Some(f64::INFINITY),
        "-infinity" | "-inf" => Some(f64::NEG_INFINITY),
        _ if text.contains(['n', 'i']) => None,
        _ => text.parse().ok(),
    }
}

/// Prefixes of `yyyy-mm-dd`, and anything after a space or T behind a whole day.
fn read_date(text: &str) -> Option<i32> {
    let text = trim(text);
    let end = text.find([' ', 'T']);
    let day = &text[..end.unwrap_or(text.len())];
    let parts: Vec<&str> = day.split('-').collect();
    let widths = [4..=7, 1..=2, 1..=2];
    if parts.len() > 3 || end.is_some() && parts.len() < 3 {
        return None;
    }
    let mut numbers = [1970, 1, 1];
    for ((part, width), number) in parts.iter().zip(widths).zip(&mut numbers) {
        if !width.contains(&part.len()) || !part.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    let [year, month, day] = numbers;
    let length = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=length).contains(&day).then(|| days(year, month, day))
}

/// Days since the epoch, by Hinnant's algorithm.
fn days(year: i64, month: i64, day: i64) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    (era * 146_097 + of_era - 719_468) as i32
}

/// Year, month and day of days since the epoch.
pub(crate) fn civil(days: i32) -> (i64, i64, i64) {
    let shifted = i64::from(days) + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn show_double(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0.0".into()
    } else if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".into() } else { "-Infinity".into() }
    } else if (1e-3..1e7).contains(&size) {
        format!("{number:?}")
    } else {
        let text = format!("{number:E}");
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let point = if mantissa.contains('.') { "" } else { ".0" };
        format!("{mantissa}{point}E{exponent}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_their_text_go_together() {
        for day in [-700_000, -1, 0, 59, 60, 19_782, 50_000] {
            assert_eq!(Value::Date(day).cast(Kind::Text).cast(Kind::Date), Value::Date(day));
        }
        assert_eq!(Value::text("2024-02-29 x").cast(Kind::Date), Value::Date(19_782));
        assert_eq!(Value::text("2023-02-29").cast(Kind::Date), Value::Null);
    }

    #[test]
    fn text_is_read_as_numbers_as_spark_does() {
        assert_eq!(Value::text(" 1.9 ").cast(Kind::Int), Value::Integer(1));
        assert_eq!(Value::text("1e1").cast(Kind::Int), Value::Null);
        assert_eq!(Value::text("1e1").cast(Kind::Double), Value::Double(10.0));
        assert_eq!(Value::text("").cast(Kind::Int), Value::Null);
        assert_eq!(Value::Double(1e10).show().unwrap(), "1.0E10");
    }
}
