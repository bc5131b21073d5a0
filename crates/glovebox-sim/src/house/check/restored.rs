//! What must hold of a house that goes on from an older copy (docs/decisions/0023). That periods of
//! budgets stay closed is looked at where charges are added up.

use std::collections::BTreeSet;

use crate::house::stuck::Done;
use crate::house::world::World;

const OPEN: &str = "SELECT count(*) FROM queries WHERE stage <> 'ENDED'";
const STORED: &str = "SELECT count(*) FROM releases";
const UNTOLD: &str = "SELECT count(*) FROM ledger_trees WHERE NOT EXISTS (
    SELECT 1 FROM ledger_entries WHERE tree = name
        AND json_extract(entry, '$.event.restored.number') = ?1)";

impl World {
    /// An older copy was just accepted: what was open in it has ended, no answer of before is given
    /// again, and every tree tells of it.
    pub(in crate::house) async fn check_accepted(&mut self, number: u64) -> Done<()> {
        let open: i64 = sqlx::query_scalar(OPEN).fetch_one(&self.sql).await?;
        if open > 0 {
            self.find("restored", format!("{open} queries go on that were open in the copy"));
        }
        let stored: i64 = sqlx::query_scalar(STORED).fetch_one(&self.sql).await?;
        if stored > 0 {
            self.find("restored", format!("{stored} releases of before may answer"));
        }
        let untold = sqlx::query_scalar(UNTOLD).bind(i64::try_from(number)?);
        let untold: i64 = untold.fetch_one(&self.sql).await?;
        if untold > 0 {
            self.find("restored", format!("{untold} ledgers do not tell of the restore"));
        }
        Ok(())
    }

    /// A query is opened: on no older copy that nobody has accepted; and where one was accepted,
    /// with the word of the owners of its tables, and of who made the collaboration. Rights that
    /// were withdrawn after the copy are there again, and only they can say so.
    pub(super) fn check_words(&mut self, query: usize) {
        if self.newest.is_some() {
            self.find("restored", format!("query {query} is opened on an older copy"));
        }
        if self.state.restored.is_none() {
            return;
        }
        self.seen.count("a query is opened after a restore");
        let asked = &self.state.asked[query];
        let brought = &self.state.places[asked.place].brought;
        let tables = asked.names.iter().filter_map(|it| brought.get(it));
        let mut needed: BTreeSet<usize> = tables.map(|it| it.owner).collect();
        needed.insert(0);
        for person in needed.difference(&self.state.confirmed.clone()) {
            let text = format!("query {query} is opened without the word of member {person}");
            self.find("restored", text);
        }
    }
}
