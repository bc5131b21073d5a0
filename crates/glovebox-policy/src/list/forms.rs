//! Constructs that the grammar of the list rule does not have.

use glovebox_model::Span;
use glovebox_sql::FormKind;

use crate::query::{Query, form_words};
use crate::{Refusal, RefusalKind};

pub(crate) fn forms(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    for it in &query.statement.forms {
        form(acc, it.kind, it.span);
    }
}

/// Refuses the construct, wherever it stands; one that the grammar has is left to its clause.
pub(crate) fn form(acc: &mut Vec<Refusal>, kind: FormKind, span: Span) {
    let Some(refusal) = refusal_kind(kind) else { return };
    let text = format!("{} cannot be used under a list rule", form_words(kind));
    acc.push(Refusal::new(refusal, span, text).help(help(refusal)));
}

// Refusal: GB0205 list-output-star
//
// `*` would select every column, join columns included.
//
// ```
// SELECT DISTINCT * FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
// ->
// ```
// SELECT DISTINCT c.internalid, g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```

// Refusal: GB0206 list-join-kind
//
// Tables are joined by `[INNER] JOIN ... ON` only. An outer join would list who is missing.
//
// ```
// SELECT DISTINCT c.internalid FROM crm c LEFT JOIN seg g ON c.id2 = g.id2
//   WHERE g.seg3 IS NULL
// ```
// ->
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2 WHERE g.seg3 IS NULL
// ```

// Refusal: GB0217 list-offset
//
// OFFSET and TOP are not supported; LIMIT is.
//
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2 LIMIT 10 OFFSET 10
// ```
// ->
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2 LIMIT 10
// ```

// Refusal: GB0218 list-nested-query
//
// Subqueries, WITH, UNION, INTERSECT and EXCEPT are not supported.
//
// ```
// SELECT DISTINCT x.seg3 FROM (SELECT seg3, id2 FROM seg) x JOIN crm c ON x.id2 = c.id2
// ```
// ->
// ```
// SELECT DISTINCT g.seg3 FROM seg g JOIN crm c ON g.id2 = c.id2
// ```

// Refusal: GB0219 list-construct
//
// CASE, `||`, window functions and the like are not in the grammar of the list rule.
//
// ```
// SELECT DISTINCT g.seg3 || 'x' FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
// ->
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
fn refusal_kind(kind: FormKind) -> Option<RefusalKind> {
    match kind {
        FormKind::Between | FormKind::Limit => None,
        FormKind::CommaJoin
        | FormKind::CrossJoin
        | FormKind::NaturalJoin
        | FormKind::OuterJoin
        | FormKind::SemiJoin
        | FormKind::Using => Some(RefusalKind::ListJoinKind),
        FormKind::CacheTable
        | FormKind::Cte
        | FormKind::DerivedTable
        | FormKind::Exists
        | FormKind::InSubquery
        | FormKind::ScalarSubquery
        | FormKind::SetOperation
        | FormKind::Values => Some(RefusalKind::ListNestedQuery),
        FormKind::Offset | FormKind::Top => Some(RefusalKind::ListOffset),
        FormKind::GroupByAll | FormKind::GroupingSets => Some(RefusalKind::ListClause),
        FormKind::Star => Some(RefusalKind::ListOutputStar),
        FormKind::Case
        | FormKind::FilterClause
        | FormKind::LikeQuantified
        | FormKind::Parameter
        | FormKind::Qualify
        | FormKind::StringConcat
        | FormKind::Window
        | FormKind::WithinGroup => Some(RefusalKind::ListConstruct),
    }
}

fn help(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::ListJoinKind => "write [INNER] JOIN table ON column = column",
        RefusalKind::ListNestedQuery => "write one SELECT over the tables themselves",
        RefusalKind::ListOffset => "use LIMIT",
        RefusalKind::ListClause => "leave it out",
        RefusalKind::ListOutputStar => "list the columns",
        _ => "write the query without it",
    }
}
