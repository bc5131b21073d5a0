//! What Apache Spark answered, and what we answer: `corpus/spark` says which are the same.
//!
//! Spark's answers are golden files (`cargo xtask spark` records them anew); `status/` says of
//! each query what became of it here, `reasons.txt` why an answer may differ.
//! `UPDATE_EXPECT=1` writes statuses anew, never a reason. `docs/spark.md` is written from them
//! by a test of `glovebox-sim`, which can ask the rules too.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "tests read and write golden files")]

mod answers;
mod compare;
mod run;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use answers::{Case, Outcome};
use run::{Ours, Runner};

/// Where the corpus lies.
fn corpus() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/spark"))
}

/// Whether golden files are to be written anew.
fn updates() -> bool {
    std::env::vars_os().any(|(name, _)| name == "UPDATE_EXPECT")
}

/// What became of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Status {
    /// The same rows.
    Same,
    /// Refused here, answered by Spark; why.
    Refused(String),
    /// Neither answers.
    NeitherAnswers,
    /// Other rows, or an answer where Spark has none; what.
    Differs(String),
}

fn status(runner: &Runner, case: &Case) -> Status {
    let ours = runner.answer(&case.sql);
    match (&case.outcome, ours) {
        (Outcome::Fails(_), Ours::Refused(_)) => Status::NeitherAnswers,
        (Outcome::Answers { .. }, Ours::Refused(why)) => Status::Refused(why),
        (_, Ours::Breaks(why)) => Status::Differs(format!("OURS BREAKS: {why}")),
        (Outcome::Fails(class), Ours::Answers { rows, .. }) => {
            // The least of them: which one comes first is nobody's to say.
            let least = rows.iter().map(|it| compare::show(it)).min();
            let first = least.unwrap_or_else(|| "no rows".to_owned());
            Status::Differs(format!("Spark: {class}; ours: {first}"))
        }
        (Outcome::Answers { types, rows }, Ours::Answers { types: our_types, rows: our_rows }) => {
            match compare::difference(types, rows, &our_types, &our_rows, case.ordered) {
                None => Status::Same,
                Some(what) => Status::Differs(what),
            }
        }
    }
}

/// The reasons of one topic: by name of the query.
fn reasons(topic: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(corpus().join("reasons.txt")).unwrap();
    let lines = text.lines().filter(|it| !it.is_empty() && !it.starts_with('#'));
    lines
        .filter_map(|line| {
            let (place, rest) = line.split_once(" | ").unwrap();
            let (name, reason) = rest.split_once(" | ").unwrap();
            (place == topic).then(|| (name.to_owned(), reason.to_owned()))
        })
        .collect()
}

/// Compares all queries of a topic, and the statuses with the golden ones.
fn check(topic: &str) {
    let runner = Runner::new(&corpus().join("tables.json"));
    let reasons = reasons(topic);
    let cases = answers::read(&corpus().join("answers").join(format!("{topic}.json")));
    let (mut golden, mut wrong) = (String::new(), String::new());
    let mut used = BTreeSet::new();
    for case in &cases {
        let line = match status(&runner, case) {
            Status::Same => format!("same    | {}\n", case.name),
            Status::NeitherAnswers => format!("neither | {}\n", case.name),
            Status::Refused(why) => format!("refused | {} | {why}\n", case.name),
            Status::Differs(what) => {
                used.insert(case.name.as_str());
                let reason = reasons.get(&case.name);
                if reason.is_none() {
                    let _ = writeln!(wrong, "{topic} | {} | {what}\n  {}", case.name, case.sql);
                }
                let reason = reason.map_or("NO REASON GIVEN", String::as_str);
                format!("differs | {} | {reason}\n          {what}\n", case.name)
            }
        };
        golden.push_str(&line);
    }
    let path = corpus().join("status").join(format!("{topic}.txt"));
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    if old != golden {
        if updates() {
            std::fs::write(&path, &golden).unwrap();
        } else {
            for change in golden.lines().filter(|it| !old.lines().any(|line| line == *it)) {
                let _ = writeln!(wrong, "status changed: {change}");
            }
        }
    }
    for name in reasons.keys().filter(|it| !used.contains(it.as_str())) {
        let _ = writeln!(wrong, "{topic} | {name}: the reason is given, and nothing differs");
    }
    assert!(wrong.is_empty(), "{wrong}\nUPDATE_EXPECT=1 writes statuses, never a reason");
}

/// One test per topic, so that they run beside each other.
macro_rules! topics {
    ($($test:ident: $topic:literal,)*) => {
        const TOPICS: &[&str] = &[$($topic,)*];
        $(
            #[test]
            fn $test() {
                check($topic);
            }
        )*
    };
}

topics! {
    aggregates_are_those_of_spark_or_the_difference_has_a_reason: "aggregate",
    arrays_are_those_of_spark_or_the_difference_has_a_reason: "array",
    dates_and_times_are_those_of_spark_or_the_difference_has_a_reason: "calendar",
    casts_are_those_of_spark_or_the_difference_has_a_reason: "cast",
    clauses_are_those_of_spark_or_the_difference_has_a_reason: "clause",
    conditions_are_those_of_spark_or_the_difference_has_a_reason: "conditional",
    ctes_are_those_of_spark_or_the_difference_has_a_reason: "cte",
    generated_queries_answer_as_spark_does_or_the_difference_has_a_reason: "generated",
    hashes_are_those_of_spark_or_the_difference_has_a_reason: "hash",
    joins_are_those_of_spark_or_the_difference_has_a_reason: "join",
    json_is_that_of_spark_or_the_difference_has_a_reason: "json",
    numbers_are_those_of_spark_or_the_difference_has_a_reason: "math",
    set_operations_are_those_of_spark_or_the_difference_has_a_reason: "set",
    subqueries_are_those_of_spark_or_the_difference_has_a_reason: "subquery",
    texts_are_those_of_spark_or_the_difference_has_a_reason: "text",
    windows_are_those_of_spark_or_the_difference_has_a_reason: "window",
}

#[test]
fn every_query_has_an_answer_of_spark_to_this_very_text() {
    let mut topics = BTreeSet::new();
    for entry in std::fs::read_dir(corpus().join("queries")).unwrap() {
        let path = entry.unwrap().path();
        let topic = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let written = answers::written(&path);
        let recorded = answers::read(&corpus().join("answers").join(format!("{topic}.json")));
        let recorded: Vec<_> =
            recorded.into_iter().map(|it| (it.name, it.ordered, it.sql)).collect();
        for (found, wanted) in recorded.iter().zip(&written) {
            assert_eq!(found, wanted, "{topic}: run `cargo xtask spark`");
        }
        assert_eq!(recorded.len(), written.len(), "{topic}: run `cargo xtask spark`");
        topics.insert(topic);
    }
    let tested: BTreeSet<String> = TOPICS.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(topics, tested, "each file of queries is a test");
}

#[test]
fn every_function_that_can_be_called_is_in_a_query_that_runs() {
    let mut called = BTreeSet::new();
    for topic in TOPICS {
        let status = corpus().join("status").join(format!("{topic}.txt"));
        let status = std::fs::read_to_string(status).unwrap();
        let runs = |name: &str| {
            let begins = |line: &str, word: &str| {
                line.strip_prefix(word)
                    .is_some_and(|it| it == name || it.starts_with(&format!("{name} | ")))
            };
            status.lines().any(|it| begins(it, "same    | ") || begins(it, "differs | "))
        };
        for case in answers::read(&corpus().join("answers").join(format!("{topic}.json"))) {
            if runs(&case.name) {
                let sql = case.sql.to_lowercase();
                let words = sql.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
                called.extend(words.map(str::to_owned));
            }
        }
    }
    let names = glovebox_sql::functions::names().filter(|it| !it.starts_with("__gb_"));
    let missing: Vec<&str> = names.filter(|it| !called.contains(*it)).collect();
    assert!(missing.is_empty(), "no query that runs calls {missing:?}");
}
