//! What the ledger has recorded since it was last read, entry by entry, in a reading of our own.

use serde_json::Value;
use sqlx::Row as _;

use super::budgets::charge;
use crate::house::state::Opened;
use crate::house::stuck::{Done, Stuck};
use crate::house::world::World;

const UNREAD: &str = "SELECT rowid, tree, position, entry FROM ledger_entries
    WHERE rowid > ?1 ORDER BY rowid";
const OPENINGS: &str = "SELECT opening FROM ledger_openings
    WHERE tree = ?1 AND position = ?2 ORDER BY place";

/// An entry, with everything that stands behind its commitments.
struct Read {
    tree: String,
    at: i64,
    /// Never before anything that was recorded earlier.
    moment: i64,
    kind: String,
    body: Value,
    /// Label and value.
    shown: Vec<(String, String)>,
}

fn text(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl World {
    pub(in crate::house) async fn read_ledger(&mut self) -> Done<()> {
        let rows = sqlx::query(UNREAD).bind(self.state.row).fetch_all(&self.sql).await?;
        for row in rows {
            self.state.row = row.try_get(0)?;
            let (tree, position): (String, i64) = (row.try_get(1)?, row.try_get(2)?);
            let entry: Value = serde_json::from_str(row.try_get(3)?)?;
            let at = entry.get("at").and_then(Value::as_i64);
            let at = at.ok_or_else(|| Stuck::new("an entry without a moment"))?;
            let event = entry.get("event").and_then(Value::as_object);
            let Some((kind, body)) = event.and_then(|it| it.iter().next()) else { continue };
            let mut shown = Vec::new();
            if ["opened", "charged", "released"].contains(&kind.as_str()) {
                let openings = sqlx::query(OPENINGS).bind(&tree).bind(position);
                for opening in openings.fetch_all(&self.sql).await? {
                    let opening: Value = serde_json::from_str(opening.try_get(0)?)?;
                    shown.push((text(&opening, "label"), text(&opening, "value")));
                }
            }
            let moment = self.state.newest.max(at);
            let read = Read { tree, at, moment, kind: kind.clone(), body: body.clone(), shown };
            self.state.newest = moment;
            self.follow(&read)?;
        }
        Ok(())
    }

    /// Follows a query from entry to entry.
    fn follow(&mut self, read: &Read) -> Done<()> {
        if read.kind == "clockAccepted" {
            self.state.accepted = read.moment;
        }
        let id = text(&read.body, "query");
        if id.is_empty() {
            return Ok(());
        }
        let name = self.name(&id);
        let Some(place) = self.state.asked.iter().position(|it| it.id.to_string() == id) else {
            if read.kind != "querySubmitted" {
                self.find("bracket", format!("{} tells of {name}", read.kind));
            }
            return Ok(());
        };
        let facts = self.state.asked[place].facts.clone();
        let can = facts.ended.is_none()
            && match read.kind.as_str() {
                "querySubmitted" | "cancelRequested" => true,
                "opened" | "refused" => facts.opened.is_none(),
                "charged" => facts.opened.is_some() && !facts.settled && facts.released.is_none(),
                "released" => facts.opened.is_some() && facts.released.is_none(),
                "lost" => facts.opened.is_some() && facts.released.is_none(),
                "closed" => facts.released.is_some() || text(&read.body, "status") != "SUCCESS",
                _ => false,
            };
        if !can {
            self.find("bracket", format!("`{}` cannot follow for {name}", read.kind));
        }
        let step = self.step;
        match read.kind.as_str() {
            "opened" => self.opened(place, read)?,
            "charged" => self.state.asked[place].facts.settled = true,
            "released" => {
                let digests = read.shown.iter().filter(|it| it.0 == "content");
                let digests = digests.map(|it| it.1.clone()).collect();
                self.state.asked[place].facts.released = Some(digests);
            }
            "refused" | "lost" => {
                self.state.asked[place].facts.ended = Some((step, "FAILED".into()));
            }
            "closed" => {
                let status = text(&read.body, "status");
                self.state.asked[place].facts.ended = Some((step, status));
            }
            _ => {}
        }
        if ["opened", "charged"].contains(&read.kind.as_str()) {
            self.check_clock(place, (read.at, read.moment));
            for (_, told) in read.shown.iter().filter(|it| it.0 == "charge") {
                if let Some(charge) = charge(told, (read.at, read.moment))? {
                    self.charged(place, &read.tree, charge);
                }
            }
        }
        Ok(())
    }

    /// A query is opened: with every right that it needs, and on no older copy.
    fn opened(&mut self, place: usize, read: &Read) -> Done<()> {
        self.check_words(place);
        let asked = self.state.asked[place].clone();
        let (rights, associations) = match self.state.needs(&asked) {
            Ok(found) => found,
            Err(missing) => {
                self.find("rights", format!("query {place} is opened without {missing}"));
                (Vec::new(), Vec::new())
            }
        };
        let own = asked.receivers.iter().map(|it| asked.right_of(*it));
        let gone = rights.iter().cloned().chain(own).any(|it| self.state.gone.contains_key(&it));
        if gone {
            self.find("rights", format!("query {place} is opened under a right that is gone"));
        }
        if rights.iter().any(|it| self.came_back.contains(it)) {
            self.seen.count("a right is used again that a restore brought back");
        }
        let (at, moment) = (read.at, read.moment);
        let opened = Opened { at, moment, reached: at, rights, associations };
        self.state.asked[place].facts.opened = Some(opened);
        self.count_access(place);
        Ok(())
    }
}
