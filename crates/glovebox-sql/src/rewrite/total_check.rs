//! Whether a plan is total: nothing is left in it that could fail on a row.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::expr::{
    AggregateFunction, Alias, Between, BinaryExpr, InList, ScalarFunction,
};
use datafusion::logical_expr::{Expr, LogicalPlan, Operator, WindowFunctionDefinition};

use super::total::has_one_row;
use crate::functions;

/// Refuses a plan with an expression that could fail.
pub(super) fn check(plan: &LogicalPlan) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|it| match safe(it) {
                true => Ok(TreeNodeRecursion::Continue),
                false => plan_err!("an expression could fail on a row"),
            })
        })
    })
    .map(|_| ())
}

/// Whether this expression cannot fail, given operands that cannot.
fn safe(expr: &Expr) -> bool {
    match expr {
        Expr::Alias(Alias { .. })
        | Expr::Between(Between { .. })
        | Expr::Case(_)
        | Expr::Column(_)
        | Expr::Exists(_)
        | Expr::GroupingSet(_)
        | Expr::InList(InList { .. })
        | Expr::InSubquery(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsNotNull(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotUnknown(_)
        | Expr::IsNull(_)
        | Expr::IsTrue(_)
        | Expr::IsUnknown(_)
        | Expr::Literal(..)
        | Expr::Not(_)
        | Expr::OuterReferenceColumn(..) => true,
        Expr::BinaryExpr(BinaryExpr { op, .. }) => matches!(
            op,
            Operator::And
                | Operator::Eq
                | Operator::Gt
                | Operator::GtEq
                | Operator::IsDistinctFrom
                | Operator::IsNotDistinctFrom
                | Operator::Lt
                | Operator::LtEq
                | Operator::NotEq
                | Operator::Or
                | Operator::StringConcat
        ),
        Expr::ScalarFunction(ScalarFunction { func, .. }) => functions::is_ours(func),
        Expr::AggregateFunction(AggregateFunction { func, .. }) => {
            functions::aggregate(func.name()).as_ref() == Some(func)
        }
        #[expect(deprecated, reason = "named so that no arm is a wildcard")]
        Expr::Wildcard { .. } => false,
        // It would fail if it gave two rows.
        Expr::ScalarSubquery(it) => has_one_row(&it.subquery),
        Expr::WindowFunction(function) => match &function.fun {
            WindowFunctionDefinition::AggregateUDF(func) => {
                functions::aggregate(func.name()).as_ref() == Some(func)
            }
            WindowFunctionDefinition::WindowUDF(func) => functions::is_our_window(func),
        },
        Expr::Cast(_)
        | Expr::HigherOrderFunction(_)
        | Expr::Lambda(_)
        | Expr::LambdaVariable(_)
        | Expr::Like(_)
        | Expr::Negative(_)
        | Expr::Placeholder(_)
        | Expr::ScalarVariable(..)
        | Expr::SetComparison(_)
        | Expr::SimilarTo(_)
        | Expr::TryCast(_)
        | Expr::Unnest(_) => false,
    }
}
