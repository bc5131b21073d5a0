//! Names that could mean two things mean one, or nothing.

use std::collections::BTreeSet;

use expect_test::expect;
use glovebox_sql::{BlockId, Blocks, Body, Expression, ExpressionKind, RelationOrigin};
use proptest::prelude::*;
use proptest::sample::select;

use crate::room::{bind, refusal};

fn refusals(texts: &[&str]) -> String {
    texts
        .iter()
        .map(|it| format!("{it}\n  {}", refusal(it).replace('\n', "\n  ").trim_end()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn no_name_reaches_what_it_must_not() {
    expect![[r#"
        WITH returns AS (SELECT producttype AS state FROM returns) SELECT state FROM returns
          GB0009 unknown-column at `producttype`: there is no column `producttype` here
        WITH returns AS (SELECT region AS state FROM panel) SELECT producttype FROM returns
          GB0009 unknown-column at `producttype`: there is no column `producttype` here
        WITH x AS (SELECT state FROM returns) SELECT (WITH x AS (SELECT 1 AS a) SELECT MAX(a) FROM x) AS q FROM x
          GB0018 duplicate-table-name at `x`: two tables of this query are called `x`
        WITH x AS (SELECT state FROM y), y AS (SELECT state FROM returns) SELECT state FROM x
          GB0008 unknown-table at `y`: there is no table `y`
        WITH x AS (SELECT state FROM x) SELECT state FROM x
          GB0008 unknown-table at `x`: there is no table `x`
        SELECT x.state FROM (WITH x AS (SELECT state FROM returns) SELECT state FROM x) q
          GB0009 unknown-column at `x.state`: there is no column `x.state` here
        SELECT p.region FROM panel p JOIN (SELECT state FROM returns WHERE hashedemail = p.hashedemail) q ON TRUE
          GB0009 unknown-column at `p.hashedemail`: there is no column `p.hashedemail` here
        SELECT p.region FROM panel p WHERE EXISTS (SELECT 1 FROM (SELECT 1 AS one FROM returns r WHERE r.hashedemail = p.hashedemail) q)
          GB0009 unknown-column at `p.hashedemail`: there is no column `p.hashedemail` here
        SELECT s.demoseg FROM returns r LEFT SEMI JOIN sales s ON s.hashedemail = r.hashedemail
          GB0009 unknown-column at `s.demoseg`: there is no column `s.demoseg` here
        SELECT s.* FROM returns r LEFT ANTI JOIN sales s ON s.hashedemail = r.hashedemail
          GB0008 unknown-table at `s.*`: there is no table `s`
        SELECT productline FROM sales s JOIN returns r USING (hashedemail)
          GB0010 ambiguous-column at `productline`: column `productline` is in more than one table of this query
        SELECT r.hashedemail FROM sales s JOIN returns r USING (producttype)
          GB0009 unknown-column at `producttype`: there is no column `producttype` here
        SELECT hashedemail FROM sales s JOIN returns r USING (hashedemail) JOIN panel p ON TRUE
          GB0010 ambiguous-column at `hashedemail`: column `hashedemail` is in more than one table of this query
        SELECT state FROM returns WHERE RANK() OVER (ORDER BY returned) = 1
          GB0007 unsupported-construct at `RANK()`: a window function outside SELECT, QUALIFY and ORDER BY, or inside another cannot be used here
        SELECT RANK() OVER (ORDER BY returned) AS r FROM returns GROUP BY r
          GB0007 unsupported-construct at `r`: a window function outside SELECT, QUALIFY and ORDER BY, or inside another cannot be used here
        SELECT RANK() OVER (ORDER BY RANK() OVER (ORDER BY returned)) AS r FROM returns
          GB0007 unsupported-construct at `RANK()`: a window function outside SELECT, QUALIFY and ORDER BY, or inside another cannot be used here
        SELECT SUM(returned) AS n, SUM(n) AS m FROM returns
          GB0022 aggregate-misplaced at `n`: an aggregate function cannot stand here
        SELECT RANK() OVER w AS r FROM returns
          GB0007 unsupported-construct at `RANK() OVER w`: a window without a definition cannot be used here
        SELECT RANK() AS r FROM returns
          GB0007 unsupported-construct at `RANK()`: a window function without OVER cannot be used here
        SELECT UPPER(state) OVER () AS r FROM returns
          GB0007 unsupported-construct at `UPPER(state)`: OVER behind a function that is no aggregate or window function cannot be used here
        SELECT COUNT(DISTINCT state) OVER () AS r FROM returns
          GB0007 unsupported-construct at `COUNT(DISTINCT state) OVER ()`: DISTINCT over a window cannot be used here
        WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x) SELECT a FROM x
          GB0007 unsupported-construct at `WITH`: WITH RECURSIVE cannot be used here
          GB0008 unknown-table at `x`: there is no table `x`
        SELECT q.n FROM panel p, LATERAL (SELECT COUNT(*) AS n FROM returns r WHERE r.hashedemail = p.hashedemail) q
          GB0007 unsupported-construct at `(SELECT COUNT(*) AS n FROM returns r WHERE r.hashedemail = p.hashedemail) q`: LATERAL cannot be used here
          GB0009 unknown-column at `p.hashedemail`: there is no column `p.hashedemail` here
        SELECT state FROM returns TABLESAMPLE (10 PERCENT)
          GB0007 unsupported-construct at `returns`: TABLESAMPLE cannot be used here
        SELECT state FROM returns DISTRIBUTE BY state
          GB0007 unsupported-construct at `SELECT`: DISTRIBUTE BY cannot be used here
        SELECT * FROM returns PIVOT (SUM(returned) FOR state IN ('a'))
          GB0007 unsupported-construct at `returns PIVOT (SUM(returned) FOR state IN ('a'`: PIVOT cannot be used here
        SELECT state, part FROM returns LATERAL VIEW EXPLODE(SPLIT(state, ',')) p AS part
          GB0007 unsupported-construct at `SELECT`: LATERAL VIEW cannot be used here
          GB0009 unknown-column at `part`: there is no column `part` here
        SELECT (SELECT state FROM returns) AS one
          GB0007 unsupported-construct at `(SELECT state FROM returns)`: a subquery that stands for a value and may have several rows cannot be used here
        SELECT state FROM returns WHERE (state, returned) IN (SELECT region, 1 FROM panel)
          GB0007 unsupported-construct at `state, returned`: a row of values cannot be used here
        SELECT INTERVAL 1 DAY - returndate AS d FROM returns
          GB0007 unsupported-construct at `SELECT INTERVAL 1 DAY - returndate AS d FROM returns`: an INTERVAL that something is subtracted from cannot be used here
        SELECT returndate + INTERVAL state DAY AS d FROM returns
          GB0007 unsupported-construct at `INTERVAL state DAY`: an INTERVAL of this form cannot be used here
        SELECT stаte FROM returns
          GB0009 unknown-column at `stаte`: there is no column `stаte` here
        SELECT "select" FROM returns
          GB0009 unknown-column at `"select"`: there is no column `select` here
        SELECT state AS "from" FROM returns
          bound: ["from"]
        VALUES (1), (2)
          GB0007 unsupported-construct at `VALUES (1), (2)`: a query without a select list cannot be used here
        SELECT x.a FROM (VALUES (1, 2)) x(a)
          GB0009 unknown-column at `x.a`: there is no column `x.a` here
          GB0025 wrong-column-list at `(VALUES (1, 2)) x`: the column list has not as many names as there are columns"#]].assert_eq(&refusals(&[
        // Shadowing.
        "WITH returns AS (SELECT producttype AS state FROM returns) SELECT state FROM returns",
        "WITH returns AS (SELECT region AS state FROM panel) SELECT producttype FROM returns",
        "WITH x AS (SELECT state FROM returns) SELECT (WITH x AS (SELECT 1 AS a) SELECT MAX(a) FROM x) AS q FROM x",
        "WITH x AS (SELECT state FROM y), y AS (SELECT state FROM returns) SELECT state FROM x",
        "WITH x AS (SELECT state FROM x) SELECT state FROM x",
        "SELECT x.state FROM (WITH x AS (SELECT state FROM returns) SELECT state FROM x) q",
        // Correlation stops at derived tables.
        "SELECT p.region FROM panel p JOIN (SELECT state FROM returns WHERE hashedemail = p.hashedemail) q ON TRUE",
        "SELECT p.region FROM panel p WHERE EXISTS (SELECT 1 FROM (SELECT 1 AS one FROM returns r WHERE r.hashedemail = p.hashedemail) q)",
        // The right side of a semi join is gone, also for stars.
        "SELECT s.demoseg FROM returns r LEFT SEMI JOIN sales s ON s.hashedemail = r.hashedemail",
        "SELECT s.* FROM returns r LEFT ANTI JOIN sales s ON s.hashedemail = r.hashedemail",
        // USING and NATURAL.
        "SELECT productline FROM sales s JOIN returns r USING (hashedemail)",
        "SELECT r.hashedemail FROM sales s JOIN returns r USING (producttype)",
        "SELECT hashedemail FROM sales s JOIN returns r USING (hashedemail) JOIN panel p ON TRUE",
        // Windows and aliases where they mean nothing yet.
        "SELECT state FROM returns WHERE RANK() OVER (ORDER BY returned) = 1",
        "SELECT RANK() OVER (ORDER BY returned) AS r FROM returns GROUP BY r",
        "SELECT RANK() OVER (ORDER BY RANK() OVER (ORDER BY returned)) AS r FROM returns",
        "SELECT SUM(returned) AS n, SUM(n) AS m FROM returns",
        "SELECT RANK() OVER w AS r FROM returns",
        "SELECT RANK() AS r FROM returns",
        "SELECT UPPER(state) OVER () AS r FROM returns",
        "SELECT COUNT(DISTINCT state) OVER () AS r FROM returns",
        // What no rule could see through.
        "WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x) SELECT a FROM x",
        "SELECT q.n FROM panel p, LATERAL (SELECT COUNT(*) AS n FROM returns r WHERE r.hashedemail = p.hashedemail) q",
        "SELECT state FROM returns TABLESAMPLE (10 PERCENT)",
        "SELECT state FROM returns DISTRIBUTE BY state",
        "SELECT * FROM returns PIVOT (SUM(returned) FOR state IN ('a'))",
        "SELECT state, part FROM returns LATERAL VIEW EXPLODE(SPLIT(state, ',')) p AS part",
        "SELECT (SELECT state FROM returns) AS one",
        "SELECT state FROM returns WHERE (state, returned) IN (SELECT region, 1 FROM panel)",
        "SELECT INTERVAL 1 DAY - returndate AS d FROM returns",
        "SELECT returndate + INTERVAL state DAY AS d FROM returns",
        // Homoglyphs and quoted words.
        "SELECT stаte FROM returns",
        "SELECT \"select\" FROM returns",
        "SELECT state AS \"from\" FROM returns",
        "VALUES (1), (2)",
        "SELECT x.a FROM (VALUES (1, 2)) x(a)",
    ]));
}

#[test]
fn aliases_of_aliases_end_at_the_limit_on_words() {
    let items: Vec<String> =
        (1..48).map(|it| format!("x{} + x{} AS x{it}", it - 1, it - 1)).collect();
    let text = format!("SELECT returned AS x0, {} FROM returns", items.join(", "));
    assert!(refusal(&text).contains("too-many-words"), "{}", refusal(&text));
}

/// Base columns that reach an output of a block, as rules would follow them.
fn reach(blocks: &Blocks, block: BlockId, index: usize) -> BTreeSet<(String, String)> {
    match &blocks.block(block).unwrap().body {
        Body::Select(select) => of(blocks, &select.outputs[index].expression),
        // Also INTERSECT and EXCEPT tell about the values of both sides.
        Body::SetOperation { left, right, .. } => {
            let mut found = reach(blocks, *left, index);
            found.extend(reach(blocks, *right, index));
            found
        }
        Body::Values(rows) => rows.iter().flat_map(|row| of(blocks, &row[index])).collect(),
    }
}

fn of(blocks: &Blocks, it: &Expression) -> BTreeSet<(String, String)> {
    let mut found: BTreeSet<(String, String)> =
        it.parts().into_iter().flat_map(|it| of(blocks, it)).collect();
    if let Some((relation, column)) = blocks.column(it) {
        match &blocks.relation(relation).unwrap().origin {
            RelationOrigin::Table(table) => {
                found.insert((table.to_string(), column.to_owned()));
            }
            RelationOrigin::Block(block) => {
                let columns = &blocks.block(*block).unwrap().columns;
                let index = columns.iter().position(|it| it == column).unwrap();
                found.extend(reach(blocks, *block, index));
            }
        }
    }
    if let ExpressionKind::Subquery { block, .. } = &it.kind {
        let width = blocks.block(*block).unwrap().columns.len();
        found.extend((0..width).flat_map(|index| reach(blocks, *block, index)));
    }
    found
}

fn nested() -> impl Strategy<Value = String> {
    let item = select(
        &[
            "a",
            "b",
            "UPPER(a)",
            "CASE WHEN b > 1 THEN a END",
            "a || 'x'",
            "b + 1",
            "(SELECT MAX(region) FROM panel)",
            "a IN (SELECT region FROM panel)",
            "RANK() OVER (PARTITION BY a ORDER BY b)",
            "SUM(b) OVER (ORDER BY a)",
            "'k'",
            ":",
        ][..],
    );
    let source = select(
        &[
            "(SELECT state AS a, returned AS b FROM returns)",
            "(SELECT demoseg, COUNT(*) FROM sales GROUP BY demoseg)",
            "(SELECT state, price_dim FROM returns UNION ALL SELECT region, 1 FROM panel)",
            "(SELECT productline, returned FROM sales FULL JOIN returns USING (productline))",
            "(SELECT productline, SUM(price_dim) FROM returns NATURAL JOIN sales GROUP BY 1)",
            "(SELECT seg1, seg4 FROM crm c LEFT JOIN seg s ON c.id2 = s.id2)",
            "(VALUES ('x', 1), ('y', 2))",
            "(SELECT state, returned FROM returns EXCEPT SELECT region, 2 FROM panel)",
            "(WITH q(m, n) AS (SELECT region, 5 FROM panel) SELECT m, n FROM q)",
            "(SELECT MAX(state), MIN(returned) FILTER (WHERE price_dim > 1) FROM returns)",
        ][..],
    );
    let shape = 0..5_usize;
    (prop::collection::vec(item, 1..4), source, shape).prop_map(|(items, source, shape)| {
        let items: Vec<String> = items
            .iter()
            .enumerate()
            .map(|(index, it)| format!("{} AS o{index}", if *it == ":" { "a" } else { it }))
            .collect();
        let inner = format!("SELECT {} FROM {source} AS t(a, b)", items.join(", "));
        match shape {
            0 => inner,
            1 => format!("WITH w AS ({inner}) SELECT * FROM w"),
            2 => format!("SELECT w.* FROM ({inner}) w WHERE EXISTS (SELECT 1 FROM panel p WHERE p.region = w.o0)"),
            3 => format!("WITH w AS ({inner}) SELECT x.o0, y.o0 AS p FROM w x JOIN w y ON x.o0 = y.o0"),
            _ => format!("({inner}) UNION SELECT * FROM ({inner}) ORDER BY 1 LIMIT 3"),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    /// What the blocks say reaches an output is what the plan says.
    #[test]
    fn blocks_and_plan_agree_on_where_outputs_come_from(text in nested()) {
        if let Ok(bound) = bind(&text) {
            let facts = bound.facts();
            let root = facts.blocks.root().unwrap();
            for (index, output) in facts.lineage.outputs.iter().enumerate() {
                let sources = output.plain.iter().chain(&output.aggregated);
                let planned: BTreeSet<(String, String)> = sources
                    .map(|it| (facts.lineage.scans[it.scan].table.to_string(), it.column.to_string()))
                    .collect();
                prop_assert_eq!(reach(&facts.blocks, root, index), planned, "{} {}", index, text);
            }
        }
    }
}

#[test]
fn most_nested_queries_bind() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts = (0..100).map(|_| nested().new_tree(&mut runner).unwrap().current());
    let refused: Vec<String> = texts.filter(|it| bind(it).is_err()).collect();
    assert!(refused.len() < 50, "{}", refused.join("\n"));
}
