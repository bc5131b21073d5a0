//! Regular expressions: REGEXP_COUNT, REGEXP_EXTRACT, REGEXP_INSTR, REGEXP_REPLACE,
//! REGEXP_SUBSTR, RLIKE.

use super::accept::{Accepts, BOOLEAN, INT, MAX_BYTES, Returns, STRING, count, fits};
use super::java_regex::{all, compiled, expanded};
use super::kind::Kind;
use super::scalar::{Definition, Row};
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    of_text("regexp_count", checked_int, |_, values| match values {
        [Value::Text(text), Value::Text(pattern)] => {
            compiled(pattern).map_or(Value::Null, |it| count(all(&it, text, 0).count()))
        }
        _ => Value::Null,
    }),
    of_text("regexp_instr", checked_int, |_, values| match values {
        [Value::Text(text), Value::Text(pattern)] => compiled(pattern).map_or(Value::Null, |it| {
            let before = it.find(text).and_then(|it| text.get(..it.start()));
            count(before.map_or(0, |it| it.chars().count() + 1))
        }),
        _ => Value::Null,
    }),
    of_text("regexp_substr", checked_string, |_, values| match values {
        [Value::Text(text), Value::Text(pattern)] => {
            let regex = compiled(pattern);
            let found = regex.as_ref().and_then(|it| it.find(text)).map(|it| it.as_str());
            match found {
                None | Some("") => Value::Null,
                Some(found) => Value::text(found.to_owned()),
            }
        }
        _ => Value::Null,
    }),
    of_text("rlike", checked_boolean, |_, values| match values {
        [Value::Text(text), Value::Text(pattern)] => {
            compiled(pattern).map_or(Value::Null, |it| Value::Boolean(it.is_match(text)))
        }
        _ => Value::Null,
    }),
    Definition {
        name: "regexp_extract",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::String, Kind::Int], 2),
        returns: checked_string,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(pattern)] => extract(text, pattern, 1),
            [Value::Text(text), Value::Text(pattern), Value::Integer(group)] => {
                extract(text, pattern, *group)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "regexp_replace",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::String, Kind::String, Kind::Int], 3),
        returns: checked_string,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(pattern), Value::Text(with)] => {
                replace(text, pattern, with, 1)
            }
            [Value::Text(text), Value::Text(pattern), Value::Text(with), Value::Integer(start)] => {
                replace(text, pattern, with, *start)
            }
            _ => Value::Null,
        },
    },
];

const TEXT_AND_PATTERN: Accepts = |kinds| fits(kinds, &[Kind::String; 2], 2);

const fn of_text(name: &'static str, returns: Returns, row: Row) -> Definition {
    Definition { name, accepts: TEXT_AND_PATTERN, returns, row }
}

/// A constant pattern that is none here refuses the call; one from a row answers NULL.
pub(super) fn is_pattern(constants: &[Option<Value<'_>>]) -> bool {
    match constants {
        [_, Some(Value::Text(pattern)), ..] => compiled(pattern).is_some(),
        _ => true,
    }
}

fn checked_int(kinds: &[Kind], constants: &[Option<Value<'_>>]) -> Option<Kind> {
    is_pattern(constants).then(|| INT(kinds, constants)).flatten()
}

fn checked_string(kinds: &[Kind], constants: &[Option<Value<'_>>]) -> Option<Kind> {
    is_pattern(constants).then(|| STRING(kinds, constants)).flatten()
}

fn checked_boolean(kinds: &[Kind], constants: &[Option<Value<'_>>]) -> Option<Kind> {
    is_pattern(constants).then(|| BOOLEAN(kinds, constants)).flatten()
}

/// No match is the empty text; a group that the pattern does not have is NULL.
fn extract<'a>(text: &str, pattern: &str, group: i64) -> Value<'a> {
    let Some(regex) = compiled(pattern) else { return Value::Null };
    let Ok(group) = usize::try_from(group) else { return Value::Null };
    if group >= regex.captures_len() {
        return Value::Null;
    }
    let found = regex.captures(text).and_then(|it| it.get(group).map(|it| it.as_str().to_owned()));
    Value::text(found.unwrap_or_default())
}

fn replace<'a>(text: &str, pattern: &str, with: &str, start: i64) -> Value<'a> {
    let Some(regex) = compiled(pattern) else { return Value::Null };
    let Some(skip) = usize::try_from(start).ok().and_then(|it| it.checked_sub(1)) else {
        return Value::Null;
    };
    let Some((from, _)) = text.char_indices().nth(skip) else {
        // An empty text has a start all the same; behind the end nothing is replaced.
        return if skip == 0 {
            replaced(&regex, text, 0, with)
        } else {
            Value::text(text.to_owned())
        };
    };
    replaced(&regex, text, from, with)
}

fn replaced<'a>(regex: &regex::Regex, text: &str, from: usize, with: &str) -> Value<'a> {
    let mut answer = String::new();
    let mut done = 0;
    for found in all(regex, text, from) {
        let Some(whole) = found.get(0) else { continue };
        answer.push_str(text.get(done..whole.start()).unwrap_or_default());
        if expanded(with, &found, &mut answer).is_none() || answer.len() > MAX_BYTES {
            return Value::Null;
        }
        done = whole.end();
    }
    answer.push_str(text.get(done..).unwrap_or_default());
    super::accept::limited(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_name_groups_as_java_does() {
        for (text, pattern, with, answer) in [
            ("100-200", r"(\d+)-(\d+)", "$2-$1", Some("200-100")),
            ("abc", "b*", "-", Some("-a--c-")),
            ("ab", "(a)(b)", "$10", Some("a0")),
            ("ab", "a", r"\$x", Some("$xb")),
            ("ab", "a", "$1", None),
            ("ab", "a", "$", None),
            ("ab", "a", r"\", None),
            ("", "^$", "x", Some("x")),
        ] {
            let expected = answer.map_or(Value::Null, Value::text);
            assert_eq!(replace(text, pattern, with, 1), expected, "{text} {pattern} {with}");
        }
        assert_eq!(replace("aaa", "a", "b", 2), Value::text("abb"));
        assert_eq!(replace("aaa", "a", "b", 9), Value::text("aaa"));
        assert_eq!(replace("aaa", "a", "b", 0), Value::Null);
    }

    #[test]
    fn a_constant_pattern_that_is_none_is_refused() {
        let pattern = [None, Some(Value::text("(?=a)"))];
        assert_eq!(checked_int(&[Kind::String; 2], &pattern), None);
        assert_eq!(checked_int(&[Kind::String; 2], &[None, None]), Some(Kind::Int));
        assert_eq!(extract("a", "(?=a)", 0), Value::Null);
    }

    #[test]
    fn a_replacement_that_grows_beyond_the_limit_is_null() {
        let text = "a".repeat(4000);
        assert_eq!(replace(&text, "a", &text, 1), Value::Null);
    }
}
