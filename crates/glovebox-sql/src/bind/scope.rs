//! What names mean: the tables of a block, and those of the blocks around it.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::sql::sqlparser::ast::Expr;

use glovebox_model::{ColumnName, Span};

use super::binder::exact;
use super::call::call;
use crate::error::Fault;
use crate::facts::{Expression, ExpressionKind, FormKind, RelationId, ScanId};
use crate::functions;

/// A table, derived table or CTE in `FROM`.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// What the query calls it, folded.
    pub(super) alias: String,
    /// Its number among those of all blocks.
    pub(super) id: RelationId,
    /// What it is.
    pub(super) origin: Origin,
    /// Its columns, folded.
    pub(super) columns: Vec<String>,
    /// Columns merged away by `USING` or `NATURAL`: an earlier table speaks for them.
    pub(super) merged: BTreeSet<String>,
    /// Columns that a `FULL JOIN` fused with columns of others: the first that is not NULL speaks.
    pub(super) fused: BTreeMap<String, Vec<Found>>,
    /// Whether names outside its join see it (not the right side of a semi join).
    pub(super) visible: bool,
    /// The reference in the text.
    pub(super) span: Span,
}

impl Relation {
    /// A table that does not exist: it was reported, and its columns are not reported again.
    pub(super) fn unknown(alias: String, span: Span) -> Self {
        Self {
            alias,
            id: RelationId(usize::MAX),
            origin: Origin::Unknown,
            columns: Vec::new(),
            merged: BTreeSet::new(),
            fused: BTreeMap::new(),
            visible: true,
            span,
        }
    }
}

/// What stands behind a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A base table of the outermost block.
    Scan(ScanId),
    /// A base table of a nested block.
    Table,
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
    pub(super) relation: RelationId,
    pub(super) column: String,
    pub(super) origin: Origin,
    /// Whether it is a relation of this very block.
    pub(super) here: bool,
    /// What speaks for it where it is NULL, after a `FULL JOIN` with `USING`.
    pub(super) fused: Vec<Found>,
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
            (Some(only), None, _) if relation.is_none() => Ok(only.found_free(name)),
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
            relation: self.id,
            column: name.to_owned(),
            origin: self.origin.clone(),
            here: true,
            fused: Vec::new(),
        }
    }

    /// The column as it is named without the relation.
    pub(super) fn found_free(&self, name: &str) -> Found {
        Found { fused: self.fused.get(name).cloned().unwrap_or_default(), ..self.found(name) }
    }
}

impl Found {
    /// The column for the planner.
    pub(super) fn node(&self) -> Expr {
        let own = Expr::CompoundIdentifier(vec![exact(&self.alias), exact(&self.column)]);
        match self.fused.as_slice() {
            [] => own,
            others => call(
                "coalesce",
                std::iter::once(own).chain(others.iter().map(Self::node)).collect(),
            ),
        }
    }

    /// The column for rules.
    pub(super) fn value(&self, span: Span) -> Expression {
        let own = self.expression(span);
        if self.fused.is_empty() {
            return own;
        }
        let others = self.fused.iter().map(|it| it.value(span));
        let kind = ExpressionKind::Scalar {
            name: "coalesce".to_owned(),
            function: functions::aws_scalar("coalesce"),
            arguments: std::iter::once(own).chain(others).collect(),
        };
        Expression { kind, span }
    }

    /// The column itself: one of a base table of the outermost block, or another.
    fn expression(&self, span: Span) -> Expression {
        let kind = match (&self.origin, ColumnName::new(&self.column)) {
            (Origin::Scan(scan), Ok(column)) if self.here => {
                ExpressionKind::Column { scan: *scan, column }
            }
            _ => ExpressionKind::Reference {
                relation: self.relation,
                column: self.column.clone(),
                form: self.form(),
            },
        };
        Expression { kind, span }
    }

    /// How rules without nesting see a column that is not one of a base table of the outermost
    /// block.
    fn form(&self) -> FormKind {
        match self.origin {
            Origin::Query(form) => form,
            Origin::Scan(_) | Origin::Table | Origin::Unknown => FormKind::ScalarSubquery,
        }
    }
}
