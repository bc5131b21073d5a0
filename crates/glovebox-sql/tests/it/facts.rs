//! Facts, golden: what rules see of a query, as written and as planned.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::{Expect, expect};
use glovebox_sql::rewrite::{GuardRequest, guard};
use glovebox_sql::{
    Bound, Expression, ExpressionKind, Facts, Lineage, Literal, PlanUse, ScanId, Source, digest,
    question_digest,
};

use crate::room::{bind, bound};

fn show(text: &str, facts: &Facts) -> String {
    let mut out = String::new();
    let statement = &facts.statement;
    let at = |it: &Expression| format!("{} at `{}`", tree(it), &text[it.span.start..it.span.end]);
    for form in &statement.forms {
        writeln!(out, "form {:?} at `{}`", form.kind, &text[form.span.start..form.span.end])
            .unwrap();
    }
    for scan in &statement.scans {
        let span = &text[scan.span.start..scan.span.end];
        writeln!(out, "scan {} as {} at `{span}`", scan.table, scan.alias).unwrap();
    }
    if let Some(span) = statement.distinct {
        writeln!(out, "distinct at `{}`", &text[span.start..span.end]).unwrap();
    }
    for output in &statement.outputs {
        writeln!(out, "output `{}` = {}", output.name, at(&output.expression)).unwrap();
    }
    for join in &statement.joins {
        let (left, right): (Vec<_>, Vec<_>) =
            (join.left.iter().map(|it| it.0).collect(), join.right.iter().map(|it| it.0).collect());
        let span = &text[join.span.start..join.span.end];
        let on = join.condition.as_ref().map(tree).unwrap_or_default();
        writeln!(out, "join {left:?} {right:?} inner {} on {on} at `{span}`", join.inner).unwrap();
    }
    let clauses = [
        ("where", statement.filter.iter().collect::<Vec<_>>()),
        ("group", statement.groups.iter().collect()),
        ("having", statement.having.iter().collect()),
        ("order", statement.order.iter().collect()),
        ("limit", statement.limit.iter().collect()),
    ];
    for (name, expressions) in clauses {
        for it in expressions {
            writeln!(out, "{name} {}", at(it)).unwrap();
        }
    }
    out.push_str(&lineage(&facts.lineage));
    out
}

fn tree(it: &Expression) -> String {
    let list = |items: &[Expression]| items.iter().map(tree).collect::<Vec<_>>().join(", ");
    match &it.kind {
        ExpressionKind::Aggregate(call) => {
            let distinct = if call.distinct { "DISTINCT " } else { "" };
            let star = if call.star { "*" } else { "" };
            format!("{}<{distinct}{star}{}>", call.name, list(&call.arguments))
        }
        ExpressionKind::Column { scan, column } => format!("{}.{column}", scan.0),
        ExpressionKind::Literal(Literal::Text(text)) => format!("'{text}'"),
        ExpressionKind::Literal(Literal::Number(text)) => text.clone(),
        ExpressionKind::Literal(other) => format!("{other:?}"),
        ExpressionKind::Operator { operator, operands } => {
            format!("{operator:?}[{}]", list(operands))
        }
        ExpressionKind::Case { .. }
        | ExpressionKind::Other { .. }
        | ExpressionKind::Parameter { .. }
        | ExpressionKind::Reference { .. }
        | ExpressionKind::Subquery { .. }
        | ExpressionKind::Window { .. } => {
            let parts: Vec<String> = it.parts().into_iter().map(tree).collect();
            format!("{:?}{{{}}}", it.form().unwrap(), parts.join(", "))
        }
        ExpressionKind::Scalar { name, function, arguments } => {
            format!("{name}:{function:?}({})", list(arguments))
        }
    }
}

fn sources(set: &BTreeSet<Source>) -> String {
    set.iter().map(|it| format!("{}.{}", it.scan, it.column)).collect::<Vec<_>>().join(" ")
}

fn lineage(it: &Lineage) -> String {
    let mut out = String::new();
    let uses = |out: &mut String, name: &str, list: &[PlanUse]| {
        for PlanUse { plain, aggregated, functions } in list {
            let (plain, aggregated) = (sources(plain), sources(aggregated));
            writeln!(out, "plan {name}: [{plain}] [{aggregated}] {functions:?}").unwrap();
        }
    };
    for scan in &it.scans {
        writeln!(out, "plan scan: {} as {}", scan.table, scan.alias).unwrap();
    }
    for output in &it.outputs {
        let (plain, aggregated) = (sources(&output.plain), sources(&output.aggregated));
        writeln!(out, "plan output: [{plain}] [{aggregated}] {:?}", output.functions).unwrap();
    }
    for it in &it.aggregates {
        let bare = it.bare.as_ref().map(|it| format!("{}.{}", it.scan, it.column));
        let (name, distinct, adorned) = (&it.name, it.distinct, it.adorned);
        let from = sources(&it.sources);
        writeln!(
            out,
            "plan aggregate: {name} distinct {distinct} bare {bare:?} of [{from}] adorned {adorned}"
        )
        .unwrap();
    }
    uses(&mut out, "group", &it.groups);
    uses(&mut out, "filter", &it.filters);
    uses(&mut out, "having", &it.havings);
    uses(&mut out, "order", &it.orders);
    for join in &it.joins {
        let pairs: Vec<_> = join
            .equalities
            .iter()
            .map(|(a, b)| format!("{}.{}={}.{}", a.scan, a.column, b.scan, b.column))
            .collect();
        let (inner, pure, or) = (join.inner, join.pure, join.has_or);
        writeln!(
            out,
            "plan join: {:?} {:?} inner {inner} pure {pure} or {or} {pairs:?}",
            join.left, join.right
        )
        .unwrap();
    }
    for guard in &it.guards {
        writeln!(
            out,
            "plan guard: {}.{} >= {}",
            guard.counted.scan, guard.counted.column, guard.minimum
        )
        .unwrap();
    }
    writeln!(out, "plan distinct {} limit {:?} {:?}", it.distinct, it.limit, it.nodes).unwrap();
    out
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(text, bound(text).facts()));
}

const J: &str = "FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail";

#[test]
fn the_canonical_aggregation() {
    check(
        "SELECT r.State, SUM(r.returned) AS Total, COUNT(*) FROM sales s INNER JOIN Returns r \
         ON (s.hashedemail = r.hashedemail) WHERE r.state IN ('NY', 'NJ') AND price_dim / 2 > 1 \
         AND returndate >= DATE '2024-01-01' GROUP BY 1 HAVING total >= 5 ORDER BY total DESC, state",
        expect![[r#"
            scan sales as s at `sales`
            scan returns as r at `Returns`
            output `State` = 1.state at `r.State`
            output `Total` = sum<1.returned> at `SUM(r.returned)`
            output `count(1)` = count<*> at `COUNT(*)`
            join [0] [1] inner true on Equal[0.hashedemail, 1.hashedemail] at `INNER JOIN Returns r ON (s.hashedemail = r.hashedemail)`
            where And[In[1.state, 'NY', 'NJ'], Greater[Divide[1.price_dim, 2], 1], GreaterOrEqual[1.returndate, '2024-01-01']] at `r.state IN ('NY', 'NJ') AND price_dim / 2 > 1 AND returndate >= DATE '2024-01-01'`
            group 1.state at `1`
            having GreaterOrEqual[sum<1.returned>, 5] at `total >= 5`
            order sum<1.returned> at `total`
            order 1.state at `state`
            plan scan: sales as s
            plan scan: returns as r
            plan output: [1.state] [] {}
            plan output: [] [1.returned] {}
            plan output: [] [] {}
            plan aggregate: sum distinct false bare Some("1.returned") of [1.returned] adorned false
            plan aggregate: count distinct false bare None of [] adorned false
            plan group: [1.state] [] {}
            plan filter: [1.price_dim 1.returndate 1.state] [] {"/", ">", ">=", "AND", "in"}
            plan having: [] [1.returned] {">="}
            plan order: [] [1.returned] {}
            plan order: [1.state] [] {}
            plan join: {0} {1} inner true pure true or false ["0.hashedemail=1.hashedemail"]
            plan distinct false limit None {"Aggregate": 1, "Filter": 2, "Join": 1, "Projection": 1, "Sort": 1, "SubqueryAlias": 2, "TableScan": 2}
        "#]],
    );
}

#[test]
fn functions_of_every_spelling() {
    check(
        "SELECT CAST(state AS VARCHAR(5)), price_dim::double, CONVERT(int, state), \
         EXTRACT(year FROM returndate), SUBSTRING(state FROM 1 FOR 2), TRIM(state), \
         TRIM(TRAILING 'x' FROM state) AS t, CEIL(price_dim), DATEADD(month, 1, returndate), \
         CURRENT_DATE, GETDATE(), COALESCE(state, 'none'), -returned, NOT state = 'x', \
         state IS NULL, state LIKE 'a%' FROM returns",
        expect![[r#"
            scan returns as returns at `returns`
            output `CAST(state AS VARCHAR(5))` = cast:Some(Cast)(0.state, 'varchar(5)') at `CAST(state AS VARCHAR(5))`
            output `CAST(price_dim AS DOUBLE)` = cast:Some(Cast)(0.price_dim, 'double') at `price_dim::double`
            output `convert(int, state)` = convert:Some(Convert)('int', 0.state) at `CONVERT(int, state)`
            output `extract(year, returndate)` = extract:Some(Extract)('year', 0.returndate) at `EXTRACT(year FROM returndate)`
            output `substring(state, 1, 2)` = substring:Some(Substring)(0.state, 1, 2) at `SUBSTRING(state FROM 1 FOR 2)`
            output `trim(state)` = trim:Some(Trim)(0.state) at `TRIM(state)`
            output `t` = trim:Some(Trim)(0.state, 'x') at `TRIM(TRAILING 'x' FROM state)`
            output `ceil(price_dim)` = ceil:Some(Ceiling)(0.price_dim) at `CEIL(price_dim)`
            output `dateadd(month, 1, returndate)` = dateadd:Some(Dateadd)('month', 1, 0.returndate) at `DATEADD(month, 1, returndate)`
            output `current_date()` = current_date:Some(CurrentDate)() at `CURRENT_DATE`
            output `getdate()` = getdate:Some(Getdate)() at `GETDATE()`
            output `coalesce(state, none)` = coalesce:Some(Coalesce)(0.state, 'none') at `COALESCE(state, 'none')`
            output `(- returned)` = Subtract[0.returned] at `-returned`
            output `(NOT (state = x))` = Not[Equal[0.state, 'x']] at `NOT state = 'x'`
            output `(state IS NULL)` = IsNull[0.state] at `state IS NULL`
            output `(state LIKE a%)` = Like[0.state, 'a%'] at `state LIKE 'a%'`
            plan scan: returns as returns
            plan output: [0.state] [] {"cast"}
            plan output: [0.price_dim] [] {"cast"}
            plan output: [0.state] [] {"convert"}
            plan output: [0.returndate] [] {"extract"}
            plan output: [0.state] [] {"substring"}
            plan output: [0.state] [] {"trim"}
            plan output: [0.state] [] {"trim"}
            plan output: [0.price_dim] [] {"ceiling"}
            plan output: [0.returndate] [] {"dateadd"}
            plan output: [] [] {"current_date"}
            plan output: [] [] {"getdate"}
            plan output: [0.state] [] {"coalesce"}
            plan output: [0.returned] [] {"-"}
            plan output: [0.state] [] {"="}
            plan output: [0.state] [] {"is null"}
            plan output: [0.state] [] {"like"}
            plan distinct false limit None {"Projection": 1, "TableScan": 1}
        "#]],
    );
}

#[test]
fn joins_of_every_kind() {
    check(
        "SELECT COUNT(DISTINCT r.hashedemail) FROM returns r JOIN (panel p JOIN crm c \
         ON p.region = c.id1 AND p.hashedemail = c.id2) ON r.hashedemail = p.hashedemail \
         OR r.state = c.seg1 JOIN sales s ON s.demoseg = 'x' OR LOWER(r.state) = s.demoseg",
        expect![[r#"
            scan returns as r at `returns`
            scan panel as p at `panel`
            scan crm as c at `crm`
            scan sales as s at `sales`
            output `count(DISTINCT hashedemail)` = count<DISTINCT 0.hashedemail> at `COUNT(DISTINCT r.hashedemail)`
            join [1] [2] inner true on And[Equal[1.region, 2.id1], Equal[1.hashedemail, 2.id2]] at `JOIN crm c ON p.region = c.id1 AND p.hashedemail = c.id2`
            join [0] [1, 2] inner true on Or[Equal[0.hashedemail, 1.hashedemail], Equal[0.state, 2.seg1]] at `JOIN (panel p JOIN crm c ON p.region = c.id1 AND p.hashedemail = c.id2) ON r.hashedemail = p.hashedemail OR r.state = c.seg1`
            join [0, 1, 2] [3] inner true on Or[Equal[3.demoseg, 'x'], Equal[lower:Some(Lower)(0.state), 3.demoseg]] at `JOIN sales s ON s.demoseg = 'x' OR LOWER(r.state) = s.demoseg`
            plan scan: returns as r
            plan scan: panel as p
            plan scan: crm as c
            plan scan: sales as s
            plan output: [] [0.hashedemail] {}
            plan aggregate: count distinct true bare Some("0.hashedemail") of [0.hashedemail] adorned false
            plan join: {1} {2} inner true pure true or false ["1.region=2.id1", "1.hashedemail=2.id2"]
            plan join: {0} {1, 2} inner true pure true or true ["0.hashedemail=1.hashedemail", "0.state=2.seg1"]
            plan join: {0, 1, 2} {3} inner true pure false or true []
            plan distinct false limit None {"Aggregate": 1, "Join": 3, "Projection": 1, "SubqueryAlias": 4, "TableScan": 4}
        "#]],
    );
}

#[test]
fn nothing_hides_in_nested_queries() {
    check(
        "WITH x AS (SELECT hashedemail AS h, SUM(returned) AS n FROM returns GROUP BY hashedemail) \
         SELECT p.region, SUM(x.n) AS total FROM x JOIN panel p ON p.hashedemail = x.h \
         WHERE EXISTS (SELECT 1 FROM sales s WHERE s.hashedemail = p.hashedemail AND s.demoseg = 'y') \
         AND p.region IN (SELECT state FROM returns) GROUP BY p.region",
        expect![[r#"
            form Cte at `WITH`
            form Exists at `EXISTS (SELECT 1 FROM sales s WHERE s.hashedemail = p.hashedemail AND s.demoseg = 'y')`
            form InSubquery at `p.region IN (SELECT state FROM returns)`
            scan panel as p at `panel`
            output `region` = 0.region at `p.region`
            output `total` = sum<Cte{}> at `SUM(x.n)`
            join [] [0] inner true on Equal[0.hashedemail, Cte{}] at `JOIN panel p ON p.hashedemail = x.h`
            where And[Exists{}, InSubquery{0.region}] at `EXISTS (SELECT 1 FROM sales s WHERE s.hashedemail = p.hashedemail AND s.demoseg = 'y') AND p.region IN (SELECT state FROM returns)`
            group 0.region at `p.region`
            plan scan: returns as returns
            plan scan: panel as p
            plan scan: sales as s
            plan scan: returns as returns
            plan output: [1.region] [] {}
            plan output: [] [0.returned] {}
            plan aggregate: sum distinct false bare Some("0.returned") of [0.returned] adorned false
            plan aggregate: sum distinct false bare None of [0.returned] adorned false
            plan group: [0.hashedemail] [] {}
            plan group: [1.region] [] {}
            plan filter: [1.hashedemail 2.demoseg 2.hashedemail] [] {"=", "AND", "outer"}
            plan having: [1.region 3.state] [] {"AND", "exists", "in subquery"}
            plan join: {0} {1} inner true pure true or false ["0.hashedemail=1.hashedemail"]
            plan distinct false limit None {"Aggregate": 2, "Filter": 2, "Join": 1, "Projection": 4, "SubqueryAlias": 3, "TableScan": 4}
        "#]],
    );
}

fn requests() -> Vec<GuardRequest> {
    let request = |scan, column: &str, minimum| GuardRequest {
        scan: ScanId(scan),
        column: glovebox_model::ColumnName::new(column).unwrap(),
        minimum,
    };
    vec![request(1, "producttype", 2), request(0, "hashedemail", 2), request(1, "hashedemail", 100)]
}

/// The lineage but for guards.
fn unguarded(bound: &Bound) -> Lineage {
    let mut lineage = bound.facts().lineage.clone();
    lineage.guards.clear();
    lineage.nodes.clear();
    lineage
}

#[test]
fn rewrites_add_guards_and_change_nothing_else_that_rules_see() {
    let queries = [
        format!("SELECT r.state, SUM(r.returned) {J} GROUP BY r.state"),
        format!(
            "SELECT UPPER(r.state), AVG(r.returned) {J} WHERE price_dim = '7' AND 1/(price_dim - 5) > 0 AND returndate > '2020-01-01' GROUP BY 1 HAVING SUM(returned) > 1.5 ORDER BY 2"
        ),
        format!(
            "SELECT CAST(r.state AS INT), COUNT(DISTINCT r.returned) {J} AND r.returned = s.identifier WHERE r.state LIKE 5 GROUP BY CAST(r.state AS INT)"
        ),
        format!(
            "SELECT SUM(DISTINCT r.returned * -2) AS x {J} WHERE r.productline || 'x' = s.productline ORDER BY x"
        ),
    ];
    for query in queries {
        let plain = bound(&query);
        let before = unguarded(&plain);
        let guarded = guard(plain, &requests()).unwrap();
        assert_eq!(unguarded(&guarded), before, "{query}");
        let guards = guarded.facts().lineage.guards.clone();
        assert_eq!(guards.len(), 3);
        let total = guarded.into_total().unwrap();
        assert_eq!(unguarded(&total), before, "{query}");
        assert_eq!(total.facts().lineage.guards, guards);
        let hidden: Vec<_> =
            total.guards().iter().map(|it| (it.output_index, it.minimum)).collect();
        let first = total.output_names().len();
        assert_eq!(hidden, [(first, 2), (first + 1, 2), (first + 2, 100)]);
    }
}

#[test]
fn the_digest_of_a_question_holds_the_moment_only_where_the_text_asks_for_it() {
    let at = |text: &str, millis: i64| {
        let now = glovebox_model::Timestamp::from_millis(1_800_000_000_000 + millis);
        glovebox_sql::bind(text, &crate::room::schema(), now).unwrap()
    };
    let same = |text: &str, millis: i64| {
        let (before, after) = (at(text, 0), at(text, millis));
        assert_ne!(digest(&before), digest(&after), "{text}");
        question_digest(&before) == question_digest(&after)
    };
    const DAY: i64 = 24 * 60 * 60 * 1000;
    assert!(same("SELECT SUM(returned) FROM returns WHERE state = 'a'", 40 * DAY));
    let second = "SELECT SUM(returned) FROM returns WHERE state = CAST(GETDATE() AS VARCHAR)";
    assert!(same(second, 999) && !same(second, 1_000));
    let today = "SELECT SUM(returned) FROM returns WHERE state = CAST(CURRENT_DATE AS VARCHAR)";
    assert!(same(today, 1) && !same(today, DAY));
    let other = question_digest(&at("SELECT SUM(returned) FROM returns WHERE state = 'b'", 0));
    assert_ne!(
        other,
        question_digest(&at("SELECT SUM(returned) FROM returns WHERE state = 'a'", 0))
    );
}

#[test]
fn a_digest_tells_plans_apart_and_never_changes_by_itself() {
    let of = |text: &str| digest(&bound(text)).to_string();
    let texts = [
        "SELECT SUM(returned) FROM returns",
        "SELECT SUM(returned) AS x FROM returns",
        "SELECT SUM(DISTINCT returned) FROM returns",
        "SELECT SUM(returned) FROM returns WHERE state = 'a'",
        "SELECT SUM(returned) FROM returns WHERE state = 'b'",
        "SELECT SUM(returned) FROM returns WHERE state <> 'a'",
        "SELECT SUM(returned) FROM returns WHERE state IN ('a\"), Utf8(\"b')",
        "SELECT SUM(returned) FROM returns WHERE state IN ('a', 'b')",
        "SELECT SUM(returned) FROM returns WHERE state NOT IN ('a', 'b')",
        "SELECT SUM(returned) FROM returns r WHERE state NOT IN ('a', 'b')",
        "SELECT state, SUM(returned) FROM returns GROUP BY state",
        "SELECT state, SUM(returned) FROM returns GROUP BY state ORDER BY 1",
        "SELECT state, SUM(returned) FROM returns GROUP BY state ORDER BY 1 DESC",
        "SELECT state, SUM(returned) FROM returns GROUP BY ROLLUP(state)",
        "SELECT state, SUM(returned) FROM returns GROUP BY CUBE(state)",
        "SELECT state, SUM(returned) FROM returns GROUP BY state LIMIT 1",
        "SELECT state, SUM(returned) FROM returns GROUP BY state LIMIT 2",
    ];
    let digests: BTreeSet<String> = texts.iter().map(|it| of(it)).collect();
    assert_eq!(digests.len(), texts.len());
    assert_eq!(of("SELECT sum( returned ) -- x\nFROM Returns;"), of(texts[0]));
    let guarded =
        guard(bound(&format!("SELECT SUM(returned) {J} WHERE price_dim = '7'")), &requests());
    let guarded = guarded.unwrap();
    expect!["d6febb1ddd35b9399c9919d102d904b0103355dffe69745ed3f55d8950d0c967"]
        .assert_eq(&digest(&guarded).to_string());
    let before = digest(&guarded);
    assert_ne!(before, digest(&guarded.into_total().unwrap()));
}

#[test]
fn spark_names_columns_without_an_alias() {
    let names = |text: &str| bind(text).unwrap().output_names().join(" | ");
    expect!["STATE | sum(returned) | count(DISTINCT hashedemail) | count(1) | x | upper(state) | CAST(returned AS DOUBLE) | (returned + 1)"].assert_eq(&names(
        "SELECT r.STATE, SUM(r.returned), COUNT(DISTINCT r.hashedemail), COUNT(*), 'x', \
         UPPER(state), CAST(returned AS DOUBLE), returned + 1 FROM returns r \
         GROUP BY ALL",
    ));
}

#[test]
fn a_query_shows_only_its_digest_when_printed() {
    let shown = format!("{:?}", bound("SELECT SUM(returned) FROM returns WHERE state = 'secret'"));
    assert!(!shown.contains("secret") && shown.contains("Digest("), "{shown}");
}

/// Rows that are distinct below a projection are so above it only if none of their columns is
/// lost: the list rule believes what this says.
#[test]
fn only_what_keeps_every_column_of_distinct_rows_is_distinct() {
    let inner = "(SELECT DISTINCT id2, seg3 FROM seg)";
    let all = [
        ("SELECT DISTINCT seg3 FROM seg".to_owned(), true),
        ("SELECT DISTINCT seg3 FROM seg LIMIT 3".to_owned(), true),
        (format!("SELECT * FROM {inner} x"), true),
        (format!("SELECT seg3 AS a, id2 AS b, 1 AS c FROM {inner} x ORDER BY b"), true),
        (format!("SELECT seg3 FROM {inner} x"), false),
        (format!("SELECT seg3, UPPER(id2) AS b FROM {inner} x"), false),
        (format!("SELECT seg3, seg3 AS b FROM {inner} x"), false),
        (format!("SELECT a FROM (SELECT seg3 AS a, id2 FROM {inner} x) y LIMIT 9"), false),
        (format!("SELECT x.seg3, x.id2 FROM {inner} x JOIN crm c ON c.id2 = x.id2"), false),
        (format!("WITH x AS {inner} SELECT seg3 FROM x"), false),
        ("SELECT seg3 FROM seg GROUP BY seg3".to_owned(), false),
    ];
    for (text, distinct) in all {
        assert_eq!(bound(&text).facts().lineage.distinct, distinct, "{text}");
    }
}
