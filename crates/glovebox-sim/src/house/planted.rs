//! Bugs that are planted to see that the checkers find them: doubles of one part of the house, and
//! hands in its database. Nothing of it is in the product (docs/decisions/0015).

use std::fs;
use std::sync::Arc;

use glovebox_engine::{Engine, EngineConfig, KeptKey};
use glovebox_store::{Claim, ClaimLimits, Outcome, Store};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use super::check::{Finding, Moved};
use super::stuck::Done;
use super::world::World;

/// What is wrong with the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// Nothing.
    Nothing,
    /// A delivery that looks at no right.
    Blind,
    /// Queries that take nothing from a privacy budget.
    Free,
    /// Queries that take nothing from an access budget.
    Uncounted,
    /// Keys, memberships and collaborations that come back after they were taken away: queries are
    /// opened under them.
    Forgetful,
    /// An end that the ledger does not tell.
    Untold,
    /// An end that becomes another.
    Unsettled,
    /// A result that is delivered before it is released.
    Early,
    /// A second, other answer to a query.
    Doubled,
    /// A query that is opened and drawn for again after its walk was lost.
    Redrawn,
    /// An entry of the ledger that is changed.
    Rewritten,
    /// A house that has no head counter any more once an older copy came back.
    Unguarded,
    /// Claims that never run out, of walks that never go on.
    Endless,
    /// A private result that is told before its edge.
    Hasty,
    /// A clock that may go back as far as it likes.
    Timeless,
    /// A copy for somebody who is no receiver of the query, carried along with another's.
    Carried,
    /// A copy that is told of and that nobody has.
    Claimed,
    /// Words that nobody gave after a restore.
    Presumed,
    /// A house that has forgotten that it was restored, and that more may be spent than it knows.
    Reopened,
    /// A query that goes on after a restore, though it may have been answered.
    Resumed,
    /// A clock that is compared with none that nobody can set.
    Unsteady,
}

impl Plant {
    /// All of them, each with the checker that must find it.
    pub const ALL: [(Self, &'static str); 20] = [
        (Self::Blind, "rights"),
        (Self::Forgetful, "rights"),
        (Self::Free, "budgets"),
        (Self::Uncounted, "budgets"),
        (Self::Untold, "bracket"),
        (Self::Unsettled, "statuses"),
        (Self::Early, "released"),
        (Self::Doubled, "answers"),
        (Self::Redrawn, "draws"),
        (Self::Rewritten, "ledger"),
        (Self::Unguarded, "restored"),
        (Self::Endless, "ends"),
        (Self::Hasty, "edges"),
        (Self::Timeless, "clock"),
        (Self::Carried, "released"),
        (Self::Claimed, "copies"),
        (Self::Presumed, "restored"),
        (Self::Reopened, "budgets"),
        (Self::Resumed, "restored"),
        (Self::Unsteady, "clock"),
    ];

    /// Whether it shows only once an older copy was accepted, which happens the more often then.
    pub(super) fn is_about_restores(self) -> bool {
        matches!(self, Self::Presumed | Self::Reopened | Self::Resumed)
    }

    /// Whether nothing more need be looked for: the checker of the planted bug has found it, or
    /// any checker anything where nothing is planted.
    pub(super) fn is_found(self, found: &[Finding]) -> bool {
        match Self::ALL.iter().find(|it| it.0 == self) {
            Some((_, checker)) => found.iter().any(|it| it.checker == *checker),
            None => !found.is_empty(),
        }
    }
}

/// The house forgets from where it compares its clock with the steady one, and what it saw.
const UNCOMPARED: &str = "DELETE FROM settings
    WHERE name IN ('clock-base', 'clock-halted') AND ?1 <> ''";

impl World {
    /// A hand in the database.
    async fn tamper(&self, sql: &[&str], id: &str) -> Done<()> {
        let file = &Store::files(&self.data())[0];
        let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
        let pool = SqlitePool::connect_with(options).await?;
        for sql in sql {
            let sql = sqlx::AssertSqlSafe((*sql).to_owned());
            sqlx::query(sql).bind(id).execute(&pool).await?;
        }
        pool.close().await;
        Ok(())
    }

    /// What the planted bug does when a walk of the query stands at a point.
    pub(super) async fn plant_at(&mut self, id: &str, point: &str) -> Done<()> {
        match (self.plant, point) {
            (Plant::Free, "reserve:after" | "answer:after") => {
                let sql = [
                    "DROP TRIGGER IF EXISTS privacy_charges_stay",
                    "DELETE FROM privacy_charges WHERE query = ?1",
                ];
                self.tamper(&sql, id).await
            }
            (Plant::Uncounted, "reserve:after") => {
                let sql = ["DELETE FROM access_charges WHERE query = ?1"];
                self.tamper(&sql, id).await
            }
            (Plant::Forgetful, "claim:after") => {
                let sql = [
                    "UPDATE access_keys SET enabled = 1 WHERE ?1 <> ''",
                    "UPDATE collaborations SET deleted = 0 WHERE ?1 <> ''",
                    "UPDATE members SET status = 'ACTIVE' WHERE ?1 <> ''",
                    "UPDATE memberships SET status = 'ACTIVE' WHERE ?1 <> ''",
                ];
                self.tamper(&sql, id).await
            }
            (Plant::Unsettled, "claim:after") => {
                let sql = ["UPDATE queries SET status = 'TIMED_OUT'
                    WHERE stage = 'ENDED' AND id <> ?1"];
                self.tamper(&sql, id).await
            }
            (Plant::Early, "encode:after") => self.put_object(id, "grp,total\n"),
            (Plant::Doubled, "close:after") => self.put_object(id, "another answer\n"),
            (Plant::Untold, "execute:after") => {
                let sql = ["UPDATE queries SET stage = 'ENDED', status = 'FAILED',
                    finished = 1, leased_until = 0 WHERE id = ?1"];
                self.tamper(&sql, id).await
            }
            (Plant::Redrawn, "release:after") => {
                let sql = [
                    "DROP TRIGGER IF EXISTS privacy_charges_stay",
                    "DELETE FROM privacy_charges WHERE query = ?1",
                    "DELETE FROM access_charges WHERE query = ?1",
                    "UPDATE queries SET stage = 'WAITING', status = 'SUBMITTED',
                        opened = NULL, told_at = NULL, leased_until = 0, fence = fence + 1
                        WHERE id = ?1",
                ];
                self.tamper(&sql, id).await
            }
            (Plant::Rewritten, "close:before") => {
                let sql = [
                    "DROP TRIGGER IF EXISTS ledger_entries_fixed",
                    "UPDATE ledger_entries SET entry = replace(entry, '\"at\":1', '\"at\":2')
                        WHERE position = 1 AND ?1 <> ''",
                ];
                self.tamper(&sql, id).await
            }
            (Plant::Endless, "claim:after") => {
                let sql = ["UPDATE queries SET leased_until = 9000000000000 WHERE id = ?1"];
                self.tamper(&sql, id).await
            }
            (Plant::Hasty, "hold:after") => {
                let sql = ["UPDATE queries SET told_at = opened WHERE id = ?1"];
                self.tamper(&sql, id).await
            }
            (Plant::Timeless, "claim:after") => {
                let sql = [
                    "INSERT OR REPLACE INTO settings (name, value)
                        SELECT 'clock-accepted', 9000000000000 WHERE ?1 <> ''",
                    UNCOMPARED,
                ];
                self.tamper(&sql, id).await
            }
            (Plant::Unsteady, "claim:after") => self.tamper(&[UNCOMPARED], id).await,
            (Plant::Carried, "deliver:after") => self.carry_along(id),
            (Plant::Claimed, "close:after") => {
                let sql = [
                    "DROP TRIGGER IF EXISTS deliveries_fixed",
                    "UPDATE deliveries SET state = 'DELIVERED' WHERE query = ?1",
                ];
                self.tamper(&sql, id).await
            }
            _ => Ok(()),
        }
    }

    /// What the planted bug does once an older copy is accepted, in which these queries were open.
    pub(super) async fn plant_at_restore(&self, open: &[String]) -> Done<()> {
        match self.plant {
            Plant::Presumed => {
                let sql = ["INSERT OR REPLACE INTO restore_confirmations
                    (account, number, confirmed)
                    SELECT id, (SELECT max(number) FROM restores), 0 FROM accounts
                    WHERE id <> ?1"];
                self.tamper(&sql, "nobody").await
            }
            Plant::Reopened => {
                let sql = ["DELETE FROM restores WHERE number > 0 AND ?1 <> ''"];
                self.tamper(&sql, "all").await
            }
            Plant::Resumed => {
                let sql = ["UPDATE queries SET stage = 'WAITING', status = 'SUBMITTED',
                    finished = NULL, outcome = NULL WHERE id = ?1"];
                for id in open {
                    self.tamper(&sql, id).await?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whoever has the first bucket that is nobody's of the receivers gets a copy of a copy.
    fn carry_along(&self, id: &str) -> Done<()> {
        let Some(asked) = self.state.asked.iter().find(|it| it.id.to_string() == id) else {
            return Ok(());
        };
        let of = |person: &usize| self.bucket(*person);
        let file = |bucket: std::path::PathBuf| bucket.join("out").join(id).join("part-00000.csv");
        let others = (0..self.state.people.len()).filter(|it| !asked.receivers.contains(it));
        let mut others = others.filter(|it| of(it).is_dir());
        let copy = asked.receivers.iter().find_map(|it| fs::read_to_string(file(of(it))).ok());
        if let (Some(other), Some(copy)) = (others.next(), copy) {
            fs::create_dir_all(of(&other).join("out").join(id))?;
            fs::write(file(of(&other)), copy)?;
        }
        Ok(())
    }

    fn put_object(&self, id: &str, text: &str) -> Done<()> {
        let Some(asked) = self.state.asked.iter().find(|it| it.id.to_string() == id) else {
            return Ok(());
        };
        let bucket = self.bucket(asked.receivers[0]);
        if !bucket.is_dir() {
            return Ok(());
        }
        let folder = bucket.join("out").join(id);
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join("part-00000.csv"), text)?)
    }

    /// Delivers what a query kept without a look at any right, and closes it.
    pub(super) async fn deliver_blindly(&mut self, query: usize) -> Done<()> {
        let id = self.state.asked[query].id;
        let store = self.store().for_walk(id).await?;
        let limits = ClaimLimits { running_per_membership: 5 };
        let Claim::Deliver(order) = store.claim(id, limits).await? else { return Ok(()) };
        let Ok(kept) = store.claim_kept(&order).await? else { return Ok(()) };
        let keys = store.walk_keys();
        let key = if order.is_private() { keys.releases() } else { keys.kept_result() };
        let engine = Engine::new(EngineConfig::new(self.data()))?;
        if engine.deliver(Arc::new(kept), &KeptKey::new(key), &[]).await.is_ok() {
            let outcome = Outcome::Delivered;
            let _ = store.close_query(&order, outcome).await?;
        }
        Ok(())
    }
}

impl World {
    /// Every result that is kept and that no walk holds is delivered blindly.
    pub(super) async fn deliver_blindly_what_is_kept(&mut self) -> Done<()> {
        for query in 0..self.state.asked.len() {
            let facts = &self.state.asked[query].facts;
            let waits = facts.released.is_some() && facts.ended.is_none();
            let walks = self.walks.iter().any(|it| it.query == query);
            let some_right_is_gone = facts.opened.as_ref().is_some_and(|opened| {
                let asked = &self.state.asked[query];
                let own = asked.receivers.iter().map(|it| asked.right_of(*it));
                let mut all = opened.rights.iter().cloned().chain(own);
                all.any(|it| self.state.gone.contains_key(&it))
            });
            if waits && !walks && some_right_is_gone {
                self.deliver_blindly(query).await?;
                let id = self.state.asked[query].id.to_string();
                let looked = Some(self.step);
                self.observe(Moved::Walk { id, looked }).await?;
            }
        }
        Ok(())
    }
}
