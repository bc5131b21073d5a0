//! Operators.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};

use super::binder::{Binder, Place, exact};
use super::expression::{nothing, operation, other as form};
use super::text::union;
use crate::facts::{Expression, FormKind, Operator};

impl Binder<'_> {
    /// An operator with one or two operands.
    pub(super) fn operator(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        match node {
            Expr::BinaryOp { op: BinaryOperator::Plus | BinaryOperator::Minus, left, right }
                if matches!(**right, Expr::Interval(_)) || matches!(**left, Expr::Interval(_)) =>
            {
                self.shifted(node, place)
            }
            Expr::BinaryOp { left, op, right } => {
                let one = self.level(left, place);
                let other = self.level(right, place);
                let span = union(one.span, other.span);
                if *op == BinaryOperator::Spaceship {
                    let (left, right) = (left.clone(), right.clone());
                    *node = Expr::IsNotDistinctFrom(left, right);
                    return operation(Operator::Is, vec![one, other], span);
                }
                match (binary(op), called(op)) {
                    (Some(operator), _) => operation(operator, vec![one, other], span),
                    (None, Some(name)) => self.special(name, vec![one, other], span),
                    (None, None) if *op == BinaryOperator::StringConcat => {
                        self.form(FormKind::StringConcat, span);
                        form(FormKind::StringConcat, vec![one, other], span)
                    }
                    (None, None) => self.no("this operator", span),
                }
            }
            Expr::UnaryOp { op, expr } => {
                let operand = self.level(expr, place);
                let span = self.text.with_previous(operand.span);
                match op {
                    UnaryOperator::Minus => operation(Operator::Subtract, vec![operand], span),
                    UnaryOperator::Not => operation(Operator::Not, vec![operand], span),
                    UnaryOperator::Plus => operation(Operator::Add, vec![operand], span),
                    UnaryOperator::BitwiseNot => self.special("bitnot", vec![operand], span),
                    UnaryOperator::AtDashAt
                    | UnaryOperator::BangNot
                    | UnaryOperator::DoubleAt
                    | UnaryOperator::Hash
                    | UnaryOperator::PGAbs
                    | UnaryOperator::PGCubeRoot
                    | UnaryOperator::PGPostfixFactorial
                    | UnaryOperator::PGPrefixFactorial
                    | UnaryOperator::PGSquareRoot
                    | UnaryOperator::QuestionDash
                    | UnaryOperator::QuestionPipe => self.no("this operator", span),
                }
            }
            _ => nothing(self.text.whole()),
        }
    }

    /// A chain of `AND` or of `OR`: one level however long, and a balanced tree for the planner.
    pub(super) fn chain(
        &mut self,
        node: &mut Expr,
        operator: BinaryOperator,
        place: Place<'_>,
    ) -> Expression {
        let taken = std::mem::replace(node, Expr::Identifier(exact("")));
        let mut nodes = unchain(taken, &operator);
        let operands: Vec<Expression> = nodes.iter_mut().map(|it| self.level(it, place)).collect();
        *node = balance(nodes, &operator);
        let facts = if operator == BinaryOperator::And { Operator::And } else { Operator::Or };
        self.spanning(facts, operands)
    }
}

/// `AND` or `OR`, when the node is such a chain.
pub(super) fn chain_operator(node: &Expr) -> Option<BinaryOperator> {
    match node {
        Expr::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } => {
            Some(op.clone())
        }
        _ => None,
    }
}

fn unchain(node: Expr, operator: &BinaryOperator) -> Vec<Expr> {
    let mut backwards = Vec::new();
    let mut rest = node;
    loop {
        match rest {
            Expr::BinaryOp { left, op, right } if op == *operator => {
                backwards.push(*right);
                rest = *left;
            }
            first => {
                backwards.push(first);
                backwards.reverse();
                return backwards;
            }
        }
    }
}

/// One balanced tree of these operands.
pub(super) fn balance(mut nodes: Vec<Expr>, operator: &BinaryOperator) -> Expr {
    while nodes.len() > 1 {
        let mut halved = Vec::with_capacity(nodes.len().div_ceil(2));
        let mut rest = nodes.into_iter();
        while let Some(left) = rest.next() {
            halved.push(match rest.next() {
                Some(right) => Expr::Nested(Box::new(Expr::BinaryOp {
                    left: Box::new(left),
                    op: operator.clone(),
                    right: Box::new(right),
                })),
                None => left,
            });
        }
        nodes = halved;
    }
    nodes.pop().unwrap_or_else(|| Expr::Identifier(exact("")))
}

/// The function that an operator is, by the name that rules see.
fn called(operator: &BinaryOperator) -> Option<&'static str> {
    Some(match operator {
        BinaryOperator::BitwiseAnd => "bitand",
        BinaryOperator::BitwiseOr => "bitor",
        BinaryOperator::BitwiseXor => "bitxor",
        BinaryOperator::MyIntegerDivide => "div",
        _ => return None,
    })
}

fn binary(operator: &BinaryOperator) -> Option<Operator> {
    Some(match operator {
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Multiply => Operator::Multiply,
        BinaryOperator::Divide => Operator::Divide,
        BinaryOperator::Modulo => Operator::Modulo,
        BinaryOperator::Gt => Operator::Greater,
        BinaryOperator::Lt => Operator::Less,
        BinaryOperator::GtEq => Operator::GreaterOrEqual,
        BinaryOperator::LtEq => Operator::LessOrEqual,
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        // Everything else that the parser knows, now or after an upgrade, is refused.
        _ => return None,
    })
}
