//! Constructs that the grammar of the aggregation rule does not have.

use glovebox_model::Span;
use glovebox_sql::FormKind;

use crate::query::{Query, form_words};
use crate::{Refusal, RefusalKind};

pub(crate) fn forms(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    for it in &query.statement.forms {
        form(acc, it.kind, it.span);
    }
    if let Some(span) = query.statement.distinct {
        acc.push(distinct(span));
    }
    if let Some(limit) = &query.statement.limit
        && !query
            .statement
            .forms
            .iter()
            .any(|it| refusal_kind(it.kind) == Some(RefusalKind::RowLimit))
    {
        form(acc, FormKind::Limit, limit.span);
    }
}

// Refusal: GB0105 output-distinct
//
// SELECT DISTINCT is not in the grammar of the aggregation rule: groups are distinct already.
//
// ```
// SELECT DISTINCT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```
fn distinct(span: Span) -> Refusal {
    let text = "SELECT DISTINCT cannot be used under an aggregation rule";
    Refusal::new(RefusalKind::OutputDistinct, span, text)
        .help("leave DISTINCT out: the groups are distinct already")
}

/// Refuses the construct, wherever it stands; one that the grammar has is left to its clause.
pub(crate) fn form(acc: &mut Vec<Refusal>, kind: FormKind, span: Span) {
    let Some(refusal) = refusal_kind(kind) else { return };
    let text = format!("{} cannot be used under an aggregation rule", form_words(kind));
    acc.push(Refusal::new(refusal, span, text).help(help(refusal)));
}

// Refusal: GB0104 output-star
//
// `*` would select every column, join columns included.
//
// ```
// SELECT * FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```

// Refusal: GB0108 aggregate-form
//
// FILTER, OVER and WITHIN GROUP are not in the grammar. FILTER and OVER would cut a group into
// parts that no threshold sees.
//
// ```
// SELECT SUM(r.returned) FILTER (WHERE r.state = 'NY') FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   WHERE r.state = 'NY'
// ```

// Refusal: GB0111 join-kind
//
// Tables are joined by `[INNER] JOIN ... ON` only. An outer join would show who is missing on
// the other side; a cross join or a comma would join nobody in particular.
//
// ```
// SELECT SUM(r.returned) FROM returns r LEFT JOIN sales s ON r.hashedemail = s.hashedemail
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM returns r JOIN sales s ON r.hashedemail = s.hashedemail
// ```

// Refusal: GB0127 row-limit
//
// LIMIT, OFFSET and TOP are not supported under an aggregation rule.
//
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state LIMIT 10
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```

// Refusal: GB0128 nested-query
//
// Subqueries, WITH, UNION, INTERSECT and EXCEPT are not supported: what is selected inside
// could hide the role of a column.
//
// ```
// WITH x AS (SELECT state FROM returns) SELECT state FROM x
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```

// Refusal: GB0129 construct
//
// CASE, `||` and QUALIFY are not in the grammar of the aggregation rule.
//
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   WHERE CASE WHEN r.state = 'NY' THEN TRUE ELSE FALSE END
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   WHERE r.state = 'NY'
// ```
fn refusal_kind(kind: FormKind) -> Option<RefusalKind> {
    match kind {
        FormKind::Between => None,
        FormKind::CommaJoin
        | FormKind::CrossJoin
        | FormKind::NaturalJoin
        | FormKind::OuterJoin
        | FormKind::SemiJoin
        | FormKind::Using => Some(RefusalKind::JoinKind),
        FormKind::CacheTable
        | FormKind::Cte
        | FormKind::DerivedTable
        | FormKind::Exists
        | FormKind::InSubquery
        | FormKind::ScalarSubquery
        | FormKind::SetOperation
        | FormKind::Values => Some(RefusalKind::NestedQuery),
        FormKind::FilterClause | FormKind::Window | FormKind::WithinGroup => {
            Some(RefusalKind::AggregateForm)
        }
        FormKind::GroupByAll | FormKind::GroupingSets => Some(RefusalKind::GroupExpression),
        FormKind::Limit | FormKind::Offset | FormKind::Top => Some(RefusalKind::RowLimit),
        FormKind::Star => Some(RefusalKind::OutputStar),
        FormKind::Case
        | FormKind::LikeQuantified
        | FormKind::Parameter
        | FormKind::Qualify
        | FormKind::StringConcat => Some(RefusalKind::Construct),
    }
}

fn help(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::JoinKind => "write [INNER] JOIN table ON column = column",
        RefusalKind::NestedQuery => "write one SELECT over the tables themselves",
        RefusalKind::AggregateForm => "use the plain aggregate, and WHERE or GROUP BY",
        RefusalKind::GroupExpression => "list the items of GROUP BY",
        RefusalKind::RowLimit => "leave it out",
        RefusalKind::OutputStar => "list the columns and aggregates",
        _ => "write the query without it",
    }
}
