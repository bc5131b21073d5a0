//! Whose rows single rows still are: for each block, the protected tables of which each row of
//! the block is about one person.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::Threshold;
use glovebox_sql::{BlockId, Blocks, Body, RelationId, RelationOrigin, SelectBlock};

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
        blocks: &Blocks,
        trace: &Trace<'a>,
        protected: &BTreeMap<RelationId, &'a Threshold>,
    ) -> Self
    where
        'a: 'a,
    {
        let mut live = Self::default();
        for (index, block) in blocks.blocks.iter().enumerate() {
            let (into, out) = match &block.body {
                Body::Select(select) => {
                    let into = live.read(blocks, select, protected);
                    let kept = kept(trace, BlockId(index), select, protected);
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

/// Those whose identity is itself a key of the groups (or, with DISTINCT alone, in the rows).
fn kept(
    trace: &Trace<'_>,
    id: BlockId,
    select: &SelectBlock,
    protected: &BTreeMap<RelationId, &Threshold>,
) -> People {
    let keys: Vec<_> = if select.grouped {
        select.groups.iter().map(|it| trace.flow(it)).collect()
    } else {
        trace.outputs(id).to_vec()
    };
    let identity = |(relation, threshold): (&RelationId, &&Threshold)| {
        let base = Base { relation: *relation, column: threshold.identity.as_str() };
        keys.iter().any(|it| it.is_bare(base)).then_some(*relation)
    };
    protected.iter().filter_map(identity).collect()
}
