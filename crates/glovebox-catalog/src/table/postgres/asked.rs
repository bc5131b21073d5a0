//! The text that a server is asked: columns, a table, and the hints that mean there what they
//! mean in the engine. Names are quoted, literals are typed, and nothing calls a
//! function. It is meant for a session whose `search_path` is `pg_catalog` alone.

use chrono::{DateTime, TimeDelta};
use datafusion::common::ScalarValue;
use glovebox_model::ColumnType;

use super::copied::uuid;
use super::kind::{Form, Stored};
use crate::table::hint::{Comparison, Hint, Test};

/// The statement that copies columns of a table out, in the server's binary form. `is_utf8` says
/// whether the server keeps texts in UTF-8.
pub(super) fn statement(
    (schema, table): (&str, &str),
    columns: &[Stored],
    stored: &[Stored],
    hints: &[Hint],
    is_utf8: bool,
) -> String {
    let columns: Vec<String> = columns.iter().map(|it| quoted(&it.name)).collect();
    let (columns, from) = (columns.join(", "), relation(schema, table));
    let gap = if columns.is_empty() { "" } else { " " };
    let mut text = format!("COPY (SELECT{gap}{columns} FROM {from}");
    let tests: Vec<String> = hints.iter().filter_map(|it| test(it, stored, is_utf8)).collect();
    if !tests.is_empty() {
        text.push_str(" WHERE ");
        text.push_str(&tests.join(" AND "));
    }
    text.push_str(") TO STDOUT (FORMAT binary)");
    text
}

/// A question for a table and the types of its columns as they are now, whatever snapshot is
/// looked at: one row of the number of the table and those of the types. No row of the table is
/// read, and none of its owners changes it until the transaction ends.
pub(super) fn types((schema, table): (&str, &str), columns: &[&Stored]) -> Option<String> {
    let kind = |it: &&Stored| format!("pg_catalog.pg_typeof(t.{})::oid::text", quoted(&it.name));
    let from = relation(schema, table);
    let number = format!("{}::pg_catalog.regclass::oid::text", constant(&from)?);
    let cells: Vec<String> = std::iter::once(number).chain(columns.iter().map(kind)).collect();
    let cells = cells.join(", ");
    Some(format!("SELECT {cells} FROM (VALUES (1)) AS o LEFT JOIN {from} AS t ON false"))
}

/// A question for how many of the tables that the connection has locked, whatever names them, do
/// not lie where the snapshot knows them: truncated, rewritten, or made since. Their old rows are
/// gone, which is no error to who reads them. `pg_class` is seen in the snapshot,
/// `pg_relation_filenode` tells what is there now; an index that is new takes no row away.
pub(super) const REWRITTEN: &str = "\
    SELECT pg_catalog.count(*)::text FROM pg_catalog.pg_locks l \
    JOIN pg_catalog.pg_database d ON d.oid = l.database \
    LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation \
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' \
    AND d.datname = pg_catalog.current_database() AND l.relation >= 16384 \
    AND (c.oid IS NULL AND pg_catalog.pg_index_has_property(l.relation, 'index_scan') IS NULL \
    OR c.relkind IN ('r', 'm') \
    AND c.relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(l.relation))";

fn relation(schema: &str, table: &str) -> String {
    format!("{}.{}", quoted(schema), quoted(table))
}

/// A name as the server takes it, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn test(hint: &Hint, stored: &[Stored], is_utf8: bool) -> Option<String> {
    let column = stored.iter().find(|it| it.column.name == hint.column)?;
    let name = quoted(&column.name);
    let is_text = column.column.kind == ColumnType::String && column.form == Form::Plain;
    let by_bytes = format!("{name} COLLATE \"C\"");
    // What another encoding does not have would be an error there.
    let is_sayable = |it: &ScalarValue| match it {
        ScalarValue::Utf8(Some(text)) => is_utf8 || text.is_ascii(),
        _ => true,
    };
    // Most servers have an index for the column's own collation.
    let equals = if is_text && !column.by_bytes { &by_bytes } else { &name };
    Some(match &hint.test {
        Test::Compare(_, value) if !is_sayable(value) => return None,
        Test::Compare(Comparison::Equal, value) => {
            format!("{equals} = {}", literal(column, value)?)
        }
        Test::Compare(comparison, value) => {
            if is_text && !is_utf8 {
                return None;
            }
            let compared = if is_text { &by_bytes } else { &name };
            format!("{compared} {} {}", comparison.operator(), literal(column, value)?)
        }
        Test::In(values) if values.is_empty() || !values.iter().all(is_sayable) => return None,
        Test::In(values) => {
            let values: Option<Vec<String>> = values.iter().map(|it| literal(column, it)).collect();
            format!("{equals} IN ({})", values?.join(", "))
        }
        Test::IsNull => format!("{name} IS NULL"),
        Test::IsNotNull => format!("{name} IS NOT NULL"),
    })
}

/// `None` if the server might compare it otherwise than the engine: floats (NaN), labels, what is
/// padded, other types than the column's.
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
        (
            ColumnType::Decimal { precision, scale },
            Form::Plain,
            ScalarValue::Decimal128(Some(it), of, digits),
        ) if precision == *of && i8::try_from(scale) == Ok(*digits) => {
            format!("'{}'::numeric", decimal(*it, scale.into()))
        }
        (ColumnType::String, Form::Plain, ScalarValue::Utf8(Some(it))) => {
            format!("{}::text", constant(it)?)
        }
        // Any other text is no text of a UUID, though the server would take it for one.
        (ColumnType::String, Form::Uuid, ScalarValue::Utf8(Some(it))) => {
            let bits = u128::from_str_radix(&it.replace('-', ""), 16).ok()?;
            (uuid(bits) == *it).then(|| format!("'{it}'::uuid"))?
        }
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
                Form::Label | Form::Plain | Form::Padded | Form::Uuid => {
                    format!("'{moment}'::timestamp")
                }
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

fn decimal(value: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale.saturating_add(1));
    let (whole, part) = digits.split_at(digits.len().saturating_sub(scale));
    let sign = if value < 0 { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// A text in the form that means the same under every setting of the server.
pub(super) fn constant(text: &str) -> Option<String> {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''");
    (!text.contains('\0')).then(|| format!("E'{escaped}'"))
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{col, lit};
    use glovebox_model::{Column, ColumnName};

    use super::*;

    fn stored(name: &str, kind: ColumnType, form: Form) -> Stored {
        let folded = ColumnName::new(&name.to_lowercase()).unwrap();
        let column = Column { name: folded, kind };
        Stored { name: name.into(), column, form, oid: String::new(), by_bytes: true }
    }

    fn asked(hint: &datafusion::logical_expr::Expr) -> String {
        asked_of(hint, true, true)
    }

    fn asked_of(hint: &datafusion::logical_expr::Expr, by_bytes: bool, is_utf8: bool) -> String {
        let mut stored = [
            stored("id", ColumnType::Bigint, Form::Plain),
            stored("City", ColumnType::String, Form::Plain),
            stored("code", ColumnType::String, Form::Padded),
            stored("day", ColumnType::Date, Form::Plain),
            stored("at", ColumnType::Timestamp, Form::Zoned),
            stored("ratio", ColumnType::Double, Form::Plain),
            stored("who", ColumnType::String, Form::Label),
            stored("key", ColumnType::String, Form::Uuid),
            stored("paid", ColumnType::Decimal { precision: 10, scale: 2 }, Form::Plain),
        ];
        stored[1].by_bytes = by_bytes;
        let text = statement(
            ("s\"; DROP", "Tä'\\b"),
            &[stored[0].clone(), stored[6].clone()],
            &stored,
            &[Hint::of(hint).unwrap()],
            is_utf8,
        );
        let start = "COPY (SELECT \"id\", \"who\" FROM \"s\"\"; DROP\".\"Tä'\\b\"";
        let rest = text.strip_prefix(start).unwrap();
        rest.strip_suffix(") TO STDOUT (FORMAT binary)").unwrap().to_owned()
    }

    #[test]
    fn a_hint_is_asked_where_the_server_compares_as_the_engine_does() {
        assert_eq!(asked(&col("id").gt(lit(-5_i64))), " WHERE \"id\" > '-5'::int8");
        assert_eq!(
            asked(&col("city").lt(lit("O'Hare\\' OR 1=1"))),
            " WHERE \"City\" COLLATE \"C\" < E'O''Hare\\\\'' OR 1=1'::text"
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
        let paid = lit(ScalarValue::Decimal128(Some(-5), 10, 2));
        assert_eq!(asked(&col("paid").lt(paid)), " WHERE \"paid\" < '-0.05'::numeric");
        let key = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        assert_eq!(asked(&col("key").eq(lit(key))), format!(" WHERE \"key\" = '{key}'::uuid"));
        assert_eq!(asked(&col("ratio").is_null()), " WHERE \"ratio\" IS NULL");
    }

    #[test]
    fn texts_are_equal_by_bytes_whatever_their_collation_and_encoding() {
        let equal = col("city").eq(lit("a"));
        assert_eq!(asked(&equal), " WHERE \"City\" = E'a'::text");
        let by_bytes = " WHERE \"City\" COLLATE \"C\" = E'a'::text";
        assert_eq!(asked_of(&equal, false, true), by_bytes);
        assert_eq!(asked_of(&equal, true, false), " WHERE \"City\" = E'a'::text");
        assert_eq!(asked_of(&col("city").eq(lit("é")), true, false), "");
        assert_eq!(asked_of(&col("city").gt(lit("a")), true, false), "");
        let several = col("city").in_list(vec![lit("a"), lit("é")], false);
        assert_eq!(asked_of(&several, true, false), "");
        assert_eq!(asked(&several), " WHERE \"City\" IN (E'a'::text, E'é'::text)");
    }

    #[test]
    fn nothing_of_a_row_is_asked_for_types_or_counts() {
        let id = stored("id", ColumnType::Bigint, Form::Plain);
        assert_eq!(
            types(("s", "t"), &[&id]).unwrap(),
            "SELECT E'\"s\".\"t\"'::pg_catalog.regclass::oid::text, \
             pg_catalog.pg_typeof(t.\"id\")::oid::text \
             FROM (VALUES (1)) AS o LEFT JOIN \"s\".\"t\" AS t ON false"
        );
        assert_eq!(
            REWRITTEN,
            "SELECT pg_catalog.count(*)::text FROM pg_catalog.pg_locks l \
             JOIN pg_catalog.pg_database d ON d.oid = l.database \
             LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation \
             WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' \
             AND d.datname = pg_catalog.current_database() AND l.relation >= 16384 \
             AND (c.oid IS NULL AND \
             pg_catalog.pg_index_has_property(l.relation, 'index_scan') IS NULL \
             OR c.relkind IN ('r', 'm') AND \
             c.relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(l.relation))"
        );
        let text = statement(("s", "t"), &[], &[id], &[], true);
        assert_eq!(text, "COPY (SELECT FROM \"s\".\"t\") TO STDOUT (FORMAT binary)");
    }

    #[test]
    fn a_hint_that_might_mean_something_else_is_not_asked() {
        for hint in [
            col("ratio").gt(lit(1.0)),
            col("code").eq(lit("a")),
            col("who").eq(lit("a")),
            col("key").eq(lit("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")),
            col("key").eq(lit("")),
            col("paid").eq(lit(ScalarValue::Decimal128(Some(5), 11, 2))),
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
