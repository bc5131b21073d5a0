//! What names mean: the tables of a block, and those of the blocks around it.

use std::collections::BTreeSet;

use glovebox_model::{ColumnName, Span, TableName};

use crate::error::Fault;
use crate::facts::{FormKind, ScanId};

/// A table, derived table or CTE in `FROM`.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// What the query calls it, folded.
    pub(super) alias: String,
    /// What it is.
    pub(super) origin: Origin,
    /// Its columns, folded.
    pub(super) columns: Vec<String>,
    /// Columns merged away by `USING` or `NATURAL`: an earlier table speaks for them.
    pub(super) merged: BTreeSet<String>,
    /// Whether names outside its join see it (not the right side of a semi join).
    pub(super) visible: bool,
    /// The reference in the text.
    pub(super) span: Span,
}

impl Relation {
    pub(super) fn new(alias: String, origin: Origin, columns: Vec<String>, span: Span) -> Self {
        Self { alias, origin, columns, merged: BTreeSet::new(), visible: true, span }
    }

    /// A table that does not exist: it was reported, and its columns are not reported again.
    pub(super) fn unknown(alias: String, span: Span) -> Self {
        Self::new(alias, Origin::Unknown, Vec::new(), span)
    }
}

/// What stands behind a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A base table of the outermost block.
    Scan(ScanId),
    /// A base table of a nested block.
    Table(TableName),
    /// Rows of a nested query, reported as that form.
    Query(FormKind),
    /// A table that does not exist.
    Unknown,
}

/// The relations that a name can mean here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'s> {
    /// Those of this block.
    pub(super) relations: &'s [Relation],
    /// Those around a subquery.
    pub(super) outer: Option<&'s Scope<'s>>,
}

/// A resolved column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) alias: String,
    pub(super) column: String,
    pub(super) origin: Origin,
    /// Whether it is a relation of this very block.
    pub(super) here: bool,
}

impl Scope<'_> {
    /// Resolves `name` or `relation.name`, both folded; `typed` is what a refusal shows.
    pub(super) fn find(
        &self,
        relation: Option<&str>,
        name: &str,
        typed: &str,
    ) -> Result<Found, Fault> {
        let matches = |it: &&Relation| {
            it.visible
                && relation.is_none_or(|alias| it.alias == alias)
                && it.columns.iter().any(|column| column == name)
                && (relation.is_some() || !it.merged.contains(name))
        };
        if let Some(unknown) = self.unknown(relation) {
            return Ok(unknown.found(name));
        }
        let mut candidates = self.relations.iter().filter(matches);
        match (candidates.next(), candidates.next(), self.outer) {
            (Some(_), Some(_), _) => Err(Fault::AmbiguousColumn { name: typed.to_owned() }),
            (Some(only), None, _) => Ok(only.found(name)),
            (None, _, Some(outer)) => {
                outer.find(relation, name, typed).map(|it| Found { here: false, ..it })
            }
            (None, _, None) => Err(Fault::UnknownColumn { name: typed.to_owned() }),
        }
    }
}

impl Scope<'_> {
    /// Whether a column of this name is in this block.
    pub(super) fn knows(&self, name: &str) -> bool {
        let has = |it: &Relation| it.visible && it.columns.iter().any(|column| column == name);
        self.relations.iter().any(has)
    }

    /// The unknown table that a name may mean: no second finding about its columns.
    fn unknown(&self, relation: Option<&str>) -> Option<&Relation> {
        let may_mean = |it: &&Relation| {
            it.origin == Origin::Unknown
                && relation.is_none_or(|alias| it.alias == alias || it.alias.is_empty())
        };
        self.relations.iter().find(may_mean)
    }
}

impl Relation {
    pub(super) fn found(&self, name: &str) -> Found {
        Found {
            alias: self.alias.clone(),
            column: name.to_owned(),
            origin: self.origin.clone(),
            here: true,
        }
    }
}

impl Found {
    /// The column as rules see it, when it is one of a base table of the outermost block.
    pub(super) fn scan_column(&self) -> Option<(ScanId, ColumnName)> {
        match &self.origin {
            Origin::Scan(scan) if self.here => {
                ColumnName::new(&self.column).ok().map(|column| (*scan, column))
            }
            Origin::Scan(_) | Origin::Table(_) | Origin::Query(_) | Origin::Unknown => None,
        }
    }

    /// How rules see a column that is not one of a base table of the outermost block.
    pub(super) fn form(&self) -> FormKind {
        match self.origin {
            Origin::Query(form) => form,
            Origin::Scan(_) | Origin::Table(_) | Origin::Unknown => FormKind::ScalarSubquery,
        }
    }
}
