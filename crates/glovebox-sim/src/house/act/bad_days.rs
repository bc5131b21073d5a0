//! What happens to a house: it dies, its clock jumps, its files are changed.

use std::fs;

use crate::house::check::Moved;
use crate::house::people;
use crate::house::planted::Plant;
use crate::house::stuck::Done;
use crate::house::terms;
use crate::house::world::World;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

impl World {
    /// The clock moves: a little, over an edge, over a lease, over a day or a month, or back. Time
    /// passes, or somebody sets the clock; an operator may say afterwards that it is right.
    pub(super) async fn move_clock(&mut self) -> Done<Moved> {
        let moves = [
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
        let by = *self.random.pick(&moves);
        let is_set = by < 0 || (by >= 20 * MINUTE && self.random.chance(50));
        if is_set {
            self.clock.set_by(by);
            self.note(format!("the clock is set by {} s", by / SECOND));
            let what = if by < 0 { "the clock goes back" } else { "the clock is set ahead" };
            self.seen.count(what);
        } else {
            self.clock.pass(by);
            self.note(format!("{} s pass", by / SECOND));
            self.seen.count("time passes");
        }
        // A house looks at its clock every second; what comes between is as if it had not.
        if self.random.chance(70) {
            self.watch_clock().await?;
        }
        if self.random.chance(if is_set { 70 } else { 50 }) {
            self.accept_clock().await?;
        }
        Ok(Moved::Nothing)
    }

    /// The house dies, alone or with its machine; while that is off its clock may be set, which
    /// nobody sees unless it lies behind what was recorded.
    pub(super) async fn crash_house(&mut self) -> Done<Moved> {
        self.note("the house dies".into());
        self.seen.count("the house dies");
        for walk in &self.walks {
            self.seen.count(&format!("dies at {}", walk.at));
        }
        if self.random.chance(25) {
            self.clock.start_machine();
            let by = *self.random.pick(&[0, 0, DAY, -20 * MINUTE]);
            self.clock.set_by(by);
            self.note(format!("with its machine, whose clock is set by {} s", by / SECOND));
            self.seen.count("the machine starts anew");
        }
        self.crash(None).await?;
        self.check_ledger().await?;
        Ok(Moved::Nothing)
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
