//! Special syntaxes of SQL turned into plain calls, so that one door lets functions in.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CastKind, CeilFloorKind, DateTimeField, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName, Statement,
    TrimWhereField, UnaryOperator, Value, ValueWithSpan, visit_expressions_mut,
};

use super::renamed::rename;

/// Turns `CAST`, `CONVERT`, `::`, `EXTRACT`, `SUBSTRING ... FROM`, `TRIM`, `CEIL`, `FLOOR`,
/// typed literals, and the unit of `DATEADD` into plain calls with plain arguments.
///
/// What it does not know it leaves alone; the planner knows no special syntax and refuses it.
pub fn lower_statement(statement: &mut Statement) {
    let _: ControlFlow<()> = visit_expressions_mut(statement, |expression| {
        lower(expression);
        ControlFlow::Continue(())
    });
}

fn lower(expression: &mut Expr) {
    if let Expr::Function(function) = expression {
        rename(function);
        return;
    }
    if let Some(lowered) = lowered(expression) {
        *expression = lowered;
    }
}

fn lowered(expression: &Expr) -> Option<Expr> {
    match expression {
        Expr::BinaryOp { left, op, right } => {
            let name = match op {
                BinaryOperator::Plus => "__gb_add",
                BinaryOperator::Minus => "__gb_subtract",
                BinaryOperator::Multiply => "__gb_multiply",
                BinaryOperator::Divide => "__gb_divide",
                BinaryOperator::Modulo => "__gb_modulo",
                BinaryOperator::MyIntegerDivide => "__gb_quotient",
                BinaryOperator::BitwiseAnd => "bitand",
                BinaryOperator::BitwiseOr => "bitor",
                BinaryOperator::BitwiseXor => "bitxor",
                _ => return None,
            };
            Some(call(name, vec![(**left).clone(), (**right).clone()]))
        }
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } if !is_number(expr) => {
            Some(call("__gb_negate", vec![(**expr).clone()]))
        }
        Expr::UnaryOp { op: UnaryOperator::BitwiseNot, expr } => {
            Some(call("bitnot", vec![(**expr).clone()]))
        }
        // The planner looks into NOT for types that only we can make meet; `x = FALSE` is the same.
        Expr::UnaryOp { op: UnaryOperator::Not, expr } if is_condition(expr) => {
            let no = Expr::Value(ValueWithSpan::from(Value::Boolean(false)));
            Some(Expr::Nested(Box::new(Expr::BinaryOp {
                left: Box::new(Expr::Nested(expr.clone())),
                op: BinaryOperator::Eq,
                right: Box::new(no),
            })))
        }
        // Spark: a number with an exponent is a double.
        Expr::Value(ValueWithSpan { value: Value::Number(digits, _), .. })
            if digits.contains(['e', 'E']) =>
        {
            Some(call("__gb_coerce", vec![text(digits), text("double")]))
        }
        Expr::Cast { expr, data_type, array: false, format: None, kind } => {
            let name = match kind {
                CastKind::Cast | CastKind::DoubleColon => "cast",
                CastKind::SafeCast | CastKind::TryCast => "try_cast",
            };
            Some(call(name, vec![(**expr).clone(), text(&data_type.to_string())]))
        }
        Expr::Convert { expr, data_type: Some(data_type), charset: None, styles, .. }
            if styles.is_empty() =>
        {
            // The same cast, under the name that owners grant.
            Some(call("convert", vec![(**expr).clone(), text(&data_type.to_string())]))
        }
        Expr::TypedString(literal) => match &literal.value.value {
            Value::SingleQuotedString(it) if !literal.uses_odbc_syntax => {
                Some(call("__gb_coerce", vec![text(it), text(&literal.data_type.to_string())]))
            }
            _ => None,
        },
        other => call_of(other),
    }
}

/// Calls with words inside.
fn call_of(expression: &Expr) -> Option<Expr> {
    match expression {
        Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
            let mut arguments = vec![(**expr).clone(), (**pattern).clone()];
            if let Some(escape) = escape_char {
                arguments.push(Expr::Value(escape.clone()));
            }
            Some(unless(*negated, call("ilike", arguments)))
        }
        Expr::RLike { negated, expr, pattern, regexp: _ } => {
            Some(unless(*negated, call("rlike", vec![(**expr).clone(), (**pattern).clone()])))
        }
        Expr::Position { expr, r#in } => {
            Some(call("locate", vec![(**expr).clone(), (**r#in).clone()]))
        }
        Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
            let parts = [expr, overlay_what, overlay_from].map(|it| (**it).clone());
            let mut arguments = Vec::from(parts);
            arguments.extend(overlay_for.as_deref().cloned());
            Some(call("overlay", arguments))
        }
        Expr::Extract { field, expr, syntax: _ } => {
            Some(call("extract", vec![text(&field.to_string()), (**expr).clone()]))
        }
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let from = substring_from.as_deref().cloned().unwrap_or_else(|| number("1"));
            let mut arguments = vec![(**expr).clone(), from];
            arguments.extend(substring_for.as_deref().cloned());
            Some(call("substring", arguments))
        }
        Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
            let mut arguments = vec![(**expr).clone()];
            match (trim_what, trim_characters) {
                // Spark: `TRIM(characters, text)`.
                (None, Some(texts)) if trim_where.is_none() && texts.len() == 1 => {
                    return Some(call("trim", [texts.clone(), arguments].concat()));
                }
                (Some(set), None) => arguments.push((**set).clone()),
                (None, Some(sets)) => arguments.extend(sets.iter().cloned()),
                (None, None) if trim_where.is_some() => arguments.push(text(" ")),
                (None, None) => {}
                (Some(_), Some(_)) => return None,
            }
            match trim_where {
                None | Some(TrimWhereField::Both) => {}
                Some(TrimWhereField::Leading) => arguments.push(text("leading")),
                Some(TrimWhereField::Trailing) => arguments.push(text("trailing")),
            }
            Some(call("trim", arguments))
        }
        Expr::Ceil { expr, field } => whole("ceiling", expr, field),
        Expr::Floor { expr, field } => whole("floor", expr, field),
        _ => None,
    }
}

fn unless(negated: bool, call: Expr) -> Expr {
    if negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(call) } } else { call }
}

fn whole(name: &str, expression: &Expr, field: &CeilFloorKind) -> Option<Expr> {
    match field {
        CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) => {
            Some(call(name, vec![expression.clone()]))
        }
        CeilFloorKind::Scale(places) => {
            Some(call(name, vec![expression.clone(), Expr::Value(places.clone())]))
        }
        CeilFloorKind::DateTimeField(_) => None,
    }
}

/// Whether it can be nothing but true, false or NULL.
fn is_condition(expression: &Expr) -> bool {
    match expression {
        Expr::Nested(inner) => is_condition(inner),
        Expr::BinaryOp { op, .. } => matches!(
            op,
            BinaryOperator::And
                | BinaryOperator::Eq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq
                | BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::NotEq
                | BinaryOperator::Or
        ),
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => true,
        _ => false,
    }
}

/// Whether it is a number without an exponent, whose sign the planner reads with it.
fn is_number(expression: &Expr) -> bool {
    match expression {
        Expr::Value(ValueWithSpan { value: Value::Number(digits, _), .. }) => {
            !digits.contains(['e', 'E'])
        }
        _ => false,
    }
}

pub(super) fn text(text: &str) -> Expr {
    Expr::Value(ValueWithSpan::from(Value::SingleQuotedString(text.to_owned())))
}

pub(super) fn number(number: &str) -> Expr {
    Expr::Value(ValueWithSpan::from(Value::Number(number.to_owned(), false)))
}

pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let arguments = arguments.into_iter().map(|it| FunctionArg::Unnamed(FunctionArgExpr::Expr(it)));
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new(name)]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments.collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}
