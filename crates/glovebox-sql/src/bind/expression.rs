//! Expressions: the closed grammar, names resolved, one level at a time.

use datafusion::sql::sqlparser::ast::{Expr, Ident, Spanned, Value, ValueWithSpan};
use glovebox_model::Span;

use super::binder::{Binder, Named, Place};
use super::grouping::aggregates;
use super::operator::chain_operator;
use super::window::{MISPLACED_WINDOW, has_window};
use crate::error::Fault;
use crate::facts::{Expression, ExpressionKind, FormKind, Literal, Operator};
use crate::limits::MAX_CONDITIONS;

impl Binder<'_> {
    /// Binds one expression: resolves and normalises its names in place, and describes it.
    pub(super) fn expression(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        if let Some(operator) = chain_operator(node) {
            return self.chain(node, operator, place);
        }
        match node {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.column(node, place),
            Expr::Value(ValueWithSpan { value: Value::Placeholder(name), span }) => {
                let span = self.text.span(*span).unwrap_or_else(|| self.text.whole());
                let name = name.clone();
                self.parameter(node, &name, span)
            }
            Expr::Value(ValueWithSpan { value: Value::HexStringLiteral(digits), span }) => {
                let span = self.text.span(*span).unwrap_or_else(|| self.text.whole());
                let digits = digits.clone();
                self.hexadecimal(node, digits, span)
            }
            Expr::Value(value) => self.value(value),
            Expr::TypedString(typed) => self.typed_string(typed),
            Expr::Nested(inner) => {
                let bound = self.level(inner, place);
                let span = self.text.enclosing_group(bound.span);
                Expression { span, ..bound }
            }
            Expr::BinaryOp { .. } | Expr::UnaryOp { .. } => self.operator(node, place),
            Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::AnyOp { .. }
            | Expr::AllOp { .. }
            | Expr::InList { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
            | Expr::ILike { .. }
            | Expr::RLike { .. } => self.predicate(node, place),
            Expr::Cast { .. } | Expr::Convert { .. } => self.cast(node, place),
            Expr::Extract { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Overlay { .. }
            | Expr::Position { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. } => self.special_syntax(node, place),
            Expr::CompoundFieldAccess { .. } => self.path(node, place),
            Expr::Function(_) => self.function(node, place),
            Expr::Case { .. } => self.case(node, place),
            Expr::Exists { .. } | Expr::InSubquery { .. } | Expr::Subquery(_) => {
                self.subquery(node, place)
            }
            Expr::GroupingSets(_)
            | Expr::Cube(_)
            | Expr::Rollup(_)
            | Expr::JsonAccess { .. }
            | Expr::IsNormalized { .. }
            | Expr::InUnnest { .. }
            | Expr::SimilarTo { .. }
            | Expr::AtTimeZone { .. }
            | Expr::Collate { .. }
            | Expr::Prefixed { .. }
            | Expr::Tuple(_)
            | Expr::Struct { .. }
            | Expr::Named { .. }
            | Expr::Dictionary(_)
            | Expr::Map(_)
            | Expr::Array(_)
            | Expr::Interval(_)
            | Expr::MatchAgainst { .. }
            | Expr::Wildcard(_)
            | Expr::QualifiedWildcard(..)
            | Expr::OuterJoin(_)
            | Expr::Prior(_)
            | Expr::Lambda(_)
            | Expr::MemberOf(_) => {
                let span = self.text.span(node.span()).unwrap_or_else(|| self.text.whole());
                self.no(refused(node), span)
            }
        }
    }

    /// One level deeper, unless that is too deep.
    pub(super) fn level(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        let place = place.deeper();
        let whole = self.text.whole();
        if self.too_deep(place.depth, whole) {
            return nothing(whole);
        }
        self.expression(node, place)
    }

    /// A construct that is refused.
    pub(super) fn no(&mut self, construct: &'static str, span: Span) -> Expression {
        self.unsupported(construct, span);
        nothing(span)
    }

    /// A column, or an alias of the select list where those can be named.
    fn column(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        let parts: Vec<Ident> = match node {
            Expr::Identifier(ident) => vec![ident.clone()],
            Expr::CompoundIdentifier(idents) => idents.clone(),
            _ => Vec::new(),
        };
        let span = self.text.idents(&parts);
        let folded: Vec<String> = parts.iter().map(|it| it.value.to_ascii_lowercase()).collect();
        let (relation, name) = match folded.as_slice() {
            [name] => (None, name.as_str()),
            [relation, name] => (Some(relation.as_str()), name.as_str()),
            _ => return self.no("a name of more than two parts", span),
        };
        if relation.is_none()
            && let Some(named) = place.aliases.iter().find(|it| it.name == name)
        {
            return self.alias_of(node, named, span, place);
        }
        let typed: Vec<&str> = parts.iter().map(|it| it.value.as_str()).collect();
        match place.scope.find(relation, name, &typed.join(".")) {
            // It would meet the hidden counts that a rewrite puts in under such names.
            Ok(found) if found.column.starts_with("__gb") => {
                self.fault(Fault::ReservedName { name: typed.join(".") }, span);
                nothing(span)
            }
            Ok(found) => {
                *node = found.node();
                found.value(span)
            }
            Err(fault) => {
                let lateral = place.lateral.iter().rev().find(|it| it.name == name);
                if let (Fault::UnknownColumn { .. }, None, Some(named)) =
                    (&fault, relation, lateral)
                {
                    return self.alias_of(node, named, span, place);
                }
                self.fault(fault, span);
                nothing(span)
            }
        }
    }

    /// What an alias of the select list stands for.
    fn alias_of(
        &mut self,
        node: &mut Expr,
        named: &Named,
        span: Span,
        place: Place<'_>,
    ) -> Expression {
        // Beyond the limit nothing is copied: each alias could double the one before.
        if !self.substitute(named.words) {
            return nothing(span);
        }
        if self.n_conditions + conditions_within(&named.expression) > MAX_CONDITIONS {
            self.fault(Fault::TooDeep, span);
            return nothing(span);
        }
        *node = Expr::Nested(Box::new(named.node.clone()));
        self.refuse(!place.windows && has_window(&named.expression), MISPLACED_WINDOW, span);
        if !place.aggregates && aggregates(&named.expression) {
            self.fault(Fault::AggregateMisplaced, span);
        }
        Expression { kind: named.expression.kind.clone(), span }
    }
}

/// What an analyst calls an expression that is never allowed.
fn refused(node: &Expr) -> &'static str {
    match node {
        Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => "GROUPING SETS, CUBE or ROLLUP",
        Expr::JsonAccess { .. } => "a path into a value",
        Expr::IsNormalized { .. } => "IS NORMALIZED",
        Expr::InUnnest { .. } => "UNNEST",
        Expr::SimilarTo { .. } => "SIMILAR TO",
        Expr::AtTimeZone { .. } => "AT TIME ZONE",
        Expr::Collate { .. } => "COLLATE",
        Expr::Prefixed { .. } => "a prefixed literal",
        Expr::Tuple(_) => "a row of values",
        Expr::Struct { .. }
        | Expr::Named { .. }
        | Expr::Dictionary(_)
        | Expr::Map(_)
        | Expr::Array(_) => "a nested value",
        Expr::Interval(_) => "an INTERVAL that is not added to a date or subtracted from one",
        Expr::MatchAgainst { .. } => "MATCH AGAINST",
        Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => "`*`",
        Expr::OuterJoin(_) => "(+)",
        Expr::Prior(_) => "PRIOR",
        Expr::Lambda(_) => "a lambda",
        Expr::MemberOf(_) => "MEMBER OF",
        _ => "this expression",
    }
}

pub(super) fn operation(operator: Operator, operands: Vec<Expression>, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Operator { operator, operands }, span }
}

pub(super) fn other(form: FormKind, parts: Vec<Expression>, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Other { form, parts }, span }
}

pub(super) fn text(value: &str) -> ExpressionKind {
    ExpressionKind::Literal(Literal::Text(value.to_owned()))
}

/// What stands for an expression that was refused; the text does not bind anyway.
pub(super) fn nothing(span: Span) -> Expression {
    Expression { kind: ExpressionKind::Literal(Literal::Null), span }
}

/// How many conditions of `CASE` stand within each other.
fn conditions_within(expression: &Expression) -> usize {
    let deepest = |parts: Vec<&Expression>| {
        parts.into_iter().map(conditions_within).max().unwrap_or_default()
    };
    match &expression.kind {
        ExpressionKind::Case { operand, branches, otherwise } => {
            let operand = operand.iter().map(|it| &**it);
            let conditions = operand.chain(branches.iter().map(|it| &it.0)).collect();
            let results = branches.iter().map(|it| &it.1);
            let results = results.chain(otherwise.iter().map(|it| &**it)).collect();
            (1 + deepest(conditions)).max(deepest(results))
        }
        _ => deepest(expression.parts()),
    }
}
