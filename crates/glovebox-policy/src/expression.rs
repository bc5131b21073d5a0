//! Questions about expressions that several checks ask.

use glovebox_sql::{AggregateCall, Expression, ExpressionKind, Literal, Operator};

/// Whether two expressions say the same, wherever they stand.
pub(crate) fn same(one: &Expression, other: &Expression) -> bool {
    match (&one.kind, &other.kind) {
        (ExpressionKind::Aggregate(one), ExpressionKind::Aggregate(other)) => {
            let AggregateCall { name, distinct, arguments, star } = one;
            *name == other.name
                && *distinct == other.distinct
                && *star == other.star
                && all_same(arguments, &other.arguments)
        }
        (
            ExpressionKind::Scalar { name, function, arguments },
            ExpressionKind::Scalar { name: name2, function: function2, arguments: arguments2 },
        ) => name == name2 && function == function2 && all_same(arguments, arguments2),
        (
            ExpressionKind::Operator { operator, operands },
            ExpressionKind::Operator { operator: operator2, operands: operands2 },
        ) => operator == operator2 && all_same(operands, operands2),
        (one, other) => one == other,
    }
}

fn all_same(one: &[Expression], other: &[Expression]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
}

/// Whether it is a numeric literal, possibly with a sign.
pub(crate) fn is_number(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Literal(Literal::Number(_)) => true,
        ExpressionKind::Operator { operator: Operator::Add | Operator::Subtract, operands } => {
            matches!(
                operands.as_slice(),
                [Expression { kind: ExpressionKind::Literal(Literal::Number(_)), .. }]
            )
        }
        _ => false,
    }
}

/// Whether it is a string or numeric literal: what AWS lets stand as a grouping item and as an
/// argument.
pub(crate) fn is_plain_literal(expression: &Expression) -> bool {
    is_number(expression) || matches!(&expression.kind, ExpressionKind::Literal(Literal::Text(_)))
}

/// Whether an aggregate call stands anywhere in it.
pub(crate) fn has_aggregate(expression: &Expression) -> bool {
    matches!(&expression.kind, ExpressionKind::Aggregate(_))
        || expression.parts().into_iter().any(has_aggregate)
}
