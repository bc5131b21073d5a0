//! An older copy of the database is accepted: what ends, what stays closed, whose word is needed.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use glovebox_ledger::{Export, TreeName};
use glovebox_model::{AccountId, AutoRefresh, QueryStatus};

use super::{EDGE, LIMITS, World};
use crate::calendar::DAY_MILLIS;
use crate::reserve::NotReserved;
use crate::{Age, Claim, NewAccount, Reader};

impl World {
    /// Both members say that what they allow is what they allow.
    async fn both_confirm(&self) {
        for account in [self.airline, self.maker] {
            self.confirms(account).await;
        }
    }

    async fn confirms(&self, account: AccountId) {
        let mut tx = self.store.begin().await.unwrap();
        tx.confirm_restore(account).await.unwrap().unwrap();
        tx.commit().await.unwrap();
    }

    /// A copy is taken, something is charged, and the copy comes back.
    async fn restored(&mut self) {
        let copy = self.copy().await;
        self.run().await.unwrap();
        self.raised_after(0);
        self.put_back(&copy).await;
        assert_eq!(self.store.age().await.unwrap(), Age::Older);
        assert_eq!(self.run().await.unwrap_err(), NotReserved::Restored);
    }

    /// The head counter was raised last so long after now, by the tests' clock.
    fn raised_after(&self, millis: i64) {
        let counter = self.store.head_counter().unwrap().path();
        let at =
            Duration::from_millis(u64::try_from(self.store.now().as_millis() + millis).unwrap());
        let counter = fs::File::options().write(true).open(counter).unwrap();
        counter.set_modified(UNIX_EPOCH + at).unwrap();
    }

    async fn said(&self, account: AccountId, what: &str) -> usize {
        let tree = TreeName::Collaboration(self.collaboration);
        let export = self.store.ledger_export(tree, 0, 1000, Reader::Account(account)).await;
        let Export { entries, .. } = export.unwrap().unwrap();
        entries.iter().filter(|it| it.entry.contains(what)).count()
    }
}

#[tokio::test]
async fn queries_run_again_once_the_copy_is_accepted_and_its_owners_have_confirmed() {
    let mut world = World::new().await.with_budget(9).await;
    world.offer(9, AutoRefresh::CalendarMonth).await;
    world.run().await.unwrap();
    world.restored().await;
    let accepted = world.store.accept_restore(false).await.unwrap().unwrap();
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    assert_eq!(world.store.accept_restore(false).await.unwrap(), None, "once is enough");
    assert_eq!(world.store.words_missing().await.unwrap(), 1, "the airline brought no table");
    let unconfirmed = NotReserved::Unconfirmed { member: world.maker };
    assert_eq!(world.run().await.unwrap_err(), unconfirmed);
    // The word of who only runs queries is not enough, and not needed.
    world.confirms(world.airline).await;
    assert_eq!(world.run().await.unwrap_err(), unconfirmed);
    world.confirms(world.maker).await;
    assert_eq!(world.store.words_missing().await.unwrap(), 0);
    // Private queries wait for the next period; others run.
    assert_eq!(world.run().await.unwrap_err(), NotReserved::Exhausted { owner: world.maker });
    let charge = world.charge.take();
    world.run().await.unwrap();
    world.charge = charge;
    world.later(31 * DAY_MILLIS);
    world.run().await.unwrap();
    for member in [world.airline, world.maker] {
        assert_eq!(world.said(member, "\"restored\"").await, 1);
        assert_eq!(world.said(member, "\"restoreConfirmed\"").await, 2);
    }
    assert!(accepted.restore.number > 2);
    world.ledger_holds_without_counting().await;
}

#[tokio::test]
async fn a_budget_that_never_renews_stays_closed_for_good_and_a_lifetime_too() {
    let mut world = World::new().await.with_budget(9).await;
    world.restored().await;
    world.store.accept_restore(false).await.unwrap().unwrap();
    world.both_confirm().await;
    let exhausted = NotReserved::Exhausted { owner: world.maker };
    for _ in 0..3 {
        assert_eq!(world.run().await.unwrap_err(), exhausted);
        world.later(400 * DAY_MILLIS);
        // Neither by raising it, nor by making it anew.
        world.offer(20, AutoRefresh::None).await;
    }
    world.offer(20, AutoRefresh::CalendarMonth).await;
    world.run().await.unwrap();
}

#[tokio::test]
async fn the_period_of_the_last_lost_charge_stays_closed_whatever_the_clock_says_now() {
    let mut world = World::new().await.with_budget(9).await;
    world.offer(9, AutoRefresh::CalendarMonth).await;
    world.restored().await;
    world.raised_after(40 * DAY_MILLIS);
    world.store.accept_restore(false).await.unwrap().unwrap();
    world.both_confirm().await;
    world.later(31 * DAY_MILLIS);
    assert_eq!(world.run().await.unwrap_err(), NotReserved::Exhausted { owner: world.maker });
    world.later(31 * DAY_MILLIS);
    world.run().await.unwrap();
}

#[tokio::test]
async fn a_copy_that_is_accepted_by_a_clock_that_is_behind_waits_for_the_same_words() {
    let mut world = World::new().await.with_budget(9).await;
    world.restored().await;
    // To before its accounts were made.
    world.later(-16 * 60_000);
    world.store.accept_restore(false).await.unwrap().unwrap();
    world.store.accept_clock().await.unwrap().unwrap();
    let unconfirmed = NotReserved::Unconfirmed { member: world.maker };
    assert_eq!(world.run().await.unwrap_err(), unconfirmed);
    world.both_confirm().await;
    assert_eq!(world.run().await.unwrap_err(), NotReserved::Exhausted { owner: world.maker });
}

#[tokio::test]
async fn what_was_open_in_the_copy_ends_and_stored_releases_are_dropped() {
    let mut world = World::new().await.with_budget(9).await;
    world.asks_again = true;
    let told = world.claimed(world.submit().await).await;
    world.opened(&told).await.unwrap();
    world.held(&told, "inputs").await.unwrap();
    world.told(told.id()).await;
    let waiting = world.submit().await;
    let held = world.claimed(world.submit().await).await;
    world.asks_again = false;
    world.opened(&held).await.unwrap();
    world.held(&held, "inputs").await.unwrap();
    let copy = world.copy().await;
    world.run().await.unwrap();
    world.put_back(&copy).await;
    let accepted = world.store.accept_restore(false).await.unwrap().unwrap();
    assert_eq!(accepted.ended, 3, "one that was told is delivered no more either");
    for query in [told.id(), waiting, held.id()] {
        assert_eq!(world.status(query).await, QueryStatus::Failed);
        assert_eq!(world.store.claim(query, LIMITS).await.unwrap(), Claim::Ended);
    }
    world.later(EDGE);
    assert!(!world.store.dropped_releases().await.unwrap().is_empty());
    let mut tx = world.store.read().await.unwrap();
    let releases: i64 = sqlx::query_scalar("SELECT count(*) FROM releases")
        .fetch_one(tx.connection())
        .await
        .unwrap();
    assert_eq!(releases, 0);
    drop(tx);
    world.ledger_holds_without_counting().await;
}

#[tokio::test]
async fn neither_the_lost_database_nor_the_same_copy_passes_for_the_newest_afterwards() {
    let mut world = World::new().await.with_budget(9).await;
    world.run().await.unwrap();
    let copy = world.copy().await;
    world.run().await.unwrap();
    let lost = world.copy().await;
    world.put_back(&copy).await;
    world.store.accept_restore(false).await.unwrap().unwrap();
    for older in [&lost, &copy] {
        world.put_back(older).await;
        assert_eq!(world.store.age().await.unwrap(), Age::Older);
    }
}

#[tokio::test]
async fn a_head_counter_that_is_gone_or_damaged_is_made_anew() {
    let mut world = World::new().await.with_budget(9).await;
    world.run().await.unwrap();
    let counter = world.store.head_counter().unwrap().path().to_owned();
    fs::remove_file(&counter).unwrap();
    assert_eq!(world.run().await.unwrap_err(), NotReserved::Restored);
    world.store.accept_restore(false).await.unwrap().unwrap();
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    fs::write(&counter, "damaged").unwrap();
    assert!(world.store.age().await.is_err());
    world.store.accept_restore(false).await.unwrap().unwrap();
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    // A restart changes nothing of whose word is missing.
    world.restart().await;
    world.charge = None;
    assert!(matches!(world.run().await.unwrap_err(), NotReserved::Unconfirmed { .. }));
}

#[tokio::test]
async fn a_crash_between_the_commit_and_the_counter_leaves_a_database_that_counts_as_accepted() {
    let mut world = World::new().await.with_budget(9).await;
    world.restored().await;
    let counter = world.store.head_counter().unwrap().path().to_owned();
    let before = fs::read(&counter).unwrap();
    world.store.accept_restore(false).await.unwrap().unwrap();
    fs::write(&counter, before).unwrap();
    world.restart().await;
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    world.both_confirm().await;
    world.charge = None;
    world.run().await.unwrap();
}

#[tokio::test]
async fn a_database_that_is_the_newest_is_accepted_only_when_told_so() {
    let world = World::new().await;
    world.run().await.unwrap();
    assert_eq!(world.store.accept_restore(false).await.unwrap(), None);
    world.run().await.unwrap();
    world.store.accept_restore(true).await.unwrap().unwrap();
    assert!(matches!(world.run().await.unwrap_err(), NotReserved::Unconfirmed { .. }));
    // Who came later has withdrawn nothing that could have come back.
    world.later(1);
    let new = NewAccount { id: None, name: "Later".into(), tables: None };
    let (later, ..) = world.store.create_account(new).await.unwrap();
    let mut tx = world.store.begin().await.unwrap();
    assert!(tx.has_confirmed(later.id).await.unwrap());
    assert!(!tx.has_confirmed(world.maker).await.unwrap());
    drop(tx);
    // Each further restore asks anew.
    world.both_confirm().await;
    world.run().await.unwrap();
    world.store.accept_restore(true).await.unwrap().unwrap();
    assert!(matches!(world.run().await.unwrap_err(), NotReserved::Unconfirmed { .. }));
}
