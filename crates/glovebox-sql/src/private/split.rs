//! The plan in two: what is computed of rows, and what becomes of released numbers.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::{Column, JoinType, TableReference};
use datafusion::logical_expr::logical_plan::builder::LogicalTableSource;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, LogicalPlan, Projection, TableScanBuilder,
};
use glovebox_model::{ColumnName, TableName};

use super::aggregate::Cells;
use super::beside::beside;
use super::expression::{check, looks_elsewhere};
use super::relation;
use super::typing::{Rows, Typed, built, node};
use super::{PrivateFault, PrivateKey, PrivatePlan, PrivateRequest};
use crate::bound::Bound;
use crate::limits::with_stack;
use crate::rewrite::bare;

/// The table that the upper plan reads: the keys, then the cells.
pub const RELEASED: &str = "__gb_released";

/// Splits a total query over tables with differential privacy and bounds its contributions.
///
/// # Errors
/// Why it has no private answer; by its plan and by what is declared, never by data.
pub fn private(bound: &Bound, request: &PrivateRequest) -> Result<PrivatePlan, PrivateFault> {
    with_stack(|| {
        let plan = bound.plan();
        lowered(last_aggregate(plan, request)?, plan, request)
    })
}

/// The aggregate over people.
fn last_aggregate<'p>(
    plan: &'p LogicalPlan,
    request: &PrivateRequest,
) -> Result<&'p Aggregate, PrivateFault> {
    match plan {
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Distinct(Distinct::All(_)) => {
            let [input] = plan.inputs().try_into().map_err(|_| PrivateFault::Rewrite)?;
            last_aggregate(input, request)
        }
        LogicalPlan::Aggregate(it) => Ok(it),
        LogicalPlan::Union(_) => Err(PrivateFault::SetOperation),
        _ => match node(plan, request)?.rows {
            Rows::Users { .. } => Err(PrivateFault::NotAggregated),
            Rows::Public => Err(PrivateFault::Subquery),
        },
    }
}

/// Above the aggregate there are released numbers only.
fn released_only(expr: &Expr) -> Result<(), PrivateFault> {
    if looks_elsewhere(expr) {
        return Err(PrivateFault::Construct("a subquery beside released numbers"));
    }
    check(expr, &PrivateRequest::default())
}

/// The plan below the aggregate, with what stands above it in `whole` over released numbers.
fn lowered(
    it: &Aggregate,
    whole: &LogicalPlan,
    request: &PrivateRequest,
) -> Result<PrivatePlan, PrivateFault> {
    it.group_expr.iter().chain(&it.aggr_expr).try_for_each(|expr| check(expr, request))?;
    let Typed { plan: input, rows } = node(&it.input, request)?;
    let Rows::Users { identifiers, .. } = rows else {
        return Err(PrivateFault::Subquery);
    };
    if it.group_expr.iter().any(|it| matches!(it, Expr::GroupingSet(_))) {
        return Err(PrivateFault::Construct("GROUPING SETS, ROLLUP and CUBE"));
    }
    let is_user = |it: &Expr| super::expression::is_identifier(it, &identifiers);
    if it.group_expr.iter().any(is_user) {
        return Err(PrivateFault::NotAggregated);
    }
    let fields = it.schema.fields();
    let keys = it.group_expr.iter().zip(fields).map(|(expr, field)| key(expr, field, &input));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let mut cells = Cells {
        request,
        input: &input,
        identifiers: &identifiers,
        cells: Vec::new(),
        units: Vec::new(),
        partials: Vec::new(),
    };
    for (call, field) in it.aggr_expr.iter().zip(fields.iter().skip(keys.len())) {
        cells.add(call, field.data_type())?;
    }
    let Cells { cells, units, partials, .. } = cells;
    let one_group = it.group_expr.iter().all(|it| of_user(it, &identifiers));
    let user = identifiers.first().ok_or(PrivateFault::Rewrite)?.clone();
    let named = |(index, it): (usize, &Expr)| bare(it).clone().alias(format!("__gb_key_{index}"));
    let mut groups: Vec<Expr> = it.group_expr.iter().enumerate().map(named).collect();
    groups.push(Expr::Column(user).alias("__gb_user"));
    let named = |(index, it): (usize, Expr)| it.alias(format!("__gb_part_{index}"));
    let partials = partials.into_iter().enumerate().map(named).collect();
    let lower = built(Aggregate::try_new(Arc::new(input), groups, partials))?;
    let lower = LogicalPlan::Aggregate(lower);
    let upper = above(whole, &released(it, &[])?)?;
    let beside = beside(whole, it)?;
    let key_relation = relation::keys(&it.group_expr, &it.input, request)?;
    Ok(PrivatePlan { lower, upper, beside, key_relation, keys, cells, units, one_group })
}

fn key(expr: &Expr, field: &Field, input: &LogicalPlan) -> Result<PrivateKey, PrivateFault> {
    let name = field.name().clone();
    if holds_float(field.data_type()) {
        return Err(PrivateFault::FloatKey(name));
    }
    let source = match bare(expr) {
        Expr::Column(column) => source(column, input),
        _ => None,
    };
    Ok(PrivateKey { kind: field.data_type().clone(), source, name })
}

/// Whether values of a type are floats, or are made of some.
fn holds_float(kind: &DataType) -> bool {
    match kind {
        DataType::List(of)
        | DataType::LargeList(of)
        | DataType::FixedSizeList(of, _)
        | DataType::Map(of, _) => holds_float(of.data_type()),
        DataType::Struct(of) => of.iter().any(|it| holds_float(it.data_type())),
        DataType::Dictionary(_, of) => holds_float(of),
        other => other.is_floating(),
    }
}

/// Whether an expression is computed of the user's identifier alone.
fn of_user(expr: &Expr, identifiers: &[Column]) -> bool {
    if looks_elsewhere(expr) {
        return false;
    }
    let columns = expr.column_refs();
    !columns.is_empty() && columns.into_iter().all(|it| identifiers.contains(it))
}

/// The column of a table that a column is, handed up unchanged.
fn source(column: &Column, node: &LogicalPlan) -> Option<(TableName, ColumnName)> {
    let index = node.schema().index_of_column(column).ok()?;
    at(index, node)
}

fn at(index: usize, node: &LogicalPlan) -> Option<(TableName, ColumnName)> {
    match node {
        LogicalPlan::TableScan(scan) => {
            let schema = scan.source.schema();
            let field = schema.fields().get(index)?;
            let table = TableName::new(scan.table_name.table()).ok()?;
            Some((table, ColumnName::new(field.name()).ok()?))
        }
        LogicalPlan::Projection(it) => match bare(it.expr.get(index)?) {
            Expr::Column(column) => source(column, &it.input),
            _ => None,
        },
        LogicalPlan::SubqueryAlias(it) => at(index, &it.input),
        LogicalPlan::Filter(it) => at(index, &it.input),
        LogicalPlan::Join(it) => match it.join_type {
            JoinType::RightAnti | JoinType::RightMark | JoinType::RightSemi => at(index, &it.right),
            JoinType::Full
            | JoinType::Inner
            | JoinType::Left
            | JoinType::LeftAnti
            | JoinType::LeftMark
            | JoinType::LeftSemi
            | JoinType::Right => match index.checked_sub(it.left.schema().fields().len()) {
                None => at(index, &it.left),
                Some(index) => at(index, &it.right),
            },
        },
        LogicalPlan::Aggregate(it) => match bare(it.group_expr.get(index)?) {
            Expr::Column(column) => source(column, &it.input),
            _ => None,
        },
        _ => None,
    }
}

/// A table of the columns of an aggregate, under their names, and behind them of these doubles.
pub(super) fn released(
    aggregate: &Aggregate,
    doubles: &[String],
) -> Result<LogicalPlan, PrivateFault> {
    let kinds = aggregate.schema.fields().iter().map(|it| it.data_type().clone());
    let kinds = kinds.chain(doubles.iter().map(|_| DataType::Float64)).enumerate();
    let fields = kinds.map(|(index, kind)| Field::new(released_column(index), kind, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let source = Arc::new(LogicalTableSource::new(schema));
    let table = TableReference::bare(RELEASED);
    let scan = built(TableScanBuilder::new(table.clone(), source).build())?;
    let own = |index| Expr::Column(Column::new(Some(table.clone()), released_column(index)));
    let named = aggregate.schema.iter().enumerate().map(|(index, (qualifier, field))| {
        own(index).alias_qualified(qualifier.cloned(), field.name())
    });
    let behind = (aggregate.schema.fields().len()..).zip(doubles);
    let named = named.chain(behind.map(|(index, name)| own(index).alias(name)));
    let input = Arc::new(LogicalPlan::TableScan(scan));
    built(Projection::try_new(named.collect(), input).map(LogicalPlan::Projection))
}

/// The name of a column of [`RELEASED`], by its place.
pub fn released_column(index: usize) -> String {
    format!("__gb_released_{index}")
}

/// The nodes above the aggregate, over released rows instead.
fn above(plan: &LogicalPlan, released: &LogicalPlan) -> Result<LogicalPlan, PrivateFault> {
    if matches!(plan, LogicalPlan::Aggregate(_)) {
        return Ok(released.clone());
    }
    let [input] = plan.inputs().try_into().map_err(|_| PrivateFault::Rewrite)?;
    let input = above(input, released)?;
    plan.expressions().iter().try_for_each(released_only)?;
    let rebuilt = plan.with_new_exprs(plan.expressions(), vec![input]);
    built(rebuilt.and_then(LogicalPlan::recompute_schema))
}
