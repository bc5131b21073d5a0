//! Reads a room: members with their abilities and tables, then the queries.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{
    AccountId, Column, ColumnName, ColumnType, EncryptionMetadata, Extension, Rule, TableName,
};

use crate::token::{Kind, Lexer, Token};
use crate::{
    MAX_BYTES, MAX_COLUMNS, MAX_MEMBERS, MAX_TABLES, Member, Room, RoomError, Table, cases, custom,
    encryption, rule,
};

/// Reads a room.
///
/// All faults are returned, except that a syntax fault ends the reading of members. Never
/// panics, whatever the text.
pub fn parse(text: &str) -> Result<Room, Vec<RoomError>> {
    if text.len() > MAX_BYTES {
        return Err(vec![RoomError::new(1, format!("a room has at most {MAX_BYTES} bytes"))]);
    }
    let (title, first_line, skipped) = title(text);
    let people = text.get(skipped..cases::begin(text)).unwrap_or_default();
    let mut parser = Parser::new(Lexer::new(people, first_line));
    parser.accounts = names(people, first_line);
    let (encryption, members) = match parser.people() {
        Ok(people) => people,
        Err(error) => {
            parser.errors.push(error);
            (None, Vec::new())
        }
    };
    let mut errors = parser.errors;
    let cases = cases::cases(text, &mut errors);
    if errors.is_empty() {
        whole(&members, &mut errors);
    }
    if errors.is_empty() { Ok(Room { title, encryption, members, cases }) } else { Err(errors) }
}

/// Rules name members that stand further down: a first reading that minds nothing but
/// `member NAME [ACCOUNT]`.
fn names(people: &str, first_line: usize) -> BTreeMap<String, AccountId> {
    let mut lexer = Lexer::new(people, first_line);
    let mut next = || loop {
        match lexer.next() {
            Ok(token) => return token.kind,
            // Embedded JSON has marks of its own.
            Err(_) => match people.get(lexer.position..).and_then(|it| it.chars().next()) {
                Some(mark) => lexer.advance(mark.len_utf8()),
                None => return Kind::End,
            },
        }
    };
    let mut accounts = BTreeMap::new();
    let mut kind = next();
    while kind != Kind::End {
        let begins = matches!(kind, Kind::Word(it) if it.eq_ignore_ascii_case("member"));
        kind = next();
        if !begins {
            continue;
        }
        if let Kind::Word(name) | Kind::Quoted(name) = kind {
            let written = match next() {
                Kind::Word(word) if word.starts_with(|c: char| c.is_ascii_digit()) => word.into(),
                other => {
                    kind = other;
                    format!("{:012}", accounts.len() + 1)
                }
            };
            if let Ok(account) = written.parse() {
                accounts.entry(name.to_ascii_lowercase()).or_insert(account);
            }
        }
    }
    accounts
}

/// The title, the line after it and how many bytes it takes.
fn title(text: &str) -> (String, usize, usize) {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    match first.strip_prefix("//- room:") {
        Some(title) => (title.trim().to_owned(), 2, first.len()),
        None => (String::new(), 1, 0),
    }
}

/// What holds for a room as a whole.
fn whole(members: &[Member], errors: &mut Vec<RoomError>) {
    if members.iter().filter(|it| it.can_query).count() != 1 {
        errors.push(RoomError::new(1, "exactly one member must have `can query`"));
    }
    let mut names = BTreeSet::new();
    let mut accounts = BTreeSet::new();
    let mut tables = BTreeSet::new();
    for member in members {
        if !names.insert(member.name.to_ascii_lowercase()) {
            errors.push(RoomError::new(1, format!("member `{}` is there twice", member.name)));
        }
        if !accounts.insert(member.account) {
            errors.push(RoomError::new(1, format!("account {} is there twice", member.account)));
        }
        for table in &member.tables {
            if !tables.insert(&table.name) {
                errors.push(RoomError::new(1, format!("table `{}` is there twice", table.name)));
            }
        }
    }
}

/// The state of reading.
pub(crate) struct Parser<'a> {
    pub(crate) lexer: Lexer<'a>,
    pub(crate) token: Token<'a>,
    pub(crate) errors: Vec<RoomError>,
    tables: usize,
    /// The accounts of all members of the room, by folded name.
    pub(crate) accounts: BTreeMap<String, AccountId>,
}

impl<'a> Parser<'a> {
    fn new(lexer: Lexer<'a>) -> Self {
        let token = Token { kind: Kind::End, line: lexer.line, start: 0 };
        Self { lexer, token, errors: Vec::new(), tables: 0, accounts: BTreeMap::new() }
    }

    pub(crate) fn step(&mut self) -> Result<(), RoomError> {
        self.token = self.lexer.next()?;
        Ok(())
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.token.kind, Kind::Word(it) if it.eq_ignore_ascii_case(word))
    }

    /// Steps over the word, if it stands here.
    pub(crate) fn take_word(&mut self, word: &str) -> Result<bool, RoomError> {
        let here = self.is_word(word);
        if here {
            self.step()?;
        }
        Ok(here)
    }

    pub(crate) fn take_mark(&mut self, mark: char) -> Result<bool, RoomError> {
        let here = self.token.kind == Kind::Mark(mark);
        if here {
            self.step()?;
        }
        Ok(here)
    }

    pub(crate) fn expect_mark(&mut self, mark: char) -> Result<(), RoomError> {
        if self.take_mark(mark)? { Ok(()) } else { Err(self.expected(&format!("`{mark}`"))) }
    }

    pub(crate) fn expected(&self, what: &str) -> RoomError {
        let found = match self.token.kind {
            Kind::End => "the end of the members".to_owned(),
            Kind::Mark(mark) => format!("`{mark}`"),
            Kind::Quoted(name) => format!("\"{}\"", name.escape_debug()),
            Kind::Word(word) => format!("`{word}`"),
        };
        RoomError::new(self.token.line, format!("expected {what}, found {found}"))
    }

    /// A bare word or a quoted text.
    pub(crate) fn text(&mut self, what: &str) -> Result<&'a str, RoomError> {
        match self.token.kind {
            Kind::Word(text) | Kind::Quoted(text) => {
                self.step()?;
                Ok(text)
            }
            Kind::End | Kind::Mark(_) => Err(self.expected(what)),
        }
    }

    pub(crate) fn column_name(&mut self) -> Result<ColumnName, RoomError> {
        let line = self.token.line;
        let text = self.text("the name of a column")?;
        ColumnName::new(text).map_err(|bad| RoomError::new(line, bad.to_string()))
    }

    /// Whether the members have ended.
    pub(crate) fn is_end(&self) -> bool {
        self.token.kind == Kind::End
    }

    /// What stands above the queries.
    fn people(&mut self) -> Result<(Option<EncryptionMetadata>, Vec<Member>), RoomError> {
        self.step()?;
        Ok((encryption::settings(self)?, self.members()?))
    }

    fn members(&mut self) -> Result<Vec<Member>, RoomError> {
        let mut members = Vec::new();
        while self.token.kind != Kind::End {
            if !self.take_word("member")? {
                return Err(self.expected("`member NAME`"));
            }
            if members.len() == MAX_MEMBERS {
                let text = format!("a room has at most {MAX_MEMBERS} members");
                return Err(RoomError::new(self.token.line, text));
            }
            let number = members.len() + 1;
            members.push(self.member(number)?);
        }
        Ok(members)
    }

    fn member(&mut self, number: usize) -> Result<Member, RoomError> {
        let line = self.token.line;
        let name = self.text("the name of the member")?.to_owned();
        if name.is_empty() || name.chars().count() > 100 {
            self.errors.push(RoomError::new(line, "a member's name has 1 to 100 characters"));
        }
        let account = match self.token.kind {
            Kind::Word(word) if word.starts_with(|c: char| c.is_ascii_digit()) => {
                self.step()?;
                word.to_owned()
            }
            _ => format!("{number:012}"),
        };
        let account: AccountId =
            account.parse().map_err(|bad| RoomError::new(line, format!("{bad}")))?;
        let mut member = Member {
            name,
            account,
            can_query: false,
            can_receive: false,
            pays: false,
            tables: Vec::new(),
        };
        self.abilities(&mut member)?;
        while self.take_word("table")? {
            self.tables += 1;
            if self.tables > MAX_TABLES {
                let text = format!("a room has at most {MAX_TABLES} tables");
                return Err(RoomError::new(self.token.line, text));
            }
            member.tables.push(self.table()?);
        }
        Ok(member)
    }

    fn abilities(&mut self, member: &mut Member) -> Result<(), RoomError> {
        loop {
            if self.take_word("can")? {
                if self.take_word("query")? {
                    member.can_query = true;
                } else if self.take_word("receive")? {
                    member.can_receive = true;
                } else {
                    return Err(self.expected("`can query` or `can receive`"));
                }
            } else if self.take_word("pays")? {
                member.pays = true;
            } else {
                return Ok(());
            }
            self.take_mark(',')?;
        }
    }

    fn table(&mut self) -> Result<Table, RoomError> {
        let line = self.token.line;
        let name = self.text("the name of the table")?;
        let name = TableName::new(name).map_err(|bad| RoomError::new(line, bad.to_string()))?;
        let (mut columns, mut hidden) = (Vec::new(), Vec::new());
        self.expect_mark('(')?;
        loop {
            let aside = self.take_word("hidden")?;
            let column = self.column()?;
            if columns.iter().chain(&hidden).any(|it: &Column| it.name == column.name) {
                let text = format!("column `{}` is there twice", column.name);
                self.errors.push(RoomError::new(self.token.line, text));
            }
            if columns.len() + hidden.len() == MAX_COLUMNS {
                let text = format!("a table has at most {MAX_COLUMNS} columns");
                return Err(RoomError::new(self.token.line, text));
            }
            if aside {
                hidden.push(column)
            } else {
                columns.push(column)
            }
            if !self.take_mark(',')? {
                break;
            }
        }
        self.expect_mark(')')?;
        let mut table =
            Table { name, columns, hidden, rule: None, extension: Extension::default() };
        let line = self.token.line;
        if self.is_word("rule") {
            table.rule = rule::rule(self)?;
            table.extension = custom::extension(self)?;
            if let Some(found) = &table.rule {
                self.columns_exist(found, &table, line);
            }
            let faults = encryption::check(&table);
            self.errors.extend(faults.into_iter().map(|it| RoomError::new(line, it)));
        }
        Ok(table)
    }

    fn column(&mut self) -> Result<Column, RoomError> {
        let name = self.column_name()?;
        let line = self.token.line;
        let mut text = self.text("the type of the column, such as `text`")?.to_owned();
        if self.take_mark('(')? {
            let precision = self.text("the digits of the decimal")?;
            text.push_str(&format!("({precision}"));
            if self.take_mark(',')? {
                let scale = self.text("the digits after the point")?;
                text.push_str(&format!(",{scale}"));
            }
            text.push(')');
            self.expect_mark(')')?;
        }
        let kind: ColumnType =
            text.parse().map_err(|bad| RoomError::new(line, format!("{bad}")))?;
        Ok(Column { name, kind })
    }

    /// A rule speaks of allowed columns only; a threshold may stand on any column of the table.
    fn columns_exist(&mut self, rule: &Rule, table: &Table, line: usize) {
        let mut named: BTreeSet<&ColumnName> = BTreeSet::new();
        let mut counted: BTreeSet<&ColumnName> = BTreeSet::new();
        match rule {
            Rule::Aggregation(rule) => {
                named.extend(rule.aggregates().iter().map(|it| &it.column));
                named.extend(rule.join_columns());
                named.extend(rule.dimensions());
                counted.extend(rule.output_constraints().iter().map(|it| &it.column));
            }
            Rule::Custom(rule) => {
                named.extend(rule.disallowed_output());
                if let Some(threshold) = rule.threshold() {
                    named.insert(&threshold.identity);
                    named.extend(threshold.output_columns.keys());
                }
                if let Some(comparisons) = rule.comparisons() {
                    named.extend(&comparisons.literal_columns);
                    named.extend(&comparisons.column_columns);
                }
            }
            Rule::List(rule) => {
                named.extend(rule.join_columns());
                named.extend(rule.list_columns());
            }
        }
        let among =
            |columns: &[Column], name: &ColumnName| columns.iter().any(|it| &it.name == name);
        for name in named {
            if !among(&table.columns, name) {
                let text = format!("the rule names `{name}`, not an allowed column of the table");
                self.errors.push(RoomError::new(line, text));
            }
        }
        for name in counted {
            if !among(&table.columns, name) && !among(&table.hidden, name) {
                let text = format!("the threshold names `{name}`, not a column of the table");
                self.errors.push(RoomError::new(line, text));
            }
        }
    }
}
