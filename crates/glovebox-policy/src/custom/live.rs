//! Whose rows single rows still are: for each block, the protected tables of which each row of
//! the block is about one person.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::Threshold;
use glovebox_sql::{
    BlockId, Blocks, Body, Expression, ExpressionKind, JoinKind, Operator, RelationId,
    RelationOrigin, SelectBlock,
};

use super::flow::Base;
use super::lineage::Trace;

/// The protected references by whose people rows can be told apart.
pub(crate) type People = BTreeSet<RelationId>;

/// For each block, the people of the rows that it reads and of those that it gives.
#[derive(Debug, Default)]
pub(crate) struct Live {
    into: Vec<People>,
    out: Vec<People>,
}

impl Live {
    /// Follows the people of every protected reference upwards. `identity` tells the threshold
    /// of a reference.
    pub(crate) fn new<'a>(
        blocks: &'a Blocks,
        trace: &Trace<'a>,
        protected: &BTreeMap<RelationId, &'a Threshold>,
    ) -> Self {
        let mut live = Self::default();
        let same = Same::new(blocks, trace, protected);
        for (index, block) in blocks.blocks.iter().enumerate() {
            let (into, out) = match &block.body {
                Body::Select(select) => {
                    let into = live.read(blocks, select, protected);
                    let kept = kept(trace, BlockId(index), select, &same);
                    let dropping = select.grouped || select.distinct.is_some();
                    let stays = |it: &RelationId| !dropping || kept.contains(it);
                    let out = into.iter().copied().filter(stays).collect();
                    (into, out)
                }
                Body::SetOperation { left, right, .. } => {
                    let both: People =
                        live.gives(*left).union(live.gives(*right)).copied().collect();
                    (both.clone(), both)
                }
                Body::Values(_) => (People::new(), People::new()),
            };
            live.into.push(into);
            live.out.push(out);
        }
        live
    }

    /// Of the rows that its `FROM` gives.
    pub(crate) fn reads(&self, id: BlockId) -> &People {
        static NOBODY: People = People::new();
        self.into.get(id.0).unwrap_or(&NOBODY)
    }

    /// Of the rows that it gives.
    pub(crate) fn gives(&self, id: BlockId) -> &People {
        static NOBODY: People = People::new();
        self.out.get(id.0).unwrap_or(&NOBODY)
    }

    fn read(
        &self,
        blocks: &Blocks,
        select: &SelectBlock,
        protected: &BTreeMap<RelationId, &Threshold>,
    ) -> People {
        let mut people = People::new();
        for id in &select.relations {
            match blocks.relation(*id).map(|it| &it.origin) {
                Some(RelationOrigin::Block(block)) => people.extend(self.gives(*block)),
                Some(RelationOrigin::Table(_)) | None => {
                    people.extend(protected.contains_key(id).then_some(*id));
                }
            }
        }
        people
    }
}

/// For each protected reference its identity, and the columns that equal it in every row.
struct Same<'a>(BTreeMap<RelationId, BTreeSet<Base<'a>>>);

impl<'a> Same<'a> {
    fn new(
        blocks: &'a Blocks,
        trace: &Trace<'a>,
        protected: &BTreeMap<RelationId, &'a Threshold>,
    ) -> Self {
        let mut pairs = Vec::new();
        for block in &blocks.blocks {
            if let Body::Select(select) = &block.body {
                let inner = select.joins.iter().filter(|it| it.kind == JoinKind::Inner);
                let conditions = inner.filter_map(|it| it.condition.as_ref());
                for condition in conditions.chain(&select.filter) {
                    equalities(trace, condition, &mut pairs);
                }
            }
        }
        let identity = |(relation, threshold): (&RelationId, &&'a Threshold)| {
            let base = Base { relation: *relation, column: threshold.identity.as_str() };
            (*relation, closure(base, &pairs))
        };
        Self(protected.iter().map(identity).collect())
    }
}

/// The equalities of plain columns that hold wherever the condition does.
fn equalities<'a>(
    trace: &Trace<'a>,
    condition: &'a Expression,
    pairs: &mut Vec<(Base<'a>, Base<'a>)>,
) {
    let ExpressionKind::Operator { operator, operands } = &condition.kind else { return };
    match (operator, operands.as_slice()) {
        (Operator::And, operands) => {
            for operand in operands {
                equalities(trace, operand, pairs);
            }
        }
        (Operator::Equal, [one, other]) => {
            let others = trace.flow(other).plain();
            for one in trace.flow(one).plain() {
                pairs.extend(others.iter().map(|other| (one, *other)));
            }
        }
        _ => {}
    }
}

fn closure<'a>(base: Base<'a>, pairs: &[(Base<'a>, Base<'a>)]) -> BTreeSet<Base<'a>> {
    let mut same = BTreeSet::from([base]);
    loop {
        let before = same.len();
        for (one, other) in pairs {
            if same.contains(one) || same.contains(other) {
                same.extend([*one, *other]);
            }
        }
        if same.len() == before {
            return same;
        }
    }
}

/// Those whose identity, or a column that equals it, is itself a key of the groups (or, with
/// DISTINCT alone, in the rows).
fn kept(trace: &Trace<'_>, id: BlockId, select: &SelectBlock, same: &Same<'_>) -> People {
    let keys: Vec<_> = if select.grouped {
        select.groups.iter().map(|it| trace.flow(it)).collect()
    } else {
        trace.outputs(id).to_vec()
    };
    let kept = |(relation, same): (&RelationId, &BTreeSet<Base<'_>>)| {
        let is_key = keys.iter().any(|it| !it.plain().is_disjoint(same));
        is_key.then_some(*relation)
    };
    same.0.iter().filter_map(kept).collect()
}
