//! Encrypted columns: what an owner can declare, and what a rule can ask of them.

use std::fmt::Debug;

use glovebox_model::{
    ColumnName, ConfiguredTable, EncryptedKind, Encryption, Extension, Id, OutputConstraint,
    TableReference, WrittenRule,
};
use glovebox_room::{NewTable, NewTableSource, RoomError, TableUpdate};

use crate::world::{AGGREGATION, LIST, World, aggregation, answer, column, flights, list};

const PRINT: &str = "02:hmac:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A house in which `a` owns a table with an encrypted `tailnum` and `carrier`.
async fn house() -> (World, Id<ConfiguredTable>) {
    let world = World::with(&["a"]).await;
    let sealed = format!("02:enc:{}", "AAAA".repeat(22));
    world.put_table("a", "flights.csv", &format!("tailnum,carrier,delay\n{PRINT},{sealed},3\n"));
    let allowed_columns = ["tailnum", "carrier", "delay"].map(column).to_vec();
    let new = NewTable { allowed_columns, ..flights() };
    let made = world.room.create_configured_table(world.caller("a"), new).await;
    (world, made.unwrap().table.id)
}

fn encrypted(columns: &[(&str, EncryptedKind)]) -> Extension {
    let columns = columns.iter().map(|(name, kind)| (column(name), *kind));
    let encryption = Encryption { columns: columns.collect(), ..Encryption::default() };
    Extension { encryption, ..Extension::default() }
}

const DECLARED: [(&str, EncryptedKind); 2] =
    [("tailnum", EncryptedKind::Fingerprint), ("carrier", EncryptedKind::Sealed)];

fn fault<T: Debug>(result: Result<T, RoomError>) -> String {
    match result.unwrap_err() {
        error @ RoomError::Validation { .. } => error.to_string(),
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn what_is_declared_is_compared_with_the_data_and_kept() {
    let (world, id) = house().await;
    let (room, caller) = (&world.room, world.caller("a"));
    let before = room.get_extension(caller, id).await.unwrap();
    let put = room.put_extension(caller, id, encrypted(&DECLARED)).await.unwrap();
    assert_eq!(put.extension, encrypted(&DECLARED));
    assert_ne!(put.digest, before.digest, "the ledger tells one from the other");
    assert_eq!(room.get_extension(caller, id).await.unwrap(), put);

    for (columns, text) in [
        (
            [("delay", EncryptedKind::Sealed)],
            "encryption.columns.delay: encrypted cells are text: only a column of type string can \
             be encrypted",
        ),
        (
            [("gone", EncryptedKind::Sealed)],
            "encryption.columns.gone: the table has no such column",
        ),
        (
            [("tailnum", EncryptedKind::Sealed)],
            "encryption.columns.tailnum: column `tailnum`: row 1 of `shop/flights.csv` is \
             fingerprint, not sealed",
        ),
    ] {
        assert_eq!(fault(room.put_extension(caller, id, encrypted(&columns)).await), text);
    }
    assert_eq!(room.get_extension(caller, id).await.unwrap(), put, "nothing was changed");
}

#[tokio::test]
async fn a_rule_that_could_never_work_is_refused_whichever_comes_first() {
    let (world, id) = house().await;
    let (room, caller) = (&world.room, world.caller("a"));
    room.put_extension(caller, id, encrypted(&DECLARED)).await.unwrap();
    // `carrier` is the dimension, and is joined.
    let made = room.create_configured_table_analysis_rule(caller, id, AGGREGATION, aggregation());
    let text = fault(made.await);
    assert!(text.starts_with("analysisRulePolicy.v1.aggregation.dimensionColumns: "), "{text}");
    let made = room.create_configured_table_analysis_rule(caller, id, LIST, list()).await;
    let text = fault(made);
    assert!(text.starts_with("analysisRulePolicy.v1.list.joinColumns: "), "{text}");

    room.put_extension(caller, id, Extension::default()).await.unwrap();
    room.create_configured_table_analysis_rule(caller, id, LIST, list()).await.unwrap();
    let text = fault(room.put_extension(caller, id, encrypted(&DECLARED)).await);
    assert!(text.starts_with("encryption.columns.carrier: the analysis rule cannot go"), "{text}");
    room.put_extension(caller, id, encrypted(&DECLARED[..1])).await.unwrap();
}

#[tokio::test]
async fn people_are_never_counted_by_a_sealed_column() {
    let (world, id) = house().await;
    let (room, caller) = (&world.room, world.caller("a"));
    room.put_extension(caller, id, encrypted(&DECLARED)).await.unwrap();
    let WrittenRule::Aggregation(mut rule) = aggregation() else { panic!("an aggregation") };
    rule.dimension_columns.clear();
    let count = |name: &str| OutputConstraint { column: column(name), minimum: 25 };
    let mut try_it = async |name: &str| {
        rule.output_constraints = vec![count(name)];
        let policy = WrittenRule::Aggregation(rule.clone());
        room.create_configured_table_analysis_rule(caller, id, AGGREGATION, policy).await
    };
    let text = fault(try_it("carrier").await);
    assert!(text.contains("outputConstraints: column `carrier` is sealed"), "{text}");
    assert_eq!(answer(&try_it("tailnum").await), "yes");
}

#[tokio::test]
async fn a_table_that_is_moved_must_hold_what_is_declared_of_it() {
    let (world, id) = house().await;
    let (room, caller) = (&world.room, world.caller("a"));
    room.put_extension(caller, id, encrypted(&DECLARED[..1])).await.unwrap();
    world.put_table("a", "clear.csv", "tailnum,carrier,delay\nN1,UA,3\n");
    world.put_table("a", "other.csv", "carrier,delay\nUA,3\n");
    let moved = async |table: &str| {
        let reference = TableReference::glue("shop", table);
        let allowed: Vec<ColumnName> = vec![column("carrier"), column("delay")];
        let update = TableUpdate {
            source: Some(NewTableSource::Known(reference)),
            allowed_columns: Some(allowed),
            ..TableUpdate::default()
        };
        room.update_configured_table(caller, id, update).await
    };
    assert_eq!(
        fault(moved("clear").await),
        "encryption.columns.tailnum: column `tailnum`: row 1 of `shop/clear.csv` is not encrypted"
    );
    assert_eq!(
        fault(moved("other").await),
        "encryption.columns.tailnum: the table has no such column"
    );
    room.put_extension(caller, id, Extension::default()).await.unwrap();
    assert_eq!(answer(&moved("other").await), "yes");
}
