//! What a query does, as closed public data: the only thing that rules look at.
//!
//! Two views of the same query, which must both pass. [`Statement`] is read from the text: it
//! knows every clause and span. [`Lineage`] is read from the bound plan: it knows what every
//! name means after planning and rewriting, and has no spans.

mod blocks;
mod comparison;

use std::collections::BTreeSet;

use glovebox_model::{ColumnName, ScalarFunction, Span, TableName};

pub use blocks::{
    Block, BlockId, BlockJoin, Blocks, Body, JoinKind, Relation, RelationId, RelationOrigin,
    SelectBlock, SetOperator,
};
pub use comparison::{PlanComparison, PlanSide};

/// The views of one query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The query as written.
    pub statement: Statement,
    /// The query as written, with everything that is nested in it.
    pub blocks: Blocks,
    /// The query as planned.
    pub lineage: Lineage,
}

/// A table reference in `FROM`, by its place in [`Statement::scans`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScanId(pub usize);

/// The outermost `SELECT`, clause by clause, names resolved.
///
/// When the text holds nested queries (each one reported in `forms`), only the outermost block
/// is described; what lies inside is seen through [`Lineage`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// Every construct used anywhere in the text that not every rule allows, in text order.
    pub forms: Vec<Form>,
    /// The base tables of `FROM`, in text order.
    pub scans: Vec<Scan>,
    /// `DISTINCT`, when written.
    pub distinct: Option<Span>,
    /// The select list; stars (also reported as forms) are expanded.
    pub outputs: Vec<Output>,
    /// The joins of `FROM`, in text order.
    pub joins: Vec<Join>,
    /// `WHERE`
    pub filter: Option<Expression>,
    /// `GROUP BY`; ordinals and aliases are resolved to what they stand for.
    pub groups: Vec<Expression>,
    /// `HAVING`
    pub having: Option<Expression>,
    /// `ORDER BY`; ordinals and aliases are resolved to what they stand for.
    pub order: Vec<Expression>,
    /// `LIMIT`: the expression as written.
    pub limit: Option<Expression>,
}

/// A construct with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form {
    /// Which construct.
    pub kind: FormKind,
    /// Where.
    pub span: Span,
}

/// The constructs that rules may refuse. A construct without a name here is refused by `bind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormKind {
    /// `BETWEEN`
    Between,
    /// `CACHE TABLE name AS ...;` before the query
    CacheTable,
    /// `CASE`
    Case,
    /// `FROM a, b`
    CommaJoin,
    /// `CROSS JOIN`, or `JOIN` without `ON`
    CrossJoin,
    /// `CUBE`, `ROLLUP`, `GROUPING SETS`
    GroupingSets,
    /// `WITH`
    Cte,
    /// A derived table: a subquery in `FROM`
    DerivedTable,
    /// `EXISTS (SELECT ...)`
    Exists,
    /// `FILTER (WHERE ...)` on an aggregate
    FilterClause,
    /// `GROUP BY ALL`
    GroupByAll,
    /// `IN (SELECT ...)`
    InSubquery,
    /// `LIKE ANY (...)`, `LIKE SOME (...)`, `LIKE ALL (...)`
    LikeQuantified,
    /// `LIMIT`
    Limit,
    /// `NATURAL JOIN`
    NaturalJoin,
    /// `OFFSET`
    Offset,
    /// `:name`, a parameter of an analysis template
    Parameter,
    /// `LEFT`, `RIGHT` or `FULL JOIN`
    OuterJoin,
    /// `QUALIFY`
    Qualify,
    /// A subquery that stands for a value
    ScalarSubquery,
    /// `SEMI` or `ANTI JOIN`
    SemiJoin,
    /// `UNION`, `INTERSECT`, `EXCEPT`
    SetOperation,
    /// `*` or `t.*` in the select list
    Star,
    /// `a || b`
    StringConcat,
    /// `TOP n`
    Top,
    /// `USING (...)`
    Using,
    /// `VALUES (...)`
    Values,
    /// `... OVER (...)`
    Window,
    /// `WITHIN GROUP (ORDER BY ...)`
    WithinGroup,
}

/// A base table in `FROM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The table.
    pub table: TableName,
    /// What the query calls it: the alias, or the table's name; folded.
    pub alias: String,
    /// The reference in the text.
    pub span: Span,
}

/// One item of the select list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The name of the result column, as typed (case kept).
    pub name: String,
    /// What it is.
    pub expression: Expression,
}

/// One join of `FROM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The scans on the left side of this join.
    pub left: Vec<ScanId>,
    /// The scans on the right side: usually one.
    pub right: Vec<ScanId>,
    /// Whether it is `[INNER] JOIN`.
    pub inner: bool,
    /// `ON`; absent for the other kinds, which are reported as forms.
    pub condition: Option<Expression>,
    /// The join in the text, from its keyword to the end of its condition.
    pub span: Span,
}

/// An expression with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpressionKind {
    /// A call of an aggregate function.
    Aggregate(AggregateCall),
    /// `CASE`, also reported as a form. `CASE x WHEN 1 ...` has an operand.
    Case {
        /// What is compared with each condition, if anything.
        operand: Option<Box<Expression>>,
        /// Conditions with their results, in text order.
        branches: Vec<(Expression, Expression)>,
        /// `ELSE`
        otherwise: Option<Box<Expression>>,
    },
    /// A column of a base table of the outermost block.
    Column {
        /// The table reference.
        scan: ScanId,
        /// The column.
        column: ColumnName,
    },
    /// A constant.
    Literal(Literal),
    /// An operator between operands.
    Operator {
        /// Which one.
        operator: Operator,
        /// Its operands, in text order.
        operands: Vec<Expression>,
    },
    /// A construct that is reported in [`Statement::forms`], with the parts it is made of.
    Other {
        /// Which construct.
        form: FormKind,
        /// Its parts in this block.
        parts: Vec<Expression>,
    },
    /// `:name` of an analysis template: a constant that judgement does not know.
    Parameter {
        /// Its name as typed, without the colon.
        name: String,
    },
    /// A column of a nested query, of a base table inside one, or (correlated) of a block
    /// around this one.
    Reference {
        /// What it is a column of.
        relation: RelationId,
        /// The column, folded.
        column: String,
        /// How rules without nesting see it.
        form: FormKind,
    },
    /// A call of a scalar function.
    Scalar {
        /// Its name, folded, such as `upper`.
        name: String,
        /// The function of AWS's enum that it spells (`CEIL` is `CEILING`), if it is one.
        function: Option<ScalarFunction>,
        /// Its arguments; units such as `month` are literals.
        arguments: Vec<Expression>,
    },
    /// `EXISTS (...)`, `x IN (SELECT ...)`, `(SELECT ...)`; also reported as a form.
    Subquery {
        /// `Exists`, `InSubquery` or `ScalarSubquery`.
        form: FormKind,
        /// The left side of `IN`.
        operand: Option<Box<Expression>>,
        /// The nested query.
        block: BlockId,
    },
    /// `call OVER (...)`, also reported as a form.
    Window {
        /// The aggregate or scalar-like call (`ROW_NUMBER()` is a `Scalar`).
        call: Box<Expression>,
        /// `PARTITION BY`
        partition: Vec<Expression>,
        /// `ORDER BY`
        order: Vec<Expression>,
        /// Whether a frame (`ROWS`, `RANGE`) is written.
        framed: bool,
    },
}

impl Expression {
    /// The form under which it is reported, when it is a construct that not every rule allows.
    pub fn form(&self) -> Option<FormKind> {
        match &self.kind {
            ExpressionKind::Case { .. } => Some(FormKind::Case),
            ExpressionKind::Other { form, .. }
            | ExpressionKind::Reference { form, .. }
            | ExpressionKind::Subquery { form, .. } => Some(*form),
            ExpressionKind::Parameter { .. } => Some(FormKind::Parameter),
            ExpressionKind::Window { .. } => Some(FormKind::Window),
            ExpressionKind::Aggregate(_)
            | ExpressionKind::Column { .. }
            | ExpressionKind::Literal(_)
            | ExpressionKind::Operator { .. }
            | ExpressionKind::Scalar { .. } => None,
        }
    }

    /// The expressions that it is directly made of, in this block, in text order.
    pub fn parts(&self) -> Vec<&Expression> {
        match &self.kind {
            ExpressionKind::Aggregate(call) => call.arguments.iter().collect(),
            ExpressionKind::Case { operand, branches, otherwise } => {
                let branches = branches.iter().flat_map(|(when, then)| [when, then]);
                let operand = operand.iter().map(|it| &**it);
                operand.chain(branches).chain(otherwise.iter().map(|it| &**it)).collect()
            }
            ExpressionKind::Column { .. }
            | ExpressionKind::Literal(_)
            | ExpressionKind::Parameter { .. }
            | ExpressionKind::Reference { .. } => Vec::new(),
            ExpressionKind::Operator { operands: parts, .. }
            | ExpressionKind::Other { parts, .. }
            | ExpressionKind::Scalar { arguments: parts, .. } => parts.iter().collect(),
            ExpressionKind::Subquery { operand, .. } => operand.iter().map(|it| &**it).collect(),
            ExpressionKind::Window { call, partition, order, framed: _ } => {
                std::iter::once(&**call).chain(partition).chain(order).collect()
            }
        }
    }
}

/// A call of an aggregate function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateCall {
    /// Its name, folded, such as `count`.
    pub name: String,
    /// Whether `DISTINCT` stands inside.
    pub distinct: bool,
    /// Its arguments; `COUNT(*)` has none (and `star` set).
    pub arguments: Vec<Expression>,
    /// `COUNT(*)`
    pub star: bool,
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// `NULL`
    Null,
    /// A number, as written.
    Number(String),
    /// `'text'`, `DATE '...'`, `TIMESTAMP '...'`
    Text(String),
}

/// Operators of the closed grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// `+`, binary or unary
    Add,
    /// `AND`; a chain is one operation of two or more operands
    And,
    /// `BETWEEN`, also negated: operand, low, high
    Between,
    /// `/`
    Divide,
    /// `=`
    Equal,
    /// `IN (...)`, also negated: operand, then the items
    In,
    /// `IS [NOT] NULL`
    IsNull,
    /// `IS [NOT] TRUE`, `IS [NOT] FALSE`, `IS [NOT] DISTINCT FROM`
    Is,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `LIKE`, also negated: operand, then the patterns (several only behind `ANY` or `ALL`) or
    /// the escape
    Like,
    /// `%`
    Modulo,
    /// `*`
    Multiply,
    /// `NOT`
    Not,
    /// `<>`, `!=`
    NotEqual,
    /// `OR`; a chain is one operation of two or more operands
    Or,
    /// `-`, binary or unary
    Subtract,
}

/// What the bound plan does. Extracted by an exhaustive match over the plan; extracted anew
/// after every rewrite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lineage {
    /// Every scan of a table in the plan, in plan order (also those inside nested queries).
    pub scans: Vec<PlanScan>,
    /// The final output columns, in order; hidden guard columns are not among them.
    pub outputs: Vec<PlanOutput>,
    /// Every aggregate call anywhere in the plan (guards' own counts are not among them).
    pub aggregates: Vec<PlanAggregate>,
    /// Everything that groups, anywhere.
    pub groups: Vec<PlanUse>,
    /// Every column of everything that DISTINCT makes distinct, anywhere.
    pub distincts: Vec<PlanUse>,
    /// Everything that filters rows below the first aggregate, anywhere.
    pub filters: Vec<PlanUse>,
    /// Everything that filters after an aggregate (HAVING).
    pub havings: Vec<PlanUse>,
    /// Every join.
    pub joins: Vec<PlanJoin>,
    /// Everything that is compared, anywhere.
    pub comparisons: Vec<PlanComparison>,
    /// Everything that orders.
    pub orders: Vec<PlanUse>,
    /// Whether the final output is made distinct.
    pub distinct: bool,
    /// The row limit at the top, if any.
    pub limit: Option<u64>,
    /// The guards that stand in the plan, as the rewrite put them there.
    pub guards: Vec<PlanGuard>,
    /// Whether the last that happens to the rows is a filter that lets none pass.
    pub withheld: bool,
    /// How many plan nodes of each kind, such as `Aggregate`; `SemiJoin`s are also `Join`s.
    pub nodes: std::collections::BTreeMap<&'static str, usize>,
}

/// A scan in the plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanScan {
    /// The table.
    pub table: TableName,
    /// What the plan calls it: the alias or the table's name.
    pub alias: String,
}

/// A column of a scan: where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Index into [`Lineage::scans`].
    pub scan: usize,
    /// The column.
    pub column: ColumnName,
}

/// One final output column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOutput {
    /// Columns whose values flow in without passing an aggregate.
    pub plain: BTreeSet<Source>,
    /// Columns whose values flow in through an aggregate.
    pub aggregated: BTreeSet<Source>,
    /// Functions and operators applied on the way, such as `upper`, `+`, `cast`.
    pub functions: BTreeSet<String>,
}

/// A use of columns in a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanUse {
    /// Columns whose values reach it without passing an aggregate.
    pub plain: BTreeSet<Source>,
    /// Columns whose values reach it through an aggregate.
    pub aggregated: BTreeSet<Source>,
    /// Functions and operators in it.
    pub functions: BTreeSet<String>,
}

/// An aggregate call in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanAggregate {
    /// Its name, such as `sum`.
    pub name: String,
    /// Whether it is `DISTINCT`.
    pub distinct: bool,
    /// Its argument, when it is one bare column.
    pub bare: Option<Source>,
    /// All columns that reach it.
    pub sources: BTreeSet<Source>,
    /// Whether it has a filter, an order or anything beyond its arguments.
    pub adorned: bool,
}

/// A join in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanJoin {
    /// Whether it is an inner join.
    pub inner: bool,
    /// The leaves of its condition that are `column = column`, one from each side.
    pub equalities: Vec<(Source, Source)>,
    /// Whether the condition is nothing but those leaves under AND and OR, at least one.
    pub pure: bool,
    /// Whether an OR stands in the condition.
    pub has_or: bool,
    /// Indices (into [`Lineage::scans`]) on the left side.
    pub left: BTreeSet<usize>,
    /// Indices on the right side.
    pub right: BTreeSet<usize>,
}

/// A threshold in the plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanGuard {
    /// The counted column.
    pub counted: Source,
    /// Further columns that a set operation put in the same place: counted together with it.
    pub merged: BTreeSet<Source>,
    /// At least so many distinct non-null values.
    pub minimum: u32,
}
