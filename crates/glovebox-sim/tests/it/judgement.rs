//! What must hold of verdicts, whatever the room and the query.

use glovebox_model::Code;
use glovebox_policy::{Rules, clear};
use glovebox_sim::generate::{Names, Query, Random, Room, print, ruled};
use glovebox_sim::oracle::Value;
use glovebox_sql::{Bound, Schema, bind};

use crate::cases;
use crate::engine::{Engine, missing, now};

/// The codes of a verdict; none when the query is allowed.
fn verdict(text: &str, schema: &Schema, rules: &Rules) -> Vec<Code> {
    let bound = match bind(text, schema, now()) {
        Ok(bound) => bound,
        Err(faults) => {
            let mut codes: Vec<Code> = faults.iter().map(|it| it.fault.code().0).collect();
            codes.sort_unstable();
            return codes;
        }
    };
    let Err(refusals) = clear(bound, rules) else { return Vec::new() };
    assert_eq!(refusals.internal(), None, "{text}");
    let mut codes: Vec<Code> = refusals.findings().iter().map(|it| it.code).collect();
    codes.sort_unstable();
    codes
}

fn case(seed: u64) -> (Random, Room, Query) {
    let mut random = Random::new(2_000_000 + seed);
    let room = Room::random(&mut random);
    let query = ruled(&mut random, &room);
    (random, room, query)
}

#[test]
fn monotone_a_stricter_rule_never_allows_more() {
    for seed in 0..cases(150) {
        let (mut random, room, query) = case(seed);
        let text = print(&query, &room, &Names::default());
        let before = verdict(&text, &room.schema(), &room.rules());
        let mut stricter = room.clone();
        let place = random.between(0, stricter.tables.len() - 1);
        let rule = &mut stricter.tables[place].rule;
        match random.between(0, 4) {
            0 => rule.join_required = true,
            1 => rule.or = false,
            2 => rule.functions.clear(),
            3 if !rule.dimensions.is_empty() => {
                let dimension = random.between(0, rule.dimensions.len() - 1);
                rule.dimensions.remove(dimension);
            }
            _ if rule.aggregates.len() > 1 => {
                let aggregate = random.between(0, rule.aggregates.len() - 1);
                rule.aggregates.remove(aggregate);
            }
            _ => rule.or = false,
        }
        let after = verdict(&text, &stricter.schema(), &stricter.rules());
        assert!(!before.is_empty() <= !after.is_empty(), "seed {seed}\n{text}\n{before:?}");
    }
}

#[test]
fn monotone_a_higher_threshold_never_shows_more() {
    let engine = Engine::new();
    for seed in 0..cases(40) {
        let (_, room, query) = case(seed);
        let text = print(&query, &room, &Names::default());
        let mut stricter = room.clone();
        for table in &mut stricter.tables {
            for (_, minimum) in &mut table.rule.minimums {
                *minimum += 1;
            }
        }
        let rows = |room: &Room| -> Option<Vec<Vec<Value>>> {
            let bound = bind(&text, &room.schema(), now()).ok()?;
            let cleared = clear(bound, &room.rules()).ok()?;
            Some(engine.rows(cleared.plan(), room, query.items.len()))
        };
        if query.limit.is_some() {
            continue;
        }
        let (before, after) = (rows(&room), rows(&stricter));
        assert_eq!(before.is_some(), after.is_some(), "seed {seed}\n{text}");
        if let (Some(before), Some(after)) = (before, after) {
            assert!(missing(&after, &before).is_empty(), "seed {seed}\n{text}");
        }
    }
}

#[test]
fn order_free_the_order_of_tables_columns_and_grants_does_not_matter() {
    for seed in 0..cases(120) {
        let (_, room, query) = case(seed);
        let text = print(&query, &room, &Names::default());
        let (mut schema, rules) = (room.schema(), room.rules());
        let before = verdict(&text, &schema, &rules);
        for table in schema.tables.values_mut() {
            table.columns.reverse();
            table.hidden.reverse();
        }
        let mut turned = room.clone();
        for table in &mut turned.tables {
            let rule = &mut table.rule;
            rule.aggregates.reverse();
            rule.dimensions.reverse();
            rule.joins.reverse();
            rule.functions.reverse();
            rule.minimums.reverse();
        }
        assert_eq!(before, verdict(&text, &schema, &turned.rules()), "seed {seed}\n{text}");
    }
}

#[test]
fn renaming_tables_and_aliases_never_changes_a_verdict() {
    for seed in 0..cases(120) {
        let (mut random, room, query) = case(seed);
        let text = print(&query, &room, &Names::default());
        let before = verdict(&text, &room.schema(), &room.rules());
        let mut renamed = room.clone();
        let last = renamed.tables.len();
        for (index, table) in renamed.tables.iter_mut().enumerate() {
            // Also turns the order of names, in which tables are kept.
            table.name = format!("{}{}", random.pick(&["z_", "other ", "person-"]), last - index);
        }
        let names = Names { alias: "Person".into(), quoted: true, shouted: random.chance(50) };
        let other = print(&query, &renamed, &names);
        let after = verdict(&other, &renamed.schema(), &renamed.rules());
        assert_eq!(before, after, "seed {seed}\n{text}\n{other}");
    }
}

#[test]
fn renaming_a_wrapped_query_is_never_allowed_where_the_bare_one_was_refused() {
    for seed in 0..cases(60) {
        let (_, room, query) = case(seed);
        let text = print(&query, &room, &Names::default());
        if verdict(&text, &room.schema(), &room.rules()).is_empty() {
            continue;
        }
        for wrapped in [
            format!("WITH q AS ({text}) SELECT v0 FROM q"),
            format!("SELECT q.v0 FROM ({text}) q"),
            format!("SELECT DISTINCT v0 FROM ({text}) AS q"),
            format!("{text} UNION ALL {text}"),
        ] {
            let codes = verdict(&wrapped, &room.schema(), &room.rules());
            assert!(!codes.is_empty(), "seed {seed}\n{wrapped}");
        }
    }
}

#[test]
fn rewrite_shrinks_a_cleared_plan_shows_only_rows_of_the_bound_one() {
    let engine = Engine::new();
    let mut shrunk = 0;
    for seed in 0..cases(50) {
        let (_, room, query) = case(seed);
        let text = print(&query, &room, &Names::default());
        let bind = || -> Bound { bind(&text, &room.schema(), now()).unwrap() };
        let Ok(cleared) = clear(bind(), &room.rules()) else { continue };
        if query.limit.is_some() {
            continue;
        }
        let all = engine.rows(bind().into_total().unwrap().plan(), &room, query.items.len());
        let shown = engine.rows(cleared.plan(), &room, query.items.len());
        assert!(missing(&shown, &all).is_empty(), "seed {seed}\n{text}");
        shrunk += u64::from(shown.len() < all.len());
    }
    assert!(shrunk > 0, "no threshold ever held a row back");
}
