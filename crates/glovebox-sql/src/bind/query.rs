//! Queries: what stands around a `SELECT`, and queries inside queries.

use datafusion::sql::sqlparser::ast::{
    Cte, Expr, OrderBy, OrderByExpr, OrderByKind, Query, Value, With,
};
use glovebox_model::Span;

use super::binder::{Binder, Named, NamedQuery, Place, exact};
use super::body::{Made, Rows};
use super::scope::Scope;
use crate::error::Fault;
use crate::facts::{Block, Expression, FormKind, Statement};

impl Binder<'_> {
    /// Binds the whole text.
    pub(super) fn outermost(&mut self, query: &mut Query, statement: &mut Statement) {
        let whole = self.text.whole();
        let scope = Scope { relations: &[], outer: None };
        let place = Place {
            scope: &scope,
            aliases: &[],
            lateral: &[],
            aggregates: false,
            windows: false,
            depth: 0,
            outermost: true,
        };
        self.query(query, statement, whole, place);
    }

    /// Binds a nested query.
    pub(super) fn nested(
        &mut self,
        query: &mut Query,
        outer: Option<&Scope<'_>>,
        place: Place<'_>,
    ) -> NamedQuery {
        let whole = self.text.whole();
        let scope = Scope { relations: &[], outer };
        let inside = Place {
            scope: &scope,
            aliases: &[],
            lateral: &[],
            aggregates: false,
            windows: false,
            depth: place.depth + 1,
            outermost: false,
        };
        if self.too_deep(inside.depth, whole) {
            return NamedQuery::nothing();
        }
        let anchor = self.query_anchor(query);
        let span = self.text.enclosing_group(anchor);
        self.query(query, &mut Statement::default(), span, inside)
    }

    /// Binds a query, which stands at `span`.
    pub(super) fn query(
        &mut self,
        query: &mut Query,
        statement: &mut Statement,
        span: Span,
        place: Place<'_>,
    ) -> NamedQuery {
        let anchor = self.query_anchor(query);
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        self.refuse(!locks.is_empty(), "FOR UPDATE", anchor);
        self.refuse(for_clause.is_some(), "FOR", anchor);
        self.refuse(settings.is_some(), "SETTINGS", anchor);
        self.refuse(format_clause.is_some(), "FORMAT", anchor);
        self.refuse(!pipe_operators.is_empty(), "`|>`", anchor);
        let n_ctes = self.ctes.len();
        if let Some(with) = with {
            self.with(with, place);
        }
        let mut rows = self.body(body, statement, place);
        let cut = limit_clause.is_some() || fetch.is_some();
        if order_by.is_some() || cut {
            rows = self.wrapped(rows, order_by.is_some());
        }
        let order = self.order_by(order_by, &rows, place);
        let mut bounds = self.limit(limit_clause, place);
        self.top(body, limit_clause, anchor, &mut bounds, place);
        self.fetch(fetch.take(), limit_clause, anchor, &mut bounds, place);
        statement.order.extend(order.iter().cloned());
        statement.limit = bounds.limit.clone().or(statement.limit.take());
        self.ctes.truncate(n_ctes);
        let columns: Vec<String> = rows.items.iter().map(|it| it.name.clone()).collect();
        let block = match rows.body {
            Made::Closed(block) => block,
            Made::Open(body) => self.block(Block {
                body,
                columns: columns.clone(),
                order,
                limit: bounds.limit,
                offset: bounds.offset,
                span,
            }),
        };
        NamedQuery { name: String::new(), columns, block, n_planned: 1 }
    }

    fn with(&mut self, with: &mut With, place: Place<'_>) {
        let With { with_token, recursive, cte_tables } = with;
        let span = self.text.span(with_token.0.span).unwrap_or_else(|| self.text.whole());
        self.refuse(*recursive, "WITH RECURSIVE", span);
        // Only the outermost query has any, and it is bound first.
        let n_cached = std::mem::take(&mut self.n_cached);
        if cte_tables.len() > n_cached {
            self.form(FormKind::Cte, span);
        }
        for (index, cte) in cte_tables.iter_mut().enumerate() {
            let is_cached = index < n_cached;
            self.name(cte, is_cached, place);
        }
    }

    /// Binds one query of `WITH`, or of `CACHE TABLE`.
    fn name(&mut self, cte: &mut Cte, is_cached: bool, place: Place<'_>) {
        let Cte { alias, query, from, materialized, closing_paren_token: _ } = cte;
        let name = self.new_name(&alias.name);
        let span = self.text.ident(&alias.name);
        self.refuse(alias.at.is_some() || from.is_some(), "FROM or AT in WITH", span);
        self.refuse(materialized.is_some(), "MATERIALIZED", span);
        alias.name = exact(&name);
        if self.ctes.iter().any(|it| it.name == name) {
            self.fault(Fault::DuplicateAlias { name: name.clone() }, span);
        }
        let before = self.n_planned;
        let found = self.nested(query, None, place);
        let found = self.named_columns(alias, found, span);
        let n_planned = self.n_planned.saturating_sub(before).max(1);
        if is_cached {
            self.form(FormKind::CacheTable, span);
            self.blocks.cached.push(found.block);
        }
        self.ctes.push(NamedQuery { name, n_planned, ..found });
    }

    fn order_by(
        &mut self,
        order_by: &mut Option<OrderBy>,
        rows: &Rows,
        place: Place<'_>,
    ) -> Vec<Expression> {
        let mut order = Vec::new();
        let Some(OrderBy { kind, interpolate }) = order_by else { return order };
        let whole = self.text.whole();
        self.refuse(interpolate.is_some(), "INTERPOLATE", whole);
        let items = match kind {
            OrderByKind::All(_) => {
                self.unsupported("ORDER BY ALL", whole);
                return order;
            }
            OrderByKind::Expressions(items) => items,
        };
        let scope = Scope { relations: &rows.relations, outer: place.scope.outer };
        let inside = Place {
            scope: &scope,
            aliases: &rows.items,
            aggregates: rows.grouped,
            windows: true,
            ..place
        };
        for OrderByExpr { expr, options: _, with_fill } in items {
            let bound = match self.item_of(expr, &rows.items, true, &scope) {
                Some(found) => found,
                None => self.level(expr, inside),
            };
            self.refuse(with_fill.is_some(), "WITH FILL", bound.span);
            order.push(bound);
        }
        order
    }

    /// An item of the select list named by number or by alias: the planner is given the number.
    pub(super) fn item_of(
        &mut self,
        expr: &mut Expr,
        items: &[Named],
        aliases_first: bool,
        scope: &Scope<'_>,
    ) -> Option<Expression> {
        if let Expr::Nested(inner) = expr {
            let found = self.item_of(inner, items, aliases_first, scope)?;
            let span = self.text.enclosing_group(found.span);
            *expr = (**inner).clone();
            return Some(Expression { span, ..found });
        }
        let (index, span) = match expr {
            Expr::Value(value) => {
                let Value::Number(number, _) = &value.value else { return None };
                if !number.chars().all(|c| c.is_ascii_digit()) {
                    return None;
                }
                let span = self.text.span(value.span).unwrap_or_else(|| self.text.whole());
                let index = number.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
                let Some(index) = index.filter(|it| *it < items.len()) else {
                    self.fault(Fault::OrdinalOutOfRange { number: number.clone() }, span);
                    return Some(super::expression::nothing(span));
                };
                (index, span)
            }
            Expr::Identifier(ident) => {
                let name = ident.value.to_ascii_lowercase();
                let index = items.iter().position(|it| it.name == name)?;
                if !aliases_first && scope.knows(&name) {
                    return None;
                }
                (index, self.text.ident(ident))
            }
            _ => return None,
        };
        let number = Value::Number((index + 1).to_string(), false).with_empty_span();
        *expr = Expr::Value(number);
        let named = items.get(index)?;
        if !self.substitute(named.words) {
            return Some(super::expression::nothing(span));
        }
        Some(Expression { kind: named.expression.kind.clone(), span })
    }
}
