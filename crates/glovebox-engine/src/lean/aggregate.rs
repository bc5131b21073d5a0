//! Distinct counts of an aggregation.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::{Column, Result};
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::logical_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder};

use super::Known;
use super::at_least;
use super::equal::{Origin, origin};
use super::fingerprint::can;
use super::mark::Mark;
use super::technique::Technique;
use crate::session::Profile;

/// COUNT of a column.
pub(super) struct Counted<'a> {
    pub(super) column: &'a Column,
    pub(super) is_distinct: bool,
    pub(super) filter: Option<&'a Expr>,
}

/// Whether an aggregate is a COUNT of a column.
pub(super) fn counted(expr: &Expr) -> Option<Counted<'_>> {
    let expr = if let Expr::Alias(it) = expr { &it.expr } else { expr };
    let Expr::AggregateFunction(AggregateFunction { func, params }) = expr else { return None };
    let AggregateFunctionParams { args, distinct, filter, order_by, null_treatment: None } = params
    else {
        return None;
    };
    let [Expr::Column(column)] = args.as_slice() else { return None };
    let is_count = order_by.is_empty() && **func == *count_udaf();
    is_count.then_some(Counted { column, is_distinct: *distinct, filter: filter.as_deref() })
}

/// The distinct counts of one column, or of columns that are equal.
struct Distinct {
    column: Column,
    /// Their places among the aggregates.
    places: Vec<usize>,
    /// What each must reach at most; `None` if one is needed as it is.
    minimum: Option<i64>,
}

/// Columns for which one aggregation marks rows at most: each may part its rows anew.
const MARKED: usize = 3;
/// A distinct count that is compared with more is not stopped.
const MOST: i64 = 10_000;

impl Known<'_> {
    pub(super) fn does(&self, technique: Technique) -> bool {
        self.techniques.contains(&technique)
    }

    /// Whether rows are marked for distinct counts. A single group needs one set, which two
    /// partitions make faster than rows are parted by value; where memory is short a set is too
    /// large all the same.
    fn marks(&self, groups: &[Column]) -> bool {
        let is_one = groups.is_empty() && self.profile == Profile::Hash;
        self.does(Technique::Marks) && !is_one
    }

    /// The same groups with the same aggregates, by the same names.
    pub(super) fn aggregate(
        &self,
        node: Aggregate,
        minimums: &[Option<i64>],
    ) -> Result<LogicalPlan> {
        let distincts = distincts(&node, minimums, self.does(Technique::Equal));
        if distincts.is_empty() {
            return Ok(LogicalPlan::Aggregate(node));
        }
        let names: Vec<String> = names(&node).cloned().collect();
        let groups = groups(&node);
        let Aggregate { input, group_expr, mut aggr_expr, .. } = node;
        let mut input = input;
        let mut replaced = BTreeMap::new();
        let mut marked = 0;
        for distinct in distincts {
            let column = distinct.column.clone();
            let first = distinct.places.first().copied().unwrap_or_default();
            let stops = |it: &i64| *it <= MOST && self.does(Technique::Minimums);
            let lean = match (distinct.minimum.filter(stops), &groups) {
                (Some(minimum), _) => at_least::call(self.key, column, minimum),
                (None, Some(groups)) if marked < MARKED && self.marks(groups) => {
                    let name = format!("mark of {}", names.get(first).map_or("", String::as_str));
                    marked += 1;
                    let groups = groups.clone();
                    let mark = Mark::new(input, (column.clone(), groups, name), self)?;
                    let is_marked = mark.column();
                    input = Arc::new(mark.into_plan());
                    counted_if(column, is_marked)
                }
                (None, _) if distinct.places.len() > 1 => counted_once(column),
                (None, _) => continue,
            };
            for place in distinct.places {
                replaced.insert(place, first);
                if let (Some(it), Some(name)) = (aggr_expr.get_mut(place), names.get(place)) {
                    *it = lean.clone().alias(name);
                }
            }
        }
        rebuilt((input, group_expr, aggr_expr), &names, &replaced)
    }
}

/// The aggregation without those aggregates that another one gives, and these above it.
fn rebuilt(
    (input, groups, aggregates): (Arc<LogicalPlan>, Vec<Expr>, Vec<Expr>),
    names: &[String],
    replaced: &BTreeMap<usize, usize>,
) -> Result<LogicalPlan> {
    let n_groups = groups.len();
    let is_kept = |place: &usize| replaced.get(place).is_none_or(|it| it == place);
    let kept = aggregates.into_iter().enumerate().filter(|(place, _)| is_kept(place));
    let kept = kept.map(|it| it.1).collect();
    let lean = LogicalPlan::Aggregate(Aggregate::try_new(input, groups, kept)?);
    if (0..names.len()).all(|it| is_kept(&it)) {
        return Ok(lean);
    }
    let mut shown: Vec<Expr> =
        lean.schema().iter().take(n_groups).map(|it| Expr::Column(it.into())).collect();
    for (place, name) in names.iter().enumerate() {
        let from = replaced.get(&place).and_then(|it| names.get(*it)).unwrap_or(name);
        let column = Expr::Column(Column::new_unqualified(from));
        shown.push(if from == name { column } else { column.alias(name) });
    }
    LogicalPlanBuilder::from(lean).project(shown)?.build()
}

/// The names of the aggregates.
fn names(node: &Aggregate) -> impl Iterator<Item = &String> {
    node.schema.fields().iter().skip(node.group_expr.len()).map(|it| it.name())
}

/// The grouping columns, if they are columns whose values have fingerprints.
fn groups(node: &Aggregate) -> Option<Vec<Column>> {
    let schema = node.input.schema();
    let group = |it: &Expr| match it {
        Expr::Column(it) => {
            let index = schema.index_of_column(it).ok()?;
            can(schema.field(index).data_type()).then(|| it.clone())
        }
        _ => None,
    };
    node.group_expr.iter().map(group).collect()
}

/// The distinct counts without a filter; those of equal columns together, if these are `joined`.
fn distincts(node: &Aggregate, minimums: &[Option<i64>], joined: bool) -> Vec<Distinct> {
    let schema = node.input.schema();
    let mut found: Vec<(Origin, Distinct)> = Vec::new();
    for (place, expr) in node.aggr_expr.iter().enumerate() {
        let Some(Counted { column, is_distinct: true, filter: None }) = counted(expr) else {
            continue;
        };
        let Ok(index) = schema.index_of_column(column) else { continue };
        if !can(schema.field(index).data_type()) {
            continue;
        }
        let from = if joined { origin(&node.input, index) } else { (0, index) };
        let minimum = minimums.get(place).copied().flatten();
        match found.iter_mut().find(|it| it.0 == from) {
            Some((_, known)) => {
                known.places.push(place);
                known.minimum = known.minimum.zip(minimum).map(|(a, b)| a.max(b));
            }
            None => {
                let column = column.clone();
                found.push((from, Distinct { column, places: vec![place], minimum }));
            }
        }
    }
    found.into_iter().map(|it| it.1).collect()
}

fn count(column: Column, distinct: bool, filter: Option<Box<Expr>>) -> Expr {
    let args = vec![Expr::Column(column)];
    let call = AggregateFunction::new_udf(count_udaf(), args, distinct, filter, Vec::new(), None);
    Expr::AggregateFunction(call)
}

fn counted_once(column: Column) -> Expr {
    count(column, true, None)
}

fn counted_if(column: Column, mark: Column) -> Expr {
    count(column, false, Some(Box::new(Expr::Column(mark))))
}
