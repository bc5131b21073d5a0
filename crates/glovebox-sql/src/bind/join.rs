//! Joins: their kinds, their conditions, and what they leave in scope.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Ident, Join as JoinNode, JoinConstraint, JoinOperator, ObjectName, Value,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::binder::{Binder, Place, single};
use super::expression::operation;
use super::operator::balance;
use super::scope::{Origin, Relation, Scope};
use super::text::union;
use crate::facts::{
    BlockJoin, Expression, FormKind, Join, JoinKind, Operator, RelationId, ScanId, Statement,
};

/// The words that make a join.
const JOIN_WORDS: [Keyword; 11] = [
    Keyword::JOIN,
    Keyword::INNER,
    Keyword::LEFT,
    Keyword::RIGHT,
    Keyword::FULL,
    Keyword::OUTER,
    Keyword::CROSS,
    Keyword::NATURAL,
    Keyword::SEMI,
    Keyword::ANTI,
    Keyword::LATERAL,
];

/// The relations of one `FROM` so far, and the joins between them.
#[derive(Debug, Default)]
pub(super) struct From {
    pub(super) relations: Vec<Relation>,
    pub(super) joins: Vec<BlockJoin>,
}

/// A condition, for the planner and for rules.
type Condition = (Expr, Expression);

impl Binder<'_> {
    /// Binds one join; `start` is where the relations of its left side begin.
    pub(super) fn join(
        &mut self,
        node: &mut JoinNode,
        from: &mut From,
        start: usize,
        statement: &mut Statement,
        place: Place<'_>,
    ) -> Span {
        let JoinNode { relation, global, join_operator } = node;
        let middle = from.relations.len();
        let right = self.factor(relation, from, statement, place);
        let mut span = self.text.with_keywords_before(right, &JOIN_WORDS);
        self.refuse(*global, "GLOBAL JOIN", span);
        let Some((mut kind, constraint)) = kind(join_operator) else {
            self.unsupported("this kind of join", span);
            return span;
        };
        let inner = kind == JoinKind::Inner;
        self.kind_form(kind, span);
        let mut written = None;
        let mut condition = None;
        match constraint {
            JoinConstraint::On(expr) => {
                let scope = Scope {
                    relations: from.relations.get(start..).unwrap_or_default(),
                    outer: place.scope.outer,
                };
                let inside =
                    Place { scope: &scope, aliases: &[], aggregates: false, ..place }.deeper();
                let bound = self.expression(expr, inside);
                span = union(span, bound.span);
                written = Some(bound.clone());
                condition = Some(bound);
            }
            JoinConstraint::Using(columns) => {
                span = self.text.through_next_group(span);
                self.form(FormKind::Using, span);
                let names = self.using_names(columns);
                let shared = self.shared(names, &mut from.relations, (start, middle), kind, span);
                condition = put(constraint, shared);
            }
            JoinConstraint::Natural => {
                self.form(FormKind::NaturalJoin, span);
                let names = common(&from.relations, start, middle);
                let names = names.into_iter().map(|it| (Ident::new(it), span)).collect();
                let shared = self.shared(names, &mut from.relations, (start, middle), kind, span);
                condition = put(constraint, shared);
            }
            JoinConstraint::None if kind == JoinKind::Cross => {}
            JoinConstraint::None => {
                self.form(FormKind::CrossJoin, span);
                put(constraint, None);
            }
        }
        if let Some(condition) = &condition {
            self.exact_matches(condition);
        } else if kind == JoinKind::Inner {
            kind = JoinKind::Cross;
            *join_operator = JoinOperator::CrossJoin(JoinConstraint::None);
        }
        let relations = &mut from.relations;
        let left = relations.get(start..middle).unwrap_or_default();
        let right = relations.get(middle..).unwrap_or_default();
        if place.outermost {
            let (left, right) = (scans(left), scans(right));
            statement.joins.push(Join { left, right, inner, condition: written, span });
        }
        let (left, right) = (ids(left), ids(right));
        from.joins.push(BlockJoin { kind, left, right, condition, span });
        let gone = match kind {
            JoinKind::LeftAnti | JoinKind::LeftSemi => middle..relations.len(),
            JoinKind::RightAnti | JoinKind::RightSemi => start..middle,
            JoinKind::Cross
            | JoinKind::Full
            | JoinKind::Inner
            | JoinKind::Left
            | JoinKind::Right => 0..0,
        };
        relations.get_mut(gone).into_iter().flatten().for_each(|it| it.visible = false);
        span
    }

    fn kind_form(&mut self, kind: JoinKind, span: Span) {
        match kind {
            JoinKind::Inner => {}
            JoinKind::Cross => self.form(FormKind::CrossJoin, span),
            JoinKind::Full | JoinKind::Left | JoinKind::Right => {
                self.form(FormKind::OuterJoin, span);
            }
            JoinKind::LeftAnti | JoinKind::LeftSemi | JoinKind::RightAnti | JoinKind::RightSemi => {
                self.form(FormKind::SemiJoin, span)
            }
        }
    }

    fn using_names(&mut self, columns: &[ObjectName]) -> Vec<(Ident, Span)> {
        let mut names = Vec::new();
        for column in columns {
            match single(column) {
                Some(ident) => names.push((ident.clone(), self.text.ident(ident))),
                None => {
                    let span = self.object(column);
                    self.unsupported("a qualified name in USING", span);
                }
            }
        }
        names
    }

    /// The columns that both sides share, written out as equalities. One name is left of each.
    fn shared(
        &mut self,
        names: Vec<(Ident, Span)>,
        relations: &mut [Relation],
        (start, middle): (usize, usize),
        kind: JoinKind,
        span: Span,
    ) -> Option<Condition> {
        let (mut nodes, mut equalities) = (Vec::new(), Vec::new());
        for (ident, place) in names {
            let name = ident.value.to_ascii_lowercase();
            let (left, right) = relations.split_at_mut(middle);
            let left = left.get_mut(start..).unwrap_or_default();
            let find = |side: &[Relation]| {
                Scope { relations: side, outer: None }.find(None, &name, &ident.value)
            };
            let (one, other) = match (find(left), find(right)) {
                (Ok(one), Ok(other)) => (one, other),
                (one, other) => {
                    for fault in [one.err(), other.err()].into_iter().flatten() {
                        self.fault(fault, place);
                    }
                    continue;
                }
            };
            nodes.push(Expr::BinaryOp {
                left: Box::new(one.node()),
                op: BinaryOperator::Eq,
                right: Box::new(other.node()),
            });
            let operands = vec![one.value(place), other.value(place)];
            equalities.push(operation(Operator::Equal, operands, place));
            let right_stays =
                matches!(kind, JoinKind::Right | JoinKind::RightAnti | JoinKind::RightSemi);
            let goes = if right_stays { &mut *left } else { right };
            for relation in goes {
                relation.merged.insert(name.clone());
            }
            if kind == JoinKind::Full
                && let Some(stays) = left.iter_mut().find(|it| it.id == one.relation)
            {
                stays.fused.entry(name).or_default().push(other);
            }
        }
        let node = (!nodes.is_empty()).then(|| balance(nodes, &BinaryOperator::And))?;
        let condition = match <[Expression; 1]>::try_from(equalities) {
            Ok([only]) => only,
            Err(several) => operation(Operator::And, several, span),
        };
        Some((node, condition))
    }
}

/// Puts a condition where it was implied; without one, every row meets every row.
fn put(constraint: &mut JoinConstraint, shared: Option<Condition>) -> Option<Expression> {
    let truth = || Expr::Value(Value::Boolean(true).with_empty_span());
    let (node, condition) = shared.map_or((truth(), None), |(node, it)| (node, Some(it)));
    *constraint = JoinConstraint::On(node);
    condition
}

fn kind(operator: &mut JoinOperator) -> Option<(JoinKind, &mut JoinConstraint)> {
    Some(match operator {
        JoinOperator::Join(it) | JoinOperator::Inner(it) => (JoinKind::Inner, it),
        JoinOperator::Left(it) | JoinOperator::LeftOuter(it) => (JoinKind::Left, it),
        JoinOperator::Right(it) | JoinOperator::RightOuter(it) => (JoinKind::Right, it),
        JoinOperator::FullOuter(it) => (JoinKind::Full, it),
        JoinOperator::CrossJoin(it @ JoinConstraint::None) => (JoinKind::Cross, it),
        JoinOperator::Semi(it) | JoinOperator::LeftSemi(it) => (JoinKind::LeftSemi, it),
        JoinOperator::Anti(it) | JoinOperator::LeftAnti(it) => (JoinKind::LeftAnti, it),
        JoinOperator::RightSemi(it) => (JoinKind::RightSemi, it),
        JoinOperator::RightAnti(it) => (JoinKind::RightAnti, it),
        JoinOperator::CrossJoin(_)
        | JoinOperator::CrossApply
        | JoinOperator::OuterApply
        | JoinOperator::AsOf { .. }
        | JoinOperator::StraightJoin(_)
        | JoinOperator::ArrayJoin
        | JoinOperator::LeftArrayJoin
        | JoinOperator::InnerArrayJoin => return None,
    })
}

pub(super) fn scans(relations: &[Relation]) -> Vec<ScanId> {
    let scan = |it: &Relation| match it.origin {
        Origin::Scan(scan) => Some(scan),
        Origin::Table | Origin::Query(_) | Origin::Unknown => None,
    };
    relations.iter().filter_map(scan).collect()
}

pub(super) fn ids(relations: &[Relation]) -> Vec<RelationId> {
    relations.iter().map(|it| it.id).collect()
}

/// The names that can be written unqualified on both sides, in the order of the left side.
fn common(relations: &[Relation], start: usize, middle: usize) -> Vec<String> {
    let names = |side: &[Relation]| {
        let mut names: Vec<String> = Vec::new();
        for relation in side.iter().filter(|it| it.visible) {
            let free = relation.columns.iter().filter(|it| !relation.merged.contains(*it));
            names.extend(free.cloned());
        }
        names
    };
    let right: BTreeSet<String> =
        names(relations.get(middle..).unwrap_or_default()).into_iter().collect();
    let mut left = names(relations.get(start..middle).unwrap_or_default());
    let mut seen = BTreeSet::new();
    left.retain(|it| right.contains(it) && seen.insert(it.clone()));
    left
}
