//! The custom rule over the text, block by block (AWS user guide, "Custom analysis rule").

mod analyses;
mod calls;
mod comparisons;
mod controls;
mod demand;
mod disallowed;
mod flow;
mod lineage;
mod live;
mod outputs;
mod ranked;
mod rows;
mod surface;
mod threshold;

use std::collections::BTreeMap;

use glovebox_model::{CustomRule, Mode, TableName, Threshold};
use glovebox_sql::{Block, BlockId, Blocks, RelationId, RelationOrigin};

use self::comparisons::Comparison;
use self::live::Live;
use crate::query::Query;
use crate::{Refusal, Rules};

pub(crate) use self::calls::compares;
pub(crate) use self::demand::demanded;
pub(crate) use self::flow::{Base, Flow, Way};
pub(crate) use self::lineage::{Trace, outer_clauses};
pub(crate) use self::rows::{no_way_to_count, row_level};

/// One query under custom rules, with what every check asks.
pub(crate) struct Custom<'a> {
    pub(crate) query: Query<'a>,
    pub(crate) blocks: &'a Blocks,
    pub(crate) trace: Trace<'a>,
    /// Whether one owner of the query wants rules to be read strictly.
    pub(crate) strict: bool,
    /// The references of tables with thresholds.
    pub(crate) protected: BTreeMap<RelationId, &'a Threshold>,
    pub(crate) live: Live,
    /// Every comparison anywhere.
    pub(crate) comparisons: Vec<Comparison<'a>>,
}

/// Every no of the custom rule. All tables of the query have one.
pub(crate) fn judge<'a>(acc: &mut Vec<Refusal>, query: &Query<'a>, blocks: &'a Blocks) {
    let custom = Custom::new(*query, blocks);
    analyses::analyses(acc, &custom);
    analyses::direct_results(acc, &custom);
    outputs::outputs(acc, &custom);
    if custom.strict {
        disallowed::literals(acc, &custom);
        disallowed::order(acc, &custom);
        disallowed::equated(acc, &custom);
        ranked::ranked(acc, &custom);
    }
    if custom.is_restricted() {
        surface::surface(acc, &custom);
    }
    threshold::literals(acc, &custom);
    threshold::expressions(acc, &custom);
    threshold::pairs(acc, &custom);
    rows::rows(acc, &custom);
    rows::numbers(acc, &custom);
    controls::controls(acc, &custom);
}

/// Whether a query of these tables is read strictly: unless every owner wants it otherwise.
pub(crate) fn is_strict<'a>(
    rules: &Rules,
    mut tables: impl Iterator<Item = &'a TableName>,
) -> bool {
    let lenient =
        |it: &TableName| rules.tables.get(it).is_some_and(|it| it.extension.mode == Mode::Aws);
    !tables.all(lenient)
}

/// Whether something in the text has no known origin; such a query is not judged.
pub(crate) fn cannot_be_followed(query: Query<'_>, blocks: &Blocks) -> bool {
    let custom = Custom::new(query, blocks);
    let outputs = custom.all_blocks().flat_map(|(id, _)| custom.trace.outputs(id));
    let compared = custom.comparisons.iter().flat_map(|it| &it.sides);
    blocks.blocks.is_empty() || outputs.chain(compared).any(|it| it.unknown)
}

impl<'a> Custom<'a> {
    pub(crate) fn new(query: Query<'a>, blocks: &'a Blocks) -> Self {
        let trace = Trace::new(blocks);
        let mut protected = BTreeMap::new();
        for (index, relation) in blocks.relations.iter().enumerate() {
            if let RelationOrigin::Table(table) = &relation.origin
                && let Some(threshold) = query.custom_rule(table).and_then(CustomRule::threshold)
            {
                protected.insert(RelationId(index), threshold);
            }
        }
        let live = Live::new(blocks, &trace, &protected);
        let comparisons =
            blocks.blocks.iter().flat_map(|it| comparisons::of_block(&trace, it)).collect();
        let strict = is_strict(query.rules, tables(blocks));
        Self { query, blocks, trace, strict, protected, live, comparisons }
    }

    /// Whether thresholds or comparison controls of any table narrow the SQL.
    pub(crate) fn is_restricted(&self) -> bool {
        let rules = tables(self.blocks).filter_map(|it| self.query.custom_rule(it));
        rules.into_iter().any(CustomRule::is_restricted)
    }

    /// Every block with its number.
    pub(crate) fn all_blocks(&self) -> impl Iterator<Item = (BlockId, &'a Block)> {
        self.blocks.blocks.iter().enumerate().map(|(index, it)| (BlockId(index), it))
    }

    /// The table of a base column, and its rule.
    pub(crate) fn rule_of(&self, base: Base<'_>) -> Option<(&'a TableName, &'a CustomRule)> {
        let table = self.table(base.relation)?;
        Some((table, self.query.custom_rule(table)?))
    }

    /// The base table that a reference is.
    pub(crate) fn table(&self, relation: RelationId) -> Option<&'a TableName> {
        match &self.blocks.relation(relation)?.origin {
            RelationOrigin::Table(table) => Some(table),
            RelationOrigin::Block(_) => None,
        }
    }
}

/// The base tables of every block.
pub(crate) fn tables(blocks: &Blocks) -> impl Iterator<Item = &TableName> {
    blocks.relations.iter().filter_map(|it| match &it.origin {
        RelationOrigin::Table(table) => Some(table),
        RelationOrigin::Block(_) => None,
    })
}
