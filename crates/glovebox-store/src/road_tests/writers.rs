//! Sixty-four writers on one file, each with connections of its own.

use glovebox_model::{Digest, Id, Query};
use glovebox_privacy::Charge;

use super::{EDGE, World, allowance, judged, name};
use crate::claim::{Claim, ClaimLimits};
use crate::reserve::{NotReserved, Opening, Private};
use crate::results::ResultV1;
use crate::{Age, Store};

const WRITERS: usize = 64;
const BUDGET: i64 = 100;
const MANY: ClaimLimits = ClaimLimits { running_per_membership: 10_000 };

/// Opens and keeps these queries; gives how many were opened and how many refused.
async fn write(store: Store, queries: Vec<Id<Query>>, charge: Charge) -> (i64, i64) {
    let (mut opened, mut exhausted) = (0, 0);
    for query in queries {
        let Claim::Judge(order) = store.claim(query, MANY).await.unwrap() else { panic!() };
        let snapshot = store.snapshot(&order).await.unwrap();
        let (tables, judged) = ([name("planes")], judged(store.now()));
        let private = Private {
            question: Digest::of(b"plan"),
            charge: &charge,
            allowance,
            edge_millis: EDGE,
            destinations: &[],
        };
        let opening = Opening {
            plan: Digest::of(b"plan"),
            rules: vec![],
            tables: &tables,
            judged: &judged,
            private: Some(private),
        };
        match store.open_query(&order, &snapshot, opening).await.unwrap() {
            Ok(_) => {
                opened += 1;
                let inputs = Digest::of(b"inputs");
                let result = ResultV1 { inputs: inputs.to_string(), files: vec![] };
                store.hold_result(&order, result, inputs).await.unwrap().unwrap();
            }
            Err(NotReserved::Exhausted { owner }) => {
                assert_eq!(owner, charge.owner);
                exhausted += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    (opened, exhausted)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_writers_spend_a_budget_exactly() {
    let world = World::new().await.with_budget(BUDGET as u32).await;
    let mut queries = vec![Vec::new(); WRITERS];
    let mut tx = world.store.begin().await.unwrap();
    for number in 0..2 * WRITERS {
        let mut submission = world.submission();
        submission.most_open = 1000;
        queries[number % WRITERS].push(tx.submit(submission).await.unwrap().unwrap().id);
    }
    tx.commit().await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    let all = queries.concat();
    for queries in queries {
        let store = Store::open(world.folder.path(), world.key.clone(), world.clock.clone());
        let store = store.await.unwrap().guarded_by(world.outside.path());
        writers.spawn(write(store, queries, world.charge.clone().unwrap()));
    }
    let (mut opened, mut exhausted) = (0, 0);
    for (some_opened, some_exhausted) in writers.join_all().await {
        opened += some_opened;
        exhausted += some_exhausted;
    }
    assert_eq!((opened, exhausted), (BUDGET, 2 * WRITERS as i64 - BUDGET));
    assert_eq!(world.charges().await, (BUDGET, BUDGET * 1_000_000_000));
    world.later(EDGE);
    for query in all {
        if let Claim::Deliver(order) = world.store.claim(query, MANY).await.unwrap() {
            let _ = world.store.claim_kept(&order).await.unwrap().unwrap();
        }
    }
    let mut tx = world.store.read().await.unwrap();
    let sql = "SELECT count(*), count(privacy_charges.query) FROM results
        LEFT JOIN privacy_charges ON privacy_charges.query = results.query";
    let released: (i64, i64) = sqlx::query_as(sql).fetch_one(tx.connection()).await.unwrap();
    assert_eq!(released, (BUDGET, BUDGET));
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    world.ledger_holds_without_counting().await;
}
