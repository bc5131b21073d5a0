//! What an expression does with columns.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::columns::{Columns, place};

impl Columns {
    /// Sees what an expression over the columns `inputs` does with them.
    pub(super) fn visit(&mut self, expr: &Expr, schema: &DFSchema, inputs: &[usize]) -> Result<()> {
        match expr {
            Expr::Column(column) => {
                let column = place(column, schema, inputs)?;
                self.show(column);
                Ok(())
            }
            // Whether a value is there, the other forms tell too.
            Expr::IsNull(it) | Expr::IsNotNull(it) if is_column(it) => Ok(()),
            Expr::BinaryExpr(it) => self.compared(it, schema, inputs),
            Expr::Exists(_)
            | Expr::InSubquery(_)
            | Expr::SetComparison(_)
            | Expr::ScalarSubquery(_)
            | Expr::OuterReferenceColumn(_, _) => plan_err!("a subquery is in the way"),
            other => self.visit_below(other, schema, inputs),
        }
    }

    fn visit_below(&mut self, expr: &Expr, schema: &DFSchema, inputs: &[usize]) -> Result<()> {
        expr.apply_children(|it| {
            self.visit(it, schema, inputs)?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(())
    }

    fn compared(&mut self, expr: &BinaryExpr, schema: &DFSchema, inputs: &[usize]) -> Result<()> {
        let BinaryExpr { left, op, right } = expr;
        let is_equality = matches!(
            op,
            Operator::Eq | Operator::NotEq | Operator::IsDistinctFrom | Operator::IsNotDistinctFrom
        );
        if let (true, Expr::Column(one), Expr::Column(other)) = (is_equality, &**left, &**right) {
            let one = place(one, schema, inputs)?;
            self.join(one, place(other, schema, inputs)?);
            self.key(one);
            return Ok(());
        }
        if let Some((column, minimum)) = reached(expr) {
            let column = place(column, schema, inputs)?;
            self.reach(column, minimum);
            return Ok(());
        }
        self.visit(left, schema, inputs)?;
        self.visit(right, schema, inputs)
    }
}

fn is_column(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(_))
}

/// The column and the number of a comparison that is true from that number on and false below.
fn reached(expr: &BinaryExpr) -> Option<(&Column, i64)> {
    let BinaryExpr { left, op, right } = expr;
    let (column, op, number) = match (&**left, &**right) {
        (Expr::Column(column), Expr::Literal(number, _)) => (column, *op, number),
        (Expr::Literal(number, _), Expr::Column(column)) => (column, op.swap()?, number),
        _ => return None,
    };
    let ScalarValue::Int64(Some(number)) = number else { return None };
    match op {
        Operator::GtEq | Operator::Lt => Some((column, *number)),
        Operator::Gt | Operator::LtEq => Some((column, number.checked_add(1)?)),
        _ => None,
    }
}
