//! What thresholds withhold, put together: a second plan, whose one row stands for all groups
//! below a threshold and itself passes every one. See `docs/decisions/0012-withheld-groups.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Column, JoinType, NullEquality, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr::Alias;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, Filter, Join, JoinConstraint, LogicalPlan, Projection, Sort,
    SubqueryAlias, lit,
};

use super::{RewriteError, scanned};
use crate::bound::{Bound, settled};
use crate::extract;
use crate::limits::with_stack;

/// The same query with the plan of its remainder, when it is of the shape that has one.
///
/// # Errors
///
/// When that plan cannot be built, has other columns than that of the query, or reads other tables.
pub fn remaindered(bound: Bound) -> Result<Bound, RewriteError> {
    let Some(plan) = remainder(&bound)? else { return Ok(bound) };
    if scanned(&plan)? != scanned(bound.plan())? {
        return Err(RewriteError::Lost("its tables"));
    }
    Ok(bound.with_remainder(Some(plan)))
}

/// The plan of the row that stands for the withheld groups: the same columns as the guarded plan
/// of the query, hidden counts too, and NULL in every key. It gives no row when what is withheld
/// does not pass every threshold, so none when nothing or one group alone is withheld.
///
/// `None` when the query is not guarded, or not of the shape: one grouped aggregate that holds
/// every threshold of the query, above it nothing but projections that leave keys as they are,
/// HAVING and ORDER BY, and below it nothing whose outcome hangs on the order of rows.
///
/// # Errors
///
/// When the plan cannot be built, or has other columns than that of the query.
fn remainder(bound: &Bound) -> Result<Option<LogicalPlan>, RewriteError> {
    // What is random would make other groups the second time.
    if bound.guards().is_empty() || is_volatile(bound.plan()) || !is_plain(bound) {
        return Ok(None);
    }
    with_stack(|| {
        let keyless = bound.guards().iter().map(|it| (it.name.clone(), it.keyless)).collect();
        let Some(built) = (Rest { keyless }).node(bound.plan()) else { return Ok(None) };
        let built = built.map_err(|_: DataFusionError| RewriteError::Planner)?.plan;
        let plan = settled(built, bound.now())?;
        extract::lineage(&plan, &BTreeSet::new()).map_err(|it| RewriteError::Left(it.0))?;
        let (ours, theirs) = (plan.schema().fields(), bound.plan().schema().fields());
        let same = ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(one, other)| {
                one.name() == other.name() && one.data_type() == other.data_type()
            });
        if same { Ok(Some(plan)) } else { Err(RewriteError::Lost("its output columns")) }
    })
}

fn is_volatile(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|it| {
            found |= it.is_volatile();
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    walked.is_err() || found
}

/// Whether the query has one aggregate, every threshold in it, and nothing that picks rows by
/// their order: then its groups are the same in a second plan.
fn is_plain(bound: &Bound) -> bool {
    let mut n_aggregates = 0;
    let mut picks = false;
    let walked = bound.plan().apply_with_subqueries(|node| {
        match node {
            LogicalPlan::Aggregate(_) => n_aggregates += 1,
            LogicalPlan::Window(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::Distinct(Distinct::On(_))
            | LogicalPlan::Sort(Sort { fetch: Some(_), .. }) => picks = true,
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    });
    let all_shown = bound.facts().lineage.guards.len() == bound.guards().len();
    walked.is_ok() && n_aggregates == 1 && !picks && all_shown
}

/// A rebuilt node, and which of its columns are keys of groups.
struct Rebuilt {
    plan: LogicalPlan,
    keys: BTreeSet<Column>,
}

struct Rest {
    /// What a row without keys must show, by the names of the hidden counts.
    keyless: BTreeMap<String, u32>,
}

impl Rest {
    /// Rebuilds the way from the output down to the aggregate; `None` for another shape.
    fn node(&self, plan: &LogicalPlan) -> Option<Result<Rebuilt, DataFusionError>> {
        match plan {
            // One row needs no order.
            LogicalPlan::Sort(Sort { input, fetch: None, .. }) => self.node(input),
            LogicalPlan::Filter(Filter { predicate, input, .. }) => {
                if let LogicalPlan::Aggregate(node) = input.as_ref() {
                    return self.is_guards(predicate).then(|| self.rest(predicate, node)).flatten();
                }
                let below = self.node(input)?;
                Some(below.and_then(|Rebuilt { plan, keys }| {
                    let plan = Filter::try_new(predicate.clone(), Arc::new(plan))?;
                    Ok(Rebuilt { plan: LogicalPlan::Filter(plan), keys })
                }))
            }
            LogicalPlan::Projection(Projection { expr, input, .. }) => match self.node(input)? {
                Ok(below) => projected(expr, below),
                Err(error) => Some(Err(error)),
            },
            LogicalPlan::SubqueryAlias(SubqueryAlias { input, alias, .. }) => {
                let below = self.node(input)?;
                Some(below.and_then(|Rebuilt { plan, keys }| {
                    let own = plan.schema().columns();
                    let places = own.iter().map(|it| keys.contains(it)).collect::<Vec<_>>();
                    let plan = SubqueryAlias::try_new(Arc::new(plan), alias.clone())?;
                    let plan = LogicalPlan::SubqueryAlias(plan);
                    let now = plan.schema().columns().into_iter().zip(places);
                    let keys = now.filter_map(|(it, is_key)| is_key.then_some(it)).collect();
                    Ok(Rebuilt { plan, keys })
                }))
            }
            _ => None,
        }
    }

    /// Whether a filter is nothing but the thresholds.
    fn is_guards(&self, predicate: &Expr) -> bool {
        let columns: BTreeSet<String> =
            predicate.column_refs().into_iter().map(|it| it.name.clone()).collect();
        columns.iter().eq(self.keyless.keys())
    }

    /// The aggregate over the rows of the groups that do not pass, without groups; with NULL for
    /// keys.
    fn rest(&self, predicate: &Expr, node: &Aggregate) -> Option<Result<Rebuilt, DataFusionError>> {
        let Aggregate { group_expr, aggr_expr, schema, .. } = node;
        let has_sets = group_expr.iter().any(|it| matches!(it, Expr::GroupingSet(_)));
        // Of a fraction, joining and grouping need not agree what is equal: 0 and -0, NaN.
        let keys = schema.fields().iter().take(group_expr.len());
        let has_fractions = keys.into_iter().any(|it| it.data_type().is_floating());
        // Of nothing but keys, the row would say no more than that it is there.
        let tells = aggr_expr.len() > self.keyless.len();
        let fits = !group_expr.is_empty() && !has_sets && !has_fractions && tells;
        let demand = self.keyless.iter().map(|(name, minimum)| {
            Expr::Column(Column::new_unqualified(name)).gt_eq(lit(i64::from(*minimum)))
        });
        let demand = conjunction(demand)?;
        fits.then(|| one_row(predicate, demand, node))
    }
}

/// A projection over the row, when what it makes of a key is the key.
fn projected(exprs: &[Expr], below: Rebuilt) -> Option<Result<Rebuilt, DataFusionError>> {
    let Rebuilt { plan, keys } = below;
    let is_of_keys = |it: &Expr| it.column_refs().into_iter().any(|it| keys.contains(it));
    let bare = |it: &Expr| {
        let mut inner = it;
        while let Expr::Alias(Alias { expr, .. }) = inner {
            inner = expr;
        }
        matches!(inner, Expr::Column(_))
    };
    if exprs.iter().any(|it| is_of_keys(it) && !bare(it)) {
        return None;
    }
    let places: Vec<bool> = exprs.iter().map(is_of_keys).collect();
    let built = Projection::try_new(exprs.to_vec(), Arc::new(plan)).map(|it| {
        let plan = LogicalPlan::Projection(it);
        let now = plan.schema().columns().into_iter().zip(places);
        let keys = now.filter_map(|(it, is_key)| is_key.then_some(it)).collect();
        Rebuilt { plan, keys }
    });
    Some(built)
}

/// `predicate` tells which groups pass, `demand` whether the row does.
fn one_row(predicate: &Expr, demand: Expr, node: &Aggregate) -> Result<Rebuilt, DataFusionError> {
    let Aggregate { input, group_expr, aggr_expr, schema, .. } = node;
    let columns = schema.columns();
    let (keys, calls) = columns.split_at_checked(group_expr.len()).unwrap_or((&[], &columns));
    let passing =
        Filter::try_new(predicate.clone(), Arc::new(LogicalPlan::Aggregate(node.clone())))?;
    let name = |place: usize| format!("__gb_key_{place}");
    let named = keys.iter().enumerate();
    let named = named.map(|(place, it)| Expr::Column(it.clone()).alias(name(place))).collect();
    let passing = Projection::try_new(named, Arc::new(LogicalPlan::Filter(passing)))?;
    let on = group_expr.iter().enumerate().map(|(place, it)| {
        (it.clone().unalias(), Expr::Column(Column::new_unqualified(name(place))))
    });
    let withheld = Join::try_new(
        Arc::clone(input),
        Arc::new(LogicalPlan::Projection(passing)),
        on.collect(),
        None,
        JoinType::LeftAnti,
        JoinConstraint::On,
        // Rows without a key are a group as well.
        NullEquality::NullEqualsNull,
        false,
    )?;
    let whole =
        Aggregate::try_new(Arc::new(LogicalPlan::Join(withheld)), Vec::new(), aggr_expr.clone())?;
    let guarded = Filter::try_new(demand, Arc::new(LogicalPlan::Aggregate(whole)))?;
    let mut shown = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let null = ScalarValue::try_from(schema.field(place).data_type())?;
        let relation = key.relation.clone();
        shown.push(Expr::Literal(null, None).alias_qualified(relation, key.name.as_str()));
    }
    shown.extend(calls.iter().cloned().map(Expr::Column));
    let shown = Projection::try_new(shown, Arc::new(LogicalPlan::Filter(guarded)))?;
    Ok(Rebuilt { plan: LogicalPlan::Projection(shown), keys: keys.iter().cloned().collect() })
}

#[cfg(test)]
mod tests {
    use glovebox_model::{ColumnName, ColumnType, TableName, Timestamp};

    use super::*;
    use crate::facts::ScanId;
    use crate::functions::trial::{NOW, Table, rows_of};
    use crate::rewrite::{GuardRequest, guard};
    use crate::{Schema, TableSchema, bind};

    const MINIMUM: usize = 3;

    fn guarded(sql: &str, table: &Table) -> Bound {
        let described = TableSchema { columns: table.described(), hidden: Vec::new() };
        let mut schema = Schema::default();
        schema.tables.insert(TableName::new("t").unwrap(), described);
        let bound = bind(sql, &schema, Timestamp::from_millis(NOW)).unwrap();
        let column = ColumnName::new("person").unwrap();
        let minimum = u32::try_from(MINIMUM).unwrap();
        let asked = [GuardRequest { scan: ScanId(0), column, minimum }];
        guard(bound, &asked).unwrap().into_total().unwrap()
    }

    /// Rows of (person, zip, amount), seeded; some without a key.
    fn table(seed: u64) -> (Table, Vec<(u64, Option<u64>, i64)>) {
        let mut state = seed;
        let mut draw = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let n_rows = 1 + draw(40);
        let rows: Vec<(u64, Option<u64>, i64)> = (0..n_rows)
            .map(|_| {
                let zip = draw(9);
                (draw(10), (zip > 0).then_some(zip), i64::try_from(draw(50)).unwrap())
            })
            .collect();
        let leaked = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        let columns = vec![
            ("person", ColumnType::String),
            ("zip", ColumnType::Bigint),
            ("amount", ColumnType::Bigint),
        ];
        let texts = rows.iter().map(|(person, zip, amount)| {
            let zip = zip.map_or("NULL".to_owned(), |it| it.to_string());
            vec![leaked(person.to_string()), leaked(zip), leaked(amount.to_string())]
        });
        (Table { columns, rows: texts.collect() }, rows)
    }

    #[test]
    fn the_row_is_the_aggregate_over_what_is_withheld_and_passes_itself() {
        let sql = "SELECT zip AS z, SUM(amount) AS s, COUNT(DISTINCT person) AS n FROM t \
                   GROUP BY zip ORDER BY s";
        let (mut shown, mut silent) = (0, 0);
        for seed in 1..120 {
            let (table, rows) = table(seed);
            let bound = guarded(sql, &table);
            let plan = remainder(&bound).unwrap().unwrap();
            let tables = [("t", &table)];
            let passing = rows_of(bound.plan().clone(), &tables).unwrap();
            let found = rows_of(plan, &tables).unwrap();
            let mut groups: BTreeMap<Option<u64>, BTreeSet<u64>> = BTreeMap::new();
            for (person, zip, _) in &rows {
                groups.entry(*zip).or_default().insert(*person);
            }
            groups.retain(|_, people| people.len() < MINIMUM);
            let rest: Vec<_> = rows.iter().filter(|it| groups.contains_key(&it.1)).collect();
            let people: BTreeSet<u64> = rest.iter().map(|it| it.0).collect();
            let sum: i64 = rest.iter().map(|it| it.2).sum();
            if people.len() < MINIMUM {
                assert!(found.is_empty(), "{seed}: {found:?}");
                silent += 1;
                continue;
            }
            let people = people.len().to_string();
            assert_eq!(found, [["NULL", &sum.to_string(), &people, &people]], "{seed}");
            assert!(groups.len() > 1, "{seed}: one group alone is never shown");
            // Together they are the whole.
            let all = passing.iter().chain(&found).map(|it| it[1].parse::<i64>().unwrap());
            assert_eq!(all.sum::<i64>(), rows.iter().map(|it| it.2).sum::<i64>(), "{seed}");
            shown += 1;
        }
        assert!(shown > 20 && silent > 10, "{shown} {silent}");
    }

    #[test]
    fn other_shapes_have_no_such_row() {
        let (table, _) = table(7);
        for sql in [
            "SELECT SUM(amount) AS s FROM t",
            "SELECT COALESCE(zip, 0) AS z, SUM(amount) AS s FROM t GROUP BY zip",
            "SELECT zip / 2.5e0 AS z, SUM(amount) AS s FROM t GROUP BY zip / 2.5e0",
        ] {
            assert!(remainder(&guarded(sql, &table)).unwrap().is_none(), "{sql}");
        }
        for sql in [
            "SELECT SUM(amount) AS s FROM t GROUP BY zip HAVING SUM(amount) > 5",
            "SELECT zip % 2 AS z, SUM(amount) AS s FROM t GROUP BY zip % 2",
        ] {
            assert!(remainder(&guarded(sql, &table)).unwrap().is_some(), "{sql}");
        }
    }
}
