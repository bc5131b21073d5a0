//! How many rows: `LIMIT`, `OFFSET`, `TOP`, `FETCH`.

use datafusion::sql::sqlparser::ast::{
    Expr, Fetch, LimitClause, Offset, SetExpr, Top, TopQuantity, Value,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Place};
use super::scope::Scope;
use crate::facts::{Expression, ExpressionKind, FormKind};

/// The numbers of rows of one query.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    pub(super) limit: Option<Expression>,
    pub(super) offset: Option<Expression>,
}

impl Binder<'_> {
    /// `LIMIT` and `OFFSET`.
    pub(super) fn limit(&mut self, clause: &mut Option<LimitClause>, place: Place<'_>) -> Bounds {
        let mut bounds = Bounds::default();
        let (limit, offset, comma) = match clause {
            None => return bounds,
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
            bounds.limit = Some(bound);
        }
        if let Some(expr) = offset {
            let bound = self.rows(expr, place);
            let span = self.text.clause(bound.span, &[Keyword::OFFSET]);
            self.form(FormKind::Offset, span);
            bounds.offset = Some(bound);
        }
        bounds
    }

    /// `TOP n`, which becomes a `LIMIT` for the planner.
    pub(super) fn top(
        &mut self,
        body: &mut SetExpr,
        clause: &mut Option<LimitClause>,
        anchor: Span,
        bounds: &mut Bounds,
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
        bounds.limit = Some(Expression { span, ..bound });
        *clause = Some(limit_of(quantity));
    }

    /// `FETCH FIRST n ROWS`, which becomes a `LIMIT` for the planner.
    pub(super) fn fetch(
        &mut self,
        fetch: Option<Fetch>,
        clause: &mut Option<LimitClause>,
        anchor: Span,
        bounds: &mut Bounds,
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
        bounds.limit = Some(bound);
        *clause = Some(limit_of(quantity));
    }

    /// A number of rows.
    fn rows(&mut self, expr: &mut Expr, place: Place<'_>) -> Expression {
        let scope = Scope { relations: &[], outer: None };
        let inside = Place { scope: &scope, aliases: &[], aggregates: false, ..place };
        let bound = self.level(expr, inside);
        let given = matches!(bound.kind, ExpressionKind::Parameter { .. });
        self.refuse(given, "a parameter as a number of rows", bound.span);
        bound
    }
}

fn limit_of(quantity: Expr) -> LimitClause {
    LimitClause::LimitOffset { limit: Some(quantity), offset: None, limit_by: Vec::new() }
}
