//! What a room's text says, as data.

use std::ops::Range;

use glovebox_model::{
    AccountId, Code, Column, EncryptionMetadata, Extension, Mode, Rule, TableName,
};

/// A collaboration in small: who takes part, what they bring, and example queries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Room {
    /// What the room is about.
    pub title: String,
    /// The parameters of column encryption, if the room has any.
    pub encryption: Option<EncryptionMetadata>,
    /// Who takes part, in text order.
    pub members: Vec<Member>,
    /// Example queries with their expected verdicts, in text order.
    pub cases: Vec<Case>,
}

impl Room {
    /// The member who can query: exactly one in a room that parsed.
    pub fn runner(&self) -> Option<&Member> {
        self.members.iter().find(|it| it.can_query)
    }

    /// The member of that name, in any case.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Every table with its owner, in text order.
    pub fn tables(&self) -> impl Iterator<Item = (&Member, &Table)> {
        self.members.iter().flat_map(|member| member.tables.iter().map(move |it| (member, it)))
    }
}

/// A party of the collaboration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The display name.
    pub name: String,
    /// The account: as written, or `000000000001` for the first member and so on.
    pub account: AccountId,
    /// Whether the member runs queries.
    pub can_query: bool,
    /// Whether the member may receive results.
    pub can_receive: bool,
    /// Whether the member pays for queries.
    pub pays: bool,
    /// What the member brings.
    pub tables: Vec<Table>,
}

/// A table as it is associated with the collaboration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The name in queries.
    pub name: TableName,
    /// The allowed columns: what queries can name.
    pub columns: Vec<Column>,
    /// Columns that exist and that no query can name.
    pub hidden: Vec<Column>,
    /// What the owner allows; without a rule nothing.
    pub rule: Option<Rule>,
    /// What the owner says beyond AWS's shapes.
    pub extension: Extension,
}

/// An example query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What it shows.
    pub title: String,
    /// The query text.
    pub sql: String,
    /// The analysis template that the text is of; `None` when the runner wrote it.
    pub template: Option<Template>,
    /// What should become of it in strict mode.
    pub expected: Expected,
    /// What should become of it when every owner reads the rules as AWS does, when that is
    /// something else; and where that stands, in bytes.
    pub aws: Option<(Expected, Range<usize>)>,
    /// The text under the verdict, trimmed at the end: the golden diagnostics.
    pub golden: String,
    /// The line of `//- query`, from 1.
    pub line: usize,
    /// Where verdict and golden text stand in the room's text, in bytes.
    pub verdict: Range<usize>,
}

/// An analysis template of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name, which rules list it by.
    pub name: String,
    /// The display name of the member who made it.
    pub creator: String,
    /// Its parameters in text order.
    pub parameters: Vec<TemplateParameter>,
}

/// A parameter of an analysis template of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateParameter {
    /// Its name.
    pub name: String,
    /// AWS's name of its type.
    pub kind: String,
    /// The value that the query runs with; without it, any that is of the type.
    pub value: Option<String>,
}

impl Template {
    /// The ARN that a template of this name has in a room.
    pub fn arn(name: &str) -> String {
        format!("arn:aws:cleanrooms:us-east-1:000000000000:analysistemplate/{name}")
    }
}

impl Case {
    /// What should become of it in that mode.
    pub fn expected_in(&self, mode: Mode) -> &Expected {
        match (mode, &self.aws) {
            (Mode::Aws, Some((expected, _))) => expected,
            (Mode::Aws | Mode::Strict, _) => &self.expected,
        }
    }
}

/// The verdict that a room expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// `//- allowed`
    Allowed,
    /// `//- refused GB0112 ...`, in the order of the findings
    Refused(Vec<Code>),
}
