//! What is done in a house, one thing after the other, as the seed says.

mod bad_days;
mod owners;
mod restores;
mod runner;

use glovebox_room::{RoomError, Walked};

use super::check::Moved;
use super::planted::Plant;
use super::stuck::Done;
use super::walks::{Came, Walk};
use super::world::World;

/// What became of a request, in a word.
pub(super) fn said<T>(answer: &Result<T, RoomError>) -> &'static str {
    match answer {
        Ok(_) => "yes",
        Err(RoomError::AccessDenied { .. }) => "denied",
        Err(RoomError::NotFound { .. }) => "not found",
        Err(RoomError::Conflict { .. }) => "conflict",
        Err(RoomError::Validation { .. }) => "invalid",
        Err(RoomError::QuotaExceeded { .. }) => "quota",
        Err(RoomError::Throttled { .. }) => "throttled",
        Err(RoomError::Internal(_)) => "internal",
    }
}

impl World {
    /// Notes what became of a request. That the house fails is a finding.
    pub(super) fn heard<T>(&mut self, what: &str, answer: &Result<T, RoomError>) -> bool {
        let word = said(answer);
        if let Err(RoomError::Internal(error)) = answer {
            self.find("internal", format!("{what}: {error}"));
        }
        self.note(format!("{what}: {word}"));
        self.seen.count(&format!("{what} {word}"));
        answer.is_ok()
    }

    /// Does one thing and looks at what became of it.
    pub(super) async fn act(&mut self) -> Done<()> {
        self.step += 1;
        // A house that does not know of its copy is asked for nobody's word.
        let is_older = self.newest.is_some() && self.plant != Plant::Unguarded;
        let often = self.plant.is_about_restores();
        let accepts = if often { 30 } else { 20 };
        let moved = match self.random.between(0, 99) {
            _ if is_older && self.random.chance(accepts) => self.go_on_from_copy().await?,
            _ if often && !is_older && self.random.chance(20) => self.back_up_or_restore().await?,
            0..=15 => self.start().await?,
            16..=53 => self.drive().await?,
            54..=56 => self.look().await?,
            57..=61 => self.die().await?,
            62..=64 => self.cancel().await?,
            65..=66 => self.explain().await?,
            67..=75 => self.change_terms().await?,
            76..=78 => self.change_keys().await?,
            79..=89 => self.move_clock().await?,
            90..=91 => self.crash_house().await?,
            92..=95 => self.back_up_or_restore().await?,
            _ => self.change_files()?,
        };
        self.observe(moved).await
    }

    /// Lets one walk come some points further.
    async fn drive(&mut self) -> Done<Moved> {
        if self.walks.is_empty() || (self.walks.len() < 3 && self.random.chance(30)) {
            // Seldom one that a walk has already: its claim may have run out.
            let again = self.random.chance(15);
            let walks = |query: &usize| self.walks.iter().any(|it| it.query == *query);
            let open: Vec<usize> = (0..self.state.asked.len())
                .filter(|it| !is_final(&self.state.asked[*it].status) && (again || !walks(it)))
                .collect();
            if !open.is_empty() {
                let query = *self.random.pick(&open);
                let walk = self.begin_walk(query).await?;
                self.note(format!("walk query {query}"));
                self.walks.push(walk);
            }
        }
        if self.walks.is_empty() {
            return self.start().await;
        }
        let place = self.random.between(0, self.walks.len() - 1);
        let walk = self.walks.remove(place);
        self.go_or_fall(walk).await
    }

    /// Lets a walk come through, or to some point, where it rests or dies.
    pub(super) async fn go_or_fall(&mut self, walk: Walk) -> Done<Moved> {
        let points = if self.random.chance(45) { 100 } else { self.random.between(1, 16) };
        let dies = self.random.chance(30);
        let walks = self.walks.len();
        let moved = self.go(walk, points).await?;
        if dies && self.walks.len() > walks {
            // What it did shows before it dies.
            self.observe(moved).await?;
            return self.die_at(walks).await;
        }
        Ok(moved)
    }

    /// Lets a walk come so many points further.
    pub(super) async fn go(&mut self, mut walk: Walk, points: usize) -> Done<Moved> {
        for _ in 0..points {
            if self.plant == Plant::Endless && walk.at == "claim:after" {
                break;
            }
            match walk.go().await {
                Came::To(point) => {
                    self.seen.count(&format!("at {point}"));
                    let id = walk.id.clone();
                    if ["deliver:before", "deliver:again"].contains(&point) {
                        self.looks(&mut walk).await?;
                    }
                    self.plant_at(&id, point).await?;
                }
                Came::End(ended) => return self.ended(walk, ended).await,
            }
        }
        self.note(format!("query {} stands at {}", walk.query, walk.at));
        let moved = Moved::of(&walk);
        self.walks.push(walk);
        Ok(moved)
    }

    /// A walk has looked at every right: what it delivers from now on, it delivers by this look,
    /// and what it delivered before by the last.
    async fn looks(&mut self, walk: &mut Walk) -> Done<()> {
        if walk.looked.is_some() {
            self.read_ledger().await?;
            self.look_at_objects(&Moved::of(walk))?;
        }
        walk.looked = Some(self.step);
        Ok(())
    }

    /// A walk has come to its end.
    async fn ended(
        &mut self,
        walk: Walk,
        ended: Result<Walked, glovebox_room::WalkError>,
    ) -> Done<Moved> {
        self.note(format!("the walk of query {} ended: {ended:?}", walk.query));
        let moved = Moved::of(&walk);
        match ended {
            Ok(Walked::NotNow) => self.seen.count("walk not now"),
            Ok(walked) => {
                self.seen.count(&format!("walk {walked:?}"));
                // Its supervisor buries it, if that lives.
                if self.random.chance(80) {
                    self.bury(walk).await?;
                }
            }
            Err(error) => self.find("internal", format!("a walk: {error}")),
        }
        Ok(moved)
    }

    /// A walk looks whether its query shall stop.
    async fn look(&mut self) -> Done<Moved> {
        if self.walks.is_empty() {
            return Ok(self.nothing_walks());
        }
        let place = self.random.between(0, self.walks.len() - 1);
        if !self.walks[place].can_look() {
            self.note("a walk is not there yet".into());
            return Ok(Moved::Nothing);
        }
        let mut walk = self.walks.remove(place);
        self.note(format!("the walk of query {} looks", walk.query));
        self.seen.count("look");
        match walk.look().await {
            Some(ended) => self.ended(walk, ended).await,
            None => {
                let moved = Moved::of(&walk);
                self.walks.push(walk);
                Ok(moved)
            }
        }
    }

    fn nothing_walks(&mut self) -> Moved {
        self.note("nothing walks".into());
        Moved::Nothing
    }

    /// A process dies between two doors.
    async fn die(&mut self) -> Done<Moved> {
        if self.walks.is_empty() {
            return Ok(self.nothing_walks());
        }
        let place = self.random.between(0, self.walks.len() - 1);
        self.die_at(place).await
    }

    async fn die_at(&mut self, place: usize) -> Done<Moved> {
        let walk = self.walks.remove(place);
        let sees = self.random.chance(70);
        let end = if sees { "buried" } else { "unseen" };
        self.note(format!("the walk of query {} dies at {}, {end}", walk.query, walk.at));
        self.seen.count(&format!("dies at {}", walk.at));
        if sees {
            self.bury(walk).await?;
        }
        Ok(Moved::Nothing)
    }
}

/// Whether a status is one that never changes.
pub(super) fn is_final(status: &str) -> bool {
    ["CANCELLED", "FAILED", "SUCCESS", "TIMED_OUT"].contains(&status)
}
