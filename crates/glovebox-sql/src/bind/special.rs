//! Syntaxes of their own: calls with words inside, `CASE`, subqueries.

use datafusion::sql::sqlparser::ast::{
    CaseWhen, CeilFloorKind, DateTimeField, Expr, Query, TrimWhereField,
};

use glovebox_model::Span;

use super::binder::{Binder, Place};
use super::expression::{nothing, operation, text};
use super::text::union;
use crate::error::Fault;
use crate::facts::{Expression, ExpressionKind, FormKind, Operator};
use crate::limits::MAX_CONDITIONS;

impl Binder<'_> {
    /// `EXTRACT`, `CEIL`, `FLOOR`, `OVERLAY`, `POSITION`, `SUBSTRING`, `TRIM`.
    pub(super) fn special_syntax(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        match node {
            Expr::Extract { field, syntax: _, expr } => {
                let unit = field.to_string().to_ascii_lowercase();
                let value = self.level(expr, place);
                let span = self.text.enclosing_call(value.span);
                let unit = Expression { kind: text(&unit), span };
                self.special("extract", vec![unit, value], span)
            }
            Expr::Position { expr, r#in } => {
                let arguments = vec![self.level(expr, place), self.level(r#in, place)];
                self.keyword_call("locate", arguments)
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let parts = [expr, overlay_what, overlay_from].into_iter().chain(overlay_for);
                let arguments = parts.map(|it| self.level(it, place)).collect();
                self.keyword_call("overlay", arguments)
            }
            Expr::Ceil { expr, field } => self.ceil_floor("ceil", expr, field, place),
            Expr::Floor { expr, field } => self.ceil_floor("floor", expr, field, place),
            Expr::Substring { expr, substring_from, substring_for, special: _, shorthand } => {
                let name = if *shorthand { "substr" } else { "substring" };
                let mut arguments = vec![self.level(expr, place)];
                for part in [substring_from, substring_for].into_iter().flatten() {
                    arguments.push(self.level(part, place));
                }
                self.keyword_call(name, arguments)
            }
            Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                let mut arguments = vec![self.level(expr, place)];
                for part in trim_what.iter_mut().map(|it| &mut **it) {
                    arguments.push(self.level(part, place));
                }
                for part in trim_characters.iter_mut().flatten() {
                    arguments.push(self.level(part, place));
                }
                match trim_where {
                    None
                    | Some(
                        TrimWhereField::Both | TrimWhereField::Leading | TrimWhereField::Trailing,
                    ) => self.keyword_call("trim", arguments),
                }
            }
            _ => nothing(self.text.whole()),
        }
    }

    /// What decides a `CASE`.
    fn condition(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        self.n_conditions += 1;
        let bound = if self.n_conditions > MAX_CONDITIONS {
            let whole = self.text.whole();
            self.fault(Fault::TooDeep, whole);
            nothing(whole)
        } else {
            self.level(node, place)
        };
        self.n_conditions -= 1;
        bound
    }

    /// `CASE`
    pub(super) fn case(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        match node {
            Expr::Case { case_token, end_token, operand, conditions, else_result } => {
                let operand = operand.as_mut().map(|it| Box::new(self.condition(it, place)));
                let mut branches = Vec::new();
                for CaseWhen { condition, result } in conditions {
                    let when = self.condition(condition, place);
                    branches.push((when, self.level(result, place)));
                }
                let otherwise = else_result.as_mut().map(|it| Box::new(self.level(it, place)));
                let start = self.text.span(case_token.0.span);
                let end = self.text.span(end_token.0.span);
                let span = start.into_iter().chain(end).reduce(union);
                let span = span.unwrap_or_else(|| self.text.whole());
                self.form(FormKind::Case, span);
                Expression { kind: ExpressionKind::Case { operand, branches, otherwise }, span }
            }
            _ => nothing(self.text.whole()),
        }
    }

    /// `EXISTS`, `IN (SELECT ...)`, `(SELECT ...)`.
    pub(super) fn subquery(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        match node {
            Expr::Exists { subquery, negated: _ } => {
                let anchor = self.query_anchor(subquery);
                let span = self.text.enclosing_call(anchor);
                self.subquery_of(FormKind::Exists, None, subquery, span, place)
            }
            Expr::InSubquery { expr, subquery, negated } => {
                let operand = self.level(expr, place);
                let anchor = self.query_anchor(subquery);
                let span = union(operand.span, self.text.enclosing_group(anchor));
                let negated = *negated;
                let form = FormKind::InSubquery;
                let found = self.subquery_of(form, Some(operand), subquery, span, place);
                if negated { operation(Operator::Not, vec![found], span) } else { found }
            }
            Expr::Subquery(subquery) => {
                let anchor = self.query_anchor(subquery);
                let span = self.text.enclosing_group(anchor);
                self.subquery_of(FormKind::ScalarSubquery, None, subquery, span, place)
            }
            _ => nothing(self.text.whole()),
        }
    }

    fn subquery_of(
        &mut self,
        form: FormKind,
        operand: Option<Expression>,
        query: &mut Query,
        span: Span,
        place: Place<'_>,
    ) -> Expression {
        self.form(form, span);
        let block = self.nested(query, Some(place.scope), place).block;
        let kind = ExpressionKind::Subquery { form, operand: operand.map(Box::new), block };
        Expression { kind, span }
    }

    fn ceil_floor(
        &mut self,
        name: &'static str,
        expr: &mut Expr,
        field: &CeilFloorKind,
        place: Place<'_>,
    ) -> Expression {
        let mut arguments = vec![self.level(expr, place)];
        let whole = arguments.first().map_or(self.text.whole(), |it| it.span);
        match field {
            CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) => {}
            CeilFloorKind::DateTimeField(_) => self.unsupported("TO in CEIL or FLOOR", whole),
            CeilFloorKind::Scale(scale) => arguments.push(self.value(&mut scale.clone())),
        }
        self.keyword_call(name, arguments)
    }

    /// A call whose name is a keyword: its place is found from its first argument.
    fn keyword_call(&mut self, name: &str, arguments: Vec<Expression>) -> Expression {
        let first = arguments.first().map_or(self.text.whole(), |it| it.span);
        let span = self.text.enclosing_call(first);
        self.special(name, arguments, span)
    }
}
