//! What the ledger shows, to whom, and that it only grows.

use glovebox_ledger::{Broken, verify};

use super::World;
use super::doors::refused;
use crate::{Reader, Store};

#[tokio::test]
async fn text_is_shown_to_the_runner_at_once_and_to_owners_when_they_are_touched() {
    let world = World::new().await;
    let id = world.submit().await;
    let shows = async |reader| world.export(reader).await.to_json().contains("SELECT model");
    assert!(shows(Reader::Account(world.airline)).await);
    assert!(!shows(Reader::Account(world.maker)).await);
    let order = world.claimed(id).await;
    world.opened(&order).await.unwrap();
    assert!(shows(Reader::Account(world.maker)).await);
    assert!(!shows(Reader::Account(super::account('9'))).await);
}

#[tokio::test]
async fn the_digest_of_a_result_opens_for_its_receiver_only() {
    let world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    world.opened(&order).await.unwrap();
    world.kept(&order).await.unwrap();
    let labels = async |reader| -> Vec<String> {
        let copy = world.export(reader).await;
        verify(&copy, None).unwrap();
        let shown = copy.entries.into_iter().flat_map(|it| it.openings);
        shown.map(|it| it.label).collect()
    };
    assert_eq!(labels(Reader::Account(world.airline)).await, ["text", "plan", "content"]);
    assert_eq!(labels(Reader::Account(world.maker)).await, ["text", "plan"]);
}

#[tokio::test]
async fn every_earlier_head_is_a_beginning_of_the_ledger() {
    let world = World::new().await;
    let mut heads = Vec::new();
    for _ in 0..3 {
        let order = world.claimed(world.submit().await).await;
        heads.push(world.store.ledger_head(world.tree()).await.unwrap().unwrap());
        let _ = world.store.close_query(&order, refused()).await.unwrap();
        heads.push(world.store.ledger_head(world.tree()).await.unwrap().unwrap());
    }
    for head in heads {
        let whole = world.export(Reader::Operator).await;
        verify(&whole, Some(&head)).unwrap();
        let (tree, reader) = (world.tree(), Reader::Account(world.maker));
        let end = world.store.ledger_export(tree, head.size, 100, reader).await.unwrap().unwrap();
        verify(&end, Some(&head)).unwrap();
    }
}

#[tokio::test]
async fn rows_of_the_ledger_cannot_be_changed_and_a_forced_change_is_found() {
    let world = World::new().await;
    world.submit().await;
    let execute = async |store: &Store, sql: &'static str| {
        let mut tx = store.begin().await.unwrap();
        let done = sqlx::query(sql).execute(tx.connection()).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done.is_ok()
    };
    let tamper = "UPDATE ledger_entries SET entry = replace(entry, '111111111111', '333333333333')";
    assert!(!execute(&world.store, tamper).await);
    assert!(!execute(&world.store, "DELETE FROM ledger_entries").await);
    assert!(execute(&world.store, "DROP TRIGGER ledger_entries_fixed").await);
    assert!(execute(&world.store, "DROP TRIGGER ledger_entries_stay").await);
    assert!(execute(&world.store, tamper).await);
    let copy = world.export(Reader::Operator).await;
    assert!(matches!(verify(&copy, None), Err(Broken::Inclusion(_))));
    assert!(execute(&world.store, "DELETE FROM ledger_readers").await);
    assert!(execute(&world.store, "DELETE FROM ledger_openings").await);
    let cut = "DELETE FROM ledger_entries WHERE position > 2";
    assert!(execute(&world.store, cut).await);
    assert!(verify(&world.export(Reader::Operator).await, None).is_err());
}

#[tokio::test]
async fn a_download_of_a_result_stands_in_both_trees_and_of_another_object_in_one() {
    let world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    world.opened(&order).await.unwrap();
    world.kept(&order).await.unwrap();
    let size = async || world.export(Reader::Operator).await.head.size;
    let before = size().await;
    let key = format!("{}/part-00000.csv", order.id());
    let (store, airline, maker) = (&world.store, world.airline, world.maker);
    store.record_download((airline, &world.airline_key), "results", &key).await.unwrap();
    assert_eq!(size().await, before + 1);
    store.record_download((airline, &world.airline_key), "other", &key).await.unwrap();
    store.record_download((airline, &world.airline_key), "results", "private.csv").await.unwrap();
    store.record_download((maker, &world.airline_key), "results", &key).await.unwrap();
    assert_eq!(size().await, before + 1);
    let shown = async |account| world.export(Reader::Account(account)).await.to_json();
    assert!(shown(airline).await.contains("part-00000.csv"));
    assert!(!shown(maker).await.contains("part-00000.csv"));
    world.ledger_holds(0, 1).await;
}
