//! Backups, and what becomes of one that is brought back: the newest files return after all, or the
//! house goes on from the copy (docs/decisions/0023).

use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

use super::bad_days::{DAY, HOUR};
use super::is_final;
use crate::house::check::Moved;
use crate::house::image::{Backup, Image};
use crate::house::planted::Plant;
use crate::house::state::{Restored, State};
use crate::house::stuck::Done;
use crate::house::world::World;

impl World {
    /// Takes a backup, brings one back, or brings the newest files back.
    pub(super) async fn back_up_or_restore(&mut self) -> Done<Moved> {
        if self.newest.is_some() {
            return self.bring_newest_back().await;
        }
        let people = 0..self.state.people.len();
        let silent: Vec<usize> = people.filter(|it| !self.state.confirmed.contains(it)).collect();
        if self.state.restored.is_some() && !silent.is_empty() && self.random.chance(50) {
            let person = *self.random.pick(&silent);
            self.confirm(person).await?;
            return Ok(Moved::Nothing);
        }
        if self.backups.is_empty() || self.random.chance(30) {
            self.note("a backup is taken".into());
            let backup = Backup { image: Image::of(&self.data())?, state: self.state.clone() };
            self.backups.push(backup);
            return Ok(Moved::Nothing);
        }
        let older: Vec<&Backup> =
            self.backups.iter().filter(|it| it.state.number < self.counter).collect();
        let backup = match older.is_empty() || self.random.chance(50) {
            true => self.random.pick(&self.backups).clone(),
            false => Backup::clone(*self.random.pick(&older)),
        };
        let newest = Backup { image: Image::of(&self.data())?, state: self.state.clone() };
        self.check_ledger().await?;
        self.crash(Some(backup)).await?;
        self.notice_restore().await?;
        if self.state.number < self.counter {
            self.note("an older copy comes back, without its last charges".into());
            self.seen.count("an older copy comes back");
            self.newest = Some(newest);
        } else {
            // Nothing was charged since: the house cannot know, and members can.
            self.note("a copy comes back from which no charge is missing".into());
            self.seen.count("a copy comes back from which no charge is missing");
            self.forget_branch(&newest.state);
            self.backups.clear();
            self.heads.clear();
        }
        Ok(Moved::Nothing)
    }

    pub(in crate::house) async fn bring_newest_back(&mut self) -> Done<Moved> {
        let Some(newest) = self.newest.take() else { return Ok(Moved::Nothing) };
        self.note("the newest files come back".into());
        self.crash(Some(newest)).await?;
        self.check_ledger().await?;
        Ok(Moved::Nothing)
    }

    /// What was answered in a history that is gone may be answered anew.
    fn forget_branch(&mut self, left: &State) {
        let now = &self.state;
        let released = |state: &State, query: &str| {
            state.asked.iter().any(|it| it.id.to_string() == query && it.facts.released.is_some())
        };
        let stays = |query: &str| released(now, query) || !released(left, query);
        for object in self.objects.values_mut() {
            object.disowned |= !stays(&object.query);
        }
        let mut draws = self.draws.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let opened = |query: &str| {
            let mut all = now.asked.iter();
            all.any(|it| it.id.to_string() == query && it.facts.opened.is_some())
        };
        draws.retain(|query, _| opened(query));
    }

    /// The operator accepts the older copy on which the house stands, and owners say that what they
    /// allow in it is what they allow: all of them, some, or nobody.
    pub(super) async fn go_on_from_copy(&mut self) -> Done<Moved> {
        self.date_head_counter()?;
        // A file's date is looked at by the second.
        let raised = self.raised.div_euclid(1000) * 1000;
        let closed = self.clock.millis().max(self.state.newest).max(raised);
        let asked = self.state.asked.iter().filter(|it| !is_final(&it.status));
        let open: Vec<String> = asked.map(|it| it.id.to_string()).collect();
        let Some(accepted) = self.store().accept_restore(false).await? else {
            self.find("restored", "an older copy passes for the newest".into());
            return Ok(Moved::Nothing);
        };
        self.note("the operator accepts the older copy".into());
        self.seen.count("an older copy is accepted");
        let number = accepted.restore.number;
        if number <= self.counter {
            self.find("restored", "the number of an accepted copy was given before".into());
        }
        if accepted.restore.closed.as_millis() < closed {
            self.find("restored", "an accepted copy closes too few periods".into());
        }
        self.plant_at_restore(&open).await?;
        self.check_accepted(number).await?;
        (self.state.number, self.counter) = (number, number);
        let closed = self.state.restored.map_or(closed, |it| it.closed.max(closed));
        self.state.restored = Some(Restored { number, closed });
        self.state.confirmed.clear();
        // Whoever kept a newer head has seen that it is gone.
        self.heads.clear();
        if let Some(lost) = self.newest.take() {
            let gone = lost.state.gone.keys().filter(|it| !self.state.gone.contains_key(*it));
            self.came_back.extend(gone.cloned());
            // It may turn up one day, and is the older one then.
            self.backups.push(lost);
        }
        // Owners take their time.
        self.clock.pass(*self.random.pick(&[0, 0, HOUR, 31 * DAY]));
        let percent = *self.random.pick(&[0, 50, 100, 100]);
        if percent == 0 {
            self.seen.count("nobody confirms an accepted copy");
        }
        for person in 0..self.state.people.len() {
            if self.random.chance(percent) {
                self.confirm(person).await?;
            }
        }
        Ok(Moved::Nothing)
    }

    /// The file of the head counter has the date of the last charge by the clock of this house.
    fn date_head_counter(&self) -> Done<()> {
        let Some(counter) = self.store().head_counter() else { return Ok(()) };
        let raised = UNIX_EPOCH + Duration::from_millis(u64::try_from(self.raised)?);
        Ok(File::options().write(true).open(counter.path())?.set_modified(raised)?)
    }

    /// A member says of the last copy that was accepted that what it allows in it is what it
    /// allows; before that perhaps of another, which is no word about this one.
    async fn confirm(&mut self, person: usize) -> Done<()> {
        let Some(Restored { number, .. }) = self.state.restored else { return Ok(()) };
        let caller = self.state.people[person].caller();
        if self.random.chance(20) {
            let other = number.saturating_sub(1);
            if self.room.confirm_restore(&caller, other).await.is_ok() {
                self.find("restored", "a word about another copy counts".into());
            }
        }
        let answer = self.room.confirm_restore(&caller, number).await;
        if self.heard("confirm", &answer) {
            self.state.confirmed.insert(person);
        } else if self.plant == Plant::Nothing {
            self.find("restored", format!("the word of member {person} is not taken"));
        }
        Ok(())
    }
}
