//! From every output of every block to the base columns behind it.

use glovebox_sql::{
    Block, BlockId, Blocks, Body, Expression, ExpressionKind, FormKind, Literal, Operator,
    RelationId, RelationOrigin, SelectBlock,
};

use super::calls::{self, Role};
use super::flow::{Base, Flow, Way};

/// The flows of every block, computed once.
pub(crate) struct Trace<'a> {
    blocks: &'a Blocks,
    /// Of each block: the flow of each of its outputs.
    outputs: Vec<Vec<Flow<'a>>>,
    /// Of each block: everything that stands anywhere inside it.
    inside: Vec<Flow<'a>>,
}

impl<'a> Trace<'a> {
    /// Follows every block, innermost first.
    pub(crate) fn new(blocks: &'a Blocks) -> Self {
        let mut trace = Self { blocks, outputs: Vec::new(), inside: Vec::new() };
        for block in &blocks.blocks {
            let outputs = trace.block_outputs(block);
            let inside = trace.block_inside(block, &outputs);
            trace.outputs.push(outputs);
            trace.inside.push(inside);
        }
        trace
    }

    /// The flow of each output of a block; none when the block is not known yet.
    pub(crate) fn outputs(&self, id: BlockId) -> &[Flow<'a>] {
        self.outputs.get(id.0).map(Vec::as_slice).unwrap_or_default()
    }

    /// What flows into an expression.
    pub(crate) fn flow(&self, expression: &'a Expression) -> Flow<'a> {
        match &expression.kind {
            ExpressionKind::Column { .. } | ExpressionKind::Reference { .. } => {
                match self.blocks.column(expression) {
                    Some((relation, column)) => self.column(relation, column),
                    None => Flow::unknown(),
                }
            }
            ExpressionKind::Literal(Literal::Null) => Flow::default(),
            ExpressionKind::Literal(
                Literal::Boolean(_) | Literal::Number(_) | Literal::Text(_),
            )
            | ExpressionKind::Parameter { .. } => Flow::constant(),
            ExpressionKind::Aggregate(call) => {
                let mut arguments = self.all(&call.arguments);
                // COUNT(1) is no constant of the text.
                arguments.literal &= !calls::counts(&call.name);
                arguments.aggregated(calls::counts(&call.name))
            }
            ExpressionKind::Case { operand, branches, otherwise } => {
                let results = branches.iter().map(|it| &it.1);
                let results = results.chain(otherwise.iter().map(|it| &**it));
                let results: Vec<_> = results.map(|it| self.flow(it)).collect();
                let either = Flow::one_of(&results).either;
                let conditions =
                    operand.iter().map(|it| &**it).chain(branches.iter().map(|it| &it.0));
                let conditions = conditions.map(|it| self.flow(it)).collect::<Vec<_>>();
                let whole = Flow::join(conditions.into_iter().chain(results)).computed();
                Flow { either: whole.either || either, ..whole }
            }
            ExpressionKind::Operator { operator, operands } => self.operator(*operator, operands),
            ExpressionKind::Other { form: FormKind::Using | FormKind::NaturalJoin, parts } => {
                self.all(parts)
            }
            // An interval, or another constant.
            ExpressionKind::Other { parts, .. } if parts.is_empty() => Flow::constant(),
            ExpressionKind::Other { .. } => self.parts(expression).computed(),
            ExpressionKind::Scalar { name, arguments, .. } => self.scalar(name, arguments),
            ExpressionKind::Subquery { form, operand, block } => {
                let mut flow = match operand {
                    Some(operand) => self.flow(operand).computed(),
                    None => Flow::default(),
                };
                match (form, self.outputs.get(block.0)) {
                    (FormKind::Exists, Some(_)) => {}
                    (_, Some(outputs)) => {
                        for output in outputs {
                            flow.take(output);
                        }
                    }
                    (_, None) => flow.unknown = true,
                }
                if let Some(inside) = self.inside.get(block.0) {
                    flow.take_as(inside, Way::DECIDES);
                }
                flow.computed()
            }
            ExpressionKind::Window { call, partition, order, framed: _ } => {
                let mut flow = match &call.kind {
                    // LAG and its like give a value as it is, of another row.
                    ExpressionKind::Scalar { arguments, .. } => self.all(arguments),
                    _ => self.flow(call),
                };
                if flow.bases.is_empty() {
                    flow.literal = false;
                }
                flow.take_as(&self.all(partition), Way::PARTITION);
                flow.take_as(&self.all(order), Way::ORDER);
                flow
            }
        }
    }

    fn parts(&self, expression: &'a Expression) -> Flow<'a> {
        Flow::join(expression.parts().into_iter().map(|it| self.flow(it)))
    }

    /// Several expressions in one value.
    pub(crate) fn all(&self, expressions: &'a [Expression]) -> Flow<'a> {
        Flow::join(expressions.iter().map(|it| self.flow(it)))
    }

    fn column(&self, relation: RelationId, column: &'a str) -> Flow<'a> {
        match self.blocks.relation(relation).map(|it| &it.origin) {
            Some(RelationOrigin::Table(_)) => Flow::of(Base { relation, column }),
            Some(RelationOrigin::Block(id)) => self.named(*id, column),
            None => Flow::unknown(),
        }
    }

    /// The output of that name; several of one name are one flow, none is unknown.
    fn named(&self, id: BlockId, column: &str) -> Flow<'a> {
        let names = self.blocks.block(id).map(|it| it.columns.as_slice()).unwrap_or_default();
        let outputs = self.outputs(id);
        let mut found = names.iter().zip(outputs).filter(|(name, _)| *name == column).peekable();
        if found.peek().is_none() || names.len() != outputs.len() {
            return Flow::unknown();
        }
        Flow::join(found.map(|(_, flow)| flow.clone()))
    }

    fn operator(&self, operator: Operator, operands: &'a [Expression]) -> Flow<'a> {
        let flows = self.each(operands);
        let mut flow = Flow::join(flows.iter().cloned()).computed();
        if calls::is_arithmetic(operator) && !flow.bases.is_empty() {
            flow.shifted |= flow.literal;
            flow.literal = false;
        }
        if matches!(operator, Operator::Add | Operator::Subtract) {
            flow.apart |= holds_several(&flows);
        }
        flow
    }

    fn scalar(&self, name: &str, arguments: &'a [Expression]) -> Flow<'a> {
        let flows = self.each(arguments);
        let mut flow = Flow::join(flows.iter().cloned()).computed();
        if flow.bases.is_empty() {
            return flow;
        }
        if calls::chooses(name) {
            flow.either |= Flow::one_of(&flows).either;
        }
        match calls::role(name, arguments.len()) {
            Role::Shape { subject } => {
                let subject = subject.of(&flows).cloned().unwrap_or_default();
                Flow { literal: subject.literal, shifted: subject.shifted, ..flow }
            }
            Role::Shift { .. } => {
                let (literal, shifted) = (flow.literal, flow.shifted);
                let apart = flow.apart || holds_several(&flows);
                Flow { literal: false, shifted: shifted || literal, apart, ..flow }
            }
            Role::Compare | Role::If | Role::Mix | Role::Predicate | Role::Unknown => flow,
        }
    }

    /// Each of them once: an operand is never followed twice, or depth would cost a power of two.
    fn each(&self, expressions: &'a [Expression]) -> Vec<Flow<'a>> {
        expressions.iter().map(|it| self.flow(it)).collect()
    }

    fn block_outputs(&self, block: &'a Block) -> Vec<Flow<'a>> {
        match &block.body {
            Body::Select(select) => {
                select.outputs.iter().map(|it| self.flow(&it.expression)).collect()
            }
            Body::SetOperation { left, right, .. } => {
                let (left, right) = (self.outputs(*left), self.outputs(*right));
                let merged = left.iter().zip(right);
                merged.map(|(one, other)| Flow::one_of(&[one.clone(), other.clone()])).collect()
            }
            Body::Values(rows) => {
                let width = rows.first().map_or(0, Vec::len);
                let column = |at: usize| rows.iter().filter_map(move |row| row.get(at));
                let flow = |at| Flow::join(column(at).map(|it| self.flow(it)));
                (0..width).map(flow).collect()
            }
        }
    }

    fn block_inside(&self, block: &'a Block, outputs: &[Flow<'a>]) -> Flow<'a> {
        let mut inside = Flow::default();
        for flow in outputs {
            inside.take(flow);
        }
        for expression in clauses(block) {
            inside.take(&self.flow(expression));
        }
        let below: Vec<BlockId> = match &block.body {
            Body::Select(select) => self.below(select).collect(),
            Body::SetOperation { left, right, .. } => vec![*left, *right],
            Body::Values(_) => Vec::new(),
        };
        for id in below {
            match self.inside.get(id.0) {
                Some(flow) => inside.take(flow),
                None => inside.unknown = true,
            }
        }
        inside
    }

    /// The blocks that stand in the `FROM` of a select.
    fn below(&self, select: &'a SelectBlock) -> impl Iterator<Item = BlockId> {
        let origins = select.relations.iter().filter_map(|it| self.blocks.relation(*it));
        origins.filter_map(|it| match it.origin {
            RelationOrigin::Block(id) => Some(id),
            RelationOrigin::Table(_) => None,
        })
    }
}

/// Every expression of a block, except its select list.
pub(crate) fn clauses(block: &Block) -> Vec<&Expression> {
    let mut found: Vec<&Expression> = Vec::new();
    match &block.body {
        Body::Select(select) => {
            found.extend(select.joins.iter().filter_map(|it| it.condition.as_ref()));
            found.extend(&select.filter);
            found.extend(&select.groups);
            found.extend(&select.having);
            found.extend(&select.qualify);
        }
        Body::SetOperation { .. } => {}
        Body::Values(rows) => found.extend(rows.iter().flatten()),
    }
    found.extend(&block.order);
    found.extend(&block.limit);
    found.extend(&block.offset);
    found
}

/// What says how many rows a block gives.
pub(crate) fn outer_clauses(block: &Block) -> impl Iterator<Item = &Expression> {
    block.limit.iter().chain(&block.offset)
}

/// Every expression of a block.
pub(crate) fn expressions(block: &Block) -> Vec<&Expression> {
    let mut found = clauses(block);
    if let Body::Select(select) = &block.body {
        found.extend(select.outputs.iter().map(|it| &it.expression));
    }
    found
}

/// Whether more than one of these depends on columns row by row.
fn holds_several(flows: &[Flow<'_>]) -> bool {
    flows.iter().filter(|it| it.by(Way::VALUE).next().is_some()).count() > 1
}
