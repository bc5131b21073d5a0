//! Text made of text: ASCII, BTRIM, CHR, CONCAT_WS, INITCAP, REPEAT, REPLACE, REVERSE, TRANSLATE...

use super::accept::{FIRST, INT, MAX_BYTES, STRING, count, fits, implicit, limited};
use super::kind::Kind;
use super::scalar::Definition;
use super::text::TRIM;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "ascii",
        accepts: |kinds| fits(kinds, &[Kind::String], 1),
        returns: INT,
        row: |_, values| match values {
            [Value::Text(text)] => Value::Integer(text.chars().next().map_or(0, u32::from).into()),
            _ => Value::Null,
        },
    },
    Definition { name: "btrim", accepts: |kinds| fits(kinds, &[Kind::String; 2], 1), ..TRIM },
    Definition {
        name: "chr",
        accepts: |kinds| fits(kinds, &[Kind::Bigint], 1),
        returns: STRING,
        row: |_, values| match values {
            [Value::Integer(..0)] => Value::text(""),
            [Value::Integer(number)] => {
                let byte = u8::try_from(number & 0xff).unwrap_or_default();
                Value::text(char::from(byte).to_string())
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "concat_ws",
        accepts: |kinds| {
            let texts = Kind::String.array()?;
            let wanted = |it: &Kind| match it.item() {
                Some(item) => implicit(item, Kind::String).then_some(texts),
                None => implicit(*it, Kind::String).then_some(Kind::String),
            };
            if (1..=64).contains(&kinds.len()) && kinds.first()?.item().is_none() {
                kinds.iter().map(wanted).collect()
            } else {
                None
            }
        },
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(separator), parts @ ..] => {
                let items = parts.iter().flat_map(|it| match it {
                    Value::List(items) => items.as_slice(),
                    one => std::slice::from_ref(one),
                });
                let texts = items.filter_map(|it| match it {
                    Value::Text(text) => Some(text.as_ref()),
                    _ => None,
                });
                limited(texts.collect::<Vec<_>>().join(separator))
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "elt",
        accepts: |kinds| {
            let (first, rest) = kinds.split_first()?;
            let fit = (1..64).contains(&rest.len())
                && implicit(*first, Kind::Int)
                && rest.iter().all(|it| implicit(*it, Kind::String));
            fit.then(|| [vec![Kind::Int], vec![Kind::String; rest.len()]].concat())
        },
        returns: STRING,
        row: |_, values| match values {
            [Value::Integer(place @ 1..), ..] => usize::try_from(*place)
                .ok()
                .and_then(|place| values.get(place))
                .cloned()
                .unwrap_or(Value::Null),
            _ => Value::Null,
        },
    },
    Definition {
        name: "initcap",
        accepts: |kinds| fits(kinds, &[Kind::String], 1),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text)] => Value::text(initcap(text)),
            _ => Value::Null,
        },
    },
    Definition {
        name: "levenshtein",
        accepts: |kinds| fits(kinds, &[Kind::String; 2], 2),
        returns: INT,
        row: |_, values| match values {
            [Value::Text(left), Value::Text(right)] => {
                levenshtein(left, right).map_or(Value::Null, count)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "repeat",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::Int], 2),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Integer(times)] => repeated(text, *times),
            _ => Value::Null,
        },
    },
    Definition {
        name: "replace",
        accepts: |kinds| fits(kinds, &[Kind::String; 3], 2),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(what)] => replaced(text, what, ""),
            [Value::Text(text), Value::Text(what), Value::Text(with)] => replaced(text, what, with),
            _ => Value::Null,
        },
    },
    Definition {
        name: "reverse",
        accepts: |kinds| match kinds {
            [Kind::Array(_)] => Some(kinds.to_vec()),
            _ => fits(kinds, &[Kind::String], 1),
        },
        returns: FIRST,
        row: |_, values| match values {
            [Value::List(items)] => Value::List(items.iter().rev().cloned().collect()),
            [Value::Text(text)] => Value::text(text.chars().rev().collect::<String>()),
            _ => Value::Null,
        },
    },
    Definition {
        name: "space",
        accepts: |kinds| fits(kinds, &[Kind::Int], 1),
        returns: STRING,
        row: |_, values| match values {
            [Value::Integer(times)] => repeated(" ", *times),
            _ => Value::Null,
        },
    },
    Definition {
        name: "translate",
        accepts: |kinds| fits(kinds, &[Kind::String; 3], 3),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(from), Value::Text(to)] => {
                let to: Vec<char> = to.chars().collect();
                let one = |it: char| match from.chars().position(|from| from == it) {
                    Some(place) => to.get(place).copied(),
                    None => Some(it),
                };
                limited(text.chars().filter_map(one).collect())
            }
            _ => Value::Null,
        },
    },
];

fn initcap(text: &str) -> String {
    let mut after_space = true;
    let mut answer = String::with_capacity(text.len());
    for character in text.to_lowercase().chars() {
        if after_space {
            // As Java's title case of one character: never two.
            let mut upper = character.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => answer.push(one),
                _ => answer.push(character),
            }
        } else {
            answer.push(character);
        }
        after_space = character == ' ';
    }
    answer
}

fn repeated<'a>(text: &str, times: i64) -> Value<'a> {
    let times = usize::try_from(times.max(0)).unwrap_or(usize::MAX);
    match text.len().checked_mul(times) {
        Some(size) if size <= MAX_BYTES => Value::text(text.repeat(times)),
        _ => Value::Null,
    }
}

fn replaced<'a>(text: &str, what: &str, with: &str) -> Value<'a> {
    if what.is_empty() {
        return Value::text(text.to_owned());
    }
    let times = text.matches(what).count();
    match times.checked_mul(with.len()).and_then(|it| it.checked_add(text.len())) {
        Some(size) if size <= MAX_BYTES + text.len() => limited(text.replace(what, with)),
        _ => Value::Null,
    }
}

/// Characters that LEVENSHTEIN compares at most: the product of both lengths.
const MAX_STEPS: usize = 4_000_000;

fn levenshtein(left: &str, right: &str) -> Option<usize> {
    let right: Vec<char> = right.chars().collect();
    if left.chars().count().checked_mul(right.len())? > MAX_STEPS {
        return None;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, one) in left.chars().enumerate() {
        let mut next = vec![index + 1];
        let mut last = index + 1;
        for ((other, above), pair) in right.iter().zip(row.iter()).zip(row.iter().skip(1)) {
            let changed = above + usize::from(one != *other);
            last = changed.min(pair + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_grow_beyond_the_limit_is_null() {
        assert_eq!(repeated("ab", i64::MAX), Value::Null);
        assert_eq!(repeated("", i64::from(i32::MAX)), Value::text(""));
        let many = "a".repeat(2000);
        assert_eq!(replaced(&many, "a", &many), Value::Null);
    }

    #[test]
    fn the_distance_of_two_texts_counts_edits() {
        assert_eq!(levenshtein("kitten", "sitting"), Some(3));
        assert_eq!(levenshtein("", "abc"), Some(3));
        assert_eq!(levenshtein("abc", ""), Some(3));
        assert_eq!(levenshtein("é", "e"), Some(1));
        let long = "a".repeat(3000);
        assert_eq!(levenshtein(&long, &long), None);
    }
}
