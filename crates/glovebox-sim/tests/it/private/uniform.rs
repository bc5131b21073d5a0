//! What must be the same on the data and on the data without one user: status, texts, columns,
//! price and charge, for every query of `corpus/private`.

use std::collections::BTreeMap;
use std::path::Path;

use glovebox_catalog::TableLocation;
use glovebox_engine::Input;
use glovebox_fixture::{Room, parse};
use glovebox_model::{Accountant, AutoRefresh, ColumnType, PrivacyTerms, Timestamp};
use glovebox_policy::clear;
use glovebox_privacy::{Priced, Terms, price};
use glovebox_sql::bind;
use tempfile::TempDir;

use super::world::{Offset, batches, executed, reserved};

/// A value that is no trouble, or one that would be.
fn value(kind: ColumnType, user: bool, hostile: bool) -> &'static str {
    match (kind, hostile) {
        _ if user && hostile => "mallory",
        _ if user => "alice",
        (ColumnType::Bigint, true) => "-9223372036854775808",
        (ColumnType::Bigint | ColumnType::Int | ColumnType::Smallint, _) => "0",
        (ColumnType::Boolean, _) => "true",
        (ColumnType::Date, true) => "9999-12-31",
        (ColumnType::Date, _) => "2024-02-29",
        (ColumnType::Decimal { .. }, _) => "-0.01",
        (ColumnType::Double | ColumnType::Float, true) => "NaN",
        (ColumnType::Double | ColumnType::Float, _) => "1.5",
        (ColumnType::String, true) => "no number",
        (ColumnType::String, _) => "7",
        _ => "",
    }
}

/// The tables as files, with the rows of one hostile user or without.
fn inputs(room: &Room, folder: &TempDir, hostile: bool) -> Vec<Input> {
    let root = folder.path().join("tables");
    std::fs::create_dir_all(root.join("db")).unwrap();
    let mut all = Vec::new();
    for (_, table) in room.tables() {
        let columns = table.columns.clone();
        let names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
        let mut text = names.join(",") + "\n";
        let row = |hostile: bool| {
            let value = columns.iter().map(|it| value(it.kind, it.name.as_str() == "uid", hostile));
            value.collect::<Vec<_>>().join(",") + "\n"
        };
        text.push_str(&row(false).repeat(3));
        let is_users = table.rule.iter().any(|it| format!("{it:?}").contains("uid"));
        if hostile && is_users {
            text.push_str(&row(true).repeat(40));
        }
        std::fs::write(root.join("db").join(format!("{}.csv", table.name)), text).unwrap();
        let location = TableLocation::folder(&root, "db", table.name.to_string());
        all.push(Input { table: table.name.clone(), location, columns });
    }
    all
}

/// What an analyst sees before anything is released, or why not.
fn judged(room: &Room, case: &glovebox_fixture::Case) -> Result<Priced, String> {
    let rules = room.rules_for(case).unwrap();
    let bound = bind(&case.sql, &room.schema(), Timestamp::from_millis(0))
        .map_err(|it| format!("{it:?}"))?;
    let budget = PrivacyTerms {
        epsilon: 10,
        users_noise: 10,
        auto_refresh: AutoRefresh::None,
        accountant: Accountant::Zcdp,
        delta_atto: 1_000_000_000_000,
    };
    let budgets: BTreeMap<_, _> = room.members.iter().map(|it| (it.account, budget)).collect();
    let cleared = clear(bound, &rules).map_err(|it| format!("{it:?}"))?;
    price(cleared, &Terms { budgets }).map_err(|it| format!("{it:?}"))
}

#[test]
fn answers_are_uniform_with_and_without_a_hostile_user() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/private");
    let mut ran = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let room = parse(&text).unwrap();
        for case in &room.cases {
            let mut transcripts = Vec::new();
            for hostile in [false, true] {
                let transcript = match judged(&room, case) {
                    Err(text) => text,
                    Ok(priced) if priced.noising().is_none() => break,
                    Ok(priced) => {
                        ran += usize::from(hostile);
                        let paid = format!("{:?} {:?}", priced.charge(), priced.cost());
                        let folder = TempDir::new().unwrap();
                        let inputs = inputs(&room, &folder, hostile);
                        let names: Vec<_> = priced.tables().cloned().collect();
                        let inputs = inputs.into_iter().filter(|it| names.contains(&it.table));
                        let inputs = inputs.collect();
                        // It panics when the query fails.
                        let batches =
                            batches(executed(reserved(priced), &folder, inputs), &mut Offset);
                        format!("{paid} {:?}", batches[0].schema())
                    }
                };
                transcripts.push(transcript);
            }
            let same = transcripts.windows(2).all(|it| it[0] == it[1]);
            assert!(same, "{}: {transcripts:#?}", case.title);
        }
    }
    assert!(ran >= 10, "only {ran} queries ran");
}
