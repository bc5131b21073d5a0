//! A member's word after a restore: of the last one only, and by an owner's key.

use glovebox_room::RoomError;

use crate::world::{World, answer};

#[tokio::test]
async fn a_word_given_after_an_earlier_restore_says_nothing_of_the_next() {
    let world = World::with(&["creator", "stranger"]).await;
    let (room, who) = (&world.room, world.caller("creator"));
    assert_eq!(room.get_restore(who).await.unwrap(), None);
    assert_eq!(answer(&room.confirm_restore(who, 1).await), "FIELD_VALIDATION_FAILED");
    let first = room.store().accept_restore(true).await.unwrap().unwrap().restore;
    assert!(!room.get_restore(who).await.unwrap().unwrap().is_confirmed);
    assert!(room.confirm_restore(who, first.number).await.unwrap().is_confirmed);
    assert!(room.get_restore(who).await.unwrap().unwrap().is_confirmed);
    // Of itself only.
    let other = world.caller("stranger");
    assert!(!room.get_restore(other).await.unwrap().unwrap().is_confirmed);
    let second = room.store().accept_restore(true).await.unwrap().unwrap().restore;
    assert!(second.number > first.number);
    let again = room.confirm_restore(who, first.number).await;
    assert!(matches!(again, Err(RoomError::Validation { .. })));
    assert!(!room.get_restore(who).await.unwrap().unwrap().is_confirmed);
    assert!(room.confirm_restore(who, second.number).await.unwrap().is_confirmed);
}
