//! The texts that Athena is sent.

use datafusion::prelude::{Expr, col, lit};
use expect_test::{Expect, expect};
use glovebox_model::ColumnName;

use super::*;

/// Columns of all types, and those of them that have no conditions.
const COLUMNS: [(&str, &str); 12] = [
    ("id", "bigint"),
    ("age", "int"),
    ("small", "smallint"),
    ("tiny", "tinyint"),
    ("name", "string"),
    ("code", "char(3)"),
    ("amount", "decimal(10,2)"),
    ("score", "double"),
    ("active", "boolean"),
    ("born", "date"),
    ("seen", "timestamp"),
    ("order", "varchar(9)"),
];

fn known() -> Vec<Known> {
    let column = |(name, kind): &(&str, &str)| {
        let model = if kind.contains("char") { "string" } else { kind };
        let name = ColumnName::new(name).unwrap();
        Known::new(Column { name, kind: model.parse().unwrap() }, kind)
    };
    COLUMNS.iter().map(column).collect()
}

fn check(shown: &[&str], filters: &[Expr], expected: &Expect) {
    let known = known();
    let shown: Vec<Column> = shown
        .iter()
        .map(|name| {
            known.iter().find(|it| it.column.name.as_str() == *name).unwrap().column.clone()
        })
        .collect();
    let hints: Vec<Hint> = filters.iter().map(|it| Hint::of(it).unwrap()).collect();
    expected.assert_eq(&text(("db", "t"), &shown, &hints, &known));
}

#[test]
fn a_scan_asks_for_the_shown_columns_in_their_order() {
    check(&["name", "id"], &[], &expect![[r#"SELECT "name", "id" FROM "db"."t""#]]);
    check(&["order"], &[], &expect![[r#"SELECT "order" FROM "db"."t""#]]);
    check(&[], &[], &expect![[r#"SELECT 1 AS n FROM "db"."t""#]]);
    let odd = text(("d\"b", "t\" where 1=1 --"), &[], &[], &[]);
    expect![[r#"SELECT 1 AS n FROM "d""b"."t"" where 1=1 --""#]].assert_eq(&odd);
}

#[test]
fn literals_have_the_type_of_their_column() {
    let decimal = |it| lit(ScalarValue::Decimal128(Some(it), 10, 2));
    check(
        &["id"],
        &[
            col("id").gt(lit(-5_i64)),
            col("age").lt_eq(lit(7_i32)),
            lit(3_i16).lt(col("small")),
            col("tiny").in_list(vec![lit(1_i8), lit(-2_i8)], false),
            col("amount").gt_eq(decimal(-105)),
            col("amount").eq(decimal(7)),
            col("active").eq(lit(true)),
        ],
        &expect![[
            r#"SELECT "id" FROM "db"."t" WHERE "id" > -5 AND "age" <= 7 AND "small" > 3 AND "tiny" IN (1, -2) AND "amount" >= DECIMAL '-1.05' AND "amount" = DECIMAL '0.07' AND "active" = true"#
        ]],
    );
    check(
        &["id"],
        &[
            col("born").lt(lit(ScalarValue::Date32(Some(-1)))),
            col("seen").eq(lit(ScalarValue::TimestampMicrosecond(Some(-1), None))),
            col("name").is_null(),
            col("score").is_not_null(),
            col("code").is_not_null(),
        ],
        &expect![[
            r#"SELECT "id" FROM "db"."t" WHERE "born" < DATE '1969-12-31' AND "seen" = TIMESTAMP '1969-12-31 23:59:59.999999' AND "name" IS NULL AND "score" IS NOT NULL AND "code" IS NOT NULL"#
        ]],
    );
}

#[test]
fn texts_stay_within_their_quotes() {
    check(
        &["id"],
        &[
            col("name").eq(lit("O'Brien' OR 1=1 --")),
            col("order").in_list(vec![lit("\\'"), lit("Zoë"), lit("")], false),
        ],
        &expect![[
            r#"SELECT "id" FROM "db"."t" WHERE "name" = 'O''Brien'' OR 1=1 --' AND "order" IN ('\''', 'Zoë', '')"#
        ]],
    );
}

#[test]
fn what_trino_means_otherwise_is_left_to_the_engine() {
    let far = ScalarValue::Date32(Some(3_000_000));
    let filters = [
        col("score").gt(lit(2.0)),
        col("score").eq(lit(0.0)),
        col("name").gt(lit("z")),
        col("name").eq(lit("line\nend")),
        col("code").eq(lit("ab")),
        col("active").lt(lit(true)),
        col("id").eq(lit(i64::MIN)),
        col("id").eq(lit(5_i32)),
        col("amount").eq(lit(ScalarValue::Decimal128(Some(7), 10, 3))),
        col("born").eq(lit(far)),
        col("seen").eq(lit(ScalarValue::TimestampMicrosecond(Some(0), Some("UTC".into())))),
        col("name").in_list(vec![lit("a"), lit("\u{0}")], false),
        col("unknown").eq(lit(1_i64)),
    ];
    check(&["id"], &filters, &expect![[r#"SELECT "id" FROM "db"."t""#]]);
    let long = "x".repeat(LONGEST);
    check(&["id"], &[col("name").eq(lit(long))], &expect![[r#"SELECT "id" FROM "db"."t""#]]);
}
