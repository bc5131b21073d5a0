//! What is recorded of each receiver's copy, against what lies in the buckets.

use std::collections::BTreeSet;

use sqlx::Row as _;

use crate::house::stuck::Done;
use crate::house::world::World;

const RECORDED: &str = "SELECT queries.id, queries.status, deliveries.receiver, deliveries.state
    FROM queries LEFT JOIN deliveries ON deliveries.query = queries.id ORDER BY queries.seq";

impl World {
    /// Whoever is said to have a copy has had one, nobody has one unasked, and a query has succeeded
    /// when somebody has its result, and only then.
    pub(super) async fn check_copies(&mut self) -> Done<()> {
        let rows = sqlx::query(RECORDED).fetch_all(&self.sql).await?;
        let mut delivered = BTreeSet::new();
        let mut succeeded = BTreeSet::new();
        for row in rows {
            let (id, status): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let (receiver, state): (Option<String>, Option<String>) =
                (row.try_get(2)?, row.try_get(3)?);
            if status == "SUCCESS" {
                succeeded.insert(id.clone());
            }
            let (Some(receiver), Some(state)) = (receiver, state) else { continue };
            self.seen.count(&format!("a copy is {state}"));
            let name = self.name(&id);
            let person = self.state.people.iter().position(|it| it.account.as_str() == receiver);
            let asked = self.state.asked.iter().find(|it| it.id.to_string() == id);
            let Some(person) = person.filter(|it| asked.is_some_and(|a| a.receivers.contains(it)))
            else {
                self.find("copies", format!("a copy of {name} is told of somebody else"));
                continue;
            };
            if state == "DELIVERED" {
                delivered.insert(id.clone());
                if !self.had.contains(&format!("{person}/{id}")) {
                    self.find("copies", format!("a copy of {name} is told of and never was"));
                }
            }
        }
        for id in succeeded.symmetric_difference(&delivered) {
            let name = self.name(id);
            self.find("copies", format!("{name} succeeded without a copy, or failed with one"));
        }
        Ok(())
    }
}
