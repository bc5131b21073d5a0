//! What members change of what they agreed upon and brought.

use glovebox_model::{KeyRole, PrivacyBudgetType};
use glovebox_room::{NewAccessLimit, OfferUpdate, TableUpdate};

use crate::house::check::Moved;
use crate::house::people;
use crate::house::state::{
    Kind, brought_right, key_right, member_right, place_right, rule_right, table_right,
};
use crate::house::stuck::Done;
use crate::house::terms;
use crate::house::world::World;

impl World {
    /// Any member changes anything.
    pub(super) async fn change_terms(&mut self) -> Done<Moved> {
        let place = self.random.between(0, self.state.places.len() - 1);
        let owner = self.random.between(0, self.state.people.len() - 1);
        let table = self.random.between(0, self.state.people[owner].tables.len() - 1);
        match self.random.between(0, 99) {
            0..=24 => self.toggle_brought(place, owner, table).await?,
            25..=49 => self.toggle_rule(owner, table).await?,
            50..=57 => self.toggle_table(owner, table).await?,
            58..=72 => self.change_privacy(place).await?,
            73..=82 => self.change_access(place).await?,
            83..=89 => self.unlock(place).await?,
            90..=93 => self.leave(place, owner).await?,
            94..=96 => self.remove_member(place, owner).await?,
            97..=98 => self.describe(owner, table).await?,
            _ => self.end_place(place).await?,
        }
        Ok(Moved::Nothing)
    }

    async fn toggle_brought(&mut self, place: usize, owner: usize, table: usize) -> Done<()> {
        let name = self.state.people[owner].tables[table].name.clone();
        let there = &self.state.places[place];
        let caller = self.state.people[owner].caller();
        let membership = there.joined[&owner];
        if let Some(brought) = there.brought.get(&name).cloned() {
            let gone =
                self.room.delete_configured_table_association(&caller, membership, brought.id);
            let gone = gone.await;
            if self.heard("take a table out", &gone) {
                self.state.places[place].brought.remove(&name);
                self.state.revoke(brought_right(brought.id), self.step);
            }
            return Ok(());
        }
        let Some(id) = self.state.people[owner].tables[table].id else { return Ok(()) };
        let new = terms::association(membership, id, &name)?;
        let made = self.room.create_configured_table_association(&caller, new).await;
        if self.heard("bring a table", &made)
            && let Ok(made) = made
        {
            let brought = crate::house::state::Brought { id: made.id, owner, table };
            self.state.places[place].brought.insert(name, brought);
        }
        Ok(())
    }

    async fn toggle_rule(&mut self, owner: usize, table: usize) -> Done<()> {
        let runner = self.state.people[1].account;
        let caller = self.state.people[owner].caller();
        let found = self.state.people[owner].tables[table].clone();
        let Some(id) = found.id else { return Ok(()) };
        let (kind, written) = terms::rule(found.kind, found.rules_written, &[runner])?;
        let (what, deleted, answer) = match found.rule {
            Some(_) if self.random.chance(50) => {
                let gone = self.room.delete_configured_table_analysis_rule(&caller, id, kind);
                ("delete a rule", true, gone.await.map(drop))
            }
            Some(_) => {
                let room = &self.room;
                let new = room.update_configured_table_analysis_rule(&caller, id, kind, written);
                ("change a rule", false, new.await.map(drop))
            }
            None => {
                let room = &self.room;
                let new = room.create_configured_table_analysis_rule(&caller, id, kind, written);
                ("make a rule", false, new.await.map(drop))
            }
        };
        if self.heard(what, &answer) {
            // A rule of differential privacy that is written again is the same.
            let same = found.kind == Kind::Private && !deleted && found.rule.is_some();
            if let Some(old) = found.rule.filter(|_| !same) {
                self.state.revoke(rule_right(id, old), self.step);
            }
            let table = &mut self.state.people[owner].tables[table];
            if deleted {
                table.rule = None;
            } else if !same {
                table.rule = Some(table.rules_written);
                table.rules_written += 1;
            }
        }
        Ok(())
    }

    async fn toggle_table(&mut self, owner: usize, table: usize) -> Done<()> {
        let caller = self.state.people[owner].caller();
        let found = self.state.people[owner].tables[table].clone();
        if let Some(id) = found.id {
            let answer = self.room.delete_configured_table(&caller, id).await;
            if self.heard("delete a table", &answer) {
                self.state.revoke(table_right(id), self.step);
                let table = &mut self.state.people[owner].tables[table];
                (table.id, table.rule) = (None, None);
            }
            return Ok(());
        }
        let new = terms::table(&found.name)?;
        let made = self.room.create_configured_table(&caller, new).await;
        if self.heard("configure a table", &made)
            && let Ok(made) = made
        {
            let table = &mut self.state.people[owner].tables[table];
            (table.id, table.rule) = (Some(made.table.id), None);
        }
        Ok(())
    }

    async fn describe(&mut self, owner: usize, table: usize) -> Done<()> {
        let caller = self.state.people[owner].caller();
        let Some(id) = self.state.people[owner].tables[table].id else { return Ok(()) };
        let update = TableUpdate {
            name: None,
            description: Some(format!("at step {}", self.step)),
            source: None,
            allowed_columns: None,
            method: None,
            selected_methods: None,
        };
        let answer = self.room.update_configured_table(&caller, id, update).await;
        self.heard("describe a table", &answer);
        Ok(())
    }

    /// The first member changes, withdraws or offers its privacy budget.
    async fn change_privacy(&mut self, place: usize) -> Done<()> {
        const PRIVACY: PrivacyBudgetType = PrivacyBudgetType::DifferentialPrivacy;
        let caller = self.state.people[0].caller();
        let there = &self.state.places[place];
        let membership = there.joined[&0];
        let Some(budget) = there.budgets.get(&0).cloned() else {
            let terms = (u32::try_from(self.random.between(1, 2))?, self.random.chance(40));
            let made = if self.state.places[place].memberships.contains_key(&0) {
                people::offer_privacy(&self.room, &mut self.state, (place, 0), terms).await
            } else {
                return Ok(());
            };
            let word = if made.is_ok() { "yes" } else { "no" };
            self.note(format!("offer a privacy budget: {word}"));
            return Ok(());
        };
        if self.random.chance(40) {
            let room = &self.room;
            let gone = room.delete_privacy_budget_template(&caller, membership, budget.id).await;
            if self.heard("withdraw a privacy budget", &gone) {
                self.state.places[place].budgets.remove(&0);
            }
            return Ok(());
        }
        let epsilon = u32::try_from(self.random.between(1, 3))?;
        let update = OfferUpdate::Privacy { epsilon: Some(epsilon), users_noise: None };
        let room = &self.room;
        let change = (PRIVACY, Some(update));
        let answer = room.update_privacy_budget_template(&caller, membership, budget.id, change);
        let answer = answer.await;
        if self.heard("change a privacy budget", &answer)
            && let Some(budget) = self.state.places[place].budgets.get_mut(&0)
        {
            budget.epsilon = epsilon;
        }
        Ok(())
    }

    async fn change_access(&mut self, place: usize) -> Done<()> {
        let names: Vec<String> = self.state.places[place].brought.keys().cloned().collect();
        if names.is_empty() {
            return Ok(());
        }
        let name = self.random.pick(&names).clone();
        let brought = self.state.places[place].brought[&name].clone();
        let caller = self.state.people[brought.owner].caller();
        let there = &self.state.places[place];
        let Some(membership) = there.memberships.get(&brought.owner).copied() else {
            return Ok(());
        };
        let limit = (people::access_period(&mut self.random), 1 + (self.step % 4) as u32);
        let standing = there.access.get(&brought.id).filter(|it| it.limit.is_some()).cloned();
        let Some(access) = standing else {
            let now = self.clock.millis();
            let of = (place, name.as_str());
            let made = people::offer_access(&self.room, &mut self.state, of, limit, now).await;
            let word = if made.is_ok() { "yes" } else { "no" };
            self.note(format!("offer an access budget: {word}"));
            return Ok(());
        };
        let room = &self.room;
        let limits = if self.random.chance(50) {
            let gone = room.delete_privacy_budget_template(&caller, membership, access.id).await;
            if !self.heard("withdraw an access budget", &gone) {
                return Ok(());
            }
            None
        } else {
            let (period, budget) = limit;
            let limits = vec![NewAccessLimit { period, budget, auto_refresh: None }];
            let change = (PrivacyBudgetType::AccessBudget, Some(OfferUpdate::Access(limits)));
            let id = access.id;
            let answer = room.update_privacy_budget_template(&caller, membership, id, change).await;
            if !self.heard("change an access budget", &answer) {
                return Ok(());
            }
            Some(limit)
        };
        if let Some(access) = self.state.places[place].access.get_mut(&brought.id) {
            access.limit = limits;
        }
        Ok(())
    }

    async fn unlock(&mut self, place: usize) -> Done<()> {
        let all = self.state.places[place].brought.values().cloned().collect::<Vec<_>>();
        for brought in all {
            let caller = self.state.people[brought.owner].caller();
            let answer = self.room.unlock_association(&caller, brought.id).await;
            self.heard("unlock", &answer);
        }
        Ok(())
    }

    async fn leave(&mut self, place: usize, person: usize) -> Done<()> {
        let caller = self.state.people[person].caller();
        let membership = self.state.places[place].joined[&person];
        let answer = self.room.delete_membership(&caller, membership).await;
        if self.heard("leave", &answer) {
            self.state.places[place].memberships.remove(&person);
            self.state.revoke(member_right(place, person), self.step);
        }
        Ok(())
    }

    async fn remove_member(&mut self, place: usize, person: usize) -> Done<()> {
        let caller = self.state.people[0].caller();
        let (id, account) = (self.state.places[place].id, self.state.people[person].account);
        let answer = self.room.delete_member(&caller, id, account).await;
        if self.heard("remove a member", &answer) {
            let step = self.step;
            let there = &mut self.state.places[place];
            there.memberships.remove(&person);
            // Its tables leave with it.
            let (gone, stay): (Vec<_>, Vec<_>) =
                there.brought.clone().into_iter().partition(|(_, it)| it.owner == person);
            there.brought = stay.into_iter().collect();
            for (_, brought) in gone {
                self.state.revoke(brought_right(brought.id), step);
            }
            self.state.revoke(member_right(place, person), step);
        }
        Ok(())
    }

    async fn end_place(&mut self, place: usize) -> Done<()> {
        let caller = self.state.people[0].caller();
        let answer = self.room.delete_collaboration(&caller, self.state.places[place].id).await;
        if self.heard("delete a collaboration", &answer) {
            self.state.revoke(place_right(place), self.step);
        }
        Ok(())
    }

    /// The operator adds a key, takes one back, or changes which one is used.
    pub(super) async fn change_keys(&mut self) -> Done<Moved> {
        let who = self.random.between(0, self.state.people.len() - 1);
        let person = self.state.people[who].clone();
        if person.others.is_empty() {
            let (key, _) = self.store().add_key(person.account, KeyRole::Owner).await?;
            self.state.people[who].others.push(key);
            self.note(format!("member {who} has another key"));
            return Ok(Moved::Nothing);
        }
        // The new one first, then the old one goes.
        let new = self.state.people[who].others.remove(0);
        let old = std::mem::replace(&mut self.state.people[who].key, new);
        if self.random.chance(60) {
            self.store().disable_key(&old).await?;
            self.state.revoke(key_right(&old), self.step);
            self.note(format!("member {who} rotates its key, the old one is disabled"));
            self.seen.count("a key is disabled");
        } else {
            self.state.people[who].others.push(old);
            self.note(format!("member {who} uses its other key"));
        }
        Ok(Moved::Nothing)
    }
}
