//! Reads one JSON object per line.

use std::io::{BufRead, Read};

use serde_json::{Map, Value};

use super::csv::{Fault, MAX_COLUMNS, MAX_RECORD_BYTES};

/// The next object; `None` at the end. Empty lines are skipped.
pub(super) fn next_object(
    input: &mut impl BufRead,
    line: &mut Vec<u8>,
) -> Result<Option<Map<String, Value>>, Fault> {
    loop {
        line.clear();
        let limit = MAX_RECORD_BYTES as u64 + 1;
        let count = input.by_ref().take(limit).read_until(b'\n', line).map_err(Fault::Disk)?;
        if count == 0 {
            return Ok(None);
        }
        if count > MAX_RECORD_BYTES {
            return Err(Fault::Malformed);
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        return match serde_json::from_slice(line) {
            Ok(Value::Object(object)) if object.len() <= MAX_COLUMNS => Ok(Some(object)),
            _ => Err(Fault::Malformed),
        };
    }
}

/// The text of a value, and whether it was a JSON string; `None` is NULL, as are nested values.
pub(super) fn text(value: &Value) -> Option<(String, bool)> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::Bool(it) => Some((it.to_string(), false)),
        Value::Number(it) => Some((it.to_string(), false)),
        Value::String(it) => Some((it.clone(), true)),
    }
}
