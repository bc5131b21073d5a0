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

/// Base tables in the plan of one query, where each mention of a named query counts with all its
/// tables.
pub(crate) const MAX_PLANNED: usize = 64;

/// Conditions of `CASE` within each other: DataFusion follows each of them twice to learn whether
/// it can be NULL.
pub(crate) const MAX_CONDITIONS: usize = 6;

/// Groupings of one `GROUP BY`, which `CUBE` doubles with every column: each of them is an
/// aggregation of its own.
pub(crate) const MAX_GROUPINGS: u64 = 1024;

/// Findings shown for one query.
pub const MAX_FINDINGS: usize = 100;

/// Bytes of stack that reading one query may take: far more than [`MAX_DEPTH`] levels need, in
/// whatever thread the caller is.
const STACK: usize = 64 << 20;

/// Does work that goes down as deep as a query does, without a care for the caller's stack.
pub(crate) fn with_stack<R>(work: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(STACK / 2, STACK, work)
}
