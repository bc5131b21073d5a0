//! What each user contributes to each group, and what the groups come to.

use std::collections::BTreeMap;

use super::claim::{Claim, Range, Step};
use super::rows::{World, alike};
use super::siphash::siphash;
use super::tree::{Call, Plan, Value};

/// What one user contributes to one group.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// The keys of the group.
    pub group: Vec<Value>,
    /// Who.
    pub user: String,
    /// The integers of all cells, bounded.
    pub units: Vec<i128>,
}

/// Of each group, by its keys as text: the number of its users, then the integers of all cells.
pub type Sums = BTreeMap<Vec<String>, Vec<i128>>;

/// A group, a user, and the rows of the user in the group.
type Pair<'r> = (Vec<Value>, String, Vec<&'r Vec<Value>>);

/// The contributions of all users to all groups they are in.
pub fn contributions(
    plan: &Plan,
    claim: &Claim,
    tables: &BTreeMap<&'static str, Vec<Vec<Value>>>,
) -> Vec<Contribution> {
    let world = World { tables };
    let kinds = plan.source.kinds();
    let rows = world.source(&plan.source);
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    for row in &rows {
        let Value::Text(user) = &row[claim.user] else { continue };
        let seen = world.row(&kinds, row);
        let group: Vec<Value> = claim.grouped.iter().map(|it| seen.value(it)).collect();
        match pairs.iter_mut().find(|it| it.1 == *user && alike(&it.0, &group)) {
            Some((_, _, rows)) => rows.push(row),
            None => pairs.push((group, user.clone(), vec![row])),
        }
    }
    let units = |rows: &[&Vec<Value>]| {
        let mut all = Vec::new();
        for (cell, range) in plan.cells.iter().zip(&claim.ranges) {
            let counted = rows.iter().filter(|row| {
                let row = world.row(&kinds, row);
                cell.filter.as_ref().is_none_or(|it| row.holds(it) == Some(true))
            });
            let values = counted.map(|row| match &cell.argument {
                None => Value::Whole(1),
                Some(it) => world.row(&kinds, row).value(it),
            });
            let values: Vec<Value> = values.filter(|it| *it != Value::Null).collect();
            all.extend(bounded(cell.call, *range, &values, claim.rows.into()));
        }
        all
    };
    pairs
        .into_iter()
        .map(|(group, user, rows)| Contribution { group, user, units: units(&rows) })
        .collect()
}

fn bounded(call: Call, range: Option<Range>, values: &[Value], most: i128) -> Vec<i128> {
    let n = values.len() as i128;
    let Some(range) = range else {
        return vec![if call == Call::Users { n.min(1) } else { n.min(most) }];
    };
    let exact: Vec<i128> = values.iter().filter_map(|it| steps(it, range.step)).collect();
    // Floats become whole within their bounds, one by one; whole numbers are bounded as a sum.
    let clamped = |it: &i128| (*it).clamp(range.low, range.high);
    let distances = || exact.iter().map(|it| clamped(it) - range.middle());
    let n = exact.len() as i128;
    let scaled = |sum: i128| if n == 0 { 0 } else { sum * n.min(most) / n };
    match call {
        Call::Count | Call::Users => Vec::new(),
        Call::Sum => {
            let each = exact.iter().map(|it| match range.step {
                Step::Binary(_) => clamped(it),
                Step::Decimal(_) => *it,
            });
            vec![each.sum::<i128>().clamp((most * range.low).min(0), (most * range.high).max(0))]
        }
        Call::Average => vec![scaled(distances().sum()), n.min(most)],
        Call::Moment { .. } => {
            let squares = distances().map(|it| it * it).sum();
            vec![scaled(squares), scaled(distances().sum()), n.min(most)]
        }
    }
}

fn steps(value: &Value, step: Step) -> Option<i128> {
    match (value, step) {
        (Value::Whole(it), Step::Decimal(0)) => Some((*it).into()),
        (Value::Whole(it), Step::Decimal(_)) => Some(i128::from(*it) * 100),
        (Value::Decimal(it), Step::Decimal(_)) => Some(*it),
        // Two digits behind the point: the nearest double to the quotient.
        (Value::Decimal(it), Step::Binary(_)) => {
            Some((*it as f64 / 100.0 / step.value()).round_ties_even() as i128)
        }
        (Value::Whole(it), Step::Binary(_)) => {
            Some((*it as f64 / step.value()).round_ties_even() as i128)
        }
        (Value::Double(it), Step::Binary(_)) if !it.is_nan() => {
            Some((it / step.value()).round_ties_even() as i128)
        }
        _ => None,
    }
}

/// The sums of groups; of each user count the groups that the hash under `key` puts first.
pub fn sums(contributions: &[Contribution], claim: &Claim, key: &[u8; 16]) -> Sums {
    let mut of_users: BTreeMap<&str, Vec<(u64, &Contribution)>> = BTreeMap::new();
    for it in contributions {
        let user = ordered((&Value::Text(it.user.clone()), true));
        // The keys of the query are texts, those that they determine whole numbers.
        let kinds = claim.grouped.iter().map(|it| claim.is_text(it));
        let group: Vec<u8> = it.group.iter().zip(kinds).flat_map(ordered).collect();
        let mut bytes = Vec::new();
        for part in [user, group] {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        }
        of_users.entry(&it.user).or_default().push((siphash(key, &bytes), it));
    }
    let mut all = Sums::new();
    for groups in of_users.values_mut() {
        groups.sort_by_key(|it| it.0);
        let most = claim.groups.map_or(usize::MAX, |it| it as usize);
        for (_, it) in groups.iter().take(most) {
            let name = it.group.iter().map(Value::shown).collect();
            let sums = all.entry(name).or_insert_with(|| vec![0; it.units.len() + 1]);
            sums[0] += 1;
            sums[1..].iter_mut().zip(&it.units).for_each(|(sum, own)| *sum += own);
        }
    }
    all
}

/// A text in the row format of Arrow, which the documentation of its crate describes: a byte for
/// NULL, empty or not, then blocks of eight bytes, each with its length or a sign that more come.
fn ordered((value, is_text): (&Value, bool)) -> Vec<u8> {
    let text = match value {
        Value::Text(text) => text,
        // A bigint: a byte for NULL or not, then big-endian with the sign turned.
        Value::Whole(it) => {
            let turned = (*it as u64) ^ (1 << 63);
            return std::iter::once(1).chain(turned.to_be_bytes()).collect();
        }
        _ if is_text => return vec![0],
        _ => return vec![0; 9],
    };
    if text.is_empty() {
        return vec![1];
    }
    assert!(text.len() <= 32, "blocks are longer after four");
    let mut bytes = vec![2];
    let chunks: Vec<&[u8]> = text.as_bytes().chunks(8).collect();
    for (place, chunk) in chunks.iter().enumerate() {
        bytes.extend(*chunk);
        bytes.resize(bytes.len() + 8 - chunk.len(), 0);
        bytes.push(if place + 1 < chunks.len() { 255 } else { chunk.len() as u8 });
    }
    bytes
}
