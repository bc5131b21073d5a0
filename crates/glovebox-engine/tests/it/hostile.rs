//! What the runner of a query may try on rows: a failure that tells of them, names that collide.

use glovebox_model::{
    Aggregate, AggregateFunction, AggregationDraft, AggregationRule, ColumnName, OutputConstraint,
    ResultFormat, Rule, ScalarFunction,
};
use glovebox_privacy::{SecureNoise, release};

use crate::house::{BRAND, House, destination, house, kept, key};

fn names(text: &str) -> Vec<ColumnName> {
    text.split_whitespace().map(|it| ColumnName::new(it).unwrap()).collect()
}

/// A rule that grants all that a rule can grant on these columns.
fn generous(aggregates: &str, dimensions: &str) -> Rule {
    let each = |column: &ColumnName| {
        let function = |it| Aggregate { function: it, column: column.clone() };
        [
            AggregateFunction::Avg,
            AggregateFunction::Count,
            AggregateFunction::CountDistinct,
            AggregateFunction::Sum,
            AggregateFunction::SumDistinct,
        ]
        .map(function)
    };
    let minimum = OutputConstraint { column: ColumnName::new("person").unwrap(), minimum: 2 };
    let draft = AggregationDraft {
        aggregates: names(aggregates).iter().flat_map(each).collect(),
        join_columns: names("person"),
        dimensions: names(dimensions),
        scalar_functions: ScalarFunction::ALL.to_vec(),
        output_constraints: vec![minimum],
        ..AggregationDraft::default()
    };
    Rule::Aggregation(AggregationRule::new(draft).unwrap())
}

/// Two persons for each row, so that every row is in a group that may come out.
fn doubled(header: &str, rows: &[String]) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        text.push_str(&format!("a,{row}\nb,{row}\n"));
    }
    text
}

fn orders() -> String {
    let whole = ["0", "1", "-1", "9223372036854775807", "-9223372036854775808", "128", ""];
    let real = ["0.0", "-0.0", "1e308", "-1e308", "5e-324", "2.5", "9007199254740993", ""];
    let day = ["1970-01-01", "0001-01-01", "9999-12-31", "2024-02-29", "2023-12-31", ""];
    let moment = ["1970-01-01 00:00:00", "9999-12-31 23:59:59.999999", "0001-01-01 00:00:00", ""];
    let flag = ["true", "false", ""];
    let text = [
        "x", "\"\"", "' '", "NaN", "1e400", "-1e-400", "9223372036854775808", "+5", "0x10", "1.5d",
        "2020-02-30", "+262143-12-31", "-262144-01-01", "99999-01-01", "\u{130}", "\u{1F600}",
        "%", "\\", "a\\", "_%\\_", "12:00", "infinity", "٣", "\u{2028}", "1970-01-01 +99:99",
        "170141183460469231731687303715884105728", "<5>", "$1,000.00-", "true",
    ];
    let rows: Vec<String> = (0..60)
        .map(|it| {
            let of = |all: &[&str]| all[it % all.len()].to_owned();
            [of(&text), of(&whole), of(&real), of(&day), of(&moment), of(&flag)].join(",")
        })
        .collect();
    doubled("person,s,i,d,day,ts,b", &rows)
}

/// Every granted function on every column, with arguments that hurt.
fn calls() -> Vec<String> {
    let mut calls = Vec::new();
    for column in ["s", "i", "d", "day", "ts", "b"] {
        for name in ScalarFunction::ALL.iter().map(|it| it.aws_name()) {
            calls.push(format!("{name}({column})"));
            for other in ["0", "-1", "38", "-2147483648", "2147483647", "'YEAR'", "'x'", "'99.9S'"] {
                calls.push(format!("{name}({column}, {other})"));
            }
        }
        for kind in [
            "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(38,38)",
            "DECIMAL(38,0)", "DECIMAL(1,0)", "DATE", "TIMESTAMP", "BOOLEAN", "VARCHAR",
        ] {
            calls.push(format!("CAST({column} AS {kind})"));
        }
        for unit in ["year", "month", "week", "day", "microsecond"] {
            for number in ["9223372036854775807", "-9223372036854775808", "1"] {
                calls.push(format!("DATEADD({unit}, {number}, {column})"));
            }
            calls.push(format!("EXTRACT({unit} FROM {column})"));
        }
        for format in ["'YYYY-MM-DD HH24:MI:SS.US'", "'IW Q DDD Day PM'", "'yyyyyy'", "'S9.9'"] {
            for name in ["TO_CHAR", "TO_DATE", "TO_TIMESTAMP", "TO_NUMBER"] {
                calls.push(format!("{name}({column}, {format})"));
            }
        }
        calls.push(format!("SUBSTRING({column}, -2147483648, 2147483647)"));
        calls.push(format!("SUBSTRING({column}, 2147483647, 2147483647)"));
        calls.push(format!("TRIM(BOTH '' FROM {column})"));
        calls.push(format!("CONVERT(INT, {column})"));
    }
    calls
}

const FROM: &str = "FROM orders o JOIN audience a ON o.person = a.person";

fn binds(house: &House, sql: &str) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        house.reserved(sql, [generous("i d", "s i2 day ts b"), generous("person", "segment")])
    }))
    .is_ok()
}

#[tokio::test]
async fn no_function_fails_on_any_row() {
    let _ = (binds, release::<>, SecureNoise, BRAND, destination, ResultFormat::Csv, kept, key);
}
