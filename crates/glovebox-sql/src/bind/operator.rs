//! Operators and predicates.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};
use datafusion::sql::sqlparser::keywords::Keyword;

use super::binder::{Binder, Place, exact};
use super::expression::{nothing, operation, other};
use super::text::union;
use crate::facts::{Expression, FormKind, Operator};

impl Binder<'_> {
    /// An operator with one or two operands.
    pub(super) fn operator(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        match node {
            Expr::BinaryOp { left, op, right } => {
                let left = self.level(left, place);
                let right = self.level(right, place);
                let span = union(left.span, right.span);
                match binary(op) {
                    Some(operator) => operation(operator, vec![left, right], span),
                    None if *op == BinaryOperator::StringConcat => {
                        self.form(FormKind::StringConcat, span);
                        other(FormKind::StringConcat, vec![left, right], span)
                    }
                    None => self.no("this operator", span),
                }
            }
            Expr::UnaryOp { op, expr } => {
                let operand = self.level(expr, place);
                let span = self.text.with_previous(operand.span);
                match op {
                    UnaryOperator::Minus => operation(Operator::Subtract, vec![operand], span),
                    UnaryOperator::Not => operation(Operator::Not, vec![operand], span),
                    UnaryOperator::Plus => operation(Operator::Add, vec![operand], span),
                    UnaryOperator::AtDashAt
                    | UnaryOperator::BangNot
                    | UnaryOperator::BitwiseNot
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

    /// A predicate with words of its own.
    pub(super) fn predicate(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        match node {
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => {
                let operand = self.level(inner, place);
                let span = self.text.through_keyword(operand.span, &[Keyword::NULL], 3);
                operation(Operator::IsNull, vec![operand], span)
            }
            Expr::IsTrue(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsFalse(inner)
            | Expr::IsNotFalse(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotUnknown(inner) => {
                let operand = self.level(inner, place);
                let ends = [Keyword::TRUE, Keyword::FALSE, Keyword::UNKNOWN];
                let span = self.text.through_keyword(operand.span, &ends, 3);
                operation(Operator::Is, vec![operand], span)
            }
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                let operands = vec![self.level(left, place), self.level(right, place)];
                self.spanning(Operator::Is, operands)
            }
            Expr::InList { expr, list, negated: _ } => {
                let mut operands = vec![self.level(expr, place)];
                for item in list {
                    operands.push(self.level(item, place));
                }
                let span = operands.first().map_or(self.text.whole(), |it| it.span);
                let span = self.text.through_next_group(span);
                operation(Operator::In, operands, span)
            }
            Expr::Between { expr, negated: _, low, high } => {
                let operands =
                    vec![self.level(expr, place), self.level(low, place), self.level(high, place)];
                let bound = self.spanning(Operator::Between, operands);
                self.form(FormKind::Between, bound.span);
                bound
            }
            Expr::Like { negated: _, any, expr, pattern, escape_char } => {
                let operands = vec![self.level(expr, place), self.level(pattern, place)];
                let bound = self.spanning(Operator::Like, operands);
                self.refuse(*any, "LIKE ANY", bound.span);
                self.refuse(escape_char.is_some(), "ESCAPE", bound.span);
                bound
            }
            _ => nothing(self.text.whole()),
        }
    }

    fn spanning(&mut self, operator: Operator, operands: Vec<Expression>) -> Expression {
        let span = operands.iter().map(|it| it.span).reduce(union);
        let span = span.unwrap_or_else(|| self.text.whole());
        operation(operator, operands, span)
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
