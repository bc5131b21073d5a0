//! The canonical form of a plan, and its digest: the same in every process and on every machine.

use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::{GroupingSet, NullTreatment, Sort as SortKey};
use datafusion::logical_expr::{Distinct, Expr, LogicalPlan, Subquery};
use glovebox_model::{Digest, Timestamp};

use crate::bound::{Bound, settled};
use crate::limits::with_stack;

/// The digest of what would be executed: every node, expression, type, scan and moment.
pub fn digest(bound: &Bound) -> Digest {
    of(bound, bound.plan(), Some(bound.now()))
}

/// The digest of what is asked: that of the plan, in which the moment counts only where the text
/// asks for it. The same text asked twice is the same question, unless it tells the time.
pub fn question_digest(bound: &Bound) -> Digest {
    // The moment stands in a settled plan as the literals that it gives.
    match with_stack(|| settled(bound.plan().clone(), bound.now())) {
        Ok(plan) => of(bound, &plan, None),
        Err(_) => digest(bound),
    }
}

fn of(bound: &Bound, plan: &LogicalPlan, moment: Option<Timestamp>) -> Digest {
    let mut canon = Canon::default();
    canon.text("glovebox plan 1");
    canon.number(bound.guards().len());
    for guard in bound.guards() {
        canon.number(guard.output_index);
        canon.number(usize::try_from(guard.minimum).unwrap_or(usize::MAX));
        canon.flag(guard.may_be_absent);
    }
    match moment {
        Some(moment) => canon.text(&moment.as_millis().to_string()),
        None => canon.text("whenever"),
    }
    with_stack(|| canon.node(plan));
    canon.schema(plan.schema());
    // A plan without checks has the digest that it had before there were any.
    for check in bound.checks() {
        canon.text("check");
        canon.text(check.table().as_str());
        canon.number(usize::try_from(check.limit()).unwrap_or(usize::MAX));
        with_stack(|| canon.node(check.plan()));
    }
    if let Some(remainder) = bound.remainder() {
        canon.text("remainder");
        with_stack(|| canon.node(remainder));
    }
    Digest::of(&canon.bytes)
}

/// Bytes in which no two different plans look the same: every text has its length before it,
/// every list its number of items.
#[derive(Debug, Default)]
struct Canon {
    bytes: Vec<u8>,
}

impl Canon {
    fn number(&mut self, number: usize) {
        self.bytes.extend_from_slice(&u64::try_from(number).unwrap_or(u64::MAX).to_be_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.bytes.push(u8::from(flag));
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn schema(&mut self, schema: &DFSchema) {
        self.number(schema.fields().len());
        for (qualifier, field) in schema.iter() {
            self.text(&qualifier.map(ToString::to_string).unwrap_or_default());
            self.text(field.name());
            self.text(&field.data_type().to_string());
            self.flag(field.is_nullable());
        }
    }

    fn node(&mut self, plan: &LogicalPlan) {
        self.head(plan);
        let mut exprs = Vec::new();
        // Neither walk can fail: the closures never do.
        let _: Result<_, _> = plan.apply_expressions(|expr| {
            exprs.push(expr.clone());
            Ok(TreeNodeRecursion::Continue)
        });
        self.number(exprs.len());
        exprs.iter().for_each(|it| self.expr(it));
        let inputs = plan.inputs();
        self.number(inputs.len());
        inputs.into_iter().for_each(|it| self.node(it));
    }

    /// What a node is, apart from its expressions and inputs.
    fn head(&mut self, plan: &LogicalPlan) {
        match plan {
            LogicalPlan::Aggregate(node) => {
                self.text("aggregate");
                self.number(node.group_expr.len());
            }
            LogicalPlan::Distinct(Distinct::All(_)) => self.text("distinct"),
            LogicalPlan::Distinct(Distinct::On(node)) => {
                self.text("distinct on");
                self.number(node.on_expr.len());
                self.number(node.select_expr.len());
                self.sorts(node.sort_expr.as_deref().unwrap_or_default());
            }
            LogicalPlan::EmptyRelation(node) => {
                self.text("empty");
                self.flag(node.produce_one_row);
                self.schema(&node.schema);
            }
            LogicalPlan::Filter(_) => self.text("filter"),
            LogicalPlan::Join(node) => {
                self.text("join");
                self.text(&node.join_type.to_string());
                self.number(node.on.len());
                self.flag(node.filter.is_some());
                self.text(&format!("{:?}", node.null_equality));
                self.flag(node.null_aware);
            }
            LogicalPlan::Limit(node) => {
                self.text("limit");
                self.flag(node.skip.is_some());
                self.flag(node.fetch.is_some());
            }
            LogicalPlan::Projection(_) => self.text("projection"),
            LogicalPlan::Sort(node) => {
                self.text("sort");
                self.sorts(&node.expr);
                self.text(&format!("{:?}", node.fetch));
            }
            LogicalPlan::SubqueryAlias(node) => {
                self.text("alias");
                self.text(&node.alias.to_string());
            }
            LogicalPlan::TableScan(node) => {
                self.text("scan");
                self.text(&node.table_name.to_string());
                self.schema(&node.projected_schema);
                self.text(&format!("{:?} {:?}", node.projection, node.fetch));
            }
            LogicalPlan::Union(node) => {
                self.text("union");
                self.schema(&node.schema);
            }
            LogicalPlan::Values(node) => {
                self.text("values");
                self.schema(&node.schema);
            }
            LogicalPlan::Window(_) => self.text("window"),
            // No bound plan holds these: extraction denies them.
            LogicalPlan::Analyze(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::DescribeTable(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Extension(_)
            | LogicalPlan::RecursiveQuery(_)
            | LogicalPlan::Repartition(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Subquery(_)
            | LogicalPlan::Unnest(_) => self.text("denied"),
        }
    }

    fn sorts(&mut self, sorts: &[SortKey]) {
        self.number(sorts.len());
        for SortKey { expr, asc, nulls_first } in sorts {
            self.expr(expr);
            self.flag(*asc);
            self.flag(*nulls_first);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        self.text(expr.variant_name());
        self.payload(expr);
        let mut children = Vec::new();
        let _: Result<_, _> = expr.apply_children(|child| {
            children.push(child.clone());
            Ok(TreeNodeRecursion::Continue)
        });
        self.number(children.len());
        children.iter().for_each(|it| self.expr(it));
    }

    /// What an expression is, apart from its children.
    fn payload(&mut self, expr: &Expr) {
        match expr {
            Expr::Alias(alias) => {
                let relation = alias.relation.as_ref().map(ToString::to_string);
                self.text(&relation.unwrap_or_default());
                self.text(&alias.name);
            }
            Expr::Column(column) | Expr::OuterReferenceColumn(_, column) => {
                let relation = column.relation.as_ref().map(ToString::to_string);
                self.text(&relation.unwrap_or_default());
                self.text(&column.name);
            }
            Expr::Literal(value, _) => {
                self.text(&value.data_type().to_string());
                self.text(&format!("{value:?}"));
            }
            Expr::BinaryExpr(binary) => self.text(&binary.op.to_string()),
            Expr::Like(like) | Expr::SimilarTo(like) => {
                self.text(&format!(
                    "{:?}",
                    (like.negated, like.escape_char, like.case_insensitive)
                ));
            }
            Expr::Between(between) => self.flag(between.negated),
            Expr::Case(case) => {
                self.flag(case.expr.is_some());
                self.flag(case.else_expr.is_some());
            }
            Expr::Cast(cast) => self.text(&cast.field.data_type().to_string()),
            Expr::TryCast(cast) => self.text(&cast.field.data_type().to_string()),
            Expr::ScalarFunction(call) => self.text(call.func.name()),
            Expr::AggregateFunction(call) => {
                self.text(call.func.name());
                self.flag(call.params.distinct);
                self.flag(call.params.filter.is_some());
                self.sorts(&call.params.order_by);
                self.nulls(call.params.null_treatment);
            }
            Expr::WindowFunction(call) => {
                self.text(call.fun.name());
                self.flag(call.params.distinct);
                self.flag(call.params.filter.is_some());
                self.number(call.params.args.len());
                self.number(call.params.partition_by.len());
                self.sorts(&call.params.order_by);
                self.text(&call.params.window_frame.to_string());
                self.nulls(call.params.null_treatment);
            }
            Expr::InList(list) => self.flag(list.negated),
            Expr::Exists(exists) => {
                self.flag(exists.negated);
                self.subquery(&exists.subquery);
            }
            Expr::InSubquery(inside) => {
                self.flag(inside.negated);
                self.subquery(&inside.subquery);
            }
            Expr::ScalarSubquery(subquery) => self.subquery(subquery),
            Expr::GroupingSet(set) => match set {
                GroupingSet::Rollup(_) => self.text("rollup"),
                GroupingSet::Cube(_) => self.text("cube"),
                GroupingSet::GroupingSets(sets) => {
                    self.text("sets");
                    self.number(sets.len());
                    sets.iter().for_each(|it| self.number(it.len()));
                }
            },
            // The name of the variant says it all, or no bound plan holds it.
            _ => {}
        }
    }

    fn nulls(&mut self, treatment: Option<NullTreatment>) {
        self.text(&treatment.map(|it| it.to_string()).unwrap_or_default());
    }

    fn subquery(&mut self, subquery: &Subquery) {
        self.node(&subquery.subquery);
    }
}
