//! The limits of a query's text, all in one place.

/// Characters in the text (AWS: `queryString` has at most 500,000).
pub const MAX_CHARACTERS: usize = 500_000;

/// Words and operators in the text: everything but commas, parentheses and literals, so that
/// a list of ten thousand values stays possible and a chain of ten thousand `OR` does not.
pub const MAX_WORDS: usize = 5_000;

/// Levels of nesting, of parentheses and of expressions; chains of `AND` and of `OR` are one
/// level.
pub const MAX_DEPTH: usize = 50;

/// Table references in one query (AWS: configured tables per query).
pub const MAX_TABLES: usize = 15;

/// Findings shown for one query.
pub const MAX_FINDINGS: usize = 100;
