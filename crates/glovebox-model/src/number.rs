//! Numbers that owners declare: exact decimals.

use std::fmt;
use std::str::FromStr;

/// A decimal with at most nine digits behind the point, between -10^18 and 10^18: exact, so that
/// equal declarations have equal digests and no rounding stands between owner and mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    nano: i128,
}

/// A text is not such a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a number has at most nine digits behind the point and lies between -10^18 and 10^18")]
pub struct BadNumber;

impl Number {
    const ONE: i128 = 1_000_000_000;
    const GREATEST: i128 = Self::ONE * 1_000_000_000_000_000_000;

    /// Of billionths.
    ///
    /// # Errors
    /// Beyond 10^18 either way.
    pub fn of_nano(nano: i128) -> Result<Self, BadNumber> {
        if nano.abs() > Self::GREATEST { Err(BadNumber) } else { Ok(Self { nano }) }
    }

    /// In billionths.
    pub fn nano(self) -> i128 {
        self.nano
    }

    /// The whole number at or below it.
    pub fn floor(self) -> i128 {
        self.nano.div_euclid(Self::ONE)
    }

    /// The whole number at or above it.
    pub fn ceil(self) -> i128 {
        -(-self.nano).div_euclid(Self::ONE)
    }
}

impl From<i64> for Number {
    /// Beyond 10^18 the nearest that there is.
    fn from(value: i64) -> Self {
        let nano = i128::from(value) * Self::ONE;
        Self { nano: nano.clamp(-Self::GREATEST, Self::GREATEST) }
    }
}

impl FromStr for Number {
    type Err = BadNumber;

    /// Digits with at most one point and one sign; no exponent.
    fn from_str(text: &str) -> Result<Self, BadNumber> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(part) || part.len() > 9 || whole.len() > 19 {
            return Err(BadNumber);
        }
        let whole: i128 = whole.parse().map_err(|_| BadNumber)?;
        let part: i128 = format!("{part:0<9}").parse().map_err(|_| BadNumber)?;
        let nano = whole * Self::ONE + part;
        Self::of_nano(if negative { -nano } else { nano })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.nano.abs() / Self::ONE, self.nano.abs() % Self::ONE);
        if self.nano < 0 {
            f.write_str("-")?;
        }
        if part == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{part:09}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_read_back_as_written() {
        for text in ["0", "-1", "120", "0.000000001", "-17.25", "1000000000000000000"] {
            assert_eq!(text.parse::<Number>().unwrap().to_string(), text);
        }
        for text in
            ["", "-", ".5", "5.", "1e3", "NaN", "inf", "0.0000000001", "1000000000000000001", "+1"]
        {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
    }

    #[test]
    fn whole_numbers_lie_on_either_side() {
        let number: Number = "-0.5".parse().unwrap();
        assert_eq!((number.floor(), number.ceil()), (-1, 0));
        let number: Number = "2".parse().unwrap();
        assert_eq!((number.floor(), number.ceil()), (2, 2));
    }
}
