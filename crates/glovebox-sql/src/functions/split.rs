//! REGEXP_EXTRACT_ALL and SPLIT: arrays of text from text.

use super::accept::{MAX_BYTES, fits};
use super::arrays::list;
use super::java_regex::{all, compiled};
use super::kind::Kind;
use super::matching::is_pattern;
use super::scalar::Definition;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "regexp_extract_all",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::String, Kind::Int], 2),
        returns: texts,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(pattern)] => extract_all(text, pattern, 1),
            [Value::Text(text), Value::Text(pattern), Value::Integer(group)] => {
                extract_all(text, pattern, *group)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "split",
        accepts: |kinds| fits(kinds, &[Kind::String, Kind::String, Kind::Int], 2),
        returns: texts,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(pattern)] => split(text, pattern, -1),
            [Value::Text(text), Value::Text(pattern), Value::Integer(most)] => {
                split(text, pattern, *most)
            }
            _ => Value::Null,
        },
    },
];

fn texts(_: &[Kind], constants: &[Option<Value<'_>>]) -> Option<Kind> {
    if is_pattern(constants) { Kind::String.array() } else { None }
}

fn extract_all<'a>(text: &str, pattern: &str, group: i64) -> Value<'a> {
    let Some(regex) = compiled(pattern) else { return Value::Null };
    let Some(group) = usize::try_from(group).ok().filter(|it| *it < regex.captures_len()) else {
        return Value::Null;
    };
    let found = |it: regex::Captures<'_>| {
        Value::text(it.get(group).map_or(String::new(), |it| it.as_str().to_owned()))
    };
    list(all(&regex, text, 0).map(found).collect())
}

/// As Java splits: nothing before an empty match at the start, and empty parts at the end stay.
fn split<'a>(text: &str, pattern: &str, most: i64) -> Value<'a> {
    let Some(regex) = compiled(pattern) else { return Value::Null };
    if text.len() > MAX_BYTES {
        return Value::Null;
    }
    let most = usize::try_from(most).ok().filter(|it| *it > 0).unwrap_or(usize::MAX);
    let part = |from: usize, to: usize| Value::text(text.get(from..to).unwrap_or("").to_owned());
    let (mut parts, mut start) = (Vec::new(), 0);
    for found in all(&regex, text, 0) {
        let Some(found) = found.get(0) else { continue };
        if parts.len() + 1 >= most {
            break;
        }
        let empty_at_edge = found.is_empty() && (found.start() == 0 || found.start() == text.len());
        if empty_at_edge {
            // Spark splits text by an empty pattern into its characters, with nothing behind.
            continue;
        }
        parts.push(part(start, found.start()));
        start = found.end();
    }
    parts.push(part(start, text.len()));
    list(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, pattern: &str, most: i64) -> Vec<String> {
        match split(text, pattern, most) {
            Value::List(items) => items
                .into_iter()
                .map(|it| match it {
                    Value::Text(text) => text.into_owned(),
                    _ => panic!(),
                })
                .collect(),
            _ => vec!["NULL".to_owned()],
        }
    }

    #[test]
    fn text_is_split_as_java_does() {
        assert_eq!(parts("oneAtwoBthreeC", "[ABC]", -1), ["one", "two", "three", ""]);
        assert_eq!(parts("oneAtwoBthreeC", "[ABC]", 2), ["one", "twoBthreeC"]);
        assert_eq!(parts("a,b,,", ",", 0), ["a", "b", "", ""]);
        assert_eq!(parts("", ",", -1), [""]);
        assert_eq!(parts("abc", "", -1), ["a", "b", "c"]);
        assert_eq!(parts("a", "(?=a)", -1), ["NULL"]);
    }
}
