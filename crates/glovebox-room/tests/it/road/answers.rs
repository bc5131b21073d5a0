//! Private answers on the road: intervals for receivers who ask, and no receiver who protects.

use glovebox_model::{ChangeAction, MemberAbility, MemberChange, QueryStatus, TableName};
use glovebox_room::{MembershipExtension, NewChange, Offer, StartQuery};

use super::budgets::PRIVATE;
use super::{QUERY, Road, start};

/// The first line of what the runner received.
async fn header(road: &Road, asked: StartQuery) -> String {
    let (room, airline) = (&road.world.room, road.world.caller("airline"));
    let is_private = asked.query_string.as_deref() == Some(PRIVATE);
    let query = room.start_protected_query(airline, road.airline, asked).await.unwrap();
    let told =
        if is_private { road.told(query.id).await } else { road.walk(query.id).await.status };
    assert_eq!(told, QueryStatus::Success, "{:?}", road.query(query.id).await.failure);
    let result = road.result("airline", query.id).unwrap();
    result.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_receiver_gets_intervals_when_it_asks_and_as_long_as_it_does() {
    let road = Road::new().await.with_private_table().await;
    road.offer(Offer::Privacy { epsilon: 20, users_noise: 10 }).await;
    let (room, airline) = (&road.world.room, road.world.caller("airline"));
    assert_eq!(header(&road, start(PRIVATE)).await, "planes");
    let for_one = StartQuery { intervals: true, ..start(PRIVATE) };
    assert_eq!(header(&road, for_one).await, "planes,planes_low,planes_high");
    assert_eq!(header(&road, start(PRIVATE)).await, "planes");
    let set = async |intervals| {
        let extension = MembershipExtension { intervals };
        let made = room.put_membership_extension(airline, road.airline, extension).await;
        assert_eq!(made.unwrap(), extension);
        let found = room.get_membership_extension(airline, road.airline).await;
        assert_eq!(found.unwrap(), extension);
    };
    set(true).await;
    assert_eq!(header(&road, start(PRIVATE)).await, "planes,planes_low,planes_high");
    // A query without differential privacy has no noise, and no intervals.
    assert_eq!(header(&road, start(QUERY)).await, "carrier,total");
    set(false).await;
    assert_eq!(header(&road, start(PRIVATE)).await, "planes");
    road.ledger_holds().await;
}

#[tokio::test]
async fn users_of_an_owner_who_receives_are_not_counted() {
    let road = Road::new().await.with_private_table().await;
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let change = MemberChange {
        account: road.world.account("maker"),
        abilities: vec![MemberAbility::CanReceiveResults],
        ml_abilities: None,
        payment: None,
        display_name: None,
    };
    let asked = vec![NewChange::Member(change, None)];
    let made = room.create_change_request(maker, road.collaboration, asked).await.unwrap();
    for (name, action) in [("airline", ChangeAction::Approve), ("maker", ChangeAction::Commit)] {
        let caller = road.world.caller(name);
        room.update_change_request(caller, road.collaboration, made.id, action).await.unwrap();
    }
    let refused = road.run(PRIVATE).await;
    assert_eq!(refused.status, QueryStatus::Failed);
    let airline = road.world.caller("airline");
    let found = room.protected_query_diagnostics(airline, refused.id).await.unwrap();
    let found = found.iter().find(|it| it.code == "GB0413").unwrap();
    assert_eq!(found.table.as_deref(), Some(TableName::new("fleet").unwrap().as_str()));
    assert_eq!(road.run(QUERY).await.status, QueryStatus::Success, "other tables are as they were");
}
