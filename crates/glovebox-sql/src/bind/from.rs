//! `FROM`: tables, and the relations they bring into scope.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast::{
    Ident, ObjectName, ObjectNamePart, Spanned, TableAlias, TableAliasColumnDef, TableFactor,
    TableWithJoins,
};
use datafusion::sql::sqlparser::tokenizer::Span as ParserSpan;
use glovebox_model::{Span, TableName};

use super::binder::{Binder, NamedQuery, Place, exact, single};
use super::join::{From, ids, scans};
use super::scope::{Origin, Relation};
use super::text::union;
use crate::error::Fault;
use crate::facts::{
    self, Block, BlockJoin, Body, FormKind, Join, JoinKind, RelationId, RelationOrigin, Scan,
    ScanId, Statement,
};
use crate::limits::{MAX_PLANNED, MAX_TABLES};

impl Binder<'_> {
    /// Binds `FROM`: the relations that the other clauses see, and the joins between them.
    pub(super) fn from(
        &mut self,
        items: &mut [TableWithJoins],
        statement: &mut Statement,
        place: Place<'_>,
    ) -> From {
        let mut from = From::default();
        for (index, item) in items.iter_mut().enumerate() {
            let start = from.relations.len();
            let span = self.item(item, &mut from, start, statement, place);
            if index > 0 {
                let span = self.text.with_previous(span);
                self.form(FormKind::CommaJoin, span);
                let left = from.relations.get(..start).unwrap_or_default();
                let right = from.relations.get(start..).unwrap_or_default();
                if place.outermost {
                    let (left, right) = (scans(left), scans(right));
                    statement.joins.push(Join { left, right, inner: false, condition: None, span });
                }
                from.joins.push(BlockJoin {
                    kind: JoinKind::Cross,
                    left: ids(left),
                    right: ids(right),
                    condition: None,
                    span,
                });
            }
        }
        let mut seen = BTreeSet::new();
        for relation in &from.relations {
            if !seen.insert(relation.alias.as_str()) {
                let fault = Fault::DuplicateAlias { name: relation.alias.clone() };
                self.fault(fault, relation.span);
            }
        }
        from
    }

    /// One item of `FROM` with its joins, whose relations start at `start`.
    fn item(
        &mut self,
        item: &mut TableWithJoins,
        from: &mut From,
        start: usize,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Span {
        let TableWithJoins { relation, joins } = item;
        let mut span = self.factor(relation, from, statement, place);
        for join in joins {
            span = union(span, self.join(join, from, start, statement, place));
        }
        span
    }

    /// One table, derived table or parenthesised join.
    pub(super) fn factor(
        &mut self,
        factor: &mut TableFactor,
        from: &mut From,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Span {
        match factor {
            TableFactor::Table { .. } => self.table(factor, from, statement, place),
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                let anchor = self.query_anchor(subquery);
                let group = self.text.enclosing_group(anchor);
                let span =
                    alias.as_ref().map_or(group, |it| union(group, self.text.ident(&it.name)));
                self.refuse(*lateral, "LATERAL", span);
                self.refuse(sample.is_some(), "TABLESAMPLE", span);
                self.form(FormKind::DerivedTable, group);
                let rows = self.nested(subquery, None, place);
                let alias = alias.get_or_insert_with(|| unnamed(self.blocks.relations.len()));
                let rows = self.named_columns(alias, rows, span);
                let called = self.alias(alias, span);
                let origin = Origin::Query(FormKind::DerivedTable);
                let known = RelationOrigin::Block(rows.block);
                from.relations.push(self.relation(called, origin, known, rows.columns, span));
                span
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let start = from.relations.len();
                let inside = self.item(table_with_joins, from, start, statement, place.deeper());
                let span = self.text.enclosing_group(inside);
                self.refuse(alias.is_some(), "an alias for a join", span);
                span
            }
            TableFactor::TableFunction { .. } | TableFactor::Function { .. } => {
                self.unsupported_factor("a table function", factor, from)
            }
            TableFactor::UNNEST { .. } => self.unsupported_factor("UNNEST", factor, from),
            TableFactor::JsonTable { .. }
            | TableFactor::OpenJsonTable { .. }
            | TableFactor::XmlTable { .. } => {
                self.unsupported_factor("a table function", factor, from)
            }
            TableFactor::Pivot { .. } => self.unsupported_factor("PIVOT", factor, from),
            TableFactor::Unpivot { .. } => self.unsupported_factor("UNPIVOT", factor, from),
            TableFactor::MatchRecognize { .. } => {
                self.unsupported_factor("MATCH_RECOGNIZE", factor, from)
            }
            TableFactor::SemanticView { .. } => {
                self.unsupported_factor("SEMANTIC_VIEW", factor, from)
            }
        }
    }

    fn unsupported_factor(
        &mut self,
        construct: &'static str,
        factor: &TableFactor,
        from: &mut From,
    ) -> Span {
        let span = self.text.span(factor.span()).unwrap_or_else(|| self.text.whole());
        self.unsupported(construct, span);
        from.relations.push(Relation::unknown(String::new(), span));
        span
    }

    fn table(
        &mut self,
        factor: &mut TableFactor,
        from: &mut From,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Span {
        let TableFactor::Table {
            name,
            alias,
            args,
            with_hints,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_hints,
        } = factor
        else {
            return self.text.whole();
        };
        let typed = self.object(name);
        let span = alias.as_ref().map_or(typed, |it| union(typed, self.text.ident(&it.name)));
        self.refuse(args.is_some(), "a table function", span);
        self.refuse(!with_hints.is_empty() || !index_hints.is_empty(), "a table hint", span);
        self.refuse(version.is_some(), "a table version", span);
        self.refuse(*with_ordinality, "WITH ORDINALITY", span);
        self.refuse(!partitions.is_empty(), "PARTITION", span);
        self.refuse(json_path.is_some(), "a path into a table", span);
        self.refuse(sample.is_some(), "TABLESAMPLE", span);
        let given = alias.as_mut().map(|it| self.alias(it, span));
        let Some(ident) = single(name).cloned() else {
            self.fault(Fault::UnknownTable { name: name.to_string() }, typed);
            let last = name.0.last().and_then(|it| it.as_ident()).map(|it| it.value.as_str());
            let called = given.or_else(|| last.map(str::to_ascii_lowercase)).unwrap_or_default();
            from.relations.push(Relation::unknown(called, span));
            return span;
        };
        let renamed = alias.as_ref().is_some_and(|it| !it.columns.is_empty());
        self.refuse(renamed, "a column list after a table's name", span);
        let folded = ident.value.to_ascii_lowercase();
        let called = given.unwrap_or_else(|| folded.clone());
        if let Some(named) = self.ctes.iter().rev().find(|it| it.name == folded).cloned() {
            self.planned(named.n_planned, span);
            let origin = Origin::Query(FormKind::Cte);
            let known = RelationOrigin::Block(named.block);
            let relation = self.relation(called.clone(), origin, known, named.columns, span);
            from.relations.push(relation);
            rename(name, alias, &folded, &called);
            return span;
        }
        let known =
            TableName::new(&folded).ok().and_then(|table| self.schema.tables.get_key_value(&table));
        let Some((table, found)) = known else {
            self.fault(Fault::UnknownTable { name: ident.value.clone() }, typed);
            // Its columns are unknown too: one finding is enough, so the name stands for any.
            from.relations.push(Relation::unknown(called, span));
            return span;
        };
        self.n_tables += 1;
        if self.n_tables == MAX_TABLES + 1 {
            self.fault(Fault::TooManyTables, span);
        }
        self.planned(1, span);
        let columns = found.columns.iter().map(|it| it.name.as_str().to_owned()).collect();
        let origin = if place.outermost {
            statement.scans.push(Scan { table: table.clone(), alias: called.clone(), span: typed });
            Origin::Scan(ScanId(statement.scans.len() - 1))
        } else {
            Origin::Table
        };
        let known = RelationOrigin::Table(table.clone());
        from.relations.push(self.relation(called.clone(), origin, known, columns, span));
        rename(name, alias, table.as_str(), &called);
        span
    }

    /// So many base tables more in the plan. Names that stand for names would double it each time.
    fn planned(&mut self, more: usize, span: Span) {
        let before = self.n_planned;
        self.n_planned = before.saturating_add(more);
        if before <= MAX_PLANNED && self.n_planned > MAX_PLANNED {
            self.fault(Fault::TooManyTables, span);
        }
    }

    /// Notes a relation, and brings it into scope.
    pub(super) fn relation(
        &mut self,
        alias: String,
        origin: Origin,
        known: RelationOrigin,
        columns: Vec<String>,
        span: Span,
    ) -> Relation {
        let scan = match origin {
            Origin::Scan(scan) => Some(scan),
            Origin::Table | Origin::Query(_) | Origin::Unknown => None,
        };
        let id = RelationId(self.blocks.relations.len());
        let noted = facts::Relation { alias: alias.clone(), origin: known, scan, span };
        self.blocks.relations.push(noted);
        Relation { id, origin, columns, ..Relation::unknown(alias, span) }
    }

    /// Checks a table alias.
    fn alias(&mut self, alias: &mut TableAlias, span: Span) -> String {
        let TableAlias { explicit: _, name, columns, at } = alias;
        self.refuse(at.is_some(), "AT after an alias", span);
        let folded = if name.value.starts_with(UNNAMED) && name.span == ParserSpan::empty() {
            name.value.clone()
        } else {
            self.new_name(name)
        };
        for column in columns {
            self.refuse(column.data_type.is_some(), "a type in a column list", span);
        }
        *name = exact(&folded);
        folded
    }

    /// Gives the columns of a query the names of a column list, if there is one. Those of
    /// `VALUES` always have names that Spark gives.
    pub(super) fn named_columns(
        &mut self,
        alias: &mut TableAlias,
        rows: NamedQuery,
        span: Span,
    ) -> NamedQuery {
        let is_values = |it: &Block| matches!(it.body, Body::Values(_));
        let values = self.blocks.block(rows.block).is_some_and(is_values);
        if alias.columns.is_empty() {
            if !values {
                return rows;
            }
            let names = (1..=rows.columns.len()).map(|it| format!("col{it}"));
            alias.columns = names.map(TableAliasColumnDef::from_name).collect();
        }
        if alias.columns.len() != rows.columns.len() {
            self.fault(Fault::WrongColumnList, span);
            return rows;
        }
        let mut columns: Vec<String> = Vec::new();
        for column in &mut alias.columns {
            let folded = self.new_name(&column.name);
            if columns.contains(&folded) {
                self.fault(Fault::DuplicateOutput { name: column.name.value.clone() }, span);
            }
            column.name = exact(&folded);
            columns.push(folded);
        }
        if let Some(block) = self.blocks.blocks.get_mut(rows.block.0) {
            block.columns.clone_from(&columns);
        }
        NamedQuery { columns, ..rows }
    }
}

/// What derived tables without an alias are called; no text can say it.
const UNNAMED: &str = "__gb_unnamed_";

fn unnamed(number: usize) -> TableAlias {
    let name = exact(&format!("{UNNAMED}{number}"));
    TableAlias { explicit: true, name, columns: Vec::new(), at: None }
}

/// Makes the reference mean exactly this table under exactly this name.
fn rename(name: &mut ObjectName, alias: &mut Option<TableAlias>, table: &str, called: &str) {
    *name = ObjectName(vec![ObjectNamePart::Identifier(exact(table))]);
    if table != called && alias.is_none() {
        let name = Ident::with_quote('"', called);
        *alias = Some(TableAlias { explicit: true, name, columns: Vec::new(), at: None });
    }
}
