//! Every comparison of the text, wherever it hides, with the columns behind each side.

use std::collections::BTreeSet;

use glovebox_model::Span;
use glovebox_sql::{Block, Body, Expression, ExpressionKind, FormKind, Operator, SetOperator};

use super::calls::{self, Role};
use super::flow::{Base, Flow, Way};
use super::lineage::{Trace, clauses};

/// Ways by which a column takes part in a comparison. A count is no value of the column, and a
/// partition only groups.
const COMPARED: Way = Way::VALUE.and(Way::AGGREGATED).and(Way::ORDER);

/// One comparison.
#[derive(Debug, Clone)]
pub(crate) struct Comparison<'a> {
    /// Where it stands.
    pub(crate) span: Span,
    /// What is compared with each other. A single side is a test for truth.
    pub(crate) sides: Vec<Flow<'a>>,
    /// How plainly it is one.
    pub(crate) kind: ComparisonKind,
}

/// How plainly something is a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ComparisonKind {
    /// An operator or a function made for it.
    Plain,
    /// A function that can be made to tell values apart: counts in strict mode only.
    Hidden,
    /// A function over several columns that can be made to tell whether they are equal, or which
    /// is the greater: counts in strict mode only.
    Mixed,
    /// A test for NULL.
    Null,
    /// Keys of a window: rows are compared with each other.
    Keys,
}

impl<'a> Comparison<'a> {
    /// The columns that it compares with constants. `shifted`: whether a side in which
    /// arithmetic mixed a column with a constant is one.
    pub(crate) fn with_literals(&self, shifted: bool) -> BTreeSet<Base<'a>> {
        let all = || self.sides.iter().flat_map(|it| it.by(COMPARED)).collect();
        if matches!(self.kind, ComparisonKind::Keys | ComparisonKind::Mixed) {
            return BTreeSet::new();
        }
        if self.sides.len() == 1 || self.kind != ComparisonKind::Plain {
            return all();
        }
        let mixed = |it: &Flow<'_>| it.literal || (shifted && it.shifted);
        let constant = |it: &Flow<'_>| it.by(COMPARED).next().is_none();
        if self.sides.iter().any(|it| mixed(it) || constant(it)) { all() } else { BTreeSet::new() }
    }

    /// The columns that it compares with constants as the text plainly says.
    pub(crate) fn with_plain_literals(&self) -> BTreeSet<Base<'a>> {
        let values = Way::VALUE.and(Way::AGGREGATED);
        let constant = |it: &Flow<'_>| it.by(values).next().is_none();
        if self.kind != ComparisonKind::Plain {
            return BTreeSet::new();
        }
        if self.sides.len() == 1 || self.sides.iter().any(constant) {
            self.sides.iter().flat_map(|it| it.by(values)).collect()
        } else {
            BTreeSet::new()
        }
    }

    /// The columns of which it compares a count with constants: whether there is any value.
    pub(crate) fn counted_with_literals(&self) -> BTreeSet<Base<'a>> {
        let counted = COMPARED.and(Way::COUNTED);
        let constant = |it: &Flow<'_>| it.literal || it.by(counted).next().is_none();
        let asks = self.sides.len() == 1 || self.sides.iter().any(constant);
        if self.kind == ComparisonKind::Plain && asks {
            self.sides.iter().flat_map(|it| it.by(Way::COUNTED)).collect()
        } else {
            BTreeSet::new()
        }
    }

    /// The columns that it compares with columns.
    pub(crate) fn with_columns(&self) -> BTreeSet<Base<'a>> {
        let n_sides = self.sides.iter().filter(|it| it.by(COMPARED).next().is_some()).count();
        let compares = match self.kind {
            ComparisonKind::Plain => n_sides > 1,
            ComparisonKind::Keys | ComparisonKind::Mixed => true,
            ComparisonKind::Hidden | ComparisonKind::Null => false,
        };
        if compares {
            self.sides.iter().flat_map(|it| it.by(COMPARED.and(Way::PARTITION))).collect()
        } else {
            BTreeSet::new()
        }
    }
}

/// Every comparison of a block, without those of blocks nested in it.
pub(crate) fn of_block<'a>(trace: &Trace<'a>, block: &'a Block) -> Vec<Comparison<'a>> {
    let mut finder = Finder { trace, found: Vec::new() };
    finder.set_operation(block);
    if let Body::Select(select) = &block.body {
        for output in &select.outputs {
            finder.visit(&output.expression, false);
            if select.distinct.is_some() {
                finder.key(output.expression.span, &trace.flow(&output.expression));
            }
        }
        let conditions = select.joins.iter().filter_map(|it| it.condition.as_ref());
        for condition in
            conditions.chain(&select.filter).chain(&select.having).chain(&select.qualify)
        {
            finder.visit(condition, true);
        }
        for group in &select.groups {
            finder.visit(group, false);
            finder.key(group.span, &trace.flow(group));
        }
        for order in &block.order {
            finder.visit(order, false);
        }
    } else {
        for expression in clauses(block) {
            finder.visit(expression, false);
        }
    }
    finder.found
}

struct Finder<'t, 'a> {
    trace: &'t Trace<'a>,
    found: Vec<Comparison<'a>>,
}

impl<'a> Finder<'_, 'a> {
    /// Looks into an expression. `condition`: whether it is asked for truth.
    fn visit(&mut self, expression: &'a Expression, condition: bool) {
        let mut truth = condition;
        match &expression.kind {
            ExpressionKind::Operator { operator, operands } => {
                return self.operator(expression, *operator, operands, condition);
            }
            ExpressionKind::Case { operand, branches, otherwise } => {
                if let Some(operand) = operand {
                    self.one_with_each(expression, operand, branches.iter().map(|it| &it.0));
                    self.visit(operand, false);
                }
                for (when, then) in branches {
                    self.visit(when, operand.is_none());
                    self.visit(then, condition);
                }
                if let Some(otherwise) = otherwise {
                    self.visit(otherwise, condition);
                }
                return;
            }
            ExpressionKind::Scalar { name, arguments, .. } => {
                truth &= self.scalar(expression, name, arguments);
            }
            ExpressionKind::Subquery { form, operand, block } => {
                if let Some(operand) = operand {
                    let output = Flow::join(self.trace.outputs(*block).iter().cloned());
                    let operand = self.trace.flow(operand);
                    self.push(expression, vec![operand, output], ComparisonKind::Plain);
                }
                truth &= *form == FormKind::ScalarSubquery;
            }
            ExpressionKind::Window { partition, order, .. } => {
                for it in partition {
                    self.key(it.span, &self.trace.flow(it));
                }
                let keys = partition.iter().chain(order).map(|it| self.trace.flow(it));
                let keys: Vec<_> = keys.filter(|it| !it.bases.is_empty()).collect();
                if !keys.is_empty() {
                    self.push(expression, keys, ComparisonKind::Keys);
                }
            }
            ExpressionKind::Other { form, parts } => {
                let filter = *form == FormKind::FilterClause;
                for part in parts {
                    let call = matches!(part.kind, ExpressionKind::Aggregate(_));
                    self.visit(part, filter && !call);
                }
                if !filter && !parts.is_empty() {
                    self.unknown(expression, parts);
                }
                return self.truth(expression, condition);
            }
            ExpressionKind::Aggregate(call) if calls::asks_for_truth(&call.name) => {
                for argument in &call.arguments {
                    self.visit(argument, true);
                }
                return self.truth(expression, condition);
            }
            ExpressionKind::Aggregate(call) if call.distinct => {
                for it in &call.arguments {
                    self.key(it.span, &self.trace.flow(it));
                }
            }
            ExpressionKind::Aggregate(_)
            | ExpressionKind::Column { .. }
            | ExpressionKind::Literal(_)
            | ExpressionKind::Parameter { .. }
            | ExpressionKind::Reference { .. } => {}
        }
        let ifs = matches!(&expression.kind, ExpressionKind::Scalar { name, arguments, .. }
            if calls::role(name, arguments.len()) == Role::If);
        for (index, part) in expression.parts().into_iter().enumerate() {
            self.visit(part, ifs && index == 0);
        }
        self.truth(expression, truth);
    }

    /// Rows that are put together by a key tell which of its values are equal: a constant among
    /// them is compared with the column.
    fn key(&mut self, span: Span, flow: &Flow<'a>) {
        if flow.either && !flow.bases.is_empty() {
            let sides = vec![flow.clone()];
            self.found.push(Comparison { span, sides, kind: ComparisonKind::Hidden });
        }
    }

    /// INTERSECT and EXCEPT compare both sides; UNION without ALL puts equal rows together.
    fn set_operation(&mut self, block: &'a Block) {
        let Body::SetOperation { operator, all, left, right } = &block.body else { return };
        let pairs = self.trace.outputs(*left).iter().zip(self.trace.outputs(*right));
        for (one, other) in pairs {
            let sides = vec![one.clone(), other.clone()];
            let has_columns = sides.iter().any(|it| !it.bases.is_empty());
            match operator {
                SetOperator::Except | SetOperator::Intersect if has_columns => {
                    let (span, kind) = (block.span, ComparisonKind::Plain);
                    self.found.push(Comparison { span, sides, kind });
                }
                SetOperator::Union if !all => self.key(block.span, &Flow::one_of(&sides)),
                SetOperator::Except | SetOperator::Intersect | SetOperator::Union => {}
            }
        }
    }

    fn truth(&mut self, expression: &'a Expression, condition: bool) {
        if condition {
            let flow = self.trace.flow(expression);
            if flow.by(COMPARED).next().is_some() {
                self.push(expression, vec![flow], ComparisonKind::Plain);
            }
        }
    }

    fn push(&mut self, at: &Expression, sides: Vec<Flow<'a>>, kind: ComparisonKind) {
        self.found.push(Comparison { span: at.span, sides, kind });
    }

    /// One side against several; those that are constants are one.
    fn one_with_each(
        &mut self,
        at: &Expression,
        one: &'a Expression,
        others: impl Iterator<Item = &'a Expression>,
    ) {
        let mut sides = vec![self.trace.flow(one)];
        let mut constants = false;
        for other in others {
            if matches!(other.kind, ExpressionKind::Literal(_)) {
                constants = true;
            } else {
                sides.push(self.trace.flow(other));
            }
        }
        if constants || sides.len() == 1 {
            sides.push(Flow::constant());
        }
        self.push(at, sides, ComparisonKind::Plain);
    }

    fn operator(
        &mut self,
        at: &'a Expression,
        operator: Operator,
        operands: &'a [Expression],
        condition: bool,
    ) {
        let mut inner = false;
        match operator {
            Operator::And | Operator::Or | Operator::Not => inner = true,
            Operator::Equal
            | Operator::NotEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Between
            | Operator::In
            | Operator::Like => {
                if let Some((first, others)) = operands.split_first() {
                    self.one_with_each(at, first, others.iter());
                }
            }
            Operator::Is => match operands {
                [_] => inner = true,
                operands => {
                    if let Some((first, others)) = operands.split_first() {
                        self.one_with_each(at, first, others.iter());
                    }
                }
            },
            Operator::IsNull => {
                let flow = self.trace.all(operands);
                if flow.by(COMPARED).next().is_some() {
                    self.push(at, vec![flow], ComparisonKind::Null);
                }
            }
            Operator::Add | Operator::Subtract => self.truth(at, condition),
            Operator::Multiply | Operator::Divide | Operator::Modulo => {
                self.arithmetic(at, operator, operands);
                self.truth(at, condition);
            }
        }
        for operand in operands {
            self.visit(operand, inner);
        }
    }

    /// Arithmetic that is not in proportion: a product of columns that were moved, a division
    /// by a column that was moved, a remainder.
    fn arithmetic(&mut self, at: &'a Expression, operator: Operator, operands: &'a [Expression]) {
        let flows: Vec<Flow<'a>> = operands.iter().map(|it| self.trace.flow(it)).collect();
        let with_columns = |it: &&Flow<'_>| it.by(Way::VALUE).next().is_some();
        let n_columns = flows.iter().filter(with_columns).count();
        let tells = match operator {
            Operator::Multiply => n_columns > 1 && flows.iter().any(|it| it.shifted),
            Operator::Divide => flows.iter().skip(1).any(|it| with_columns(&it) && it.shifted),
            _ => n_columns > 0 && flows.iter().any(|it| it.literal || it.shifted),
        };
        if tells {
            self.hidden(at, &flows);
        }
        let apart = match operator {
            Operator::Multiply => n_columns > 1 && flows.iter().any(|it| it.apart),
            Operator::Divide => flows.iter().skip(1).any(|it| it.apart),
            _ => n_columns > 1 || flows.iter().any(|it| it.apart),
        };
        if apart {
            self.mixed(at, &flows);
        }
    }

    /// Notes a function in which several columns meet.
    fn mixed(&mut self, at: &Expression, flows: &[Flow<'a>]) {
        let all = Flow::join(flows.iter().cloned());
        let bases = all.by(Way::VALUE).map(|it| (it, Way::VALUE)).collect();
        let flow = Flow { bases, ..Flow::default() };
        if flow.bases.len() > 1 {
            self.push(at, vec![flow], ComparisonKind::Mixed);
        }
    }

    fn hidden(&mut self, at: &Expression, flows: &[Flow<'a>]) {
        let mut all = Flow::default();
        for flow in flows {
            let kept = flow.bases.iter().filter(|(_, way)| way.has(Way::VALUE));
            all.bases.extend(kept.map(|(base, _)| (*base, Way::VALUE)));
        }
        if !all.bases.is_empty() {
            self.push(at, vec![all], ComparisonKind::Hidden);
        }
    }

    /// Notes what a call compares; tells whether its own truth can be one more comparison.
    fn scalar(&mut self, at: &'a Expression, name: &str, arguments: &'a [Expression]) -> bool {
        let role = calls::role(name, arguments.len());
        match role {
            Role::Compare | Role::Predicate => {
                let flows: Vec<_> = arguments.iter().map(|it| self.trace.flow(it)).collect();
                if flows.iter().any(|it| !it.bases.is_empty()) && flows.len() > 1 {
                    self.push(at, flows, ComparisonKind::Plain);
                }
            }
            Role::If | Role::Mix => {}
            Role::Shape { subject } => {
                let about = subject.of(arguments);
                let beside =
                    arguments.iter().filter(|it| about.is_none_or(|s| !std::ptr::eq(*it, s)));
                let beside = Flow::join(beside.map(|it| self.trace.flow(it)));
                let subject = about.map(|it| self.trace.flow(it)).unwrap_or_default();
                if subject.apart || !beside.bases.is_empty() {
                    self.mixed(at, &[subject.clone(), beside.clone()]);
                }
                let picks = !beside.bases.is_empty() && (subject.literal || beside.shifted);
                if picks {
                    self.push(at, vec![beside, Flow::constant()], ComparisonKind::Plain);
                } else if subject.shifted {
                    self.hidden(at, &[subject, beside]);
                }
            }
            Role::Shift { .. } => {}
            Role::Unknown => self.unknown(at, arguments),
        }
        role != Role::Predicate
    }

    fn unknown(&mut self, at: &Expression, arguments: &'a [Expression]) {
        let flows: Vec<_> = arguments.iter().map(|it| self.trace.flow(it)).collect();
        self.mixed(at, &flows);
        let constant = |it: &Flow<'_>| it.literal && it.bases.is_empty();
        if flows.iter().any(|it| constant(it) || it.shifted) {
            self.hidden(at, &flows);
        }
    }
}
