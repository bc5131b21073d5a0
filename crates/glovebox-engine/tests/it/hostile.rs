//! What the runner of a query may try on rows: a failure that tells of them, names that collide.

use glovebox_model::{
    Aggregate, AggregateFunction, AggregationDraft, AggregationRule, ColumnName, OutputConstraint,
    ResultFormat, Rule, ScalarFunction,
};
use glovebox_privacy::{SecureDraw, release};

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
        "x",
        "\"\"",
        "' '",
        "NaN",
        "1e400",
        "-1e-400",
        "9223372036854775808",
        "+5",
        "0x10",
        "1.5d",
        "2020-02-30",
        "+262143-12-31",
        "-262144-01-01",
        "99999-01-01",
        "\u{130}",
        "\u{1F600}",
        "%",
        "\\",
        "a\\",
        "_%\\_",
        "12:00",
        "infinity",
        "٣",
        "\u{2028}",
        "1970-01-01 +99:99",
        "170141183460469231731687303715884105728",
        "<5>",
        "\"$1,000.00-\"",
        "true",
    ];
    let rows: Vec<String> = (0..60)
        .map(|it| {
            let of = |all: &[&str]| all[it % all.len()].to_owned();
            [
                of(&text),
                of(&whole),
                of(&real),
                of(&day),
                of(&moment),
                of(&flag),
                of(&whole),
                of(&real),
            ]
            .join(",")
        })
        .collect();
    doubled("person,s,i,d,day,ts,b,n1,n2", &rows)
}

/// Every granted function on every column, with arguments that hurt.
fn calls() -> Vec<String> {
    let mut calls = Vec::new();
    for column in ["s", "i", "d", "day", "ts", "b"] {
        for name in ScalarFunction::ALL.iter().map(|it| it.aws_name()) {
            calls.push(format!("{name}({column})"));
            for other in ["-1", "-2147483648", "2147483647", "'YEAR'", "'99.9S'"] {
                calls.push(format!("{name}({column}, {other})"));
            }
        }
        for kind in [
            "TINYINT",
            "SMALLINT",
            "INT",
            "BIGINT",
            "FLOAT",
            "DOUBLE",
            "DECIMAL(38,38)",
            "DECIMAL(38,0)",
            "DECIMAL(1,0)",
            "DATE",
            "TIMESTAMP",
            "BOOLEAN",
            "VARCHAR",
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
const AUDIENCE: &str = "person,segment\na,x\nb,y\n";

fn rules() -> [Rule; 2] {
    [generous("n1 n2", "s i d day ts b"), generous("person", "segment")]
}

/// Runs to the bytes of both formats; gives the CSV.
async fn delivered(house: &House, sql: &str, rules: [Rule; 2]) -> String {
    let mut texts = Vec::new();
    for format in [ResultFormat::Parquet, ResultFormat::Csv] {
        let account = BRAND.to_owned();
        house.bucket(&account);
        let reserved = house.reserved(sql, rules.clone());
        let executed = house.run(reserved, house.inputs()).await.unwrap_or_else(|failed| {
            panic!("{sql}: {:?}", failed.cause);
        });
        let released = release(executed, &mut SecureDraw::new().unwrap()).unwrap();
        let encoded = house.encode(released, vec![destination(BRAND, format)]).await.unwrap();
        let delivered = house.engine().deliver(kept(encoded), &key(), &[]).await.unwrap();
        texts.push(house.object(&account, &delivered.objects[0].key));
    }
    String::from_utf8(texts.pop().unwrap()).unwrap()
}

#[tokio::test]
async fn no_function_fails_on_any_row() {
    let house = house(&orders(), AUDIENCE);
    let allowed = |call: &String| {
        let sql = format!("SELECT COUNT(n1) AS n {FROM} GROUP BY {call}");
        house.reserved_if_allowed(&sql, rules()).is_some()
    };
    let calls: Vec<String> = calls().into_iter().filter(allowed).collect();
    assert!(calls.len() > 200, "{}", calls.len());
    for some in calls.chunks(60) {
        let groups = some.join(", ");
        let sql = format!(
            "SELECT SUM(n1) AS a, AVG(n1) AS b, SUM(n2) AS c, AVG(n2) AS d, SUM(DISTINCT n2) AS e \
             {FROM} GROUP BY {groups}"
        );
        let text = delivered(&house, &sql, rules()).await;
        assert!(text.lines().count() > 1, "{sql}\n{text}");
    }
    println!("{} calls", calls.len());
}

#[tokio::test]
async fn no_operator_fails_on_any_row() {
    let house = house(&orders(), AUDIENCE);
    let mut conditions = Vec::new();
    for one in ["s", "i", "d", "day", "9223372036854775807", "NULL"] {
        for other in ["s", "i", "ts", "0.000001", "'2020-01-01'"] {
            for operator in ["+", "-", "*", "/", "%"] {
                conditions.push(format!("{one} {operator} {other} IS NULL"));
                conditions.push(format!("-({one} {operator} {other}) * 1.5 > 0"));
            }
            for operator in ["=", "<", ">=", "<>", "LIKE", "NOT LIKE"] {
                conditions.push(format!("{one} {operator} {other}"));
            }
            conditions.push(format!("{one} IN ({other}, NULL, s)"));
            conditions.push(format!("{one} NOT BETWEEN {other} AND {one}"));
        }
    }
    let allowed = |it: &String| {
        house.reserved_if_allowed(&format!("SELECT COUNT(n1) AS n {FROM} WHERE {it}"), rules())
    };
    conditions.retain(|it| allowed(it).is_some());
    assert!(conditions.len() > 200, "{}", conditions.len());
    for some in conditions.chunks(80) {
        let sql = format!("SELECT COUNT(n1) AS n {FROM} WHERE {}", some.join(" OR "));
        delivered(&house, &sql, rules()).await;
    }
    println!("{} conditions", conditions.len());
}

#[tokio::test]
async fn groups_whose_functions_read_the_same_stay_apart() {
    let house = house("person,region,amount\na,r1,1\nb,r1,1\n", "person,segment\na,s1\nb,s1\n");
    let rules = || [generous("amount", "region"), generous("person", "segment")];
    let sql = "SELECT COALESCE(\"o.region, b\".segment) AS x, COALESCE(o.region, b.segment) AS y, \
               SUM(o.amount) AS n FROM audience AS \"o.region, b\" \
               JOIN orders o ON \"o.region, b\".person = o.person \
               JOIN audience b ON b.person = o.person \
               GROUP BY COALESCE(\"o.region, b\".segment), COALESCE(o.region, b.segment)";
    assert_eq!(delivered(&house, sql, rules()).await, "x,y,n\ns1,r1,2\n");
}
