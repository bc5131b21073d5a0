//! COALESCE, LOWER, RTRIM, SUBSTRING, TRIM, UPPER, and the text functions beside AWS's enum.

use std::borrow::Cow;

use super::arrays::concatenated;
use super::kind::{Kind, wider};
use super::scalar::Definition;
use super::value::Value;

pub(crate) static COALESCE: Definition = Definition {
    name: "coalesce",
    accepts: |kinds| match kinds {
        [] => None,
        _ => Some(vec![wider(kinds)?; kinds.len()]),
    },
    returns: |kinds, _| kinds.first().copied(),
    row: |_, values| values.iter().find(|it| **it != Value::Null).cloned().unwrap_or(Value::Null),
};

pub(crate) static LOWER: Definition = Definition {
    name: "lower",
    accepts: |kinds| texts(kinds, 1..=1),
    returns: |_, _| Some(Kind::String),
    row: |_, values| match values {
        [Value::Text(text)] => Value::text(text.to_lowercase()),
        _ => Value::Null,
    },
};

pub(crate) static UPPER: Definition = Definition {
    name: "upper",
    accepts: |kinds| texts(kinds, 1..=1),
    returns: |_, _| Some(Kind::String),
    row: |_, values| match values {
        [Value::Text(text)] => Value::text(text.to_uppercase()),
        _ => Value::Null,
    },
};

/// `trim(text[, set[, side]])`, which the standard's `TRIM(side set FROM text)` becomes.
pub(crate) static TRIM: Definition = Definition {
    name: "trim",
    accepts: |kinds| texts(kinds, 1..=3),
    returns: |_, _| Some(Kind::String),
    row: |_, values| match values {
        [Value::Text(text)] => trimmed(text, " ", "both"),
        [Value::Text(text), Value::Text(set)] => trimmed(text, set, "both"),
        [Value::Text(text), Value::Text(set), Value::Text(side)] => trimmed(text, set, side),
        _ => Value::Null,
    },
};

pub(crate) static LTRIM: Definition = one_side("ltrim", |_, values| side(values, "leading"));

pub(crate) static RTRIM: Definition = one_side("rtrim", |_, values| side(values, "trailing"));

pub(crate) static LENGTH: Definition = Definition {
    name: "length",
    accepts: |kinds| match kinds {
        [Kind::Binary] => Some(vec![Kind::Binary]),
        _ => texts(kinds, 1..=1),
    },
    returns: |_, _| Some(Kind::Int),
    row: |_, values| match values {
        [Value::Bytes(bytes)] => i64::try_from(bytes.len()).map_or(Value::Null, Value::Integer),
        [Value::Text(text)] => {
            i64::try_from(text.chars().count()).map_or(Value::Null, Value::Integer)
        }
        _ => Value::Null,
    },
};

/// `concat(...)`, which `||` becomes: NULL when one of its parts is.
pub(crate) static CONCAT: Definition = Definition {
    name: "concat",
    accepts: |kinds| match kinds {
        [Kind::Array(_), ..] => Some(vec![wider(kinds)?; kinds.len()]),
        _ => texts(kinds, 1..=64),
    },
    returns: |kinds, _| kinds.first().copied(),
    row: |call, values| {
        if matches!(call.result, Kind::Array(_)) {
            return concatenated(call, values);
        }
        let mut all = String::new();
        for value in values {
            match value {
                Value::Text(text) => all.push_str(text),
                _ => return Value::Null,
            }
        }
        Value::text(all)
    },
};

pub(crate) static SUBSTRING: Definition = Definition {
    name: "substring",
    accepts: |kinds| match kinds {
        [_] | [] => None,
        [_, numbers @ ..] if numbers.len() <= 2 && numbers.iter().all(countable) => {
            let mut wanted = vec![Kind::String];
            wanted.extend(numbers.iter().map(|_| Kind::Int));
            Some(wanted)
        }
        _ => None,
    },
    returns: |_, _| Some(Kind::String),
    row: |_, values| match values {
        [Value::Text(text), Value::Integer(start)] => part(text, *start, i64::MAX),
        [Value::Text(text), Value::Integer(start), Value::Integer(length)] => {
            part(text, *start, *length)
        }
        _ => Value::Null,
    },
};

/// `__gb_like(text, pattern[, escape])`, which `LIKE` becomes.
pub(crate) static LIKE: Definition = Definition {
    name: "__gb_like",
    accepts: |kinds| texts(kinds, 2..=3),
    returns: |_, _| Some(Kind::Boolean),
    row: |_, values| match values {
        [Value::Text(text), Value::Text(pattern)] => {
            like(text, pattern, '\\').map_or(Value::Null, Value::Boolean)
        }
        [Value::Text(text), Value::Text(pattern), Value::Text(escape)] => {
            let mut characters = escape.chars();
            match (characters.next(), characters.next()) {
                (Some(escape), None) => {
                    like(text, pattern, escape).map_or(Value::Null, Value::Boolean)
                }
                _ => Value::Null,
            }
        }
        _ => Value::Null,
    },
};

/// `__gb_like_any(text, pattern...)`, which `LIKE ANY` becomes.
pub(crate) static LIKE_ANY: Definition = quantified("__gb_like_any", |_, values| {
    likes(values, true).map_or(Value::Null, Value::Boolean)
});

/// `__gb_like_all(text, pattern...)`, which `LIKE ALL` becomes.
pub(crate) static LIKE_ALL: Definition = quantified("__gb_like_all", |_, values| {
    likes(values, false).map_or(Value::Null, Value::Boolean)
});

const fn quantified(name: &'static str, row: super::scalar::Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| texts(kinds, 2..=usize::MAX),
        returns: |_, _| Some(Kind::Boolean),
        row,
    }
}

/// Whether a text is like one of the patterns behind it is `decisive`; if for none, the opposite,
/// unless it is not known for some.
fn likes(values: &[Value<'_>], decisive: bool) -> Option<bool> {
    let [Value::Text(text), patterns @ ..] = values else { return None };
    let mut known = true;
    for pattern in patterns {
        let found = match pattern {
            Value::Text(pattern) => like(text, pattern, '\\'),
            _ => None,
        };
        match found {
            Some(found) if found == decisive => return Some(decisive),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!decisive)
}

const fn one_side(name: &'static str, row: super::scalar::Row) -> Definition {
    Definition {
        name,
        accepts: |kinds| texts(kinds, 1..=2),
        returns: |_, _| Some(Kind::String),
        row,
    }
}

fn side<'a>(values: &[Value<'a>], side: &str) -> Value<'a> {
    match values {
        [Value::Text(text)] => trimmed(text, " ", side),
        // Spark: first the characters, then the text.
        [Value::Text(set), Value::Text(text)] => trimmed(text, set, side),
        _ => Value::Null,
    }
}

/// Everything but bytes becomes text.
fn texts(kinds: &[Kind], count: std::ops::RangeInclusive<usize>) -> Option<Vec<Kind>> {
    let odd = |it: &Kind| matches!(it, Kind::Array(_) | Kind::Binary);
    let fits = count.contains(&kinds.len()) && !kinds.iter().any(odd);
    fits.then(|| vec![Kind::String; kinds.len()])
}

fn countable(kind: &Kind) -> bool {
    kind.is_number() || matches!(kind, Kind::String | Kind::Null)
}

fn trimmed<'a>(text: &Cow<'a, str>, set: &str, side: &str) -> Value<'a> {
    let inside = |it: char| set.contains(it);
    let cut = |text: &str| -> (usize, usize) {
        let start = match side {
            "trailing" => 0,
            _ => text.len() - text.trim_start_matches(inside).len(),
        };
        let end = match side {
            "leading" => text.len(),
            _ => text.trim_end_matches(inside).len(),
        };
        (start, end.max(start))
    };
    let (start, end) = cut(text);
    slice(text, start, end)
}

/// Bytes `start..end` of a text, without copying where it is borrowed.
fn slice<'a>(text: &Cow<'a, str>, start: usize, end: usize) -> Value<'a> {
    match text {
        Cow::Borrowed(text) => Value::text(text.get(start..end).unwrap_or_default()),
        Cow::Owned(text) => Value::text(text.get(start..end).unwrap_or_default().to_owned()),
    }
}

/// Spark's `substring`: from 1, 0 is 1, negative counts from the end.
fn part<'a>(text: &Cow<'a, str>, start: i64, length: i64) -> Value<'a> {
    let from = match start {
        1.. => start - 1,
        0 => 0,
        _ => i64::try_from(text.chars().count()).unwrap_or(i64::MAX) + start,
    };
    let to = from.saturating_add(length);
    if to <= from {
        return Value::text("");
    }
    let byte = |place: i64| {
        let place = usize::try_from(place.max(0)).unwrap_or(usize::MAX);
        text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte)
    };
    let (start, end) = (byte(from), byte(to));
    slice(text, start, end.max(start))
}

enum Step {
    Any,
    One,
    Just(char),
}

/// Whether the text is like the pattern; nothing for a pattern that Spark refuses, where the
/// escape character stands before anything but `%`, `_` and itself.
pub(crate) fn like(text: &str, pattern: &str, escape: char) -> Option<bool> {
    let mut steps = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        steps.push(match character {
            it if it == escape => match characters.next()? {
                it if it == escape || it == '%' || it == '_' => Step::Just(it),
                _ => return None,
            },
            '%' => Step::Any,
            '_' => Step::One,
            it => Step::Just(it),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut step) = (0, 0);
    // Where the last `%` stands, and where in the text what follows it was last tried.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let fits = match (steps.get(step), text.get(at)) {
            (None, None) => return Some(true),
            (Some(Step::Any), _) => {
                retry = Some((step + 1, at));
                step += 1;
                continue;
            }
            (Some(Step::One), Some(_)) => true,
            (Some(Step::Just(wanted)), Some(found)) => wanted == found,
            (None, Some(_)) | (Some(_), None) => false,
        };
        if fits {
            (at, step) = (at + 1, step + 1);
            continue;
        }
        match retry {
            Some((after, tried)) if tried < text.len() => {
                retry = Some((after, tried + 1));
                (at, step) = (tried + 1, after);
            }
            _ => return Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_matches_as_in_spark() {
        for (text, pattern, answer) in [
            ("", "", Some(true)),
            ("", "%", Some(true)),
            ("abc", "a%", Some(true)),
            ("abc", "%b%", Some(true)),
            ("abc", "_b_", Some(true)),
            ("abc", "_", Some(false)),
            ("a\nb", "a%b", Some(true)),
            ("a\nb", "a_b", Some(true)),
            ("mississippi", "%iss%ip%", Some(true)),
            ("mississippi", "%iss%ix%", Some(false)),
            ("50%", r"50\%", Some(true)),
            ("50x", r"50\%", Some(false)),
            (r"a\b", r"a\\b", Some(true)),
            ("ab", r"a\b", None),
            ("a", r"a\", None),
            ("ABC", "abc", Some(false)),
            ("é", "_", Some(true)),
            ("a.c", "a.c", Some(true)),
            ("abc", "a.c", Some(false)),
        ] {
            assert_eq!(like(text, pattern, '\\'), answer, "{text:?} LIKE {pattern:?}");
        }
    }

    #[test]
    fn a_hostile_pattern_ends_in_time() {
        let text = "a".repeat(20_000);
        let pattern = format!("{}b", "%a".repeat(50));
        assert_eq!(like(&text, &pattern, '\\'), Some(false));
    }

    #[test]
    fn substring_counts_as_in_spark() {
        for (start, length, expected) in [
            (1, 2, "hé"),
            (0, 2, "hé"),
            (2, 100, "éllo"),
            (-3, 2, "ll"),
            (-7, 3, "h"),
            (-7, 2, ""),
            (6, 1, ""),
            (2, -1, ""),
            (i64::MIN / 2, i64::MAX, "héllo"),
        ] {
            let text = Cow::Borrowed("héllo");
            assert_eq!(part(&text, start, length), Value::text(expected), "{start} {length}");
        }
    }

    #[test]
    fn trim_takes_spaces_or_a_set_from_either_side() {
        let trim = |text: &'static str, set, side| trimmed(&Cow::Borrowed(text), set, side);
        assert_eq!(trim("  a\t ", " ", "both"), Value::text("a\t"));
        assert_eq!(trim("xxaxx", "x", "leading"), Value::text("axx"));
        assert_eq!(trim("xyaxy", "yx", "trailing"), Value::text("xya"));
        assert_eq!(trim("xxx", "x", "both"), Value::text(""));
    }
}
