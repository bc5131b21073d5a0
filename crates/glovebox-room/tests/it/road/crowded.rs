//! An owner limits in how many groups of the runner's one key may stand: the whole walk.

use glovebox_model::{Extension, QueryErrorCode, QueryStatus, WrittenRule};
use glovebox_room::NewTable;

use super::Road;
use crate::world::{AGGREGATION, aggregation, column, flights};

const BY_GROUP: &str = "SELECT o.carrier, SUM(v.delay) AS total FROM own o \
     JOIN visits v ON o.tailnum = v.tailnum GROUP BY o.carrier";

impl Road {
    /// A table of an account with keys that can be joined on; its association is called `alias`.
    async fn bring(&self, name: &str, alias: &str) -> glovebox_model::ConfiguredTable {
        let (room, caller) = (&self.world.room, self.world.caller(name));
        let columns = vec![column("tailnum"), column("carrier"), column("delay")];
        let new = NewTable { allowed_columns: columns, ..flights() };
        let table = room.create_configured_table(caller, new).await.unwrap().table;
        let WrittenRule::Aggregation(mut rule) = aggregation() else { panic!("an aggregation") };
        rule.join_columns = vec![column("tailnum")];
        let policy = WrittenRule::Aggregation(rule);
        let made =
            room.create_configured_table_analysis_rule(caller, table.id, AGGREGATION, policy);
        made.await.unwrap();
        let membership = if name == "airline" { self.airline } else { self.maker };
        self.world.associate(name, membership, table.id, alias).await.unwrap();
        table
    }

    /// Groups of the same aircraft, and one more in the second.
    fn put_crafted(&self) {
        let mut text = String::from("tailnum,carrier,delay\n");
        for group in ["known", "target"] {
            (0..29).for_each(|it| text.push_str(&format!("N{it},{group},0\n")));
        }
        text.push_str("N29,target,0\n");
        self.world.put_table("airline", "flights.csv", &text);
    }

    /// One group for each aircraft.
    fn put_honest(&self) {
        let mut text = String::from("tailnum,carrier,delay\n");
        (0..30).for_each(|it| text.push_str(&format!("N{it},mine,{it}\nN{it},mine,0\n")));
        self.world.put_table("airline", "flights.csv", &text);
    }
}

#[tokio::test]
async fn one_target_more_in_a_second_group_is_stopped_where_the_owner_says_so() {
    let road = Road::new().await;
    road.bring("airline", "own").await;
    let table = road.bring("maker", "visits").await;
    road.put_crafted();
    // Without the control the difference of two groups is one aircraft's.
    let open = road.run(BY_GROUP).await;
    assert_eq!(open.status, QueryStatus::Success, "{:?}", open.failure);
    assert!(road.result("airline", open.id).unwrap().contains("target"));
    let maker = road.world.caller("maker");
    let groups = Extension { max_groups_per_identity: Some(1), ..Extension::default() };
    road.world.room.put_extension(maker, table.id, groups).await.unwrap();
    // As often as the runner likes: it says nothing about the owner's rows, and locks nobody out.
    for _ in 0..4 {
        let stopped = road.run(BY_GROUP).await;
        assert_eq!(stopped.status, QueryStatus::Failed);
        let failure = stopped.failure.unwrap();
        assert_eq!(failure.code, QueryErrorCode::MalformedQuery);
        assert!(failure.message.starts_with("GB0098 a key of your table `own`"), "{failure:?}");
        assert_eq!(road.result("airline", stopped.id), None);
    }
    road.put_honest();
    let honest = road.run(BY_GROUP).await;
    assert_eq!(honest.status, QueryStatus::Success, "{:?}", honest.failure);
    road.ledger_holds().await;
}
