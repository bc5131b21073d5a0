//! Exact decimals: reading, rounding half up, and arithmetic in 256 bits.

use datafusion::arrow::datatypes::i256;

use super::kind::MAX_DIGITS;
use super::value::ten_to;

/// `10^exponent`, when 256 bits hold it.
pub(crate) fn ten(exponent: u32) -> Option<i256> {
    i256::from_i128(10).checked_pow(exponent)
}

/// The digits as 128 bits, when there are at most `precision` of them.
pub(crate) fn fit(digits: i256, precision: u8) -> Option<i128> {
    let digits = digits.to_i128()?;
    (digits.unsigned_abs() < ten_to(precision.min(MAX_DIGITS))).then_some(digits)
}

/// A quotient rounded half up, away from zero.
pub(crate) fn divide_half_up(dividend: i256, divisor: i256) -> Option<i256> {
    let quotient = dividend.checked_div(divisor)?;
    let rest = dividend.checked_rem(divisor)?;
    let half = rest.checked_abs()?.checked_mul(i256::from_i128(2))? >= divisor.checked_abs()?;
    if !half {
        return Some(quotient);
    }
    let negative = (dividend < i256::ZERO) != (divisor < i256::ZERO);
    let one = if negative { i256::MINUS_ONE } else { i256::ONE };
    quotient.checked_add(one)
}

/// The same number with another scale, rounded half up.
pub(crate) fn rescale(digits: i256, from: u8, to: u8) -> Option<i256> {
    if to >= from {
        digits.checked_mul(ten(u32::from(to - from))?)
    } else {
        divide_half_up(digits, ten(u32::from(from - to))?)
    }
}

/// The same number with another scale and size, rounded half up; nothing when it is too big.
pub(crate) fn convert(digits: i128, from: u8, precision: u8, scale: u8) -> Option<i128> {
    fit(rescale(i256::from_i128(digits), from, scale)?, precision)
}

/// Reads `[+-]digits[.digits][e[+-]digits]`, rounded half up to `scale`.
pub(crate) fn parse(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(place) => (text.get(..place)?, exponent(text.get(place + 1..)?)?),
        None => (text, 0),
    };
    let (negative, unsigned) = match mantissa.as_bytes().first()? {
        b'-' => (true, mantissa.get(1..)?),
        b'+' => (false, mantissa.get(1..)?),
        _ => (false, mantissa),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let all: String = whole.chars().chain(fraction.chars()).collect();
    if !all.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_start_matches('0');
    let shift = exponent + i64::from(scale) - i64::try_from(fraction.len()).ok()?;
    let digits = shifted(significant, shift)?;
    let digits = fit(i256::from_i128(digits), precision)?;
    Some(if negative { -digits } else { digits })
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `digits * 10^shift`, rounded half up to a whole number.
fn shifted(digits: &str, shift: i64) -> Option<i128> {
    if digits.is_empty() {
        return Some(0);
    }
    let keep = i64::try_from(digits.len()).ok()? + shift;
    if keep > i64::from(MAX_DIGITS) {
        return None;
    }
    if shift >= 0 {
        let factor = i128::try_from(ten_to(u8::try_from(shift).ok()?)).ok()?;
        return digits.parse::<i128>().ok()?.checked_mul(factor);
    }
    let Ok(keep) = usize::try_from(keep) else { return Some(0) };
    let kept = digits.get(..keep)?;
    let number: i128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    let up = digits.as_bytes().get(keep).is_some_and(|it| *it >= b'5');
    Some(number + i128::from(up))
}

/// The digits with their point, such as `-0.50`.
pub(crate) fn show(digits: i128, scale: u8) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let all = digits.unsigned_abs().to_string();
    let scale = usize::from(scale);
    if scale == 0 {
        return format!("{sign}{all}");
    }
    let all = format!("{all:0>width$}", width = scale + 1);
    let (whole, fraction) = all.split_at(all.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// The nearest double.
pub(crate) fn to_double(digits: i128, scale: u8) -> Option<f64> {
    show(digits, scale).parse().ok()
}

/// A double's shortest decimal digits, rounded half up to `scale`.
pub(crate) fn from_double(number: f64, precision: u8, scale: u8) -> Option<i128> {
    if number.is_finite() { parse(&format!("{number:e}"), precision, scale) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_rounded_half_up_to_the_scale() {
        for (text, scale, digits) in [
            ("1.25", 1, Some(13)),
            ("-1.25", 1, Some(-13)),
            ("0.004", 2, Some(0)),
            ("0.005", 2, Some(1)),
            ("1e3", 0, Some(1000)),
            ("12e-3", 2, Some(1)),
            ("00.", 0, Some(0)),
            (".5", 0, Some(1)),
            (".", 0, None),
            ("", 0, None),
            ("1e", 0, None),
            ("1e999999999999", 0, None),
            ("0e99", 0, Some(0)),
            ("1,5", 1, None),
            ("99999999999999999999999999999999999999", 0, Some(10_i128.pow(38) - 1)),
            ("100000000000000000000000000000000000000", 0, None),
        ] {
            assert_eq!(parse(text, 38, scale), digits, "{text}");
        }
    }

    #[test]
    fn digits_show_with_their_point() {
        assert_eq!(show(-5, 2), "-0.05");
        assert_eq!(show(12345, 2), "123.45");
        assert_eq!(show(7, 0), "7");
    }

    #[test]
    fn quotients_round_half_away_from_zero() {
        let of = |a: i128, b: i128| divide_half_up(i256::from_i128(a), i256::from_i128(b));
        assert_eq!(of(5, 2), Some(i256::from_i128(3)));
        assert_eq!(of(-5, 2), Some(i256::from_i128(-3)));
        assert_eq!(of(4, 3), Some(i256::from_i128(1)));
        assert_eq!(of(1, 0), None);
    }
}
