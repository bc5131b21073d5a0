//! What happens to a house: it dies, its clock jumps, its files are changed, an older copy of it
//! comes back.

use std::fs;

use crate::house::check::Moved;
use crate::house::image::{Backup, Image};
use crate::house::people;
use crate::house::planted::Plant;
use crate::house::state::State;
use crate::house::stuck::Done;
use crate::house::terms;
use crate::house::world::World;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl World {
    /// The clock moves: a little, over an edge, over a lease, over a day or a month, or back; an
    /// operator may say afterwards that it is right.
    pub(super) async fn move_clock(&mut self) -> Done<Moved> {
        let jumps = [
            SECOND,
            5 * SECOND,
            15 * SECOND,
            15 * SECOND,
            16 * SECOND,
            20 * SECOND,
            61 * SECOND,
            61 * SECOND,
            20 * MINUTE,
            DAY,
            5 * DAY,
            -10 * MINUTE,
            -20 * MINUTE,
            -3 * HOUR,
        ];
        let jump = *self.random.pick(&jumps);
        self.clock.advance(jump);
        self.note(format!("the clock moves by {} s", jump / SECOND));
        self.seen.count(if jump < 0 { "the clock goes back" } else { "the clock goes on" });
        if self.random.chance(30) && self.store().accept_clock().await?.is_some() {
            self.note("the operator says that the clock is right".into());
            self.seen.count("the clock is accepted");
        }
        Ok(Moved::Nothing)
    }

    pub(super) async fn crash_house(&mut self) -> Done<Moved> {
        self.note("the house dies".into());
        self.seen.count("the house dies");
        for walk in &self.walks {
            self.seen.count(&format!("dies at {}", walk.at));
        }
        self.crash(None).await?;
        self.check_ledger().await?;
        Ok(Moved::Nothing)
    }

    /// Takes a backup, brings one back, or brings the newest files back.
    pub(super) async fn back_up_or_restore(&mut self) -> Done<Moved> {
        if self.newest.is_some() {
            return self.bring_newest_back().await;
        }
        if self.backups.is_empty() || self.random.chance(40) {
            self.note("a backup is taken".into());
            let backup = Backup { image: Image::of(&self.data())?, state: self.state.clone() };
            self.backups.push(backup);
            return Ok(Moved::Nothing);
        }
        let backup = self.random.pick(&self.backups).clone();
        let newest = Backup { image: Image::of(&self.data())?, state: self.state.clone() };
        self.check_ledger().await?;
        self.crash(Some(backup.image)).await?;
        self.notice_restore().await?;
        if newest.state.charges.len() > backup.state.charges.len() {
            self.note("an older copy comes back, without its last charges".into());
            self.seen.count("an older copy comes back");
            self.state = backup.state;
            self.newest = Some(newest);
        } else {
            // Nothing was charged since: the house cannot know, and members can.
            self.note("a copy comes back from which no charge is missing".into());
            self.seen.count("a copy comes back from which no charge is missing");
            self.forget_branch(&newest.state, &backup.state);
            self.state = backup.state;
            self.backups.clear();
            self.heads.clear();
        }
        Ok(Moved::Nothing)
    }

    pub(in crate::house) async fn bring_newest_back(&mut self) -> Done<Moved> {
        let Some(Backup { image, state }) = self.newest.take() else { return Ok(Moved::Nothing) };
        self.note("the newest files come back".into());
        self.crash(Some(image)).await?;
        self.state = state;
        self.check_ledger().await?;
        Ok(Moved::Nothing)
    }

    /// What was answered in a history that is gone may be answered anew.
    fn forget_branch(&mut self, left: &State, now: &State) {
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

    /// A member writes its file anew, or it is gone, or a receiver's bucket is.
    pub(super) fn change_files(&mut self) -> Done<Moved> {
        let person = self.random.between(0, self.state.people.len() - 1);
        let found = &self.state.people[person];
        if self.random.chance(25) {
            let bucket = self.bucket(person);
            if bucket.is_dir() && self.random.chance(50) {
                // With all that lies in it: nobody's business but its owner's.
                fs::remove_dir_all(&bucket)?;
                let path = format!("{person}/");
                self.objects.retain(|it, _| !it.starts_with(&path));
                self.note(format!("the bucket of member {person} is gone"));
                self.seen.count("a bucket is gone");
            } else {
                fs::create_dir_all(&bucket)?;
                self.note(format!("member {person} makes a bucket"));
            }
            return Ok(Moved::Nothing);
        }
        let table = found.tables[self.step % found.tables.len()].clone();
        let edition = self.random.between(0, 3);
        if self.random.chance(15) && self.plant == Plant::Nothing {
            let folder = self.room.account_folder(found.account).join("tables/shop");
            let _ = fs::remove_file(folder.join(format!("{}.csv", table.name)));
            self.note(format!("the file of {} is gone", table.name));
            self.seen.count("a file is gone");
        } else {
            let rows = terms::rows(table.kind, edition);
            people::write_rows(&self.room, found, &table.name, &rows)?;
            self.note(format!("{} has other rows", table.name));
        }
        Ok(Moved::Nothing)
    }
}
