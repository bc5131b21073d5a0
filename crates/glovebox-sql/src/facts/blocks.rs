//! Every query block of a text, names resolved: for rules that allow nesting.

use glovebox_model::{Span, TableName};

use super::{Expression, ExpressionKind, Output, ScanId};

/// A query block, by its place in [`Blocks::blocks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub usize);

/// An item of a `FROM`, by its place in [`Blocks::relations`]. A named query that is referred to
/// twice is two relations of one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationId(pub usize);

/// All blocks of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocks {
    /// Blocks come after those that they contain; the outermost is the last.
    pub blocks: Vec<Block>,
    /// Every item of every `FROM`.
    pub relations: Vec<Relation>,
    /// Those that `CACHE TABLE` gives a name.
    pub cached: Vec<BlockId>,
}

/// One query: what stands in one pair of parentheses, or the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What gives the rows.
    pub body: Body,
    /// The names of the columns that it gives, folded.
    pub columns: Vec<String>,
    /// `ORDER BY`; ordinals and aliases are resolved to what they stand for.
    pub order: Vec<Expression>,
    /// `LIMIT`, `TOP` or `FETCH`.
    pub limit: Option<Expression>,
    /// `OFFSET`
    pub offset: Option<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// What gives the rows of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `SELECT ...`
    Select(Box<SelectBlock>),
    /// `UNION`, `INTERSECT`, `EXCEPT`; columns meet by position.
    SetOperation {
        /// Which one.
        operator: SetOperator,
        /// Whether duplicates stay (`ALL`).
        all: bool,
        /// The left side.
        left: BlockId,
        /// The right side.
        right: BlockId,
    },
    /// `VALUES (...), (...)`
    Values(Vec<Vec<Expression>>),
}

/// Operators between queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetOperator {
    /// `EXCEPT`, `MINUS`
    Except,
    /// `INTERSECT`
    Intersect,
    /// `UNION`
    Union,
}

/// One `SELECT`, clause by clause.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelectBlock {
    /// `DISTINCT`, when written.
    pub distinct: Option<Span>,
    /// The items of `FROM`, in text order.
    pub relations: Vec<RelationId>,
    /// The joins between them, in text order. A comma is a cross join.
    pub joins: Vec<BlockJoin>,
    /// The select list; stars are expanded.
    pub outputs: Vec<Output>,
    /// `WHERE`
    pub filter: Option<Expression>,
    /// `GROUP BY`; ordinals and aliases are resolved to what they stand for. `ROLLUP` and its
    /// like are `Other` with the form `GroupingSets`.
    pub groups: Vec<Expression>,
    /// Whether rows are grouped: `GROUP BY`, an aggregate call in the select list or `HAVING`.
    pub grouped: bool,
    /// `HAVING`
    pub having: Option<Expression>,
    /// `QUALIFY`
    pub qualify: Option<Expression>,
}

/// One join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockJoin {
    /// Which one.
    pub kind: JoinKind,
    /// What stands left of it.
    pub left: Vec<RelationId>,
    /// What stands right of it: usually one.
    pub right: Vec<RelationId>,
    /// `ON`. `USING` and `NATURAL` are written out as a conjunction of equalities; `None` when
    /// every row meets every row.
    pub condition: Option<Expression>,
    /// The join in the text, from its keyword to the end of its condition.
    pub span: Span,
}

/// Kinds of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JoinKind {
    /// `CROSS JOIN`, a comma, or `JOIN` without a condition
    Cross,
    /// `FULL JOIN`
    Full,
    /// `[INNER] JOIN`
    Inner,
    /// `LEFT JOIN`
    Left,
    /// `LEFT ANTI JOIN`
    LeftAnti,
    /// `LEFT SEMI JOIN`
    LeftSemi,
    /// `RIGHT JOIN`
    Right,
    /// `RIGHT ANTI JOIN`
    RightAnti,
    /// `RIGHT SEMI JOIN`
    RightSemi,
}

/// One item of a `FROM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// What the query calls it, folded.
    pub alias: String,
    /// What it is.
    pub origin: RelationOrigin,
    /// Its number in [`super::Statement::scans`], when it is a base table of the outermost block.
    pub scan: Option<ScanId>,
    /// The reference in the text.
    pub span: Span,
}

/// What stands behind a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelationOrigin {
    /// A base table.
    Table(TableName),
    /// The rows of a named query or of a subquery in `FROM`.
    Block(BlockId),
}

impl Blocks {
    /// The outermost block.
    pub fn root(&self) -> Option<BlockId> {
        self.blocks.len().checked_sub(1).map(BlockId)
    }

    /// The block of that number.
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(id.0)
    }

    /// The relation of that number.
    pub fn relation(&self, id: RelationId) -> Option<&Relation> {
        self.relations.get(id.0)
    }

    /// The relation and the folded column name that an expression is, when it is a column: of
    /// this block or, correlated, of a block around it.
    pub fn column<'a>(&self, expression: &'a Expression) -> Option<(RelationId, &'a str)> {
        match &expression.kind {
            ExpressionKind::Column { scan, column } => {
                let found = self.relations.iter().position(|it| it.scan == Some(*scan))?;
                Some((RelationId(found), column.as_str()))
            }
            ExpressionKind::Reference { relation, column, form: _ } => {
                Some((*relation, column.as_str()))
            }
            _ => None,
        }
    }
}
