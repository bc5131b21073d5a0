//! Everything comes to an end: when no more is done, every query reaches a final status.

use crate::house::act::is_final;
use crate::house::planted::Plant;
use crate::house::stuck::Done;
use crate::house::world::World;

/// How often every open query is walked once more, an hour later; once more for each of them, as
/// where one runs at a time each has to wait for those before it.
const ROUNDS: usize = 8;
/// Why queries end that were never opened, or that were open in an older copy.
const HALTED: [&str; 4] = ["GB0903", "GB0905", "GB0906", "GB0907"];
/// Over every edge, and over every lease.
const LATER: i64 = 3_601_000;

impl World {
    /// The house starts once more, with the newest files, and brings everything to an end.
    pub(in crate::house) async fn end(&mut self) -> Done<()> {
        self.step += 1;
        self.note("the end".into());
        if self.newest.is_some() {
            self.bring_newest_back().await?;
        } else {
            self.check_ledger().await?;
            self.crash(None).await?;
        }
        // Somebody sets the clock right, and most of the time says so.
        let behind = self.state.newest - self.clock.millis();
        self.clock.set_by(behind.max(0));
        if self.random.chance(85) {
            self.accept_clock().await?;
        }
        // Disks and stores may go on failing: that a query ends does not depend on them.
        let asked = self.state.asked.iter();
        let rounds = ROUNDS + asked.filter(|it| !is_final(&it.status)).count();
        for round in 0..rounds {
            let open: Vec<usize> = (0..self.state.asked.len())
                .filter(|it| !is_final(&self.state.asked[*it].status))
                .collect();
            if open.is_empty() {
                break;
            }
            self.clock.pass(LATER);
            // What still rests goes on, too late or not.
            while let Some(walk) = self.walks.pop() {
                let moved = self.go(walk, usize::MAX).await?;
                self.observe(moved).await?;
                if self.plant == Plant::Endless {
                    self.walks.clear();
                }
            }
            for query in open {
                self.step += 1;
                let walk = self.begin_walk(query).await?;
                let moved = match round {
                    0 | 1 => self.go_or_fall(walk).await?,
                    _ => self.go(walk, usize::MAX).await?,
                };
                if self.plant == Plant::Endless {
                    self.walks.clear();
                }
                self.observe(moved).await?;
            }
            self.seen.count(&format!("round {round}"));
        }
        for place in 0..self.state.asked.len() {
            let asked = &self.state.asked[place];
            if !is_final(&asked.status) {
                let status = asked.status.clone();
                self.find("ends", format!("query {place} is {status} after {rounds} hours"));
            }
            let facts = &self.state.asked[place].facts;
            if facts.opened.is_some() && facts.ended.is_none() {
                self.find("bracket", format!("query {place} was opened and is not closed"));
            }
        }
        self.check_all_trees().await?;
        self.check_brackets().await?;
        self.check_copies().await?;
        self.count_halted().await?;
        self.ask_about_all().await
    }

    async fn count_halted(&mut self) -> Done<()> {
        for code in HALTED {
            let sql = "SELECT count(*) FROM queries WHERE outcome LIKE '%' || ?1 || '%'";
            let found: i64 = sqlx::query_scalar(sql).bind(code).fetch_one(&self.sql).await?;
            for _ in 0..found {
                self.seen.count(&format!("a query ends with {code}"));
            }
        }
        Ok(())
    }
}
