//! The plan above the aggregate once more, with an interval beside each number.
//!
//! The table of released numbers has two more columns for each cell: the ends of its interval.
//! They are handed up beside what is done to the number, as far as that is linear by a constant;
//! whatever else is done to it leaves no interval, and NULL says so. The rows, their order and the
//! columns of the query are those of the plain plan.

// Proof: beside.proof.md

mod linear;
mod names;

use std::sync::Arc;

use datafusion::common::{Column, ScalarValue};
use datafusion::logical_expr::{Aggregate, Distinct, Expr, LogicalPlan, Projection, when};

use super::PrivateFault;
use super::split::released;
use super::typing::built;
use linear::ends;

/// The plan above the aggregate, with intervals.
#[derive(Clone)]
pub struct WithIntervals {
    /// Over one table of the keys, the cells, and of each cell a low and a high end.
    pub plan: LogicalPlan,
    /// Its columns behind those of the query: of each number a low and a high end.
    pub names: Vec<String>,
}

impl std::fmt::Debug for WithIntervals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WithIntervals").field("names", &self.names).finish_non_exhaustive()
    }
}

/// What is known of a column above the aggregate.
#[derive(Debug, Clone)]
enum Told<T = Column> {
    /// Nothing that was released is in it: a key or a constant.
    Exact,
    /// A released number, or something made of some; with its interval, if it is known.
    Noisy(Option<Ends<T>>),
}

/// The ends of an interval.
#[derive(Debug, Clone)]
struct Ends<T> {
    low: T,
    high: T,
}

/// A node of the plan, with what is known of each column that the plain plan has there.
struct Node {
    plan: LogicalPlan,
    told: Vec<Told>,
}

/// The columns of the interval of the column at a place.
fn ends_at(index: usize) -> [String; 2] {
    [format!("__gb_low_{index}"), format!("__gb_high_{index}")]
}

/// What stands above `aggregate` in `whole`, with intervals.
pub(super) fn beside(
    whole: &LogicalPlan,
    aggregate: &Aggregate,
) -> Result<WithIntervals, PrivateFault> {
    let Node { plan, told } = node(whole, aggregate)?;
    let mut columns = shown(whole)?;
    let visible: Vec<&str> = whole.schema().fields().iter().map(|it| it.name().as_str()).collect();
    let (mut taken, mut names) = (names::Taken::of(&visible), Vec::new());
    let kinds = whole.schema().fields().iter().map(|it| it.data_type());
    let numbers = kinds.zip(told).enumerate().filter(|(_, (kind, _))| kind.is_numeric());
    for (index, (_, told)) in numbers {
        let Told::Noisy(ends) = told else { continue };
        let value = columns.get(index).cloned().ok_or(PrivateFault::Rewrite)?;
        let [low, high] = match ends {
            Some(Ends { low, high }) => [Expr::Column(low), Expr::Column(high)],
            None => [nothing(), nothing()],
        };
        let name = visible.get(index).copied().unwrap_or_default();
        for (end, suffix) in [(low, "low"), (high, "high")] {
            let name = taken.free(name, suffix);
            // What has no value has no interval, by whatever it became NULL.
            let shown = built(when(value.clone().is_not_null(), end).end())?;
            columns.push(shown.alias(name.clone()));
            names.push(name);
        }
    }
    let plan = built(Projection::try_new(columns, Arc::new(plan)).map(LogicalPlan::Projection))?;
    Ok(WithIntervals { plan, names })
}

fn nothing() -> Expr {
    Expr::Literal(ScalarValue::Float64(None), None)
}

/// The columns of a node of the plain plan.
fn shown(plain: &LogicalPlan) -> Result<Vec<Expr>, PrivateFault> {
    let columns = plain.schema().columns();
    if columns.is_empty() {
        return Err(PrivateFault::Rewrite);
    }
    Ok(columns.into_iter().map(Expr::Column).collect())
}

fn node(plain: &LogicalPlan, aggregate: &Aggregate) -> Result<Node, PrivateFault> {
    if let LogicalPlan::Aggregate(_) = plain {
        return base(aggregate);
    }
    let [input] = plain.inputs().try_into().map_err(|_| PrivateFault::Rewrite)?;
    let Node { plan: below, told } = node(input, aggregate)?;
    match plain {
        LogicalPlan::Projection(it) => projected(it, below, &told),
        LogicalPlan::Distinct(Distinct::All(_)) => {
            // With intervals among its columns it would tell apart what is equal.
            let only = Projection::try_new(shown(input)?, Arc::new(below));
            let only = built(only.map(LogicalPlan::Projection))?;
            let told = told.into_iter().map(|it| match it {
                Told::Exact => Told::Exact,
                Told::Noisy(_) => Told::Noisy(None),
            });
            Ok(Node { plan: over(plain, only)?, told: told.collect() })
        }
        LogicalPlan::SubqueryAlias(it) => {
            let named = |Column { name, .. }| Column::new(Some(it.alias.clone()), name);
            let told = told.into_iter().map(|it| match it {
                Told::Noisy(Some(Ends { low, high })) => {
                    Told::Noisy(Some(Ends { low: named(low), high: named(high) }))
                }
                other => other,
            });
            Ok(Node { plan: over(plain, below)?, told: told.collect() })
        }
        LogicalPlan::Window(it) => {
            // Which rows there are is noisy by itself.
            let own = it.window_expr.iter().map(|_| Told::Noisy(None));
            let told = told.into_iter().chain(own).collect();
            Ok(Node { plan: over(plain, below)?, told })
        }
        LogicalPlan::Filter(_) | LogicalPlan::Sort(_) | LogicalPlan::Limit(_) => {
            Ok(Node { plan: over(plain, below)?, told })
        }
        _ => Err(PrivateFault::Rewrite),
    }
}

/// The same node over another input.
fn over(plain: &LogicalPlan, input: LogicalPlan) -> Result<LogicalPlan, PrivateFault> {
    let rebuilt = plain.with_new_exprs(plain.expressions(), vec![input]);
    built(rebuilt.and_then(LogicalPlan::recompute_schema))
}

/// The released table: keys, cells, and the ends of the cells.
fn base(aggregate: &Aggregate) -> Result<Node, PrivateFault> {
    let n_keys = aggregate.group_expr.len();
    let n_columns = aggregate.schema.fields().len();
    let ends: Vec<String> = (n_keys..n_columns).flat_map(ends_at).collect();
    let plan = released(aggregate, &ends)?;
    let told = (0..n_columns).map(|index| {
        let [low, high] = ends_at(index).map(Column::new_unqualified);
        if index < n_keys { Told::Exact } else { Told::Noisy(Some(Ends { low, high })) }
    });
    Ok(Node { plan, told: told.collect() })
}

fn projected(plain: &Projection, below: LogicalPlan, told: &[Told]) -> Result<Node, PrivateFault> {
    let (mut exprs, mut found) = (plain.expr.clone(), Vec::new());
    for (index, expr) in plain.expr.iter().enumerate() {
        found.push(match ends(expr, &plain.input, told) {
            Told::Exact => Told::Exact,
            Told::Noisy(None) => Told::Noisy(None),
            Told::Noisy(Some(Ends { low, high })) => {
                let [low_name, high_name] = ends_at(index);
                exprs.push(low.alias(low_name.clone()));
                exprs.push(high.alias(high_name.clone()));
                let (low, high) =
                    (Column::new_unqualified(low_name), Column::new_unqualified(high_name));
                Told::Noisy(Some(Ends { low, high }))
            }
        });
    }
    let plan = Projection::try_new(exprs, Arc::new(below)).map(LogicalPlan::Projection);
    Ok(Node { plan: built(plan)?, told: found })
}
