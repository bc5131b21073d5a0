//! Predicates with words of their own: `IS`, `IN`, `BETWEEN`, `LIKE` and its kin.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, ValueWithSpan};
use datafusion::sql::sqlparser::keywords::Keyword;

use super::binder::{Binder, Place};
use super::call::call;
use super::expression::{nothing, operation};
use super::text::union;
use crate::facts::{Expression, ExpressionKind, FormKind, Literal, Operator};

/// What quantifiers stand behind LIKE only.
const QUANTIFIED: &str = "ANY or ALL";

impl Binder<'_> {
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
            Expr::AnyOp { .. } | Expr::AllOp { .. } => self.like_each(node, place),
            Expr::Like { negated: _, any, expr, pattern, escape_char } => {
                let mut operands = vec![self.level(expr, place), self.level(pattern, place)];
                operands.extend(self.escape(escape_char));
                let bound = self.spanning(Operator::Like, operands);
                self.refuse(*any, "LIKE ANY", bound.span);
                bound
            }
            Expr::ILike { negated, any, expr, pattern, escape_char } => {
                let mut operands = vec![self.level(expr, place), self.level(pattern, place)];
                operands.extend(self.escape(escape_char));
                let bound = self.worded("ilike", operands, *negated);
                self.refuse(*any, "ILIKE ANY", bound.span);
                bound
            }
            Expr::RLike { negated, expr, pattern, regexp: _ } => {
                let operands = vec![self.level(expr, place), self.level(pattern, place)];
                self.worded("rlike", operands, *negated)
            }
            _ => nothing(self.text.whole()),
        }
    }

    /// `x [NOT] LIKE ANY (...)`, `SOME`, `ALL`.
    fn like_each(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        let (left, operator, right, any) = match node {
            Expr::AnyOp { left, compare_op, right, is_some: _ } => (left, compare_op, right, true),
            Expr::AllOp { left, compare_op, right } => (left, compare_op, right, false),
            _ => return nothing(self.text.whole()),
        };
        let mut operands = vec![self.level(left, place)];
        let span = operands.first().map_or(self.text.whole(), |it| it.span);
        let span = self.text.through_next_group(span);
        let negated = *operator == BinaryOperator::PGNotLikeMatch;
        let Expr::Tuple(patterns) = right.as_mut() else { return self.no(QUANTIFIED, span) };
        if !negated && *operator != BinaryOperator::PGLikeMatch {
            return self.no(QUANTIFIED, span);
        }
        for pattern in patterns.iter_mut() {
            operands.push(self.level(pattern, place));
        }
        self.form(FormKind::LikeQuantified, span);
        // Not like one of them: not like all of them.
        let name = if any == negated { "__gb_like_all" } else { "__gb_like_any" };
        let arguments = std::iter::once((**left).clone()).chain(patterns.iter().cloned());
        let like = call(name, arguments.collect());
        *node = if negated {
            let expr = Box::new(Expr::Nested(Box::new(like)));
            Expr::UnaryOp { op: UnaryOperator::Not, expr }
        } else {
            like
        };
        operation(Operator::Like, operands, span)
    }

    /// The literal behind `ESCAPE`.
    fn escape(&mut self, escape: &mut Option<ValueWithSpan>) -> Option<Expression> {
        let bound = self.value(escape.as_mut()?);
        let one = match &bound.kind {
            ExpressionKind::Literal(Literal::Text(text)) => text.chars().count() == 1,
            _ => false,
        };
        self.refuse(!one, "ESCAPE with something that is not one character", bound.span);
        Some(bound)
    }

    /// A predicate that is a function with a syntax of its own.
    fn worded(&mut self, name: &str, operands: Vec<Expression>, negated: bool) -> Expression {
        let span = operands.iter().map(|it| it.span).reduce(union);
        let call = self.special(name, operands, span.unwrap_or_else(|| self.text.whole()));
        let span = call.span;
        if negated { operation(Operator::Not, vec![call], span) } else { call }
    }

    /// An operation from its first operand to its last.
    pub(super) fn spanning(&mut self, operator: Operator, operands: Vec<Expression>) -> Expression {
        let span = operands.iter().map(|it| it.span).reduce(union);
        let span = span.unwrap_or_else(|| self.text.whole());
        operation(operator, operands, span)
    }
}
