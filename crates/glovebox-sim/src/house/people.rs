//! A house from a seed: who is there, what they agreed upon, what they bring.

use std::fs;

use glovebox_model::MemberAbility::{CanQuery, CanReceiveResults};
use glovebox_model::{AccessPeriod, BudgetTerms, MemberAbility};
use glovebox_room::{NewAccessLimit, Offer, Room};
use glovebox_store::NewAccount;

use super::state::{Access, Brought, Budget, Kind, Person, Place, State, Table};
use super::stuck::{Done, Stuck};
use super::terms;
use crate::generate::Random;

/// The table of every runner, for list queries.
pub(super) const OWN: &str = "own";

/// Makes accounts, tables and collaborations.
pub(super) async fn build(room: &Room, random: &mut Random, now: i64) -> Done<State> {
    let mut state = State::default();
    let count = random.between(2, 4);
    for number in 0..count {
        let id = format!("{:012}", 100_000_000_001_u64 + number as u64).parse()?;
        let new = NewAccount { id: Some(id), name: format!("member {number}"), tables: None };
        let (account, key, _) = room.store().create_account(new).await?;
        let tables = tables(random, number);
        let person = Person { account: account.id, key, others: Vec::new(), tables };
        furnish(room, &person)?;
        state.people.push(person);
    }
    for person in 0..count {
        for table in 0..state.people[person].tables.len() {
            configure(room, &mut state, person, table).await?;
            put_rule(room, &mut state, person, table).await?;
        }
    }
    let places = if random.chance(25) { 2 } else { 1 };
    for _ in 0..places {
        let receivers = match random.between(0, 9) {
            0..=2 if count > 2 => vec![2],
            3..=5 if count > 2 => vec![1, 2],
            _ => vec![1],
        };
        agree(room, &mut state, receivers).await?;
        let place = state.places.len() - 1;
        for person in 0..count {
            for table in 0..state.people[person].tables.len() {
                bring(room, &mut state, place, person, table).await?;
            }
        }
        offer_privacy(room, &mut state, (place, 0), (1, random.chance(40))).await?;
        if random.chance(40) {
            let names: Vec<String> = state.places[place].brought.keys().cloned().collect();
            let name = random.pick(&names).clone();
            let limit = (access_period(random), u32::try_from(random.between(1, 4))?);
            offer_access(room, &mut state, (place, &name), limit, now).await?;
        }
    }
    Ok(state)
}

/// The files of a member's tables, and its bucket.
pub(super) fn furnish(room: &Room, person: &Person) -> Done<()> {
    for table in &person.tables {
        write_rows(room, person, &table.name, &terms::rows(table.kind, 0))?;
    }
    let buckets = room.account_folder(person.account).join("buckets");
    Ok(fs::create_dir_all(buckets.join(terms::BUCKET))?)
}

/// Only the first, who never receives, has a private table.
fn tables(random: &mut Random, person: usize) -> Vec<Table> {
    let table = |name: String, kind| Table { name, kind, id: None, rule: None, rules_written: 0 };
    match person {
        0 => {
            let second = *random.pick(&[Kind::Aggregation, Kind::Custom, Kind::List]);
            vec![table("t0".into(), Kind::Private), table("t1".into(), second)]
        }
        1 => vec![table(OWN.into(), Kind::List)],
        _ => {
            let kind = *random.pick(&[Kind::Aggregation, Kind::Custom, Kind::List]);
            vec![table(format!("t{person}"), kind)]
        }
    }
}

pub(super) fn access_period(random: &mut Random) -> AccessPeriod {
    *random.pick(&[AccessPeriod::Lifetime, AccessPeriod::CalendarDay])
}

pub(super) fn write_rows(room: &Room, person: &Person, name: &str, text: &str) -> Done<()> {
    let folder = room.account_folder(person.account).join("tables/shop");
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(format!("{name}.csv")), text)?)
}

pub(super) async fn configure(
    room: &Room,
    state: &mut State,
    person: usize,
    table: usize,
) -> Done<()> {
    let person = &mut state.people[person];
    let new = terms::table(&person.tables[table].name)?;
    let made = room.create_configured_table(&person.caller(), new).await?;
    person.tables[table].id = Some(made.table.id);
    Ok(())
}

/// Writes the first rule of a table, or one after it was deleted.
pub(super) async fn put_rule(
    room: &Room,
    state: &mut State,
    person: usize,
    table: usize,
) -> Done<()> {
    // Everybody's queries are the second's.
    let runners = [state.people.get(1).ok_or_else(|| Stuck::new("nobody runs"))?.account];
    let person = &mut state.people[person];
    let caller = person.caller();
    let table = &mut person.tables[table];
    let id = table.id.ok_or_else(|| Stuck::new("no table to rule"))?;
    let (kind, written) = terms::rule(table.kind, table.rules_written, &runners)?;
    room.create_configured_table_analysis_rule(&caller, id, kind, written).await?;
    table.rule = Some(table.rules_written);
    table.rules_written += 1;
    Ok(())
}

/// The first makes a place, the second runs, and everybody joins.
async fn agree(room: &Room, state: &mut State, receivers: Vec<usize>) -> Done<()> {
    let runner = 1;
    let part = |person: usize| {
        let mut abilities: Vec<MemberAbility> = Vec::new();
        abilities.extend((person == runner).then_some(CanQuery));
        abilities.extend(receivers.contains(&person).then_some(CanReceiveResults));
        terms::member(person, &abilities)
    };
    let others = (1..state.people.len()).map(|it| (state.people[it].account, part(it))).collect();
    let creator = state.people[0].caller();
    let made = room.create_collaboration(&creator, terms::collaboration(part(0), others)).await?;
    let mut place = Place {
        id: made.collaboration.id,
        runner,
        receivers: receivers.clone(),
        memberships: std::collections::BTreeMap::new(),
        joined: std::collections::BTreeMap::new(),
        brought: std::collections::BTreeMap::new(),
        budgets: std::collections::BTreeMap::new(),
        access: std::collections::BTreeMap::new(),
    };
    for (number, person) in state.people.iter().enumerate() {
        let joined = room.create_membership(&person.caller(), terms::membership(place.id)).await?;
        place.memberships.insert(number, joined.membership.id);
    }
    place.joined = place.memberships.clone();
    state.places.push(place);
    Ok(())
}

/// Brings a table into a place under its own name.
pub(super) async fn bring(
    room: &Room,
    state: &mut State,
    place: usize,
    owner: usize,
    table: usize,
) -> Done<()> {
    let person = &state.people[owner];
    let found = &person.tables[table];
    let membership = state.places[place].memberships.get(&owner);
    let membership = *membership.ok_or_else(|| Stuck::new("whoever brings is a member"))?;
    let id = found.id.ok_or_else(|| Stuck::new("no table to bring"))?;
    let new = terms::association(membership, id, &found.name)?;
    let made = room.create_configured_table_association(&person.caller(), new).await?;
    let brought = Brought { id: made.id, owner, table };
    state.places[place].brought.insert(found.name.clone(), brought);
    Ok(())
}

pub(super) async fn offer_privacy(
    room: &Room,
    state: &mut State,
    (place, owner): (usize, usize),
    (epsilon, monthly): (u32, bool),
) -> Done<()> {
    let membership = state.places[place].memberships.get(&owner);
    let membership = *membership.ok_or_else(|| Stuck::new("whoever offers is a member"))?;
    let offer = Offer::Privacy { epsilon, users_noise: 10 };
    let new = terms::budget(membership, monthly, offer);
    let made = room.create_privacy_budget_template(&state.people[owner].caller(), new).await?;
    let BudgetTerms::Privacy(told) = made.template.terms else {
        return Err(Stuck::new("another budget than the one that was offered"));
    };
    let budget = Budget { id: made.template.id, epsilon, delta_atto: told.delta_atto, monthly };
    state.places[place].budgets.insert(owner, budget);
    Ok(())
}

pub(super) async fn offer_access(
    room: &Room,
    state: &mut State,
    (place, name): (usize, &str),
    (period, budget): (AccessPeriod, u32),
    now: i64,
) -> Done<()> {
    let brought = state.places[place].brought.get(name).cloned();
    let Brought { id, owner, .. } = brought.ok_or_else(|| Stuck::new("no such table"))?;
    let membership = state.places[place].memberships.get(&owner);
    let membership = *membership.ok_or_else(|| Stuck::new("whoever offers is a member"))?;
    let limits = vec![NewAccessLimit { period, budget, auto_refresh: None }];
    let new = terms::budget(membership, false, Offer::Access(id, limits));
    let made = room.create_privacy_budget_template(&state.people[owner].caller(), new).await?;
    let since = state.places[place].access.get(&id).map_or(now, |it| it.since);
    let access = Access { id: made.template.id, limit: Some((period, budget)), since };
    state.places[place].access.insert(id, access);
    Ok(())
}
