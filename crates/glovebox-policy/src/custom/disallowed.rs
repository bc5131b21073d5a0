//! What strict mode adds to `disallowedOutputColumns`: the ways to learn a value without
//! showing it.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{ColumnName, TableName};
use glovebox_sql::{BlockId, Body, Expression, RelationOrigin};

use super::Custom;
use super::comparisons::ComparisonKind;
use super::flow::{Base, Way};
use super::outputs::{Item, items};
use crate::{Refusal, RefusalKind};

/// Columns that are compared with each other, directly or through others: each knows something
/// of the values of all.
pub(crate) struct Classes<'a> {
    of: BTreeMap<Base<'a>, usize>,
    members: BTreeMap<usize, BTreeSet<Base<'a>>>,
}

impl<'a> Classes<'a> {
    /// From all comparisons of the text.
    pub(crate) fn new(custom: &Custom<'a>) -> Self {
        let mut classes = Self { of: BTreeMap::new(), members: BTreeMap::new() };
        for comparison in &custom.comparisons {
            if comparison.kind == ComparisonKind::Plain {
                classes.merge(&comparison.with_columns());
            }
        }
        classes
    }

    fn merge(&mut self, together: &BTreeSet<Base<'a>>) {
        let Some(first) = together.first() else { return };
        let fresh = self.of.len();
        let into = *self.of.entry(*first).or_insert(fresh);
        self.members.entry(into).or_default().insert(*first);
        for base in together {
            let from = self.of.get(base).copied();
            let moved = match from {
                Some(from) if from == into => continue,
                Some(from) => self.members.remove(&from).unwrap_or_default(),
                None => BTreeSet::from([*base]),
            };
            for base in &moved {
                self.of.insert(*base, into);
            }
            self.members.entry(into).or_default().extend(moved);
        }
    }

    /// The columns that the column is compared with, itself among them.
    pub(crate) fn with(&self, base: Base<'a>) -> BTreeSet<Base<'a>> {
        let class = self.of.get(&base).and_then(|it| self.members.get(it));
        let mut all = class.cloned().unwrap_or_default();
        all.insert(base);
        all
    }
}

/// A column that may not be output, and those that tell its values.
struct Secret<'a> {
    table: &'a TableName,
    column: &'a ColumnName,
    base: Base<'a>,
    tells: BTreeSet<Base<'a>>,
}

fn secrets<'a>(custom: &Custom<'a>) -> Vec<Secret<'a>> {
    let classes = Classes::new(custom);
    let mut found = Vec::new();
    for (index, relation) in custom.blocks.relations.iter().enumerate() {
        let RelationOrigin::Table(table) = &relation.origin else { continue };
        let Some(rule) = custom.query.custom_rule(table) else { continue };
        for column in rule.disallowed_output() {
            let base = Base { relation: glovebox_sql::RelationId(index), column: column.as_str() };
            found.push(Secret { table, column, base, tells: classes.with(base) });
        }
    }
    found
}

impl Secret<'_> {
    /// What the analyst reads: the column, or another one that tells it.
    fn words(&self, custom: &Custom<'_>, found: Base<'_>) -> String {
        let Self { table, column, base, .. } = self;
        if found == *base {
            return format!("column `{column}` of table `{table}`");
        }
        let other = custom.table(found.relation);
        let other = other.map(ToString::to_string).unwrap_or_default();
        format!(
            "column `{}` of table `{other}`, which is compared with `{column}` of `{table}`,",
            found.column
        )
    }
}

fn said(acc: &mut Vec<Refusal>, secret: &Secret<'_>, refusal: Refusal) {
    acc.push(refusal.of(secret.table).about(secret.column).ask(format!(
        "take `{}` out of disallowedOutputColumns, or to set the mode of all tables to aws",
        secret.column
    )));
}

// Refusal: GB0304 disallowed-literal
//
// A column that may not reach the output may not be compared with a literal either, nor may
// what is matched with it: one such question after another would tell every value. Constants
// inside CASE, IN, VALUES, WITH and parameters of templates are literals. The owner of the table
// can allow it by the mode `aws`, in which the real service reads the rule.
//
// ```
// SELECT COUNT(*) FROM users WHERE age = 33 AND email = 'x'
// ```
// ->
// ```
// SELECT COUNT(*) FROM users WHERE gender = 'f' AND email = 'x'
// ```
pub(crate) fn literals(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    let secrets = secrets(custom);
    for comparison in &custom.comparisons {
        let mut compared = comparison.with_literals(true);
        compared.extend(comparison.counted_with_literals());
        for secret in &secrets {
            let Some(found) = secret.tells.iter().find(|it| compared.contains(it)) else {
                continue;
            };
            let text = format!(
                "{} is compared with a literal, which would tell values that may not be output",
                secret.words(custom, *found)
            );
            let refusal = Refusal::new(RefusalKind::DisallowedLiteral, comparison.span, text)
                .help("compare it with columns only, or filter by another column");
            said(acc, secret, refusal);
        }
    }
}

// Refusal: GB0305 disallowed-order
//
// A column that may not reach the output may not order or group its rows: the order of the rows
// that are shown, or which of them come first, would tell its values.
//
// ```
// SELECT email FROM users ORDER BY age
// ```
// ->
// ```
// SELECT email FROM users ORDER BY gender
// ```
pub(crate) fn order(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    let secrets = secrets(custom);
    let visible = visible(custom);
    for (id, block) in custom.all_blocks() {
        let mut keys: Vec<(&Expression, &str)> =
            block.order.iter().map(|it| (it, "orders rows")).collect();
        if let Body::Select(select) = &block.body
            && visible.contains(&id)
        {
            keys.extend(select.groups.iter().map(|it| (it, "groups the rows of the output")));
        }
        for (key, does) in keys {
            let flow = custom.trace.flow(key);
            for secret in &secrets {
                let values = Way::VALUE.and(Way::AGGREGATED).and(Way::ORDER).and(Way::PARTITION);
                let Some(found) = flow.by(values).find(|it| secret.tells.contains(it)) else {
                    continue;
                };
                let text = format!("{} {does}", secret.words(custom, found));
                let refusal = Refusal::new(RefusalKind::DisallowedOrder, key.span, text)
                    .help("order and group by other columns");
                said(acc, secret, refusal);
            }
        }
    }
}

/// The blocks of which every row is seen in a row of the result.
fn visible(custom: &Custom<'_>) -> BTreeSet<BlockId> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<BlockId> = custom.blocks.root().into_iter().collect();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match custom.blocks.block(id).map(|it| &it.body) {
            Some(Body::SetOperation { left, right, .. }) => open.extend([*left, *right]),
            Some(Body::Select(select)) if !select.grouped => {
                let relations = select.relations.iter();
                let origins = relations.filter_map(|it| custom.blocks.relation(*it));
                open.extend(origins.filter_map(|it| match it.origin {
                    RelationOrigin::Block(block) => Some(block),
                    RelationOrigin::Table(_) => None,
                }));
            }
            Some(Body::Select(_) | Body::Values(_)) | None => {}
        }
    }
    seen
}

// Refusal: GB0306 disallowed-equated
//
// What is compared with a column that may not reach the output tells its values as well as the
// column itself does. It can be counted, not shown.
//
// ```
// SELECT p.owner_name FROM users u JOIN pets p ON u.name = p.owner_name
// ```
// ->
// ```
// SELECT p.gender FROM users u JOIN pets p ON u.name = p.owner_name
// ```
pub(crate) fn equated(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    let secrets = secrets(custom);
    for Item { span, flow } in items(custom) {
        let shown: BTreeSet<Base<'_>> =
            flow.by(Way::VALUE.and(Way::AGGREGATED).and(Way::PARTITION).and(Way::ORDER)).collect();
        for secret in &secrets {
            let others = || secret.tells.iter().filter(|it| **it != secret.base);
            let Some(found) = others().find(|it| shown.contains(it)) else { continue };
            let is_secret = custom.rule_of(*found).is_some_and(|(_, rule)| {
                rule.disallowed_output().iter().any(|it| it.as_str() == found.column)
            });
            if is_secret {
                continue; // It is refused in its own right.
            }
            let text = format!("{} is output", secret.words(custom, *found));
            let refusal = Refusal::new(RefusalKind::DisallowedEquated, span, text)
                .help("output other columns, or count it");
            said(acc, secret, refusal);
        }
    }
}
