//! `EXISTS` as a value in a select list: a count of rows that is above zero.
//!
//! The engine knows `EXISTS` as a filter only.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, Query, Select, SelectItem, SetExpr, Statement, TableFactor,
    Value, VisitMut, VisitorMut,
};
use datafusion::sql::sqlparser::parser::Parser;

use super::call::call;
use super::dialect::GloveboxDialect;
use crate::functions;

/// Turns every `EXISTS` of a select list into `(SELECT COUNT(1) ...) > 0`.
pub(super) fn counted(statement: &mut Statement) {
    let _: ControlFlow<()> = statement.visit(&mut Lists);
}

/// Goes through all select lists.
struct Lists;

impl VisitorMut for Lists {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        select.projection.visit(&mut Values { depth: 0 })
    }
}

/// Goes through one value, without the queries inside it.
struct Values {
    depth: usize,
}

impl VisitorMut for Values {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth = self.depth.saturating_add(1);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth = self.depth.saturating_sub(1);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if self.depth == 0
            && let Expr::Exists { subquery, negated } = expr
            && let Some(rows) = count_of(subquery)
        {
            let op = if *negated { BinaryOperator::Eq } else { BinaryOperator::Gt };
            let (left, right) = (Box::new(Expr::Subquery(rows)), Box::new(number("0")));
            *expr = Expr::Nested(Box::new(Expr::BinaryOp { left, op, right }));
        }
        ControlFlow::Continue(())
    }
}

/// A query that counts the rows of another.
fn count_of(query: &Query) -> Option<Box<Query>> {
    let mut query = query.clone();
    if query.limit_clause.is_none()
        && query.fetch.is_none()
        && let SetExpr::Select(select) = query.body.as_mut()
        && keeps_rows(select)
    {
        select.projection = vec![SelectItem::UnnamedExpr(call("count", vec![number("1")]))];
        query.order_by = None;
        return Some(Box::new(query));
    }
    let text = "SELECT \"count\"(1) FROM (SELECT 1) AS \"__gb_rows\"";
    let dialect = GloveboxDialect::default();
    let mut counting = Parser::new(&dialect).try_with_sql(text).ok()?.parse_query().ok()?;
    let SetExpr::Select(select) = counting.body.as_mut() else { return None };
    let TableFactor::Derived { subquery, .. } = &mut select.from.first_mut()?.relation else {
        return None;
    };
    **subquery = query;
    Some(counting)
}

/// Whether a select gives a row for each row that its filter lets pass.
fn keeps_rows(select: &mut Select) -> bool {
    let grouped = !matches!(
        &select.group_by,
        GroupByExpr::Expressions(items, modifiers) if items.is_empty() && modifiers.is_empty()
    );
    let clauses =
        grouped || select.having.is_some() || select.qualify.is_some() || select.top.is_some();
    // DISTINCT leaves a row where there is one.
    select.distinct = None;
    let mut aggregates = Aggregates { depth: 0 };
    !clauses && select.projection.visit(&mut aggregates).is_continue()
}

/// Breaks at an aggregate function.
struct Aggregates {
    depth: usize,
}

impl VisitorMut for Aggregates {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth = self.depth.saturating_add(1);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth = self.depth.saturating_sub(1);
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(call) if self.depth == 0 && call.over.is_none() => {
                let name = super::binder::single(&call.name).map(|it| it.value.as_str());
                match name.is_some_and(functions::is_aggregate) {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

fn number(digits: &str) -> Expr {
    Expr::Value(Value::Number(digits.to_owned(), false).with_empty_span())
}
