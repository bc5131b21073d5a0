//! Queries: what stands around a `SELECT`, and queries inside queries.

use datafusion::sql::sqlparser::ast::{
    Cte, Expr, Fetch, LimitClause, Offset, OrderBy, OrderByExpr, OrderByKind, Parens, Query,
    Select, SetExpr, SetOperator, SetQuantifier, Top, TopQuantity, Value, Values, With,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Named, Place, exact};
use super::scope::Scope;
use super::text::union;
use crate::error::Fault;
use crate::facts::{Expression, FormKind, Statement};

/// What the clauses after a select list need to know of it.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The select list.
    pub(super) items: Vec<Named>,
    /// The relations of `FROM`.
    pub(super) relations: Vec<super::scope::Relation>,
    /// Whether rows are grouped.
    pub(super) grouped: bool,
}

impl Binder<'_> {
    /// Binds a nested query; gives its column names.
    pub(super) fn nested(
        &mut self,
        query: &mut Query,
        outer: Option<&Scope<'_>>,
        place: Place<'_>,
    ) -> Vec<String> {
        let whole = self.text.whole();
        if self.too_deep(place.depth + 1, whole) {
            return Vec::new();
        }
        let scope = Scope { relations: &[], outer };
        let inside = Place {
            scope: &scope,
            aliases: &[],
            aggregates: false,
            depth: place.depth + 1,
            outermost: false,
        };
        self.query(query, &mut Statement::default(), inside)
    }

    /// Binds a query; gives its column names, folded.
    pub(super) fn query(
        &mut self,
        query: &mut Query,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Vec<String> {
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
        let block = self.body(body, statement, place);
        self.order_by(order_by, &block, statement, place);
        self.limit(limit_clause, statement, place);
        self.top(body, limit_clause, anchor, statement, place);
        self.fetch(fetch.take(), limit_clause, anchor, statement, place);
        self.ctes.truncate(n_ctes);
        block.items.into_iter().map(|it| it.name).collect()
    }

    fn with(&mut self, with: &mut With, place: Place<'_>) {
        let With { with_token, recursive, cte_tables } = with;
        let span = self.text.span(with_token.0.span).unwrap_or_else(|| self.text.whole());
        self.refuse(*recursive, "WITH RECURSIVE", span);
        self.form(FormKind::Cte, span);
        for Cte { alias, query, from, materialized, closing_paren_token: _ } in cte_tables {
            let name = self.new_name(&alias.name);
            let span = self.text.ident(&alias.name);
            self.refuse(!alias.columns.is_empty(), "a column list after a name in WITH", span);
            self.refuse(alias.at.is_some() || from.is_some(), "FROM or AT in WITH", span);
            self.refuse(materialized.is_some(), "MATERIALIZED", span);
            alias.name = exact(&name);
            if self.ctes.iter().any(|it| it.0 == name) {
                self.fault(Fault::DuplicateAlias { name: name.clone() }, span);
            }
            let columns = self.nested(query, None, place);
            self.ctes.push((name, columns));
        }
    }

    fn body(&mut self, body: &mut SetExpr, statement: &mut Statement, place: Place<'_>) -> Block {
        let place = place.deeper();
        let whole = self.text.whole();
        if self.too_deep(place.depth, whole) {
            return Block::default();
        }
        match body {
            SetExpr::Select(select) => self.select(select, statement, place),
            SetExpr::Query(query) => {
                let names = self.query(query, statement, place);
                Block { items: names.into_iter().map(Named::only).collect(), ..Block::default() }
            }
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let left_block = self.body(left, statement, place);
                let anchor = self.body_anchor(right);
                let words = match op {
                    SetOperator::Union => [Keyword::UNION, Keyword::ALL, Keyword::DISTINCT],
                    SetOperator::Except | SetOperator::Minus => {
                        [Keyword::EXCEPT, Keyword::ALL, Keyword::MINUS]
                    }
                    SetOperator::Intersect => [Keyword::INTERSECT, Keyword::ALL, Keyword::DISTINCT],
                };
                let last = self.text.previous(anchor);
                let found = self.text.with_keywords_before(last, &words);
                self.form(FormKind::SetOperation, found);
                let by_name = match set_quantifier {
                    SetQuantifier::All | SetQuantifier::Distinct | SetQuantifier::None => false,
                    SetQuantifier::AllByName
                    | SetQuantifier::ByName
                    | SetQuantifier::DistinctByName => true,
                };
                self.refuse(by_name, "BY NAME", found);
                let inside = Place { outermost: false, ..place };
                self.body(right, &mut Statement::default(), inside);
                let items = left_block.items.into_iter().map(|it| Named::only(it.name)).collect();
                Block { items, ..Block::default() }
            }
            SetExpr::Values(values) => {
                let Values { explicit_row: _, value_keyword: _, rows } = values;
                let mut names = 0;
                let mut span: Option<Span> = None;
                for Parens { opening_token, content, closing_token } in rows {
                    names = content.len();
                    for token in [opening_token, closing_token] {
                        let place = self.text.span(token.0.span);
                        span = span.into_iter().chain(place).reduce(union);
                    }
                    for expr in content {
                        self.level(expr, place);
                    }
                }
                let span = span.unwrap_or_else(|| self.text.whole());
                self.form(FormKind::Values, span);
                let items = (1..=names).map(|it| Named::only(format!("column{it}"))).collect();
                Block { items, ..Block::default() }
            }
            SetExpr::Table(_) => self.no_body("TABLE"),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                self.no_body("a change of data")
            }
        }
    }

    fn no_body(&mut self, construct: &'static str) -> Block {
        let whole = self.text.whole();
        self.unsupported(construct, whole);
        Block::default()
    }

    fn order_by(
        &mut self,
        order_by: &mut Option<OrderBy>,
        block: &Block,
        statement: &mut Statement,
        place: Place<'_>,
    ) {
        let Some(OrderBy { kind, interpolate }) = order_by else { return };
        let whole = self.text.whole();
        self.refuse(interpolate.is_some(), "INTERPOLATE", whole);
        let items = match kind {
            OrderByKind::All(_) => return self.unsupported("ORDER BY ALL", whole),
            OrderByKind::Expressions(items) => items,
        };
        let scope = Scope { relations: &block.relations, outer: place.scope.outer };
        let inside =
            Place { scope: &scope, aliases: &block.items, aggregates: block.grouped, ..place };
        for OrderByExpr { expr, options: _, with_fill } in items {
            let bound = match self.item_of(expr, &block.items, true, &scope) {
                Some(found) => found,
                None => self.level(expr, inside),
            };
            self.refuse(with_fill.is_some(), "WITH FILL", bound.span);
            statement.order.push(bound);
        }
    }

    /// An item of the select list named by number or by alias: the planner is given the number.
    pub(super) fn item_of(
        &mut self,
        expr: &mut Expr,
        items: &[Named],
        aliases_first: bool,
        scope: &Scope<'_>,
    ) -> Option<Expression> {
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
        Some(Expression { kind: named.expression.kind.clone(), span })
    }

    fn limit(
        &mut self,
        clause: &mut Option<LimitClause>,
        statement: &mut Statement,
        place: Place<'_>,
    ) {
        let (limit, offset, comma) = match clause {
            None => return,
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
                let whole = self.text.whole();
                self.refuse(!limit_by.is_empty(), "LIMIT BY", whole);
                let offset = offset.as_mut().map(|Offset { value, rows: _ }| value);
                (limit.as_mut(), offset, false)
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
                (Some(limit), Some(offset), true)
            }
        };
        let whole = self.text.whole();
        self.refuse(comma, "LIMIT a, b", whole);
        if let Some(expr) = limit {
            let bound = self.rows(expr, place);
            let span = self.text.clause(bound.span, &[Keyword::LIMIT]);
            self.form(FormKind::Limit, span);
            statement.limit = Some(bound);
        }
        if let Some(expr) = offset {
            let bound = self.rows(expr, place);
            let span = self.text.clause(bound.span, &[Keyword::OFFSET]);
            self.form(FormKind::Offset, span);
        }
    }

    /// `TOP n`, which becomes a `LIMIT` for the planner.
    fn top(
        &mut self,
        body: &mut SetExpr,
        clause: &mut Option<LimitClause>,
        anchor: Span,
        statement: &mut Statement,
        place: Place<'_>,
    ) {
        let SetExpr::Select(select) = body else { return };
        let Some(Top { with_ties, percent, quantity }) = select.top.take() else { return };
        let after = self.text.next(anchor);
        let span = self.text.with_next(self.text.through_keyword(after, &[Keyword::TOP], 2));
        let mut quantity = match quantity {
            Some(TopQuantity::Expr(expr)) => expr,
            Some(TopQuantity::Constant(rows)) => {
                Expr::Value(Value::Number(rows.to_string(), false).with_empty_span())
            }
            None => return self.unsupported("TOP without a number", span),
        };
        self.form(FormKind::Top, span);
        self.refuse(with_ties || percent, "WITH TIES or PERCENT", span);
        self.refuse(clause.is_some(), "TOP together with LIMIT", span);
        let bound = self.rows(&mut quantity, place);
        statement.limit = Some(Expression { span, ..bound });
        *clause = Some(limit_of(quantity));
    }

    /// `FETCH FIRST n ROWS`, which becomes a `LIMIT` for the planner.
    fn fetch(
        &mut self,
        fetch: Option<Fetch>,
        clause: &mut Option<LimitClause>,
        anchor: Span,
        statement: &mut Statement,
        place: Place<'_>,
    ) {
        let Some(Fetch { with_ties, percent, quantity }) = fetch else { return };
        let Some(mut quantity) = quantity else {
            return self.unsupported("FETCH without a number", anchor);
        };
        let bound = self.rows(&mut quantity, place);
        let words = [Keyword::FETCH, Keyword::FIRST, Keyword::NEXT];
        let span = self.text.with_keywords_before(bound.span, &words);
        self.refuse(with_ties || percent, "WITH TIES or PERCENT", span);
        self.refuse(clause.is_some(), "FETCH together with LIMIT or OFFSET", span);
        self.form(FormKind::Limit, span);
        statement.limit = Some(bound);
        *clause = Some(limit_of(quantity));
    }

    /// A number of rows.
    fn rows(&mut self, expr: &mut Expr, place: Place<'_>) -> Expression {
        let scope = Scope { relations: &[], outer: None };
        let inside = Place { scope: &scope, aliases: &[], aggregates: false, ..place };
        self.level(expr, inside)
    }

    /// A place inside a query, to find it by.
    pub(super) fn query_anchor(&self, query: &Query) -> Span {
        match &query.with {
            Some(with) => {
                self.text.span(with.with_token.0.span).unwrap_or_else(|| self.text.whole())
            }
            None => self.body_anchor(&query.body),
        }
    }

    fn body_anchor(&self, body: &SetExpr) -> Span {
        let found = match body {
            SetExpr::Select(select) => {
                let select: &Select = select;
                self.text.span(select.select_token.0.span)
            }
            SetExpr::Query(query) => {
                let inner = self.query_anchor(query);
                Some(self.text.enclosing_group(inner))
            }
            SetExpr::SetOperation { left, .. } => Some(self.body_anchor(left)),
            SetExpr::Values(values) => {
                values.rows.first().and_then(|it| self.text.span(it.opening_token.0.span))
            }
            SetExpr::Insert(_)
            | SetExpr::Update(_)
            | SetExpr::Delete(_)
            | SetExpr::Merge(_)
            | SetExpr::Table(_) => None,
        };
        found.unwrap_or_else(|| self.text.whole())
    }
}

fn limit_of(quantity: Expr) -> LimitClause {
    LimitClause::LimitOffset { limit: Some(quantity), offset: None, limit_by: Vec::new() }
}

impl Named {
    /// A column of which only the name is known.
    fn only(name: String) -> Self {
        let expression = super::expression::nothing(Span::default());
        Self { node: Expr::Identifier(exact(&name)), name, expression }
    }
}
