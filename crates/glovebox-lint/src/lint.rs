//! Plays the families of attacks against one table and tells which got through.

use std::collections::BTreeMap;

use glovebox_fixture::Room;
use glovebox_model::{ColumnName, TableName, Timestamp};
use serde_json::{Value, json};

use crate::attack::{Attempt, FAMILIES, Family};
use crate::change::{Change, changes};
use crate::target::{NoTarget, Target};
use crate::world::{Answer, NoEngine, Runner};

/// What came of it.
#[derive(Debug, Clone)]
pub struct Report {
    /// The attacked table.
    pub table: TableName,
    /// Whether its rows were made up.
    pub is_synthetic: bool,
    /// Every family that was run, with how many tries the judge allowed.
    pub families: Vec<Tried>,
    /// What got through: the first of each family.
    pub findings: Vec<Worked>,
}

/// One family that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Its name.
    pub family: &'static str,
    /// How many tries.
    pub tries: usize,
    /// How many of them the rule allowed.
    pub allowed: usize,
}

/// An attack that got through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// Its family.
    pub family: &'static str,
    /// What it tells the attacker.
    pub learns: &'static str,
    /// How the attacker prepared its own table.
    pub preparation: &'static str,
    /// The query, or the two whose answers were compared.
    pub queries: Vec<String>,
    /// The answers with the person, and without.
    pub answers: [String; 2],
    /// The change that stops it: tried, and the attack no longer works. `None`: none that the
    /// linter knows; only noise, or no such queries, would.
    pub change: Option<String>,
}

/// Why a table cannot be linted.
#[derive(Debug, thiserror::Error)]
pub enum Unlinted {
    /// There is nothing to attack.
    #[error(transparent)]
    NoTarget(#[from] NoTarget),
    /// Nothing can be run.
    #[error(transparent)]
    NoEngine(#[from] NoEngine),
}

/// Attacks one table of a room; on its rows, or on made-up ones. `progress` is told each family
/// as it begins.
///
/// # Errors
///
/// When there is no such table, or nothing in it to attack.
pub fn lint(
    room: &Room,
    table: &TableName,
    rows: Option<Vec<Vec<Option<String>>>>,
    now: Timestamp,
    mut progress: impl FnMut(&str),
) -> Result<Report, Unlinted> {
    let is_synthetic = rows.is_none();
    let target = Target::of(room, table, rows)?;
    let runner = Runner::new(now)?;
    let (mut families, mut findings) = (Vec::new(), Vec::new());
    for family in FAMILIES {
        progress(family.name);
        let attempts = (family.attempts)(&target);
        let mut allowed = 0;
        let mut worked = None;
        for attempt in &attempts {
            match play(&runner, &target, attempt) {
                Played::Refused => {}
                Played::Allowed => allowed += 1,
                Played::Learned(answers) => {
                    allowed += 1;
                    worked = worked.or(Some((attempt, answers)));
                    break;
                }
            }
        }
        families.push(Tried { family: family.name, tries: attempts.len(), allowed });
        if let Some((attempt, answers)) = worked {
            findings.push(Worked {
                family: family.name,
                learns: family.learns,
                preparation: attempt.preparation,
                queries: attempt.queries.clone(),
                answers,
                change: stopping(&runner, &target, attempt, family),
            });
        }
    }
    Ok(Report { table: table.clone(), is_synthetic, families, findings })
}

enum Played {
    /// The rule does not allow it.
    Refused,
    /// Allowed, and nothing was learned.
    Allowed,
    /// The answers with the person and without tell them apart.
    Learned([String; 2]),
}

/// Runs one try on the table with the person, and without.
fn play(runner: &Runner, target: &Target, attempt: &Attempt) -> Played {
    let rules = target.world(&Vec::new(), true);
    let judged: Option<Vec<_>> =
        attempt.queries.iter().map(|it| runner.judge(&rules, it)).collect();
    let Some(judged) = judged else { return Played::Refused };
    let ask = |with_victim| -> Vec<Answer> {
        let world = target.world(&attempt.crafted, with_victim);
        judged.iter().map(|it| runner.answer(&world, it)).collect()
    };
    let (here, gone) = (ask(true), ask(false));
    let learned = match (here.as_slice(), gone.as_slice()) {
        // Two answers are compared with each other: a person who moves both alike is not seen.
        ([one, other], [one_gone, other_gone]) => one != other && one_gone == other_gone,
        _ => here != gone,
    };
    if learned { Played::Learned([shown(&here), shown(&gone)]) } else { Played::Allowed }
}

/// The first change that stops the try that worked, and every other one of its family.
fn stopping(runner: &Runner, target: &Target, worked: &Attempt, family: &Family) -> Option<String> {
    let columns: Vec<ColumnName> = target.columns.iter().map(|it| it.name.clone()).collect();
    let mut all = changes(&target.rule, &target.extension, &target.person, &columns);
    // The control that was made against this attack before all others.
    let is_made_for_it = |it: &Change| {
        let limit = target.extension.max_groups_per_identity;
        family.name == "crafted-groups" && it.extension.max_groups_per_identity != limit
    };
    all.sort_by_key(|it| !is_made_for_it(it));
    let stops = |change: &&Change| {
        let mut changed = target.clone();
        changed.rule = change.rule.clone();
        changed.extension = change.extension.clone();
        let learns = |it| matches!(play(runner, &changed, it), Played::Learned(_));
        // The attacker reads the new rule too, and prepares for it.
        !learns(worked) && !(family.attempts)(&changed).iter().any(learns)
    };
    all.iter().find(stops).map(|it| it.text.clone())
}

/// Answers in one line, cut.
fn shown(answers: &[Answer]) -> String {
    let one = |it: &Answer| match it {
        Answer::Failed => "the query failed".to_owned(),
        Answer::Rows(rows) if rows.is_empty() => "no row".to_owned(),
        Answer::Rows(rows) => {
            let first: Vec<String> = rows.iter().take(3).map(|it| it.join(", ")).collect();
            let rest =
                if rows.len() > 3 { format!(" ... {} rows", rows.len()) } else { String::new() };
            format!("{}{rest}", first.join("; "))
        }
    };
    let text: Vec<String> = answers.iter().map(one).collect();
    text.join(" | ").chars().take(200).collect()
}

impl Report {
    /// Whether something got through.
    pub fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let families = self
            .families
            .iter()
            .map(|it| json!({ "family": it.family, "tries": it.tries, "allowed": it.allowed }));
        let findings = self.findings.iter().map(|it| {
            json!({
                "family": it.family,
                "learns": it.learns,
                "preparation": it.preparation,
                "queries": it.queries,
                "answerWith": it.answers[0],
                "answerWithout": it.answers[1],
                "change": it.change,
            })
        });
        json!({
            "table": self.table.as_str(),
            "synthetic": self.is_synthetic,
            "families": families.collect::<Value>(),
            "findings": findings.collect::<Value>(),
        })
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!("table {}", self.table);
        text.push_str(if self.is_synthetic {
            " (made-up rows: real ones may tell more)\n"
        } else {
            "\n"
        });
        let mut tried: BTreeMap<&str, &Tried> = BTreeMap::new();
        for family in &self.families {
            tried.insert(family.family, family);
        }
        for it in &self.findings {
            text.push_str(&format!("\n{} works: it tells {}\n", it.family, it.learns));
            text.push_str(&format!("  {}\n", it.preparation));
            for query in &it.queries {
                text.push_str(&format!("    {query}\n"));
            }
            text.push_str(&format!("  with the person:    {}\n", it.answers[0]));
            text.push_str(&format!("  without the person: {}\n", it.answers[1]));
            match &it.change {
                Some(change) => text.push_str(&format!("  this stops it (tried): {change}\n")),
                None => text.push_str(
                    "  no change of this rule that was tried stops it: only noise \
                     (differential privacy) or another type of rule would\n",
                ),
            }
        }
        let names: Vec<String> = tried
            .values()
            .map(|it| format!("{} ({} of {} allowed)", it.family, it.allowed, it.tries))
            .collect();
        if self.findings.is_empty() {
            text.push_str("\nnone of the listed attacks worked on this table\n");
        }
        text.push_str(&format!("\ntried: {}\n", names.join(", ")));
        text
    }
}
