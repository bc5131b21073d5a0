//! Decimal numbers: unscaled integers in Parquet, plain digits in a sealed cell.

use std::fmt::Write as _;

/// The most bytes of a number: 38 digits.
const MOST_BYTES: usize = 16;

/// The integer of big-endian bytes in two's complement, if it is one of at most 16 bytes.
pub(super) fn unscaled(bytes: &[u8]) -> Option<i128> {
    let first = *bytes.first()?;
    let sign = if first >= 0x80 { 0xff } else { 0 };
    let extra = bytes.len().saturating_sub(MOST_BYTES);
    let (extra, bytes) = bytes.split_at_checked(extra)?;
    let is_sign_only = extra.iter().all(|it| *it == sign);
    if !is_sign_only || !extra.is_empty() && (*bytes.first()? >= 0x80) != (sign == 0xff) {
        return None;
    }
    let mut wide = [sign; MOST_BYTES];
    wide.get_mut(MOST_BYTES - bytes.len()..)?.copy_from_slice(bytes);
    Some(i128::from_be_bytes(wide))
}

/// Appends the number as Java's `BigDecimal.toPlainString` writes it.
pub(super) fn write(unscaled: i128, scale: i32, text: &mut String) {
    let digits = unscaled.unsigned_abs();
    if unscaled < 0 {
        text.push('-');
    }
    let scale = usize::try_from(scale).unwrap_or(0);
    let start = text.len();
    // Writing to a string cannot fail.
    let _ = write!(text, "{digits:0width$}", width = scale + 1);
    if scale > 0 {
        let point = text.len() - scale;
        text.insert(point.max(start), '.');
    }
}

/// The unscaled integer of plain digits with that many behind the point.
pub(super) fn parse(text: &str, scale: i32) -> Option<i128> {
    let scale = usize::try_from(scale).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() != scale {
        return None;
    }
    format!("{whole}{fraction}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(unscaled: i128, scale: i32) -> String {
        let mut text = String::new();
        write(unscaled, scale, &mut text);
        text
    }

    #[test]
    fn numbers_are_written_plainly_and_read_again() {
        let cases = [
            (12_345, 2, "123.45"),
            (-1005, 3, "-1.005"),
            (7, 0, "7"),
            (-5, 2, "-0.05"),
            (0, 3, "0.000"),
            (i128::MIN, 0, "-170141183460469231731687303715884105728"),
            (i128::MAX, 38, "1.70141183460469231731687303715884105727"),
        ];
        for (number, scale, plain) in cases {
            assert_eq!(text(number, scale), plain);
            assert_eq!(parse(plain, scale), Some(number), "{plain}");
        }
        for (wrong, scale) in [("1.5", 2), ("1.5", 0), ("", 0), ("1", 1), ("--1", 0)] {
            assert_eq!(parse(wrong, scale), None, "{wrong}");
        }
    }

    #[test]
    fn bytes_are_in_twos_complement() {
        assert_eq!(unscaled(&[]), None);
        assert_eq!(unscaled(&[0xff]), Some(-1));
        assert_eq!(unscaled(&[0, 0x80]), Some(128));
        assert_eq!(unscaled(&[0x80, 0]), Some(-32_768));
        let mut long = vec![0xff; 4];
        long.extend_from_slice(&i128::MIN.to_be_bytes());
        assert_eq!(unscaled(&long), Some(i128::MIN));
        assert_eq!(unscaled(&[1; 17]), None, "more than 16 bytes of digits");
        let mut flipped = vec![0; 1];
        flipped.extend_from_slice(&[0xff; 16]);
        assert_eq!(unscaled(&flipped), None, "a positive number of 17 bytes");
    }
}
