//! The rewrite after which no expression can fail on a row.
//!
//! It runs on the plan as it was bound, before DataFusion adds casts of its own: every
//! coercion is Spark's, every cast and operator one of our functions, and the query's time a
//! literal. A second run changes nothing.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, plan_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr::{
    AggregateFunction, AggregateFunctionParams, Between, BinaryExpr, Case, Cast, InList,
    InSubquery, Like, ScalarFunction, TryCast,
};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, ExprSchemable, Join, LogicalPlan, Operator, Projection, lit,
};
use glovebox_model::Timestamp;

use super::coerce::{
    arguments, bare, call, coerce, compared, condition, fitted, normal, operands, together,
};
use super::total_check;
use crate::functions::{self, Kind};

/// Makes a plan total. The number, order and names of the output columns stay.
///
/// # Errors
///
/// When types do not meet, or when the plan holds something whose meaning is not settled here;
/// never because of data.
pub fn total(plan: LogicalPlan, now: Timestamp) -> Result<LogicalPlan, DataFusionError> {
    let plan = plan.transform_up_with_subqueries(|node| rewritten(node, now))?.data;
    total_check::check(&plan)?;
    Ok(plan)
}

fn rewritten(node: LogicalPlan, now: Timestamp) -> Result<Transformed<LogicalPlan>> {
    let node = match node {
        LogicalPlan::Join(join) => join_of(join, now)?,
        LogicalPlan::Distinct(Distinct::All(input)) => {
            LogicalPlan::Distinct(Distinct::All(distinct_input(input)?))
        }
        LogicalPlan::Aggregate(aggregate) => aggregate_of(aggregate, now)?,
        LogicalPlan::Projection(_) => {
            let schema = input_schema(&node)?;
            node.map_expressions(|expr| named(expr, |it| expression(it, &schema, now)))?.data
        }
        LogicalPlan::Filter(_) => {
            let schema = input_schema(&node)?;
            node.map_expressions(|expr| {
                let expr = expression(expr, &schema, now)?;
                Ok(Transformed::yes(condition(expr, &schema)?))
            })?
            .data
        }
        LogicalPlan::Sort(_) => {
            let schema = input_schema(&node)?;
            node.map_expressions(|expr| Ok(Transformed::yes(expression(expr, &schema, now)?)))?.data
        }
        LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::TableScan(_)
        | LogicalPlan::Union(_) => node,
        LogicalPlan::Analyze(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::Ddl(_)
        | LogicalPlan::DescribeTable(_)
        | LogicalPlan::Distinct(Distinct::On(_))
        | LogicalPlan::Dml(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Extension(_)
        | LogicalPlan::RecursiveQuery(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Statement(_)
        | LogicalPlan::Unnest(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::Window(_) => return plan_err!("this construct has no settled meaning"),
    };
    Ok(Transformed::yes(node.recompute_schema()?))
}

fn input_schema(node: &LogicalPlan) -> Result<DFSchema> {
    match node.inputs().as_slice() {
        [] => Ok(DFSchema::empty()),
        [input] => Ok(input.schema().as_ref().clone()),
        _ => plan_err!("this construct has no settled meaning"),
    }
}

/// Rewrites an expression whose name is seen by the nodes above.
fn named(expr: Expr, rewrite: impl FnOnce(Expr) -> Result<Expr>) -> Result<Transformed<Expr>> {
    let saved = NamePreserver::new_for_projection().save(&expr);
    Ok(Transformed::yes(saved.restore(rewrite(expr)?)))
}

fn join_of(mut join: Join, now: Timestamp) -> Result<LogicalPlan> {
    let (left, right) = (Arc::clone(join.left.schema()), Arc::clone(join.right.schema()));
    let both = left.join(&right)?;
    for (one, other) in &mut join.on {
        let first = expression(one.clone(), &left, now)?;
        let second = expression(other.clone(), &right, now)?;
        (*one, *other) = compared(first, second, [&left, &right])?;
    }
    join.filter = match join.filter.take() {
        Some(filter) => Some(condition(expression(filter, &both, now)?, &both)?),
        None => None,
    };
    Ok(LogicalPlan::Join(join))
}

fn aggregate_of(aggregate: Aggregate, now: Timestamp) -> Result<LogicalPlan> {
    let schema = Arc::clone(aggregate.input.schema());
    let groups = aggregate.group_expr.len();
    let mut place = 0;
    LogicalPlan::Aggregate(aggregate)
        .map_expressions(|expr| {
            place += 1;
            named(expr, |it| {
                let expr = expression(it, &schema, now)?;
                if place <= groups && !matches!(expr, Expr::GroupingSet(_)) {
                    normal(expr, &schema)
                } else {
                    Ok(expr)
                }
            })
        })
        .map(|it| it.data)
}

/// Below DISTINCT, equal floats are equal bits.
fn distinct_input(input: Arc<LogicalPlan>) -> Result<Arc<LogicalPlan>> {
    let schema = Arc::clone(input.schema());
    let is_float = |index: usize| {
        let kind = Kind::of(schema.field(index).data_type());
        matches!(kind, Some(Kind::Double | Kind::Float))
    };
    let floats: Vec<usize> = (0..schema.fields().len()).filter(|it| is_float(*it)).collect();
    let settled = |index: &usize| match input.as_ref() {
        LogicalPlan::Projection(it) => it
            .expr
            .get(*index)
            .is_some_and(|expr| matches!(bare(expr), Expr::ScalarFunction(_) | Expr::Literal(..))),
        _ => false,
    };
    if floats.iter().all(settled) {
        return Ok(input);
    }
    let columns = (0..schema.fields().len()).map(|index| {
        let column = Expr::Column(Column::from(schema.qualified_field(index)));
        Ok(named(column, |it| normal(it, &schema))?.data)
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(LogicalPlan::Projection(Projection::try_new(columns, input)?)))
}

/// Rewrites an expression over these columns, from its leaves up.
fn expression(expr: Expr, schema: &DFSchema, now: Timestamp) -> Result<Expr> {
    Ok(expr.transform_up(|it| Ok(Transformed::yes(one(it, schema, now)?)))?.data)
}

fn one(expr: Expr, schema: &DFSchema, now: Timestamp) -> Result<Expr> {
    match expr {
        Expr::Literal(scalar, metadata) => literal(scalar).map(|it| Expr::Literal(it, metadata)),
        Expr::ScalarFunction(function) => scalar_function(function, schema, now),
        Expr::BinaryExpr(binary) => operator(binary, schema),
        Expr::Like(Like { negated, expr, pattern, escape_char, case_insensitive: false }) => {
            let mut arguments = vec![*expr, *pattern];
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
        Expr::InSubquery(it) => in_subquery(it, schema),
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
    if functions::aggregate(func.name()).as_ref() != Some(&func) {
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
    let filter = match filter {
        Some(filter) => Some(Box::new(condition(*filter, schema)?)),
        None => None,
    };
    let params = AggregateFunctionParams { args, distinct, filter, order_by, null_treatment };
    Ok(Expr::AggregateFunction(AggregateFunction { func, params }))
}

/// Both sides must already be of one type; nothing is put into the subquery.
fn in_subquery(it: InSubquery, schema: &DFSchema) -> Result<Expr> {
    let inner = it.subquery.subquery.schema();
    let same =
        inner.fields().len() == 1 && inner.field(0).data_type() == &it.expr.get_type(schema)?;
    if same { Ok(Expr::InSubquery(it)) } else { plan_err!("both sides of IN must have one type") }
}
