//! Goes through a text and looks where encrypted values stand. What is not known is refused.

use glovebox_model::{RuleKind, Span};
use glovebox_sql::{
    Block, BlockId, Body, Expression, ExpressionKind, FormKind, Operator, SelectBlock,
};

use super::compared::Side;
use super::value::{Cipher, Value};
use super::{Encrypted, aggregated, cleartext, computed, keys, merged, nulls, ordered};
use crate::Refusal;
use crate::custom::outer_clauses;
use crate::query::form_words;

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'p> {
    /// In an aggregate function that is no count.
    Aggregate(&'p str),
    /// Among the conditions of `ON` and `WHERE`, under AND and OR; below a NOT it is `negated`.
    Condition { negated: bool },
    /// In `COUNT`.
    Count { distinct: bool },
    /// Where equal values are put together.
    Key(&'static str),
    /// In a test for NULL.
    NullTest,
    /// Where values are put in order.
    Order(&'static str),
    /// In a select list: as it is.
    Output,
    /// In something that computes.
    Value(&'p str),
}

/// The walk through one text.
pub(super) struct Walk<'w, 'a> {
    pub(super) of: &'w Encrypted<'a>,
    pub(super) acc: &'w mut Vec<Refusal>,
}

impl<'w, 'a> Walk<'w, 'a> {
    pub(super) fn new(of: &'w Encrypted<'a>, acc: &'w mut Vec<Refusal>) -> Self {
        Self { of, acc }
    }

    /// Every block of the text.
    pub(super) fn blocks(&mut self) {
        for block in &self.of.blocks.blocks {
            match &block.body {
                Body::Select(select) => self.select(select),
                Body::SetOperation { operator, all, left, right } => {
                    merged::merged(self, block.span, (*operator, *all), (*left, *right));
                }
                Body::Values(rows) => {
                    for value in rows.iter().flatten() {
                        self.visit(value, Place::Value("VALUES"));
                    }
                }
            }
            self.outside(block);
        }
    }

    /// What stands behind the body of a block.
    fn outside(&mut self, block: &'a Block) {
        for key in &block.order {
            self.visit(key, Place::Order("ORDER BY"));
        }
        for count in outer_clauses(block) {
            self.visit(count, Place::Value("a number of rows"));
        }
    }

    fn select(&mut self, select: &'a SelectBlock) {
        // The list rule asks for DISTINCT: there it keeps a row from coming out once for each of
        // its matches, whatever is in it.
        let distinct = select.distinct.is_some() && self.of.kind != RuleKind::List;
        for output in &select.outputs {
            let place = if distinct { Place::Key("SELECT DISTINCT") } else { Place::Output };
            self.visit(&output.expression, place);
        }
        let conditions = select.joins.iter().filter_map(|it| it.condition.as_ref());
        for condition in conditions.chain(&select.filter) {
            self.visit(condition, Place::Condition { negated: false });
        }
        for key in &select.groups {
            self.visit(key, Place::Key("GROUP BY"));
        }
        for (condition, name) in [(&select.having, "HAVING"), (&select.qualify, "QUALIFY")] {
            if let Some(condition) = condition {
                self.visit(condition, Place::Value(name));
            }
        }
    }

    /// Looks at an expression, and into it unless it is a column.
    pub(super) fn visit(&mut self, expression: &'a Expression, place: Place<'_>) {
        if let Some(value) = self.column(expression) {
            return self.value(expression.span, &value, place);
        }
        match &expression.kind {
            ExpressionKind::Aggregate(call) => {
                let count = Place::Count { distinct: call.distinct };
                let place = if call.name == "count" { count } else { Place::Aggregate(&call.name) };
                self.each(&call.arguments, place);
            }
            ExpressionKind::Operator { operator, operands } => {
                self.operator(expression.span, *operator, operands, place);
            }
            ExpressionKind::Other { form, parts } => self.other(*form, parts, place),
            ExpressionKind::Subquery { form, operand, block } => {
                self.subquery(expression.span, (*form, *block), operand.as_deref(), place);
            }
            ExpressionKind::Window { call, partition, order, framed: _ } => {
                self.visit(call, Place::Output);
                self.each(partition, Place::Key("PARTITION BY"));
                self.each(order, Place::Order("the ORDER BY of a window"));
            }
            ExpressionKind::Scalar { name, arguments, .. } => {
                self.each(arguments, Place::Value(name));
            }
            ExpressionKind::Case { .. } => {
                for part in expression.parts() {
                    self.visit(part, Place::Value("CASE"));
                }
            }
            ExpressionKind::Column { .. }
            | ExpressionKind::Literal(_)
            | ExpressionKind::Parameter { .. }
            | ExpressionKind::Reference { .. } => {}
        }
    }

    fn each(&mut self, expressions: &'a [Expression], place: Place<'_>) {
        for it in expressions {
            self.visit(it, place);
        }
    }

    /// What a column is, also one that USING made of two; `None` when it is no column.
    pub(super) fn column(&mut self, expression: &'a Expression) -> Option<Value<'a>> {
        match &expression.kind {
            ExpressionKind::Column { .. } | ExpressionKind::Reference { .. } => {
                cleartext::column(self.acc, self.of, expression);
            }
            ExpressionKind::Other { form: FormKind::Using | FormKind::NaturalJoin, parts } => {
                for part in parts {
                    cleartext::column(self.acc, self.of, part);
                }
            }
            ExpressionKind::Aggregate(_)
            | ExpressionKind::Case { .. }
            | ExpressionKind::Literal(_)
            | ExpressionKind::Operator { .. }
            | ExpressionKind::Other { .. }
            | ExpressionKind::Parameter { .. }
            | ExpressionKind::Scalar { .. }
            | ExpressionKind::Subquery { .. }
            | ExpressionKind::Window { .. } => return None,
        }
        Some(self.of.value(&self.of.trace.flow(expression)))
    }

    fn value(&mut self, span: Span, value: &Value<'a>, place: Place<'_>) {
        let cipher: &Cipher<'a> = match value {
            Value::Clear => return,
            Value::Mixed(base) => return computed::mixed(self.acc, self.of, span, *base),
            Value::Cipher(cipher) => cipher,
        };
        let (acc, of) = (&mut *self.acc, self.of);
        match place {
            Place::Output => {}
            Place::Aggregate(name) => aggregated::aggregated(acc, of, span, (cipher, name)),
            Place::Condition { .. } => computed::computed(acc, of, span, (cipher, "a condition")),
            Place::Value(what) => computed::computed(acc, of, span, (cipher, what)),
            Place::Order(what) => ordered::ordered(acc, of, span, (cipher, what)),
            Place::Key(what) => keys::key(acc, of, span, (cipher, what)),
            Place::Count { distinct: true } => {
                keys::key(acc, of, span, (cipher, "COUNT(DISTINCT)"));
            }
            Place::Count { distinct: false } => nulls::nulls(acc, of, span, (cipher, "COUNT")),
            Place::NullTest => nulls::nulls(acc, of, span, (cipher, "a test for NULL")),
        }
    }

    fn operator(
        &mut self,
        span: Span,
        operator: Operator,
        operands: &'a [Expression],
        place: Place<'_>,
    ) {
        match operator {
            Operator::And | Operator::Or | Operator::Not => {
                let place = match place {
                    Place::Condition { negated } => {
                        Place::Condition { negated: negated || operator == Operator::Not }
                    }
                    Place::Aggregate(_)
                    | Place::Count { .. }
                    | Place::Key(_)
                    | Place::NullTest
                    | Place::Order(_)
                    | Place::Output
                    | Place::Value(_) => Place::Value("a condition outside ON and WHERE"),
                };
                self.each(operands, place);
            }
            Operator::Equal | Operator::NotEqual | Operator::In => {
                let sides = operands.iter().map(|it| self.side(it)).collect();
                let equals = operator == Operator::Equal;
                super::compared::compared(self, span, sides, (equals, place));
            }
            Operator::Is if operands.len() > 1 => {
                let sides = operands.iter().map(|it| self.side(it)).collect();
                super::compared::compared(self, span, sides, (false, place));
            }
            Operator::Is => self.each(operands, Place::Value("IS")),
            Operator::IsNull => self.each(operands, Place::NullTest),
            Operator::Between
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::Less
            | Operator::LessOrEqual => self.each(operands, Place::Order("a comparison by size")),
            Operator::Like => self.each(operands, Place::Value("LIKE")),
            Operator::Add
            | Operator::Divide
            | Operator::Modulo
            | Operator::Multiply
            | Operator::Subtract => self.each(operands, Place::Value("arithmetic")),
        }
    }

    fn other(&mut self, form: FormKind, parts: &'a [Expression], place: Place<'_>) {
        for part in parts {
            let is_call = matches!(part.kind, ExpressionKind::Aggregate(_));
            let place = match (form, place) {
                (FormKind::GroupingSets, Place::Key(_)) => place,
                (FormKind::FilterClause | FormKind::WithinGroup, _) if is_call => place,
                (form, _) => Place::Value(form_words(form)),
            };
            self.visit(part, place);
        }
    }

    /// A side of a comparison; what lies inside it is looked at.
    pub(super) fn side(&mut self, expression: &'a Expression) -> Side<'a> {
        match self.column(expression) {
            Some(Value::Cipher(cipher)) => Side::Cipher(cipher),
            Some(value) => {
                self.value(expression.span, &value, Place::Value("a comparison"));
                Side::Other
            }
            None => {
                self.visit(expression, Place::Value("a comparison"));
                Side::Other
            }
        }
    }

    fn subquery(
        &mut self,
        span: Span,
        (form, block): (FormKind, BlockId),
        operand: Option<&'a Expression>,
        place: Place<'_>,
    ) {
        if form == FormKind::Exists {
            return;
        }
        let values: Vec<Value<'a>> =
            self.of.trace.outputs(block).iter().map(|it| self.of.value(it)).collect();
        match operand {
            Some(operand) => {
                let mut sides = vec![self.side(operand)];
                for value in values {
                    sides.push(match value {
                        Value::Cipher(cipher) => Side::Cipher(cipher),
                        Value::Clear | Value::Mixed(_) => Side::Other,
                    });
                }
                super::compared::compared(self, span, sides, (true, place));
            }
            None => {
                for value in &values {
                    self.value(span, value, Place::Value("a subquery that stands for a value"));
                }
            }
        }
    }
}
