//! From a request to a typed, validated input, and back for our own client.

use serde_json::{Map, Value};

use crate::constraints::validate;
use crate::error::{ApiError, Common};
use crate::generated::operations::Operation;
use crate::query::{Query, encode};
use crate::route::Labels;
use crate::shape::{Kind, Location, Shape};
use crate::wire::Wire;

/// No JSON body is nested deeper than this; the model's deepest shape has 10 levels.
const DEEPEST: usize = 32;

/// The input of an operation.
pub trait Input: Wire {
    /// Its operation.
    const OPERATION: Operation;
    /// What the operation answers.
    type Output: Wire;

    /// Reads and judges a request. Labels come from [`crate::route`]; `body` is the raw body and may
    /// be empty. What the model does not know is ignored, `null` counts as absent.
    ///
    /// # Errors
    /// SerializationException if the body is no JSON object or nested too deeply; else
    /// ValidationException with all violations.
    fn parse(labels: &Labels, query: &Query, body: &[u8]) -> Result<Self, ApiError> {
        let value = judge(Self::OPERATION, labels, query, body)?;
        Self::from_json(&value).ok_or_else(ApiError::internal)
    }

    /// The request a client sends for this input; not judged.
    fn outgoing(&self) -> Outgoing {
        let facts = Self::OPERATION.facts();
        let value = self.to_json();
        let text = |name: &str| plain(value.get(name).unwrap_or(&Value::Null));
        let mut outgoing = Outgoing { method: facts.method, ..Outgoing::default() };
        outgoing.path = facts.uri.to_owned();
        let mut body = Map::new();
        for member in facts.input.members() {
            let Some(inner) = value.get(member.name) else { continue };
            match member.location {
                Location::Body => {
                    body.insert(member.name.to_owned(), inner.clone());
                }
                Location::Label => {
                    let label = format!("{{{}}}", member.name);
                    let text = encode(text(member.name).as_bytes());
                    outgoing.path = outgoing.path.replace(&label, &text);
                }
                Location::Query => {
                    let one = std::slice::from_ref(inner);
                    for item in inner.as_array().map_or(one, Vec::as_slice) {
                        let text = encode(plain(item).as_bytes());
                        outgoing.query.push(format!("{}={text}", member.name));
                    }
                }
            }
        }
        let has_body = facts.input.members().iter().any(|m| m.location == Location::Body);
        outgoing.body = has_body.then(|| Value::Object(body));
        outgoing
    }
}

/// Judges a request without reading it into a type: its members from path, query string and body as
/// one object. [`Input::parse`] is this and the typed reading.
///
/// # Errors
/// As [`Input::parse`].
pub fn judge(
    operation: Operation,
    labels: &Labels,
    query: &Query,
    body: &[u8],
) -> Result<Value, ApiError> {
    let shape = operation.facts().input;
    let value = gather(shape, labels, query, body)?;
    let errors = validate(shape, &value);
    if errors.is_empty() { Ok(value) } else { Err(ApiError::fields(errors)) }
}

/// A request to be signed and sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outgoing {
    /// The HTTP method.
    pub method: &'static str,
    /// The percent-encoded path.
    pub path: String,
    /// Percent-encoded `name=value` pairs.
    pub query: Vec<String>,
    /// The JSON body, if the operation has one.
    pub body: Option<Value>,
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Brings labels, query string and body together into one object of the shape's members.
fn gather(shape: &Shape, labels: &Labels, query: &Query, body: &[u8]) -> Result<Value, ApiError> {
    let mut all = Map::new();
    let members = shape.members();
    let mut body = match members.iter().any(|member| member.location == Location::Body) {
        true => object(body)?,
        false => Map::new(),
    };
    for member in members {
        let value = match member.location {
            Location::Body => body.remove(member.name),
            Location::Label => labels.get(member.name).map(Value::from),
            Location::Query => parameter(member.shape, query.all(member.name)),
        };
        if let Some(value) = value {
            all.insert(member.name.to_owned(), value);
        }
    }
    Ok(Value::Object(all))
}

/// A value of the query string, as its shape has it; one that does not fit stays a string (or a
/// list, when given twice) and fails validation.
fn parameter(shape: &Shape, values: &[String]) -> Option<Value> {
    match (&shape.kind, values) {
        (_, []) => None,
        (Kind::List { .. }, values) => Some(Value::from(values)),
        (Kind::Integer { .. }, [value]) => Some(match value.parse::<i64>() {
            Ok(number) if number.to_string() == *value => Value::from(number),
            _ => Value::from(value.as_str()),
        }),
        (_, [value]) => Some(Value::from(value.as_str())),
        (_, values) => Some(Value::from(values)),
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let broken = |message| ApiError::common(Common::Serialization, message);
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) if map.values().all(|value| is_shallow(value, DEEPEST)) => Ok(map),
        Ok(Value::Object(_)) => Err(broken("The body is nested too deeply")),
        Ok(_) => Err(broken("The body is not a JSON object")),
        Err(_) => Err(broken("The body is not valid JSON")),
    }
}

fn is_shallow(value: &Value, levels: usize) -> bool {
    match value {
        _ if levels == 0 => false,
        Value::Array(items) => items.iter().all(|item| is_shallow(item, levels - 1)),
        Value::Object(map) => map.values().all(|item| is_shallow(item, levels - 1)),
        _ => true,
    }
}
