//! Reads one JSON object per line.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use glovebox_model::{Column, ColumnType};
use serde_json::value::RawValue;
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

/// The cells of the columns that are asked for, in their order, of an object and the line that it
/// stands on; `None` is NULL.
///
/// Where a catalog declares the columns, a nested value is its JSON under a string column, as
/// JSON SerDes have it; under any other it is a fault, which says the place of the column. Else
/// it is NULL.
pub(super) fn cells(
    (object, line): (&Map<String, Value>, &[u8]),
    columns: &[Option<&Column>],
    is_declared: bool,
) -> Result<Vec<Option<String>>, usize> {
    let mut cells: Vec<Option<String>> = vec![None; columns.len()];
    let mut numbers: Option<BTreeMap<String, &RawValue>> = None;
    for (key, value) in object {
        let is_it = |it: &Column| it.name.as_str().eq_ignore_ascii_case(key);
        let mut known = columns.iter().zip(&mut cells).enumerate();
        let column = known.find_map(|(place, (column, cell))| {
            column.filter(|it| is_it(it)).map(|it| (place, it.kind, cell))
        });
        let Some((place, kind, cell)) = column else { continue };
        *cell = match value {
            Value::Array(_) | Value::Object(_) if is_declared => {
                if kind != ColumnType::String {
                    return Err(place);
                }
                Some(value.to_string())
            }
            // The nearest float is not what the file says: its digits are.
            Value::Number(number) if number.is_f64() => {
                let numbers =
                    numbers.get_or_insert_with(|| serde_json::from_slice(line).unwrap_or_default());
                let digits = numbers.get(key).map(|it| it.get().to_owned());
                digits.or_else(|| text(value).map(|it| it.0))
            }
            _ => text(value).map(|it| it.0),
        };
    }
    Ok(cells)
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

#[cfg(test)]
mod tests {
    use glovebox_model::ColumnName;

    use super::*;

    fn read(line: &str, kind: &str, is_declared: bool) -> Result<Option<String>, usize> {
        let object = next_object(&mut line.as_bytes(), &mut Vec::new()).unwrap().unwrap();
        let column = Column { name: ColumnName::new("a").unwrap(), kind: kind.parse().unwrap() };
        let cells = cells((&object, line.as_bytes()), &[None, Some(&column)], is_declared)?;
        assert_eq!(cells.len(), 2);
        assert_eq!(cells[0], None);
        Ok(cells[1].clone())
    }

    #[test]
    fn a_nested_value_is_json_under_a_declared_string_and_a_fault_elsewhere() {
        let line = "{\"b\": [0], \"A\": {\"z\": [1, \"é\"], \"c\": null}}\n";
        let json = "{\"z\":[1,\"é\"],\"c\":null}";
        assert_eq!(read(line, "string", true), Ok(Some(json.into())));
        assert_eq!(read("{\"a\": []}", "string", true), Ok(Some("[]".into())));
        for kind in ["bigint", "binary", "decimal(5,2)", "timestamp"] {
            assert_eq!(read(line, kind, true), Err(1), "{kind}");
        }
        for kind in ["string", "bigint"] {
            assert_eq!(read(line, kind, false), Ok(None), "{kind}");
        }
        assert_eq!(read("{\"a\": null}", "bigint", true), Ok(None));
    }

    #[test]
    fn numbers_are_read_as_they_stand_in_the_file() {
        for number in ["12345678901234567890123", "0.1000000000000000055511151231", "1e-6", "-7"] {
            let line = format!("{{\"a\": 1, \"A\" : {number} }}\n");
            assert_eq!(read(&line, "decimal(38,10)", false), Ok(Some(number.into())), "{number}");
        }
    }
}
