//! Judging a JSON value by its shape: all violations at once, in AWS's words, without values.

use serde_json::{Map, Value};

use crate::shape::{Kind, Member, Shape, Size, UNLIMITED};
use crate::time::Timestamp;

/// No more violations than this are reported.
const MOST: usize = 100;
/// No longer path than this is reported, in characters.
const LONGEST_PATH: usize = 256;

/// One violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where: `members[0].accountId`; empty for the request as a whole.
    pub name: String,
    /// What is wrong.
    pub message: String,
}

/// The violations of one request, at least one and at most 100.
pub type FieldErrors = Vec<FieldError>;

/// All violations of the shape's constraints in the value. A JSON `null` counts as absent, unknown
/// members are ignored.
#[must_use]
pub fn validate(shape: &Shape, value: &Value) -> FieldErrors {
    let mut walk = Walk { path: String::new(), errors: Vec::new() };
    walk.value(shape, value);
    walk.errors
}

struct Walk {
    path: String,
    errors: FieldErrors,
}

impl Walk {
    fn fail(&mut self, message: impl Into<String>) {
        if self.errors.len() < MOST {
            let name = self.path.chars().take(LONGEST_PATH).collect();
            self.errors.push(FieldError { name, message: message.into() });
        }
    }

    /// Walks on at a longer path.
    fn at(&mut self, step: &str, inner: impl FnOnce(&mut Self)) {
        let before = self.path.len();
        if !self.path.is_empty() && !step.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(step);
        inner(self);
        self.path.truncate(before);
    }

    fn value(&mut self, shape: &Shape, value: &Value) {
        match (&shape.kind, value) {
            (Kind::Document, _) | (Kind::Boolean, Value::Bool(_)) => {}
            (Kind::Integer { min, max }, Value::Number(number)) => match number.as_i64() {
                Some(number) => self.range(number, *min, *max),
                None => self.fail("Member must be an integer"),
            },
            (Kind::Number { min, max }, Value::Number(number)) => {
                self.range(number.as_f64().unwrap_or(f64::NAN), *min, *max);
            }
            (Kind::Timestamp, Value::Number(_)) if Timestamp::from_json(value).is_some() => {}
            (Kind::Text { size, pattern }, Value::String(text)) => {
                self.size("length", text.chars().count(), *size);
                if let Some(pattern) = pattern.filter(|pattern| !pattern.matches(text)) {
                    self.fail(format!(
                        "Member must satisfy regular expression pattern: {}",
                        pattern.source()
                    ));
                }
            }
            (Kind::Choice(values), Value::String(text)) => {
                if !values.contains(&text.as_str()) {
                    self.fail(format!(
                        "Member must satisfy enum value set: [{}]",
                        values.join(", ")
                    ));
                }
            }
            (Kind::List { member, size }, Value::Array(items)) => {
                self.size("length", items.len(), *size);
                for (at, item) in items.iter().enumerate() {
                    if self.errors.len() == MOST {
                        return;
                    }
                    self.at(&format!("[{at}]"), |walk| walk.present(member, item));
                }
            }
            (Kind::Map { key, value, size }, Value::Object(map)) => {
                self.map(key, value, *size, map)
            }
            (Kind::Structure(members), Value::Object(map)) => self.structure(members, map),
            (Kind::Union(members), Value::Object(map)) => self.union(members, map),
            (kind, _) => self.fail(format!("Member must be {}", noun(kind))),
        }
    }

    fn present(&mut self, shape: &Shape, value: &Value) {
        if value.is_null() {
            self.fail("Member must not be null");
        } else {
            self.value(shape, value);
        }
    }

    fn map(&mut self, key: &Shape, value: &Shape, size: Size, map: &Map<String, Value>) {
        self.size("length", map.len(), size);
        for (name, inner) in map {
            if self.errors.len() == MOST {
                return;
            }
            let step: String = name.chars().take(64).collect();
            self.at(&format!("[{step}]"), |walk| {
                walk.value(key, &Value::String(name.clone()));
                walk.present(value, inner);
            });
        }
    }

    fn structure(&mut self, members: &[Member], map: &Map<String, Value>) {
        for member in members {
            match map.get(member.name).filter(|value| !value.is_null()) {
                Some(value) => self.at(member.name, |walk| walk.value(member.shape, value)),
                None if member.required => {
                    self.at(member.name, |walk| walk.fail("Member must not be null"));
                }
                None => {}
            }
        }
    }

    fn union(&mut self, members: &[Member], map: &Map<String, Value>) {
        let mut present = map.iter().filter(|(_, value)| !value.is_null());
        let (Some((key, value)), None) = (present.next(), present.next()) else {
            return self.fail(one_of(members));
        };
        match members.iter().find(|member| member.name == key) {
            Some(member) => self.at(member.name, |walk| walk.value(member.shape, value)),
            None => self.fail(one_of(members)),
        }
    }

    fn size(&mut self, what: &str, actual: usize, size: Size) {
        if actual < size.min {
            self.fail(format!("Member must have {what} greater than or equal to {}", size.min));
        }
        if size.max != UNLIMITED && actual > size.max {
            self.fail(format!("Member must have {what} less than or equal to {}", size.max));
        }
    }

    fn range<T: PartialOrd + std::fmt::Display + Copy>(&mut self, actual: T, min: T, max: T) {
        if actual >= min && actual <= max {
            return;
        }
        if actual < min {
            self.fail(format!("Member must have value greater than or equal to {min}"));
        } else {
            self.fail(format!("Member must have value less than or equal to {max}"));
        }
    }
}

fn one_of(members: &[Member]) -> String {
    let names: Vec<_> = members.iter().map(|member| member.name).collect();
    format!("Member must have exactly one of [{}]", names.join(", "))
}

fn noun(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "a boolean",
        Kind::Integer { .. } => "an integer",
        Kind::Number { .. } => "a number",
        Kind::Text { .. } | Kind::Choice(_) => "a string",
        Kind::Timestamp => "a timestamp in seconds",
        Kind::List { .. } => "a list",
        Kind::Map { .. } | Kind::Structure(_) | Kind::Union(_) => "an object",
        Kind::Document => "a document",
    }
}
