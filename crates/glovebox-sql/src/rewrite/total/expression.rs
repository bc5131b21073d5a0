//! Expressions of a plan, made total.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::expr::{
    AggregateFunction, AggregateFunctionParams, Between, BinaryExpr, Case, Cast, Exists, InList,
    Like, ScalarFunction, TryCast,
};
use datafusion::logical_expr::{AggregateUDF, Expr, ExprSchemable, Operator, lit};
use glovebox_model::Timestamp;

use super::{Around, subquery, window};
use crate::functions::{self, Kind};
use crate::rewrite::coerce::{
    arguments, call, coerce, compared, condition, fitted, normal, operands, together,
};

/// Rewrites an expression over these columns, from its leaves up.
pub(super) fn expression(expr: Expr, around: &Around<'_>) -> Result<Expr> {
    Ok(expr.transform_up(|it| Ok(Transformed::yes(one(it, around)?)))?.data)
}

fn one(expr: Expr, around: &Around<'_>) -> Result<Expr> {
    let schema = around.schema;
    match expr {
        Expr::Literal(scalar, metadata) => literal(scalar).map(|it| Expr::Literal(it, metadata)),
        Expr::ScalarFunction(function) => scalar_function(function, schema, around.now),
        Expr::BinaryExpr(binary) => operator(binary, schema),
        Expr::Like(Like { negated, expr, pattern, escape_char, case_insensitive }) => {
            let mut arguments = vec![*expr, *pattern];
            if case_insensitive {
                let folded =
                    arguments.into_iter().map(|it| coerced_call("lower", vec![it], schema));
                arguments = folded.collect::<Result<_>>()?;
            }
            arguments.extend(escape_char.map(|it| lit(it.to_string())));
            let like = coerced_call("__gb_like", arguments, schema)?;
            Ok(if negated { Expr::Not(Box::new(like)) } else { like })
        }
        Expr::Not(inner) => Ok(Expr::Not(Box::new(condition(*inner, schema)?))),
        Expr::IsTrue(it) => Ok(Expr::IsTrue(Box::new(condition(*it, schema)?))),
        Expr::IsFalse(it) => Ok(Expr::IsFalse(Box::new(condition(*it, schema)?))),
        Expr::IsUnknown(it) => Ok(Expr::IsUnknown(Box::new(condition(*it, schema)?))),
        Expr::IsNotTrue(it) => Ok(Expr::IsNotTrue(Box::new(condition(*it, schema)?))),
        Expr::IsNotFalse(it) => Ok(Expr::IsNotFalse(Box::new(condition(*it, schema)?))),
        Expr::IsNotUnknown(it) => Ok(Expr::IsNotUnknown(Box::new(condition(*it, schema)?))),
        Expr::Negative(inner) => negative(*inner, schema),
        Expr::Between(between) => range(between, schema),
        Expr::Case(case) => case_of(case, schema),
        // Casts that are written are calls by now: these were put in by a planner.
        Expr::Cast(Cast { expr, field }) | Expr::TryCast(TryCast { expr, field }) => {
            match Kind::of(field.data_type()) {
                Some(kind) => coerce(*expr, kind, schema),
                None => plan_err!("there is no cast to this type"),
            }
        }
        Expr::AggregateFunction(function) => aggregate_function(function, schema),
        Expr::InList(InList { expr, list, negated }) => {
            let items = together(std::iter::once(*expr).chain(list).collect(), schema)?;
            let mut items = items.into_iter().map(|it| normal(it, schema));
            let Some(expr) = items.next().transpose()? else {
                return plan_err!("IN needs an operand");
            };
            let list = items.collect::<Result<Vec<_>>>()?;
            Ok(Expr::InList(InList { expr: Box::new(expr), list, negated }))
        }
        Expr::WindowFunction(function) => window::function(*function, schema),
        Expr::Exists(Exists { subquery, negated }) => {
            let subquery = subquery::nested(subquery, around)?;
            Ok(Expr::Exists(Exists { subquery, negated }))
        }
        Expr::InSubquery(it) => subquery::membership(it, around),
        Expr::ScalarSubquery(it) => subquery::value(it, around).map(Expr::ScalarSubquery),
        Expr::OuterReferenceColumn(_, column) => subquery::outer(column, around),
        other => Ok(other),
    }
}

/// Literals of types that our functions can read.
fn literal(scalar: ScalarValue) -> Result<ScalarValue> {
    match scalar {
        ScalarValue::UInt64(Some(number)) => {
            Ok(ScalarValue::Decimal128(Some(number.into()), 20, 0))
        }
        ScalarValue::Utf8View(text) => Ok(ScalarValue::Utf8(text)),
        scalar if Kind::of(&scalar.data_type()).is_some() => Ok(scalar),
        _ => plan_err!("a literal of this type cannot be used here"),
    }
}

/// The operators that are calls by now.
const ARITHMETIC: [&str; 5] =
    ["__gb_add", "__gb_divide", "__gb_modulo", "__gb_multiply", "__gb_subtract"];

fn scalar_function(function: ScalarFunction, schema: &DFSchema, now: Timestamp) -> Result<Expr> {
    if !functions::is_ours(&function.func) {
        return plan_err!("this function has no settled meaning");
    }
    match function.func.name() {
        "current_date" if function.args.is_empty() => {
            Ok(lit(ScalarValue::Date32(Some(functions::today(now)))))
        }
        "getdate" if function.args.is_empty() => {
            let micros = functions::second(now);
            Ok(lit(ScalarValue::TimestampMicrosecond(Some(micros), None)))
        }
        _ => {
            let function = match <[Expr; 2]>::try_from(function.args) {
                Ok([left, right]) if ARITHMETIC.contains(&function.func.name()) => {
                    let args = operands(left, right, schema)?;
                    ScalarFunction { args, func: function.func }
                }
                Ok(pair) => ScalarFunction { args: pair.into(), func: function.func },
                Err(args) => ScalarFunction { args, func: function.func },
            };
            let expr = Expr::ScalarFunction(arguments(function, schema)?);
            expr.get_type(schema)?;
            Ok(expr)
        }
    }
}

fn coerced_call(name: &str, items: Vec<Expr>, schema: &DFSchema) -> Result<Expr> {
    match call(name, items)? {
        Expr::ScalarFunction(function) => Ok(Expr::ScalarFunction(arguments(function, schema)?)),
        other => Ok(other),
    }
}

fn operator(BinaryExpr { left, op, right }: BinaryExpr, schema: &DFSchema) -> Result<Expr> {
    let name = match op {
        Operator::Plus => "__gb_add",
        Operator::Minus => "__gb_subtract",
        Operator::Multiply => "__gb_multiply",
        Operator::Divide => "__gb_divide",
        Operator::Modulo => "__gb_modulo",
        Operator::And | Operator::Or => {
            return Ok(binary(condition(*left, schema)?, op, condition(*right, schema)?));
        }
        Operator::StringConcat => {
            let left = coerce(*left, Kind::String, schema)?;
            return Ok(binary(left, op, coerce(*right, Kind::String, schema)?));
        }
        Operator::Eq
        | Operator::NotEq
        | Operator::Lt
        | Operator::LtEq
        | Operator::Gt
        | Operator::GtEq
        | Operator::IsDistinctFrom
        | Operator::IsNotDistinctFrom => {
            let (left, right) = compared(*left, *right, [schema, schema])?;
            return Ok(binary(left, op, right));
        }
        _ => return plan_err!("this operator has no settled meaning"),
    };
    coerced_call(name, operands(*left, *right, schema)?, schema)
}

fn binary(left: Expr, op: Operator, right: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr { left: Box::new(left), op, right: Box::new(right) })
}

fn negative(inner: Expr, schema: &DFSchema) -> Result<Expr> {
    if let Expr::Literal(scalar, _) = &inner
        && let Some(negated) = functions::negated(scalar)
    {
        return Ok(lit(negated));
    }
    coerced_call("__gb_negate", vec![inner], schema)
}

fn range(Between { expr, negated, low, high }: Between, schema: &DFSchema) -> Result<Expr> {
    let (from, low) = compared((*expr).clone(), *low, [schema, schema])?;
    let (to, high) = compared(*expr, *high, [schema, schema])?;
    if from == to {
        return Ok(Expr::Between(Between {
            expr: Box::new(from),
            negated,
            low: Box::new(low),
            high: Box::new(high),
        }));
    }
    // Each bound has its own type: as in Spark, two comparisons.
    let above = binary(from, Operator::GtEq, low);
    let both = binary(above, Operator::And, binary(to, Operator::LtEq, high));
    Ok(if negated { Expr::Not(Box::new(both)) } else { both })
}

/// `CASE x WHEN v` is `CASE WHEN x = v`; all answers meet in one type.
fn case_of(case: Case, schema: &DFSchema) -> Result<Expr> {
    let Case { expr: operand, when_then_expr, else_expr } = case;
    let (mut whens, mut answers) = (Vec::new(), Vec::new());
    for (when, then) in when_then_expr {
        whens.push(match &operand {
            Some(operand) => {
                let pair = compared(operand.as_ref().clone(), *when, [schema, schema])?;
                binary(pair.0, Operator::Eq, pair.1)
            }
            None => condition(*when, schema)?,
        });
        answers.push(*then);
    }
    let has_else = else_expr.is_some();
    answers.extend(else_expr.map(|it| *it));
    let mut answers = together(answers, schema)?;
    let else_expr = if has_else { answers.pop().map(Box::new) } else { None };
    let when_then_expr =
        whens.into_iter().map(Box::new).zip(answers.into_iter().map(Box::new)).collect();
    Ok(Expr::Case(Case { expr: None, when_then_expr, else_expr }))
}

fn aggregate_function(function: AggregateFunction, schema: &DFSchema) -> Result<Expr> {
    let AggregateFunction { func, params } = function;
    let AggregateFunctionParams { args, distinct, filter, order_by, null_treatment } = params;
    let args = aggregate_arguments(&func, args, distinct, schema)?;
    let filter = match filter {
        Some(filter) => Some(Box::new(condition(*filter, schema)?)),
        None => None,
    };
    let params = AggregateFunctionParams { args, distinct, filter, order_by, null_treatment };
    Ok(Expr::AggregateFunction(AggregateFunction { func, params }))
}

/// The arguments of one of our aggregate functions, as it takes them.
pub(super) fn aggregate_arguments(
    func: &Arc<AggregateUDF>,
    args: Vec<Expr>,
    distinct: bool,
    schema: &DFSchema,
) -> Result<Vec<Expr>> {
    if functions::aggregate(func.name()).as_ref() != Some(func) {
        return plan_err!("this aggregate function has no settled meaning");
    }
    let mut args: Vec<Expr> = args
        .into_iter()
        .map(|it| match it {
            #[expect(deprecated, reason = "the planner still writes COUNT(*) with it")]
            Expr::Wildcard { .. } if func.name() == "count" && !distinct => lit(1_i64),
            other => other,
        })
        .collect();
    if !matches!(func.name(), "count" | "max" | "min") {
        args = fitted(args, schema, |types| func.coerce_types(types))?;
    } else if args.len() != 1 {
        return plan_err!("{} takes one argument", func.name());
    }
    if distinct {
        args = args.into_iter().map(|it| normal(it, schema)).collect::<Result<_>>()?;
    }
    Ok(args)
}
