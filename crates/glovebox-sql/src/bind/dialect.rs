//! The dialect: Spark SQL with AWS's naming rules, so `"x"` is an identifier as `` `x` `` is.

use std::cell::Cell;

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Interval, Value};
use datafusion::sql::sqlparser::dialect::{Dialect, Precedence};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Span, Token};

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
    // `INTERVAL 1 DAY 2 HOURS`: the parser knows one unit.
    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        self.readings.set(self.readings.get() + 1);
        if self.readings.get() > MAX_READINGS {
            return Some(Err(ParserError::RecursionLimitExceeded));
        }
        if !parser.peek_keyword(Keyword::INTERVAL) {
            return None;
        }
        parser.maybe_parse(units).transpose()
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
        if let Some(quantified) = like_quantified(parser, expr) {
            return Some(quantified);
        }
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

/// `x [NOT] LIKE ANY (...)`, `SOME`, `ALL`: the parser knows only the first.
fn like_quantified(parser: &mut Parser, expr: &Expr) -> Option<Result<Expr, ParserError>> {
    const QUANTIFIERS: [Keyword; 3] = [Keyword::ALL, Keyword::ANY, Keyword::SOME];
    let found = QUANTIFIERS.into_iter().find_map(|quantifier| {
        let like = parser.parse_keywords(&[Keyword::LIKE, quantifier]);
        let not = !like && parser.parse_keywords(&[Keyword::NOT, Keyword::LIKE, quantifier]);
        (like || not).then_some((quantifier, not))
    });
    let (quantifier, not) = found?;
    Some(patterns(parser).map(|right| {
        let left = Box::new(expr.clone());
        let compare_op =
            if not { BinaryOperator::PGNotLikeMatch } else { BinaryOperator::PGLikeMatch };
        match quantifier {
            Keyword::ALL => Expr::AllOp { left, compare_op, right },
            _ => Expr::AnyOp { left, compare_op, right, is_some: false },
        }
    }))
}

fn patterns(parser: &mut Parser) -> Result<Box<Expr>, ParserError> {
    parser.expect_token(&Token::LParen)?;
    let patterns = parser.parse_comma_separated(Parser::parse_expr)?;
    parser.expect_token(&Token::RParen)?;
    Ok(Box::new(Expr::Tuple(patterns)))
}

/// Units of time, without the S that may follow.
const UNITS: [&str; 10] = [
    "YEAR",
    "QUARTER",
    "MONTH",
    "WEEK",
    "DAY",
    "HOUR",
    "MINUTE",
    "SECOND",
    "MILLISECOND",
    "MICROSECOND",
];

/// An interval of two units or more, as the text that says the same.
fn units(parser: &mut Parser) -> Result<Expr, ParserError> {
    parser.expect_keyword(Keyword::INTERVAL)?;
    let mut written = Vec::new();
    let mut span = parser.peek_token_ref().span;
    while let Some((one, its_span)) = parser.maybe_parse(one_unit)? {
        written.push(one);
        span = span.union(&its_span);
    }
    if written.len() < 2 {
        return parser.expected_ref("several units", parser.peek_token_ref());
    }
    let value = Value::SingleQuotedString(written.join(" ")).with_span(span);
    Ok(Expr::Interval(Interval {
        value: Box::new(Expr::Value(value)),
        leading_field: None,
        leading_precision: None,
        last_field: None,
        fractional_seconds_precision: None,
    }))
}

/// A number, which may stand in quotes, and its unit.
fn one_unit(parser: &mut Parser) -> Result<(String, Span), ParserError> {
    let sign = if parser.consume_token(&Token::Minus) { "-" } else { "" };
    let number = parser.next_token();
    let digits = match &number.token {
        Token::Number(digits, false) => digits.clone(),
        Token::SingleQuotedString(text) => text.trim().to_owned(),
        _ => return parser.expected("a number", number),
    };
    let unit = parser.next_token();
    let word = match &unit.token {
        Token::Word(word) if word.quote_style.is_none() => word.value.to_ascii_uppercase(),
        _ => return parser.expected("a unit", unit),
    };
    if digits.is_empty() || digits.contains(char::is_whitespace) {
        return parser.expected("a number", number);
    }
    if !UNITS.contains(&word.strip_suffix('S').unwrap_or(&word)) {
        return parser.expected("a unit", unit);
    }
    Ok((format!("{sign}{digits} {word}"), unit.span))
}
