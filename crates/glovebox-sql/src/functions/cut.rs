//! Parts of text: LEFT, LPAD, OVERLAY, RIGHT, RPAD, SPLIT_PART, SUBSTRING_INDEX.

use super::accept::{MAX_BYTES, STRING, fits, limited};
use super::kind::Kind;
use super::scalar::Definition;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "left",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::Int], 2),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Integer(length)] => Value::text(between(text, 1, *length)),
            _ => Value::Null,
        },
    },
    Definition {
        name: "right",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::Int], 2),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(_), Value::Integer(..=0)] => Value::text(""),
            [Value::Text(text), Value::Integer(length)] => {
                Value::text(between(text, -*length, i64::MAX))
            }
            _ => Value::Null,
        },
    },
    padding("lpad", |_, values| padded(values, |text, pad| pad + text)),
    padding("rpad", |_, values| padded(values, |text, pad| text.to_owned() + &pad)),
    Definition {
        name: "overlay",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::String, Kind::Int, Kind::Int], 3),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(with), Value::Integer(start)] => {
                overlay(text, with, *start, -1)
            }
            [
                Value::Text(text),
                Value::Text(with),
                Value::Integer(start),
                Value::Integer(length),
            ] => overlay(text, with, *start, *length),
            _ => Value::Null,
        },
    },
    Definition {
        name: "split_part",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::String, Kind::Int], 3),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(delimiter), Value::Integer(place)] => {
                split_part(text, delimiter, *place)
                    .map_or(Value::Null, |it| Value::text(it.to_owned()))
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "substring_index",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::String, Kind::Int], 3),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(delimiter), Value::Integer(number)] => {
                Value::text(substring_index(text, delimiter, *number).to_owned())
            }
            _ => Value::Null,
        },
    },
];

const fn padding(name: &'static str, row: super::scalar::Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::Int, Kind::String], 2),
        returns: STRING,
        row,
    }
}

/// Spark's `substringSQL`: characters from `start` (from 1, 0 is 1, negative from the end).
fn between(text: &str, start: i64, length: i64) -> String {
    let all = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let from = match start {
        1.. => start - 1,
        0 => 0,
        _ => all.saturating_add(start),
    };
    let to = from.saturating_add(length).clamp(0, all);
    let from = from.clamp(0, all);
    let skip = usize::try_from(from).unwrap_or(usize::MAX);
    let take = usize::try_from(to - from).unwrap_or(0);
    text.chars().skip(skip).take(take).collect()
}

fn padded<'a>(values: &[Value<'a>], join: fn(&str, String) -> String) -> Value<'a> {
    let (text, length, pad) = match values {
        [Value::Text(text), Value::Integer(length)] => (text, *length, " "),
        [Value::Text(text), Value::Integer(length), Value::Text(pad)] => {
            (text, *length, pad.as_ref())
        }
        _ => return Value::Null,
    };
    let length = usize::try_from(length.max(0)).unwrap_or(usize::MAX);
    let own = text.chars().count();
    if own >= length || pad.is_empty() {
        return Value::text(text.chars().take(length).collect::<String>());
    }
    if length > MAX_BYTES {
        return Value::Null;
    }
    limited(join(text, pad.chars().cycle().take(length - own).collect()))
}

fn overlay<'a>(text: &str, with: &str, start: i64, length: i64) -> Value<'a> {
    let length =
        if length >= 0 { length } else { i64::try_from(with.chars().count()).unwrap_or(i64::MAX) };
    let before = between(text, 1, start - 1);
    let after = between(text, start.saturating_add(length), i64::MAX);
    limited(before + with + &after)
}

/// Nothing for place 0, where Spark raises an error.
fn split_part<'t>(text: &'t str, delimiter: &str, place: i64) -> Option<&'t str> {
    let index = usize::try_from(place.unsigned_abs().checked_sub(1)?).ok()?;
    let found = if delimiter.is_empty() {
        (index == 0).then_some(text)
    } else if place > 0 {
        text.split(delimiter).nth(index)
    } else {
        // As Spark: split from the left, then counted from the end.
        let parts: Vec<&str> = text.split(delimiter).collect();
        parts.len().checked_sub(index + 1).and_then(|it| parts.get(it).copied())
    };
    Some(found.unwrap_or(""))
}

fn substring_index<'t>(text: &'t str, delimiter: &str, number: i64) -> &'t str {
    if delimiter.is_empty() || number == 0 {
        return "";
    }
    let index = usize::try_from(number.unsigned_abs() - 1).unwrap_or(usize::MAX);
    if number > 0 {
        let end = text.match_indices(delimiter).nth(index).map_or(text.len(), |(at, _)| at);
        return text.get(..end).unwrap_or_default();
    }
    let start = text.rmatch_indices(delimiter).nth(index);
    start.map_or(text, |(at, _)| text.get(at + delimiter.len()..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_cut_repeated_and_limited() {
        let pad = |length, pad: &'static str| {
            padded(&[Value::text("hé"), Value::Integer(length), Value::text(pad)], |text, pad| {
                pad + text
            })
        };
        assert_eq!(pad(5, "xy"), Value::text("xyxhé"));
        assert_eq!(pad(1, "xy"), Value::text("h"));
        assert_eq!(pad(5, ""), Value::text("hé"));
        assert_eq!(pad(-1, "x"), Value::text(""));
        assert_eq!(pad(i64::MAX, "x"), Value::Null);
    }

    #[test]
    fn parts_count_from_either_end() {
        assert_eq!(split_part("a,b,c", ",", -1), Some("c"));
        assert_eq!(split_part("a,b,c", ",", 4), Some(""));
        assert_eq!(split_part("a,b,c", ",", 0), None);
        assert_eq!(split_part("a,b", "", 1), Some("a,b"));
        assert_eq!(split_part("a,b", ",", i64::MIN), Some(""));
        assert_eq!(substring_index("a.b.c", ".", 2), "a.b");
        assert_eq!(substring_index("a.b.c", ".", -2), "b.c");
        assert_eq!(substring_index("a.b.c", ".", i64::MIN), "a.b.c");
    }
}
