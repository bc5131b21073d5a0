//! What gives the rows of a query: a `SELECT`, a set operation, a list of values.

use datafusion::sql::sqlparser::ast::{
    Expr, Parens, Query, Select, SetExpr, SetOperator as SetWord, SetQuantifier, Values,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Named, NamedQuery, Place, exact};
use super::scope::{Origin, Relation};
use super::text::union;
use crate::facts::{
    Block, BlockId, Body, FormKind, Output, RelationOrigin, SelectBlock, SetOperator, Statement,
};

/// What the clauses around a body need to know of it.
#[derive(Debug)]
pub(super) struct Rows {
    /// The select list.
    pub(super) items: Vec<Named>,
    /// The relations of `FROM`.
    pub(super) relations: Vec<Relation>,
    /// Whether rows are grouped.
    pub(super) grouped: bool,
    /// The body for rules.
    pub(super) body: Made,
    /// Where it stands.
    pub(super) span: Span,
}

/// A body for rules.
#[derive(Debug)]
pub(super) enum Made {
    /// Not yet a block: clauses around it may join it.
    Open(Body),
    /// A block of its own.
    Closed(BlockId),
}

impl Binder<'_> {
    /// Binds what gives the rows of a query.
    pub(super) fn body(
        &mut self,
        body: &mut SetExpr,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Rows {
        let place = place.deeper();
        let whole = self.text.whole();
        if self.too_deep(place.depth, whole) {
            return Rows::nothing(whole);
        }
        match body {
            SetExpr::Select(select) => self.select(select, statement, place),
            SetExpr::Query(query) => {
                let anchor = self.query_anchor(query);
                let span = self.text.enclosing_group(anchor);
                let found = self.query(query, statement, span, place);
                Rows::named(found.columns, Made::Closed(found.block), span)
            }
            SetExpr::SetOperation { .. } => self.set_operation(body, statement, place),
            SetExpr::Values(values) => self.values(values, place),
            SetExpr::Table(_) => self.no_body("TABLE"),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                self.no_body("a change of data")
            }
        }
    }

    fn set_operation(
        &mut self,
        body: &mut SetExpr,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Rows {
        let whole = self.text.whole();
        let SetExpr::SetOperation { left, op, set_quantifier, right } = body else {
            return Rows::nothing(whole);
        };
        let first = self.branch(left, statement, place);
        let anchor = self.body_anchor(right);
        if *op == SetWord::Minus {
            *op = SetWord::Except;
        }
        let (operator, words) = match op {
            SetWord::Union => {
                (SetOperator::Union, [Keyword::UNION, Keyword::ALL, Keyword::DISTINCT])
            }
            SetWord::Except | SetWord::Minus => {
                (SetOperator::Except, [Keyword::EXCEPT, Keyword::ALL, Keyword::MINUS])
            }
            SetWord::Intersect => {
                (SetOperator::Intersect, [Keyword::INTERSECT, Keyword::ALL, Keyword::DISTINCT])
            }
        };
        let last = self.text.previous(anchor);
        let found = self.text.with_keywords_before(last, &words);
        self.form(FormKind::SetOperation, found);
        let (all, by_name) = match set_quantifier {
            SetQuantifier::All => (true, false),
            SetQuantifier::Distinct | SetQuantifier::None => (false, false),
            SetQuantifier::AllByName | SetQuantifier::ByName | SetQuantifier::DistinctByName => {
                (false, true)
            }
        };
        self.refuse(by_name, "BY NAME", found);
        let inside = Place { outermost: false, ..place };
        let second = self.branch(right, &mut Statement::default(), inside);
        let body = Body::SetOperation { operator, all, left: first.block, right: second.block };
        let sides = [first.block, second.block].into_iter().filter_map(|it| self.blocks.block(it));
        let span = sides.map(|it| it.span).reduce(union).unwrap_or(whole);
        Rows::named(first.columns, Made::Open(body), span)
    }

    /// One side of a set operation.
    fn branch(
        &mut self,
        body: &mut SetExpr,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> NamedQuery {
        let anchor = self.body_anchor(body);
        let has_top = matches!(body, SetExpr::Select(select) if select.top.is_some());
        self.refuse(has_top, "TOP beside a set operation", anchor);
        let rows = self.body(body, statement, place);
        let columns: Vec<String> = rows.items.iter().map(|it| it.name.clone()).collect();
        let block = self.closed(rows);
        NamedQuery { name: String::new(), columns, block, n_planned: 1 }
    }

    fn values(&mut self, values: &mut Values, place: Place<'_>) -> Rows {
        let Values { explicit_row: _, value_keyword: _, rows } = values;
        let mut all = Vec::new();
        let mut span: Option<Span> = None;
        for Parens { opening_token, content, closing_token } in rows {
            for token in [opening_token, closing_token] {
                let place = self.text.span(token.0.span);
                span = span.into_iter().chain(place).reduce(union);
            }
            all.push(content.iter_mut().map(|it| self.level(it, place)).collect::<Vec<_>>());
        }
        let span = span.unwrap_or_else(|| self.text.whole());
        self.form(FormKind::Values, span);
        let width = all.first().map_or(0, Vec::len);
        let names = (1..=width).map(|it| format!("column{it}")).collect();
        Rows::named(names, Made::Open(Body::Values(all)), span)
    }

    fn no_body(&mut self, construct: &'static str) -> Rows {
        let whole = self.text.whole();
        self.unsupported(construct, whole);
        Rows::nothing(whole)
    }

    /// Rows that clauses can be put around: those of a `SELECT`. Other bodies become a derived
    /// table of one, unless there is nothing to sort.
    pub(super) fn wrapped(&mut self, rows: Rows, sorted: bool) -> Rows {
        let open = match &rows.body {
            Made::Open(Body::Select(_)) => true,
            Made::Open(_) => !sorted,
            Made::Closed(_) => false,
        };
        if open {
            return rows;
        }
        let span = rows.span;
        let names: Vec<String> = rows.items.iter().map(|it| it.name.clone()).collect();
        let block = self.closed(rows);
        let origin = Origin::Query(FormKind::SetOperation);
        let known = RelationOrigin::Block(block);
        let relation = self.relation(String::new(), origin, known, names.clone(), span);
        let items: Vec<Named> = names
            .into_iter()
            .map(|it| Named { expression: relation.found(&it).value(span), ..Named::only(it) })
            .collect();
        let outputs = items
            .iter()
            .map(|it| Output { name: it.name.clone(), expression: it.expression.clone() })
            .collect();
        let select =
            SelectBlock { relations: vec![relation.id], outputs, ..SelectBlock::default() };
        let body = Made::Open(Body::Select(Box::new(select)));
        Rows { items, relations: Vec::new(), grouped: false, body, span }
    }

    /// Makes rows a block of their own.
    pub(super) fn closed(&mut self, rows: Rows) -> BlockId {
        let columns = rows.items.iter().map(|it| it.name.clone()).collect();
        match rows.body {
            Made::Closed(block) => block,
            Made::Open(body) => self.block(Block {
                body,
                columns,
                order: Vec::new(),
                limit: None,
                offset: None,
                span: rows.span,
            }),
        }
    }

    /// Notes a block.
    pub(super) fn block(&mut self, block: Block) -> BlockId {
        self.blocks.blocks.push(block);
        BlockId(self.blocks.blocks.len() - 1)
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

impl Rows {
    /// Rows of which only the names of the columns are known.
    fn named(names: Vec<String>, body: Made, span: Span) -> Self {
        let items = names.into_iter().map(Named::only).collect();
        Self { items, relations: Vec::new(), grouped: false, body, span }
    }

    /// What stands for rows that were refused; the text does not bind anyway.
    fn nothing(span: Span) -> Self {
        Self::named(Vec::new(), Made::Open(Body::Values(Vec::new())), span)
    }
}

impl NamedQuery {
    /// What stands for a query that was refused; the text does not bind anyway.
    pub(super) fn nothing() -> Self {
        Self { name: String::new(), columns: Vec::new(), block: BlockId(usize::MAX), n_planned: 1 }
    }
}

impl Named {
    /// A column of which only the name is known.
    fn only(name: String) -> Self {
        let expression = super::expression::nothing(Span::default());
        Self { node: Expr::Identifier(exact(&name)), name, expression, words: 1 }
    }
}
