//! What lies in receivers' buckets: delivered only as released, once, by whoever still might.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{Moved, Object};
use crate::house::state::Asked;
use crate::house::stuck::Done;
use crate::house::terms::BUCKET;
use crate::house::world::World;

/// The edge of a private query over one table whose owner does not say how many users it has, in
/// milliseconds (docs/differential-privacy.md).
const EDGE: i64 = 15_000;

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = found.flatten().map(|it| it.path()).collect();
    paths.sort();
    paths
}

impl World {
    pub(in crate::house) fn bucket(&self, person: usize) -> PathBuf {
        let account = self.state.people[person].account;
        self.room.account_folder(account).join("buckets").join(BUCKET)
    }

    pub(in crate::house) fn look_at_objects(&mut self, moved: &Moved) -> Done<()> {
        self.look_at_the_clock();
        for person in 0..self.state.people.len() {
            for folder in entries(&self.bucket(person).join("out")) {
                let query = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
                for file in entries(&folder) {
                    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    let digest = hex::encode(Sha256::digest(fs::read(&file)?));
                    self.had.insert(format!("{person}/{query}"));
                    let path = format!("{person}/{query}/{name}");
                    let before = self.objects.get(&path).cloned();
                    let is_new = match &before {
                        None => true,
                        Some(it) if it.digest == digest => false,
                        Some(it) if it.disowned => true,
                        Some(_) => {
                            let name = self.name(&query);
                            self.find("answers", format!("the answer to {name} has changed"));
                            false
                        }
                    };
                    let disowned = before.is_some_and(|it| it.disowned) && !is_new;
                    let object = Object { query: query.clone(), digest, disowned };
                    if is_new {
                        self.delivered(person, &object, moved);
                    }
                    self.objects.insert(path, object);
                }
            }
        }
        Ok(())
    }

    fn look_at_the_clock(&mut self) {
        let now = self.clock.millis();
        for opened in self.state.asked.iter_mut().filter_map(|it| it.facts.opened.as_mut()) {
            opened.reached = opened.reached.max(now);
        }
    }

    /// An object that was not there before.
    fn delivered(&mut self, person: usize, object: &Object, moved: &Moved) {
        let name = self.name(&object.query);
        let mine = format!("{person}/");
        let others = |it: &(&String, &Object)| it.1.query == object.query && !it.1.disowned;
        let others: Vec<(&String, &Object)> = self.objects.iter().filter(others).collect();
        if others.iter().any(|it| it.0.starts_with(&mine) || it.1.digest != object.digest) {
            self.find("answers", format!("there are two answers to {name}"));
        } else if !others.is_empty() {
            self.seen.count("a second receiver has the same answer");
        }
        if self.newest.is_some() {
            self.find("restored", format!("{name} is delivered from an older copy"));
        }
        let found = self.state.asked.iter().find(|it| it.id.to_string() == object.query).cloned();
        let Some(asked) = found else {
            self.find("released", "an object of a query that nobody asked".to_owned());
            return;
        };
        let released = asked.facts.released.clone().unwrap_or_default();
        if !released.contains(&object.digest) {
            self.find("released", format!("{name} is delivered without being released"));
        }
        if !asked.receivers.contains(&person) {
            self.find("released", format!("{name} is delivered to somebody else"));
        }
        self.seen.count("an object is delivered");
        if let Some(opened) = &asked.facts.opened
            && asked.private
            && opened.reached < opened.at + EDGE
        {
            self.find("edges", format!("{name} is answered before its edge"));
        }
        self.still_might(&name, (&asked, person), moved);
    }

    /// Whoever delivered has looked at all rights, when all of them were there.
    fn still_might(&mut self, name: &str, (asked, person): (&Asked, usize), moved: &Moved) {
        let looked = match moved {
            Moved::Walk { id, looked: Some(looked) } if *id == asked.id.to_string() => *looked,
            Moved::Walk { .. } | Moved::Nothing => {
                self.find("rights", format!("{name} is delivered without a last look at rights"));
                self.step
            }
        };
        let Some(opened) = &asked.facts.opened else { return };
        let gone = |right: &String| self.state.gone.get(right).is_some_and(|it| *it < looked);
        let own = asked.right_of(person);
        let outlived = opened.rights.iter().chain([&own]).filter(|it| gone(it)).count();
        if outlived > 0 {
            self.note(format!("outlived: {outlived} rights"));
            self.find("rights", format!("{name} is delivered by a right that was gone"));
        }
        if asked.facts.ended.as_ref().is_some_and(|(step, _)| *step < looked) {
            self.find("rights", format!("{name} is delivered after its end"));
        }
    }
}
