//! From JSON to a schema, with a word for everything that can be wrong.

use super::json::Json;
use super::{Column, ColumnKind, Schema, SchemaError, header};
use crate::{Header, LONGEST_PAD, Pad};

/// A schema is an object with `headerRow` and `columns`.
pub(super) fn schema(json: &Json) -> Result<Schema, SchemaError> {
    match json {
        Json::Null => return Err(SchemaError::Empty),
        Json::Object(_) => {}
        _ => return Err(SchemaError::at("schema", "must be an object in braces")),
    }
    let has_header_row = match json.get("headerRow") {
        Some(Json::Boolean(it)) => *it,
        Some(_) => return Err(SchemaError::at("headerRow", "must be true or false, unquoted")),
        None => return Err(SchemaError::at("headerRow", "is missing: true or false")),
    };
    let columns = match json.get("columns") {
        Some(Json::Array(it)) => it,
        Some(_) => return Err(SchemaError::at("columns", "must be a list")),
        None => return Err(SchemaError::at("columns", "is missing: the list of target columns")),
    };
    if has_header_row { mapped(columns) } else { positional(columns) }
}

fn mapped(list: &[Json]) -> Result<Schema, SchemaError> {
    let mut columns = Vec::with_capacity(list.len());
    for (n, json) in list.iter().enumerate() {
        let place = format!("columns[{n}]");
        must_be_object(&place, json)?;
        let source = match text(&place, json, "sourceHeader")? {
            Some(it) => header(&format!("{place}.sourceHeader"), &it)?,
            None => {
                let what = "sourceHeader is missing: which column of the input?";
                return Err(SchemaError::at(&place, what));
            }
        };
        columns.push(column(&place, json, source)?);
    }
    Schema::mapped(columns)
}

fn positional(list: &[Json]) -> Result<Schema, SchemaError> {
    let mut columns = Vec::new();
    for (n, targets) in list.iter().enumerate() {
        let targets = match targets {
            Json::Null => continue,
            Json::Array(it) => it,
            _ => {
                let what = "must be a list of targets, as headerRow is false: [] drops the column";
                return Err(SchemaError::at(&format!("columns[{n}]"), what));
            }
        };
        for (m, json) in targets.iter().enumerate() {
            let place = format!("columns[{n}][{m}]");
            must_be_object(&place, json)?;
            if text(&place, json, "sourceHeader")?.is_some() {
                let what = "sourceHeader has no place in a schema without a header row";
                return Err(SchemaError::at(&place, what));
            }
            if text(&place, json, "targetHeader")?.is_none() {
                let what = "targetHeader is missing: what is the column called?";
                return Err(SchemaError::at(&place, what));
            }
            columns.push(column(&place, json, Header::positional(n))?);
        }
    }
    Schema::checked(columns, Some(list.len()))
}

fn must_be_object(place: &str, json: &Json) -> Result<(), SchemaError> {
    match json {
        Json::Object(_) => Ok(()),
        _ => Err(SchemaError::at(place, "must be an object in braces, for one target column")),
    }
}

fn column(place: &str, json: &Json, source: Header) -> Result<Column, SchemaError> {
    let choices = "sealed, fingerprint or cleartext";
    let Some(word) = text(place, json, "type")? else {
        return Err(SchemaError::at(place, format!("type is missing: {choices}")));
    };
    let pad = json.get("pad");
    let word = word.trim_matches(|it| it <= '\u{20}').to_ascii_lowercase();
    let (kind, suffix) = match word.as_str() {
        "sealed" => {
            let Some(pad) = pad else {
                let what = "pad is missing, which sealed columns need: {\"type\": \"none\"}, \
                            {\"type\": \"fixed\", \"length\": n} or {\"type\": \"max\", \
                            \"length\": n}";
                return Err(SchemaError::at(place, what));
            };
            (ColumnKind::Sealed(padding(&format!("{place}.pad"), pad)?), "_sealed")
        }
        "fingerprint" => (ColumnKind::Fingerprint, "_fingerprint"),
        "cleartext" => (ColumnKind::Cleartext, ""),
        _ => return Err(SchemaError::at(&format!("{place}.type"), format!("must be {choices}"))),
    };
    if pad.is_some() && !matches!(kind, ColumnKind::Sealed(_)) {
        return Err(SchemaError::at(place, "pad is for sealed columns only"));
    }
    let target_place = format!("{place}.targetHeader");
    let target = match text(place, json, "targetHeader")? {
        Some(it) => header(&target_place, &it)?,
        None => source.with_suffix(suffix).map_err(|it| {
            let what = format!("is missing, and `{source}{suffix}` will not do: {it}");
            SchemaError::at(&target_place, what)
        })?,
    };
    Ok(Column { source, target, kind })
}

fn padding(place: &str, json: &Json) -> Result<Pad, SchemaError> {
    if !matches!(json, Json::Object(_)) {
        return Err(SchemaError::at(place, "must be an object in braces"));
    }
    let choices = "none, fixed or max";
    let Some(word) = text(place, json, "type")? else {
        return Err(SchemaError::at(place, format!("type is missing: {choices}")));
    };
    let length = length(place, json)?;
    let needed = || {
        let what = format!("length is missing: 0 to {LONGEST_PAD}");
        length.ok_or_else(|| SchemaError::at(place, what))
    };
    match word.to_ascii_lowercase().as_str() {
        "none" if length.is_some() => {
            Err(SchemaError::at(place, "length has no meaning where nothing is padded"))
        }
        "none" => Ok(Pad::None),
        "fixed" => Ok(Pad::Fixed(needed()?)),
        "max" => Ok(Pad::Max(needed()?)),
        _ => Err(SchemaError::at(&format!("{place}.type"), format!("must be {choices}"))),
    }
}

/// A whole number, also in quotes; what stands behind a point is dropped, as Gson does.
fn length(place: &str, json: &Json) -> Result<Option<u16>, SchemaError> {
    let Some(number) = text(place, json, "length")? else { return Ok(None) };
    let number = number.parse::<f64>().ok().map(f64::trunc);
    let whole = (0..=LONGEST_PAD).find(|it| number == Some(f64::from(*it)));
    let wrong =
        || SchemaError::at(&format!("{place}.length"), format!("must be 0 to {LONGEST_PAD}"));
    whole.map(Some).ok_or_else(wrong)
}

/// A text, or what Gson takes for one.
fn text(place: &str, json: &Json, key: &str) -> Result<Option<String>, SchemaError> {
    Ok(match json.get(key) {
        None => None,
        Some(Json::String(it) | Json::Number(it)) => Some(it.clone()),
        Some(Json::Boolean(it)) => Some(it.to_string()),
        Some(Json::Null | Json::Array(_) | Json::Object(_)) => {
            return Err(SchemaError::at(&format!("{place}.{key}"), "must be a text or a number"));
        }
    })
}
