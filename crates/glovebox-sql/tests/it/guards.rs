//! Guards, executed: what comes out of a guarded plan over real rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::TableSource;
use datafusion::prelude::SessionContext;
use expect_test::expect;
use glovebox_model::{ColumnName, TableName};
use glovebox_sql::rewrite::{GuardRequest, RewriteError, guard, scanned, substitute};
use glovebox_sql::{Bound, ScanId, arrow_schema};

use crate::room::{bound, schema};

/// Who bought: every returning person and two more.
const SALES: &str = "
i1 a 10 x 2024-01-01 toys
i2 b 20 x 2024-01-02 toys
i3 c 30 y 2024-01-03 food
i4 d 40 y 2024-01-04 food
i5 e 50 y 2024-01-05 food
i6 - 60 y 2024-01-06 food";

/// NY: persons a, b, one of them twice, and a NULL one; NJ: person c three times; NULL: d, e.
const RETURNS: &str = "
a 1 NY 2024-02-01 toys 7 tv
a 2 NY 2024-02-01 toys 7 pc
b 3 NY 2024-02-01 toys 7 tv
- 4 NY 2024-02-01 toys 7 tv
c 5 NJ 2024-02-01 toys 7 tv
c 6 NJ 2024-02-01 toys 7 pc
c 7 NJ 2024-02-01 toys 7 vr
d 8 - 2024-02-01 toys 7 tv
e - - 2024-02-01 toys 7 pc";

fn request(scan: usize, column: &str, minimum: u32) -> GuardRequest {
    GuardRequest { scan: ScanId(scan), column: ColumnName::new(column).unwrap(), minimum }
}

/// The rows that a plan gives, hidden columns after `|`, in the order they come.
pub(crate) fn run(bound: &Bound) -> String {
    run_over(bound, |table| match table {
        "sales" => SALES,
        "returns" => RETURNS,
        _ => "",
    })
}

/// The same over other rows: a line each, values between spaces, `-` for NULL.
pub(crate) fn run_over<'t>(bound: &Bound, rows_of: impl Fn(&str) -> &'t str) -> String {
    let schema = schema();
    let mut sources: BTreeMap<TableName, Arc<dyn TableSource>> = BTreeMap::new();
    for (name, shown) in scanned(bound.plan()).unwrap() {
        let table = &schema.tables[&name];
        let all: Vec<_> = table.columns.iter().chain(&table.hidden).collect();
        let rows: Vec<Vec<Option<&str>>> = rows_of(name.as_str())
            .lines()
            .filter(|it| !it.is_empty())
            .map(|line| line.split(' ').map(|it| (it != "-").then_some(it)).collect())
            .collect();
        let wanted: Vec<_> = shown
            .iter()
            .map(|column| all.iter().position(|it| it.name == *column).unwrap())
            .collect();
        let columns: Vec<_> = wanted.iter().map(|it| all[*it].clone()).collect();
        let fields = arrow_schema(&columns);
        let arrays: Vec<ArrayRef> = wanted
            .iter()
            .zip(fields.fields())
            .map(|(index, field)| {
                let text: StringArray =
                    rows.iter().map(|row| row.get(*index).copied().flatten()).collect();
                cast(&text, field.data_type()).unwrap()
            })
            .collect();
        let batch = RecordBatch::try_new(Arc::clone(&fields), arrays).unwrap();
        let memory = MemTable::try_new(fields, vec![vec![batch]]).unwrap();
        sources.insert(name, provider_as_source(Arc::new(memory)));
    }
    let plan = substitute(bound.plan().clone(), &sources).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let batches = runtime.block_on(async {
        SessionContext::new().execute_logical_plan(plan).await.unwrap().collect().await.unwrap()
    });
    let visible = bound.output_names().len();
    let mut shown = String::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            for column in 0..batch.num_columns() {
                let separator = match column {
                    0 => "",
                    it if it == visible => " | ",
                    _ => " ",
                };
                let value = batch.column(column);
                let value = if value.is_null(row) {
                    "NULL".to_owned()
                } else {
                    array_value_to_string(value, row).unwrap()
                };
                shown.push_str(&format!("{separator}{value}"));
            }
            shown.push('\n');
        }
    }
    shown
}

fn guarded(query: &str, requests: &[GuardRequest]) -> String {
    let total = guard(bound(query), requests).unwrap().into_total().unwrap();
    assert_eq!(total.guards().len(), requests.len());
    assert_eq!(total.facts().lineage.guards.len(), requests.len());
    run(&total)
}

const J: &str = "FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail";

#[test]
fn groups_below_a_threshold_do_not_come_out() {
    let query = format!("SELECT r.state, SUM(r.returned) {J} GROUP BY r.state ORDER BY r.state");
    let all = guarded(&query, &[request(1, "hashedemail", 0)]);
    expect![[r#"
        NULL 8 | 2
        NJ 18 | 1
        NY 6 | 2
    "#]]
    .assert_eq(&all);
    let some = guarded(&query, &[request(1, "hashedemail", 2), request(1, "producttype", 2)]);
    expect![[r#"
        NULL 8 | 2 2
        NY 6 | 2 2
    "#]]
    .assert_eq(&some);
    assert_eq!(guarded(&query, &[request(1, "hashedemail", 3)]), "");
}

#[test]
fn null_keys_are_not_persons() {
    let query = "SELECT state, COUNT(*) FROM returns GROUP BY state ORDER BY 1";
    let rows = guarded(query, &[request(0, "hashedemail", 2)]);
    expect![[r#"
        NULL 2 | 2
        NY 4 | 2
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_total_over_too_few_gives_no_row_at_all() {
    let query = format!("SELECT SUM(r.returned) {J}");
    assert_eq!(guarded(&query, &[request(1, "hashedemail", 6)]), "");
    assert_eq!(guarded(&query, &[request(1, "hashedemail", 5)]), "32 | 5\n");
    let nothing = format!("SELECT COUNT(*) {J} WHERE r.state = 'nowhere'");
    assert_eq!(guarded(&nothing, &[request(1, "hashedemail", 1)]), "");
}

#[test]
fn counts_pass_having_order_aliases_and_shadows() {
    let query = format!(
        "SELECT UPPER(state) AS hashedemail, COUNT(DISTINCT r.hashedemail) AS state {J} \
         GROUP BY UPPER(state) HAVING SUM(r.returned) > 5 AND state < 9 \
         ORDER BY SUM(r.returned) DESC, hashedemail"
    );
    let rows = guarded(&query, &[request(1, "hashedemail", 1), request(0, "identifier", 1)]);
    expect![[r#"
        NJ 1 | 1 1
        NULL 2 | 2 2
        NY 2 | 2 2
    "#]]
    .assert_eq(&rows);
}

#[test]
fn each_scan_of_a_table_is_counted_by_itself() {
    let query = "SELECT SUM(a.returned) FROM returns a JOIN returns b \
                 ON a.hashedemail = b.hashedemail JOIN sales s ON b.hashedemail = s.hashedemail \
                 WHERE a.state = 'NJ'";
    let rows = guarded(
        query,
        &[request(0, "producttype", 1), request(1, "producttype", 1), request(2, "secret", 0)],
    );
    expect![[r#"
        54 | 3 3 0
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_query_without_guards_runs_as_it_is() {
    let query = format!(
        "SELECT DISTINCT r.productline, s.demoseg {J} WHERE r.price_dim + 1 > '7' LIMIT 100"
    );
    let rows = run(&bound(&query).into_total().unwrap());
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.sort_unstable();
    assert_eq!(rows, ["toys x", "toys y"]);
    // Division by zero, text that is no number: NULL, never an error.
    let query = "SELECT state FROM returns WHERE 1 / (price_dim - 7) > 0 OR state + 1 > 0";
    assert_eq!(run(&bound(query).into_total().unwrap()), "");
}

#[test]
fn ordinals_aliases_and_literals_group_and_order_as_they_should() {
    let of = |query: &str| run(&bound(query).into_total().unwrap());
    let by =
        "SELECT 2 AS two, state AS st, SUM(returned) AS n FROM returns GROUP BY 1, st ORDER BY";
    assert_eq!(of(&format!("{by} 3 DESC")), "2 NJ 18\n2 NY 10\n2 NULL 8\n");
    assert_eq!(of(&format!("{by} two, n + 0")), "2 NULL 8\n2 NY 10\n2 NJ 18\n");
    assert_eq!(of(&format!("{by} 'x', st")), "2 NULL 8\n2 NJ 18\n2 NY 10\n");
    assert_eq!(of("SELECT 'x', SUM(returned) FROM returns GROUP BY 'x'"), "x 36\n");
    assert_eq!(of("SELECT TOP 1 state FROM returns ORDER BY state DESC"), "NY\n");
}

#[test]
fn names_of_any_shape_pass_every_rewrite() {
    let names =
        ["a.b", "a\"\"b", "select", "r.state", "state", "returns.state", "1", "count(1)", "*", "$"];
    for name in names {
        let query = format!(
            "SELECT \"{name}\".state AS \"{name}\", COUNT(*) AS n FROM returns AS \"{name}\" \
             GROUP BY \"{name}\".state HAVING COUNT(*) > 2 ORDER BY \"{name}\", n"
        );
        let rows = guarded(&query, &[request(0, "hashedemail", 1), request(0, "producttype", 2)]);
        assert_eq!(rows, "NJ 3 | 1 3\nNY 4 | 2 2\n", "{name}");
    }
}

#[test]
fn a_guard_that_cannot_stand_is_an_error() {
    let cases = [
        ("SELECT state FROM returns", "hashedemail"),
        ("SELECT SUM(x.returned) FROM (SELECT returned FROM returns) x", "hashedemail"),
        ("SELECT state, SUM(returned) FROM returns GROUP BY ROLLUP(state)", "hashedemail"),
        ("SELECT SUM(returned) FROM returns UNION ALL SELECT SUM(returned) FROM returns", "state"),
        ("SELECT DISTINCT SUM(returned) FROM returns", "hashedemail"),
        ("SELECT SUM(returned) FROM returns LIMIT 1", "hashedemail"),
        ("SELECT SUM(returned) FROM returns WHERE state IN (SELECT region FROM panel)", "state"),
        (
            "WITH x AS (SELECT state, SUM(returned) n FROM returns GROUP BY state) SELECT SUM(n) FROM x",
            "state",
        ),
        ("SELECT SUM(returned) FROM returns", "nothing"),
    ];
    for (query, column) in cases {
        let outcome = guard(bound(query), &[request(0, column, 2)]);
        assert!(outcome.is_err(), "{query}");
    }
    let twice = guard(bound("SELECT SUM(returned) FROM returns"), &[request(0, "state", 2)]);
    let twice = guard(twice.unwrap(), &[request(0, "state", 2)]);
    assert_eq!(twice.unwrap_err(), RewriteError::Shape("a first set of guards"));
    let beyond = guard(bound("SELECT SUM(returned) FROM returns"), &[request(1, "state", 2)]);
    assert_eq!(beyond.unwrap_err(), RewriteError::UnknownColumn);
}

#[test]
fn a_source_with_other_columns_is_an_error() {
    let bound = bound("SELECT COUNT(*) FROM panel");
    let panel = TableName::new("panel").unwrap();
    let with = |text: &str| -> BTreeMap<TableName, Arc<dyn TableSource>> {
        let source = glovebox_sql::PlanTable::new(&crate::room::columns(text));
        BTreeMap::from([(panel.clone(), Arc::new(source) as Arc<dyn TableSource>)])
    };
    let outcome = |text: &str| substitute(bound.plan().clone(), &with(text)).map(|_| ());
    assert_eq!(outcome("hashedemail string, region string"), Ok(()));
    for other in [
        "hashedemail string",
        "hashedemail string, region int",
        "region string, hashedemail string",
    ] {
        assert_eq!(outcome(other), Err(RewriteError::Source(panel.clone())), "{other}");
    }
    let none = substitute(bound.plan().clone(), &BTreeMap::new());
    assert_eq!(none.unwrap_err(), RewriteError::Source(panel));
}
