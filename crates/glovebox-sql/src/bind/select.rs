//! `SELECT`: one block, clause by clause.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast::{
    Distinct, Expr, GroupByExpr, Ident, Select, SelectFlavor, SelectItem,
    SelectItemQualifiedWildcardKind, WildcardAdditionalOptions,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Named, Place, exact, single};
use super::body::{Made, Rows};
use super::expression::other;
use super::grouping;
use super::join::ids;
use super::name::spark_name;
use super::scope::Scope;
use super::text::union;
use crate::error::Fault;
use crate::facts::{Body, Expression, FormKind, Output, SelectBlock, Statement};

impl Binder<'_> {
    /// Binds one block.
    pub(super) fn select(
        &mut self,
        select: &mut Select,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Rows {
        let Select {
            select_token,
            optimizer_hints,
            distinct,
            select_modifiers,
            top: _,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor,
        } = select;
        let anchor = self.text.span(select_token.0.span).unwrap_or_else(|| self.text.whole());
        self.refuse(!optimizer_hints.is_empty(), "a hint", anchor);
        self.refuse(select_modifiers.is_some(), "a modifier after SELECT", anchor);
        self.refuse(exclude.is_some(), "EXCLUDE", anchor);
        self.refuse(into.is_some(), "INTO", anchor);
        self.refuse(!lateral_views.is_empty(), "LATERAL VIEW", anchor);
        self.refuse(prewhere.is_some(), "PREWHERE", anchor);
        self.refuse(!connect_by.is_empty(), "CONNECT BY", anchor);
        self.refuse(!cluster_by.is_empty(), "CLUSTER BY", anchor);
        self.refuse(!distribute_by.is_empty(), "DISTRIBUTE BY", anchor);
        self.refuse(!sort_by.is_empty(), "SORT BY", anchor);
        self.refuse(!named_window.is_empty(), "WINDOW", anchor);
        self.refuse(value_table_mode.is_some(), "SELECT AS", anchor);
        self.refuse(*flavor != SelectFlavor::Standard, "FROM before SELECT", anchor);
        self.refuse(projection.is_empty(), "an empty select list", anchor);

        let from = self.from(from, statement, place);
        let scope = Scope { relations: &from.relations, outer: place.scope.outer };
        let rows = Place { scope: &scope, aliases: &[], aggregates: false, ..place };
        self.distinct(distinct, anchor, rows, statement);
        if let Some(expr) = selection {
            statement.filter = Some(self.level(expr, rows));
        }
        let grouping = Place { aggregates: true, ..rows };
        let items = self.projection(projection, grouping, statement);
        self.group_by(group_by, &items, rows, statement);
        if let Some(expr) = having {
            let inside = Place { aliases: &items, ..grouping };
            statement.having = Some(self.level(expr, inside));
        }
        let qualify = qualify.as_mut().map(|expr| {
            let inside = Place { aliases: &items, ..grouping };
            let bound = self.level(expr, inside);
            let span = self.text.with_keywords_before(bound.span, &[Keyword::QUALIFY]);
            self.form(FormKind::Qualify, span);
            bound
        });
        let grouped = grouping::is_grouped(statement)
            || qualify.as_ref().is_some_and(grouping::aggregates)
            || !matches!(group_by, GroupByExpr::Expressions(list, _) if list.is_empty());
        let select = SelectBlock {
            distinct: statement.distinct,
            relations: ids(&from.relations),
            joins: from.joins,
            outputs: statement.outputs.clone(),
            filter: statement.filter.clone(),
            groups: statement.groups.clone(),
            grouped,
            having: statement.having.clone(),
            qualify,
        };
        let body = Made::Open(Body::Select(Box::new(select)));
        let span = self.text.branch(anchor);
        Rows { items, relations: from.relations, grouped, body, span }
    }

    fn distinct(
        &mut self,
        distinct: &mut Option<Distinct>,
        anchor: Span,
        place: Place<'_>,
        statement: &mut Statement,
    ) {
        match distinct {
            None | Some(Distinct::All) => {}
            Some(Distinct::Distinct) => {
                statement.distinct = Some(self.text.next(anchor));
            }
            Some(Distinct::On(exprs)) => {
                for expr in exprs {
                    self.level(expr, place);
                }
                let span = self.text.through_next_group(self.text.next(anchor));
                self.form(FormKind::DistinctOn, span);
            }
        }
    }

    fn projection(
        &mut self,
        projection: &mut Vec<SelectItem>,
        place: Place<'_>,
        statement: &mut Statement,
    ) -> Vec<Named> {
        let mut seen = BTreeSet::new();
        let mut items = Vec::new();
        let mut planned = Vec::new();
        for item in std::mem::take(projection) {
            let (mut expr, alias) = match item {
                SelectItem::UnnamedExpr(expr) => (expr, None),
                SelectItem::ExprWithAlias { expr, alias } => (expr, Some(alias)),
                SelectItem::ExprWithAliases { expr: _, aliases } => {
                    let span = self.text.idents(&aliases);
                    self.unsupported("several aliases for one item", span);
                    continue;
                }
                SelectItem::Wildcard(options) => {
                    let span = self.star(&options);
                    let all: Vec<usize> = (0..place.relations().len()).collect();
                    self.expand(&all, span, place, &mut seen, &mut items);
                    continue;
                }
                SelectItem::QualifiedWildcard(kind, options) => {
                    self.qualified(kind, &options, place, &mut seen, &mut items);
                    continue;
                }
            };
            let typed = typed_name(&expr);
            let bound = self.level(&mut expr, place);
            let name = match &alias {
                Some(ident) => {
                    self.new_name(ident);
                    ident.value.clone()
                }
                None => typed.unwrap_or_else(|| spark_name(&bound)),
            };
            let span = alias.map_or(bound.span, |it| union(bound.span, self.text.ident(&it)));
            if !seen.insert(name.to_ascii_lowercase()) {
                self.fault(Fault::DuplicateOutput { name: name.clone() }, span);
            }
            items.push((name, expr, bound));
        }
        let mut named = Vec::new();
        for (name, node, expression) in items {
            let folded = name.to_ascii_lowercase();
            let planned_name = if place.outermost { name.clone() } else { folded.clone() };
            planned.push(SelectItem::ExprWithAlias {
                expr: node.clone(),
                alias: exact(&planned_name),
            });
            statement.outputs.push(Output { name, expression: expression.clone() });
            named.push(Named { name: folded, node, expression });
        }
        *projection = planned;
        named
    }

    fn star(&mut self, options: &WildcardAdditionalOptions) -> Span {
        let WildcardAdditionalOptions {
            wildcard_token,
            opt_ilike,
            opt_exclude,
            opt_except,
            opt_replace,
            opt_rename,
            opt_alias,
        } = options;
        let span = self.text.span(wildcard_token.0.span).unwrap_or_else(|| self.text.whole());
        let plain = opt_ilike.is_none()
            && opt_exclude.is_none()
            && opt_except.is_none()
            && opt_replace.is_none()
            && opt_rename.is_none()
            && opt_alias.is_none();
        self.refuse(!plain, "an option after `*`", span);
        self.form(FormKind::Star, span);
        span
    }

    fn qualified(
        &mut self,
        kind: SelectItemQualifiedWildcardKind,
        options: &WildcardAdditionalOptions,
        place: Place<'_>,
        seen: &mut BTreeSet<String>,
        items: &mut Vec<(String, Expr, Expression)>,
    ) {
        let name = match &kind {
            SelectItemQualifiedWildcardKind::ObjectName(name) => single(name).cloned(),
            SelectItemQualifiedWildcardKind::Expr(_) => None,
        };
        let star = self.star(options);
        let Some(ident) = name else {
            return self.unsupported("`*` behind something that is not a table", star);
        };
        let span = union(self.text.ident(&ident), star);
        let alias = ident.value.to_ascii_lowercase();
        let found = place.relations().iter().position(|it| it.alias == alias && it.visible);
        match found {
            Some(index) => self.expand(&[index], span, place, seen, items),
            None => self.fault(Fault::UnknownTable { name: ident.value }, span),
        }
    }

    /// Writes a star out. Names that repeat are numbered: nothing else could tell them apart.
    fn expand(
        &mut self,
        which: &[usize],
        span: Span,
        place: Place<'_>,
        seen: &mut BTreeSet<String>,
        items: &mut Vec<(String, Expr, Expression)>,
    ) {
        let one = which.len() == 1;
        let relations = which.iter().filter_map(|it| place.relations().get(*it));
        for relation in relations.filter(|it| it.visible) {
            for column in &relation.columns {
                if !one && relation.merged.contains(column) {
                    continue;
                }
                let mut name = column.clone();
                let mut times = 1;
                while !seen.insert(name.clone()) {
                    times += 1;
                    name = format!("{column}_{times}");
                }
                let found = if one { relation.found(column) } else { relation.found_free(column) };
                items.push((name, found.node(), found.value(span)));
            }
        }
    }

    fn group_by(
        &mut self,
        group_by: &mut GroupByExpr,
        items: &[Named],
        place: Place<'_>,
        statement: &mut Statement,
    ) {
        let whole = self.text.whole();
        let (list, modifiers) = match group_by {
            GroupByExpr::All(modifiers) => {
                let span = grouping::all_span(&self.text, whole);
                self.form(FormKind::GroupByAll, span);
                let plain = items.iter().filter(|it| !grouping::aggregates(&it.expression));
                statement.groups.extend(plain.map(|it| it.expression.clone()));
                (Vec::new(), &*modifiers)
            }
            GroupByExpr::Expressions(list, modifiers) => {
                (list.iter_mut().collect::<Vec<&mut Expr>>(), &*modifiers)
            }
        };
        let n_modifiers = modifiers.len();
        let mut last = whole;
        for expr in list {
            if let Expr::Rollup(sets) | Expr::Cube(sets) | Expr::GroupingSets(sets) = expr {
                let mut parts = Vec::new();
                for part in sets.iter_mut().flatten() {
                    parts.push(self.level(part, place));
                }
                let inner = parts.iter().map(|it| it.span).reduce(union).unwrap_or(whole);
                let span = self.text.grouping_call(inner);
                self.form(FormKind::GroupingSets, span);
                statement.groups.push(other(FormKind::GroupingSets, parts, span));
                last = span;
                continue;
            }
            let bound = match self.item_of(expr, items, false, place.scope) {
                Some(found) => {
                    if grouping::aggregates(&found) {
                        self.fault(Fault::AggregateMisplaced, found.span);
                    }
                    found
                }
                None => self.level(expr, place),
            };
            last = bound.span;
            statement.groups.push(bound);
        }
        if n_modifiers > 0 {
            let words = [Keyword::WITH, Keyword::ROLLUP, Keyword::CUBE];
            let span = self.text.through_keyword(last, &words, 2);
            self.form(FormKind::GroupingSets, span);
        }
    }
}

/// The name of an item that is a bare column: as typed.
fn typed_name(expr: &Expr) -> Option<String> {
    let ident: &Ident = match expr {
        Expr::Identifier(ident) => ident,
        Expr::CompoundIdentifier(idents) => idents.last()?,
        Expr::Nested(inner) => return typed_name(inner),
        _ => return None,
    };
    Some(ident.value.clone())
}
