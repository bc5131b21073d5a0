//! Budgets as queries meet them: charged when they are opened, and used up.

use glovebox_model::{AccessPeriod, PageRequest, QueryErrorCode, QueryStatus, RuleKind};
use glovebox_room::{CrashPoint, NewAccessLimit, NewTable, Offer, Walked};

use super::{QUERY, Road};
use crate::world::{World, budget, column, flights, private};

pub(super) const PRIVATE: &str = "SELECT COUNT(DISTINCT tailnum) AS planes FROM fleet";

impl Road {
    /// The flights once more, from another file and with differential privacy.
    pub(super) async fn with_private_table(self) -> Self {
        let world: &World = &self.world;
        world.put_table("maker", "fleet.csv", &super::few_flights());
        let mut new = NewTable {
            allowed_columns: ["tailnum", "carrier", "delay"].map(column).to_vec(),
            ..flights()
        };
        let glovebox_room::NewTableSource::Known(reference) = &mut new.source else {
            panic!("flights are files")
        };
        reference.table = "fleet".into();
        let (room, maker) = (&world.room, world.caller("maker"));
        let table = room.create_configured_table(maker, new).await.unwrap().table.id;
        let rule = private(world.account("airline"));
        let made = room.create_configured_table_analysis_rule(maker, table, RuleKind::Custom, rule);
        made.await.unwrap();
        world.associate("maker", self.maker, table, "fleet").await.unwrap();
        self
    }

    pub(super) async fn offer(&self, offer: Offer) {
        let (room, maker) = (&self.world.room, self.world.caller("maker"));
        room.create_privacy_budget_template(maker, budget(self.maker, offer)).await.unwrap();
    }
}

#[tokio::test]
async fn a_privacy_budget_is_used_up_by_queries_that_read_nothing_too() {
    let road = Road::new().await.with_private_table().await;
    road.offer(Offer::Privacy { epsilon: 1, users_noise: 10 }).await;
    let mut opened = 0;
    let ended = loop {
        let id = road.submit(PRIVATE).await;
        // The process dies when the query was opened, and before anything was read.
        let walker = road.walker(id, CrashPoint::stop_at("execute:before")).await;
        match walker.walk().await.unwrap() {
            Walked::Ended(_) => break road.query(id).await,
            Walked::NotNow => panic!("nobody else walks"),
            Walked::Unfinished => opened += 1,
        }
        road.store().all_walks_are_over().await.unwrap();
        // That it was lost is told at the edge of its time bucket.
        assert!(!road.query(id).await.status.is_final());
        road.world.clock.advance(60_000);
        assert_eq!(road.walk(id).await.status, QueryStatus::Failed);
        assert!(opened < 100, "an epsilon of one affords a few");
    };
    assert!(opened > 0, "{:?}", ended.failure);
    assert_eq!(ended.status, QueryStatus::Failed);
    let failure = ended.failure.unwrap();
    let words = "You do not have enough aggregations remaining to run this query on the data from \
                 100000000002. You can wait for the utility to refresh or contact the data owner to \
                 provide you more utility.";
    assert_eq!((failure.code, failure.message.as_str()), (QueryErrorCode::MalformedQuery, words));
    let found =
        road.world.room.protected_query_diagnostics(road.world.caller("airline"), ended.id).await;
    assert_eq!(found.unwrap()[0].code, "GB0411");
    // Other queries run on.
    assert_eq!(road.run(QUERY).await.status, QueryStatus::Success);
    road.ledger_holds().await;
}

#[tokio::test]
async fn an_access_budget_that_is_used_up_is_a_refusal() {
    let road = Road::new().await;
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let page = PageRequest::first();
    let brought = room.list_configured_table_associations(maker, road.maker, page).await;
    let association = brought.unwrap().items[0].association.id;
    let period = AccessPeriod::Lifetime;
    let limit = NewAccessLimit { period, budget: 2, auto_refresh: None };
    road.offer(Offer::Access(association, vec![limit])).await;
    for _ in 0..2 {
        assert_eq!(road.run(QUERY).await.status, QueryStatus::Success);
    }
    let refused = road.run(QUERY).await;
    assert_eq!(refused.status, QueryStatus::Failed);
    let message = refused.failure.unwrap().message;
    assert!(message.starts_with("GB0412 the access budget of the table is used up"), "{message}");
    road.ledger_holds().await;
}

#[tokio::test]
async fn a_text_with_differential_privacy_has_ninety_thousand_bytes() {
    let road = Road::new().await.with_private_table().await;
    road.offer(Offer::Privacy { epsilon: 1, users_noise: 10 }).await;
    let world: &World = &road.world;
    let codes = async |text: &str, bytes: usize| -> Vec<String> {
        let text = format!("{text}{}", " ".repeat(bytes - text.len()));
        let asked = text.as_str().into();
        let said = world.room.explain(world.caller("airline"), road.collaboration, asked).await;
        said.unwrap().findings.into_iter().map(|it| it.code).collect()
    };
    assert_eq!(codes(PRIVATE, 90_000).await, Vec::<String>::new());
    assert_eq!(codes(PRIVATE, 90_001).await, ["GB0433"]);
    assert_eq!(codes(QUERY, 90_001).await, Vec::<String>::new());
}
