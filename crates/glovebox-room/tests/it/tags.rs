//! Tags by ARN.

use std::collections::BTreeMap;

use glovebox_model::{Arn, Resource};
use glovebox_room::NewTable;

use crate::world::{World, answer, flights};

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn tags_belong_to_the_owner_of_the_thing() {
    let world = World::with(&["a", "b"]).await;
    let (room, mine, theirs) = (&world.room, world.caller("a"), world.caller("b"));
    let new = NewTable { tags: tags(&[("env", "test")]), ..flights() };
    let table = room.create_configured_table(mine, new).await.unwrap().table;
    let resource = Resource::ConfiguredTable(table.id);
    let arn = Arn { region: "us-east-1".into(), account: mine.account, resource };
    assert_eq!(
        room.list_tags_for_resource(mine, arn.clone()).await.unwrap(),
        tags(&[("env", "test")])
    );
    room.tag_resource(mine, arn.clone(), tags(&[("env", "live"), ("team", "x")])).await.unwrap();
    room.untag_resource(mine, arn.clone(), vec!["team".into(), "absent".into()]).await.unwrap();
    assert_eq!(
        room.list_tags_for_resource(mine, arn.clone()).await.unwrap(),
        tags(&[("env", "live")])
    );
    let seen = room.list_tags_for_resource(theirs, arn.clone()).await;
    assert_eq!(answer(&seen), "not found");
    let forged = Arn { account: theirs.account, ..arn.clone() };
    for caller in [mine, theirs] {
        let seen = room.list_tags_for_resource(caller, forged.clone()).await;
        assert_eq!(answer(&seen), "not found");
    }
    let put = room.tag_resource(theirs, arn.clone(), tags(&[("k", "v")])).await;
    assert_eq!(answer(&put), "not found");
    let reserved = room.tag_resource(mine, arn.clone(), tags(&[("AWS:x", "v")])).await;
    assert_eq!(answer(&reserved), "FIELD_VALIDATION_FAILED");
    room.delete_configured_table(mine, table.id).await.unwrap();
    assert_eq!(answer(&room.list_tags_for_resource(mine, arn).await), "not found");
}

#[tokio::test]
async fn the_two_hundred_and_first_tag_is_too_many() {
    let world = World::with(&["a"]).await;
    let (room, mine) = (&world.room, world.caller("a"));
    let many = (0..200).map(|it| (format!("k{it}"), String::new())).collect();
    let new = NewTable { tags: many, ..flights() };
    let table = room.create_configured_table(mine, new).await.unwrap().table;
    let resource = Resource::ConfiguredTable(table.id);
    let arn = Arn { region: "us-east-1".into(), account: mine.account, resource };
    room.tag_resource(mine, arn.clone(), tags(&[("k0", "again")])).await.unwrap();
    let more = room.tag_resource(mine, arn, tags(&[("k200", "")])).await;
    assert_eq!(answer(&more), "FIELD_VALIDATION_FAILED");
}
