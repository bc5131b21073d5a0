//! The member's part of a plan, in the SQL of Athena (Trino).
//!
//! A condition is asked for only where Trino means by it what the engine means, for every value
//! that a column can have: equality of texts by their bytes, the order of numbers, days and
//! moments. Floats are left to the engine, which sorts NaN and tells the zeros apart; so is
//! `char(n)`, which Trino compares without the spaces behind it. Functions never stand here.

use std::fmt::Write as _;

use chrono::DateTime;
use datafusion::common::ScalarValue;
use glovebox_model::{Column, ColumnType};

use super::super::hint::{Comparison, Hint, Test};

/// A column of the table.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) column: Column,
    /// Whether it is a `char(n)`.
    is_padded: bool,
}

/// Bytes of the conditions at most; the whole text may have 262,144.
const LONGEST: usize = 128 << 10;

impl Known {
    /// A column, and the type that the catalog says.
    pub(super) fn new(column: Column, kind: &str) -> Self {
        let is_padded = kind.trim().to_ascii_lowercase().starts_with("char");
        Self { column, is_padded }
    }

    pub(super) fn is_bytes(&self) -> bool {
        self.column.kind == ColumnType::Binary
    }
}

/// The query for the shown columns of a table, without rows that the hints rule out.
pub(super) fn text(
    (database, table): (&str, &str),
    shown: &[Column],
    hints: &[Hint],
    known: &[Known],
) -> String {
    let columns: Vec<String> = shown.iter().map(|it| quoted(it.name.as_str())).collect();
    // Rows without columns are counted all the same.
    let columns = if columns.is_empty() { "1 AS n".to_owned() } else { columns.join(", ") };
    let mut text = format!("SELECT {columns} FROM {}.{}", quoted(database), quoted(table));
    let of = |hint: &Hint| {
        let column = known.iter().find(|it| it.column.name == hint.column)?;
        condition(column, &hint.test)
    };
    let conditions: Vec<String> = hints.iter().filter_map(of).collect();
    if !conditions.is_empty() && conditions.iter().map(String::len).sum::<usize>() <= LONGEST {
        text.push_str(" WHERE ");
        text.push_str(&conditions.join(" AND "));
    }
    text
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn condition(known: &Known, test: &Test) -> Option<String> {
    let Known { column, is_padded } = known;
    let name = quoted(column.name.as_str());
    let literal = |it: &ScalarValue| (!is_padded).then(|| literal(column.kind, it)).flatten();
    Some(match test {
        Test::Compare(comparison, value) => {
            format!("{name} {} {}", operator(*comparison, column.kind)?, literal(value)?)
        }
        Test::In(values) => {
            let values: Option<Vec<String>> = values.iter().map(literal).collect();
            let values = values.filter(|it| !it.is_empty())?;
            format!("{name} IN ({})", values.join(", "))
        }
        Test::IsNull => format!("{name} IS NULL"),
        Test::IsNotNull => format!("{name} IS NOT NULL"),
    })
}

fn operator(comparison: Comparison, kind: ColumnType) -> Option<&'static str> {
    let is_ordered_alike = !matches!(kind, ColumnType::String | ColumnType::Boolean);
    (comparison == Comparison::Equal || is_ordered_alike).then(|| comparison.operator())
}

/// A literal of exactly the column's type.
fn literal(kind: ColumnType, value: &ScalarValue) -> Option<String> {
    match (kind, value) {
        (ColumnType::Bigint, ScalarValue::Int64(Some(it))) => integer(*it),
        (ColumnType::Int, ScalarValue::Int32(Some(it))) => integer((*it).into()),
        (ColumnType::Smallint, ScalarValue::Int16(Some(it))) => integer((*it).into()),
        (ColumnType::Tinyint, ScalarValue::Int8(Some(it))) => integer((*it).into()),
        (ColumnType::Boolean, ScalarValue::Boolean(Some(it))) => Some(it.to_string()),
        (ColumnType::String, ScalarValue::Utf8(Some(it))) => string(it),
        (ColumnType::Decimal { precision, scale }, ScalarValue::Decimal128(Some(it), p, s)) => {
            let is_same = *p == precision && i8::try_from(scale) == Ok(*s);
            is_same.then(|| decimal(*it, scale.into()))
        }
        (ColumnType::Date, ScalarValue::Date32(Some(days))) => {
            let seconds = i64::from(*days).checked_mul(86_400)?;
            moment("DATE", DateTime::from_timestamp(seconds, 0)?, "%Y-%m-%d")
        }
        (ColumnType::Timestamp, ScalarValue::TimestampMicrosecond(Some(it), None)) => {
            moment("TIMESTAMP", DateTime::from_timestamp_micros(*it)?, "%Y-%m-%d %H:%M:%S%.6f")
        }
        _ => None,
    }
}

/// Trino reads the sign apart from the digits, which for the least integer are too many.
fn integer(value: i64) -> Option<String> {
    (value != i64::MIN).then(|| value.to_string())
}

fn string(text: &str) -> Option<String> {
    let is_plain = !text.chars().any(char::is_control);
    is_plain.then(|| format!("'{}'", text.replace('\'', "''")))
}

fn decimal(units: i128, scale: usize) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("DECIMAL '{sign}{whole}{point}{fraction}'")
}

/// Years of four digits only: others are written in ways of their own.
fn moment(word: &str, moment: DateTime<chrono::Utc>, form: &str) -> Option<String> {
    let mut text = format!("{word} '");
    write!(text, "{}'", moment.format(form)).ok()?;
    (1..=9999).contains(&chrono::Datelike::year(&moment)).then_some(text)
}

#[cfg(test)]
mod tests;
