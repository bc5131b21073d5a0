//! The example queries of AWS's rules bind, so that rules can speak about them.

use crate::room::{bind, bound, show};
use glovebox_sql::FormKind;

const J: &str = "FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail";
const K: &str = "FROM crm c JOIN seg g ON c.id2 = g.id2";

fn text(query: &str) -> String {
    let word = |it: &str| match it {
        "J" => J.to_owned(),
        "K" => K.to_owned(),
        other => other.to_owned(),
    };
    query.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_example_that_a_rule_judges_binds() {
    let queries = include_str!("queries.sql");
    let mut wrong = String::new();
    for query in queries.lines().filter(|it| !it.is_empty()) {
        let (number, query) = query.split_once(' ').unwrap();
        let text = text(query);
        if let Err(faults) = bind(&text) {
            wrong.push_str(&format!("{number} {text}\n{}", show(&text, &faults)));
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn each_construct_is_reported_as_its_form_at_its_place() {
    let cases: &[(&str, FormKind, &str)] = &[
        ("SELECT SUM(r.returned) FROM returns r, sales s", FormKind::CommaJoin, ", sales s"),
        (
            "SELECT SUM(r.returned) FROM returns r CROSS JOIN sales s",
            FormKind::CrossJoin,
            "CROSS JOIN sales s",
        ),
        ("SELECT SUM(r.returned) FROM returns r JOIN sales s", FormKind::CrossJoin, "JOIN sales s"),
        (
            "SELECT SUM(r.returned) FROM returns r LEFT OUTER JOIN sales s ON r.hashedemail = s.hashedemail",
            FormKind::OuterJoin,
            "LEFT OUTER JOIN sales s",
        ),
        (
            "SELECT SUM(r.returned) FROM returns r JOIN sales s USING (hashedemail)",
            FormKind::Using,
            "JOIN sales s USING (hashedemail)",
        ),
        (
            "SELECT SUM(returned) FROM returns NATURAL JOIN panel",
            FormKind::NaturalJoin,
            "NATURAL JOIN panel",
        ),
        (
            "SELECT SUM(returned) FROM returns r LEFT SEMI JOIN panel p ON r.hashedemail = p.hashedemail",
            FormKind::SemiJoin,
            "LEFT SEMI JOIN panel p",
        ),
        (
            "SELECT SUM(returned) FROM returns WHERE returndate BETWEEN '2020' AND '2021'",
            FormKind::Between,
            "returndate BETWEEN '2020' AND '2021'",
        ),
        (
            "SELECT SUM(CASE WHEN state = 'x' THEN 1 END) FROM returns",
            FormKind::Case,
            "CASE WHEN state = 'x' THEN 1 END",
        ),
        (
            "SELECT SUM(returned) FILTER (WHERE state = 'NY') FROM returns",
            FormKind::FilterClause,
            "SUM(returned) FILTER (WHERE state = 'NY')",
        ),
        (
            "SELECT SUM(returned) OVER (PARTITION BY state) FROM returns",
            FormKind::Window,
            "SUM(returned) OVER (PARTITION BY state)",
        ),
        ("SELECT * FROM returns", FormKind::Star, "*"),
        ("SELECT state || 'x' FROM returns", FormKind::StringConcat, "state || 'x'"),
        ("SELECT SUM(returned) FROM returns LIMIT 10", FormKind::Limit, "LIMIT 10"),
        ("SELECT SUM(returned) FROM returns LIMIT 10 OFFSET 5", FormKind::Offset, "OFFSET 5"),
        (
            "SELECT SUM(returned) FROM returns FETCH FIRST 3 ROWS ONLY",
            FormKind::Limit,
            "FETCH FIRST 3",
        ),
        ("SELECT TOP 10 SUM(returned) FROM returns", FormKind::Top, "TOP 10"),
        (
            "WITH x AS (SELECT returned FROM returns) SELECT SUM(returned) FROM x",
            FormKind::Cte,
            "WITH",
        ),
        (
            "SELECT SUM(x.returned) FROM (SELECT returned FROM returns) x",
            FormKind::DerivedTable,
            "(SELECT returned FROM returns)",
        ),
        (
            "SELECT SUM(returned) FROM returns UNION ALL SELECT SUM(returned) FROM returns",
            FormKind::SetOperation,
            "UNION ALL",
        ),
        (
            "SELECT state, SUM(returned) FROM returns GROUP BY ROLLUP(state)",
            FormKind::GroupingSets,
            "ROLLUP(state)",
        ),
        (
            "SELECT state, SUM(returned) FROM returns GROUP BY GROUPING SETS ((state), ())",
            FormKind::GroupingSets,
            "GROUPING SETS ((state), ())",
        ),
        (
            "SELECT state, SUM(returned) FROM returns GROUP BY ALL",
            FormKind::GroupByAll,
            "GROUP BY ALL",
        ),
        (
            "SELECT SUM(returned) FROM returns WHERE EXISTS (SELECT 1 FROM sales)",
            FormKind::Exists,
            "EXISTS (SELECT 1 FROM sales)",
        ),
        (
            "SELECT SUM(returned) FROM returns WHERE state IN (SELECT region FROM panel)",
            FormKind::InSubquery,
            "state IN (SELECT region FROM panel)",
        ),
        (
            "SELECT SUM(returned) FROM returns WHERE state = (SELECT MIN(state) FROM returns)",
            FormKind::ScalarSubquery,
            "(SELECT MIN(state) FROM returns)",
        ),
    ];
    let mut wrong = String::new();
    for (query, kind, at) in cases {
        match bind(query) {
            Err(faults) => wrong.push_str(&format!("{query}\n{}", show(query, &faults))),
            Ok(bound) => {
                let forms = &bound.facts().statement.forms;
                let places: Vec<&str> = forms
                    .iter()
                    .filter(|it| it.kind == *kind)
                    .map(|it| &query[it.span.start..it.span.end])
                    .collect();
                if places != [*at] {
                    wrong.push_str(&format!("{query}\n  {kind:?} at {places:?}\n"));
                }
            }
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn an_allowed_example_has_no_forms_at_all() {
    let plain = text(
        "SELECT r.state, SUM(r.returned) J WHERE r.state IN ('NY', 'NJ') GROUP BY r.state ORDER BY 2 DESC",
    );
    assert_eq!(bound(&plain).facts().statement.forms, []);
}
