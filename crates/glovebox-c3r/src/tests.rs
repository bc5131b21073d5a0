//! Tests against what the Java client does (`tests/vectors`), and properties.

mod cases;
mod cells;
mod csv;
mod faults;
mod files;
mod headers;
mod keys;
mod parquet;
mod properties;
mod schemas;
mod values;

use crate::{DataType, Keys, Metadata, Secret, TimeUnit, Value, ValueType};

const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ID: &str = "12345678-90ab-cdef-1234-567890abcdef";

fn keys() -> Keys {
    Keys::new(&Secret::from_base64(SECRET).expect("a secret"), &ID.parse().expect("an id"))
}

fn other_keys() -> Keys {
    let id = "00000000-0000-0000-0000-000000000001".parse().expect("an id");
    Keys::new(&Secret::from_base64(SECRET).expect("a secret"), &id)
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("vectors are JSON")
}

fn cases(text: &str) -> Vec<serde_json::Value> {
    json(text).as_array().expect("a list").clone()
}

/// The value of a vector, which says where it came from and what it is as text.
fn value(source: &str, text: Option<&str>) -> Value<'static> {
    let source = source.strip_suffix(" null").unwrap_or(source);
    let value_type = value_type(source);
    let Some(text) = text else { return Value::Null(value_type) };
    let bytes = match text.split_once(':') {
        Some(("hex", hex)) => hex::decode(hex).expect("hex"),
        Some(("repeat", rest)) => {
            let (what, n) = rest.split_once(':').expect("what and how often");
            what.repeat(n.parse().expect("a number")).into_bytes()
        }
        _ => text.as_bytes().to_vec(),
    };
    let bytes: &'static [u8] = Box::leak(bytes.into_boxed_slice());
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    match value_type.data_type {
        DataType::String => Value::String(bytes),
        DataType::BigInt => Value::BigInt(text.parse().expect("a number")),
        DataType::Int => Value::Int(text.parse().expect("a number")),
        DataType::SmallInt => Value::SmallInt(text.parse().expect("a number")),
        DataType::Boolean => Value::Boolean(text.parse().expect("a boolean")),
        DataType::Date => Value::Date(text.parse().expect("days")),
        DataType::Double => Value::Double(text.parse().expect("a number")),
        DataType::Float => Value::Float(text.parse().expect("a number")),
        DataType::Decimal => {
            let Metadata::Decimal { precision, scale } = value_type.metadata else { panic!() };
            Value::Decimal { precision, scale, text }
        }
        DataType::Timestamp => {
            let Metadata::Timestamp { is_utc, unit } = value_type.metadata else { panic!() };
            Value::Timestamp { is_utc, unit, value: text.parse().expect("a number") }
        }
        DataType::Unknown | DataType::Char | DataType::Varchar => panic!("{source}"),
    }
}

fn value_type(source: &str) -> ValueType {
    let number = |key: &str| -> i32 {
        let (_, rest) = source.split_once(key).expect("a number");
        let n = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        rest[..n].parse().expect("a number")
    };
    let plain = ValueType::plain;
    match source {
        _ if source.starts_with("csv STRING") => plain(DataType::String),
        _ if source.starts_with("parquet BINARY/String") => plain(DataType::String),
        _ if source.contains("/Decimal(") => {
            let metadata =
                Metadata::Decimal { precision: number("precision "), scale: number("scale ") };
            ValueType { data_type: DataType::Decimal, metadata }
        }
        _ if source.contains("/Timestamp(") => {
            let unit = match source {
                _ if source.contains("MILLIS") => TimeUnit::Millis,
                _ if source.contains("MICROS") => TimeUnit::Micros,
                _ => TimeUnit::Nanos,
            };
            let metadata = Metadata::Timestamp { is_utc: source.contains("utc=true"), unit };
            ValueType { data_type: DataType::Timestamp, metadata }
        }
        _ if source.contains("SMALLINT") => plain(DataType::SmallInt),
        _ if source.contains("/Date") => plain(DataType::Date),
        _ if source.starts_with("parquet INT32") => plain(DataType::Int),
        _ if source.starts_with("parquet INT64") => plain(DataType::BigInt),
        "parquet BOOLEAN" => plain(DataType::Boolean),
        "parquet DOUBLE" => plain(DataType::Double),
        "parquet FLOAT" => plain(DataType::Float),
        _ => panic!("{source}"),
    }
}
