//! Why a query has no private answer, in words.

use std::collections::BTreeMap;

use glovebox_model::{Span, TableName};
use glovebox_sql::{Expression, ExpressionKind, Facts, FormKind, PrivateFault, Statement};

use crate::{Refusal, RefusalKind, Refusals, RuledTable, Rules};

/// The refusal of a fault, at the place that it is most likely about.
pub(super) fn refused(
    fault: &PrivateFault,
    facts: &Facts,
    rules: &Rules,
    users: &BTreeMap<&TableName, &RuledTable>,
) -> Refusals {
    let place = Place { statement: &facts.statement };
    let refusal = match fault {
        PrivateFault::NotAggregated => not_aggregated(place),
        PrivateFault::NotUserLevel(what) => not_user_level(place, what),
        PrivateFault::Join => {
            join(place, "two tables of users are not joined on their identifiers")
        }
        PrivateFault::JoinSide(what) => join(place, &format!("{what} cannot be counted by user")),
        PrivateFault::Window => window(place),
        PrivateFault::Limit => limit(place),
        PrivateFault::SetOperation => set_operation(place),
        PrivateFault::Aggregate(name) => aggregate(place, name),
        PrivateFault::Unbounded { name, columns } => bounds(place, name, columns),
        PrivateFault::Table(table) => table_of_others(place, table, rules),
        PrivateFault::Populations => populations(place),
        PrivateFault::Volatile => volatile(place),
        PrivateFault::Subquery => subquery(place),
        PrivateFault::FloatKey(name) => float_key(place, name),
        PrivateFault::Construct(what) => construct(place, what),
        PrivateFault::Type(name) => number(place, name, "is not taken of a number"),
        PrivateFault::TooWide(name) => {
            number(place, name, "is taken of numbers whose sums could outgrow the mechanism")
        }
        PrivateFault::Rewrite => return Refusals::disagreement("a private plan".into()),
    };
    let table = refusal.table.clone().or_else(|| users.keys().next().map(|it| (*it).clone()));
    Refusals::new(vec![Refusal { table, ..refusal }], rules)
}

/// Where things stand in the text.
#[derive(Clone, Copy)]
struct Place<'a> {
    statement: &'a Statement,
}

impl Place<'_> {
    /// The select list.
    fn outputs(self) -> Span {
        let spans = self.statement.outputs.iter().map(|it| it.expression.span);
        let all = spans.reduce(|one, other| Span {
            start: one.start.min(other.start),
            end: one.end.max(other.end),
        });
        all.unwrap_or(Span { start: 0, end: 0 })
    }

    fn form(self, kinds: &[FormKind]) -> Span {
        let found = self.statement.forms.iter().find(|it| kinds.contains(&it.kind));
        found.map_or_else(|| self.outputs(), |it| it.span)
    }

    fn join(self) -> Span {
        self.statement.joins.last().map_or_else(
            || self.form(&[FormKind::CommaJoin, FormKind::CrossJoin, FormKind::OuterJoin]),
            |it| it.span,
        )
    }

    /// The first call of that name, folded, in the outermost query.
    fn call(self, name: &str) -> Span {
        let outputs = self.statement.outputs.iter().map(|it| &it.expression);
        let rest = self.statement.having.iter().chain(&self.statement.order);
        let found = outputs.chain(rest).find_map(|it| called(it, &name.to_lowercase()));
        found.unwrap_or_else(|| self.outputs())
    }
}

fn called(expression: &Expression, name: &str) -> Option<Span> {
    match &expression.kind {
        ExpressionKind::Aggregate(call)
            if name == call.name || name.starts_with(call.name.as_str()) =>
        {
            Some(expression.span)
        }
        _ => expression.parts().into_iter().find_map(|it| called(it, name)),
    }
}

fn said(kind: RefusalKind, span: Span, text: impl Into<String>) -> Refusal {
    Refusal::new(kind, span, text)
}

// Refusal: GB0401 private-not-aggregated
//
// Over a table with differential privacy only noisy aggregates come out: COUNT, COUNT DISTINCT of
// the user identifier, SUM, AVG, STDDEV, VARIANCE. Rows of single users never do.
//
// ```
// SELECT uid FROM clicks
// ```
// ->
// ```
// SELECT COUNT(DISTINCT uid) FROM clicks
// ```
fn not_aggregated(place: Place<'_>) -> Refusal {
    said(
        RefusalKind::PrivateNotAggregated,
        place.outputs(),
        "rows of single users would come out: the result is not aggregated",
    )
    .help("select COUNT, COUNT(DISTINCT user), SUM, AVG, STDDEV or VARIANCE")
}

// Refusal: GB0402 private-not-user-level
//
// Each row of an inner query must be about one user and say so: it selects the user identifier as
// it is, and when it aggregates, it groups by it. Otherwise nobody knows how much one user can
// change.
//
// ```
// WITH t AS (SELECT campaign, COUNT(*) AS c FROM clicks GROUP BY campaign) SELECT SUM(c) FROM t
// ```
// ->
// ```
// WITH t AS (SELECT uid, COUNT(*) AS c FROM clicks GROUP BY uid) SELECT AVG(LEAST(c, 50)) FROM t
// ```
fn not_user_level(place: Place<'_>, what: &str) -> Refusal {
    let span = place.form(&[FormKind::Cte, FormKind::DerivedTable]);
    said(RefusalKind::PrivateNotUserLevel, span, what)
        .help("select the user identifier in the inner query, and group by it")
}

// Refusal: GB0403 private-join
//
// Two tables of users are joined where their user identifiers are equal, so that a row is about
// one user. A table of users is joined with a public one in any way that keeps the users' rows.
//
// ```
// SELECT COUNT(*) FROM clicks c JOIN buys b ON c.campaign = b.campaign
// ```
// ->
// ```
// SELECT COUNT(*) FROM clicks c JOIN buys b ON c.uid = b.uid
// ```
fn join(place: Place<'_>, text: &str) -> Refusal {
    said(RefusalKind::PrivateJoin, place.join(), text)
        .help("add AND one.user = other.user to the condition of an inner or LEFT join")
}

// Refusal: GB0404 private-window
//
// A window over rows of users looks at one user at a time: the user identifier stands in
// PARTITION BY.
//
// ```
// WITH t AS (SELECT uid, ROW_NUMBER() OVER (ORDER BY seconds) AS n FROM clicks)
//   SELECT COUNT(*) FROM t WHERE n = 1
// ```
// ->
// ```
// WITH t AS (SELECT uid, ROW_NUMBER() OVER (PARTITION BY uid ORDER BY seconds) AS n FROM clicks)
//   SELECT COUNT(*) FROM t WHERE n = 1
// ```
fn window(place: Place<'_>) -> Refusal {
    let span = place.form(&[FormKind::Window]);
    said(RefusalKind::PrivateWindow, span, "the window reaches over several users")
        .help("add PARTITION BY with the user identifier")
}

// Refusal: GB0405 private-limit
//
// LIMIT and OFFSET over rows of users choose whom the answer is about. Above the noisy aggregate
// they are free.
//
// ```
// WITH t AS (SELECT uid FROM clicks LIMIT 10) SELECT COUNT(*) FROM t
// ```
// ->
// ```
// SELECT campaign, COUNT(*) AS n FROM clicks GROUP BY campaign ORDER BY n DESC LIMIT 10
// ```
fn limit(place: Place<'_>) -> Refusal {
    let span = place.form(&[FormKind::Limit, FormKind::Offset, FormKind::Top]);
    said(RefusalKind::PrivateLimit, span, "a row limit over rows of users")
        .help("put the limit behind the aggregate")
}

// Refusal: GB0406 private-set-operation
//
// A set operation may put together rows of the same users, each SELECT with the user identifier at
// the same place; above the noisy aggregate there is none, since its branches would be charged as
// one.
//
// ```
// SELECT COUNT(*) AS n FROM clicks UNION ALL SELECT COUNT(*) FROM buys
// ```
// ->
// ```
// WITH t AS (SELECT uid FROM clicks UNION ALL SELECT uid FROM buys) SELECT COUNT(*) FROM t
// ```
fn set_operation(place: Place<'_>) -> Refusal {
    let span = place.form(&[FormKind::SetOperation]);
    let text = "a set operation of aggregates, or of users with others";
    said(RefusalKind::PrivateSetOperation, span, text)
        .help("put the rows of users together first and aggregate once, or run two queries")
}

// Refusal: GB0407 private-aggregate
//
// COUNT, COUNT DISTINCT of the user identifier, SUM, AVG, STDDEV and VARIANCE have a noisy form.
// MIN, MAX, medians, collectors and DISTINCT of anything else do not. Below the last aggregate,
// grouped by user, any may be used.
//
// ```
// SELECT MAX(seconds) FROM clicks
// ```
// ->
// ```
// SELECT AVG(seconds) FROM clicks
// ```
fn aggregate(place: Place<'_>, name: &str) -> Refusal {
    let text = format!("{name} in this form has no noisy answer");
    said(RefusalKind::PrivateAggregate, place.call(name), text)
        .help("use COUNT, COUNT(DISTINCT user), SUM, AVG, STDDEV or VARIANCE")
}

// Refusal: GB0408 private-bounds
//
// The noise of a sum, average or deviation is as large as what one user can add, so the argument
// needs bounds: declared by the owner for the column, followed through + - * / by constants, CASE,
// COALESCE, ABS and casts, or set by the analyst with LEAST and GREATEST. They are never read from
// the data.
//
// ```
// SELECT SUM(spend) FROM clicks
// ```
// ->
// ```
// SELECT SUM(LEAST(GREATEST(spend, 0), 100)) FROM clicks
// ```
fn bounds(
    place: Place<'_>,
    name: &str,
    columns: &[(TableName, glovebox_model::ColumnName)],
) -> Refusal {
    let text = match columns {
        [] => format!("nothing bounds the argument of {name}"),
        many => {
            let many: Vec<String> = many.iter().map(|(_, it)| format!("`{it}`")).collect();
            format!("no bounds are declared for {}", many.join(", "))
        }
    };
    let refusal = said(RefusalKind::PrivateBounds, place.call(name), text)
        .help("bound it yourself: LEAST(GREATEST(x, low), high)");
    match columns.first() {
        Some((table, column)) => refusal.of(table).ask(format!("declare bounds for {column}")),
        None => refusal,
    }
}

// Refusal: GB0420 private-table
//
// Beside a table with differential privacy a query reads the runner's own tables, tables of the
// same users, and tables that their owner has declared public for this purpose; none that has a
// minimum of identities.
//
// ```
// SELECT COUNT(*) FROM clicks c JOIN users u ON c.campaign = u.gender
// ```
// ->
// ```
// SELECT COUNT(*) FROM clicks c JOIN places p ON c.campaign = p.campaign
// ```
fn table_of_others(place: Place<'_>, table: &TableName, rules: &Rules) -> Refusal {
    let scan = place.statement.scans.iter().find(|it| it.table == *table);
    let span = scan.map_or_else(|| place.outputs(), |it| it.span);
    let text = if rules.is_runners(table) {
        format!("`{table}` has a minimum of identities, which has no noisy form")
    } else {
        format!("`{table}` is neither of these users nor declared public for private queries")
    };
    said(RefusalKind::PrivateTable, span, text)
        .of(table)
        .help("leave the table out")
        .ask("set publicForPrivacy for the table")
}

// Refusal: GB0421 private-populations
//
// The users of one query are from one population of one owner, so that one budget pays for it.
//
// ```
// SELECT COUNT(*) FROM clicks c JOIN patients p ON c.uid = p.uid
// ```
// ->
// ```
// SELECT COUNT(*) FROM clicks c JOIN buys b ON c.uid = b.uid
// ```
fn populations(place: Place<'_>) -> Refusal {
    let text = "users of two populations or owners meet in one query";
    said(RefusalKind::PrivatePopulations, place.join(), text)
        .help("query the tables of one owner and population")
}

// Refusal: GB0422 private-volatile
//
// A function that differs from call to call cannot stand beside rows of users.
//
// ```
// SELECT COUNT(*) FROM clicks WHERE RAND() < 0.5
// ```
// ->
// ```
// SELECT COUNT(*) FROM clicks WHERE seconds < 30
// ```
fn volatile(place: Place<'_>) -> Refusal {
    let text = "RAND or UUID beside rows of users";
    said(RefusalKind::PrivateVolatile, place.outputs(), text).help("leave the function out")
}

// Refusal: GB0423 private-subquery
//
// A query inside an expression reads public tables only; rows of users meet in joins.
//
// ```
// SELECT COUNT(*) FROM clicks WHERE uid IN (SELECT uid FROM buys)
// ```
// ->
// ```
// SELECT COUNT(*) FROM clicks WHERE campaign IN (SELECT campaign FROM places)
// ```
fn subquery(place: Place<'_>) -> Refusal {
    let span = place.form(&[FormKind::InSubquery, FormKind::Exists, FormKind::ScalarSubquery]);
    said(RefusalKind::PrivateSubquery, span, "a subquery in an expression reads rows of users")
        .help("join on the user identifier instead")
}

// Refusal: GB0424 private-float-key
//
// Groups by a floating-point number have no exact keys.
//
// ```
// SELECT spend, COUNT(*) FROM clicks GROUP BY spend
// ```
// ->
// ```
// SELECT CAST(spend AS INT) AS spend, COUNT(*) FROM clicks GROUP BY CAST(spend AS INT)
// ```
fn float_key(place: Place<'_>, name: &str) -> Refusal {
    let span = place.statement.groups.first().map_or_else(|| place.outputs(), |it| it.span);
    said(RefusalKind::PrivateFloatKey, span, format!("`{name}` is a floating-point group key"))
        .help("cast it to INT or DECIMAL")
}

// Refusal: GB0425 private-construct
//
// A construct that has no form with differential privacy.
//
// ```
// SELECT campaign, COUNT(*) FROM clicks GROUP BY ROLLUP (campaign)
// ```
// ->
// ```
// SELECT campaign, COUNT(*) FROM clicks GROUP BY campaign
// ```
fn construct(place: Place<'_>, what: &str) -> Refusal {
    let span = place.form(&[FormKind::GroupingSets, FormKind::ScalarSubquery]);
    said(RefusalKind::PrivateConstruct, span, format!("{what}: there is no private form"))
        .help("write the query without it")
}

// Refusal: GB0426 private-number
//
// A sum, average or deviation is taken of a number whose sums stay within the exact integers of
// the mechanism.
//
// ```
// SELECT SUM(CAST(seconds AS BIGINT) * 10000000000000000) FROM clicks
// ```
// ->
// ```
// SELECT SUM(CAST(seconds AS BIGINT) * 1000) FROM clicks
// ```
fn number(place: Place<'_>, name: &str, what: &str) -> Refusal {
    said(RefusalKind::PrivateNumber, place.call(name), format!("{name} {what}"))
        .help("cast the argument to a number, or bound it more tightly")
}
