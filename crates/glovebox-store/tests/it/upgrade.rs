//! A data directory of every earlier schema is opened, brought to the newest, and read.
//!
//! `upgrade/NNNN.sql` holds the rows that a house of that schema wrote beside those of the schemas
//! before: secrets sealed under the tests' key, stored forms, ledger entries under signed heads.
//! The files are never edited: what was written once stays readable.

use std::collections::BTreeMap;
use std::path::Path;

use glovebox_ledger::verify;
use glovebox_model::{
    AccountId, Collaboration, Id, KeyRole, PageRequest, QueryStatus, RuleKind, TableName,
};
use glovebox_store::{NewAccount, Reader, Store, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use crate::house::{open, try_open};

macro_rules! schema {
    ($step:literal, $rows:literal) => {
        (
            include_str!(concat!("../../migrations/", $step, ".sql")),
            include_str!(concat!("upgrade/", $rows, ".sql")),
        )
    };
}
/// Every schema, with the rows that came with it.
const HOUSES: [(&str, &str); 10] = [
    schema!("0001_nouns", "0001"),
    schema!("0002_road", "0002"),
    schema!("0003_doors", "0003"),
    schema!("0004_rules", "0004"),
    schema!("0005_budgets", "0005"),
    schema!("0006_suppression", "0006"),
    schema!("0007_releases", "0007"),
    schema!("0008_connections", "0008"),
    schema!("0009_leftovers", "0009"),
    schema!("0010_restores", "0010"),
];

pub(crate) const AIRLINE: (&str, &str, &str) =
    ("376157494719", "GBIAQWYMCNDEOSGUXKDB", "2nCnAgz31N7Mu3hqbsIg6yRL54Noj6tbA2rTiFd-");
pub(crate) const MAKER: (&str, &str, &str) =
    ("652552936299", "GBIAPBNGW2U6AAUO6CS7", "Ei6Zud-mCwhBvjBHQMBAV2iLRWR7FNoDTFq858py");
const COLLABORATION: &str = "b7da73ea-9528-46d3-9e24-a261c87e63dc";
const QUERIES: [(&str, QueryStatus); 3] = [
    ("626c9f63-5d69-49c9-af6b-213d32998615", QueryStatus::Success),
    ("b306e341-7e1f-45a6-97f4-2a75e25cd9c3", QueryStatus::Failed),
    ("53920d25-3b31-4c47-a0e5-0932627b29a6", QueryStatus::Success),
];

/// The data directory of a house of this schema, which has lived through all before.
pub(crate) async fn old_house(folder: &Path, schema: usize) -> BTreeMap<String, i64> {
    let file = folder.join("glovebox.sqlite");
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut old = options.foreign_keys(true).connect().await.unwrap();
    for (step, rows) in &HOUSES[..schema] {
        sqlx::raw_sql(*step).execute(&mut old).await.unwrap();
        sqlx::raw_sql(*rows).execute(&mut old).await.unwrap();
    }
    let version = AssertSqlSafe(format!("PRAGMA user_version = {schema}"));
    sqlx::raw_sql(version).execute(&mut old).await.unwrap();
    counts(&mut old).await
}

/// How many rows each table has.
async fn counts(database: &mut SqliteConnection) -> BTreeMap<String, i64> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *database).await.unwrap();
    let mut counts = BTreeMap::new();
    for table in tables {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut *database).await.unwrap();
        counts.insert(table, count);
    }
    counts
}

pub(crate) fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn collaboration() -> Id<Collaboration> {
    COLLABORATION.parse().unwrap()
}

#[tokio::test]
async fn a_house_of_every_earlier_schema_is_read_whole() {
    for schema in 1..=HOUSES.len() {
        let folder = tempfile::tempdir().unwrap();
        let before = old_house(folder.path(), schema).await;
        let store = open(folder.path()).await;
        accounts_and_keys(&store, schema).await;
        tables_and_rules(&store, schema).await;
        queries(&store, schema).await;
        budgets_and_connections(&store, schema).await;
        ledgers(&store, schema).await;
        goes_on(&store).await;
        store.close().await;
        let file = folder.path().join("glovebox.sqlite");
        let mut now = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
        let after = counts(&mut now).await;
        for (table, count) in before {
            assert!(after[&table] >= count, "schema {schema} lost rows of {table}");
        }
    }
}

async fn accounts_and_keys(store: &Store, schema: usize) {
    let mut names: Vec<String> =
        store.accounts().await.unwrap().into_iter().map(|it| it.name).collect();
    names.sort();
    assert_eq!(names, ["Airline", "Maker"]);
    for (id, key, secret) in [AIRLINE, MAKER] {
        let signer = store.signer(key).await.unwrap().unwrap();
        assert_eq!((signer.account, signer.role), (account(id), KeyRole::Owner));
        assert_eq!(signer.secret.reveal(), secret);
    }
    let roles: Vec<KeyRole> =
        store.keys(account(MAKER.0)).await.unwrap().into_iter().map(|it| it.role).collect();
    let analysts: &[KeyRole] = if schema >= 4 { &[KeyRole::Analyst] } else { &[] };
    assert_eq!(roles, [&[KeyRole::Owner], analysts].concat());
}

async fn tables_and_rules(store: &Store, schema: usize) {
    let mut tx = store.read().await.unwrap();
    let found = tx.collaboration(collaboration()).await.unwrap().unwrap();
    assert_eq!((found.terms.name.as_str(), found.creator), ("Delays", account(MAKER.0)));
    let members = tx.members(collaboration()).await.unwrap();
    assert_eq!(members.len(), 2);
    for member in &members {
        assert!(tx.membership_in(collaboration(), member.account).await.unwrap().is_some());
    }
    let brought = tx.all_schemas(collaboration()).await.unwrap();
    let mut rules = BTreeMap::new();
    for association in brought {
        let table = tx.table(association.table).await.unwrap().unwrap();
        assert_eq!(table.owner, account(AIRLINE.0));
        // Who could receive when the table was brought: of old houses, who can now.
        assert_eq!(association.receivers, [account(MAKER.0)]);
        let rule = tx.rule(table.id).await.unwrap().unwrap();
        tx.extension_in_force(table.id).await.unwrap();
        rules.insert(association.name, rule.written.kind());
    }
    let name = |text: &str| TableName::new(text).unwrap();
    let mut expected = BTreeMap::from([(name("flights"), RuleKind::Aggregation)]);
    if schema >= 4 {
        expected.insert(name("users"), RuleKind::Custom);
    }
    assert_eq!(rules, expected);
    let makers = tx.membership_in(collaboration(), account(MAKER.0)).await.unwrap().unwrap();
    let templates = tx.list_templates(makers.id, PageRequest::first()).await.unwrap();
    assert_eq!(templates.items.len(), usize::from(schema >= 4));
    let asked = tx.list_change_requests(collaboration(), None, PageRequest::first()).await.unwrap();
    assert_eq!(asked.items.len(), usize::from(schema >= 4));
}

async fn queries(store: &Store, schema: usize) {
    let mut tx = store.read().await.unwrap();
    let known = match schema {
        1 => 0,
        2..5 => 2,
        _ => 3,
    };
    for (place, (id, status)) in QUERIES.iter().enumerate() {
        let found = tx.query(id.parse().unwrap()).await.unwrap();
        // Who had a result is told, also of the time before that was recorded.
        let have = found.as_ref().map(|it| it.deliveries.iter().map(|it| it.receiver).collect());
        let had = found.as_ref().map(|it| match it.status {
            QueryStatus::Success => it.receivers.clone(),
            _ => Vec::<AccountId>::new(),
        });
        assert_eq!(have, had, "{schema}");
        assert_eq!(found.map(|it| it.status), (place < known).then_some(*status), "{schema}");
    }
    let makers = tx.membership_in(collaboration(), account(MAKER.0)).await.unwrap().unwrap();
    let listed = tx.list_queries(makers.id, None, PageRequest::first()).await.unwrap();
    assert_eq!(listed.items.len(), known);
    drop(tx);
    assert_eq!(store.figures().await.unwrap().ended["SUCCESS"] as usize, known.saturating_sub(1));
}

async fn budgets_and_connections(store: &Store, schema: usize) {
    let mut tx = store.read().await.unwrap();
    let budgets = tx.privacy_budgets(collaboration()).await.unwrap();
    assert_eq!(budgets.len(), usize::from(schema >= 5));
    let airline = account(AIRLINE.0);
    let spent = tx.privacy_was_spent(collaboration(), airline).await.unwrap();
    assert_eq!(spent, schema >= 5);
    let connections = tx.connections_of(account(MAKER.0)).await.unwrap();
    assert_eq!(connections.len(), usize::from(schema >= 8));
    drop(tx);
    for connection in connections {
        assert!(store.secrets(&connection).await.unwrap().is_some());
    }
    let mut tx = store.read().await.unwrap();
    let restore = tx.last_restore().await.unwrap().map(|it| it.number);
    assert_eq!(restore, (schema >= 10).then_some(12));
    assert!(tx.has_confirmed(account(MAKER.0)).await.unwrap());
    assert_eq!(tx.has_confirmed(airline).await.unwrap(), schema < 10);
    drop(tx);
    let left = store.leave(None).await.unwrap();
    assert_eq!(left, u64::from(schema >= 9));
    assert_eq!(store.due_leftovers().await.unwrap().len() as u64, left);
}

async fn ledgers(store: &Store, schema: usize) {
    let trees = store.ledger_trees().await.unwrap();
    assert_eq!(trees.len(), if schema >= 2 { 3 } else { 0 });
    for tree in trees {
        let export = store.ledger_export(tree, 0, 1000, Reader::Operator).await.unwrap().unwrap();
        let report = verify(&export, None).unwrap();
        assert!(report.entries > 0);
    }
}

/// The house is written to as a new one is.
async fn goes_on(store: &Store) {
    let new = NewAccount { id: None, name: "New".into(), tables: None };
    let (_, key, secret) = store.create_account(new).await.unwrap();
    let signer = store.signer(key.as_str()).await.unwrap().unwrap();
    assert_eq!(signer.secret.reveal(), secret.reveal());
    store.add_key(account(MAKER.0), KeyRole::Auditor).await.unwrap();
    store.probe().await.unwrap();
    for tree in store.ledger_trees().await.unwrap() {
        let export = store.ledger_export(tree, 0, 1000, Reader::Operator).await.unwrap().unwrap();
        verify(&export, None).unwrap();
    }
}

#[tokio::test]
async fn a_data_directory_of_a_later_version_is_refused_with_words_that_help() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let file = folder.path().join("glovebox.sqlite");
    let mut later = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 4711").execute(&mut later).await.unwrap();
    drop(later);
    let error = try_open(folder.path(), "07").await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 4711, .. }));
    let said = error.to_string();
    assert!(said.contains("later version") && said.contains("4711"), "{said}");
}
