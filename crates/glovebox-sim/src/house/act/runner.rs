//! What the member does that runs queries.

use glovebox_model::OutputLocation;
use glovebox_room::{ExplainQuery, StartOutput, StartQuery};

use crate::house::check::Moved;
use crate::house::people::OWN;
use crate::house::state::{Asked, Facts, Kind};
use crate::house::stuck::Done;
use crate::house::terms;
use crate::house::world::World;

impl World {
    /// A text, the tables that it names, and whether it is about a private one.
    fn question(&mut self, place: usize) -> (String, Vec<String>, bool) {
        let brought = &self.state.places[place].brought;
        let tables: Vec<(String, Kind)> = brought
            .iter()
            .filter(|(name, _)| name.as_str() != OWN)
            .map(|(name, it)| (name.clone(), self.state.people[it.owner].tables[it.table].kind))
            .collect();
        // What was asked before is asked again.
        let again = self.random.chance(25);
        if tables.is_empty() || self.random.chance(8) {
            let wrong = ["SELECT uid FROM t0", "SELECT a FROM nowhere", "SELEC", "SELECT 1"];
            return ((*self.random.pick(&wrong)).to_owned(), Vec::new(), false);
        }
        let private = tables.iter().find(|it| it.1 == Kind::Private).filter(|_| again);
        let (name, kind) = private.unwrap_or(self.random.pick(&tables)).clone();
        let text = match kind {
            Kind::Aggregation => {
                format!("SELECT grp, SUM(amount) AS total FROM {name} GROUP BY grp")
            }
            Kind::Custom => format!("SELECT grp, amount FROM {name}"),
            Kind::List => {
                let text = format!(
                    "SELECT DISTINCT {name}.amount FROM {name} JOIN {OWN} ON {name}.uid = {OWN}.uid"
                );
                return (text, vec![name, OWN.to_owned()], false);
            }
            Kind::Private => {
                let which = ["", " WHERE grp = 'a'"];
                let which = self.random.pick(&which);
                format!("SELECT COUNT(DISTINCT uid) AS users FROM {name}{which}")
            }
        };
        (text, vec![name], kind == Kind::Private)
    }

    /// Asks something.
    pub(super) async fn start(&mut self) -> Done<Moved> {
        let place = self.random.between(0, self.state.places.len() - 1);
        let (text, names, private) = self.question(place);
        let there = self.state.places[place].clone();
        let runner = &self.state.people[there.runner];
        let receivers = match there.receivers.as_slice() {
            [_, _] if self.random.chance(60) => there.receivers.clone(),
            all => vec![*self.random.pick(all)],
        };
        let member = |it: &usize| self.state.people[*it].account;
        let output = match receivers.as_slice() {
            [one] if *one == there.runner => StartOutput::S3(terms::output()),
            [one] => StartOutput::Member(member(one)),
            several => {
                let location = |it: &usize| match *it == there.runner {
                    true => OutputLocation::S3(terms::output()),
                    false => OutputLocation::Member(member(it)),
                };
                StartOutput::Distribute(several.iter().map(location).collect())
            }
        };
        let start =
            StartQuery { query_string: Some(text), output: Some(output), ..StartQuery::default() };
        let (caller, key) = (runner.caller(), runner.key.clone());
        let membership = there.joined[&there.runner];
        let made = self.room.start_protected_query(&caller, membership, start).await;
        self.heard("start", &made);
        if let Ok(query) = made {
            let facts = Facts::default();
            let (id, status) = (query.id, query.status.to_string());
            let asked = Asked { id, place, receivers, key, names, private, facts, status };
            self.seen.count(&format!("a query for {}", asked.receivers.len()));
            self.state.asked.push(asked);
            self.note(format!("query {}", self.state.asked.len() - 1));
        }
        Ok(Moved::Nothing)
    }

    /// Wishes a query to stop.
    pub(super) async fn cancel(&mut self) -> Done<Moved> {
        if self.state.asked.is_empty() {
            return self.start().await;
        }
        let query = self.random.between(0, self.state.asked.len() - 1);
        let (id, place) = (self.state.asked[query].id, self.state.asked[query].place);
        let there = &self.state.places[place];
        let caller = self.state.people[there.runner].caller();
        let membership = there.joined[&there.runner];
        let answer = self.room.cancel_protected_query(&caller, membership, id).await;
        self.heard("cancel", &answer);
        Ok(Moved::Nothing)
    }

    /// Asks what judgement would say.
    pub(super) async fn explain(&mut self) -> Done<Moved> {
        let place = self.random.between(0, self.state.places.len() - 1);
        let (text, _, _) = self.question(place);
        let there = &self.state.places[place];
        let caller = self.state.people[there.runner].caller();
        let asked = ExplainQuery::from(text.as_str());
        let answer = self.room.explain(&caller, there.id, asked).await;
        self.heard("explain", &answer);
        Ok(Moved::Nothing)
    }
}
