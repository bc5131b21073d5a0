//! Thresholds by hidden identity, executed: what comes out of a protected plan over real rows.

use datafusion::common::config::ConfigOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::Analyzer;
use expect_test::expect;
use glovebox_model::ColumnName;
use glovebox_sql::rewrite::{
    GuardRequest, Protected, RewriteError, RowLevel, distinct_scan, guard, protect,
};
use glovebox_sql::{Bound, PlanGuard, ScanId};
use proptest::prelude::*;

use crate::guards::{run, run_over};
use crate::room::bound;

fn person(scan: usize, outermost: u32, default: u32) -> Protected {
    let identity = ColumnName::new("hashedemail").unwrap();
    Protected { scan, identity, outermost, default }
}

fn outcome(query: &str, protected: &[Protected]) -> Result<Bound, RewriteError> {
    protect(bound(query), protected, RowLevel::Refused)
}

/// The rows of the protected query, in order of their text when the query has no order.
fn rows(query: &str, protected: &[Protected]) -> String {
    let bound = outcome(query, protected).unwrap_or_else(|it| panic!("{query}\n{it}"));
    let total = bound.into_total().unwrap_or_else(|it| panic!("{query}\n{it}"));
    sorted(&run(&total))
}

fn sorted(rows: &str) -> String {
    let mut lines: Vec<&str> = rows.lines().collect();
    lines.sort_unstable();
    lines.iter().map(|it| format!("{it}\n")).collect()
}

/// Persons by state: NY a, b (and NULL), NJ c, NULL d and e.
#[test]
fn the_first_aggregate_counts_persons_also_below_another_one() {
    let query = "SELECT state, n FROM (SELECT state, COUNT(*) AS n FROM returns GROUP BY state) x";
    expect![[r#"
        NULL 2 | 2
        NY 4 | 2
    "#]]
    .assert_eq(&rows(query, &[person(0, 2, 9)]));
    let query = "WITH x AS (SELECT state, COUNT(*) AS n FROM returns GROUP BY state) \
                 SELECT COUNT(*) AS groups, SUM(n) AS n FROM x";
    assert_eq!(rows(query, &[person(0, 9, 1)]), "3 9 | 1\n");
    assert_eq!(rows(query, &[person(0, 9, 2)]), "2 6 | 2\n");
    // No group is left, and the total says so: nobody stands behind it.
    assert_eq!(rows(query, &[person(0, 0, 3)]), "0 NULL | NULL\n");
}

#[test]
fn groups_of_persons_keep_them_for_the_aggregate_above() {
    let query = "SELECT n, COUNT(*) AS persons FROM \
                 (SELECT hashedemail AS h, COUNT(*) AS n FROM returns GROUP BY hashedemail) x \
                 GROUP BY n";
    // a twice, b once and NULL once, c three times, d and e once.
    expect![[r#"
        1 4 | 3
        2 1 | 1
        3 1 | 1
    "#]]
    .assert_eq(&rows(query, &[person(0, 1, 9)]));
    assert_eq!(rows(query, &[person(0, 2, 9)]), "1 4 | 3\n");
    // Of the groups by a function of a person, nobody knows how many persons they hold.
    let query = "SELECT n, COUNT(*) AS c FROM (SELECT UPPER(hashedemail) AS h, COUNT(*) AS n \
                 FROM returns GROUP BY UPPER(hashedemail)) x GROUP BY n";
    assert_eq!(rows(query, &[person(0, 1, 2)]), "");
}

#[test]
fn distinct_rows_stand_for_persons_too() {
    let query = "SELECT DISTINCT state FROM returns";
    assert_eq!(rows(query, &[person(0, 2, 9)]), "NULL | 2\nNY | 2\n");
    let query = "SELECT DISTINCT n FROM \
                 (SELECT state, COUNT(*) AS n FROM returns GROUP BY state) x";
    assert_eq!(rows(query, &[person(0, 9, 1)]), "2 | 2\n3 | 1\n4 | 2\n");
    let query = "SELECT state, COUNT(*) AS n FROM \
                 (SELECT DISTINCT hashedemail, state FROM returns) x GROUP BY state";
    assert_eq!(rows(query, &[person(0, 2, 9)]), "NULL 2 | 2\nNY 3 | 2\n");
}

#[test]
fn rows_without_a_partner_are_nobody() {
    let query = "SELECT s.productline, COUNT(*) AS n FROM sales s \
                 LEFT JOIN returns r ON s.hashedemail = r.hashedemail AND r.state = 'NY' \
                 GROUP BY s.productline";
    assert_eq!(rows(query, &[person(1, 0, 0)]), "food 4 | 0\ntoys 3 | 2\n");
    assert_eq!(rows(query, &[person(1, 2, 0)]), "toys 3 | 2\n");
    let query = "SELECT s.identifier, x.n FROM sales s LEFT JOIN \
                 (SELECT productline, COUNT(DISTINCT hashedemail) AS n FROM returns \
                  WHERE state = 'NY' GROUP BY productline) x ON s.productline = x.productline";
    expect![[r#"
        i1 2 | 2
        i2 2 | 2
        i3 NULL | NULL
        i4 NULL | NULL
        i5 NULL | NULL
        i6 NULL | NULL
    "#]]
    .assert_eq(&rows(query, &[person(1, 2, 0)]));
}

#[test]
fn branches_of_a_union_are_counted_together_or_each_by_itself() {
    let query = "SELECT state, COUNT(*) AS n FROM \
                 (SELECT state FROM returns WHERE returned < 5 UNION ALL \
                  SELECT state FROM returns WHERE returned >= 5 UNION ALL \
                  SELECT region AS state FROM panel) x GROUP BY state";
    let both = [person(0, 2, 9), person(1, 2, 9)];
    assert_eq!(rows(query, &both), "NY 4 | 2\n");
    let found = outcome(query, &both).unwrap();
    let [PlanGuard { counted, merged, minimum: 2 }] = &found.facts().lineage.guards[..] else {
        panic!("{:?}", found.facts().lineage.guards);
    };
    assert_eq!((counted.scan, merged.first().unwrap().scan), (0, 1));
    let query = "SELECT state, COUNT(*) AS n FROM returns GROUP BY state UNION ALL \
                 SELECT productline, COUNT(*) FROM sales GROUP BY productline UNION ALL \
                 SELECT 'all', COUNT(*) FROM panel";
    expect![[r#"
        NULL 2 | 2 NULL
        NY 4 | 2 NULL
        all 0 | NULL NULL
        food 4 | NULL 3
    "#]]
    .assert_eq(&rows(query, &[person(0, 2, 9), person(1, 3, 9)]));
    let query = "SELECT state FROM returns UNION SELECT state FROM returns WHERE state = 'NJ'";
    assert_eq!(rows(query, &both), "NULL | 2\nNY | 2\n");
}

#[test]
fn a_value_from_a_subquery_is_withheld_by_itself() {
    let query = "SELECT identifier, (SELECT COUNT(*) FROM returns WHERE state = 'NJ') AS n \
                 FROM sales WHERE identifier < 'i3'";
    assert_eq!(rows(query, &[person(1, 0, 1)]), "i1 3\ni2 3\n");
    assert_eq!(rows(query, &[person(1, 0, 2)]), "i1 NULL\ni2 NULL\n");
    let found = outcome(query, &[person(1, 0, 2)]).unwrap();
    assert_eq!((found.guards().len(), found.facts().lineage.guards.len()), (0, 1));
    let query = "SELECT identifier FROM sales WHERE productline IN \
                 (SELECT productline FROM returns WHERE state = 'NJ' GROUP BY productline)";
    assert_eq!(rows(query, &[person(1, 0, 1)]), "i1\ni2\n");
    assert_eq!(rows(query, &[person(1, 0, 2)]), "");
}

#[test]
fn a_group_of_what_is_equal_to_a_person_is_that_person() {
    let inner = "SELECT s.hashedemail AS h, COUNT(*) AS n FROM sales s JOIN returns r \
                 ON s.hashedemail = r.hashedemail GROUP BY s.hashedemail";
    let outer = |inner: &str| format!("SELECT n, COUNT(*) AS c FROM ({inner}) x GROUP BY n");
    assert_eq!(rows(&outer(inner), &[person(1, 1, 9)]), "1 3 | 3\n2 1 | 1\n3 1 | 1\n");
    let both = [person(0, 2, 9), person(1, 2, 9)];
    assert_eq!(rows(&outer(inner), &both), "1 3 | 3 3\n");
    assert_eq!(outcome(inner, &both).unwrap_err(), RewriteError::RowLevel(0));
    let comma = "SELECT s.hashedemail AS h, COUNT(*) AS n FROM sales s, returns r \
                 WHERE s.hashedemail = r.hashedemail AND r.returned < 9 GROUP BY s.hashedemail";
    assert_eq!(rows(&outer(comma), &[person(1, 2, 9)]), "1 2 | 2\n");
    // Not equal in every row: the threshold stands on the inner groups, each of one person.
    for condition in ["s.hashedemail = r.hashedemail OR 1 = 1", "s.hashedemail <= r.hashedemail"] {
        let inner = format!(
            "SELECT s.identifier AS i, s.hashedemail AS h, COUNT(*) AS n FROM sales s \
             JOIN returns r ON {condition} GROUP BY s.identifier, s.hashedemail"
        );
        let found = outcome(&outer(&inner), &[person(1, 2, 7)]).unwrap();
        assert_eq!(found.facts().lineage.guards[0].minimum, 7, "{condition}");
    }
    let left = inner.replace("JOIN", "LEFT JOIN");
    let found = outcome(&outer(&left), &[person(1, 2, 7)]).unwrap();
    assert_eq!(found.facts().lineage.guards[0].minimum, 7);
}

#[test]
fn persons_shown_by_every_branch_of_a_union_are_kept() {
    let query = "SELECT COUNT(*) AS n FROM (SELECT hashedemail AS h FROM returns UNION \
                 SELECT hashedemail AS h FROM returns WHERE state = 'NY') x";
    assert_eq!(rows(query, &[person(0, 2, 9), person(1, 2, 9)]), "6 | 5\n");
}

#[test]
fn persons_pass_windows_sorts_and_limits() {
    let query = "SELECT state, MAX(c) AS c FROM (SELECT state, COUNT(*) OVER \
                 (PARTITION BY hashedemail) AS c FROM returns ORDER BY state LIMIT 100) x \
                 GROUP BY state";
    assert_eq!(rows(query, &[person(0, 2, 9)]), "NULL 1 | 2\nNY 2 | 2\n");
    let query = "SELECT state, COUNT(*) AS n, SUM(COUNT(*)) OVER (ORDER BY state) AS running \
                 FROM returns GROUP BY state";
    assert_eq!(rows(query, &[person(0, 2, 9)]), "NULL 2 2 | 2\nNY 4 6 | 2\n");
}

#[test]
fn persons_that_nobody_counts_are_an_error() {
    let shapes = [
        "SELECT identifier FROM sales WHERE hashedemail IN (SELECT hashedemail FROM returns)",
        "SELECT identifier FROM sales WHERE EXISTS (SELECT 1 FROM returns)",
        "SELECT identifier, (SELECT COUNT(*) FROM returns r WHERE r.hashedemail = s.hashedemail) n \
         FROM sales s",
        "SELECT identifier FROM sales s WHERE s.purchases > \
         (SELECT SUM(r.returned) FROM returns r WHERE r.hashedemail = s.hashedemail)",
        "SELECT identifier FROM sales s LEFT SEMI JOIN returns r ON s.hashedemail = r.hashedemail",
        "SELECT identifier FROM sales s LEFT ANTI JOIN returns r ON s.hashedemail = r.hashedemail",
        "SELECT hashedemail FROM sales INTERSECT SELECT hashedemail FROM returns",
        "SELECT hashedemail FROM sales EXCEPT SELECT hashedemail FROM returns",
    ];
    for query in shapes {
        let found = outcome(query, &[person(1, 2, 2)]);
        assert!(matches!(found, Err(RewriteError::Shape(_))), "{query}: {found:?}");
    }
    let two = "SELECT COUNT(*) AS n FROM (SELECT hashedemail FROM returns UNION ALL \
               SELECT hashedemail FROM sales) x";
    let found = outcome(two, &[person(0, 2, 2), person(1, 2, 2)]);
    assert_eq!(found.unwrap_err(), RewriteError::Shape("one protected table in all branches"));
    let two = "SELECT COUNT(*) AS n FROM (SELECT r.state FROM returns r JOIN sales s \
               ON r.hashedemail = s.hashedemail UNION ALL SELECT state FROM returns) x";
    let found = outcome(two, &[person(0, 2, 2), person(1, 2, 2)]);
    assert_eq!(found.unwrap_err(), RewriteError::Shape("one protected table in each branch"));
}

#[test]
fn rows_of_single_persons_are_refused_or_withheld() {
    let row_level = [
        "SELECT state FROM returns",
        "SELECT hashedemail, COUNT(*) AS n FROM returns GROUP BY hashedemail",
        "SELECT DISTINCT hashedemail FROM returns",
        "SELECT state, COUNT(*) OVER () AS n FROM returns LIMIT 3",
        "SELECT r.state FROM returns r JOIN sales s ON r.hashedemail = s.hashedemail",
    ];
    for query in row_level {
        let refused = outcome(query, &[person(0, 2, 2)]);
        assert_eq!(refused.unwrap_err(), RewriteError::RowLevel(0), "{query}");
        let withheld = protect(bound(query), &[person(0, 2, 2)], RowLevel::Withheld).unwrap();
        let withheld = withheld.into_total().unwrap();
        assert!(withheld.facts().lineage.withheld, "{query}");
        assert_eq!(run(&withheld), "", "{query}");
        let exempt = protect(bound(query), &[person(0, 0, 2)], RowLevel::Withheld).unwrap();
        assert!(!exempt.facts().lineage.withheld);
        assert_eq!(exempt.guards(), []);
        let shown = run(&exempt.into_total().unwrap());
        assert_eq!(sorted(&shown), sorted(&run(&bound(query).into_total().unwrap())), "{query}");
        assert!(!shown.is_empty());
    }
}

#[test]
fn every_protected_table_of_a_join_counts_its_own_persons() {
    let query = "SELECT r.state, COUNT(*) AS n FROM sales s JOIN returns r \
                 ON s.productline = r.productline GROUP BY r.state";
    // All returns are of toys, which a and b bought.
    expect![[r#"
        NJ 6 | 2 1
        NULL 4 | 2 2
        NY 8 | 2 2
    "#]]
    .assert_eq(&rows(query, &[person(0, 1, 9), person(1, 1, 9)]));
    assert_eq!(rows(query, &[person(0, 2, 9), person(1, 2, 9)]), "NULL 4 | 2 2\nNY 8 | 2 2\n");
    assert_eq!(rows(query, &[person(0, 3, 9), person(1, 1, 9)]), "");
}

#[test]
fn a_second_set_of_thresholds_and_made_up_columns_are_errors() {
    let query = "SELECT COUNT(*) AS n FROM returns";
    let once = outcome(query, &[person(0, 2, 2)]).unwrap();
    let twice = protect(once, &[person(0, 2, 2)], RowLevel::Refused);
    assert_eq!(twice.unwrap_err(), RewriteError::Shape("a first set of guards"));
    let beyond = outcome(query, &[person(1, 2, 2)]);
    assert_eq!(beyond.unwrap_err(), RewriteError::UnknownColumn);
    let made_up = Protected { identity: ColumnName::new("nothing").unwrap(), ..person(0, 2, 2) };
    assert_eq!(outcome(query, &[made_up]).unwrap_err(), RewriteError::UnknownColumn);
    let both = outcome(query, &[person(0, 2, 2), person(0, 3, 3)]);
    assert_eq!(both.unwrap_err(), RewriteError::Shape("one identity for each table"));
}

#[test]
fn a_hidden_identity_counts_as_well() {
    let hidden = Protected { identity: ColumnName::new("producttype").unwrap(), ..person(0, 2, 2) };
    let query = "SELECT n, COUNT(*) AS c FROM (SELECT state AS producttype, 1 AS n FROM returns) x \
                 GROUP BY n";
    assert_eq!(rows(query, &[hidden]), "1 9 | 3\n");
}

/// `returns` has a row of `c` and of `a` more than once; only what is used tells rows apart.
#[test]
fn copies_of_a_row_count_once() {
    let reduced = |query: &str, scan| {
        distinct_scan(bound(query), scan).map(|it| sorted(&run(&it.into_total().unwrap())))
    };
    let join = "FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail";
    let query = format!("SELECT r.state, COUNT(s.identifier) AS n {join} GROUP BY r.state");
    assert_eq!(reduced(&query, 0).unwrap(), "NJ 3\nNULL 2\nNY 3\n");
    assert_eq!(reduced(&query, 1).unwrap(), "NJ 1\nNULL 2\nNY 2\n");
    let used = format!("SELECT r.state, SUM(r.returned) AS n {join} GROUP BY r.state");
    assert_eq!(reduced(&used, 1).unwrap(), "NJ 18\nNULL 8\nNY 6\n");
    assert_eq!(reduced("SELECT COUNT(*) AS n FROM returns", 0).unwrap(), "1\n");
    let nested = "SELECT COUNT(*) AS n FROM sales s WHERE EXISTS (SELECT 1 FROM returns r \
                  WHERE r.hashedemail = s.hashedemail) AND s.identifier IN \
                  (SELECT identifier FROM sales x WHERE x.purchases > 15)";
    for scan in 0..3 {
        assert!(reduced(nested, scan).is_ok(), "{scan}");
    }
    assert_eq!(reduced(nested, 3).unwrap_err(), RewriteError::UnknownColumn);
    let request = GuardRequest {
        scan: ScanId(1),
        column: ColumnName::new("producttype").unwrap(),
        minimum: 2,
    };
    let guarded = distinct_scan(guard(bound(&query), &[request]).unwrap(), 1).unwrap();
    assert_eq!(sorted(&run(&guarded.into_total().unwrap())), "NJ 3 | 3\nNULL 2 | 2\nNY 3 | 2\n");
    let protected = outcome(&query, &[person(1, 2, 2)]).unwrap();
    let protected = distinct_scan(protected, 0).unwrap().into_total().unwrap();
    assert_eq!(sorted(&run(&protected)), "NULL 2 | 2\nNY 3 | 2\n");
}

/// What is judged is what runs: DataFusion's own analyzer has nothing left to do.
#[test]
fn nothing_is_left_for_an_analyzer() {
    let queries = [
        "SELECT state, COUNT(*) OVER (PARTITION BY state ORDER BY returned ROWS BETWEEN 1 PRECEDING \
         AND CURRENT ROW) AS n, RANK() OVER (ORDER BY price_dim) AS r, \
         LAG(returned, 1, '0') OVER (ORDER BY returned) AS l FROM returns",
        "SELECT SUM(returned) OVER (ORDER BY returned RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS n \
         FROM returns",
        "SELECT 1 AS a UNION ALL SELECT returned FROM returns UNION ALL SELECT '3'",
        "SELECT returned AS a FROM returns INTERSECT SELECT state FROM returns",
        "SELECT returned AS a FROM returns EXCEPT ALL SELECT price_dim FROM returns",
        "SELECT * FROM (VALUES (1, 'a', NULL), (2.5, NULL, NULL)) AS t(a, b, c)",
        "SELECT state, productline, SUM(returned) AS n FROM returns \
         GROUP BY CUBE(state, productline)",
        "SELECT UPPER(state) AS u, returned + 0.5e0 AS f, COUNT(*) AS n FROM returns \
         GROUP BY ROLLUP(UPPER(state), returned + 0.5e0)",
        "SELECT identifier FROM sales WHERE purchases IN (SELECT returned FROM returns)",
        "SELECT identifier FROM sales s WHERE NOT EXISTS (SELECT 1 FROM returns r \
         WHERE r.hashedemail = s.hashedemail AND r.returned > s.purchases)",
        "SELECT identifier, (SELECT MAX(returned) FROM returns r \
         WHERE r.hashedemail = s.hashedemail) + 1 AS n FROM sales s",
        "SELECT identifier, (SELECT state FROM returns LIMIT 1) AS n FROM sales ORDER BY 1 \
         LIMIT 2 OFFSET 1",
        "SELECT COUNT(*) FILTER (WHERE state LIKE 'N%') AS n, CASE WHEN 1 = 1 THEN 1 ELSE '2' END \
         AS c FROM returns",
        "SELECT x.b FROM (SELECT returned + 1 AS b FROM returns) x WHERE EXISTS \
         (SELECT 1 FROM sales s WHERE s.purchases = x.b)",
    ];
    for query in queries {
        let total = bound(query).into_total().unwrap_or_else(|it| panic!("{query}\n{it}"));
        let analyzed = Analyzer::new()
            .execute_and_check(total.plan().clone(), &ConfigOptions::default(), |_, _| {})
            .unwrap();
        let shown = |it: &LogicalPlan| it.display_indent().to_string();
        assert_eq!(shown(&analyzed), shown(total.plan()), "{query}");
        run(&total);
    }
}

#[test]
fn what_could_fail_on_a_row_does_not_run() {
    let queries = [
        "SELECT identifier, (SELECT state FROM returns) AS s FROM sales",
        "SELECT identifier, (SELECT MAX(state) FROM returns GROUP BY price_dim) AS s FROM sales",
        "SELECT identifier FROM sales WHERE identifier = (SELECT state FROM returns LIMIT 2)",
        "SELECT identifier, identifier IN (SELECT state FROM returns) AS b FROM sales",
        "SELECT returned FROM returns UNION ALL SELECT returndate FROM returns",
        "SELECT SUM(returned) OVER (ORDER BY returned ROWS BETWEEN 4294967296 PRECEDING AND \
         CURRENT ROW) AS n FROM returns",
        "SELECT SUM(returned) OVER (ORDER BY state RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS n \
         FROM returns",
        "SELECT COUNT(DISTINCT returned) OVER (PARTITION BY state) AS n FROM returns",
        "SELECT state FROM returns LIMIT -1",
    ];
    for query in queries {
        let outcome = crate::room::bind(query).map(Bound::into_total);
        assert!(!matches!(outcome, Ok(Ok(_))), "{query}");
    }
}

/// Queries with `MIN` where a threshold stands, written out; without it, `protect` must put it
/// there. The scans of `returns` are protected.
const PAIRS: [(&str, &str, &[usize]); 9] = [
    (
        "SELECT state, COUNT(*) AS n FROM returns GROUP BY state",
        "HAVING COUNT(DISTINCT hashedemail) >= MIN",
        &[0],
    ),
    ("SELECT SUM(returned) AS n FROM returns", "HAVING COUNT(DISTINCT hashedemail) >= MIN", &[0]),
    (
        "SELECT COUNT(*) AS n, SUM(x.n) AS m FROM \
         (SELECT state, COUNT(*) AS n FROM returns GROUP BY state @) x",
        "HAVING COUNT(DISTINCT hashedemail) >= MIN",
        &[0],
    ),
    (
        "SELECT n, COUNT(*) AS m FROM (SELECT hashedemail AS h, COUNT(*) AS n FROM returns \
         GROUP BY hashedemail) x GROUP BY n",
        "HAVING COUNT(DISTINCT h) >= MIN",
        &[0],
    ),
    (
        "SELECT state, n FROM (SELECT state, MAX(s) AS n FROM (SELECT hashedemail, state, \
         SUM(returned) OVER (PARTITION BY hashedemail) AS s FROM returns) w GROUP BY state @) x \
         WHERE n > 3",
        "HAVING COUNT(DISTINCT hashedemail) >= MIN",
        &[0],
    ),
    (
        "SELECT p.region, COUNT(*) AS n FROM panel p LEFT JOIN returns r \
         ON p.hashedemail = r.hashedemail GROUP BY p.region",
        "HAVING COUNT(DISTINCT r.hashedemail) >= MIN",
        &[1],
    ),
    (
        "SELECT p.hashedemail, x.n FROM panel p FULL JOIN (SELECT state, SUM(returned) AS n \
         FROM returns GROUP BY state @) x ON p.region = x.state",
        "HAVING COUNT(DISTINCT hashedemail) >= MIN",
        &[1],
    ),
    (
        "SELECT k, COUNT(*) AS n FROM (SELECT hashedemail AS h, state AS k FROM returns \
         UNION ALL SELECT hashedemail AS h, productline AS k FROM returns) x GROUP BY k",
        "HAVING COUNT(DISTINCT h) >= MIN",
        &[0, 1],
    ),
    (
        "SELECT p.region, (SELECT COUNT(*) FROM returns WHERE state = 'x' @) AS n FROM panel p",
        "HAVING COUNT(DISTINCT hashedemail) >= MIN",
        &[1],
    ),
];

/// The rows without their hidden counts.
fn visible(rows: &str) -> String {
    sorted(
        &rows.lines().map(|it| format!("{}\n", it.split(" |").next().unwrap())).collect::<String>(),
    )
}

fn lines(rows: &[Vec<Option<u8>>], letters: &[&str]) -> String {
    let value = |(place, it): (usize, &Option<u8>)| match it {
        Some(it) if letters[place].is_empty() => it.to_string(),
        Some(it) => letters[place].chars().nth(usize::from(*it)).unwrap().to_string(),
        None => "-".to_owned(),
    };
    let line = |row: &Vec<Option<u8>>| row.iter().enumerate().map(value).collect::<Vec<_>>();
    rows.iter().map(|row| format!("{}\n", line(row).join(" "))).collect()
}

fn cell(values: u8) -> impl Strategy<Value = Option<u8>> {
    prop_oneof![4 => (0..values).prop_map(Some), 1 => Just(None)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_those_of_a_threshold_that_is_written_out(
        returns in prop::collection::vec((cell(6), cell(9), cell(3), cell(2)), 0..30),
        panel in prop::collection::vec((cell(6), cell(3)), 0..10),
        minimum in 0..4_u32,
    ) {
        let returns: Vec<_> = returns
            .into_iter()
            .map(|(person, n, state, line)| vec![person, n, state, None, line, None, None])
            .collect();
        let returns = lines(&returns, &["abcdef", "", "xyz", "", "xy", "", ""]);
        let panel: Vec<_> = panel.into_iter().map(|(it, region)| vec![it, region]).collect();
        let panel = lines(&panel, &["abcdef", "xyz"]);
        let over = |table: &str| match table {
            "returns" => returns.as_str(),
            "panel" => panel.as_str(),
            _ => "",
        };
        for (query, threshold, scans) in PAIRS {
            let threshold = threshold.replace("MIN", &minimum.to_string());
            let explicit = match query.contains('@') {
                true => query.replace('@', &threshold),
                false => format!("{query} {threshold}"),
            };
            let expected = run_over(&bound(&explicit).into_total().unwrap(), over);
            let persons: Vec<_> = scans.iter().map(|it| person(*it, minimum, minimum)).collect();
            let protected = outcome(&query.replace('@', ""), &persons).unwrap();
            let total = protected.into_total().unwrap();
            let found = run_over(&total, over);
            prop_assert_eq!(visible(&found), sorted(&expected), "{}\n{}{}", query, returns, panel);
            // Every count that reaches the output meets the threshold, or is not there.
            for (line, guard) in found.lines().flat_map(|it| {
                total.guards().iter().map(move |guard| (it, guard))
            }) {
                let counts: Vec<&str> = line.split(" | ").nth(1).unwrap().split(' ').collect();
                let place = guard.output_index - total.output_names().len();
                match counts[place].parse::<u32>() {
                    Ok(count) => prop_assert!(count >= guard.minimum),
                    Err(_) => prop_assert!(guard.may_be_absent, "{}", query),
                }
            }
        }
    }
}
