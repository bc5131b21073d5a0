//! Copies of one result: each told once and for good, by the walk that holds the query.

use glovebox_model::{
    AccountId, Credentials, DeliveryState, Id, OutputLocation, Place, Query, QueryFailure,
    QueryOutput, QueryStatus, ResultFormat, S3Output, Secret, Secrets,
};

use super::{LIMITS, World};
use crate::reserve::NotReserved;
use crate::{Claim, ConnectionParts, LEASE_MILLIS, NotDeliverable, Order, Outcome, Submission};

use DeliveryState::{Delivered, Unreachable, Withheld};

impl World {
    /// A query whose result is kept for the airline, who runs it, and the maker.
    async fn kept_for_two(&self) -> Order {
        let order = self.claimed(self.submit_for_two().await).await;
        self.opened(&order).await.unwrap();
        self.kept(&order).await.unwrap();
        order
    }

    async fn submit_for_two(&self) -> Id<Query> {
        let mut submission: Submission = self.submission();
        submission.receivers = vec![self.airline, self.maker];
        let own = S3Output {
            bucket: "results".into(),
            key_prefix: None,
            format: ResultFormat::Csv,
            single_file: true,
        };
        let locations = vec![OutputLocation::Member(self.maker), OutputLocation::S3(own)];
        submission.asked.output = Some(QueryOutput::Distribute(locations));
        let asked = submission.asked.clone();
        let mut tx = self.store.begin().await.unwrap();
        let query = tx.submit(submission).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(query.asked, asked, "in the order in which they were named");
        query.id
    }

    /// What somebody was told more than that a query failed.
    async fn details(&self, account: AccountId) -> Vec<String> {
        let sql = "SELECT line FROM member_logs WHERE account = ?1 AND stage = 'FAILURE_DETAIL'";
        let mut tx = self.store.read().await.unwrap();
        let lines = sqlx::query_scalar(sql).bind(account.to_string());
        lines.fetch_all(tx.connection()).await.unwrap()
    }

    async fn states(&self, id: Id<Query>) -> Vec<DeliveryState> {
        self.query(id).await.deliveries.iter().map(|it| it.state).collect()
    }
}

#[tokio::test]
async fn what_became_of_a_copy_is_told_once_and_stays() {
    let world = World::new().await;
    let order = world.kept_for_two().await;
    let record = |receiver, state| world.store.record_delivery(&order, receiver, state);
    record(world.airline, Delivered).await.unwrap().unwrap();
    record(world.airline, Withheld).await.unwrap().unwrap();
    assert_eq!(world.states(order.id()).await, [Delivered]);
    let stranger = "999999999999".parse().unwrap();
    assert!(record(stranger, Delivered).await.is_err(), "no receiver of the query");
    for sql in ["UPDATE deliveries SET state = 'WITHHELD'", "DELETE FROM deliveries"] {
        let mut tx = world.store.begin().await.unwrap();
        assert!(sqlx::query(sql).execute(tx.connection()).await.is_err(), "{sql}");
    }
    record(world.maker, Unreachable).await.unwrap().unwrap();
    let closed = world.store.close_query(&order, Outcome::Delivered).await.unwrap();
    assert_eq!(closed.status, QueryStatus::Success);
    assert_eq!(world.states(order.id()).await, [Delivered, Unreachable]);
    let query = world.query(order.id()).await;
    assert_eq!(query.location, Some(format!("s3://results/{}/", order.id())));
    let late = record(world.maker, Delivered).await.unwrap();
    assert_eq!(late, Err(NotDeliverable::Superseded), "it has ended");
    world.ledger_holds(1, 0).await;
}

#[tokio::test]
async fn a_walk_that_lost_its_query_tells_of_no_copy() {
    let world = World::new().await;
    let order = world.kept_for_two().await;
    world.later(LEASE_MILLIS + 1);
    let Claim::Deliver(next) = world.store.claim(order.id(), LIMITS).await.unwrap() else {
        panic!("nothing is kept")
    };
    let told = world.store.record_delivery(&order, world.airline, Delivered).await.unwrap();
    assert_eq!(told, Err(NotDeliverable::Superseded));
    assert!(world.states(order.id()).await.is_empty());
    world.store.record_delivery(&next, world.airline, Delivered).await.unwrap().unwrap();
    assert_eq!(world.states(order.id()).await, [Delivered]);
}

#[tokio::test]
async fn a_query_whose_result_somebody_has_succeeds_however_its_walk_ends() {
    for (failure, rest) in [
        (QueryFailure::access_lost(), Withheld),
        (QueryFailure::generic(), Unreachable),
        (QueryFailure::unreached(), Unreachable),
    ] {
        let world = World::new().await;
        let failed = || Outcome::Failed { failure: failure.clone(), detail: None };
        let order = world.kept_for_two().await;
        world.store.record_delivery(&order, world.maker, Delivered).await.unwrap().unwrap();
        let closed = world.store.close_query(&order, failed()).await.unwrap();
        assert_eq!(closed.status, QueryStatus::Success);
        assert_eq!(world.states(order.id()).await, [rest, Delivered]);
        let query = world.query(order.id()).await;
        assert_eq!((query.failure, query.location), (None, None));
        // And one that nobody has does not.
        let order = world.kept_for_two().await;
        let closed = world.store.close_query(&order, failed()).await.unwrap();
        assert_eq!(closed.status, QueryStatus::Failed);
        assert_eq!(world.states(order.id()).await, [rest, rest]);
        world.ledger_holds(2, 0).await;
    }
}

#[tokio::test]
async fn nobody_says_of_an_older_copy_who_has_a_result() {
    let world = World::new().await;
    let order = world.kept_for_two().await;
    world.store.accept_restore(true).await.unwrap().unwrap();
    assert!(world.query(order.id()).await.status.is_final());
    assert!(world.states(order.id()).await.is_empty());
}

#[tokio::test]
async fn a_copy_that_nobody_was_given_does_not_end_a_query_well() {
    let world = World::new().await;
    let order = world.kept_for_two().await;
    for receiver in [world.airline, world.maker] {
        world.store.record_delivery(&order, receiver, Withheld).await.unwrap().unwrap();
    }
    assert!(world.store.close_query(&order, Outcome::Delivered).await.is_err());
    assert!(!world.query(order.id()).await.status.is_final());
}

#[tokio::test]
async fn a_connection_that_its_owner_removes_opens_no_query_and_delivers_no_result() {
    let parts = ConnectionParts {
        name: "reader".into(),
        databases: vec!["db".into()],
        place: Place::Postgresql {
            host: "db.example.org".into(),
            port: 5432,
            database: "fleet".into(),
            tls: true,
        },
    };
    let credentials = Credentials::Password { user: "u".into(), password: Secret::new("p".into()) };
    let secrets = Secrets { credentials, catalog_token: None };
    let world = World::new().await;
    let connect = async || {
        let mut tx = world.store.begin().await.unwrap();
        let key = world.store.master_key();
        let made = tx.insert_connection(world.maker, &parts, &secrets, key).await.unwrap().unwrap();
        let bind = "UPDATE configured_tables SET document =
            json_set(document, '$.v1.reference.connection', ?1) WHERE id = ?2";
        sqlx::query(bind)
            .bind(made.id.to_string())
            .bind(world.planes.id.to_string())
            .execute(tx.connection())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        made
    };
    let remove = async |made| {
        let mut tx = world.store.begin().await.unwrap();
        tx.delete_connection(&made).await.unwrap();
        tx.commit().await.unwrap();
    };
    // Between judgement and opening.
    let made = connect().await;
    let order = world.claimed(world.submit().await).await;
    let snapshot = world.store.snapshot(&order).await.unwrap();
    remove(made).await;
    assert_eq!(world.open(&order, &snapshot).await, Err(NotReserved::Changed));
    // While it waits: it is opened, and what is read through it is nowhere (`Reaches::location`).
    let snapshot = world.store.snapshot(&order).await.unwrap();
    let table = snapshot.tables.values().next().unwrap();
    assert!(table.table.reference.connection.is_some() && table.connection.is_none());
    // While it runs, and between its release and its delivery.
    for is_kept in [false, true] {
        let made = connect().await;
        let order = world.claimed(world.submit().await).await;
        world.opened(&order).await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let sources = tx.sources_of(order.id()).await.unwrap();
        drop(tx);
        assert!(sources.iter().map(|it| it.id).eq([made.id]));
        if is_kept {
            world.kept(&order).await.unwrap();
            remove(made).await;
        } else {
            remove(made).await;
            world.kept(&order).await.unwrap();
        }
        let withheld = world.store.may_deliver(&order, world.airline).await.unwrap();
        assert_eq!(withheld, Err(NotDeliverable::Revoked));
    }
}

#[tokio::test]
async fn a_result_that_was_offered_too_often_ends_with_what_its_runner_can_do() {
    let world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    world.opened(&order).await.unwrap();
    world.kept(&order).await.unwrap();
    let mut are_last = Vec::new();
    loop {
        world.later(LEASE_MILLIS + 1);
        match world.store.claim(order.id(), LIMITS).await.unwrap() {
            Claim::Deliver(next) => are_last.push(next.is_last()),
            Claim::Ended => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(are_last, [false, false, false, false, true]);
    assert_eq!(world.query(order.id()).await.failure, Some(QueryFailure::unreached()));
    assert_eq!(world.details(world.airline).await.len(), 1);
    assert!(world.details(world.maker).await.is_empty());
}

#[tokio::test]
async fn a_receiver_is_told_once_why_its_store_took_nothing() {
    let world = World::new().await;
    let order = world.kept_for_two().await;
    let tell = |receiver, text| world.store.tell_receiver(&order, receiver, text);
    tell(world.maker, "access was denied").await.unwrap().unwrap();
    tell(world.maker, "access was denied").await.unwrap().unwrap();
    let stranger = "999999999999".parse().unwrap();
    assert!(tell(stranger, "access was denied").await.is_err(), "no receiver of the query");
    let failed = Outcome::Failed { failure: QueryFailure::unreached(), detail: None };
    let _ = world.store.close_query(&order, failed).await.unwrap();
    let told = world.details(world.maker).await;
    assert!(told.len() == 1 && told[0].contains("access was denied"), "{told:?}");
    // The other's walk did not know.
    let told = world.details(world.airline).await;
    assert!(told.len() == 1 && !told[0].contains("denied"), "{told:?}");
    let late = tell(world.maker, "access was denied").await.unwrap();
    assert_eq!(late, Err(NotDeliverable::Superseded), "it has ended");
}
