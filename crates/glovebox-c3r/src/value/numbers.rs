//! Floating point numbers as text, as Java writes them.

use std::io::Write as _;

/// Appends a number whose shortest digits are given in Rust's scientific notation.
///
/// Java writes `1.0E10`, and no exponent from a thousandth to ten million.
pub(super) fn java(scientific: &str, out: &mut Vec<u8>) {
    let (sign, digits) = match scientific.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", scientific),
    };
    out.extend_from_slice(sign.as_bytes());
    let Some((mantissa, exponent)) = digits.split_once('e') else {
        // NaN and infinity have no exponent.
        let word = if digits == "inf" { "Infinity" } else { digits };
        out.extend_from_slice(word.as_bytes());
        return;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{first}{rest}");
    if (-3..7).contains(&exponent) {
        plain(&digits, exponent, out);
    } else {
        let rest = if rest.is_empty() { "0" } else { rest };
        // Writing to a vector cannot fail.
        let _ = write!(out, "{first}.{rest}E{exponent}");
    }
}

/// Digits with the point where it belongs, and at least one digit on either side.
fn plain(digits: &str, exponent: i32, out: &mut Vec<u8>) {
    let Ok(before) = usize::try_from(exponent + 1) else {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', exponent.unsigned_abs() as usize - 1));
        out.extend_from_slice(digits.as_bytes());
        return;
    };
    if before == 0 {
        out.extend_from_slice(b"0.");
        out.extend_from_slice(digits.as_bytes());
        return;
    }
    let (whole, fraction) = digits.split_at(before.min(digits.len()));
    out.extend_from_slice(whole.as_bytes());
    out.extend(std::iter::repeat_n(b'0', before - whole.len()));
    out.push(b'.');
    out.extend_from_slice(if fraction.is_empty() { b"0" } else { fraction.as_bytes() });
}

#[cfg(test)]
mod tests {
    use super::java;

    fn double(it: f64) -> String {
        let mut out = Vec::new();
        java(&format!("{it:e}"), &mut out);
        String::from_utf8(out).expect("ascii")
    }

    #[test]
    fn numbers_look_as_java_writes_them() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.5, "1.5"),
            (-0.25, "-0.25"),
            (100.0, "100.0"),
            (1_234_567.0, "1234567.0"),
            (9_999_999.0, "9999999.0"),
            (10_000_000.0, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (0.001, "0.001"),
            (0.01, "0.01"),
            (0.1, "0.1"),
            (0.000_999, "9.99E-4"),
            (1e10, "1.0E10"),
            (f64::MIN_POSITIVE, "2.2250738585072014E-308"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ];
        for (number, text) in cases {
            assert_eq!(double(number), text);
        }
    }
}
