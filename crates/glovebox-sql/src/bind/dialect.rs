//! The dialect: Spark SQL with AWS's naming rules, so `"x"` is an identifier as `` `x` `` is.

use std::cell::Cell;

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr};
use datafusion::sql::sqlparser::dialect::{Dialect, Precedence};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};

/// How many expressions the parser may begin to read, those that it gives up included: several
/// times what the longest list of literals needs.
const MAX_READINGS: u32 = 200_000;

/// What the parser accepts. It may read more than is allowed: the gate decides.
#[derive(Debug, Default)]
pub(super) struct GloveboxDialect {
    readings: Cell<u32>,
}

impl Dialect for GloveboxDialect {
    // The parser tries, gives up and tries anew: nested, without end. This error is the one that
    // it never takes as a reason to try something else.
    fn parse_prefix(&self, _: &mut Parser) -> Option<Result<Expr, ParserError>> {
        self.readings.set(self.readings.get() + 1);
        let is_over = self.readings.get() > MAX_READINGS;
        is_over.then_some(Err(ParserError::RecursionLimitExceeded))
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        matches!(ch, '"' | '`')
    }

    // Letters of other scripts are read, so that the gate can refuse them by name.
    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_' || ch == '$'
    }

    fn supports_string_literal_backslash_escape(&self) -> bool {
        true
    }

    // `\%` and `\_` keep their backslash, as in Spark: LIKE reads it.
    fn ignores_wildcard_escapes(&self) -> bool {
        true
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_group_by_with_modifier(&self) -> bool {
        true
    }

    fn supports_nested_comments(&self) -> bool {
        true
    }

    fn supports_bang_not_operator(&self) -> bool {
        false
    }

    fn convert_type_before_value(&self) -> bool {
        true
    }

    fn supports_comma_separated_trim(&self) -> bool {
        true
    }

    fn supports_values_as_table_factor(&self) -> bool {
        true
    }

    fn supports_top_before_distinct(&self) -> bool {
        false
    }

    fn supports_extract_comma_syntax(&self) -> bool {
        false
    }

    fn supports_parens_around_table_factor(&self) -> bool {
        true
    }

    fn supports_select_wildcard_except(&self) -> bool {
        true
    }

    fn supports_long_type_as_bigint(&self) -> bool {
        true
    }

    fn supports_string_literal_concatenation(&self) -> bool {
        true
    }

    // `a DIV b` binds as `/` does. The right side of `IS DISTINCT FROM` ends before AND.
    fn parse_infix(
        &self,
        parser: &mut Parser,
        expr: &Expr,
        _precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        const IS: [Keyword; 3] = [Keyword::IS, Keyword::DISTINCT, Keyword::FROM];
        const IS_NOT: [Keyword; 4] = [Keyword::IS, Keyword::NOT, Keyword::DISTINCT, Keyword::FROM];
        let left = || Box::new(expr.clone());
        if parser.parse_keyword(Keyword::DIV) {
            let right = parser.parse_subexpr(self.prec_value(Precedence::MulDivModOp));
            return Some(right.map(|right| Expr::BinaryOp {
                left: left(),
                op: BinaryOperator::MyIntegerDivide,
                right: Box::new(right),
            }));
        }
        let distinct = parser.parse_keywords(&IS);
        if !distinct && !parser.parse_keywords(&IS_NOT) {
            return None;
        }
        let right = parser.parse_subexpr(self.prec_value(Precedence::Is)).map(Box::new);
        Some(right.map(|right| match distinct {
            true => Expr::IsDistinctFrom(left(), right),
            false => Expr::IsNotDistinctFrom(left(), right),
        }))
    }
}
