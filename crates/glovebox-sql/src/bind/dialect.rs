//! The dialect: Spark SQL with AWS's naming rules, so `"x"` is an identifier as `` `x` `` is.

use datafusion::sql::sqlparser::dialect::Dialect;

/// What the parser accepts. It may read more than is allowed: the gate decides.
#[derive(Debug)]
pub(super) struct GloveboxDialect;

impl Dialect for GloveboxDialect {
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
}
