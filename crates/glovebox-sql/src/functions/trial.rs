//! Tests only: what a query answers when it is bound, made total, optimised and run.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::Schema as ArrowSchema;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::prelude::{SessionConfig, SessionContext};
use glovebox_model::{Column, ColumnName, ColumnType, TableName, Timestamp};

use super::Kind;
use super::cast::cast;
use super::value::{Reader, Value, Writer};
use crate::rewrite::{substitute, total};
use crate::{Schema, TableSchema, bind};

/// 2024-02-29 12:34:56.789
pub(crate) const NOW: i64 = 1_709_210_096_789;

/// A table of text columns and typed columns; every value is given as text, `NULL` is NULL.
pub(crate) struct Table {
    pub(crate) columns: Vec<(&'static str, ColumnType)>,
    pub(crate) rows: Vec<Vec<&'static str>>,
}

impl Table {
    fn batch(&self) -> RecordBatch {
        let arrays = self.columns.iter().enumerate().map(|(index, (_, kind))| {
            let kind = Kind::of(&crate::arrow_type(*kind)).unwrap();
            let mut writer = Writer::new(kind);
            for row in &self.rows {
                writer.push(match row[index] {
                    "NULL" => Value::Null,
                    text => cast(Value::text(text), Kind::String, kind),
                });
            }
            writer.finish()
        });
        RecordBatch::try_new(self.schema(), arrays.collect()).unwrap()
    }

    fn schema(&self) -> Arc<ArrowSchema> {
        crate::arrow_schema(&self.described())
    }

    pub(crate) fn described(&self) -> Vec<Column> {
        let column = |(name, kind): &(&str, ColumnType)| Column {
            name: ColumnName::new(name).unwrap(),
            kind: *kind,
        };
        self.columns.iter().map(column).collect()
    }
}

/// The plan of a query over tables, made total.
pub(crate) fn planned(sql: &str, tables: &[(&str, &Table)]) -> Result<LogicalPlan, String> {
    let mut schema = Schema::default();
    for (name, table) in tables {
        let described = TableSchema { columns: table.described(), hidden: Vec::new() };
        schema.tables.insert(TableName::new(name).unwrap(), described);
    }
    let now = Timestamp::from_millis(NOW);
    let bound = bind(sql, &schema, now).map_err(|faults| format!("{faults:?}"))?;
    let plan = total(bound.plan().clone(), now).map_err(|it| it.to_string())?;
    let again = total(plan.clone(), now).map_err(|it| it.to_string())?;
    assert_eq!(
        plan.display_indent().to_string(),
        again.display_indent().to_string(),
        "a second run changes nothing: {sql}"
    );
    Ok(plan)
}

/// The rows of a query over tables, as text.
pub(crate) fn answer(sql: &str, tables: &[(&str, &Table)]) -> Result<Vec<Vec<String>>, String> {
    rows_of(planned(sql, tables)?, tables)
}

/// The rows of a plan that is total, over tables, as text.
pub(crate) fn rows_of(
    plan: LogicalPlan,
    tables: &[(&str, &Table)],
) -> Result<Vec<Vec<String>>, String> {
    let mut sources = BTreeMap::new();
    for (name, table) in tables {
        let memory = MemTable::try_new(table.schema(), vec![vec![table.batch()]]).unwrap();
        sources.insert(TableName::new(name).unwrap(), provider_as_source(Arc::new(memory)));
    }
    let plan = substitute(plan, &sources).map_err(|it| it.to_string())?;
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    let optimized = context.state().optimize(&plan).map_err(|it| it.to_string())?;
    assert_no_cast(&optimized);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let batches = runtime
        .block_on(async { context.execute_logical_plan(plan).await.unwrap().collect().await });
    let batches = batches.map_err(|it| it.to_string())?;
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            rows.push(batch.columns().iter().map(|it| shown(it, row)).collect());
        }
    }
    Ok(rows)
}

fn assert_no_cast(plan: &LogicalPlan) {
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|it| {
                assert!(!matches!(it, Expr::Cast(_)), "{it} was put into {plan}");
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    walked.unwrap();
}

/// A value as Spark's cast to string shows it.
fn shown(array: &ArrayRef, row: usize) -> String {
    let Some(kind) = Kind::of(array.data_type()) else {
        let formatter = ArrayFormatter::try_new(array, &FormatOptions::default()).unwrap();
        return formatter.value(row).to_string();
    };
    match cast(Reader::rows(Arc::clone(array)).get(row), kind, Kind::String) {
        Value::Text(text) => text.into_owned(),
        _ => "NULL".to_owned(),
    }
}

/// What one expression answers, and its type.
pub(crate) fn value(expression: &str) -> Result<String, String> {
    let one = Table { columns: vec![("dummy", ColumnType::Int)], rows: vec![vec!["1"]] };
    let rows = answer(&format!("SELECT {expression} AS v FROM one"), &[("one", &one)])?;
    Ok(rows[0][0].clone())
}

/// The type that one expression answers in.
pub(crate) fn kind(expression: &str) -> Result<String, String> {
    let one = Table { columns: vec![("dummy", ColumnType::Int)], rows: vec![vec!["1"]] };
    let plan = planned(&format!("SELECT {expression} AS v FROM one"), &[("one", &one)])?;
    Ok(Kind::of(plan.schema().field(0).data_type()).unwrap().name())
}

#[test]
fn literals_have_sparks_types() {
    assert_eq!(kind("1.5").unwrap(), "decimal(2,1)");
    assert_eq!(kind("CAST(1 AS INT) + 1").unwrap(), "bigint");
    assert_eq!(value("1 / 2").unwrap(), "0.5");
}

#[test]
fn a_string_beside_a_boolean_column_is_read_as_one() {
    let flags = Table {
        columns: vec![("flag", ColumnType::Boolean), ("n", ColumnType::Int)],
        rows: vec![vec!["true", "1"], vec!["false", "2"], vec!["NULL", "3"]],
    };
    let rows = |filter: &str| {
        let sql = format!("SELECT n FROM flags WHERE {filter} ORDER BY n");
        answer(&sql, &[("flags", &flags)]).unwrap().concat()
    };
    assert_eq!(rows("flag = 'yes'"), ["1"]);
    assert_eq!(rows("flag <> 1"), ["2"]);
    assert_eq!(rows("NOT (flag = 'yes' OR n = 5)"), ["2"]);
    assert_eq!(rows("NOT NOT (flag = 'yes' AND n = 1)"), ["1"]);
    assert!(rows("flag = 'perhaps'").is_empty());
}

/// The examples of `docs/functions.md`: expression, answer, type.
fn examples() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut found = Vec::new();
    for line in include_str!("../../../../docs/functions.md").lines() {
        let Some(row) = line.strip_prefix("| `") else { continue };
        let Some((expression, row)) = row.split_once("` | `") else { continue };
        let (answer, kind) = row.split_once("` | ").unwrap();
        found.push((expression, answer, kind.trim_end_matches(" |")));
    }
    found
}

/// What expressions answer, and their types: many in one query, as planning takes longest.
fn answers(expressions: &[&str]) -> Result<Vec<(String, String)>, String> {
    let one = Table { columns: vec![("dummy", ColumnType::Int)], rows: vec![vec!["1"]] };
    let items = expressions.iter().enumerate().map(|(place, it)| format!("{it} AS v{place}"));
    let sql = format!("SELECT {} FROM one", items.collect::<Vec<_>>().join(", "));
    let plan = planned(&sql, &[("one", &one)])?;
    let kind = |place: usize| Kind::of(plan.schema().field(place).data_type()).unwrap().name();
    let rows = answer(&sql, &[("one", &one)])?;
    Ok(rows[0].iter().enumerate().map(|(place, it)| (it.clone(), kind(place))).collect())
}

#[test]
fn every_example_of_the_documentation_answers_what_it_says() {
    let mut wrong = Vec::new();
    for chunk in examples().chunks(25) {
        let expressions: Vec<&str> = chunk.iter().map(|it| it.0).collect();
        let found = answers(&expressions);
        for (place, (expression, answer, wanted)) in chunk.iter().enumerate() {
            let found = match &found {
                Ok(found) => Ok(found[place].clone()),
                Err(_) => answers(&[expression]).map(|mut it| it.remove(0)),
            };
            if found != Ok(((*answer).to_owned(), (*wanted).to_owned())) {
                wrong.push(format!("{expression}: {found:?}, not {answer} {wanted}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_documentation_has_every_function_of_the_enum_with_an_example() {
    let text = include_str!("../../../../docs/functions.md");
    for function in glovebox_model::ScalarFunction::ALL {
        let name = function.aws_name();
        assert!(text.contains(&format!("\n| {name}")), "{name} has no row");
        assert!(examples().iter().any(|it| it.0.contains(name)), "{name} has no example");
    }
}

#[test]
fn the_documentation_names_every_function() {
    let text = include_str!("../../../../docs/functions.md");
    let words: std::collections::BTreeSet<&str> = text
        .split(|it: char| !(it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_'))
        .collect();
    let missing: Vec<&str> = super::names()
        .filter(|it| !it.starts_with("__gb") && !words.contains(it.to_uppercase().as_str()))
        .filter(|it| !super::is_type(it))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn numbers() -> Table {
    Table {
        columns: vec![
            ("g", ColumnType::String),
            ("i", ColumnType::Bigint),
            ("t", ColumnType::Tinyint),
            ("d", ColumnType::Decimal { precision: 5, scale: 2 }),
            ("f", ColumnType::Double),
            ("s", ColumnType::String),
        ],
        rows: vec![
            vec!["a", "1", "100", "1.50", "0.5", "1"],
            vec!["a", "1", "100", "2.50", "NaN", "x"],
            vec!["b", "9223372036854775807", "1", "999.99", "0.0", "2.5"],
            vec!["b", "1", "NULL", "999.99", "-0.0", " 3 "],
            vec!["c", "NULL", "NULL", "NULL", "NULL", "NULL"],
        ],
    }
}

fn by_group(select: &str) -> Vec<String> {
    let sql = format!("SELECT {select} AS v FROM n GROUP BY g ORDER BY g");
    answer(&sql, &[("n", &numbers())]).unwrap().concat()
}

#[test]
fn sums_are_exact_and_null_where_they_do_not_fit() {
    assert_eq!(by_group("sum(i)"), ["2", "NULL", "NULL"]);
    assert_eq!(by_group("sum(DISTINCT i)"), ["1", "NULL", "NULL"]);
    assert_eq!(by_group("sum(t)"), ["200", "1", "NULL"]);
    assert_eq!(by_group("sum(d)"), ["4.00", "1999.98", "NULL"]);
    assert_eq!(by_group("sum(DISTINCT d)"), ["4.00", "999.99", "NULL"]);
    assert_eq!(by_group("sum(f)"), ["NaN", "0.0", "NULL"]);
    assert_eq!(by_group("sum(s)"), ["1.0", "5.5", "NULL"]);
}

#[test]
fn averages_are_doubles_of_integers_and_decimals_of_decimals() {
    assert_eq!(by_group("avg(i)"), ["1.0", "4.611686018427388E18", "NULL"]);
    assert_eq!(by_group("avg(t)"), ["100.0", "1.0", "NULL"]);
    assert_eq!(by_group("avg(d)"), ["2.000000", "999.990000", "NULL"]);
}

#[test]
fn counts_of_floats_know_one_zero() {
    assert_eq!(by_group("count(DISTINCT f)"), ["2", "1", "0"]);
    assert_eq!(by_group("count(i)"), ["2", "2", "0"]);
    let sql = "SELECT f, count(g) AS n FROM n GROUP BY f ORDER BY n, f";
    let rows = answer(sql, &[("n", &numbers())]).unwrap();
    assert_eq!(rows.concat(), ["NULL", "1", "0.5", "1", "NaN", "1", "0.0", "2"]);
    let rows = answer("SELECT DISTINCT f FROM n WHERE f = 0", &[("n", &numbers())]).unwrap();
    assert_eq!(rows.concat(), ["0.0"]);
}

#[test]
fn several_distinct_aggregates_stand_side_by_side() {
    let sql = "SELECT sum(DISTINCT i) AS a, sum(DISTINCT t) AS b, sum(t) AS c, \
               count(DISTINCT s) AS d, avg(f) AS e FROM n WHERE g = 'a'";
    let rows = answer(sql, &[("n", &numbers())]).unwrap();
    assert_eq!(rows.concat(), ["1", "100", "200", "2", "NaN"]);
}

#[test]
fn tables_join_on_keys_of_unlike_types() {
    let texts = Table {
        columns: vec![("k", ColumnType::String), ("w", ColumnType::Int)],
        rows: vec![vec!["1", "10"], vec![" 1.0 ", "20"], vec!["x", "30"], vec!["NULL", "40"]],
    };
    let sql = "SELECT sum(x.w) AS v FROM n JOIN x ON n.i = x.k";
    let rows = answer(sql, &[("n", &numbers()), ("x", &texts)]).unwrap();
    // Three rows of `n` hold 1; `' 1.0 '` is 1 as a bigint, `x` is NULL.
    assert_eq!(rows.concat(), ["90"]);
}

#[test]
fn what_has_no_type_in_common_is_refused_before_any_row_is_read() {
    for select in ["sum(b)", "avg(day)"] {
        let table = Table {
            columns: vec![("b", ColumnType::Boolean), ("day", ColumnType::Date)],
            rows: vec![],
        };
        let sql = format!("SELECT {select} AS v FROM x");
        assert!(planned(&sql, &[("x", &table)]).is_err(), "{select}");
    }
    for expression in
        ["CAST(DATE '2024-01-01' AS INT)", "DATE '2024-01-01' * 2", "DATEADD(eon, 1, '2024')"]
    {
        assert!(value(expression).is_err(), "{expression}");
    }
}
