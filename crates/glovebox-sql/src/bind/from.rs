//! `FROM`: tables, joins, and the relations they bring into scope.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast::{
    Ident, Join as JoinNode, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, Spanned,
    TableAlias, TableFactor, TableWithJoins,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::{Span, TableName};

use super::binder::{Binder, Place, exact, single};
use super::scope::{Origin, Relation, Scope};
use super::text::union;
use crate::error::Fault;
use crate::facts::{FormKind, Join, Scan, ScanId, Statement};
use crate::limits::MAX_TABLES;

/// The words that make a join.
const JOIN_WORDS: [Keyword; 11] = [
    Keyword::JOIN,
    Keyword::INNER,
    Keyword::LEFT,
    Keyword::RIGHT,
    Keyword::FULL,
    Keyword::OUTER,
    Keyword::CROSS,
    Keyword::NATURAL,
    Keyword::SEMI,
    Keyword::ANTI,
    Keyword::LATERAL,
];

/// What one join operator is to the rules.
struct Kind {
    inner: bool,
    form: Option<FormKind>,
    /// Whether only the left side's columns remain.
    left_only: bool,
    /// Whether only the right side's columns remain.
    right_only: bool,
}

impl Binder<'_> {
    /// Binds `FROM`; gives the relations that the other clauses see.
    pub(super) fn from(
        &mut self,
        from: &mut [TableWithJoins],
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Vec<Relation> {
        let mut relations: Vec<Relation> = Vec::new();
        for (index, item) in from.iter_mut().enumerate() {
            let start = relations.len();
            let span = self.item(item, &mut relations, start, statement, place);
            if index > 0 {
                let comma = self.text.with_previous(span);
                self.form(FormKind::CommaJoin, comma);
                if place.outermost {
                    let left = scans(relations.get(..start).unwrap_or_default());
                    let right = scans(relations.get(start..).unwrap_or_default());
                    statement.joins.push(Join {
                        left,
                        right,
                        inner: false,
                        condition: None,
                        span: comma,
                    });
                }
            }
        }
        let mut seen = BTreeSet::new();
        for relation in &relations {
            if !seen.insert(relation.alias.as_str()) {
                let fault = Fault::DuplicateAlias { name: relation.alias.clone() };
                self.fault(fault, relation.span);
            }
        }
        relations
    }

    /// One item of `FROM` with its joins, whose relations start at `start`.
    fn item(
        &mut self,
        item: &mut TableWithJoins,
        relations: &mut Vec<Relation>,
        start: usize,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Span {
        let TableWithJoins { relation, joins } = item;
        let mut span = self.factor(relation, relations, statement, place);
        for join in joins {
            span = union(span, self.join(join, relations, start, statement, place));
        }
        span
    }

    fn join(
        &mut self,
        node: &mut JoinNode,
        relations: &mut Vec<Relation>,
        start: usize,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Span {
        let JoinNode { relation, global, join_operator } = node;
        let middle = relations.len();
        let right = self.factor(relation, relations, statement, place);
        let mut span = self.text.with_keywords_before(right, &JOIN_WORDS);
        self.refuse(*global, "GLOBAL JOIN", span);
        let Some((kind, constraint)) = kind(join_operator) else {
            self.unsupported("this kind of join", span);
            return span;
        };
        if let Some(form) = kind.form {
            self.form(form, span);
        }
        let mut condition = None;
        match constraint {
            JoinConstraint::On(expr) => {
                let scope = Scope {
                    relations: relations.get(start..).unwrap_or_default(),
                    outer: place.scope.outer,
                };
                let inside =
                    Place { scope: &scope, aliases: &[], aggregates: false, ..place }.deeper();
                let bound = self.expression(expr, inside);
                span = union(span, bound.span);
                self.exact_matches(&bound, statement);
                condition = Some(bound);
            }
            JoinConstraint::Using(columns) => {
                span = self.text.through_next_group(span);
                self.form(FormKind::Using, span);
                self.using(columns, relations, (start, middle), span);
            }
            JoinConstraint::Natural => {
                self.form(FormKind::NaturalJoin, span);
                natural(relations, start, middle);
            }
            JoinConstraint::None => {
                if kind.form != Some(FormKind::CrossJoin) {
                    self.form(FormKind::CrossJoin, span);
                }
                if !matches!(join_operator, JoinOperator::CrossJoin(_)) {
                    *join_operator = JoinOperator::CrossJoin(JoinConstraint::None);
                }
            }
        }
        if place.outermost {
            let left = relations.get(start..middle).unwrap_or_default();
            let right = relations.get(middle..).unwrap_or_default();
            statement.joins.push(Join {
                left: scans(left),
                right: scans(right),
                inner: kind.inner,
                condition,
                span,
            });
        }
        let gone = if kind.left_only { middle..relations.len() } else { start..middle };
        if kind.left_only || kind.right_only {
            relations.get_mut(gone).into_iter().flatten().for_each(|it| it.visible = false);
        }
        span
    }

    fn using(
        &mut self,
        columns: &mut [ObjectName],
        relations: &mut [Relation],
        (start, middle): (usize, usize),
        span: Span,
    ) {
        for column in columns {
            let Some(ident) = single(column).cloned() else {
                self.unsupported("a qualified name in USING", span);
                continue;
            };
            let name = ident.value.to_ascii_lowercase();
            let place = self.text.ident(&ident);
            for side in [start..middle, middle..relations.len()] {
                let scope =
                    Scope { relations: relations.get(side).unwrap_or_default(), outer: None };
                if let Err(fault) = scope.find(None, &name, &ident.value) {
                    self.fault(fault, place);
                }
            }
            merge(relations.get_mut(middle..).unwrap_or_default(), &name);
            *column = ObjectName(vec![ObjectNamePart::Identifier(exact(&name))]);
        }
    }

    fn factor(
        &mut self,
        factor: &mut TableFactor,
        relations: &mut Vec<Relation>,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Span {
        match factor {
            TableFactor::Table { .. } => self.table(factor, relations, statement, place),
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                let anchor = self.query_anchor(subquery);
                let group = self.text.enclosing_group(anchor);
                let span =
                    alias.as_ref().map_or(group, |it| union(group, self.text.ident(&it.name)));
                self.refuse(*lateral, "LATERAL", span);
                self.refuse(sample.is_some(), "TABLESAMPLE", span);
                self.form(FormKind::DerivedTable, group);
                let columns = self.nested(subquery, None, place);
                let name = self.alias(alias, span);
                let origin = Origin::Query(FormKind::DerivedTable);
                relations.push(Relation::new(name.unwrap_or_default(), origin, columns, span));
                span
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let start = relations.len();
                let inside =
                    self.item(table_with_joins, relations, start, statement, place.deeper());
                let span = self.text.enclosing_group(inside);
                self.refuse(alias.is_some(), "an alias for a join", span);
                span
            }
            TableFactor::TableFunction { .. } | TableFactor::Function { .. } => {
                self.unsupported_factor("a table function", factor, relations)
            }
            TableFactor::UNNEST { .. } => self.unsupported_factor("UNNEST", factor, relations),
            TableFactor::JsonTable { .. }
            | TableFactor::OpenJsonTable { .. }
            | TableFactor::XmlTable { .. } => {
                self.unsupported_factor("a table function", factor, relations)
            }
            TableFactor::Pivot { .. } => self.unsupported_factor("PIVOT", factor, relations),
            TableFactor::Unpivot { .. } => self.unsupported_factor("UNPIVOT", factor, relations),
            TableFactor::MatchRecognize { .. } => {
                self.unsupported_factor("MATCH_RECOGNIZE", factor, relations)
            }
            TableFactor::SemanticView { .. } => {
                self.unsupported_factor("SEMANTIC_VIEW", factor, relations)
            }
        }
    }

    fn unsupported_factor(
        &mut self,
        construct: &'static str,
        factor: &TableFactor,
        relations: &mut Vec<Relation>,
    ) -> Span {
        let span = self.text.span(factor.span()).unwrap_or_else(|| self.text.whole());
        self.unsupported(construct, span);
        relations.push(Relation::unknown(String::new(), span));
        span
    }

    fn table(
        &mut self,
        factor: &mut TableFactor,
        relations: &mut Vec<Relation>,
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
        let given = self.alias(alias, span);
        let Some(ident) = single(name).cloned() else {
            self.fault(Fault::UnknownTable { name: name.to_string() }, typed);
            let last = name.0.last().and_then(|it| it.as_ident()).map(|it| it.value.as_str());
            let called = given.or_else(|| last.map(str::to_ascii_lowercase)).unwrap_or_default();
            relations.push(Relation::unknown(called, span));
            return span;
        };
        let folded = ident.value.to_ascii_lowercase();
        let called = given.unwrap_or_else(|| folded.clone());
        if let Some((_, columns)) = self.ctes.iter().rev().find(|it| it.0 == folded) {
            let origin = Origin::Query(FormKind::Cte);
            relations.push(Relation::new(called.clone(), origin, columns.clone(), span));
            rename(name, alias, &folded, &called);
            return span;
        }
        let known =
            TableName::new(&folded).ok().and_then(|table| self.schema.tables.get_key_value(&table));
        let Some((table, found)) = known else {
            self.fault(Fault::UnknownTable { name: ident.value.clone() }, typed);
            // Its columns are unknown too: one finding is enough, so the name stands for any.
            relations.push(Relation::unknown(called, span));
            return span;
        };
        self.n_tables += 1;
        if self.n_tables == MAX_TABLES + 1 {
            self.fault(Fault::TooManyTables, span);
        }
        let columns = found.columns.iter().map(|it| it.name.as_str().to_owned()).collect();
        let origin = if place.outermost {
            statement.scans.push(Scan { table: table.clone(), alias: called.clone(), span: typed });
            Origin::Scan(ScanId(statement.scans.len() - 1))
        } else {
            Origin::Table(table.clone())
        };
        relations.push(Relation::new(called.clone(), origin, columns, span));
        rename(name, alias, table.as_str(), &called);
        span
    }

    /// Checks a table alias.
    fn alias(&mut self, alias: &mut Option<TableAlias>, span: Span) -> Option<String> {
        let TableAlias { explicit: _, name, columns, at } = alias.as_mut()?;
        let folded = self.new_name(name);
        self.refuse(!columns.is_empty() || at.is_some(), "a column list after an alias", span);
        *name = exact(&folded);
        Some(folded)
    }
}

/// Makes the reference mean exactly this table under exactly this name.
fn rename(name: &mut ObjectName, alias: &mut Option<TableAlias>, table: &str, called: &str) {
    *name = ObjectName(vec![ObjectNamePart::Identifier(exact(table))]);
    if table != called && alias.is_none() {
        let name = Ident::with_quote('"', called);
        *alias = Some(TableAlias { explicit: true, name, columns: Vec::new(), at: None });
    }
}

fn kind(operator: &mut JoinOperator) -> Option<(Kind, &mut JoinConstraint)> {
    let plain = |inner, form| Kind { inner, form, left_only: false, right_only: false };
    let outer = || plain(false, Some(FormKind::OuterJoin));
    let half = |left_only| Kind {
        inner: false,
        form: Some(FormKind::SemiJoin),
        left_only,
        right_only: !left_only,
    };
    match operator {
        JoinOperator::Join(it) | JoinOperator::Inner(it) => Some((plain(true, None), it)),
        JoinOperator::Left(it)
        | JoinOperator::LeftOuter(it)
        | JoinOperator::Right(it)
        | JoinOperator::RightOuter(it)
        | JoinOperator::FullOuter(it) => Some((outer(), it)),
        JoinOperator::CrossJoin(it @ JoinConstraint::None) => {
            Some((plain(false, Some(FormKind::CrossJoin)), it))
        }
        JoinOperator::Semi(it)
        | JoinOperator::LeftSemi(it)
        | JoinOperator::Anti(it)
        | JoinOperator::LeftAnti(it) => Some((half(true), it)),
        JoinOperator::RightSemi(it) | JoinOperator::RightAnti(it) => Some((half(false), it)),
        JoinOperator::CrossJoin(_)
        | JoinOperator::CrossApply
        | JoinOperator::OuterApply
        | JoinOperator::AsOf { .. }
        | JoinOperator::StraightJoin(_)
        | JoinOperator::ArrayJoin
        | JoinOperator::LeftArrayJoin
        | JoinOperator::InnerArrayJoin => None,
    }
}

fn scans(relations: &[Relation]) -> Vec<ScanId> {
    let scan = |it: &Relation| match it.origin {
        Origin::Scan(scan) => Some(scan),
        Origin::Table(_) | Origin::Query(_) | Origin::Unknown => None,
    };
    relations.iter().filter_map(scan).collect()
}

fn merge(right: &mut [Relation], name: &str) {
    for relation in right {
        relation.merged.insert(name.to_owned());
    }
}

fn natural(relations: &mut [Relation], start: usize, middle: usize) {
    let left: BTreeSet<String> = relations
        .get(start..middle)
        .into_iter()
        .flatten()
        .flat_map(|it| it.columns.iter().cloned())
        .collect();
    for relation in relations.get_mut(middle..).into_iter().flatten() {
        let common = relation.columns.iter().filter(|it| left.contains(*it)).cloned();
        relation.merged.extend(common.collect::<Vec<_>>());
    }
}
