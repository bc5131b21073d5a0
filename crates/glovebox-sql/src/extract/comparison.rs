//! What is compared in a plan: reported as it is met, for rules that forbid comparisons.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, Operator};

use super::{Denied, Extraction, Rows};
use crate::facts::{PlanComparison, PlanSide};
use crate::functions::{AggregateClass, aggregate_class};
use crate::lineage::Flow;

impl Extraction<'_> {
    /// Notes that these meet.
    pub(super) fn compared(&mut self, name: &str, flows: &[Flow]) {
        let sides = flows.iter().map(Flow::as_side);
        self.sides(name, sides.collect());
    }

    /// Notes that the first meets each of the others; constants among those are one.
    pub(super) fn compared_with_each(&mut self, name: &str, flows: &[Flow]) {
        let Some((first, others)) = flows.split_first() else { return };
        let mut sides = vec![first.as_side()];
        sides.extend(others.iter().map(Flow::as_side).filter(|it| !it.is_constant()));
        if sides.len() <= others.len() {
            sides.push(PlanSide::default());
        }
        self.sides(name, sides);
    }

    /// Notes the keys of a window.
    pub(super) fn keys(&mut self, flows: &[Flow]) {
        let sides: Vec<PlanSide> = flows.iter().map(Flow::as_side).collect();
        self.sides("window", sides.into_iter().filter(|it| !it.values.is_empty()).collect());
    }

    /// Notes the columns that are conditions by themselves, under AND and OR.
    pub(super) fn truths(&mut self, condition: &Expr, rows: &Rows) -> Result<(), Denied> {
        let mut inner = |it| matches!(it, Operator::And | Operator::Or);
        for leaf in super::expression::leaves(condition, &mut inner) {
            if matches!(leaf, Expr::Column(_)) {
                let flow = self.flow(leaf, rows)?;
                self.compared("truth", &[flow]);
            }
        }
        Ok(())
    }

    fn sides(&mut self, name: &str, sides: Vec<PlanSide>) {
        if sides.iter().any(|it| !it.values.is_empty()) {
            self.lineage.comparisons.push(PlanComparison { name: name.to_owned(), sides });
        }
    }
}

/// Whether the operator compares its sides.
pub(super) fn compares(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Eq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
            | Operator::Lt
            | Operator::LtEq
            | Operator::NotEq
    )
}

/// `condition = FALSE`, as which NOT is planned: it compares nothing.
pub(super) fn negates(left: &Expr, right: &Expr) -> bool {
    let no = matches!(right, Expr::Literal(ScalarValue::Boolean(Some(false)), _));
    no && !matches!(left, Expr::Alias(_) | Expr::Case(_) | Expr::Column(_))
}

/// Whether an aggregate function counts, exactly or nearly: what it answers is no value.
pub(super) fn counts(name: &str) -> bool {
    matches!(aggregate_class(name), Some(AggregateClass::Count | AggregateClass::Sketch))
}
