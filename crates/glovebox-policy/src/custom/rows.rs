//! Where each row is still one person's: what may not be done with such rows under a threshold.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{Span, TableName};
use glovebox_sql::functions;
use glovebox_sql::{
    Block, BlockId, Body, Expression, ExpressionKind, Facts, Literal, RelationId, RelationOrigin,
    SelectBlock,
};

use super::Custom;
use super::calls;
use super::demand::effective;
use super::flow::{Base, Way};
use super::lineage::expressions;
use super::live::People;
use super::outputs::final_selects;
use super::threshold::{self, each_call};
use crate::query::Query;
use crate::{Refusal, RefusalKind, Rules};

/// Everything that depends on people being told apart.
pub(crate) fn rows(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    if custom.protected.is_empty() {
        return;
    }
    subqueries(acc, custom);
    if !custom.strict {
        return;
    }
    output(acc, custom);
    let beside = beside_people(custom);
    let named = threshold::identities(custom);
    for (id, block) in custom.all_blocks() {
        limit(acc, custom, id, block);
        if let Some(table) = beside.get(&id) {
            each_of(acc, expressions(block), table);
        }
        if let Some(table) = someone(custom, custom.live.reads(id)) {
            if !beside.contains_key(&id) {
                volatile(acc, block, table);
            }
            if let Body::Select(select) = &block.body {
                below(acc, custom, (id, block), select, (table, &named));
            }
        }
    }
}

// Refusal: GB0332 row-count
//
// LIMIT and OFFSET take a whole number from 0.
//
// ```
// SELECT campaign_id, COUNT(*) FROM imp GROUP BY campaign_id LIMIT -1
// ```
// ->
// ```
// SELECT campaign_id, COUNT(*) FROM imp GROUP BY campaign_id LIMIT 1
// ```
pub(crate) fn numbers(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    for (_, block) in custom.all_blocks() {
        for it in block.limit.iter().chain(&block.offset) {
            let counts = match &it.kind {
                ExpressionKind::Literal(Literal::Number(text)) => text.parse::<u64>().is_ok(),
                _ => false,
            };
            if !counts {
                let text = "LIMIT and OFFSET take a whole number from 0";
                acc.push(
                    Refusal::new(RefusalKind::RowCount, it.span, text)
                        .help("write the number of rows"),
                );
            }
        }
    }
}

/// A table of which the rows are people's.
fn someone<'a>(custom: &Custom<'a>, people: &People) -> Option<&'a TableName> {
    people.iter().find_map(|it| custom.table(*it))
}

/// AWS: the threshold is not enforced for counts over a single table without groups and joins.
pub(crate) fn is_exempt(custom: &Custom<'_>) -> bool {
    let Some(Body::Select(select)) =
        custom.blocks.root().and_then(|it| custom.blocks.block(it)).map(|it| &it.body)
    else {
        return false;
    };
    let single = match select.relations.as_slice() {
        [only] => custom.table(*only).is_some(),
        _ => false,
    };
    let counts = |it: &Expression| matches!(&it.kind, ExpressionKind::Aggregate(call) if calls::counts(&call.name));
    single
        && custom.blocks.relations.len() == 1
        && custom.blocks.blocks.len() == 1
        && select.groups.is_empty()
        && select.having.is_none()
        && select.outputs.iter().all(|it| counts(&it.expression))
}

// Refusal: GB0323 row-level-output
//
// Under a threshold every row of the result stands for many people. A query that neither groups
// nor aggregates gives rows of one person each, and none of them could be shown.
//
// ```
// SELECT campaign_id, amount FROM imp
// ```
// ->
// ```
// SELECT campaign_id, COUNT(*), SUM(amount) FROM imp GROUP BY campaign_id
// ```
fn output(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    for id in final_selects(custom) {
        let shown = |it: &&RelationId| {
            let threshold = custom.protected.get(*it).copied();
            let minimum =
                custom.table(**it).zip(threshold).map(|(table, it)| effective(custom, table, it));
            minimum != Some(0)
        };
        let about = custom.live.gives(id).iter().find(shown);
        let Some(table) = about.and_then(|it| custom.table(*it)) else { continue };
        let Some(block) = custom.blocks.block(id) else { continue };
        let Body::Select(select) = &block.body else { continue };
        let spans = select.outputs.iter().map(|it| it.expression.span);
        let span = spans
            .reduce(|one, two| Span { start: one.start.min(two.start), end: one.end.max(two.end) });
        let text = format!("each row of the output would be about one person of table `{table}`");
        acc.push(
            Refusal::new(RefusalKind::RowLevelOutput, span.unwrap_or(block.span), text)
                .of(table)
                .help("aggregate: COUNT, SUM or AVG by GROUP BY, without the identity as a key"),
        );
    }
}

// Refusal: GB0324 limit-below-threshold
//
// A row limit over rows of single people chooses whom the aggregate above it is about. It can
// stand on rows that are aggregated already.
//
// ```
// SELECT COUNT(*) FROM (SELECT campaign_id FROM imp LIMIT 1) x
// ```
// ->
// ```
// SELECT campaign_id, COUNT(*) FROM imp GROUP BY campaign_id LIMIT 1
// ```
fn limit(acc: &mut Vec<Refusal>, custom: &Custom<'_>, id: BlockId, block: &Block) {
    let Some(table) = someone(custom, custom.live.gives(id)) else { return };
    for it in block.limit.iter().chain(&block.offset) {
        let text = format!("a row limit stands on rows of single people of table `{table}`");
        acc.push(
            Refusal::new(RefusalKind::LimitBelowThreshold, it.span, text)
                .of(table)
                .help("put the limit after the aggregate"),
        );
    }
}

// Refusal: GB0325 volatile-below-threshold
//
// A function that gives another value each time (`RAND`, `UUID`) may not meet rows of single
// people: it could be made to choose among them.
//
// ```
// SELECT COUNT(*) FROM imp WHERE RAND() < amount
// ```
// ->
// ```
// SELECT COUNT(*), RAND() AS r FROM adv
// ```
fn volatile(acc: &mut Vec<Refusal>, block: &Block, table: &TableName) {
    let mut below = Vec::new();
    match &block.body {
        Body::Select(select) if select.grouped => {
            below.extend(select.joins.iter().filter_map(|it| it.condition.as_ref()));
            below.extend(select.filter.iter().chain(&select.groups));
            for expression in expressions(block) {
                each_call(expression, &mut |_, arguments| below.extend(arguments));
            }
        }
        Body::Select(_) | Body::SetOperation { .. } | Body::Values(_) => {
            below = expressions(block);
        }
    }
    each_of(acc, below, table);
}

/// The blocks whose rows or values meet rows of single people: all that is nested in a block
/// that reads them.
fn beside_people<'a>(custom: &Custom<'a>) -> BTreeMap<BlockId, &'a TableName> {
    let mut found = BTreeMap::new();
    for (id, _) in custom.all_blocks() {
        let Some(table) = someone(custom, custom.live.reads(id)) else { continue };
        let mut open = nested(custom, id);
        while let Some(id) = open.pop() {
            if found.insert(id, table).is_none() {
                open.extend(nested(custom, id));
            }
        }
    }
    found
}

/// The blocks that stand directly in a block.
fn nested(custom: &Custom<'_>, id: BlockId) -> Vec<BlockId> {
    let Some(block) = custom.blocks.block(id) else { return Vec::new() };
    let mut found: Vec<BlockId> = match &block.body {
        Body::SetOperation { left, right, .. } => vec![*left, *right],
        Body::Select(select) => {
            let relations = select.relations.iter();
            let origins = relations.filter_map(|it| custom.blocks.relation(*it));
            let inner = origins.filter_map(|it| match it.origin {
                RelationOrigin::Block(block) => Some(block),
                RelationOrigin::Table(_) => None,
            });
            inner.collect()
        }
        Body::Values(_) => Vec::new(),
    };
    for expression in expressions(block) {
        each_subquery(expression, &mut |_, id| found.push(id));
    }
    found
}

fn each_of(acc: &mut Vec<Refusal>, expressions: Vec<&Expression>, table: &TableName) {
    for expression in expressions {
        each_volatile(expression, &mut |span, name| {
            let text = format!(
                "{} gives another value each time, and stands on rows of single people of table \
                 `{table}`",
                name.to_uppercase()
            );
            acc.push(
                Refusal::new(RefusalKind::VolatileBelowThreshold, span, text)
                    .of(table)
                    .help("leave it out, or use it on aggregated rows"),
            );
        });
    }
}

fn each_volatile(expression: &Expression, act: &mut impl FnMut(Span, &str)) {
    if let ExpressionKind::Scalar { name, .. } = &expression.kind
        && functions::is_volatile(name)
    {
        act(expression.span, name);
    }
    for part in expression.parts() {
        each_volatile(part, act);
    }
}

/// Windows and aggregates of a select that reads rows of single people.
fn below(
    acc: &mut Vec<Refusal>,
    custom: &Custom<'_>,
    (id, block): (BlockId, &Block),
    select: &SelectBlock,
    (table, named): (&TableName, &BTreeSet<Base<'_>>),
) {
    let out = custom.live.gives(id);
    for expression in expressions(block) {
        if !select.grouped {
            windows(acc, custom, id, expression, table);
        }
        aggregates(acc, custom, expression, (table, named), !out.is_empty());
    }
}

// Refusal: GB0326 window-below-threshold
//
// Over rows of single people a window with an order or a frame carries values from one person's
// row to another's: LAG, LEAD, ranks, running sums. With the identity among its partition keys it
// stays within one person.
//
// ```
// SELECT COUNT(*) FROM
//   (SELECT ROW_NUMBER() OVER (PARTITION BY campaign_id ORDER BY event_date) AS n FROM imp) x
// ```
// ->
// ```
// SELECT COUNT(*) FROM
//   (SELECT ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY user_id) AS n FROM imp) x
// ```
fn windows(
    acc: &mut Vec<Refusal>,
    custom: &Custom<'_>,
    id: BlockId,
    expression: &Expression,
    table: &TableName,
) {
    if let ExpressionKind::Window { call, partition, order, framed } = &expression.kind {
        let name = match &call.kind {
            ExpressionKind::Aggregate(call) => call.name.as_str(),
            ExpressionKind::Scalar { name, .. } => name.as_str(),
            _ => "",
        };
        let sum = matches!(name, "avg" | "count" | "mean" | "sum")
            || name.starts_with("stddev")
            || name.starts_with("var");
        let within = custom.live.reads(id).iter().all(|it| is_key(custom, *it, partition));
        if !within && (!sum || *framed || !order.is_empty()) {
            let text = format!(
                "{} over this window mixes the rows of several people of table `{table}`",
                name.to_uppercase()
            );
            acc.push(
                Refusal::new(RefusalKind::WindowBelowThreshold, expression.span, text)
                    .of(table)
                    .help("partition by the identity column, or aggregate first"),
            );
        }
    }
    for part in expression.parts() {
        windows(acc, custom, id, part, table);
    }
}

/// Whether the identity of that reference is itself among the keys.
fn is_key(custom: &Custom<'_>, relation: RelationId, keys: &[Expression]) -> bool {
    let Some(threshold) = custom.protected.get(&relation) else { return false };
    let base = Base { relation, column: threshold.identity.as_str() };
    keys.iter().any(|it| custom.trace.flow(it).is_bare(base))
}

// Refusal: GB0327 aggregate-below-threshold
//
// Collectors give out the values of single people, whatever the threshold of their group. Where
// rows stay one person's (grouped by the identity), percentiles and sketches may not be taken
// either; they can be taken of the whole group. The least and the greatest identity are people
// too, and so is whatever is made of an identity or matched with it.
//
// ```
// SELECT campaign_id, COUNT(*), COLLECT_SET(zip) FROM imp GROUP BY campaign_id
// ```
// ->
// ```
// SELECT campaign_id, COUNT(*), MAX(amount) FROM imp GROUP BY campaign_id
// ```
fn aggregates(
    acc: &mut Vec<Refusal>,
    custom: &Custom<'_>,
    expression: &Expression,
    (table, named): (&TableName, &BTreeSet<Base<'_>>),
    stays: bool,
) {
    each_call(expression, &mut |name, arguments| {
        let picks = matches!(name, "max" | "min") || calls::is_order_statistic(name);
        let whom = || custom.trace.all(arguments);
        let gives = calls::is_collector(name)
            || (picks && whom().by(Way::VALUE).any(|it| named.contains(&it)));
        let tells = stays && (calls::is_order_statistic(name) || calls::is_sketch(name));
        if gives || tells {
            let text =
                format!("{} gives values of single people of table `{table}`", name.to_uppercase());
            acc.push(
                Refusal::new(RefusalKind::AggregateBelowThreshold, expression.span, text)
                    .of(table)
                    .help("use AVG, COUNT, SUM, MIN or MAX"),
            );
        }
    });
}

// Refusal: GB0328 subquery-below-threshold
//
// A subquery in an expression hides whose rows it reads, so that nobody could count the people
// behind a row of the result. Join the table instead, or let the subquery aggregate it without
// looking at the row around it.
//
// ```
// SELECT COUNT(*) FROM adv WHERE user_id IN (SELECT user_id FROM imp)
// ```
// ->
// ```
// SELECT COUNT(*) FROM adv a JOIN imp i ON a.user_id = i.user_id
// ```
fn subqueries(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    for (_, block) in custom.all_blocks() {
        for expression in expressions(block) {
            each_subquery(expression, &mut |at, id| {
                let inside = inside(custom, id);
                let direct = someone(custom, custom.live.gives(id));
                let reads = inside
                    .iter()
                    .filter_map(|it| custom.blocks.block(*it).map(|block| (*it, block)))
                    .find_map(|(it, block)| {
                        let table = someone(custom, custom.live.reads(it))?;
                        is_correlated(custom, block, &inside).then_some(table)
                    });
                if let Some(table) = direct.or(reads) {
                    let text = format!(
                        "a subquery reads rows of single people of table `{table}` for rows of \
                         the query around it"
                    );
                    acc.push(
                        Refusal::new(RefusalKind::SubqueryBelowThreshold, at, text)
                            .of(table)
                            .help("join the table instead"),
                    );
                }
            });
        }
    }
}

fn each_subquery(expression: &Expression, act: &mut impl FnMut(Span, BlockId)) {
    if let ExpressionKind::Subquery { block, .. } = &expression.kind {
        act(expression.span, *block);
    }
    for part in expression.parts() {
        each_subquery(part, act);
    }
}

/// The block and those in its `FROM`, all the way down.
fn inside(custom: &Custom<'_>, id: BlockId) -> Vec<BlockId> {
    let mut found = Vec::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if found.contains(&id) {
            continue;
        }
        found.push(id);
        match custom.blocks.block(id).map(|it| &it.body) {
            Some(Body::SetOperation { left, right, .. }) => open.extend([*left, *right]),
            Some(Body::Select(select)) => {
                let relations = select.relations.iter();
                let origins = relations.filter_map(|it| custom.blocks.relation(*it));
                open.extend(origins.filter_map(|it| match it.origin {
                    RelationOrigin::Block(block) => Some(block),
                    RelationOrigin::Table(_) => None,
                }));
            }
            Some(Body::Values(_)) | None => {}
        }
    }
    found
}

/// Whether the block names a column of a relation that none of these blocks reads.
fn is_correlated(custom: &Custom<'_>, block: &Block, inside: &[BlockId]) -> bool {
    let own = |relation: RelationId| {
        inside.iter().filter_map(|it| custom.blocks.block(*it)).any(|it| match &it.body {
            Body::Select(select) => select.relations.contains(&relation),
            Body::SetOperation { .. } | Body::Values(_) => false,
        })
    };
    fn names(
        custom: &Custom<'_>,
        expression: &Expression,
        own: &impl Fn(RelationId) -> bool,
    ) -> bool {
        custom.blocks.column(expression).is_some_and(|(relation, _)| !own(relation))
            || expression.parts().into_iter().any(|it| names(custom, it, own))
    }
    expressions(block).into_iter().any(|it| names(custom, it, &own))
}

// Refusal: GB0329 threshold-shape
//
// The people behind each row of the result are counted through the whole query. In some shapes
// they cannot be: a set operation whose sides belong to people of different tables, a semi join
// that drops them.
//
// ```
// SELECT COUNT(*) FROM (SELECT user_id FROM imp UNION ALL SELECT user_id FROM visits) x
// ```
// ->
// ```
// SELECT COUNT(*) FROM (SELECT user_id FROM imp UNION ALL SELECT user_id FROM imp) x
// ```
pub(crate) fn no_way_to_count(facts: &Facts, rules: &Rules, what: &str) -> Refusal {
    let query = Query { statement: &facts.statement, rules };
    let custom = Custom::new(query, &facts.blocks);
    let first = custom.protected.keys().next();
    let table = first.and_then(|it| custom.table(*it));
    let text = format!("the people of a table with a threshold cannot be counted here ({what})");
    let span = custom.blocks.blocks.last().map(|it| it.span).unwrap_or_default();
    let refusal = Refusal::new(RefusalKind::ThresholdShape, span, text)
        .help("aggregate each table by itself, then put the results together");
    match table {
        Some(table) => refusal.of(table),
        None => refusal,
    }
}

/// The refusal where only the plan shows that rows stay one person's.
pub(crate) fn row_level(facts: &Facts, rules: &Rules, scan: usize) -> Refusal {
    let query = Query { statement: &facts.statement, rules };
    let custom = Custom::new(query, &facts.blocks);
    let span = custom.blocks.blocks.last().map(|it| it.span).unwrap_or_default();
    let text = "each row of the output would be about one person of a table with a threshold";
    let refusal = Refusal::new(RefusalKind::RowLevelOutput, span, text)
        .help("aggregate: COUNT, SUM or AVG by GROUP BY, without the identity as a key");
    match facts.lineage.scans.get(scan) {
        Some(scan) => refusal.of(&scan.table),
        None => refusal,
    }
}
