//! The select list: items, stars, and the names of the result.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, SelectItem, SelectItemQualifiedWildcardKind, WildcardAdditionalOptions,
};
use glovebox_model::Span;

use super::binder::{Binder, Named, Place, exact, single};
use super::name::spark_name;
use super::text::union;
use crate::error::Fault;
use crate::facts::{Expression, FormKind, Output, Statement};

/// A select list under way.
#[derive(Debug, Default)]
struct List {
    seen: BTreeSet<String>,
    named: Vec<Named>,
    outputs: Vec<Output>,
    planned: Vec<SelectItem>,
}

impl List {
    fn push(
        &mut self,
        name: String,
        (node, expression, words): (Expr, Expression, usize),
        place: Place<'_>,
    ) {
        let folded = name.to_ascii_lowercase();
        let shown = if place.outermost { &name } else { &folded };
        let alias = exact(shown);
        self.planned.push(SelectItem::ExprWithAlias { expr: node.clone(), alias });
        self.outputs.push(Output { name, expression: expression.clone() });
        self.named.push(Named { name: folded, node, expression, words });
    }
}

impl Binder<'_> {
    /// Binds the select list; gives its items as other clauses can name them.
    pub(super) fn projection(
        &mut self,
        projection: &mut Vec<SelectItem>,
        place: Place<'_>,
        statement: &mut Statement,
    ) -> Vec<Named> {
        let mut list = List::default();
        for item in std::mem::take(projection) {
            match item {
                SelectItem::UnnamedExpr(expr) => self.item_as(expr, None, &mut list, place),
                SelectItem::ExprWithAlias { expr, alias } => {
                    self.item_as(expr, Some(&alias), &mut list, place);
                }
                SelectItem::ExprWithAliases { expr: _, aliases } => {
                    let span = self.text.idents(&aliases);
                    self.unsupported("several aliases for one item", span);
                }
                SelectItem::Wildcard(options) => {
                    let span = self.star(&options);
                    let all: Vec<usize> = (0..place.relations().len()).collect();
                    self.expand(&all, span, place, &mut list);
                }
                SelectItem::QualifiedWildcard(kind, options) => {
                    self.qualified(kind, &options, place, &mut list);
                }
            }
        }
        let List { seen: _, named, outputs, planned } = list;
        // Of unknown tables it has been said that they are unknown.
        if planned.is_empty() && self.faults.is_empty() {
            let star = self.forms.iter().rfind(|it| it.kind == FormKind::Star).map(|it| it.span);
            self.unsupported(
                "`*` that stands for no column",
                star.unwrap_or_else(|| self.text.whole()),
            );
        }
        *projection = planned;
        statement.outputs = outputs;
        named
    }

    fn item_as(
        &mut self,
        mut expr: Expr,
        alias: Option<&Ident>,
        list: &mut List,
        place: Place<'_>,
    ) {
        let typed = typed_name(&expr);
        let before = self.substituted;
        let bound = self.level(&mut expr, Place { lateral: &list.named, ..place });
        let words = self.text.words_within(bound.span) + (self.substituted - before);
        let name = match alias {
            Some(ident) => {
                self.new_name(ident);
                ident.value.clone()
            }
            None => typed.unwrap_or_else(|| spark_name(&bound)),
        };
        if !list.seen.insert(name.to_ascii_lowercase()) {
            let span = alias.map_or(bound.span, |it| union(bound.span, self.text.ident(it)));
            self.fault(Fault::DuplicateOutput { name: name.clone() }, span);
        }
        list.push(name, (expr, bound, words), place);
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
        list: &mut List,
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
            Some(index) => self.expand(&[index], span, place, list),
            None => self.fault(Fault::UnknownTable { name: ident.value }, span),
        }
    }

    /// Writes a star out. Names that repeat are numbered: nothing else could tell them apart.
    fn expand(&mut self, which: &[usize], span: Span, place: Place<'_>, list: &mut List) {
        let one = which.len() == 1;
        let relations = which.iter().filter_map(|it| place.relations().get(*it));
        for relation in relations.filter(|it| it.visible) {
            for column in &relation.columns {
                if !one && relation.merged.contains(column) {
                    continue;
                }
                let mut name = column.clone();
                let mut times = 1;
                while !list.seen.insert(name.clone()) {
                    times += 1;
                    name = format!("{column}_{times}");
                }
                let found = if one { relation.found(column) } else { relation.found_free(column) };
                list.push(name, (found.node(), found.value(span), 1), place);
            }
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
