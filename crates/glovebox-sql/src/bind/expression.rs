//! Expressions: the closed grammar, names resolved, one level at a time.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, CeilFloorKind, Expr, Ident, Spanned, TrimWhereField, UnaryOperator,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Place, exact};
use super::text::union;
use crate::facts::{Expression, ExpressionKind, FormKind, Literal, Operator};

impl Binder<'_> {
    /// Binds one expression: resolves and normalises its names in place, and describes it.
    pub(super) fn expression(&mut self, node: &mut Expr, place: Place<'_>) -> Expression {
        if let Some(operator) = chain_operator(node) {
            return self.chain(node, operator, place);
        }
        match node {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.column(node, place),
            Expr::Value(value) => self.value(value),
            Expr::TypedString(typed) => self.typed_string(typed),
            Expr::Nested(inner) => {
                let bound = self.level(inner, place);
                let span = self.text.enclosing_group(bound.span);
                Expression { span, ..bound }
            }
            Expr::BinaryOp { left, op, right } => {
                let left = self.level(left, place);
                let right = self.level(right, place);
                let span = union(left.span, right.span);
                match binary(op) {
                    Some(operator) => operation(operator, vec![left, right], span),
                    None if *op == BinaryOperator::StringConcat => {
                        self.form(FormKind::StringConcat, span);
                        other(FormKind::StringConcat, vec![left, right], span)
                    }
                    None => self.no("this operator", span),
                }
            }
            Expr::UnaryOp { op, expr } => {
                let operand = self.level(expr, place);
                let span = self.text.with_previous(operand.span);
                match op {
                    UnaryOperator::Minus => operation(Operator::Subtract, vec![operand], span),
                    UnaryOperator::Not => operation(Operator::Not, vec![operand], span),
                    UnaryOperator::Plus => operation(Operator::Add, vec![operand], span),
                    UnaryOperator::AtDashAt
                    | UnaryOperator::BangNot
                    | UnaryOperator::BitwiseNot
                    | UnaryOperator::DoubleAt
                    | UnaryOperator::Hash
                    | UnaryOperator::PGAbs
                    | UnaryOperator::PGCubeRoot
                    | UnaryOperator::PGPostfixFactorial
                    | UnaryOperator::PGPrefixFactorial
                    | UnaryOperator::PGSquareRoot
                    | UnaryOperator::QuestionDash
                    | UnaryOperator::QuestionPipe => self.no("this operator", span),
                }
            }
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => {
                let operand = self.level(inner, place);
                let span = self.text.through_keyword(operand.span, &[Keyword::NULL], 3);
                operation(Operator::IsNull, vec![operand], span)
            }
            Expr::IsTrue(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsFalse(inner)
            | Expr::IsNotFalse(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotUnknown(inner) => {
                let operand = self.level(inner, place);
                let ends = [Keyword::TRUE, Keyword::FALSE, Keyword::UNKNOWN];
                let span = self.text.through_keyword(operand.span, &ends, 3);
                operation(Operator::Is, vec![operand], span)
            }
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                let operands = vec![self.level(left, place), self.level(right, place)];
                self.spanning(Operator::Is, operands)
            }
            Expr::InList { expr, list, negated: _ } => {
                let mut operands = vec![self.level(expr, place)];
                for item in list {
                    operands.push(self.level(item, place));
                }
                let span = operands.first().map_or(self.text.whole(), |it| it.span);
                let span = self.text.through_next_group(span);
                operation(Operator::In, operands, span)
            }
            Expr::Between { expr, negated: _, low, high } => {
                let operands =
                    vec![self.level(expr, place), self.level(low, place), self.level(high, place)];
                let bound = self.spanning(Operator::Between, operands);
                self.form(FormKind::Between, bound.span);
                bound
            }
            Expr::Like { negated: _, any, expr, pattern, escape_char } => {
                let operands = vec![self.level(expr, place), self.level(pattern, place)];
                let bound = self.spanning(Operator::Like, operands);
                self.refuse(*any, "LIKE ANY", bound.span);
                self.refuse(escape_char.is_some(), "ESCAPE", bound.span);
                bound
            }
            Expr::Cast { .. } | Expr::Convert { .. } => self.cast(node, place),
            Expr::Extract { field, syntax: _, expr } => {
                let unit = field.to_string().to_ascii_lowercase();
                let value = self.level(expr, place);
                let span = self.text.enclosing_call(value.span);
                let unit = Expression { kind: text(&unit), span };
                self.special("extract", vec![unit, value], span)
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
            Expr::Function(_) => self.function(node, place),
            Expr::Case { case_token, end_token, operand, conditions, else_result } => {
                let mut parts = Vec::new();
                for part in operand.iter_mut() {
                    parts.push(self.level(part, place));
                }
                for CaseWhen { condition, result } in conditions {
                    parts.push(self.level(condition, place));
                    parts.push(self.level(result, place));
                }
                for part in else_result.iter_mut() {
                    parts.push(self.level(part, place));
                }
                let start = self.text.span(case_token.0.span);
                let end = self.text.span(end_token.0.span);
                let span = start.into_iter().chain(end).reduce(union);
                let span = span.unwrap_or_else(|| self.text.whole());
                self.form(FormKind::Case, span);
                other(FormKind::Case, parts, span)
            }
            Expr::Exists { subquery, negated: _ } => {
                let anchor = self.query_anchor(subquery);
                let span = self.text.enclosing_call(anchor);
                self.form(FormKind::Exists, span);
                self.nested(subquery, Some(place.scope), place);
                other(FormKind::Exists, Vec::new(), span)
            }
            Expr::InSubquery { expr, subquery, negated: _ } => {
                let operand = self.level(expr, place);
                let anchor = self.query_anchor(subquery);
                let span = union(operand.span, self.text.enclosing_group(anchor));
                self.form(FormKind::InSubquery, span);
                self.nested(subquery, Some(place.scope), place);
                other(FormKind::InSubquery, vec![operand], span)
            }
            Expr::Subquery(subquery) => {
                let anchor = self.query_anchor(subquery);
                let span = self.text.enclosing_group(anchor);
                self.form(FormKind::ScalarSubquery, span);
                self.nested(subquery, Some(place.scope), place);
                other(FormKind::ScalarSubquery, Vec::new(), span)
            }
            Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => {
                self.unplaced("GROUPING SETS, CUBE or ROLLUP", node)
            }
            Expr::CompoundFieldAccess { .. } | Expr::JsonAccess { .. } => {
                self.unplaced("a path into a value", node)
            }
            Expr::IsNormalized { .. } => self.unplaced("IS NORMALIZED", node),
            Expr::InUnnest { .. } => self.unplaced("UNNEST", node),
            Expr::ILike { .. } => self.unplaced("ILIKE", node),
            Expr::SimilarTo { .. } => self.unplaced("SIMILAR TO", node),
            Expr::RLike { .. } => self.unplaced("RLIKE", node),
            Expr::AnyOp { .. } | Expr::AllOp { .. } => self.unplaced("ANY or ALL", node),
            Expr::AtTimeZone { .. } => self.unplaced("AT TIME ZONE", node),
            Expr::Position { .. } => self.unplaced("POSITION", node),
            Expr::Overlay { .. } => self.unplaced("OVERLAY", node),
            Expr::Collate { .. } => self.unplaced("COLLATE", node),
            Expr::Prefixed { .. } => self.unplaced("a prefixed literal", node),
            Expr::Tuple(_) => self.unplaced("a row of values", node),
            Expr::Struct { .. }
            | Expr::Named { .. }
            | Expr::Dictionary(_)
            | Expr::Map(_)
            | Expr::Array(_) => self.unplaced("a nested value", node),
            Expr::Interval(_) => self.unplaced("INTERVAL", node),
            Expr::MatchAgainst { .. } => self.unplaced("MATCH AGAINST", node),
            Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => self.unplaced("`*`", node),
            Expr::OuterJoin(_) => self.unplaced("(+)", node),
            Expr::Prior(_) => self.unplaced("PRIOR", node),
            Expr::Lambda(_) => self.unplaced("a lambda", node),
            Expr::MemberOf(_) => self.unplaced("MEMBER OF", node),
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

    /// A construct that is refused, placed by what the parser kept.
    fn unplaced(&mut self, construct: &'static str, node: &Expr) -> Expression {
        let span = self.text.span(node.span()).unwrap_or_else(|| self.text.whole());
        self.no(construct, span)
    }

    fn spanning(&mut self, operator: Operator, operands: Vec<Expression>) -> Expression {
        let span = operands.iter().map(|it| it.span).reduce(union);
        let span = span.unwrap_or_else(|| self.text.whole());
        operation(operator, operands, span)
    }

    /// A chain of `AND` or of `OR`: one level however long, and a balanced tree for the planner.
    fn chain(&mut self, node: &mut Expr, operator: BinaryOperator, place: Place<'_>) -> Expression {
        let taken = std::mem::replace(node, Expr::Identifier(exact("")));
        let mut nodes = unchain(taken, &operator);
        let operands: Vec<Expression> = nodes.iter_mut().map(|it| self.level(it, place)).collect();
        *node = balance(nodes, &operator);
        let facts = if operator == BinaryOperator::And { Operator::And } else { Operator::Or };
        self.spanning(facts, operands)
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
            if self.substitute(named.expression.span) {
                *node = Expr::Nested(Box::new(named.node.clone()));
            }
            return Expression { kind: named.expression.kind.clone(), span };
        }
        let typed: Vec<&str> = parts.iter().map(|it| it.value.as_str()).collect();
        match place.scope.find(relation, name, &typed.join(".")) {
            Ok(found) => {
                let origin = found.scan_column();
                *node = Expr::CompoundIdentifier(vec![exact(&found.alias), exact(&found.column)]);
                match origin {
                    Some((scan, column)) => {
                        Expression { kind: ExpressionKind::Column { scan, column }, span }
                    }
                    None => other(found.form(), Vec::new(), span),
                }
            }
            Err(fault) => {
                self.fault(fault, span);
                nothing(span)
            }
        }
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
            CeilFloorKind::DateTimeField(
                datafusion::sql::sqlparser::ast::DateTimeField::NoDateTime,
            ) => {}
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

/// `AND` or `OR`, when the node is such a chain.
fn chain_operator(node: &Expr) -> Option<BinaryOperator> {
    match node {
        Expr::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } => {
            Some(op.clone())
        }
        _ => None,
    }
}

fn unchain(node: Expr, operator: &BinaryOperator) -> Vec<Expr> {
    let mut backwards = Vec::new();
    let mut rest = node;
    loop {
        match rest {
            Expr::BinaryOp { left, op, right } if op == *operator => {
                backwards.push(*right);
                rest = *left;
            }
            first => {
                backwards.push(first);
                backwards.reverse();
                return backwards;
            }
        }
    }
}

fn balance(mut nodes: Vec<Expr>, operator: &BinaryOperator) -> Expr {
    while nodes.len() > 1 {
        let mut halved = Vec::with_capacity(nodes.len().div_ceil(2));
        let mut rest = nodes.into_iter();
        while let Some(left) = rest.next() {
            halved.push(match rest.next() {
                Some(right) => Expr::Nested(Box::new(Expr::BinaryOp {
                    left: Box::new(left),
                    op: operator.clone(),
                    right: Box::new(right),
                })),
                None => left,
            });
        }
        nodes = halved;
    }
    nodes.pop().unwrap_or_else(|| Expr::Identifier(exact("")))
}

fn binary(operator: &BinaryOperator) -> Option<Operator> {
    Some(match operator {
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Multiply => Operator::Multiply,
        BinaryOperator::Divide => Operator::Divide,
        BinaryOperator::Modulo => Operator::Modulo,
        BinaryOperator::Gt => Operator::Greater,
        BinaryOperator::Lt => Operator::Less,
        BinaryOperator::GtEq => Operator::GreaterOrEqual,
        BinaryOperator::LtEq => Operator::LessOrEqual,
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        // Everything else that the parser knows, now or after an upgrade, is refused.
        _ => return None,
    })
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
