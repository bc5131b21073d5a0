//! GET_JSON_OBJECT, JSON_ARRAY_LENGTH, TO_JSON.

use super::accept::{INT, MAX_BYTES, STRING, count, fits, limited};
use super::cast::cast;
use super::json_text::{Json, quote};
use super::kind::Kind;
use super::scalar::Definition;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    Definition {
        name: "get_json_object",
        accepts: |kinds| fits(kinds, &[Kind::String; 2], 2),
        returns: STRING,
        row: |_, values| match values {
            [Value::Text(text), Value::Text(path)] if text.len() <= MAX_BYTES => {
                found(text, path).map_or(Value::Null, limited)
            }
            _ => Value::Null,
        },
    },
    Definition {
        name: "json_array_length",
        accepts: |kinds| fits(kinds, &[Kind::String], 1),
        returns: INT,
        row: |_, values| match values {
            [Value::Text(text)] => match Json::parse(text) {
                Some(Json::List(items)) => count(items.len()),
                _ => Value::Null,
            },
            _ => Value::Null,
        },
    },
    Definition {
        name: "to_json",
        accepts: |kinds| matches!(kinds, [Kind::Array(_)]).then(|| kinds.to_vec()),
        returns: STRING,
        row: |call, values| match (values, call.arguments) {
            ([Value::List(items)], [kind]) => {
                let of = kind.item().unwrap_or(Kind::Null);
                let mut shown = Vec::new();
                for item in items {
                    shown.push(to_json(item, of));
                }
                limited(format!("[{}]", shown.join(",")))
            }
            _ => Value::Null,
        },
    },
];

fn to_json(value: &Value<'_>, kind: Kind) -> String {
    let plain = kind.is_number() || kind == Kind::Boolean;
    match cast(value.clone(), kind, Kind::String) {
        Value::Text(text) if plain && text.parse::<f64>().is_ok_and(f64::is_finite) => text.into(),
        Value::Text(text) if kind == Kind::Boolean => text.into(),
        Value::Text(text) => {
            let mut quoted = String::new();
            quote(&text, &mut quoted);
            quoted
        }
        _ => "null".to_owned(),
    }
}

/// One step of a path.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    All,
    Key(String),
    Place(usize),
}

/// Steps that a path may have.
const MAX_STEPS: usize = 64;

/// `$.name`, `$['name']`, `$[0]`, `$[*]`, one after another.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if steps.len() == MAX_STEPS {
            return None;
        }
        let step;
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            if name.is_empty() || name == "*" {
                return None;
            }
            (step, rest) = (Step::Key(name.to_owned()), after);
        } else if let Some(after) = rest.strip_prefix("['") {
            let (name, after) = after.split_once("']")?;
            (step, rest) = (Step::Key(name.to_owned()), after);
        } else {
            let (place, after) = rest.strip_prefix('[')?.split_once(']')?;
            let plain = place.bytes().all(|it| it.is_ascii_digit());
            rest = after;
            step = match place {
                "*" => Step::All,
                _ if plain => Step::Place(place.parse().ok()?),
                _ => return None,
            };
        }
        steps.push(step);
    }
    Some(steps)
}

/// How texts are written, as Spark's evaluation of paths has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Raw,
    Quoted,
    Flat,
}

fn found(text: &str, path: &str) -> Option<String> {
    let steps = steps(path)?;
    let value = Json::parse(text)?;
    let mut all = Vec::new();
    walk(&value, &steps, Style::Raw, &mut all).then(|| all.concat())
}

fn shown(value: &Json<'_>) -> String {
    let mut text = String::new();
    value.show(&mut text);
    text
}

/// Writes what the path leads to; whether it leads anywhere.
fn walk(value: &Json<'_>, path: &[Step], style: Style, into: &mut Vec<String>) -> bool {
    match (value, path) {
        (Json::Text(text), []) if style == Style::Raw => {
            into.push(text.clone());
            true
        }
        (Json::List(items), []) if style == Style::Flat => {
            items.iter().fold(false, |any, it| walk(it, path, style, into) | any)
        }
        (value, []) => {
            into.push(shown(value));
            true
        }
        (Json::Object(fields), [Step::Key(wanted), rest @ ..]) => fields
            .iter()
            .filter(|(name, value)| name == wanted && *value != Json::Null)
            .any(|(_, value)| walk(value, rest, style, into)),
        (Json::List(items), [Step::All, Step::All, rest @ ..]) => {
            let mut inner = Vec::new();
            let any =
                items.iter().fold(false, |any, it| walk(it, rest, Style::Flat, &mut inner) | any);
            into.push(format!("[{}]", inner.join(",")));
            any
        }
        (Json::List(items), [Step::All, rest @ ..]) if style == Style::Quoted => {
            let mut inner = Vec::new();
            let any = items.iter().fold(false, |any, it| walk(it, rest, style, &mut inner) | any);
            into.push(format!("[{}]", inner.join(",")));
            any
        }
        (Json::List(items), [Step::All, rest @ ..]) => {
            let next = if style == Style::Raw { Style::Quoted } else { style };
            let mut inner = Vec::new();
            let hits = items.iter().filter(|it| walk(it, rest, next, &mut inner)).count();
            match hits {
                0 => {}
                1 => into.push(inner.join(",")),
                _ => into.push(format!("[{}]", inner.join(","))),
            }
            hits > 0
        }
        (Json::List(items), [Step::Place(place), rest @ ..]) => {
            let quoted = matches!(rest, [Step::All, ..]);
            let style = if quoted { Style::Quoted } else { style };
            items.get(*place).is_some_and(|it| walk(it, rest, style, into))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_known_or_none() {
        let key = |name: &str| Step::Key(name.to_owned());
        let all = vec![key("a"), Step::Place(3), key("b.c"), Step::All];
        assert_eq!(steps("$.a[3]['b.c'][*]"), Some(all));
        for path in ["", "a", "$a", "$.", "$..a", "$[", "$[x]", "$[-1]", "$.*", "$['a", "$[+1]"] {
            assert_eq!(steps(path), None, "{path}");
        }
        assert_eq!(steps(&format!("${}", "[0]".repeat(65))), None);
    }
}
