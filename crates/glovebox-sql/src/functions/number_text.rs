//! Numbers and sounds as text: FORMAT_NUMBER, SOUNDEX.

use super::accept::{STRING, fits};
use super::kind::Kind;
use super::scalar::Definition;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "format_number",
        accepts: |kinds| match kinds {
            [number, _] if number.is_number() => {
                let rest = fits(kinds.get(1..)?, &[Kind::Int], 1)?;
                Some([vec![*number], rest].concat())
            }
            _ => fits(kinds, &[Kind::Double, Kind::Int], 2),
        },
        returns: STRING,
        row: |_, values| match values {
            [value, Value::Integer(places)] => {
                format_number(value, *places).map_or(Value::Null, Value::text)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "soundex",
        accepts: |kinds| fits(kinds, &[Kind::String], 1),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text)] => Value::text(soundex(text)),
            _ => Value::Null,
        },
    },
];

/// Places that FORMAT_NUMBER shows at most.
const MAX_PLACES: i64 = 340;

/// Half to even, with commas between thousands.
fn format_number(value: &Value<'_>, places: i64) -> Option<String> {
    if !(0..=MAX_PLACES).contains(&places) {
        return None;
    }
    let places = usize::try_from(places).ok()?;
    let plain = match value {
        Value::Integer(number) => format!("{number}.{}", "0".repeat(places)),
        Value::Floating(number) if number.is_nan() => return Some("NaN".to_owned()),
        Value::Floating(number) if number.is_infinite() => {
            return Some(if *number > 0.0 { "∞" } else { "-∞" }.to_owned());
        }
        Value::Floating(number) => format!("{number:.places$}"),
        Value::Decimal(digits, scale) => shown_decimal(*digits, (*scale).into(), places)?,
        _ => return None,
    };
    let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |it| ("-", it));
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let point = if places == 0 { "" } else { "." };
    Some(format!("{sign}{grouped}{point}{fraction}"))
}

fn shown_decimal(digits: i128, scale: usize, places: usize) -> Option<String> {
    let sign = if digits < 0 { "-" } else { "" };
    let mut all = digits.unsigned_abs();
    let kept = scale.min(places);
    if scale > places {
        let unit = 10_u128.checked_pow(u32::try_from(scale - places).ok()?)?;
        let (quotient, rest) = (all / unit, all % unit);
        let up = rest > unit - rest || rest == unit - rest && !quotient.is_multiple_of(2);
        all = quotient + u128::from(up);
    }
    let text = format!("{all:0width$}", width = kept + 1);
    let (whole, fraction) = text.split_at(text.len() - kept);
    Some(format!("{sign}{whole}.{fraction}{}", "0".repeat(places - kept)))
}

/// The first letter and three digits; text that begins otherwise stays as it is.
fn soundex(text: &str) -> String {
    let code = |it: char| match it {
        'B' | 'F' | 'P' | 'V' => '1',
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => '2',
        'D' | 'T' => '3',
        'L' => '4',
        'M' | 'N' => '5',
        'R' => '6',
        'H' | 'W' => '7',
        _ => '0',
    };
    let mut letters = text.chars().map(|it| it.to_ascii_uppercase());
    let Some(first) = letters.next().filter(char::is_ascii_uppercase) else {
        return text.to_owned();
    };
    let mut answer = String::from(first);
    let mut last = code(first);
    for letter in letters {
        if !letter.is_ascii_uppercase() {
            last = '0';
            continue;
        }
        let now = code(letter);
        if now == '7' {
            continue;
        }
        if now != '0' && now != last {
            answer.push(now);
        }
        last = now;
        if answer.len() == 4 {
            break;
        }
    }
    format!("{answer:0<4}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_rounded_half_to_even() {
        let shown = |value, places| format_number(&value, places);
        assert_eq!(shown(Value::Decimal(-1_234_567_895, 3), 2).as_deref(), Some("-1,234,567.90"));
        assert_eq!(shown(Value::Decimal(125, 2), 1).as_deref(), Some("1.2"));
        assert_eq!(shown(Value::Decimal(5, 0), 2).as_deref(), Some("5.00"));
        assert_eq!(
            shown(Value::Integer(i64::MIN), 0).as_deref(),
            Some("-9,223,372,036,854,775,808")
        );
        assert_eq!(shown(Value::Integer(1), 341), None);
    }

    #[test]
    fn names_that_sound_alike_have_one_code() {
        assert_eq!(soundex("Robert"), "R163");
        assert_eq!(soundex("Ashcraft"), "A261");
        assert_eq!(soundex("Tymczak"), "T522");
        assert_eq!(soundex("it's \"q\""), "I322");
        assert_eq!(soundex("12"), "12");
    }
}
