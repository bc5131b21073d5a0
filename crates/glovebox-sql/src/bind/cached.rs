//! `CACHE TABLE name AS SELECT ...; SELECT ...`: a query with names that are written before it.
//!
//! Spark keeps such a table until the session ends. Here a text is a session: the names are those
//! of a `WITH` around its one query, and nothing is kept.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{Cte, Query, TableAlias, With};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

/// Reads the statements before the query; each ends with `;`.
pub(super) fn tables(parser: &mut Parser<'_>) -> Result<Vec<Cte>, ParserError> {
    let mut found = Vec::new();
    while parser.parse_keyword(Keyword::CACHE) {
        let is_lazy = matches!(
            &parser.peek_token_ref().token,
            Token::Word(it) if it.quote_style.is_none() && it.value.eq_ignore_ascii_case("lazy")
        );
        if is_lazy {
            parser.next_token();
        }
        parser.expect_keyword(Keyword::TABLE)?;
        let name = parser.parse_identifier()?;
        let _ = parser.parse_keyword(Keyword::AS);
        let query = parser.parse_query()?;
        parser.expect_token(&Token::SemiColon)?;
        let alias = TableAlias { explicit: true, name, columns: Vec::new(), at: None };
        let closing_paren_token = AttachedToken::empty();
        found.push(Cte { alias, query, from: None, materialized: None, closing_paren_token });
    }
    Ok(found)
}

/// The query with these names before its own.
pub(super) fn named(mut query: Box<Query>, cached: Vec<Cte>) -> Box<Query> {
    if !cached.is_empty() {
        let with = query.with.get_or_insert_with(|| With {
            with_token: AttachedToken::empty(),
            recursive: false,
            cte_tables: Vec::new(),
        });
        with.cte_tables.splice(0..0, cached);
    }
    query
}
