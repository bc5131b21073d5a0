//! Where queries stand: by the database, and as their runner is told.

use std::collections::BTreeMap;

use sqlx::Row as _;

use crate::house::act::is_final;
use crate::house::stuck::Done;
use crate::house::world::World;

/// What may follow a status.
fn may_follow(before: &str, now: &str) -> bool {
    let next: &[&str] = match before {
        "SUBMITTED" => &["STARTED", "FAILED", "CANCELLING", "CANCELLED"],
        "STARTED" => &["SUCCESS", "FAILED", "TIMED_OUT", "CANCELLING", "CANCELLED"],
        "CANCELLING" => &["CANCELLED", "SUCCESS", "FAILED", "TIMED_OUT"],
        _ => &[],
    };
    before == now || next.contains(&now)
}

impl World {
    pub(super) async fn look_at_statuses(&mut self) -> Done<()> {
        let rows = sqlx::query("SELECT id, status FROM queries").fetch_all(&self.sql).await?;
        let mut statuses = BTreeMap::new();
        for row in rows {
            let (id, status): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            statuses.insert(id, status);
        }
        for place in 0..self.state.asked.len() {
            let asked = self.state.asked[place].clone();
            let Some(now) = statuses.get(&asked.id.to_string()) else {
                self.find("statuses", format!("query {place} is gone"));
                continue;
            };
            // Between two looks a query may pass through a status unseen.
            let passed = ["STARTED", "CANCELLING"]
                .iter()
                .any(|it| may_follow(&asked.status, it) && may_follow(it, now));
            if !may_follow(&asked.status, now) && (!passed || is_final(&asked.status)) {
                let before = &asked.status;
                self.find("statuses", format!("query {place} went from {before} to {now}"));
            }
            match &asked.facts.ended {
                Some((_, told)) if told != now => {
                    self.find("bracket", format!("query {place} is {now} and told as {told}"));
                }
                None if is_final(now) && asked.status != *now => {
                    self.find("bracket", format!("query {place} is {now} and not told"));
                }
                Some(_) | None => {}
            }
            if asked.status != *now && is_final(now) {
                self.seen.count(&format!("ends {now}"));
            }
            self.state.asked[place].status = now.clone();
        }
        Ok(())
    }

    /// What every runner is told of its queries is what the database says.
    pub(super) async fn ask_about_all(&mut self) -> Done<()> {
        for place in 0..self.state.asked.len() {
            let asked = self.state.asked[place].clone();
            let there = &self.state.places[asked.place];
            let caller = self.state.people[there.runner].caller();
            let membership = there.joined[&there.runner];
            let told = self.room.get_protected_query(&caller, membership, asked.id).await;
            if let Ok(told) = told
                && told.status.to_string() != asked.status
            {
                let (told, is) = (told.status, &asked.status);
                self.find("statuses", format!("query {place} is {is} and told to be {told}"));
            }
            let stranger = self.state.people[0].caller();
            if self.room.get_protected_query(&stranger, membership, asked.id).await.is_ok() {
                self.find("statuses", format!("query {place} is told to a stranger"));
            }
        }
        Ok(())
    }
}
