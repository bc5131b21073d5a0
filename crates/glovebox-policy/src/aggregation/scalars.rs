//! Scalar functions: granted by every table whose columns they take, never nested.

use glovebox_model::{ScalarFunction, Span, TableName};
use glovebox_sql::{Expression, ExpressionKind};

use super::roles::{Clause, dimension};
use crate::expression::{has_aggregate, is_plain_literal};
use crate::query::Query;
use crate::{Refusal, RefusalKind};

/// A call: name, AWS's function, arguments.
pub(crate) type Call<'a> = (&'a str, Option<ScalarFunction>, &'a [Expression]);

// Refusal: GB0124 scalar-not-granted
//
// A scalar function must be granted by the owner of every table whose columns it takes; one that
// takes no column, such as GETDATE, by the owner of every table of the query.
//
// ```
// SELECT UPPER(s.demoseg), SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY UPPER(s.demoseg)
// ```
// ->
// ```
// SELECT UPPER(r.state), SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY UPPER(r.state)
// ```
pub(crate) fn scalar(
    acc: &mut Vec<Refusal>,
    query: &Query<'_>,
    clause: Clause,
    (name, function, arguments): Call<'_>,
    span: Span,
) {
    let mut tables: Vec<&TableName> = Vec::new();
    for argument in arguments {
        self::argument(acc, query, clause, argument, &mut tables);
    }
    tables.sort();
    tables.dedup();
    if function == Some(ScalarFunction::Rtrim) && arguments.len() > 1 {
        let text = "RTRIM cannot take a set of characters here";
        acc.push(Refusal::new(RefusalKind::ScalarArgument, span, text).help("trim spaces only"));
    }
    let shown = name.to_ascii_uppercase();
    let Some(function) = function else {
        let text = format!("function `{shown}` is not one that an aggregation rule can grant");
        acc.push(
            Refusal::new(RefusalKind::ScalarNotGranted, span, text)
                .help("use one of the scalar functions that the rules grant"),
        );
        return;
    };
    if tables.is_empty() {
        tables = query.tables();
    }
    for table in tables {
        let rule = query.aggregation_rule(table);
        if rule.is_some_and(|it| it.scalar_functions().contains(&function)) {
            continue;
        }
        let offers: Vec<&str> =
            rule.into_iter().flat_map(|it| it.scalar_functions()).map(|it| it.aws_name()).collect();
        let help = if offers.is_empty() {
            format!("the owner of `{table}` grants no scalar functions")
        } else {
            format!("the owner of `{table}` grants {}", offers.join(", "))
        };
        let text = format!("function `{shown}` is not granted for table `{table}`");
        acc.push(
            Refusal::new(RefusalKind::ScalarNotGranted, span, text)
                .of(table)
                .help(help)
                .ask(format!("add {} to scalarFunctions", function.aws_name())),
        );
    }
}

// Refusal: GB0125 scalar-nested
//
// A scalar function takes columns and literals, not the result of another function.
//
// ```
// SELECT UPPER(LOWER(r.state)), SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY UPPER(LOWER(r.state))
// ```
// ->
// ```
// SELECT LOWER(r.state), SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY LOWER(r.state)
// ```

// Refusal: GB0126 scalar-argument
//
// A scalar function takes dimension columns, strings and numbers. Aggregates, operators and
// other constructs cannot stand inside, and RTRIM takes no set of characters.
//
// ```
// SELECT ROUND(AVG(r.returned), 2) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail
// ```
// ->
// ```
// SELECT AVG(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
// ```
fn argument<'a>(
    acc: &mut Vec<Refusal>,
    query: &Query<'a>,
    clause: Clause,
    argument: &Expression,
    tables: &mut Vec<&'a TableName>,
) {
    let span = argument.span;
    match &argument.kind {
        ExpressionKind::Column { scan, column } => {
            dimension(acc, query, clause, (*scan, column), span);
            tables.extend(query.table(*scan));
        }
        _ if is_plain_literal(argument) => {}
        ExpressionKind::Scalar { arguments, .. } => {
            let text = "a function cannot stand inside another function";
            acc.push(
                Refusal::new(RefusalKind::ScalarNested, span, text)
                    .help("use one function on the bare column"),
            );
            for inner in arguments {
                self::argument(acc, query, clause, inner, tables);
            }
        }
        _ => {
            if let Some(form) = argument.form() {
                super::forms::form(acc, form, span);
            }
            let text = if has_aggregate(argument) {
                "a scalar function cannot be applied to an aggregate"
            } else {
                "a scalar function takes columns, strings and numbers only"
            };
            acc.push(
                Refusal::new(RefusalKind::ScalarArgument, span, text)
                    .help("use the bare column, and compute with the result"),
            );
        }
    }
}
