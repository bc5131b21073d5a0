//! The names of result columns without an alias, as Spark gives them.

use crate::facts::{AggregateCall, Expression, ExpressionKind, Literal, Operator};

/// Characters in a name.
const MAX_NAME: usize = 127;

/// Spark's name for an expression, such as `sum(returned)`.
pub(super) fn spark_name(expression: &Expression) -> String {
    let name = show(expression);
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_NAME).collect()
}

fn show(expression: &Expression) -> String {
    let list = |items: &[Expression]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match &expression.kind {
        ExpressionKind::Aggregate(AggregateCall { name, distinct, arguments, star }) => {
            let inside = if *star { "1".to_owned() } else { list(arguments) };
            format!("{name}({}{inside})", if *distinct { "DISTINCT " } else { "" })
        }
        ExpressionKind::Column { scan: _, column } => column.to_string(),
        ExpressionKind::Literal(literal) => match literal {
            Literal::Boolean(value) => value.to_string(),
            Literal::Null => "NULL".to_owned(),
            Literal::Number(text) | Literal::Text(text) => text.clone(),
        },
        ExpressionKind::Operator { operator, operands } => {
            operation(*operator, operands.iter().map(show).collect())
        }
        ExpressionKind::Reference { relation: _, column, form: _ } => column.clone(),
        ExpressionKind::Parameter { name } => format!(":{name}"),
        ExpressionKind::Case { .. }
        | ExpressionKind::Subquery { .. }
        | ExpressionKind::Window { .. } => {
            let form = expression.form().map(|it| format!("{it:?}").to_lowercase());
            let parts: Vec<String> = expression.parts().into_iter().map(show).collect();
            format!("{}({})", form.unwrap_or_default(), parts.join(", "))
        }
        ExpressionKind::Other { form, parts } => {
            format!("{}({})", format!("{form:?}").to_lowercase(), list(parts))
        }
        ExpressionKind::Scalar { name, function: _, arguments } => match arguments.as_slice() {
            [value, kind] if name == "cast" => {
                format!("CAST({} AS {})", show(value), show(kind).to_uppercase())
            }
            arguments => format!("{name}({})", list(arguments)),
        },
    }
}

fn operation(operator: Operator, operands: Vec<String>) -> String {
    let symbol = match operator {
        Operator::Add => "+",
        Operator::And => "AND",
        Operator::Divide => "/",
        Operator::Equal => "=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Like => "LIKE",
        Operator::Modulo => "%",
        Operator::Multiply => "*",
        Operator::NotEqual => "<>",
        Operator::Or => "OR",
        Operator::Subtract => "-",
        Operator::Between => return format!("({})", operands.join(" BETWEEN ")),
        Operator::In => return format!("({})", operands.join(" IN ")),
        Operator::Is => return format!("({})", operands.join(" IS ")),
        Operator::IsNull => return format!("({} IS NULL)", operands.join(", ")),
        Operator::Not => return format!("(NOT {})", operands.join(", ")),
    };
    match operands.as_slice() {
        [one] => format!("({symbol} {one})"),
        several => format!("({})", several.join(&format!(" {symbol} "))),
    }
}
