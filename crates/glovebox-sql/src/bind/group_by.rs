//! `GROUP BY`: items, ordinals, aliases, and sets of them.

use datafusion::sql::sqlparser::ast::{Expr, GroupByExpr, GroupByWithModifier, Value};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Named, Place};
use super::expression::other;
use super::grouping::{aggregates, all_span};
use super::text::union;
use super::window::{MISPLACED_WINDOW, has_window};
use crate::error::Fault;
use crate::facts::{Expression, FormKind, Statement};
use crate::limits::MAX_GROUPINGS;

impl Binder<'_> {
    /// Binds `GROUP BY`, whose items may be those of the select list.
    pub(super) fn group_by(
        &mut self,
        group_by: &mut GroupByExpr,
        items: &[Named],
        place: Place<'_>,
        statement: &mut Statement,
    ) {
        let (mut list, modifiers) = match group_by {
            GroupByExpr::All(modifiers) => {
                let list = self.all(items, statement);
                (list, std::mem::take(modifiers))
            }
            GroupByExpr::Expressions(list, modifiers) => {
                let modifiers = std::mem::take(modifiers);
                let mut list = std::mem::take(list);
                if modifiers.is_empty() {
                    for expr in &mut list {
                        let bound = self.group(expr, items, place);
                        statement.groups.push(bound);
                    }
                }
                (list, modifiers)
            }
        };
        match modifiers.as_slice() {
            [] => {}
            [modifier @ (GroupByWithModifier::Rollup | GroupByWithModifier::Cube)] => {
                let mut parts = Vec::new();
                for expr in &mut list {
                    parts.push(self.part(expr, items, place));
                }
                let whole = self.text.whole();
                let inner = parts.iter().map(|it| it.span).reduce(union).unwrap_or(whole);
                let words = [Keyword::WITH, Keyword::ROLLUP, Keyword::CUBE];
                let last = parts.last().map_or(whole, |it| it.span);
                let span = union(inner, self.text.through_keyword(last, &words, 2));
                self.form(FormKind::GroupingSets, self.text.through_keyword(last, &words, 2));
                statement.groups.push(other(FormKind::GroupingSets, parts, span));
                let sets = list.into_iter().map(|it| vec![it]).collect();
                list = vec![match modifier {
                    GroupByWithModifier::Cube => Expr::Cube(sets),
                    _ => Expr::Rollup(sets),
                }];
            }
            _ => self.unsupported("this kind of GROUP BY", self.text.whole()),
        }
        if groupings(&list) > MAX_GROUPINGS {
            let span = statement.groups.iter().map(|it| it.span).reduce(union);
            self.unsupported(
                "GROUP BY with more than 1024 groupings",
                span.unwrap_or_else(|| self.text.whole()),
            );
        }
        *group_by = GroupByExpr::Expressions(list, Vec::new());
    }

    /// `GROUP BY ALL`: every item without an aggregate.
    fn all(&mut self, items: &[Named], statement: &mut Statement) -> Vec<Expr> {
        let span = all_span(&self.text, self.text.whole());
        self.form(FormKind::GroupByAll, span);
        let mut list = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if !aggregates(&item.expression) {
                self.refuse(has_window(&item.expression), MISPLACED_WINDOW, span);
                statement.groups.push(item.expression.clone());
                let number = Value::Number((index + 1).to_string(), false);
                list.push(Expr::Value(number.with_empty_span()));
            }
        }
        list
    }

    fn group(&mut self, expr: &mut Expr, items: &[Named], place: Place<'_>) -> Expression {
        if let Expr::Rollup(sets) | Expr::Cube(sets) | Expr::GroupingSets(sets) = expr {
            let mut parts = Vec::new();
            for part in sets.iter_mut().flatten() {
                parts.push(self.part(part, items, place));
            }
            let whole = self.text.whole();
            let inner = parts.iter().map(|it| it.span).reduce(union).unwrap_or(whole);
            let span = self.text.grouping_call(inner);
            self.form(FormKind::GroupingSets, span);
            return other(FormKind::GroupingSets, parts, span);
        }
        match self.item_of(expr, items, false, place.scope) {
            Some(found) => self.groupable(found),
            None => self.level(expr, place),
        }
    }

    /// A part of a set, where the planner knows no ordinals.
    fn part(&mut self, expr: &mut Expr, items: &[Named], place: Place<'_>) -> Expression {
        let Some(found) = self.item_of(expr, items, false, place.scope) else {
            return self.level(expr, place);
        };
        let span = found.span;
        if let Some(node) = ordinal(expr).and_then(|it| items.get(it))
            && self.substitute(node.words)
        {
            *expr = node.node.clone();
        }
        let found = self.groupable(found);
        Expression { span, ..found }
    }

    fn groupable(&mut self, found: Expression) -> Expression {
        let span: Span = found.span;
        if aggregates(&found) {
            self.fault(Fault::AggregateMisplaced, span);
        }
        self.refuse(has_window(&found), MISPLACED_WINDOW, span);
        found
    }
}

/// How many groupings a list asks for: those of its items multiplied.
fn groupings(list: &[Expr]) -> u64 {
    let of = |it: &Expr| match it {
        Expr::Cube(sets) => {
            u32::try_from(sets.len()).ok().and_then(|it| 2_u64.checked_pow(it)).unwrap_or(u64::MAX)
        }
        Expr::Rollup(sets) => sets.len() as u64 + 1,
        Expr::GroupingSets(sets) => sets.len() as u64,
        _ => 1,
    };
    list.iter().map(of).fold(1, u64::saturating_mul)
}

/// The index of an item that [`Binder::item_of`] put in as a number.
fn ordinal(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) => number.parse::<usize>().ok()?.checked_sub(1),
            _ => None,
        },
        _ => None,
    }
}
