//! Avro files: values as the text or bytes that cells are read from.

mod bounded;

use std::io::Read;

use apache_avro::types::Value;
use apache_avro::{Reader, Schema};
use glovebox_model::ColumnName;

use self::bounded::is_bounded;
use super::Unavailable;
use super::caught::caught;
use crate::egress::cause;

/// Bytes that one value may take: what an Avro file says of its lengths is not believed.
const MAX_VALUE: usize = 64 << 20;

/// The cells of a row, in the order asked for; `None` is NULL.
type Cells = Vec<Option<Vec<u8>>>;

/// Reads a file and hands the columns called `names` of every row to `sink`, which says whether
/// to go on. The file must have all that are `stored`, as files of Parquet must.
pub(super) fn read(
    input: impl Read,
    path: &str,
    (stored, names): (&[&ColumnName], &[&ColumnName]),
    sink: &mut dyn FnMut(&Cells) -> Result<bool, Unavailable>,
) -> Result<bool, Unavailable> {
    apache_avro::util::max_allocation_bytes(MAX_VALUE);
    let corrupt = || Unavailable::Corrupt { path: path.to_owned(), row_group: None };
    let mut reader =
        caught(|| Reader::new(input).map_err(|it| failed(path, &it))).ok_or_else(corrupt)??;
    if !is_bounded(reader.writer_schema()) {
        return Err(corrupt());
    }
    if let Some(column) = missing(reader.writer_schema(), stored) {
        return Err(Unavailable::SchemaChanged { path: path.to_owned(), column });
    }
    let scales = scales(reader.writer_schema());
    loop {
        let next = caught(|| reader.next().transpose().map_err(|it| failed(path, &it)));
        let Some(row) = next.ok_or_else(corrupt)?? else { return Ok(true) };
        let Value::Record(fields) = row else { return Err(corrupt()) };
        let mut cells: Cells = vec![None; names.len()];
        for (name, value) in fields {
            let place = names.iter().position(|it| it.as_str().eq_ignore_ascii_case(&name));
            let Some(cell) = place.and_then(|it| cells.get_mut(it)) else { continue };
            let scale = scales.iter().find(|it| it.0 == name).map(|it| it.1);
            *cell = bytes(value, scale).ok_or_else(|| Unavailable::UnknownType {
                path: path.to_owned(),
                column: name.clone(),
            })?;
        }
        if !sink(&cells)? {
            return Ok(false);
        }
    }
}

/// A column that rows of this schema do not have.
fn missing(schema: &Schema, stored: &[&ColumnName]) -> Option<ColumnName> {
    // What is no record is refused when its first row comes.
    let Schema::Record(record) = schema else { return None };
    let fields = &record.fields;
    let has = |name: &str| fields.iter().any(|it| it.name.eq_ignore_ascii_case(name));
    stored.iter().copied().find(|it| !has(it.as_str())).cloned()
}

/// What a distant file said by itself is nearer to the truth.
fn failed(path: &str, error: &apache_avro::Error) -> Unavailable {
    let io: Option<&std::io::Error> = cause(error);
    let said = io.and_then(|it| it.get_ref()?.downcast_ref::<Unavailable>());
    let corrupt = || Unavailable::Corrupt { path: path.to_owned(), row_group: None };
    said.cloned().unwrap_or_else(corrupt)
}

/// The outer `None`: a type that cells cannot have.
fn bytes(value: Value, scale: Option<usize>) -> Option<Option<Vec<u8>>> {
    let text = match value {
        Value::Null => return Some(None),
        Value::Union(_, inner) => return bytes(*inner, scale),
        Value::Bytes(bytes) | Value::Fixed(_, bytes) => return Some(Some(bytes)),
        Value::String(text) | Value::Enum(_, text) => text,
        Value::Boolean(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Long(it) => it.to_string(),
        Value::Float(it) => number(f64::from(it), it.to_string()),
        Value::Double(it) => number(it, it.to_string()),
        Value::Uuid(it) => it.to_string(),
        Value::Date(days) => {
            let day = chrono::NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH)?)?;
            day.format("%Y-%m-%d").to_string()
        }
        Value::TimestampMillis(it) | Value::LocalTimestampMillis(it) => {
            moment(chrono::DateTime::from_timestamp_millis(it)?)
        }
        Value::TimestampMicros(it) | Value::LocalTimestampMicros(it) => {
            moment(chrono::DateTime::from_timestamp_micros(it)?)
        }
        Value::Decimal(it) => decimal(&Vec::try_from(it).ok()?, scale?)?,
        _ => return None,
    };
    Some(Some(text.into_bytes()))
}

/// The digits after the point of the decimal columns.
fn scales(schema: &Schema) -> Vec<(String, usize)> {
    let Schema::Record(record) = schema else { return Vec::new() };
    let scale = |schema: &Schema| match schema {
        Schema::Decimal(decimal) => Some(decimal.scale),
        Schema::Union(union) => union.variants().iter().find_map(|it| match it {
            Schema::Decimal(decimal) => Some(decimal.scale),
            _ => None,
        }),
        _ => None,
    };
    let fields = record.fields.iter();
    fields.filter_map(|it| Some((it.name.clone(), scale(&it.schema)?))).collect()
}

/// A number in two's complement, the greatest byte first, of at most 16 bytes.
fn decimal(bytes: &[u8], scale: usize) -> Option<String> {
    let is_negative = bytes.first().is_some_and(|it| it & 0x80 != 0);
    let mut all = if is_negative { [0xff; 16] } else { [0; 16] };
    let start = all.len().checked_sub(bytes.len())?;
    all.get_mut(start..)?.copy_from_slice(bytes);
    let digits = format!("{:0width$}", i128::from_be_bytes(all).unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if is_negative { "-" } else { "" };
    Some(if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// The first of January 1970, in days of the common era.
const EPOCH: i32 = 719_163;

fn moment(it: chrono::DateTime<chrono::Utc>) -> String {
    it.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// Numbers as cells of text know them.
fn number(value: f64, text: String) -> String {
    match value {
        it if it.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        _ => text,
    }
}
