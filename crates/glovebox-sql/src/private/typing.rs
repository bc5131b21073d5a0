//! Whom the rows of a node are about.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, DFSchema};
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, ExprSchemable, Filter, LogicalPlan, Projection, Sort, SubqueryAlias,
    TableScan, Union, Window,
};
use glovebox_model::TableName;

use super::expression::{check, is_identifier};
use super::join::join;
use super::window::without_ties;
use super::{PrivateFault, PrivateRequest, PrivateTable};
use crate::functions::{AggregateClass, aggregate_class};

/// The rows of a node.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    /// They are the same whoever is in the protected tables.
    Public,
    /// Each row is about one user and depends on that user's rows and on public ones only.
    Users {
        /// The columns that hold the identifier, which is never NULL; at least one.
        identifiers: Vec<Column>,
        /// Where the identifiers are from.
        population: usize,
    },
}

/// A node that was typed; rows without a user are filtered out of it.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) plan: LogicalPlan,
    pub(super) rows: Rows,
}

impl Typed {
    pub(super) fn public(plan: LogicalPlan) -> Self {
        Self { plan, rows: Rows::Public }
    }

    /// The same rows over another node whose columns stand at the same places.
    fn over(self, plan: LogicalPlan) -> Result<Self, PrivateFault> {
        let rows = match self.rows {
            Rows::Public => Rows::Public,
            Rows::Users { identifiers, population } => {
                let before = self.plan.schema().columns();
                let moved = identifiers.iter().map(|column| {
                    let index = before.iter().position(|it| it == column)?;
                    plan.schema().columns().get(index).cloned()
                });
                let identifiers = moved.collect::<Option<_>>().ok_or(PrivateFault::Rewrite)?;
                Rows::Users { identifiers, population }
            }
        };
        Ok(Self { plan, rows })
    }
}

/// Types a node and all below it.
pub(super) fn node(plan: &LogicalPlan, request: &PrivateRequest) -> Result<Typed, PrivateFault> {
    match plan {
        LogicalPlan::TableScan(it) => scan(it, request),
        LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => {
            check_all(plan, request)?;
            Ok(Typed::public(plan.clone()))
        }
        LogicalPlan::SubqueryAlias(SubqueryAlias { input, alias, .. }) => {
            let below = node(input, request)?;
            let input = Arc::new(below.plan.clone());
            let plan = built(SubqueryAlias::try_new(input, alias.clone()))?;
            below.over(LogicalPlan::SubqueryAlias(plan))
        }
        LogicalPlan::Filter(Filter { predicate, input, .. }) => {
            check_all(plan, request)?;
            let below = node(input, request)?;
            let plan = Filter::try_new(predicate.clone(), Arc::new(below.plan.clone()));
            let plan = LogicalPlan::Filter(built(plan)?);
            below.over(plan)
        }
        LogicalPlan::Sort(it) => sort(it, request),
        LogicalPlan::Limit(it) => match node(&it.input, request)?.rows {
            Rows::Public => Ok(Typed::public(plan.clone())),
            Rows::Users { .. } => Err(PrivateFault::Limit),
        },
        LogicalPlan::Projection(it) => projection(it, plan, request),
        LogicalPlan::Distinct(Distinct::All(input)) => {
            let below = node(input, request)?;
            let plan = LogicalPlan::Distinct(Distinct::All(Arc::new(below.plan.clone())));
            below.over(plan)
        }
        LogicalPlan::Union(it) => union(it, request),
        LogicalPlan::Join(it) => {
            check_all(plan, request)?;
            join(it, node(&it.left, request)?, node(&it.right, request)?)
        }
        LogicalPlan::Aggregate(it) => aggregate(it, plan, request),
        LogicalPlan::Window(it) => window(it, plan, request),
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
        | LogicalPlan::Subquery(_)
        | LogicalPlan::Unnest(_) => Err(PrivateFault::Construct("this construct")),
    }
}

pub(super) fn built<T>(made: datafusion::error::Result<T>) -> Result<T, PrivateFault> {
    made.map_err(|_| PrivateFault::Rewrite)
}

fn check_all(plan: &LogicalPlan, request: &PrivateRequest) -> Result<(), PrivateFault> {
    plan.expressions().iter().try_for_each(|it| check(it, request))
}

fn scan(scan: &TableScan, request: &PrivateRequest) -> Result<Typed, PrivateFault> {
    let name = TableName::new(scan.table_name.table()).map_err(|_| PrivateFault::Rewrite)?;
    if scan.projection.is_some() || !scan.filters.is_empty() || scan.fetch.is_some() {
        return Err(PrivateFault::Rewrite);
    }
    let plan = LogicalPlan::TableScan(scan.clone());
    match request.tables.get(&name) {
        None => Err(PrivateFault::Table(name)),
        Some(PrivateTable::Public) => Ok(Typed::public(plan)),
        Some(PrivateTable::Users { identifier, population, .. }) => {
            let column = Column::new(Some(scan.table_name.clone()), identifier.as_str());
            if !plan.schema().has_column(&column) {
                return Err(PrivateFault::Rewrite);
            }
            let rows = Rows::Users { identifiers: vec![column], population: *population };
            present(Typed { plan, rows })
        }
    }
}

/// Without the rows that have no user.
pub(super) fn present(typed: Typed) -> Result<Typed, PrivateFault> {
    let Rows::Users { identifiers, .. } = &typed.rows else { return Ok(typed) };
    let first = identifiers.first().ok_or(PrivateFault::Rewrite)?;
    let known = Expr::Column(first.clone()).is_not_null();
    let plan = built(Filter::try_new(known, Arc::new(typed.plan)))?;
    Ok(Typed { plan: LogicalPlan::Filter(plan), rows: typed.rows })
}

fn sort(it: &Sort, request: &PrivateRequest) -> Result<Typed, PrivateFault> {
    it.expr.iter().try_for_each(|key| check(&key.expr, request))?;
    let below = node(&it.input, request)?;
    match (&below.rows, it.fetch) {
        (Rows::Public, _) => Ok(Typed::public(LogicalPlan::Sort(it.clone()))),
        (Rows::Users { .. }, Some(_)) => Err(PrivateFault::Limit),
        // The order of rows reaches nothing that is released.
        (Rows::Users { .. }, None) => Ok(below),
    }
}

fn projection(
    it: &Projection,
    plan: &LogicalPlan,
    request: &PrivateRequest,
) -> Result<Typed, PrivateFault> {
    check_all(plan, request)?;
    let below = node(&it.input, request)?;
    let input = Arc::new(below.plan.clone());
    let made = LogicalPlan::Projection(built(Projection::try_new(it.expr.clone(), input))?);
    let Rows::Users { identifiers, population } = below.rows else {
        return Ok(Typed::public(made));
    };
    let kept = kept(&it.expr, &identifiers, &made);
    if kept.is_empty() {
        return Err(PrivateFault::NotUserLevel("an inner SELECT leaves the user identifier out"));
    }
    Ok(Typed { plan: made, rows: Rows::Users { identifiers: kept, population } })
}

/// The columns of `made` that are one of the identifiers and nothing else.
fn kept(exprs: &[Expr], identifiers: &[Column], made: &LogicalPlan) -> Vec<Column> {
    let columns = made.schema().columns();
    let named = exprs.iter().zip(columns);
    named.filter(|(expr, _)| is_identifier(expr, identifiers)).map(|(_, it)| it).collect()
}

fn union(it: &Union, request: &PrivateRequest) -> Result<Typed, PrivateFault> {
    let typed = it.inputs.iter().map(|it| node(it, request)).collect::<Result<Vec<_>, _>>()?;
    let inputs = typed.iter().map(|it| Arc::new(it.plan.clone())).collect();
    let plan = LogicalPlan::Union(built(Union::try_new(inputs))?);
    let columns = plan.schema().columns();
    let mut places: Option<(Vec<usize>, usize)> = None;
    let n_public = typed.iter().filter(|it| matches!(it.rows, Rows::Public)).count();
    if n_public == typed.len() {
        return Ok(Typed::public(plan));
    }
    for Typed { plan, rows } in &typed {
        let Rows::Users { identifiers, population } = rows else {
            return Err(PrivateFault::SetOperation);
        };
        let own = plan.schema().columns();
        let at = |it: &Column| own.iter().position(|own| own == it);
        let own: Vec<usize> = identifiers.iter().filter_map(at).collect();
        places = Some(match places {
            None => (own, *population),
            Some((_, other)) if other != *population => return Err(PrivateFault::Populations),
            Some((all, same)) => (all.into_iter().filter(|it| own.contains(it)).collect(), same),
        });
    }
    let (places, population) = places.ok_or(PrivateFault::SetOperation)?;
    let identifiers: Vec<Column> =
        places.iter().filter_map(|it| columns.get(*it).cloned()).collect();
    if identifiers.is_empty() {
        return Err(PrivateFault::NotUserLevel(
            "the user identifier does not stand at the same place of every SELECT of a UNION",
        ));
    }
    Ok(Typed { plan, rows: Rows::Users { identifiers, population } })
}

fn aggregate(
    it: &Aggregate,
    plan: &LogicalPlan,
    request: &PrivateRequest,
) -> Result<Typed, PrivateFault> {
    check_all(plan, request)?;
    let below = node(&it.input, request)?;
    let input = Arc::new(below.plan.clone());
    let made = Aggregate::try_new(input, it.group_expr.clone(), it.aggr_expr.clone());
    let made = LogicalPlan::Aggregate(built(made)?);
    let Rows::Users { identifiers, population } = below.rows else {
        return Ok(Typed::public(made));
    };
    if it.group_expr.iter().any(|it| matches!(it, Expr::GroupingSet(_))) {
        return Err(PrivateFault::Construct("GROUPING SETS, ROLLUP and CUBE"));
    }
    it.aggr_expr.iter().try_for_each(|call| exact(call, it.input.schema()))?;
    let kept = kept(&it.group_expr, &identifiers, &made);
    if kept.is_empty() {
        return Err(PrivateFault::NotUserLevel(
            "an inner query aggregates without grouping by the user identifier",
        ));
    }
    Ok(Typed { plan: made, rows: Rows::Users { identifiers: kept, population } })
}

/// Sums of doubles are rounded in the order of addition, which the rows of others can change.
fn exact(call: &Expr, schema: &DFSchema) -> Result<(), PrivateFault> {
    let call = call.clone().unalias_nested().data;
    let (name, arguments) = match &call {
        Expr::AggregateFunction(it) => (it.func.name(), &it.params.args),
        Expr::WindowFunction(it) => (it.fun.name(), &it.params.args),
        _ => return Ok(()),
    };
    let is_float = |it: &Expr| {
        let kind = it.get_type(schema);
        kind.is_ok_and(|it| matches!(it, DataType::Float32 | DataType::Float64))
    };
    let is_sum = matches!(name, "sum" | "avg") && arguments.iter().any(is_float);
    let is_moment = aggregate_class(name) == Some(AggregateClass::Moment);
    if is_sum || is_moment {
        return Err(PrivateFault::Construct(
            "sums of floating-point numbers within an inner query (cast them to DECIMAL)",
        ));
    }
    Ok(())
}

fn window(
    it: &Window,
    plan: &LogicalPlan,
    request: &PrivateRequest,
) -> Result<Typed, PrivateFault> {
    check_all(plan, request)?;
    let below = node(&it.input, request)?;
    let Rows::Users { identifiers, population } = below.rows else {
        let made = Window::try_new(it.window_expr.clone(), Arc::new(below.plan));
        return Ok(Typed::public(LogicalPlan::Window(built(made)?)));
    };
    let within_one = |it: &Expr| match it.clone().unalias_nested().data {
        Expr::WindowFunction(it) => {
            it.params.partition_by.iter().any(|it| is_identifier(it, &identifiers))
        }
        _ => false,
    };
    if !it.window_expr.iter().all(within_one) {
        return Err(PrivateFault::Window);
    }
    it.window_expr.iter().try_for_each(|call| exact(call, it.input.schema()))?;
    // All functions of one node have one order: those whose order has grown get a node of their
    // own above the others, and the columns then go back to their places.
    let mut nodes: [Vec<Expr>; 2] = Default::default();
    for call in &it.window_expr {
        let ordered = without_ties(call, &below.plan)?;
        let [kept, grown] = &mut nodes;
        if ordered == *call { kept.push(ordered) } else { grown.push(ordered) }
    }
    let mut made = below.plan.clone();
    for exprs in nodes.into_iter().filter(|it| !it.is_empty()) {
        made = LogicalPlan::Window(built(Window::try_new(exprs, Arc::new(made)))?);
    }
    let columns = it.schema.columns().into_iter().map(Expr::Column).collect();
    let made = LogicalPlan::Projection(built(Projection::try_new(columns, Arc::new(made)))?);
    Ok(Typed { plan: made, rows: Rows::Users { identifiers, population } })
}
