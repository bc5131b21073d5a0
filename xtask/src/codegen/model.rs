//! The service model as botocore ships it, read into types; anything unforeseen is an error.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// The whole model, in the order of the file.
pub(crate) struct Model {
    pub(crate) operations: Vec<Operation>,
    pub(crate) shapes: Vec<Shape>,
    index: BTreeMap<String, usize>,
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) success: u64,
    pub(crate) input: String,
    pub(crate) output: String,
    pub(crate) errors: Vec<String>,
    pub(crate) idempotent: bool,
    pub(crate) readonly: bool,
}

/// One shape.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) sensitive: bool,
    pub(crate) kind: Kind,
}

/// What a shape is.
pub(crate) enum Kind {
    Boolean,
    Integer { min: i64, max: i64 },
    Number { min: f64, max: f64 },
    Text { min: u64, max: Option<u64>, pattern: Option<String> },
    Choice(Vec<String>),
    Timestamp,
    List { member: String, min: u64, max: Option<u64> },
    Map { key: String, value: String, min: u64, max: Option<u64> },
    Structure { members: Vec<Member>, status: Option<u64> },
    Union(Vec<Member>),
    Document,
}

/// One member of a structure or union.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) shape: String,
    pub(crate) required: bool,
    pub(crate) location: &'static str,
}

impl Model {
    /// Reads the model.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let root: Value = serde_json::from_str(text)?;
        let mut operations = Vec::new();
        for (name, value) in object(&root, "operations")? {
            operations.push(operation(name, value).with_context(|| name.clone())?);
        }
        let mut shapes = Vec::new();
        for (name, value) in object(&root, "shapes")? {
            shapes.push(shape(name, value).with_context(|| name.clone())?);
        }
        let index = shapes.iter().enumerate().map(|(at, s)| (s.name.clone(), at)).collect();
        Ok(Self { operations, shapes, index })
    }

    /// The shape of that name.
    pub(crate) fn shape(&self, name: &str) -> Result<&Shape> {
        let at = self.index.get(name).with_context(|| format!("no shape {name}"))?;
        self.shapes.get(*at).context("index")
    }
}

fn object<'a>(value: &'a Value, key: &str) -> Result<&'a Map<String, Value>> {
    value.get(key).and_then(Value::as_object).with_context(|| format!("no object {key}"))
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value.get(key).and_then(Value::as_str).with_context(|| format!("no text {key}"))?;
    Ok(text.to_owned())
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let list = value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn known(value: &Value, keys: &[&str]) -> Result<()> {
    for key in value.as_object().context("not an object")?.keys() {
        if !keys.contains(&key.as_str()) {
            bail!("the generator does not know `{key}`");
        }
    }
    Ok(())
}

fn operation(name: &str, value: &Value) -> Result<Operation> {
    known(value, &["name", "http", "input", "output", "errors", "idempotent", "readonly"])?;
    let http = value.get("http").context("no http")?;
    known(http, &["method", "requestUri", "responseCode"])?;
    let errors = value.get("errors").and_then(Value::as_array).context("no errors")?;
    Ok(Operation {
        name: name.to_owned(),
        method: text(http, "method")?,
        uri: text(http, "requestUri")?,
        success: http.get("responseCode").and_then(Value::as_u64).context("no responseCode")?,
        input: text(value.get("input").context("no input")?, "shape")?,
        output: text(value.get("output").context("no output")?, "shape")?,
        errors: errors.iter().map(|e| text(e, "shape")).collect::<Result<_>>()?,
        idempotent: flag(value, "idempotent"),
        readonly: flag(value, "readonly"),
    })
}

fn shape(name: &str, value: &Value) -> Result<Shape> {
    let keys = [
        "type",
        "members",
        "required",
        "member",
        "key",
        "value",
        "min",
        "max",
        "pattern",
        "enum",
        "union",
        "sensitive",
        "document",
        "box",
        "error",
        "exception",
        "fault",
    ];
    known(value, &keys)?;
    let min = value.get("min").and_then(Value::as_u64).unwrap_or(0);
    let max = value.get("max").and_then(Value::as_u64);
    let bound = |key, other| value.get(key).and_then(Value::as_i64).unwrap_or(other);
    let limit = |key, other| value.get(key).and_then(Value::as_f64).unwrap_or(other);
    let inner = |key| text(value.get(key).context("no inner shape")?, "shape");
    let kind = match text(value, "type")?.as_str() {
        "boolean" => Kind::Boolean,
        "integer" => Kind::Integer {
            min: bound("min", i64::from(i32::MIN)),
            max: bound("max", i64::from(i32::MAX)),
        },
        "long" => Kind::Integer { min: bound("min", i64::MIN), max: bound("max", i64::MAX) },
        "double" | "float" => {
            Kind::Number { min: limit("min", f64::MIN), max: limit("max", f64::MAX) }
        }
        "timestamp" => Kind::Timestamp,
        "string" if value.get("enum").is_some() => Kind::Choice(texts(value, "enum")),
        "string" => Kind::Text { min, max, pattern: text(value, "pattern").ok() },
        "list" => Kind::List { member: inner("member")?, min, max },
        "map" => Kind::Map { key: inner("key")?, value: inner("value")?, min, max },
        "structure" if flag(value, "document") => Kind::Document,
        "structure" if flag(value, "union") => Kind::Union(members(value)?),
        "structure" => {
            let error = value.get("error");
            let status = error.and_then(|e| e.get("httpStatusCode")).and_then(Value::as_u64);
            Kind::Structure { members: members(value)?, status }
        }
        other => bail!("the generator does not know the type `{other}`"),
    };
    Ok(Shape { name: name.to_owned(), sensitive: flag(value, "sensitive"), kind })
}

fn members(value: &Value) -> Result<Vec<Member>> {
    let required = texts(value, "required");
    let mut out = Vec::new();
    for (name, member) in object(value, "members")? {
        known(member, &["shape", "location", "locationName", "box"])?;
        if member.get("locationName").is_some_and(|n| n.as_str() != Some(name)) {
            bail!("member {name} has another name on the wire");
        }
        let location = match member.get("location").and_then(Value::as_str) {
            None => "body",
            Some("uri") => "label",
            Some("querystring") => "query",
            Some(other) => bail!("the generator does not know the location `{other}`"),
        };
        let required = required.contains(name);
        out.push(Member { name: name.clone(), shape: text(member, "shape")?, required, location });
    }
    Ok(out)
}
