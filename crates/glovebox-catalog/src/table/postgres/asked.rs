//! The text that a server is asked: columns, a table, and the hints that mean there what they
//! mean in the engine. Names are quoted, literals are typed, and nothing calls a
//! function. It is meant for a session whose `search_path` is `pg_catalog` alone.

use chrono::{DateTime, TimeDelta};
use datafusion::common::ScalarValue;
use glovebox_model::ColumnType;

use super::kind::{Form, Stored};
use crate::table::hint::{Comparison, Hint, Test};

/// The statement that copies columns of a table out, in the server's binary form.
pub(super) fn statement(
    (schema, table): (&str, &str),
    columns: &[&Stored],
    stored: &[Stored],
    hints: &[Hint],
) -> String {
    let columns: Vec<String> = columns.iter().map(|it| selected(it)).collect();
    let mut text =
        format!("COPY (SELECT {} FROM {}.{}", columns.join(", "), quoted(schema), quoted(table));
    let tests: Vec<String> = hints.iter().filter_map(|it| test(it, stored)).collect();
    if !tests.is_empty() {
        text.push_str(" WHERE ");
        text.push_str(&tests.join(" AND "));
    }
    text.push_str(") TO STDOUT (FORMAT binary)");
    text
}

fn selected(column: &Stored) -> String {
    let name = quoted(&column.name);
    match column.form {
        Form::Text => format!("{name}::pg_catalog.text"),
        Form::Plain | Form::Padded | Form::Zoned => name,
    }
}

/// A name as the server takes it, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn test(hint: &Hint, stored: &[Stored]) -> Option<String> {
    let column = stored.iter().find(|it| it.column.name == hint.column)?;
    let name = quoted(&column.name);
    // Of text the bytes are compared.
    let compared = match column.column.kind {
        ColumnType::String => format!("{name} COLLATE \"C\""),
        _ => name.clone(),
    };
    Some(match &hint.test {
        Test::Compare(comparison, value) => {
            let sign = match comparison {
                Comparison::Equal => "=",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            format!("{compared} {sign} {}", literal(column, value)?)
        }
        Test::In(values) if values.is_empty() => return None,
        Test::In(values) => {
            let values: Option<Vec<String>> = values.iter().map(|it| literal(column, it)).collect();
            format!("{compared} IN ({})", values?.join(", "))
        }
        Test::IsNull => format!("{name} IS NULL"),
        Test::IsNotNull => format!("{name} IS NOT NULL"),
    })
}

/// `None` if the server might compare it otherwise than the engine: floats (NaN), what is padded
/// or turned into text, other types than the column's.
fn literal(column: &Stored, value: &ScalarValue) -> Option<String> {
    Some(match (column.column.kind, column.form, value) {
        (ColumnType::Smallint, Form::Plain, ScalarValue::Int16(Some(it))) => {
            format!("'{it}'::int2")
        }
        (ColumnType::Int, Form::Plain, ScalarValue::Int32(Some(it))) => format!("'{it}'::int4"),
        (ColumnType::Bigint, Form::Plain, ScalarValue::Int64(Some(it))) => format!("'{it}'::int8"),
        (ColumnType::Boolean, Form::Plain, ScalarValue::Boolean(Some(it))) => {
            format!("'{it}'::bool")
        }
        (ColumnType::String, Form::Plain, ScalarValue::Utf8(Some(it))) => text(it)?,
        (ColumnType::Date, Form::Plain, ScalarValue::Date32(Some(days))) => {
            let moment =
                DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::days((*days).into()))?;
            format!("'{}'::date", within(moment)?.format("%Y-%m-%d"))
        }
        (
            ColumnType::Timestamp,
            form @ (Form::Plain | Form::Zoned),
            ScalarValue::TimestampMicrosecond(Some(micros), None),
        ) => {
            let moment = within(DateTime::from_timestamp_micros(*micros)?)?;
            let moment = moment.format("%Y-%m-%d %H:%M:%S%.6f");
            match form {
                Form::Zoned => format!("'{moment}+00'::timestamptz"),
                Form::Plain | Form::Padded | Form::Text => format!("'{moment}'::timestamp"),
            }
        }
        _ => return None,
    })
}

/// Years that every server reads as they are written.
fn within<Z: chrono::TimeZone>(moment: DateTime<Z>) -> Option<DateTime<Z>> {
    use chrono::Datelike;
    (1..=9999).contains(&moment.year()).then_some(moment)
}

/// A text in the form that means the same under every setting of the server.
fn text(text: &str) -> Option<String> {
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
    (!text.contains('\0')).then(|| format!("E'{escaped}'::text"))
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{col, lit};
    use glovebox_model::{Column, ColumnName};

    use super::*;

    fn stored(name: &str, kind: ColumnType, form: Form) -> Stored {
        let folded = ColumnName::new(&name.to_lowercase()).unwrap();
        Stored { name: name.into(), column: Column { name: folded, kind }, form }
    }

    fn asked(hint: &datafusion::logical_expr::Expr) -> String {
        let stored = [
            stored("id", ColumnType::Bigint, Form::Plain),
            stored("City", ColumnType::String, Form::Plain),
            stored("code", ColumnType::String, Form::Padded),
            stored("day", ColumnType::Date, Form::Plain),
            stored("at", ColumnType::Timestamp, Form::Zoned),
            stored("ratio", ColumnType::Double, Form::Plain),
            stored("who", ColumnType::String, Form::Text),
        ];
        let text = statement(
            ("s\"; DROP", "Tä'\\b"),
            &[&stored[0], &stored[6]],
            &stored,
            &[Hint::of(hint).unwrap()],
        );
        let start = "COPY (SELECT \"id\", \"who\"::pg_catalog.text FROM \"s\"\"; DROP\".\"Tä'\\b\"";
        let rest = text.strip_prefix(start).unwrap();
        rest.strip_suffix(") TO STDOUT (FORMAT binary)").unwrap().to_owned()
    }

    #[test]
    fn a_hint_is_asked_where_the_server_compares_as_the_engine_does() {
        assert_eq!(asked(&col("id").gt(lit(-5_i64))), " WHERE \"id\" > '-5'::int8");
        assert_eq!(
            asked(&col("city").lt(lit("O'Hare\\' OR 1=1"))),
            " WHERE \"City\" COLLATE \"C\" < E'O\\'Hare\\\\\\' OR 1=1'::text"
        );
        assert_eq!(
            asked(&col("id").in_list(vec![lit(1_i64), lit(2_i64)], false)),
            " WHERE \"id\" IN ('1'::int8, '2'::int8)"
        );
        let day = lit(ScalarValue::Date32(Some(19_000)));
        assert_eq!(asked(&col("day").gt_eq(day)), " WHERE \"day\" >= '2022-01-08'::date");
        let at = lit(ScalarValue::TimestampMicrosecond(Some(1), None));
        assert_eq!(
            asked(&col("at").eq(at)),
            " WHERE \"at\" = '1970-01-01 00:00:00.000001+00'::timestamptz"
        );
        assert_eq!(asked(&col("ratio").is_null()), " WHERE \"ratio\" IS NULL");
    }

    #[test]
    fn a_hint_that_might_mean_something_else_is_not_asked() {
        for hint in [
            col("ratio").gt(lit(1.0)),
            col("code").eq(lit("a")),
            col("who").eq(lit("a")),
            col("id").eq(lit(1_i32)),
            col("city").eq(lit("a\0b")),
            col("day").eq(lit(ScalarValue::Date32(Some(i32::MAX)))),
            col("nowhere").is_null(),
            col("id").in_list(vec![lit(1_i64), lit(2_i32)], false),
        ] {
            assert_eq!(asked(&hint), "", "{hint}");
        }
    }
}
