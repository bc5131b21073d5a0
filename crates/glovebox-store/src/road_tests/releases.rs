//! Stored releases: the same question of the same files is answered for nothing, and any other is
//! charged before data is read.

use glovebox_model::{Extension, Id, Query, QueryStatus, ResultFormat};

use super::kills::killed_after;
use super::{EDGE, LIMITS, World, destination};
use crate::reserve::{Answer, NotReserved, Paid};
use crate::{Age, Claim, Order, Outcome, Reader, Snapshot};

const DAY: i64 = 24 * 60 * 60 * 1000;

impl World {
    async fn asking(budget: u32) -> Self {
        let mut world = Self::new().await.with_budget(budget).await;
        world.asks_again = true;
        world
    }

    async fn open_again(&self) -> (Order, Snapshot, Result<Paid, NotReserved>) {
        let order = self.claimed(self.submit().await).await;
        let snapshot = self.store.snapshot(&order).await.unwrap();
        let paid = self.open_paid(&order, &snapshot).await;
        (order, snapshot, paid)
    }

    async fn close(&self, order: &Order) {
        let outcome = Outcome::Delivered;
        let closed = self.store.close_query(order, outcome).await.unwrap();
        assert_eq!(closed.status, QueryStatus::Success);
    }

    /// A query is charged, and its result over these inputs is told and stored.
    pub(super) async fn release(&self, inputs: &str, length: u64) -> Id<Query> {
        let (order, snapshot, paid) = self.open_again().await;
        if paid.unwrap() == Paid::Later {
            let answer = self.answered(&order, &snapshot, inputs).await;
            assert_eq!(answer, Ok(Answer::Charged), "nothing is stored for these inputs");
        }
        let digest = glovebox_model::Digest::of(inputs.as_bytes());
        let result = self.result(order.id(), length);
        self.store.hold_result(&order, result, digest).await.unwrap().unwrap();
        let order = self.told(order.id()).await;
        self.close(&order).await;
        order.id()
    }

    async fn stored(&self) -> Vec<String> {
        let mut tx = self.store.read().await.unwrap();
        let sql = "SELECT query FROM releases ORDER BY created, query";
        sqlx::query_scalar(sql).fetch_all(tx.connection()).await.unwrap()
    }

    /// What the ledger shows of charges to an account.
    async fn charges_shown(&self, reader: Reader) -> Vec<String> {
        let export = self.export(reader).await;
        let all = export.entries.iter().flat_map(|it| &it.openings);
        all.filter(|it| it.label == "charge").map(|it| it.value.clone()).collect()
    }
}

#[tokio::test]
async fn the_same_question_of_the_same_files_is_answered_with_the_same_bytes_for_nothing() {
    let mut world = World::asking(3).await;
    let first = world.release("files", 10).await;
    assert!(world.store.needs_files(first).await.unwrap());
    world.destinations = vec![destination(world.airline, "elsewhere/again")];
    let (order, snapshot, paid) = world.open_again().await;
    assert_eq!(paid, Ok(Paid::Later));
    assert_eq!(world.answered(&order, &snapshot, "files").await, Ok(Answer::Stored));
    let twice = world.answered(&order, &snapshot, "files").await;
    assert_eq!(twice, Err(NotReserved::Superseded));
    let order = world.told(order.id()).await;
    let kept = world.store.claim_kept(&order).await.unwrap().unwrap();
    let file = &kept.files().files[0];
    assert_eq!(file.sealed, format!("{first}/0.sealed"), "the very file");
    assert_eq!(file.key, format!("elsewhere/again/{}/part-00000.csv", order.id()));
    world.close(&order).await;
    assert_eq!(world.charges().await.0, 1);
    assert_eq!(world.stored().await, [first.to_string()], "the first stays");
    assert!(!world.store.needs_files(order.id()).await.unwrap());
    world.ledger_holds(2, 0).await;
    let told = world.charges_shown(Reader::Account(world.airline)).await;
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[1].ends_with(r#""lossNano":1000000000,"deltaAtto":0,"later":true}"#), "{told:?}");
    assert!(told[2].ends_with(r#""lossNano":0,"deltaAtto":0}"#), "{told:?}");
    assert!(world.charges_shown(Reader::Account(super::account('3'))).await.is_empty());
}

#[tokio::test]
async fn other_files_are_charged_before_anything_is_read_and_then_stored_too() {
    let world = World::asking(3).await;
    let first = world.release("files", 10).await;
    world.later(1);
    let second = world.release("changed files", 10).await;
    assert_eq!(world.charges().await, (2, 2_000_000_000));
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    assert_eq!(world.stored().await, [first.to_string(), second.to_string()]);
    // Either answers now.
    for (inputs, source) in [("files", first), ("changed files", second)] {
        let (order, snapshot, paid) = world.open_again().await;
        assert_eq!(paid, Ok(Paid::Later));
        let digest = glovebox_model::Digest::of(inputs.as_bytes());
        let found = world.store.stored_release(&order, digest).await.unwrap().unwrap();
        assert_eq!(found.query, source);
        assert_eq!(world.answered(&order, &snapshot, inputs).await, Ok(Answer::Stored));
    }
    assert_eq!(world.charges().await.0, 2);
}

#[tokio::test]
async fn who_cannot_pay_is_not_answered_either() {
    let world = World::asking(1).await;
    world.release("files", 10).await;
    let (_, _, paid) = world.open_again().await;
    assert_eq!(paid, Err(NotReserved::Exhausted { owner: world.maker }));
    assert_eq!(world.charges().await.0, 1);
}

#[tokio::test]
async fn queries_that_pay_later_at_once_spend_no_more_than_there_is() {
    let world = World::asking(3).await;
    world.release("files", 10).await;
    let mut opened = Vec::new();
    for _ in 0..4 {
        let (order, snapshot, paid) = world.open_again().await;
        assert_eq!(paid, Ok(Paid::Later));
        opened.push((order, snapshot));
    }
    let mut answers = Vec::new();
    for (order, snapshot) in &opened {
        answers.push(world.answered(order, snapshot, "changed files").await);
    }
    let no = Err(NotReserved::Exhausted { owner: world.maker });
    assert_eq!(answers, [Ok(Answer::Charged), Ok(Answer::Charged), no.clone(), no]);
    assert_eq!(world.charges().await, (3, 3_000_000_000));
    // Both that were charged come to a result: the first is stored, the other one delivered only.
    for (order, _) in &opened[..2] {
        world.held(order, "changed files").await.unwrap();
    }
    world.later(EDGE);
    for (order, _) in &opened[..2] {
        let told = world.told(order.id()).await;
        world.close(&told).await;
    }
    assert_eq!(world.stored().await.len(), 2);
    assert!(world.store.needs_files(opened[0].0.id()).await.unwrap());
    assert!(!world.store.needs_files(opened[1].0.id()).await.unwrap());
}

#[tokio::test]
async fn another_form_another_receiver_and_another_rule_are_another_question() {
    let mut world = World::asking(20).await;
    world.release("files", 10).await;
    let same = world.destinations.clone();
    let mut parquet = same.clone();
    parquet[0].format = ResultFormat::Parquet;
    let mut parts = same.clone();
    parts[0].single_file = false;
    let more = vec![same[0].clone(), destination(world.maker, "out")];
    for destinations in [parquet, parts, more, vec![destination(world.maker, "out")]] {
        world.destinations = destinations;
        assert_eq!(world.open_again().await.2, Ok(Paid::Now));
    }
    world.destinations = same;
    assert_eq!(world.open_again().await.2, Ok(Paid::Later));
    world.change_rule().await;
    assert_eq!(world.open_again().await.2, Ok(Paid::Now));
}

#[tokio::test]
async fn a_release_goes_with_its_rule_its_declarations_its_table_and_its_collaboration() {
    for change in 0..4 {
        let world = World::asking(20).await;
        let release = world.release("files", 10).await;
        // Another query is about to deliver the same files.
        let (order, snapshot, _) = world.open_again().await;
        assert_eq!(world.answered(&order, &snapshot, "files").await, Ok(Answer::Stored));
        let mut tx = world.store.begin().await.unwrap();
        let association = tx
            .association_named(world.collaboration, &super::name("planes"))
            .await
            .unwrap()
            .unwrap();
        match change {
            0 => {
                let rule = tx.rule(world.planes.id).await.unwrap().unwrap();
                tx.delete_rule(&world.planes, rule.written.kind()).await.unwrap();
            }
            1 => tx.put_extension(&world.planes, &Extension::default()).await.map(drop).unwrap(),
            2 => tx.delete_association(&association).await.map(drop).unwrap(),
            _ => {
                sqlx::query("UPDATE collaborations SET deleted = 1, version = version + 1000")
                    .execute(tx.connection())
                    .await
                    .unwrap();
            }
        }
        tx.commit().await.unwrap();
        assert!(world.stored().await.is_empty(), "{change}");
        assert!(world.store.dropped_releases().await.unwrap().is_empty(), "still needed");
        world.later(EDGE);
        let Claim::Deliver(told) = world.store.claim(order.id(), LIMITS).await.unwrap() else {
            panic!("a result is due")
        };
        let _ = world.store.claim_kept(&told).await.unwrap().unwrap();
        assert!(
            world.store.may_deliver(&told, world.airline).await.unwrap().is_err(),
            "a right is gone"
        );
        let _ = world.store.close_query(&told, Outcome::Cancelled).await.unwrap();
        assert_eq!(world.store.dropped_releases().await.unwrap(), [release]);
        assert!(!world.store.needs_files(release).await.unwrap());
        world.store.release_is_gone(release).await.unwrap();
        assert!(world.store.dropped_releases().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_release_is_stored_for_thirty_days() {
    let world = World::asking(20).await;
    let release = world.release("files", 10).await;
    world.later(30 * DAY - EDGE);
    assert_eq!(world.open_again().await.2, Ok(Paid::Later));
    world.later(EDGE + 1);
    assert_eq!(world.open_again().await.2, Ok(Paid::Now), "nobody need have dropped it");
    world.store.drop_old_releases().await.unwrap();
    assert!(world.stored().await.is_empty());
    assert_eq!(world.store.dropped_releases().await.unwrap(), [release]);
}

#[tokio::test]
async fn the_oldest_releases_make_room_for_the_newest() {
    const MIB: u64 = 1 << 20;
    let world = World::asking(20).await;
    let mut releases = Vec::new();
    for (inputs, mib) in [("a", 400), ("b", 400), ("c", 224)] {
        releases.push(world.release(inputs, mib * MIB).await.to_string());
        world.later(1);
    }
    assert_eq!(world.stored().await, releases, "exactly as much as may be");
    let next = world.release("d", 401 * MIB).await;
    assert_eq!(world.stored().await, [releases[2].clone(), next.to_string()]);
    world.release("e", 1025 * MIB).await;
    assert_eq!(world.stored().await.len(), 2, "what is larger than all is not stored");
}

#[tokio::test]
async fn a_right_that_changed_since_the_opening_answers_and_charges_nothing() {
    let world = World::asking(20).await;
    world.release("files", 10).await;
    for inputs in ["files", "changed files"] {
        let (order, snapshot, paid) = world.open_again().await;
        if paid == Ok(Paid::Now) {
            continue;
        }
        world.change_rule().await;
        let answer = world.answered(&order, &snapshot, inputs).await;
        assert_eq!(answer, Err(NotReserved::Changed));
    }
    let (order, snapshot, _) = world.open_again().await;
    let mut tx = world.store.begin().await.unwrap();
    tx.request_cancel(order.id(), world.airline_key.clone()).await.unwrap();
    tx.commit().await.unwrap();
    let answer = world.answered(&order, &snapshot, "files").await;
    assert!(matches!(answer, Err(NotReserved::Cancelled | NotReserved::Superseded)), "{answer:?}");
}

#[tokio::test]
async fn an_older_copy_of_the_database_answers_nothing() {
    let world = World::asking(20).await;
    world.release("files", 10).await;
    let (order, snapshot, paid) = world.open_again().await;
    assert_eq!(paid, Ok(Paid::Later));
    let counter = world.store.head_counter().unwrap().path().to_owned();
    std::fs::remove_file(counter).unwrap();
    let answer = world.answered(&order, &snapshot, "files").await;
    assert_eq!(answer, Err(NotReserved::Restored));
}

#[tokio::test]
async fn a_result_whose_query_is_stopped_is_not_stored() {
    let world = World::asking(20).await;
    let (order, _, _) = world.open_again().await;
    world.held(&order, "files").await.unwrap();
    let mut tx = world.store.begin().await.unwrap();
    tx.request_cancel(order.id(), world.airline_key.clone()).await.unwrap();
    tx.commit().await.unwrap();
    world.later(EDGE);
    assert_eq!(world.store.claim(order.id(), LIMITS).await.unwrap(), Claim::Ended);
    assert!(world.stored().await.is_empty());
    assert_eq!(world.open_again().await.2, Ok(Paid::Now));
}

#[tokio::test]
async fn a_kill_at_any_moment_of_the_answer_leaves_a_whole_one_or_none() {
    for (inputs, charged) in [("files", false), ("changed files", true)] {
        let world = World::asking(20).await;
        world.release("files", 10).await;
        let (mut whole, mut none, mut polls, mut rounds) = (0, 0, 1, 0);
        loop {
            let (order, snapshot, paid) = world.open_again().await;
            assert_eq!(paid, Ok(Paid::Later));
            let ended = killed_after(polls, world.answered(&order, &snapshot, inputs)).await;
            drop(world.store.begin().await.unwrap());
            let mut tx = world.store.read().await.unwrap();
            let (held, charges, entries): (i64, i64, i64) = sqlx::query_as(
                "SELECT (SELECT count(*) FROM queries WHERE id = ?1 AND held IS NOT NULL),
                    (SELECT count(*) FROM privacy_charges WHERE query = ?1),
                    (SELECT count(*) FROM ledger_entries WHERE entry LIKE '%charged%' || ?1 || '%')",
            )
            .bind(order.id().to_string())
            .fetch_one(tx.connection())
            .await
            .unwrap();
            drop(tx);
            let done = if charged { (0, 1, 1) } else { (1, 0, 1) };
            let found = (held, charges, entries);
            assert!(found == done || found == (0, 0, 0), "{found:?} after {polls} polls");
            assert_eq!(world.store.age().await.unwrap(), Age::Newest, "after {polls} polls");
            // Lost, whatever was done: what is held is not delivered by this walk.
            let _ = world.store.close_query(&order, Outcome::Cancelled).await.unwrap();
            if found == done {
                whole += 1
            } else {
                none += 1
            }
            polls += 1;
            if ended.is_some() {
                // A busy machine needs fewer polls: from the first again, until enough were killed.
                (polls, rounds) = (1, rounds + 1);
                if none > 10 || rounds == 12 {
                    break;
                }
            }
        }
        assert!(whole > 0 && none > 10, "{whole} whole, {none} none");
        world.ledger_holds_without_counting().await;
    }
}
