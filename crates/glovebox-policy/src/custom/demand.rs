//! The thresholds that the plan of a query must hold.

use glovebox_model::{CustomRule, TableName, Threshold};
use glovebox_sql::rewrite::{Protected, RowLevel};
use glovebox_sql::{Body, Facts};

use super::flow::{Base, Way};
use super::outputs::items;
use super::{Custom, rows};
use crate::Rules;
use crate::query::Query;

/// What the rewrite is asked for: every scan of a table with a threshold, and what becomes of
/// rows of single people.
pub(crate) fn demanded(facts: &Facts, rules: &Rules) -> (Vec<Protected>, RowLevel) {
    let query = Query { statement: &facts.statement, rules };
    let custom = Custom::new(query, &facts.blocks);
    if !custom.strict && rows::is_exempt(&custom) {
        return (Vec::new(), RowLevel::Withheld);
    }
    let mut protected = Vec::new();
    for (scan, planned) in facts.lineage.scans.iter().enumerate() {
        let threshold = query.custom_rule(&planned.table).and_then(CustomRule::threshold);
        if let Some(threshold) = threshold {
            protected.push(Protected {
                scan,
                identity: threshold.identity.clone(),
                outermost: effective(&custom, &planned.table, threshold),
                default: threshold.minimum,
            });
        }
    }
    let exempt = protected.iter().any(|it| it.outermost == 0);
    let refused = custom.strict && !exempt;
    (protected, if refused { RowLevel::Refused } else { RowLevel::Withheld })
}

/// The greatest of what the columns of a row ask for: those that are shown row by row, and in
/// strict mode also those by which rows are grouped. Where there is none: the minimum.
pub(crate) fn effective(custom: &Custom<'_>, table: &TableName, threshold: &Threshold) -> u32 {
    let of = |base: Base<'_>| {
        let own = custom.table(base.relation) == Some(table);
        let found = threshold.output_columns.iter().find(|(it, _)| it.as_str() == base.column);
        found.filter(|_| own).map_or(threshold.minimum, |(_, minimum)| *minimum)
    };
    let mut greatest = None;
    for item in items(custom) {
        let shown = item.flow.by(Way::VALUE.and(Way::PARTITION).and(Way::ORDER));
        greatest = greatest.max(shown.map(of).max());
    }
    let mut greatest = greatest.unwrap_or(threshold.minimum);
    if custom.strict {
        for (id, block) in custom.all_blocks() {
            let Body::Select(select) = &block.body else { continue };
            if custom.live.reads(id).is_empty() {
                continue;
            }
            let shown = if select.distinct.is_some() { custom.trace.outputs(id) } else { &[] };
            let keys = select.groups.iter().map(|it| custom.trace.flow(it));
            for keys in keys.chain(shown.iter().cloned()) {
                let shown = keys.by(Way::VALUE.and(Way::PARTITION).and(Way::ORDER));
                greatest = shown.map(of).fold(greatest, u32::max);
                let of_people = keys.by(Way::AGGREGATED.and(Way::COUNTED)).next().is_some()
                    || (keys.bases.is_empty() && !keys.literal);
                if of_people {
                    greatest = greatest.max(threshold.minimum);
                }
            }
        }
    }
    greatest
}
