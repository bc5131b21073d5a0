//! Aggregate functions: granted pairs of function and bare column.

use glovebox_model::{AggregateFunction, Span};
use glovebox_sql::{AggregateCall, ExpressionKind};

use crate::query::Query;
use crate::{Refusal, RefusalKind};

/// The function that an owner would grant for this spelling.
pub(crate) fn granted_name(name: &str, distinct: bool) -> Option<AggregateFunction> {
    match (name, distinct) {
        ("avg", false) => Some(AggregateFunction::Avg),
        ("count", false) => Some(AggregateFunction::Count),
        ("count", true) => Some(AggregateFunction::CountDistinct),
        ("sum", false) => Some(AggregateFunction::Sum),
        ("sum", true) => Some(AggregateFunction::SumDistinct),
        _ => None,
    }
}

// Refusal: GB0106 aggregate-not-granted
//
// The owner of a table grants pairs of an aggregate function and a column. MIN and MAX can never
// be granted: their result is the value of one person.
//
// ```
// SELECT MAX(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
// ```
// ->
// ```
// SELECT AVG(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
// ```

// Refusal: GB0107 aggregate-argument
//
// The argument of an aggregate function is one bare column: no `*`, no literal, no expression.
// An expression could single out one person and count all others as zero.
//
// ```
// SELECT SUM(r.returned * 2) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
// ```
pub(crate) fn aggregate(
    acc: &mut Vec<Refusal>,
    query: &Query<'_>,
    call: &AggregateCall,
    span: Span,
) {
    let shown = if call.distinct {
        format!("{}(DISTINCT)", call.name.to_ascii_uppercase())
    } else {
        call.name.to_ascii_uppercase()
    };
    let [argument] = call.arguments.as_slice() else {
        return acc.push(bad_argument(span, &shown));
    };
    let ExpressionKind::Column { scan, column } = &argument.kind else {
        if let Some(form) = argument.form() {
            super::forms::form(acc, form, argument.span);
        }
        return acc.push(bad_argument(argument.span, &shown));
    };
    let Some(table) = query.table(*scan) else {
        return acc.push(bad_argument(argument.span, &shown));
    };
    let rule = query.aggregation_rule(table);
    let function = granted_name(&call.name, call.distinct);
    let granted = rule.is_some_and(|rule| {
        rule.aggregates().iter().any(|it| Some(it.function) == function && &it.column == column)
    });
    if granted && !call.star {
        return;
    }
    let offers: Vec<String> = rule
        .into_iter()
        .flat_map(|it| it.aggregates())
        .map(|it| format!("{} of `{}`", it.function.aws_name(), it.column))
        .collect();
    let text = format!("{shown} of column `{column}` of table `{table}` is not granted");
    let refusal = Refusal::new(RefusalKind::AggregateNotGranted, span, text)
        .of(table)
        .about(column)
        .help(format!("its owner grants {}", offers.join(", ")));
    let free = rule.is_some_and(|it| !it.dimensions().contains(column));
    acc.push(match function.filter(|_| free) {
        Some(function) => {
            let name = function.aws_name();
            refusal.ask(format!("add {name} of `{column}` to aggregateColumns"))
        }
        None => refusal,
    });
}

fn bad_argument(span: Span, shown: &str) -> Refusal {
    let text = format!("{shown} must have one column as its argument, and nothing else");
    Refusal::new(RefusalKind::AggregateArgument, span, text).help("aggregate the bare column")
}
