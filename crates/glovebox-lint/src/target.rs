//! The attacked table, one person in it, and the attacker's own table beside it.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_fixture::Room;
use glovebox_model::{
    ANY_QUERY, AccountId, Aggregate, AggregateFunction, AggregationDraft, AggregationRule, Column,
    ColumnName, ColumnType, CustomRule, EncryptionMetadata, Extension, JoinOperators, ListRule,
    OutputConstraint, Rule, TableName, WrittenCustom,
};
use glovebox_policy::{Analysis, RuledTable, Rules};
use glovebox_sql::{Schema, TableSchema};

use crate::world::{Content, Row, World};

/// The attacker's table.
pub(crate) const CRAFTED: &str = "crafted";
/// People in a synthetic table.
const PEOPLE: usize = 120;

/// A table under attack.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) table: TableName,
    owner: AccountId,
    runner: AccountId,
    encryption: EncryptionMetadata,
    pub(crate) rule: Rule,
    pub(crate) extension: Extension,
    /// The columns that queries can name.
    pub(crate) columns: Vec<Column>,
    hidden: Vec<Column>,
    /// What tells people apart.
    pub(crate) person: ColumnName,
    /// What the attacker's table is joined by.
    pub(crate) link: ColumnName,
    content: Content,
    /// The row of the person whom the attacker is after.
    pub(crate) victim: Row,
}

/// What the attacker's own table holds: `key`, `grp`, `n`.
pub(crate) type Crafted = Vec<(String, String, i64)>;

/// Why a table cannot be attacked.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoTarget {
    /// The room has no such table.
    #[error("the room has no table `{0}`")]
    Unknown(String),
    /// Nobody can query it.
    #[error("table `{0}` has no analysis rule: nobody can query it")]
    NoRule(String),
    /// No column tells people apart.
    #[error("table `{0}` has no column that could tell people apart")]
    NoPerson(String),
    /// The table has no rows.
    #[error("table `{0}` has no rows to attack")]
    Empty(String),
}

impl Target {
    /// The table of a room, with its rows or with synthetic ones.
    pub(crate) fn of(
        room: &Room,
        name: &TableName,
        rows: Option<Vec<Row>>,
    ) -> Result<Self, NoTarget> {
        let shown = || name.to_string();
        let (owner, table) = room
            .tables()
            .find(|(_, it)| it.name == *name)
            .ok_or_else(|| NoTarget::Unknown(shown()))?;
        let rule = table.rule.clone().ok_or_else(|| NoTarget::NoRule(shown()))?;
        let all: Vec<Column> = table.columns.iter().chain(&table.hidden).cloned().collect();
        let link = link(&rule, &table.columns).ok_or_else(|| NoTarget::NoPerson(shown()))?;
        let person = person(&rule).unwrap_or_else(|| link.clone());
        let rows = rows.unwrap_or_else(|| synthetic(&all, &[&person, &link]));
        let content = Content { columns: all, rows };
        let victim = victim(&content, &person).ok_or_else(|| NoTarget::Empty(shown()))?;
        let runner = room.runner().map_or(owner.account, |it| it.account);
        Ok(Self {
            table: name.clone(),
            owner: owner.account,
            runner,
            encryption: room.encryption.unwrap_or_default(),
            rule,
            extension: table.extension.clone(),
            columns: table.columns.clone(),
            hidden: table.hidden.clone(),
            person,
            link,
            content,
            victim,
        })
    }

    /// The victim's value in a column.
    pub(crate) fn secret(&self, column: &ColumnName) -> Option<&str> {
        self.victim.get(self.content.place(column)?)?.as_deref()
    }

    /// The type of a column that queries can name.
    pub(crate) fn kind(&self, column: &ColumnName) -> Option<ColumnType> {
        self.columns.iter().find(|it| it.name == *column).map(|it| it.kind)
    }

    /// The links of everybody but the victim, each once.
    pub(crate) fn others(&self) -> Vec<String> {
        let Some(place) = self.content.place(&self.link) else { return Vec::new() };
        let mine = self.secret(&self.link);
        let all: BTreeSet<&str> = self
            .content
            .rows
            .iter()
            .filter_map(|row| row.get(place).and_then(Option::as_deref))
            .filter(|it| Some(*it) != mine)
            .collect();
        all.into_iter().map(str::to_owned).collect()
    }

    /// The world with the victim, or without.
    pub(crate) fn world(&self, crafted: &Crafted, with_victim: bool) -> World {
        let kind = self.content.place(&self.link).and_then(|it| self.content.columns.get(it));
        let kind = kind.map_or(ColumnType::String, |it| it.kind);
        let own = vec![
            column("key", kind),
            column("grp", ColumnType::String),
            column("n", ColumnType::Bigint),
        ];
        let rows = crafted
            .iter()
            .map(|(key, group, n)| {
                vec![Some(key.clone()), Some(group.clone()), Some(n.to_string())]
            })
            .collect();
        let mut content = self.content.clone();
        if !with_victim && let Some(place) = content.place(&self.person) {
            let victim = self.victim.get(place).cloned().flatten();
            content.rows.retain(|row| row.get(place).cloned().flatten() != victim);
        }
        let crafted = table_name(CRAFTED);
        let schema = |columns: &[Column], hidden: &[Column]| TableSchema {
            columns: columns.to_vec(),
            hidden: hidden.to_vec(),
        };
        let tables = [
            (self.table.clone(), schema(&self.columns, &self.hidden)),
            (crafted.clone(), schema(&own, &[])),
        ];
        let ruled = |owner, rule: &Rule, extension: &Extension| RuledTable {
            owner,
            owner_name: String::new(),
            configured_table: None,
            rule: Some(rule.clone()),
            extension: extension.clone(),
        };
        let rules = [
            (self.table.clone(), ruled(self.owner, &self.rule, &self.extension)),
            (crafted.clone(), ruled(self.attacker(), &self.own_rule(), &self.extension)),
        ];
        World {
            schema: Schema { tables: tables.into() },
            rules: Rules {
                runner: self.attacker(),
                analysis: Analysis::Direct,
                encryption: self.encryption,
                tables: rules.into(),
            },
            tables: BTreeMap::from([
                (self.table.clone(), content),
                (crafted, Content { columns: own, rows }),
            ]),
        }
    }

    /// The member who runs queries, unless the rule trusts other providers only.
    fn attacker(&self) -> AccountId {
        match &self.rule {
            Rule::Custom(rule) if !rule.providers().contains(&self.runner) => {
                rule.providers().first().copied().unwrap_or(self.runner)
            }
            Rule::Aggregation(_) | Rule::Custom(_) | Rule::List(_) => self.runner,
        }
    }

    /// The attacker forbids itself nothing.
    fn own_rule(&self) -> Rule {
        let [key, grp, n] = ["key", "grp", "n"].map(column_name);
        let operators = JoinOperators { and: true, or: true };
        let made = match &self.rule {
            Rule::Aggregation(_) => AggregationRule::new(AggregationDraft {
                aggregates: vec![
                    Aggregate { function: AggregateFunction::CountDistinct, column: key.clone() },
                    Aggregate { function: AggregateFunction::Sum, column: n },
                ],
                join_columns: vec![key.clone()],
                join_operators: operators,
                dimensions: vec![grp],
                output_constraints: vec![OutputConstraint { column: key, minimum: 2 }],
                ..AggregationDraft::default()
            })
            .map(Rule::Aggregation),
            Rule::List(_) => ListRule::new(vec![key], operators, vec![grp, n]).map(Rule::List),
            Rule::Custom(_) => CustomRule::new(&WrittenCustom {
                allowed_analyses: vec![ANY_QUERY.into()],
                allowed_analysis_providers: Some(vec![self.attacker()]),
                ..WrittenCustom::default()
            })
            .map(Rule::Custom),
        };
        made.unwrap_or_else(|_| self.rule.clone())
    }
}

/// The column by which the attacker's table can be joined.
fn link(rule: &Rule, columns: &[Column]) -> Option<ColumnName> {
    let named = match rule {
        Rule::Aggregation(rule) => rule.join_columns().first().cloned(),
        Rule::List(rule) => rule.join_columns().first().cloned(),
        Rule::Custom(rule) => {
            let allowed = rule.comparisons().and_then(|it| it.column_columns.first().cloned());
            rule.threshold().map(|it| it.identity.clone()).or(allowed)
        }
    };
    named.or_else(|| columns.first().map(|it| it.name.clone()))
}

fn person(rule: &Rule) -> Option<ColumnName> {
    match rule {
        Rule::Aggregation(rule) => rule.output_constraints().first().map(|it| it.column.clone()),
        Rule::Custom(rule) => rule.threshold().map(|it| it.identity.clone()),
        Rule::List(_) => None,
    }
}

/// Common people with values that many share, and one whose every value is her own.
fn synthetic(columns: &[Column], identities: &[&ColumnName]) -> Vec<Row> {
    let cell = |column: &Column, person: usize, rare: bool| -> String {
        let identity = identities.contains(&&column.name);
        let number = if identity { person } else { person * 7 % 5 };
        match (column.kind, rare && !identity) {
            (ColumnType::String | ColumnType::Binary, false) if identity => format!("p{number:04}"),
            (ColumnType::String | ColumnType::Binary, false) => format!("v{number}"),
            (ColumnType::String | ColumnType::Binary, true) => "rare".into(),
            (ColumnType::Date, rare) => {
                if rare {
                    "1999-12-31".into()
                } else {
                    format!("2026-01-{:02}", number % 28 + 1)
                }
            }
            (ColumnType::Timestamp, rare) => {
                let day = if rare { 31 } else { number % 28 + 1 };
                format!("2026-01-{day:02} 00:00:00")
            }
            (ColumnType::Boolean, rare) => rare.to_string(),
            (ColumnType::Tinyint, rare) => (if rare { 99 } else { number % 100 }).to_string(),
            (_, rare) => (if rare { 9_999 } else { number }).to_string(),
        }
    };
    let row = |person: usize, rare: bool| -> Row {
        columns.iter().map(|it| Some(cell(it, person, rare))).collect()
    };
    let mut rows: Vec<Row> = (0..PEOPLE).map(|person| row(person, false)).collect();
    rows.push(row(PEOPLE, true));
    rows
}

/// Whoever has the rarest value in some column.
fn victim(content: &Content, person: &ColumnName) -> Option<Row> {
    let place = content.place(person)?;
    let mut best: Option<(usize, &Row)> = None;
    for other in (0..content.columns.len()).filter(|it| *it != place) {
        let mut times: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for row in &content.rows {
            *times.entry(row.get(other).and_then(Option::as_deref)).or_default() += 1;
        }
        for row in content.rows.iter().rev().filter(|it| it.get(place).is_some_and(Option::is_some))
        {
            let value = row.get(other).and_then(Option::as_deref);
            let shared = times.get(&value).copied().unwrap_or(usize::MAX);
            if value.is_some() && best.is_none_or(|(least, _)| shared < least) {
                best = Some((shared, row));
            }
        }
    }
    best.map(|(_, row)| row).or(content.rows.last()).cloned()
}

fn column(name: &str, kind: ColumnType) -> Column {
    Column { name: column_name(name), kind }
}

#[expect(clippy::expect_used, reason = "the names are written here")]
fn column_name(name: &str) -> ColumnName {
    ColumnName::new(name).expect("a legal name")
}

#[expect(clippy::expect_used, reason = "the name is written here")]
fn table_name(name: &str) -> TableName {
    TableName::new(name).expect("a legal name")
}
