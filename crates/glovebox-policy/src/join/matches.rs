//! `ON`: nothing but `column = column` across the join, under the granted operators.

use glovebox_model::{ColumnName, Span, TableName};
use glovebox_sql::{Expression, ExpressionKind, Join, Operator, ScanId};

use super::{JoinKinds, join_columns, join_operators};
use crate::query::Query;
use crate::{Refusal, RefusalKind};

/// A leaf `column = column`.
pub(crate) struct Leaf<'a> {
    pub(crate) one: (ScanId, &'a ColumnName),
    pub(crate) other: (ScanId, &'a ColumnName),
    span: Span,
}

/// The operators and leaves of one condition.
#[derive(Default)]
pub(crate) struct Leaves<'a> {
    pub(crate) good: Vec<Leaf<'a>>,
    bad: Vec<&'a Expression>,
    operators: Vec<(Operator, Span)>,
}

/// Takes a condition apart.
pub(crate) fn leaves(condition: &Expression) -> Leaves<'_> {
    let mut found = Leaves::default();
    let mut left = vec![condition];
    while let Some(expression) = left.pop() {
        match &expression.kind {
            ExpressionKind::Operator {
                operator: operator @ (Operator::And | Operator::Or),
                operands,
            } => {
                found.operators.push((*operator, expression.span));
                left.extend(operands);
            }
            ExpressionKind::Operator { operator: Operator::Equal, operands } => {
                match operands.as_slice() {
                    [
                        Expression { kind: ExpressionKind::Column { scan, column }, .. },
                        Expression {
                            kind: ExpressionKind::Column { scan: scan2, column: column2 },
                            ..
                        },
                    ] => found.good.push(Leaf {
                        one: (*scan, column),
                        other: (*scan2, column2),
                        span: expression.span,
                    }),
                    _ => found.bad.push(expression),
                }
            }
            _ => found.bad.push(expression),
        }
    }
    found
}

pub(crate) fn joins(acc: &mut Vec<Refusal>, query: &Query<'_>, kinds: &JoinKinds) {
    for join in &query.statement.joins {
        match &join.condition {
            Some(condition) if join.inner => on(acc, query, join, condition, kinds),
            Some(condition) => {
                kind(acc, query, join, kinds);
                on(acc, query, join, condition, kinds);
            }
            None => kind(acc, query, join, kinds),
        }
    }
}

/// Every other kind of join is also reported as a form; if it were not, it is refused here.
fn kind(acc: &mut Vec<Refusal>, query: &Query<'_>, join: &Join, kinds: &JoinKinds) {
    if query.statement.forms.is_empty() {
        acc.push(
            Refusal::new(kinds.kind, join.span, "only an inner join with ON can be used here")
                .help("write [INNER] JOIN table ON column = column"),
        );
    }
}

fn on(
    acc: &mut Vec<Refusal>,
    query: &Query<'_>,
    join: &Join,
    condition: &Expression,
    kinds: &JoinKinds,
) {
    let found = leaves(condition);
    for expression in &found.bad {
        acc.push(no_match(kinds.matches, expression));
    }
    let mut tables: Vec<&TableName> = Vec::new();
    for leaf in &found.good {
        columns(acc, query, leaf, kinds.column);
        sides(acc, query, join, leaf, kinds.sides);
        tables.extend(query.table(leaf.one.0));
        tables.extend(query.table(leaf.other.0));
    }
    tables.extend(join.right.iter().filter_map(|it| query.table(*it)));
    tables.sort();
    tables.dedup();
    for (operator, span) in &found.operators {
        operators(acc, query, &tables, (*operator, *span), kinds.operator);
    }
}

// Refusal: GB0113 join-match
//
// ON consists of `column = column` only. A literal, a function, a cast or any other comparison
// would turn the join into a filter on join columns, or into no join at all.
//
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail AND r.state = 'NY'
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail WHERE r.state = 'NY'
// ```

// Refusal: GB0207 list-join-match
//
// ON consists of `column = column` only.
//
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2 AND g.seg3 = 'x'
// ```
// ->
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2 WHERE g.seg3 = 'x'
// ```
fn no_match(kind: RefusalKind, expression: &Expression) -> Refusal {
    let text = "a condition in ON must be column = column";
    Refusal::new(kind, expression.span, text)
        .help("match two join columns here; other conditions belong to WHERE")
}

// Refusal: GB0114 join-column
//
// Only the join columns that the owner names can stand in ON.
//
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.productline = r.productline
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
// ```

// Refusal: GB0208 list-join-column
//
// Only the join columns that the owner names can stand in ON.
//
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.cat = g.id2
// ```
// ->
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
fn columns(acc: &mut Vec<Refusal>, query: &Query<'_>, leaf: &Leaf<'_>, kind: RefusalKind) {
    for (scan, column) in [leaf.one, leaf.other] {
        let Some(table) = query.table(scan) else {
            acc.push(Refusal::new(kind, leaf.span, "a column in ON belongs to no table"));
            continue;
        };
        let granted = join_columns(query, table);
        if granted.is_some_and(|it| it.contains(column)) {
            continue;
        }
        let offers: Vec<String> =
            granted.into_iter().flatten().map(|it| format!("`{it}`")).collect();
        let help = if offers.is_empty() {
            "this table has no join columns".to_owned()
        } else {
            format!("the join columns of this table are {}", offers.join(", "))
        };
        let text = format!("column `{column}` of table `{table}` cannot stand in ON");
        let refusal = Refusal::new(kind, leaf.span, text).of(table).about(column).help(help);
        acc.push(if has_role(query, table, column) {
            refusal
        } else {
            refusal.ask(format!("add `{column}` to joinColumns"))
        });
    }
}

/// Whether the column has a role that a join column cannot have.
fn has_role(query: &Query<'_>, table: &TableName, column: &ColumnName) -> bool {
    query.aggregation_rule(table).is_some_and(|it| it.dimensions().contains(column))
        || query.list_rule(table).is_some_and(|it| it.list_columns().contains(column))
}

// Refusal: GB0115 join-sides
//
// Each match in ON takes one column from each side of its join, and from two different
// configured tables. A match within one side joins everyone with everyone; a table joined to
// itself multiplies the rows of one person.
//
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON r.hashedemail = r.hashedemail
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
// ```

// Refusal: GB0209 list-join-sides
//
// Each match in ON takes one column from each side of its join, and from two different
// configured tables.
//
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id1 = c.id2
// ```
// ->
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
fn sides(
    acc: &mut Vec<Refusal>,
    query: &Query<'_>,
    join: &Join,
    leaf: &Leaf<'_>,
    kind: RefusalKind,
) {
    let (one, other) = (leaf.one.0, leaf.other.0);
    let across = (join.left.contains(&one) && join.right.contains(&other))
        || (join.left.contains(&other) && join.right.contains(&one));
    if !across {
        let text = "a match in ON must take one column from each side of its join";
        acc.push(
            Refusal::new(kind, leaf.span, text)
                .help("match a column of the joined table with one of a table before it"),
        );
        return;
    }
    if let (Some(one), Some(other)) = (query.table(one), query.table(other))
        && query.rules.same_table(one, other)
    {
        let text = format!("table `{one}` cannot be joined to itself");
        acc.push(
            Refusal::new(kind, leaf.span, text)
                .of(one)
                .help("match columns of two different tables"),
        );
    }
}

// Refusal: GB0116 join-operator
//
// Between the matches of one ON, AND and OR can stand only where every table of that join
// grants them. Without a word of the owner AND is granted and OR is not.
//
// ```
// SELECT COUNT(DISTINCT a.id1) FROM left_or a JOIN left_and b ON a.id1 = b.id1 OR a.id2 = b.id2
// ```
// ->
// ```
// SELECT COUNT(DISTINCT a.id1) FROM left_or a JOIN left_and b ON a.id1 = b.id1 AND a.id2 = b.id2
// ```

// Refusal: GB0210 list-join-operator
//
// Between the matches of one ON, AND and OR can stand only where every table of that join
// grants them.
//
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id1 = g.id2 OR c.id2 = g.id2
// ```
// ->
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id1 = g.id2 AND c.id2 = g.id2
// ```
fn operators(
    acc: &mut Vec<Refusal>,
    query: &Query<'_>,
    tables: &[&TableName],
    (operator, span): (Operator, Span),
    kind: RefusalKind,
) {
    for table in tables {
        let granted = join_operators(query.rules, table);
        let (word, granted) = match operator {
            Operator::And => ("AND", granted.and),
            _ => ("OR", operator == Operator::Or && granted.or),
        };
        if !granted {
            let text = format!("{word} cannot stand in ON with table `{table}`");
            acc.push(
                Refusal::new(kind, span, text)
                    .of(table)
                    .help("use a single match")
                    .ask(format!("add {word} to allowedJoinOperators")),
            );
        }
    }
}
