//! Rows that meet by position: set operations and VALUES, whose columns meet as in Spark.

use std::sync::Arc;

use datafusion::common::{Column, DFSchema, JoinType, NullEquality, Result, plan_err};
use datafusion::logical_expr::expr::{Cast, TryCast, WindowFunction};
use datafusion::logical_expr::{
    Distinct, Expr, ExprSchemable, Join, LogicalPlan, Projection, Union, Values, Window,
};

use super::expression::expression;
use super::{Around, distinct_input, named};
use crate::functions::{self, Kind};
use crate::rewrite::coerce::{coerce, kind_of, normal, together};

/// All branches with the types that their columns meet in.
pub(super) fn union(Union { inputs, schema: _ }: Union) -> Result<LogicalPlan> {
    let kinds = met(&inputs)?;
    let inputs = inputs.into_iter().map(|it| as_kinds(it, &kinds)).collect::<Result<_>>()?;
    Union::try_new(inputs).map(LogicalPlan::Union)
}

/// INTERSECT and EXCEPT, which are joins by now: both sides with the types that they meet in.
/// With ALL, the copies of a row have numbers, which the columns given back leave out.
pub(super) fn meeting(join: Join) -> Result<(Join, Option<Vec<Column>>)> {
    let whole = join.on.len() == join.left.schema().fields().len()
        && join.on.len() == join.right.schema().fields().len();
    let is_set = matches!(join.join_type, JoinType::LeftSemi | JoinType::LeftAnti)
        && join.null_equality == NullEquality::NullEqualsNull
        && join.filter.is_none();
    if !whole || !is_set {
        return Ok((join, None));
    }
    let kinds = met(&[Arc::clone(&join.left), Arc::clone(&join.right)])?;
    let is_all = !matches!(join.left.as_ref(), LogicalPlan::Distinct(_));
    let left = match join.left.as_ref() {
        // Rows that are distinct may be equal once they are of another type.
        LogicalPlan::Distinct(Distinct::All(input)) => {
            let input = distinct_input(as_kinds(Arc::clone(input), &kinds)?)?;
            Arc::new(LogicalPlan::Distinct(Distinct::All(input)))
        }
        _ => as_kinds(join.left, &kinds)?,
    };
    let right = as_kinds(join.right, &kinds)?;
    let is_numbered = left.schema().fields().iter().any(|it| it.name() == COPY);
    if !is_all || is_numbered {
        return Ok((Join { left, right, ..join }, None));
    }
    // The first copy of a row on the left meets the first on the right, and so on.
    let shown = left.schema().columns();
    let (left, right) = (numbered(left, COPY)?, numbered(right, OTHER_COPY)?);
    let copies =
        (Expr::Column(Column::from_name(COPY)), Expr::Column(Column::from_name(OTHER_COPY)));
    let on = join.on.into_iter().chain([copies]).collect();
    Ok((Join { left, right, on, ..join }, Some(shown)))
}

/// The column with the number of a copy of a row.
const COPY: &str = "__gb_copy";

/// The same on the right side.
const OTHER_COPY: &str = "__gb_other_copy";

/// The rows, the copies of each with numbers.
fn numbered(input: Arc<LogicalPlan>, name: &str) -> Result<Arc<LogicalPlan>> {
    let Some(function) = functions::window("row_number") else {
        return plan_err!("copies of rows cannot be counted");
    };
    let schema = Arc::clone(input.schema());
    let columns = schema.iter().map(|it| normal(Expr::Column(Column::from(it)), &schema));
    let mut number = WindowFunction::new(function, Vec::new());
    number.params.partition_by = columns.collect::<Result<_>>()?;
    let number = Expr::WindowFunction(Box::new(number)).alias(name);
    Window::try_new(vec![number], input).map(|it| Arc::new(LogicalPlan::Window(it)))
}

/// For each column the kind that it has in all inputs, or `None` when all have one type
/// already.
fn met(inputs: &[Arc<LogicalPlan>]) -> Result<Vec<Option<Kind>>> {
    let Some(first) = inputs.first() else { return Ok(Vec::new()) };
    let width = first.schema().fields().len();
    if inputs.iter().any(|it| it.schema().fields().len() != width) {
        return plan_err!("both sides of a set operation must have as many columns");
    }
    (0..width)
        .map(|index| {
            let own = first.schema().field(index).data_type();
            if inputs.iter().all(|it| it.schema().field(index).data_type() == own) {
                return Ok(None);
            }
            let kinds = inputs.iter().map(|it| kind_at(it, index)).collect::<Result<Vec<_>>>()?;
            match functions::wider(&kinds) {
                Some(kind) => Ok(Some(kind)),
                None => plan_err!("values of these types do not meet"),
            }
        })
        .collect()
}

/// The kind of a column; a whole number in a select list is an int where it fits.
fn kind_at(plan: &LogicalPlan, index: usize) -> Result<Kind> {
    if let LogicalPlan::Projection(it) = plan
        && let Some(expr) = it.expr.get(index)
    {
        return kind_of(expr, it.input.schema());
    }
    match Kind::of(plan.schema().field(index).data_type()) {
        Some(kind) => Ok(kind),
        None => plan_err!("a value of this type cannot be used here"),
    }
}

/// The same rows with columns of these kinds.
pub(super) fn as_kinds(plan: Arc<LogicalPlan>, kinds: &[Option<Kind>]) -> Result<Arc<LogicalPlan>> {
    let fits = |(index, kind): (usize, &Option<Kind>)| {
        kind.is_none_or(|it| plan.schema().field(index).data_type() == &it.arrow())
    };
    if kinds.iter().enumerate().all(fits) {
        return Ok(plan);
    }
    let (exprs, input) = match plan.as_ref() {
        LogicalPlan::Projection(it) => (it.expr.clone(), Arc::clone(&it.input)),
        _ => {
            let columns = plan.schema().iter().map(|it| Expr::Column(Column::from(it)));
            (columns.collect(), Arc::clone(&plan))
        }
    };
    let schema = Arc::clone(input.schema());
    let exprs = exprs
        .into_iter()
        .zip(kinds)
        .map(|(expr, kind)| match kind {
            Some(kind) => named(expr, |it| coerce(it.unalias_nested().data, *kind, &schema)),
            None => Ok(expr),
        })
        .collect::<Result<_>>()?;
    Ok(Arc::new(LogicalPlan::Projection(Projection::try_new(exprs, input)?)))
}

/// Rows that are written out.
pub(super) fn values(
    Values { schema, values }: Values,
    around: &Around<'_>,
) -> Result<LogicalPlan> {
    let width = schema.fields().len();
    let mut columns: Vec<Vec<Expr>> = vec![Vec::new(); width];
    for row in values {
        if row.len() != width {
            return plan_err!("all rows must have as many values");
        }
        for (column, value) in columns.iter_mut().zip(row) {
            // What the planner has cast to a type of its own choice.
            let value = match value {
                Expr::Cast(Cast { expr, .. }) | Expr::TryCast(TryCast { expr, .. }) => *expr,
                other => other,
            };
            column.push(expression(value, around)?);
        }
    }
    let mut fields = Vec::new();
    let mut rows: Vec<Vec<Expr>> = Vec::new();
    for (column, field) in columns.into_iter().zip(schema.fields()) {
        let column = together(column, around.schema)?;
        let kind = match column.first() {
            Some(value) => value.get_type(around.schema)?,
            None => return plan_err!("VALUES without rows"),
        };
        fields.push(field.as_ref().clone().with_data_type(kind).with_nullable(true));
        rows.resize(column.len(), Vec::new());
        for (row, value) in rows.iter_mut().zip(column) {
            row.push(value);
        }
    }
    let schema = DFSchema::from_unqualified_fields(fields.into(), Default::default())?;
    Ok(LogicalPlan::Values(Values { schema: Arc::new(schema), values: rows }))
}
