//! Random private queries beside an interpreter that is no one else's: whatever the house accepts,
//! the interpreter accepts too; claims, price and integers before noise are the ones it computes;
//! and on the data and on the data without any one user no integer moves by more than is claimed.

mod known;
mod machines;

use std::collections::BTreeMap;

use glovebox_model::TableName;
use glovebox_privacy::{Groups, Priced};
use glovebox_sim::generate::Random;
use glovebox_sim::plans::{
    Claim, Data, Plan, Sums, Value, claimed, contributions, grown, loss_nano, printed, renamed,
    sums, threshold_delta_atto, turned,
};

use self::known::Known;
use self::machines::{Machines, Released, expected};
use super::fuzzed::rows;
use super::world::reserved;
use crate::cases;

/// What was seen over all queries.
#[derive(Default)]
struct Seen {
    accepted: u64,
    refused: u64,
    /// Refused though the interpreter would run it.
    narrower: u64,
    groups: u64,
    /// Compared pairs of data sets, and the greatest share of the claim that a user used, by call.
    pairs: u64,
    used: BTreeMap<String, f64>,
    reasons: BTreeMap<String, u64>,
}

/// Claims and price are the ones that the interpreter computes.
fn claims(known: &Known, claim: &Claim, priced: &Priced) -> Result<(), String> {
    let noising = priced.noising().ok_or("no noise")?;
    let own: Vec<i128> = claim.sensitivities.concat();
    let theirs: Vec<i128> = noising.units.iter().map(glovebox_sql::Unit::sensitivity).collect();
    same("sensitivities", &own, &theirs)?;
    same("groups", &claim.groups, &noising.max_groups)?;
    same("rows", &claim.rows, &noising.max_rows)?;
    for (scale, own) in noising.scales.iter().zip(&own) {
        // In 65536ths, cross-multiplied.
        let ratio = scale.ratio();
        let wanted = known.budget.unit_scale() * own.unsigned_abs().max(1);
        let found = ratio.numerator() * 65_536;
        same("scale", &(wanted * u128::from(ratio.denominator())), &found)?;
    }
    let counts =
        noising.units.iter().any(|it| matches!(it, glovebox_sql::Unit::Presence { count: None }));
    let (units, delta) = match &noising.groups {
        Groups::Public(keys) => {
            let keys: Vec<String> = keys.iter().map(|it| it.concat()).collect();
            same("keys", &claim.keys, &Some(keys))?;
            (claim.units(), 0)
        }
        Groups::Relation => return Err("keys of a relation, which no plan here asks for".into()),
        Groups::Noisy(_) => {
            (claim.units() + usize::from(!counts), threshold_delta_atto(known.budget))
        }
    };
    let loss = loss_nano(known.budget, units, claim.groups.unwrap_or(1));
    let cost = priced.cost();
    same("price", &(loss, delta), &(cost.loss_nano, cost.delta_atto))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, own: &T, theirs: &T) -> Result<(), String> {
    if own == theirs {
        Ok(())
    } else {
        Err(format!("{what}: {own:?} by the interpreter, {theirs:?} by the house"))
    }
}

/// The integers before noise are the same: of each user and group, and of groups as released.
async fn integers(
    machines: &Machines,
    (known, sql, plan, claim): (&Known, &str, &Plan, &Claim),
    data: &Data,
    key: u8,
) -> Result<(Sums, Released), String> {
    let priced = known.priced(sql)?;
    let noising = priced.noising().unwrap().clone();
    let n_keys = noising.keys.len();
    let lower = reserved(priced).plan().clone();
    let tables = |it: &TableName| known.batch(data, it);
    let theirs = rows(&machines.context, &lower, &tables, n_keys).await;
    let theirs: BTreeMap<Vec<String>, Vec<i128>> = theirs
        .into_iter()
        .map(|(key, partials)| {
            (key, noising.units.iter().map(|it| it.contribution(&partials)).collect())
        })
        .collect();
    let all = contributions(plan, claim, &data.tables);
    let own = all.iter().map(|it| {
        let key = it.group.iter().map(Value::shown).chain([it.user.clone()]).collect();
        (key, it.units.clone())
    });
    same("contributions", &own.collect(), &theirs)?;
    let own = sums(&all, claim, &[key; 16]);
    let mut shown = own.clone();
    if let Groups::Public(_) = &noising.groups {
        let keys = claim.keys.clone().unwrap_or_default();
        let keys: Vec<Vec<String>> = match n_keys {
            0 => vec![Vec::new()],
            _ => keys.into_iter().map(|it| vec![it]).collect(),
        };
        shown.retain(|it, _| keys.contains(it));
        for key in keys {
            shown.entry(key).or_insert_with(|| vec![0; noising.units.len() + 1]);
        }
    }
    let shown: Released =
        shown.into_iter().map(|(key, row)| (key, expected(plan, claim, &noising, &row))).collect();
    let found = machines.released((known, sql), data, key, false).await;
    let is_same = shown.len() == found.len()
        && shown.iter().zip(&found).all(|(one, other)| {
            one.0 == other.0
                && one.1.len() == other.1.len()
                && one.1.iter().zip(other.1).all(|(one, other)| one.is(*other))
        });
    if is_same {
        Ok((own, found))
    } else {
        Err(format!("released: {shown:?} by the interpreter, {found:?} by the house"))
    }
}

/// Between data with and without a user: no more groups and no larger steps than claimed, in all
/// three norms.
fn bounded(
    plan: &Plan,
    claim: &Claim,
    (with, without): (&Sums, &Sums),
    seen: &mut Seen,
) -> Result<(), String> {
    let most = i128::from(claim.groups.unwrap_or(1));
    let zero = vec![0; claim.units() + 1];
    let keys: std::collections::BTreeSet<_> = with.keys().chain(without.keys()).collect();
    let change = |key: &Vec<String>| {
        let (one, other) = (with.get(key).unwrap_or(&zero), without.get(key).unwrap_or(&zero));
        one.iter().zip(other).map(|(one, other)| (one - other).abs()).collect::<Vec<i128>>()
    };
    let changes: Vec<Vec<i128>> = keys.into_iter().map(change).collect();
    let changed = changes.iter().filter(|it| it.iter().any(|it| *it != 0)).count();
    if changed as i128 > most {
        return Err(format!("{changed} groups change, {most} are claimed"));
    }
    seen.pairs += 1;
    let calls = plan.cells.iter().zip(&claim.sensitivities);
    let names = calls.flat_map(|(cell, units)| {
        units.iter().enumerate().map(move |(at, it)| (format!("{:?} {at}", cell.call), *it))
    });
    for (at, (name, d)) in [("users of a group".to_owned(), 1)].into_iter().chain(names).enumerate()
    {
        let column = || changes.iter().map(|it| it[at]);
        let (first, largest) = (column().sum::<i128>(), column().max().unwrap_or(0));
        let second = column().map(|it| it as f64 * it as f64).sum::<f64>();
        let limit = most as f64 * d as f64 * d as f64;
        if largest > d || first > most * d || second > limit * (1.0 + 1e-12) {
            return Err(format!("{name}: {largest}, {first}, {second} where {d} is claimed"));
        }
        if d > 0 {
            let used = seen.used.entry(name).or_default();
            *used = used.max(largest as f64 / d as f64);
        }
    }
    Ok(())
}

async fn judged(
    machines: &Machines,
    known: &Known,
    random: &mut Random,
    seen: &mut Seen,
) -> Result<(), String> {
    let plan = grown(random);
    let sql = printed(&plan);
    let told = |it: String| format!("{sql}\n  {it}");
    let claim = claimed(&plan, &known.strictest(&sql));
    let priced = match known.priced(&sql) {
        Ok(priced) => priced,
        Err(reason) => {
            seen.refused += 1;
            if claim.is_some() {
                seen.narrower += 1;
                let code = reason.split("kind: ").nth(1).unwrap_or(&reason);
                let code = code.split([',', ' ']).next().unwrap_or_default();
                *seen.reasons.entry(code.to_owned()).or_default() += 1;
            }
            return Ok(());
        }
    };
    seen.accepted += 1;
    let claim =
        claim.ok_or_else(|| told("the interpreter refuses what the house accepts".into()))?;
    claims(known, &claim, &priced).map_err(told)?;
    let data = Data::new(random, 24);
    let key = u8::try_from(random.between(0, 255)).unwrap();
    let query = (known, sql.as_str(), &plan, &claim);
    let (with, one) = integers(machines, query, &data, key).await.map_err(told)?;
    seen.groups += with.len() as u64;
    // In other words, from other files, in other batches: the same integers.
    let words = renamed(&printed(&turned(&plan)));
    let other = machines.released((known, &words), &data, key, true).await;
    if one != other {
        return Err(told(format!("{one:?}, and {other:?} by {words}")));
    }
    let watched = *random.pick(Data::users());
    for user in Data::users() {
        let rest = data.without(user, claim.population);
        let without = if *user == watched {
            integers(machines, query, &rest, key).await.map_err(told)?.0
        } else {
            sums(&contributions(&plan, &claim, &rest.tables), &claim, &[key; 16])
        };
        bounded(&plan, &claim, (&with, &without), seen)
            .map_err(|it| told(format!("{user}: {it}")))?;
    }
    Ok(())
}

async fn interpreted(seed: u64, tries: u64) {
    let machines = Machines::new();
    let mut random = Random::new(seed);
    let mut seen = Seen::default();
    let mut faults = Vec::new();
    for _ in 0..tries {
        let known = Known::new(&mut random);
        faults.extend(judged(&machines, &known, &mut random, &mut seen).await.err());
    }
    let Seen { accepted, refused, narrower, groups, pairs, used, reasons } = seen;
    println!("{accepted} accepted, {refused} refused, {narrower} of them against the interpreter");
    println!("refused against the interpreter: {reasons:?}");
    println!("{groups} groups, {pairs} pairs of neighbours; greatest share of a claim: {used:#?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    // Claims are no more than what somebody does.
    for call in ["Average 0", "Average 1", "Count 0", "Sum 0", "Users 0"] {
        let reached = used.get(call).is_some_and(|it| *it >= 1.0);
        assert!(reached || tries < 80, "nobody reaches what is claimed of {call}");
    }
    assert!(accepted * 10 >= tries * 4, "only {accepted} of {tries} are accepted");
    assert!(narrower * 10 <= tries, "{narrower} of {tries} are refused against the interpreter");
}

#[tokio::test]
async fn interpreted_private_queries_are_the_claimed_ones() {
    interpreted(20_261_129, cases(160) / 2).await;
}

#[tokio::test]
async fn more_interpreted_private_queries_are_the_claimed_ones() {
    interpreted(815, cases(160) / 2).await;
}
