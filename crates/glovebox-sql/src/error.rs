//! Why a text does not bind: one variant, one stable code, one text per reason.

use glovebox_model::{Code, Finding, Span};

use crate::limits::{MAX_CHARACTERS, MAX_DEPTH, MAX_TABLES, MAX_WORDS};

/// One reason why a text does not bind, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct Unbound {
    /// What is wrong.
    pub fault: Fault,
    /// Where; `None` when it is about the whole text.
    pub span: Option<Span>,
}

/// What can be wrong with a text before any rule is asked.
///
/// The texts name only what the analyst typed: a hidden column and a made-up one read the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An aggregate call where rows are not grouped yet, or inside another one.
    #[error("an aggregate function cannot stand here")]
    AggregateMisplaced,
    /// A name that more than one table has.
    #[error("column `{name}` is in more than one table of this query")]
    AmbiguousColumn {
        /// As typed.
        name: String,
    },
    /// A control or direction-changing character outside what text needs.
    #[error("the text has a character that cannot stand in a query (U+{code:04X})")]
    BadCharacter {
        /// Its code point.
        code: u32,
    },
    /// An identifier with characters that names cannot have.
    #[error("a name here has 1 to 127 printable ASCII characters")]
    BadName,
    /// Two tables with one name in `FROM`.
    #[error("two tables of this query are called `{name}`")]
    DuplicateAlias {
        /// Folded.
        name: String,
    },
    /// Two result columns with one name.
    #[error("two columns of the result are called `{name}`")]
    DuplicateOutput {
        /// As it would be in the result.
        name: String,
    },
    /// No SQL in the text.
    #[error("there is no query in the text")]
    Empty,
    /// Columns outside aggregate functions and `GROUP BY`.
    #[error("every column outside an aggregate function must be in GROUP BY: {columns}")]
    NotGrouped {
        /// Qualified as AWS prints them, separated by `, `.
        columns: String,
    },
    /// Not a `SELECT`.
    #[error("only a SELECT can run here")]
    NotSelect,
    /// An ordinal of `GROUP BY` or `ORDER BY` beyond the select list.
    #[error("there is no column number {number} in the select list")]
    OrdinalOutOfRange {
        /// As typed.
        number: String,
    },
    /// A name that is reserved.
    #[error("the name `{name}` is reserved")]
    ReservedName {
        /// As typed.
        name: String,
    },
    /// More than one statement.
    #[error("only one statement can run at a time")]
    SeveralStatements,
    /// The parser does not understand the text.
    #[error("this is not SQL that can be read here")]
    Syntax,
    /// Nested too deeply.
    #[error("the query is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// Too many characters.
    #[error("the query has more than {MAX_CHARACTERS} characters")]
    TooLong,
    /// Too many table references.
    #[error("the query uses more than {MAX_TABLES} tables")]
    TooManyTables,
    /// Too many words and operators.
    #[error("the query has more than {MAX_WORDS} words and operators")]
    TooManyWords,
    /// A column that does not exist, or that the query may not know of.
    #[error("there is no column `{name}` here")]
    UnknownColumn {
        /// As typed.
        name: String,
    },
    /// A function that does not exist.
    #[error("there is no function `{name}`")]
    UnknownFunction {
        /// As typed.
        name: String,
    },
    /// A placeholder that no parameter is declared for.
    #[error("the template has no parameter `{name}`")]
    UnknownParameter {
        /// As typed, without the colon.
        name: String,
    },
    /// A table that does not exist, or that the query may not know of.
    #[error("there is no table `{name}`")]
    UnknownTable {
        /// As typed.
        name: String,
    },
    /// A construct outside the closed grammar.
    #[error("{construct} cannot be used here")]
    Unsupported {
        /// What it is, in SQL words.
        construct: &'static str,
    },
    /// A call or an operator whose arguments do not fit.
    #[error("the number or the types of the arguments do not fit")]
    WrongArguments,
    /// A column list of another length than the columns.
    #[error("the column list has not as many names as there are columns")]
    WrongColumnList,
    /// A value that its parameter's type does not accept. The value is never shown.
    #[error("the value of parameter `{name}` is not of its type")]
    WrongParameter {
        /// As typed, without the colon.
        name: String,
    },
}

impl Fault {
    /// The stable code and short name.
    pub fn code(&self) -> (Code, &'static str) {
        let (code, title) = match self {
            Self::Empty => (1, "empty-text"),
            Self::TooLong => (2, "text-too-long"),
            Self::TooDeep => (3, "too-deep"),
            Self::Syntax => (4, "syntax"),
            Self::NotSelect => (5, "not-a-select"),
            Self::SeveralStatements => (6, "several-statements"),
            Self::Unsupported { .. } => (7, "unsupported-construct"),
            Self::UnknownTable { .. } => (8, "unknown-table"),
            Self::UnknownColumn { .. } => (9, "unknown-column"),
            Self::AmbiguousColumn { .. } => (10, "ambiguous-column"),
            Self::UnknownFunction { .. } => (11, "unknown-function"),
            Self::WrongArguments => (12, "wrong-arguments"),
            Self::ReservedName { .. } => (13, "reserved-name"),
            Self::DuplicateOutput { .. } => (14, "duplicate-output-name"),
            Self::TooManyTables => (15, "too-many-tables"),
            Self::NotGrouped { .. } => (16, "not-in-group-by"),
            Self::BadCharacter { .. } => (17, "bad-character"),
            Self::DuplicateAlias { .. } => (18, "duplicate-table-name"),
            Self::BadName => (19, "bad-name"),
            Self::TooManyWords => (20, "too-many-words"),
            Self::OrdinalOutOfRange { .. } => (21, "ordinal-out-of-range"),
            Self::AggregateMisplaced => (22, "aggregate-misplaced"),
            Self::UnknownParameter { .. } => (23, "unknown-parameter"),
            Self::WrongParameter { .. } => (24, "wrong-parameter"),
            Self::WrongColumnList => (25, "wrong-column-list"),
        };
        (Code(code), title)
    }

    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::AggregateMisplaced => "aggregate in SELECT, HAVING or ORDER BY, one level deep",
            Self::AmbiguousColumn { .. } => "put the table's name or alias before it",
            Self::BadCharacter { .. } => "remove it, or type the text anew",
            Self::BadName => "choose a name of letters, digits and `_`",
            Self::DuplicateAlias { .. } => "give each its own alias",
            Self::DuplicateOutput { .. } => "give it an alias",
            Self::Empty => "write a SELECT",
            Self::NotGrouped { .. } => "add it to GROUP BY, or aggregate it",
            Self::NotSelect => "write one SELECT",
            Self::OrdinalOutOfRange { .. } => "count the select list from 1, or write the name",
            Self::ReservedName { .. } => "choose another name",
            Self::SeveralStatements => "send one SELECT per query",
            Self::Syntax => "check the words around this place",
            Self::TooDeep => "nest less",
            Self::TooLong | Self::TooManyWords => "shorten the query",
            Self::TooManyTables => "use fewer tables",
            Self::UnknownColumn { .. } => "use a column that the collaboration's schema lists",
            Self::UnknownFunction { .. } => "use a function that the documentation lists",
            Self::UnknownParameter { .. } => "declare it, or write the name of one that is",
            Self::WrongParameter { .. } => "give a value of the type that the template declares",
            Self::UnknownTable { .. } => "use a table that the collaboration's schema lists",
            Self::Unsupported { .. } => "write the query without it",
            Self::WrongColumnList => "name every column, in order",
            Self::WrongArguments => "check the number and the types of the arguments",
        }
    }

    /// The real service's wording, where it is known.
    fn aws_text(&self) -> Option<String> {
        match self {
            Self::NotGrouped { columns } => {
                Some(format!("Column(s) [{columns}] must appear in group by clause"))
            }
            _ => None,
        }
    }

    pub(crate) fn at(self, span: Span) -> Unbound {
        Unbound { fault: self, span: Some(span) }
    }

    pub(crate) fn whole(self) -> Unbound {
        Unbound { fault: self, span: None }
    }
}

impl From<Unbound> for Finding {
    fn from(Unbound { fault, span }: Unbound) -> Self {
        let (code, title) = fault.code();
        Self {
            code,
            title,
            aws_text: fault.aws_text(),
            text: fault.to_string(),
            span,
            table: None,
            owner: None,
            help: Some(fault.help().to_owned()),
            ask_owner: None,
        }
    }
}

/// A rewrite that cannot be done, or whose outcome is not what it must be.
///
/// None of these is the analyst's doing: the query is withheld and the cause is ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// The plan is not of the shape that the rewrite knows.
    #[error("the plan is not of the shape that {0} needs")]
    Shape(&'static str),
    /// Each row of the output belongs to one person; the index into the plan's scans.
    #[error("each row of the output belongs to one person of table number {0} of the plan")]
    RowLevel(usize),
    /// A guard names a scan or a column that does not exist.
    #[error("a guard names a table or a column that does not exist")]
    UnknownColumn,
    /// Something stands in the rewritten plan that must not.
    #[error("the rewritten plan holds {0}")]
    Left(&'static str),
    /// The rewritten plan does not show what was put in.
    #[error("the rewritten plan does not show {0}")]
    Lost(&'static str),
    /// Types do not meet, or something could fail on a row.
    #[error("the types of the query do not meet")]
    Total,
    /// The planner refused to rebuild the plan.
    #[error("the plan could not be rebuilt")]
    Planner,
    /// A source's columns are not those of the schema.
    #[error("the columns of table `{0}` are not those it was configured with")]
    Source(glovebox_model::TableName),
}
