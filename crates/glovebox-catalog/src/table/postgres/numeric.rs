//! `numeric` in the server's binary form: digits to the base of ten thousand.

use super::copied::{Fault, next};

const NEGATIVE: u16 = 0x4000;

/// The number times ten to the `scale`.
pub(super) fn numeric(
    mut cell: &[u8],
    precision: u8,
    scale: u8,
    column: usize,
) -> Result<i128, Fault> {
    let count = u16::from_be_bytes(next(&mut cell)?);
    let weight = i16::from_be_bytes(next(&mut cell)?);
    let sign = u16::from_be_bytes(next(&mut cell)?);
    let _shown: [u8; 2] = next(&mut cell)?;
    if sign != 0 && sign != NEGATIVE {
        return Err(Fault::NoPlace(column));
    }
    // Ten's exponent of the digit, once scaled.
    let mut exponent = i32::from(weight).saturating_mul(4).saturating_add(scale.into());
    let mut sum: i128 = 0;
    for _ in 0..count {
        let digit = i128::from(u16::from_be_bytes(next(&mut cell)?));
        if digit > 9_999 {
            return Err(Fault::Corrupt);
        }
        let power = 10_i128.checked_pow(exponent.unsigned_abs());
        let part = match (exponent >= 0, power) {
            _ if digit == 0 => Some(0),
            (true, Some(power)) => digit.checked_mul(power),
            (false, Some(power)) if digit.checked_rem(power) == Some(0) => digit.checked_div(power),
            (false, Some(_)) | (_, None) => None,
        };
        sum = part.and_then(|it| sum.checked_add(it)).ok_or(Fault::Corrupt)?;
        exponent = exponent.saturating_sub(4);
    }
    let limit = 10_i128.checked_pow(precision.into()).ok_or(Fault::Corrupt)?;
    if !cell.is_empty() || sum >= limit {
        return Err(Fault::Corrupt);
    }
    Ok(if sign == NEGATIVE { sum.saturating_neg() } else { sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(weight: i16, sign: u16, digits: &[u16]) -> Vec<u8> {
        let mut cell = u16::try_from(digits.len()).unwrap().to_be_bytes().to_vec();
        cell.extend(weight.to_be_bytes());
        cell.extend(sign.to_be_bytes());
        cell.extend([0, 0]);
        cell.extend(digits.iter().flat_map(|it| it.to_be_bytes()));
        cell
    }

    #[test]
    fn a_numeric_is_exact_or_refused() {
        assert_eq!(numeric(&cell(1, NEGATIVE, &[1, 2345, 6700]), 12, 2, 0), Ok(-1_234_567));
        assert_eq!(numeric(&cell(0, 0, &[]), 12, 2, 0), Ok(0));
        assert_eq!(numeric(&cell(-1, 0, &[1]), 4, 4, 0), Ok(1));
        let most = 999_999 * 10_i128.pow(32);
        assert_eq!(numeric(&cell(9, 0, &[99, 9999]), 38, 0, 0), Ok(most));
        assert_eq!(numeric(&cell(9, 0, &[100]), 38, 0, 0), Err(Fault::Corrupt));
        assert_eq!(numeric(&cell(-1, 0, &[1]), 4, 3, 0), Err(Fault::Corrupt));
        assert_eq!(numeric(&cell(0, 0, &[100]), 2, 0, 0), Err(Fault::Corrupt));
        assert_eq!(numeric(&cell(i16::MAX, 0, &[1]), 38, 0, 0), Err(Fault::Corrupt));
        for sign in [0xc000, 0xd000, 0xf000] {
            assert_eq!(numeric(&cell(0, sign, &[]), 12, 2, 7), Err(Fault::NoPlace(7)));
        }
    }
}
