//! Blocks, golden: what rules that allow nesting see of a query.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use glovebox_model::Span;
use glovebox_sql::{
    BlockId, Blocks, Body, Expression, ExpressionKind, Literal, RelationId, RelationOrigin,
};

use crate::room::bound;

/// Each block as lines; every span is shown as the text it covers.
pub(crate) fn show(text: &str, blocks: &Blocks) -> String {
    let mut out = String::new();
    let at = |span: Span| &text[span.start..span.end];
    for (index, block) in blocks.blocks.iter().enumerate() {
        writeln!(out, "B{index} {:?} at `{}`", block.columns, at(block.span)).unwrap();
        match &block.body {
            Body::Select(select) => {
                if let Some(span) = select.distinct {
                    writeln!(out, "  distinct at `{}`", at(span)).unwrap();
                }
                for id in &select.relations {
                    let relation = blocks.relation(*id).unwrap();
                    let origin = match &relation.origin {
                        RelationOrigin::Table(table) => table.to_string(),
                        RelationOrigin::Block(block) => format!("B{}", block.0),
                    };
                    let scan = relation.scan.map(|it| format!(" scan {}", it.0));
                    let (alias, span) = (&relation.alias, at(relation.span));
                    let scan = scan.unwrap_or_default();
                    writeln!(out, "  R{} {alias} = {origin}{scan} at `{span}`", id.0).unwrap();
                }
                for join in &select.joins {
                    let ids = |list: &[RelationId]| {
                        list.iter().map(|it| format!("R{}", it.0)).collect::<Vec<_>>().join(" ")
                    };
                    let on = join.condition.as_ref().map_or("-".to_owned(), tree);
                    let (left, right) = (ids(&join.left), ids(&join.right));
                    let span = at(join.span);
                    writeln!(out, "  {:?} [{left}] [{right}] on {on} at `{span}`", join.kind)
                        .unwrap();
                }
                for output in &select.outputs {
                    let span = at(output.expression.span);
                    writeln!(out, "  {} = {} at `{span}`", output.name, tree(&output.expression))
                        .unwrap();
                }
                let clauses = [
                    ("where", select.filter.iter().collect::<Vec<_>>()),
                    ("group", select.groups.iter().collect()),
                    ("having", select.having.iter().collect()),
                    ("qualify", select.qualify.iter().collect()),
                ];
                for (name, list) in clauses {
                    for it in list {
                        writeln!(out, "  {name} {} at `{}`", tree(it), at(it.span)).unwrap();
                    }
                }
                if select.grouped {
                    writeln!(out, "  grouped").unwrap();
                }
            }
            Body::SetOperation { operator, all, left, right } => {
                let all = if *all { " all" } else { "" };
                writeln!(out, "  {operator:?}{all} B{} B{}", left.0, right.0).unwrap();
            }
            Body::Values(rows) => {
                for row in rows {
                    let row: Vec<String> = row.iter().map(tree).collect();
                    writeln!(out, "  ({})", row.join(", ")).unwrap();
                }
            }
        }
        for it in &block.order {
            writeln!(out, "  order {} at `{}`", tree(it), at(it.span)).unwrap();
        }
        for (name, it) in [("limit", &block.limit), ("offset", &block.offset)] {
            if let Some(it) = it {
                writeln!(out, "  {name} {}", tree(it)).unwrap();
            }
        }
    }
    out
}

/// An expression as it is built.
pub(crate) fn tree(it: &Expression) -> String {
    let list = |items: &[Expression]| items.iter().map(tree).collect::<Vec<_>>().join(", ");
    match &it.kind {
        ExpressionKind::Aggregate(call) => {
            let distinct = if call.distinct { "DISTINCT " } else { "" };
            let star = if call.star { "*" } else { "" };
            format!("{}<{distinct}{star}{}>", call.name, list(&call.arguments))
        }
        ExpressionKind::Column { scan, column } => format!("S{}.{column}", scan.0),
        ExpressionKind::Literal(Literal::Text(text)) => format!("'{text}'"),
        ExpressionKind::Literal(Literal::Number(text)) => text.clone(),
        ExpressionKind::Literal(other) => format!("{other:?}"),
        ExpressionKind::Operator { operator, operands } => {
            format!("{operator:?}[{}]", list(operands))
        }
        ExpressionKind::Other { form, parts } => format!("{form:?}{{{}}}", list(parts)),
        ExpressionKind::Parameter { name } => format!(":{name}"),
        ExpressionKind::Reference { relation, column, form: _ } => {
            format!("R{}.{column}", relation.0)
        }
        ExpressionKind::Scalar { name, arguments, .. } => format!("{name}({})", list(arguments)),
        ExpressionKind::Case { operand, branches, otherwise } => {
            let operand = operand.as_ref().map(|it| tree(it)).unwrap_or_default();
            let branches: Vec<String> =
                branches.iter().map(|(w, t)| format!("{}: {}", tree(w), tree(t))).collect();
            let otherwise = otherwise.as_ref().map_or("-".to_owned(), |it| tree(it));
            format!("Case{{{operand}| {} | {otherwise}}}", branches.join(", "))
        }
        ExpressionKind::Subquery { form, operand, block: BlockId(block) } => {
            let operand = operand.as_ref().map(|it| tree(it)).unwrap_or_default();
            format!("{form:?}{{{operand} B{block}}}")
        }
        ExpressionKind::Window { call, partition, order, framed } => {
            let (call, by, order) = (tree(call), list(partition), list(order));
            format!("Window{{{call} by [{by}] order [{order}] framed {framed}}}")
        }
    }
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(text, &bound(text).facts().blocks));
}

#[test]
fn a_flat_query_is_one_block() {
    check(
        "SELECT r.state AS s, COUNT(*) n FROM sales s JOIN returns r ON s.hashedemail = \
         r.hashedemail, panel WHERE region = 'x' GROUP BY 1 HAVING n > 1 ORDER BY s DESC LIMIT 3",
        expect![[r#"
            B0 ["s", "n"] at `SELECT r.state AS s, COUNT(*) n FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail, panel WHERE region = 'x' GROUP BY 1 HAVING n > 1 ORDER BY s DESC LIMIT 3`
              R0 s = sales scan 0 at `sales s`
              R1 r = returns scan 1 at `returns r`
              R2 panel = panel scan 2 at `panel`
              Inner [R0] [R1] on Equal[S0.hashedemail, S1.hashedemail] at `JOIN returns r ON s.hashedemail = r.hashedemail`
              Cross [R0 R1] [R2] on - at `, panel`
              s = S1.state at `r.state`
              n = count<*> at `COUNT(*)`
              where Equal[S2.region, 'x'] at `region = 'x'`
              group S1.state at `1`
              having Greater[count<*>, 1] at `n > 1`
              grouped
              order S1.state at `s`
              limit 3
        "#]],
    );
}

#[test]
fn a_named_query_used_twice_is_two_relations_of_one_block() {
    check(
        "WITH x AS (SELECT hashedemail h, SUM(returned) n FROM returns GROUP BY hashedemail), \
         y AS (SELECT h FROM x WHERE n > 1) \
         SELECT a.h, b.n FROM x a JOIN x AS b ON a.h = b.h LEFT JOIN y ON y.h = a.h ORDER BY 2",
        expect![[r#"
            B0 ["h", "n"] at `(SELECT hashedemail h, SUM(returned) n FROM returns GROUP BY hashedemail)`
              R0 returns = returns at `returns`
              h = R0.hashedemail at `hashedemail`
              n = sum<R0.returned> at `SUM(returned)`
              group R0.hashedemail at `hashedemail`
              grouped
            B1 ["h"] at `(SELECT h FROM x WHERE n > 1)`
              R1 x = B0 at `x`
              h = R1.h at `h`
              where Greater[R1.n, 1] at `n > 1`
            B2 ["h", "n"] at `WITH x AS (SELECT hashedemail h, SUM(returned) n FROM returns GROUP BY hashedemail), y AS (SELECT h FROM x WHERE n > 1) SELECT a.h, b.n FROM x a JOIN x AS b ON a.h = b.h LEFT JOIN y ON y.h = a.h ORDER BY 2`
              R2 a = B0 at `x a`
              R3 b = B0 at `x AS b`
              R4 y = B1 at `y`
              Inner [R2] [R3] on Equal[R2.h, R3.h] at `JOIN x AS b ON a.h = b.h`
              Left [R2 R3] [R4] on Equal[R4.h, R2.h] at `LEFT JOIN y ON y.h = a.h`
              h = R2.h at `a.h`
              n = R3.n at `b.n`
              order R3.n at `2`
        "#]],
    );
}

#[test]
fn using_and_natural_are_written_out() {
    check(
        "SELECT hashedemail, h2 FROM sales JOIN returns USING (hashedemail, productline) \
         NATURAL LEFT JOIN (SELECT hashedemail, region AS h2 FROM panel) p",
        expect![[r#"
            B0 ["hashedemail", "h2"] at `(SELECT hashedemail, region AS h2 FROM panel)`
              R2 panel = panel at `panel`
              hashedemail = R2.hashedemail at `hashedemail`
              h2 = R2.region at `region`
            B1 ["hashedemail", "h2"] at `SELECT hashedemail, h2 FROM sales JOIN returns USING (hashedemail, productline) NATURAL LEFT JOIN (SELECT hashedemail, region AS h2 FROM panel) p`
              R0 sales = sales scan 0 at `sales`
              R1 returns = returns scan 1 at `returns`
              R3 p = B0 at `(SELECT hashedemail, region AS h2 FROM panel) p`
              Inner [R0] [R1] on And[Equal[S0.hashedemail, S1.hashedemail], Equal[S0.productline, S1.productline]] at `JOIN returns USING (hashedemail, productline)`
              Left [R0 R1] [R3] on Equal[S0.hashedemail, R3.hashedemail] at `NATURAL LEFT JOIN (SELECT hashedemail, region AS h2 FROM panel) p`
              hashedemail = S0.hashedemail at `hashedemail`
              h2 = R3.h2 at `h2`
        "#]],
    );
    check(
        "SELECT hashedemail, p.region FROM sales FULL JOIN panel p USING (hashedemail)",
        expect![[r#"
            B0 ["hashedemail", "region"] at `SELECT hashedemail, p.region FROM sales FULL JOIN panel p USING (hashedemail)`
              R0 sales = sales scan 0 at `sales`
              R1 p = panel scan 1 at `panel p`
              Full [R0] [R1] on Equal[S0.hashedemail, S1.hashedemail] at `FULL JOIN panel p USING (hashedemail)`
              hashedemail = coalesce(S0.hashedemail, S1.hashedemail) at `hashedemail`
              region = S1.region at `p.region`
        "#]],
    );
    check(
        "SELECT * FROM seg RIGHT JOIN third USING (id2) LEFT JOIN crm",
        expect![[r#"
            B0 ["seg3", "seg4", "id1", "id2", "id1_2", "id2_2", "internalid", "seg1", "cat"] at `SELECT * FROM seg RIGHT JOIN third USING (id2) LEFT JOIN crm`
              R0 seg = seg scan 0 at `seg`
              R1 third = third scan 1 at `third`
              R2 crm = crm scan 2 at `crm`
              Right [R0] [R1] on Equal[S0.id2, S1.id2] at `RIGHT JOIN third USING (id2)`
              Left [R0 R1] [R2] on - at `LEFT JOIN crm`
              seg3 = S0.seg3 at `*`
              seg4 = S0.seg4 at `*`
              id1 = S1.id1 at `*`
              id2 = S1.id2 at `*`
              id1_2 = S2.id1 at `*`
              id2_2 = S2.id2 at `*`
              internalid = S2.internalid at `*`
              seg1 = S2.seg1 at `*`
              cat = S2.cat at `*`
        "#]],
    );
}

#[test]
fn correlated_names_are_of_the_block_around() {
    check(
        "SELECT p.region FROM panel p WHERE EXISTS (SELECT 1 FROM sales s WHERE s.hashedemail = \
         p.hashedemail AND region = demoseg) AND p.hashedemail IN (SELECT hashedemail FROM \
         returns p WHERE p.state = 'x') AND (SELECT MAX(returned) FROM returns r WHERE \
         r.hashedemail = p.hashedemail) > 3",
        expect![[r#"
            B0 ["1"] at `(SELECT 1 FROM sales s WHERE s.hashedemail = p.hashedemail AND region = demoseg)`
              R1 s = sales at `sales s`
              1 = 1 at `1`
              where And[Equal[R1.hashedemail, R0.hashedemail], Equal[R0.region, R1.demoseg]] at `s.hashedemail = p.hashedemail AND region = demoseg`
            B1 ["hashedemail"] at `(SELECT hashedemail FROM returns p WHERE p.state = 'x')`
              R2 p = returns at `returns p`
              hashedemail = R2.hashedemail at `hashedemail`
              where Equal[R2.state, 'x'] at `p.state = 'x'`
            B2 ["max(returned)"] at `(SELECT MAX(returned) FROM returns r WHERE r.hashedemail = p.hashedemail)`
              R3 r = returns at `returns r`
              max(returned) = max<R3.returned> at `MAX(returned)`
              where Equal[R3.hashedemail, R0.hashedemail] at `r.hashedemail = p.hashedemail`
              grouped
            B3 ["region"] at `SELECT p.region FROM panel p WHERE EXISTS (SELECT 1 FROM sales s WHERE s.hashedemail = p.hashedemail AND region = demoseg) AND p.hashedemail IN (SELECT hashedemail FROM returns p WHERE p.state = 'x') AND (SELECT MAX(returned) FROM returns r WHERE r.hashedemail = p.hashedemail) > 3`
              R0 p = panel scan 0 at `panel p`
              region = S0.region at `p.region`
              where And[Exists{ B0}, InSubquery{S0.hashedemail B1}, Greater[ScalarSubquery{ B2}, 3]] at `EXISTS (SELECT 1 FROM sales s WHERE s.hashedemail = p.hashedemail AND region = demoseg) AND p.hashedemail IN (SELECT hashedemail FROM returns p WHERE p.state = 'x') AND (SELECT MAX(returned) FROM returns r WHERE r.hashedemail = p.hashedemail) > 3`
        "#]],
    );
}

#[test]
fn set_operations_have_two_sides() {
    check(
        "SELECT state FROM returns UNION ALL (SELECT region FROM panel ORDER BY 1 LIMIT 2) \
         INTERSECT SELECT demoseg FROM sales ORDER BY state LIMIT 4",
        expect![[r#"
            B0 ["state"] at `SELECT state FROM returns`
              R0 returns = returns scan 0 at `returns`
              state = S0.state at `state`
            B1 ["region"] at `(SELECT region FROM panel ORDER BY 1 LIMIT 2)`
              R1 panel = panel at `panel`
              region = R1.region at `region`
              order R1.region at `1`
              limit 2
            B2 ["demoseg"] at `SELECT demoseg FROM sales`
              R2 sales = sales at `sales`
              demoseg = R2.demoseg at `demoseg`
            B3 ["region"] at `(SELECT region FROM panel ORDER BY 1 LIMIT 2) INTERSECT SELECT demoseg FROM sales`
              Intersect B1 B2
            B4 ["state"] at `SELECT state FROM returns UNION ALL (SELECT region FROM panel ORDER BY 1 LIMIT 2) INTERSECT SELECT demoseg FROM sales`
              Union all B0 B3
            B5 ["state"] at `SELECT state FROM returns UNION ALL (SELECT region FROM panel ORDER BY 1 LIMIT 2) INTERSECT SELECT demoseg FROM sales ORDER BY state LIMIT 4`
              R3  = B4 at `SELECT state FROM returns UNION ALL (SELECT region FROM panel ORDER BY 1 LIMIT 2) INTERSECT SELECT demoseg FROM sales`
              state = R3.state at `SELECT state FROM returns UNION ALL (SELECT region FROM panel ORDER BY 1 LIMIT 2) INTERSECT SELECT demoseg FROM sales`
              order R3.state at `state`
              limit 4
        "#]],
    );
    check(
        "(SELECT state FROM returns LIMIT 5) LIMIT 3",
        expect![[r#"
            B0 ["state"] at `(SELECT state FROM returns LIMIT 5)`
              R0 returns = returns scan 0 at `returns`
              state = S0.state at `state`
              limit 5
            B1 ["state"] at `(SELECT state FROM returns LIMIT 5) LIMIT 3`
              R1  = B0 at `(SELECT state FROM returns LIMIT 5)`
              state = R1.state at `(SELECT state FROM returns LIMIT 5)`
              limit 3
        "#]],
    );
}

#[test]
fn windows_and_cases_show_their_parts() {
    check(
        "SELECT state, SUM(returned) OVER (PARTITION BY state ORDER BY returndate ROWS BETWEEN 1 \
         PRECEDING AND CURRENT ROW) AS s, CASE state WHEN 'a' THEN 1 WHEN 'b' THEN 2 END AS c, \
         CASE WHEN returned > 1 THEN 'x' ELSE productline END AS d FROM returns QUALIFY s > 1",
        expect![[r#"
            B0 ["state", "s", "c", "d"] at `SELECT state, SUM(returned) OVER (PARTITION BY state ORDER BY returndate ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s, CASE state WHEN 'a' THEN 1 WHEN 'b' THEN 2 END AS c, CASE WHEN returned > 1 THEN 'x' ELSE productline END AS d FROM returns QUALIFY s > 1`
              R0 returns = returns scan 0 at `returns`
              state = S0.state at `state`
              s = Window{sum<S0.returned> by [S0.state] order [S0.returndate] framed true} at `SUM(returned) OVER (PARTITION BY state ORDER BY returndate ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`
              c = Case{S0.state| 'a': 1, 'b': 2 | -} at `CASE state WHEN 'a' THEN 1 WHEN 'b' THEN 2 END`
              d = Case{| Greater[S0.returned, 1]: 'x' | S0.productline} at `CASE WHEN returned > 1 THEN 'x' ELSE productline END`
              qualify Greater[Window{sum<S0.returned> by [S0.state] order [S0.returndate] framed true}, 1] at `s > 1`
        "#]],
    );
}

#[test]
fn column_lists_name_the_columns_of_a_block() {
    check(
        "WITH t(a, b) AS (SELECT state, returned FROM returns) SELECT q.x, v.y, w.col1 FROM \
         (SELECT a, SUM(b) FROM t GROUP BY a) AS q(x, n) JOIN (VALUES (1, 'p'), (2, 'q')) v(k, y) \
         ON q.n = v.k CROSS JOIN (VALUES (3)) w",
        expect![[r#"
            B0 ["a", "b"] at `(SELECT state, returned FROM returns)`
              R0 returns = returns at `returns`
              state = R0.state at `state`
              returned = R0.returned at `returned`
            B1 ["x", "n"] at `(SELECT a, SUM(b) FROM t GROUP BY a)`
              R1 t = B0 at `t`
              a = R1.a at `a`
              sum(b) = sum<R1.b> at `SUM(b)`
              group R1.a at `a`
              grouped
            B2 ["k", "y"] at `(VALUES (1, 'p'), (2, 'q'))`
              (1, 'p')
              (2, 'q')
            B3 ["col1"] at `(VALUES (3))`
              (3)
            B4 ["x", "y", "col1"] at `WITH t(a, b) AS (SELECT state, returned FROM returns) SELECT q.x, v.y, w.col1 FROM (SELECT a, SUM(b) FROM t GROUP BY a) AS q(x, n) JOIN (VALUES (1, 'p'), (2, 'q')) v(k, y) ON q.n = v.k CROSS JOIN (VALUES (3)) w`
              R2 q = B1 at `(SELECT a, SUM(b) FROM t GROUP BY a) AS q`
              R3 v = B2 at `(VALUES (1, 'p'), (2, 'q')) v`
              R4 w = B3 at `(VALUES (3)) w`
              Inner [R2] [R3] on Equal[R2.n, R3.k] at `JOIN (VALUES (1, 'p'), (2, 'q')) v(k, y) ON q.n = v.k`
              Cross [R2 R3] [R4] on - at `CROSS JOIN (VALUES (3)) w`
              x = R2.x at `q.x`
              y = R3.y at `v.y`
              col1 = R4.col1 at `w.col1`
        "#]],
    );
}

#[test]
fn what_has_a_syntax_of_its_own_is_a_call() {
    check(
        "SELECT state ILIKE 'a%' AS a, NOT state RLIKE 'x' AS b, state <=> 'x' AS c, \
         returndate + INTERVAL '1-2' YEAR TO MONTH AS d, INTERVAL 3 HOURS + returndate AS e, \
         POSITION('a' IN state) AS f, returned DIV 2 & 7 AS g, SPLIT(r.state, ',')[0] AS h, \
         X'1F' AS i, state LIKE 'a!%' ESCAPE '!' AS j FROM returns r \
         WHERE state IS DISTINCT FROM 'x' AND returned > 1",
        expect![[r#"
            B0 ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] at `SELECT state ILIKE 'a%' AS a, NOT state RLIKE 'x' AS b, state <=> 'x' AS c, returndate + INTERVAL '1-2' YEAR TO MONTH AS d, INTERVAL 3 HOURS + returndate AS e, POSITION('a' IN state) AS f, returned DIV 2 & 7 AS g, SPLIT(r.state, ',')[0] AS h, X'1F' AS i, state LIKE 'a!%' ESCAPE '!' AS j FROM returns r WHERE state IS DISTINCT FROM 'x' AND returned > 1`
              R0 r = returns scan 0 at `returns r`
              a = ilike(S0.state, 'a%') at `state ILIKE 'a%'`
              b = Not[rlike(S0.state, 'x')] at `NOT state RLIKE 'x'`
              c = Is[S0.state, 'x'] at `state <=> 'x'`
              d = Add[S0.returndate, interval('INTERVAL '1-2' YEAR TO MONTH')] at `returndate + INTERVAL '1-2' YEAR TO MONTH`
              e = Add[interval('INTERVAL 3 HOURS'), S0.returndate] at `INTERVAL 3 HOURS + returndate`
              f = locate('a', S0.state) at `POSITION('a' IN state)`
              g = bitand(div(S0.returned, 2), 7) at `returned DIV 2 & 7`
              h = get(split(S0.state, ','), 0) at `SPLIT(r.state, ',')[0]`
              i = '1F' at `X'1F'`
              j = Like[S0.state, 'a!%', '!'] at `state LIKE 'a!%' ESCAPE '!'`
              where And[Is[S0.state, 'x'], Greater[S0.returned, 1]] at `state IS DISTINCT FROM 'x' AND returned > 1`
        "#]],
    );
}

#[test]
fn sets_windows_and_aliases_stand_for_what_they_name() {
    check(
        "SELECT state AS s, COUNT(*) FILTER (WHERE returned > 1) AS n, n + 1 AS m FROM returns \
         GROUP BY ROLLUP(1, (productline)) ORDER BY m OFFSET 2",
        expect![[r#"
            B0 ["s", "n", "m"] at `SELECT state AS s, COUNT(*) FILTER (WHERE returned > 1) AS n, n + 1 AS m FROM returns GROUP BY ROLLUP(1, (productline)) ORDER BY m OFFSET 2`
              R0 returns = returns scan 0 at `returns`
              s = S0.state at `state`
              n = FilterClause{count<*>, Greater[S0.returned, 1]} at `COUNT(*) FILTER (WHERE returned > 1)`
              m = Add[FilterClause{count<*>, Greater[S0.returned, 1]}, 1] at `n + 1`
              group GroupingSets{S0.state, S0.productline} at `ROLLUP(1, (productline))`
              grouped
              order Add[FilterClause{count<*>, Greater[S0.returned, 1]}, 1] at `m`
              offset 2
        "#]],
    );
    check(
        "SELECT state, RANK() OVER w AS a, LAG(returned) IGNORE NULLS OVER w AS b FROM returns \
         WINDOW w AS (PARTITION BY state ORDER BY returndate)",
        expect![[r#"
            B0 ["state", "a", "b"] at `SELECT state, RANK() OVER w AS a, LAG(returned) IGNORE NULLS OVER w AS b FROM returns WINDOW w AS (PARTITION BY state ORDER BY returndate)`
              R0 returns = returns scan 0 at `returns`
              state = S0.state at `state`
              a = Window{rank() by [S0.state] order [S0.returndate] framed false} at `RANK() OVER w`
              b = Window{lag(S0.returned) by [S0.state] order [S0.returndate] framed false} at `LAG(returned) IGNORE NULLS OVER w`
        "#]],
    );
    check(
        "SELECT state, COUNT(*) AS n FROM (SELECT state FROM returns) GROUP BY ALL",
        expect![[r#"
            B0 ["state"] at `(SELECT state FROM returns)`
              R0 returns = returns at `returns`
              state = R0.state at `state`
            B1 ["state", "n"] at `SELECT state, COUNT(*) AS n FROM (SELECT state FROM returns) GROUP BY ALL`
              R1 __gb_unnamed_1 = B0 at `(SELECT state FROM returns)`
              state = R1.state at `state`
              n = count<*> at `COUNT(*)`
              group R1.state at `state`
              grouped
        "#]],
    );
}
