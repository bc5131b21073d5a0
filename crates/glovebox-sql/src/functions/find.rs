//! Text within text: CONTAINS, ENDSWITH, FIND_IN_SET, ILIKE, INSTR, LOCATE, POSITION, STARTSWITH.

use super::accept::{BOOLEAN, INT, count, fits};
use super::kind::Kind;
use super::scalar::{Definition, Row};
use super::text::{LIKE, like};
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    pair("contains", |_, values| both(values, |text, part| text.contains(part))),
    pair("endswith", |_, values| both(values, |text, part| text.ends_with(part))),
    pair("startswith", |_, values| both(values, |text, part| text.starts_with(part))),
    Definition {
        name: "find_in_set",
        accepts: |kinds| fits(kinds, &[Kind::String; 2], 2),
        returns: INT,
        row: |_, values| match values {
            [Value::Text(word), Value::Text(set)] => {
                let place = set.split(',').position(|it| it == word);
                count(place.filter(|_| !word.contains(',')).map_or(0, |it| it + 1))
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "ilike",
        row: |_, values| match values {
            [Value::Text(text), Value::Text(pattern)] => ilike(text, pattern, '\\'),
            [Value::Text(text), Value::Text(pattern), Value::Text(escape)] => {
                let mut characters = escape.chars();
                match (characters.next(), characters.next()) {
                    (Some(escape), None) => ilike(text, pattern, escape),
                    _ => Value::Null,
                }
            }
            _ => Value::Null,
        },
        ..LIKE
    },
    Definition {
        name: "instr",
        accepts: |kinds| fits(kinds, &[Kind::String; 2], 2),
        returns: INT,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(part)] => locate(text, part, 1),
            _ => Value::Null,
        },
    },
    Definition { name: "like", ..LIKE },
    Definition {
        name: "locate",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::String, Kind::Int], 2),
        returns: INT,
        row: |_, values| match values {
            // As Spark: without a start there is no place, whatever the texts.
            [_, _, Value::Null] => Value::Integer(0),
            [Value::Text(part), Value::Text(text)] => locate(text, part, 1),
            [Value::Text(part), Value::Text(text), Value::Integer(start)] => {
                locate(text, part, *start)
            }
            _ => Value::Null,
        },
    },
];

const fn pair(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: |kinds| fits(kinds, &[Kind::String; 2], 2), returns: BOOLEAN, row }
}

fn both<'a>(values: &[Value<'a>], test: fn(&str, &str) -> bool) -> Value<'a> {
    match values {
        [Value::Text(text), Value::Text(part)] => Value::Boolean(test(text, part)),
        _ => Value::Null,
    }
}

fn ilike<'a>(text: &str, pattern: &str, escape: char) -> Value<'a> {
    let escape = escape.to_lowercase().next().unwrap_or(escape);
    like(&text.to_lowercase(), &pattern.to_lowercase(), escape).map_or(Value::Null, Value::Boolean)
}

/// The place of the part, from 1, at or after `start`; 0 where it is not.
fn locate<'a>(text: &str, part: &str, start: i64) -> Value<'a> {
    if start < 1 {
        return Value::Integer(0);
    }
    if part.is_empty() {
        return Value::Integer(1);
    }
    let skip = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let Some((from, _)) = text.char_indices().nth(skip) else { return Value::Integer(0) };
    let rest = text.get(from..).unwrap_or_default();
    count(match rest.find(part) {
        Some(at) => rest.get(..at).unwrap_or_default().chars().count() + skip + 1,
        None => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_characters() {
        assert_eq!(locate("héllo hé", "hé", 2), Value::Integer(7));
        assert_eq!(locate("abc", "z", 1), Value::Integer(0));
        assert_eq!(locate("abc", "", 9), Value::Integer(1));
        assert_eq!(locate("abc", "a", 0), Value::Integer(0));
        assert_eq!(locate("abc", "a", i64::MAX), Value::Integer(0));
    }
}
