//! Budgets: what is charged, to which period, and what is never given back.

use std::collections::BTreeMap;

use glovebox_model::{
    AccessLimit, AccessPeriod, AccessTerms, Accountant, Association, AutoRefresh, BudgetTerms,
    Declared, Extension, PrivacyTerms, QueryFailure,
};

use super::{EDGE, LIMITS, World, list_rule, name, table_parts};
use crate::calendar::DAY_MILLIS;
use crate::reserve::NotReserved;
use crate::{Claim, Outcome, Pool, Reader, Spent};

const MINUTE: i64 = 60_000;

impl World {
    fn exhausted(&self) -> NotReserved {
        NotReserved::Exhausted { owner: self.maker }
    }

    async fn declare(&self, declared: Declared) {
        let mut tx = self.store.begin().await.unwrap();
        let extension = Extension { declared, ..Extension::default() };
        tx.put_extension(&self.planes, &extension).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn association(&self) -> Association {
        let mut tx = self.store.read().await.unwrap();
        tx.association_named(self.collaboration, &name("planes")).await.unwrap().unwrap()
    }

    /// To the first moment of December 2026.
    fn december(&self) {
        self.later(20_788 * DAY_MILLIS - self.store.now().as_millis());
    }
}

#[tokio::test]
async fn a_budget_is_spent_to_the_last_unit_and_no_further() {
    let world = World::new().await.with_budget(3).await;
    for _ in 0..3 {
        world.run().await.unwrap();
    }
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    assert_eq!(world.charges().await, (3, 3_000_000_000));
    // Raising adds the difference; a template that is made anew frees nothing.
    world.offer(4, AutoRefresh::None).await;
    world.run().await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    world.offer(1, AutoRefresh::None).await;
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    world.ledger_holds_without_counting().await;
}

#[tokio::test]
async fn delta_is_a_budget_of_its_own() {
    let mut world = World::new().await.with_budget(20).await;
    world.charge.as_mut().unwrap().delta_atto = 400;
    world.run().await.unwrap();
    world.run().await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    world.charge.as_mut().unwrap().delta_atto = 200;
    world.run().await.unwrap();
    world.charge.as_mut().unwrap().delta_atto = 0;
    world.run().await.unwrap();
    let charge = world.charge.as_mut().unwrap();
    (charge.loss_nano, charge.delta_atto) = (u64::MAX, u64::MAX);
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
}

#[tokio::test]
async fn nothing_that_happens_later_gives_a_charge_back() {
    let mut world = World::new().await.with_budget(3).await;
    let cancelled = world.run().await.unwrap();
    let failed = world.claimed(world.submit().await).await;
    world.opened(&failed).await.unwrap();
    let outcome = Outcome::Failed { failure: QueryFailure::generic(), detail: None };
    let _ = world.store.close_query(&failed, outcome).await.unwrap();
    let crashed = world.claimed(world.submit().await).await;
    world.opened(&crashed).await.unwrap();
    world.restart().await;
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    let mut tx = world.store.begin().await.unwrap();
    for sql in ["DELETE FROM privacy_charges", "UPDATE privacy_charges SET loss_nano = 0"] {
        assert!(sqlx::query(sql).execute(tx.connection()).await.is_err());
    }
    let mut charged: Vec<String> = sqlx::query_scalar("SELECT query FROM privacy_charges")
        .fetch_all(tx.connection())
        .await
        .unwrap();
    let mut expected = [cancelled, failed, crashed].map(|it| it.id().to_string());
    charged.sort();
    expected.sort();
    assert_eq!(charged, expected);
}

#[tokio::test]
async fn a_monthly_budget_renews_on_the_first_and_one_for_ever_does_not() {
    let world = World::new().await.with_budget(2).await;
    world.offer(2, AutoRefresh::CalendarMonth).await;
    world.december();
    world.later(-1);
    world.run().await.unwrap();
    world.run().await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    world.later(1);
    world.run().await.unwrap();
    // Another way to renew changes nothing of what was taken in this month, or ever.
    world.offer(2, AutoRefresh::None).await;
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    world.offer(4, AutoRefresh::None).await;
    world.run().await.unwrap();
    world.offer(2, AutoRefresh::CalendarMonth).await;
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    let mut tx = world.store.read().await.unwrap();
    let periods: Vec<(String, i64)> = sqlx::query_as(
        "SELECT period, count(*) FROM privacy_charges GROUP BY period ORDER BY period",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    let found: Vec<_> = periods.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(found, [("2026-11", 2), ("2026-12", 1), ("ALL", 1)]);
}

#[tokio::test]
async fn a_clock_that_goes_back_opens_no_earlier_period() {
    let world = World::new().await.with_budget(1).await;
    world.offer(1, AutoRefresh::CalendarMonth).await;
    world.december();
    world.run().await.unwrap();
    // A little: the charge counts for the newest moment that was recorded.
    world.later(-10 * MINUTE);
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    // Too much: no query opens, private or not.
    world.later(-6 * MINUTE);
    let mut world = world;
    assert_eq!(world.run().await.unwrap_err(), NotReserved::ClockHalted);
    let charge = world.charge.take();
    assert_eq!(world.run().await.unwrap_err(), NotReserved::ClockHalted);
    world.charge = charge;
    world.later(2 * MINUTE);
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
}

/// Found by the simulation: each step was recorded in a newer head of an earlier moment.
#[tokio::test]
async fn a_clock_that_goes_back_step_by_step_opens_no_earlier_period_either() {
    let mut world = World::new().await.with_budget(1).await;
    world.offer(1, AutoRefresh::CalendarMonth).await;
    let charge = world.charge.take();
    // December is recorded, and nothing is charged in it.
    world.december();
    world.run().await.unwrap();
    world.later(-10 * MINUTE);
    world.run().await.unwrap();
    world.later(-10 * MINUTE);
    assert_eq!(world.run().await.unwrap_err(), NotReserved::ClockHalted);
    world.charge = charge;
    assert_eq!(world.run().await.unwrap_err(), NotReserved::ClockHalted);
}

#[tokio::test]
async fn the_budget_must_be_there_unchanged_and_count_alike() {
    let mut world = World::new().await.with_budget(5).await;
    let order = world.claimed(world.submit().await).await;
    let snapshot = world.store.snapshot(&order).await.unwrap();
    world.offer(6, AutoRefresh::None).await;
    assert_eq!(world.open(&order, &snapshot).await, Err(NotReserved::Changed));
    world.opened(&order).await.unwrap();
    let owner = world.maker;
    world
        .put_budget(BudgetTerms::Privacy(PrivacyTerms {
            epsilon: 5,
            users_noise: 30,
            auto_refresh: AutoRefresh::None,
            accountant: Accountant::Pure,
            delta_atto: 1000,
        }))
        .await;
    assert_eq!(world.run().await.unwrap_err(), NotReserved::OtherAccountant { owner });
    // What was counted as rho cannot be counted as epsilon.
    world.declare(Declared { accountant: Accountant::Pure, ..Declared::default() }).await;
    world.charge.as_mut().unwrap().accountant = Accountant::Pure;
    assert_eq!(world.run().await.unwrap_err(), world.exhausted());
    let mut tx = world.store.begin().await.unwrap();
    let sql = "UPDATE budget_templates SET deleted = 1";
    sqlx::query(sql).execute(tx.connection()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), NotReserved::NoBudget { owner });
    assert_eq!(world.charges().await.0, 1);
}

#[tokio::test]
async fn a_lifetime_budget_holds_over_all_periods() {
    let world = World::new().await.with_budget(2).await;
    world.declare(Declared { lifetime_epsilon: Some(5), ..Declared::default() }).await;
    world.offer(2, AutoRefresh::CalendarMonth).await;
    world.december();
    for charged in [2, 4, 5, 5] {
        while world.run().await.is_ok() {}
        assert_eq!(world.charges().await.0, charged);
        world.later(31 * DAY_MILLIS);
    }
    let mut tx = world.store.read().await.unwrap();
    let pool = Pool { collaboration: None, owner: world.maker, population: "" };
    let terms = PrivacyTerms {
        epsilon: 2,
        users_noise: 30,
        auto_refresh: AutoRefresh::None,
        accountant: Accountant::Zcdp,
        delta_atto: 1000,
    };
    let spent = tx.spent(pool, terms, world.store.now()).await.unwrap();
    assert_eq!(spent, Some(Spent { loss_nano: 5_000_000_000, delta_atto: 0 }));
}

#[tokio::test]
async fn the_population_of_a_source_is_fixed_when_it_is_first_charged() {
    let mut world = World::new().await.with_budget(5).await;
    let other = Declared { population: Some("fleet".into()), ..Declared::default() };
    world.declare(other.clone()).await;
    let no = NotReserved::OtherPopulation { table: name("planes") };
    assert_eq!(world.run().await.unwrap_err(), no, "the charge is of another pool");
    world.charge.as_mut().unwrap().population = "fleet".into();
    world.run().await.unwrap();
    world.declare(Declared::default()).await;
    world.charge.as_mut().unwrap().population = String::new();
    assert_eq!(world.run().await.unwrap_err(), no);
    // Nor does configuring the table anew help.
    let mut tx = world.store.begin().await.unwrap();
    tx.delete_association(&world.association().await).await.unwrap();
    let rule = tx.rule(world.planes.id).await.unwrap().unwrap();
    tx.delete_rule(&world.planes, rule.written.kind()).await.unwrap();
    tx.delete_table(&world.planes).await.unwrap();
    let again = tx.insert_table(world.maker, table_parts("planes")).await.unwrap();
    tx.put_rule(&again, world.written.clone(), BTreeMap::new()).await.unwrap();
    let makers = tx.membership_in(world.collaboration, world.maker).await.unwrap().unwrap();
    let parts = crate::AssociationParts {
        table: again.id,
        name: name("planes"),
        description: None,
        role_arn: "arn:aws:iam::222222222222:role/r".into(),
        receivers: vec![world.airline],
    };
    tx.insert_association(&makers, parts).await.unwrap();
    tx.commit().await.unwrap();
    world.planes = again;
    assert_eq!(world.run().await.unwrap_err(), no);
    world.declare(other).await;
    world.charge.as_mut().unwrap().population = "fleet".into();
    world.run().await.unwrap();
}

#[tokio::test]
async fn two_tables_over_one_source_say_the_same_of_its_users() {
    let world = World::new().await.with_budget(5).await;
    let order = world.claimed(world.submit().await).await;
    let before = world.store.snapshot(&order).await.unwrap();
    assert_eq!(before.tables[&name("planes")].at_odds, None);
    let mut tx = world.store.begin().await.unwrap();
    let parts = crate::TableParts { name: "again".into(), ..table_parts("planes") };
    let again = tx.insert_table(world.maker, parts).await.unwrap();
    tx.put_rule(&again, list_rule("model"), BTreeMap::new()).await.unwrap();
    tx.insert_table(world.maker, table_parts("other")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.open(&order, &before).await, Err(NotReserved::Changed));
    let at_odds = async || {
        let snapshot = world.store.snapshot(&order).await.unwrap();
        snapshot.tables[&name("planes")].at_odds.clone()
    };
    assert_eq!(at_odds().await.as_deref(), Some("again"));
    let mut tx = world.store.begin().await.unwrap();
    let kind = list_rule("model").kind();
    tx.delete_rule(&again, kind).await.unwrap();
    tx.put_rule(&again, world.written.clone(), BTreeMap::new()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(at_odds().await, None);
}

#[tokio::test]
async fn an_access_budget_counts_every_query_that_was_opened() {
    let world = World::new().await;
    let association = world.association().await.id;
    let no = NotReserved::AccessUsedUp { table: name("planes") };
    let offer = async |limits: &[(AccessPeriod, u32, bool)]| {
        let limit = |(period, budget, auto_refresh): &_| AccessLimit {
            period: *period,
            budget: *budget,
            auto_refresh: *auto_refresh,
        };
        let limits = limits.iter().map(limit).collect();
        world.put_budget(BudgetTerms::Access(AccessTerms { association, limits })).await;
    };
    // Before there is a budget everything is counted and nothing refused.
    world.run().await.unwrap();
    world.later(1);
    offer(&[(AccessPeriod::CalendarDay, 2, true), (AccessPeriod::Lifetime, 5, false)]).await;
    world.run().await.unwrap();
    world.run().await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), no);
    // Deleted and made anew: the count goes on.
    offer(&[(AccessPeriod::CalendarDay, 3, true), (AccessPeriod::Lifetime, 5, false)]).await;
    world.run().await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), no);
    world.later(DAY_MILLIS);
    world.run().await.unwrap();
    world.run().await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), no, "the lifetime is used up");
    offer(&[(AccessPeriod::CalendarMonth, 5, false)]).await;
    world.later(40 * DAY_MILLIS);
    assert_eq!(world.run().await.unwrap_err(), no, "a month that does not renew");
    offer(&[(AccessPeriod::CalendarMonth, 5, true)]).await;
    world.run().await.unwrap();
    // A table that was queried can be taken out.
    let mut tx = world.store.begin().await.unwrap();
    sqlx::query("PRAGMA defer_foreign_keys = ON").execute(tx.connection()).await.unwrap();
    sqlx::query("UPDATE budget_templates SET association = NULL, kind = 'DIFFERENTIAL_PRIVACY', deleted = 1")
        .execute(tx.connection())
        .await
        .unwrap();
    tx.delete_association(&world.association().await).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_ledger_shows_a_charge_to_owner_and_runner_only() {
    let world = World::new().await.with_budget(3).await;
    let query = world.run().await.unwrap().id();
    world.later(EDGE);
    assert_eq!(world.store.claim(query, LIMITS).await.unwrap(), Claim::Ended);
    for (account, shown) in
        [(world.maker, true), (world.airline, true), (super::account('3'), false)]
    {
        let export = world.export(Reader::Account(account)).await;
        let charges: Vec<_> = export
            .entries
            .iter()
            .flat_map(|it| &it.openings)
            .filter(|it| it.label == "charge")
            .collect();
        assert_eq!(charges.len(), usize::from(shown));
        for opening in charges {
            assert_eq!(
                opening.value,
                r#"{"owner":"222222222222","population":"","period":"ALL","accountant":"zcdp","lossNano":1000000000,"deltaAtto":0}"#
            );
        }
    }
    world.ledger_holds(1, 0).await;
}
