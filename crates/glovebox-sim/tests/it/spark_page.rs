//! `docs/spark.md`: what of Spark SQL runs here, from the statuses of `corpus/spark` and from
//! what rules say to the same queries.

mod table;
mod verdicts;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use table::{cell, row};
use verdicts::Judge;

const HEAD: &str = "\
# What of Spark SQL runs here

Written by a test of `glovebox-sim` from `corpus/spark` (`UPDATE_EXPECT=1` writes it anew). Every
row stands for queries that ran here and in Apache Spark 3.5 (ANSI mode off, UTC) on the same tiny
tables, and were judged by two rules.

* *Engine*: **yes**, all gave the same rows; **yes, but**, some gave other rows, each for a reason
  given below; **partly**, some forms are refused; **no**, nothing with it is accepted.
* *Rule*: whether a custom rule with `ANY_QUERY` and no controls admits it.
* *Controls*: whether one admits it that has thresholds or comparison controls. *AWS* is what AWS
  documents for that case (`-`: nothing).
";

/// One query: what became of it, and why.
struct Line {
    topic: String,
    /// `same`, `differs`, `refused` or `neither`.
    status: String,
    construct: String,
    case: String,
    why: String,
    detail: String,
    /// Under a custom rule without controls: `None` when admitted.
    open: Option<String>,
    /// Under one with controls.
    controlled: Option<String>,
}

impl Line {
    fn runs(&self) -> bool {
        self.status == "same" || self.status == "differs"
    }
}

/// A construct of AWS's documentation.
struct Documented {
    /// Why it is refused here, where it is.
    because: Option<String>,
    section: String,
    names: String,
    first: String,
    restricted: String,
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn documented() -> Vec<Documented> {
    let list = std::fs::read_to_string(root().join("corpus/spark/aws.txt")).unwrap();
    let refused = std::fs::read_to_string(root().join("corpus/spark/refused.txt")).unwrap();
    let because: BTreeMap<&str, &str> = refused
        .lines()
        .filter(|it| !it.starts_with('#'))
        .map(|it| it.split_once(" | ").unwrap())
        .collect();
    let lines = list.lines().filter(|it| !it.starts_with('#'));
    lines
        .map(|line| {
            let (section, rest) = line.split_once(" | ").unwrap();
            let (names, restricted) = rest.rsplit_once(" | ").unwrap();
            let first = names.split(", ").next().unwrap();
            Documented {
                because: because.get(first).map(|it| (*it).to_owned()),
                section: section.to_owned(),
                names: names.to_owned(),
                first: first.to_owned(),
                restricted: restricted.to_owned(),
            }
        })
        .collect()
}

fn lines() -> Vec<Line> {
    let corpus = root().join("corpus/spark");
    let judge = Judge::new(&corpus.join("tables.json"));
    let mut topics: Vec<String> = std::fs::read_dir(corpus.join("status"))
        .unwrap()
        .map(|it| it.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    topics.sort();
    topics.iter().flat_map(|it| topic(&corpus, it, &judge)).collect()
}

fn topic(corpus: &Path, topic: &str, judge: &Judge) -> Vec<Line> {
    let texts = verdicts::texts(&corpus.join("answers").join(format!("{topic}.json")));
    let status = std::fs::read_to_string(corpus.join("status").join(format!("{topic}.txt")));
    let mut lines: Vec<Line> = Vec::new();
    for line in status.unwrap().lines() {
        if let Some(detail) = line.strip_prefix("          ") {
            detail.clone_into(&mut lines.last_mut().unwrap().detail);
            continue;
        }
        let (status, rest) = line.split_once("| ").unwrap();
        let (name, why) = match (status.trim(), rest.rsplit_once(" | ")) {
            ("same" | "neither", _) | (_, None) => (rest, ""),
            (_, Some(parts)) => parts,
        };
        let (construct, case) = name.split_once(": ").unwrap();
        let mut line = Line {
            topic: topic.to_owned(),
            status: status.trim().to_owned(),
            construct: construct.to_owned(),
            case: case.to_owned(),
            why: why.to_owned(),
            detail: String::new(),
            open: None,
            controlled: None,
        };
        if line.runs() && topic != "generated" {
            let sql = &texts[name];
            line.open = judge.open(sql);
            line.controlled = judge.controlled(sql);
        }
        lines.push(line);
    }
    lines
}

fn page(lines: &[Line]) -> String {
    let mut page = HEAD.to_owned();
    let count = |wanted: &str, generated: bool| {
        let all = lines.iter().filter(|it| (it.topic == "generated") == generated);
        all.filter(|it| it.status == wanted).count()
    };
    page.push_str("\n| Queries | same rows | other rows | refused here | refused by both |\n");
    page.push_str("|---|---|---|---|---|\n");
    for (name, generated) in [("written, one construct each", false), ("generated", true)] {
        let _ = write!(page, "| {name} ");
        for status in ["same", "differs", "refused", "neither"] {
            let _ = write!(page, "| {} ", count(status, generated));
        }
        page.push_str("|\n");
    }
    let mut by_construct: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        by_construct.entry(&line.construct).or_default().push(line);
    }
    let mut shown = BTreeSet::from(["generated"]);
    let (all, mut section) = (documented(), "");
    for it in &all {
        if it.section != section {
            section = &it.section;
            let _ = write!(
                page,
                "\n## {section}\n\n| | Engine | Rule | Controls | AWS | |\n|---|---|---|---|---|---|\n"
            );
        }
        shown.insert(&it.first);
        let cases = by_construct.get(it.first.as_str());
        let cases = cases.unwrap_or_else(|| panic!("{} has no query", it.first));
        page.push_str(&row(&it.names, Some(it), cases));
    }
    page.push_str(
        "\n## Beyond AWS's list\n\n| | Engine | Rule | Controls | |\n|---|---|---|---|---|\n",
    );
    for (construct, cases) in &by_construct {
        if !shown.contains(construct) {
            page.push_str(&row(construct, None, cases));
        }
    }
    page.push_str("\n## Every difference\n\nOf each, the first row that differs. ");
    page.push_str(
        "The queries are in `corpus/spark/queries`.\n\n| Query | Reason | Rows |\n|---|---|---|\n",
    );
    for line in lines.iter().filter(|it| it.status == "differs") {
        let name = cell(&format!("{}: {}", line.construct, line.case));
        let detail: String = line.detail.chars().take(200).collect();
        let detail = detail.replace('`', "'");
        let _ = writeln!(page, "| {name} | {} | `{}` |", cell(&line.why), cell(&detail));
    }
    page
}

#[test]
fn the_page_of_spark_shows_what_the_statuses_and_the_rules_say() {
    let path = root().join("docs/spark.md");
    let page = page(&lines());
    if std::env::vars_os().any(|(name, _)| name == "UPDATE_EXPECT") {
        std::fs::write(&path, &page).unwrap();
    }
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(old == page, "docs/spark.md is stale: run with UPDATE_EXPECT=1");
}

#[test]
fn what_aws_documents_runs_or_it_is_said_why_not() {
    let lines = lines();
    for it in documented() {
        let runs = lines.iter().any(|line| line.construct == it.first && line.runs());
        assert_eq!(runs, it.because.is_none(), "{}: see corpus/spark/refused.txt", it.first);
    }
}

#[test]
fn what_aws_refuses_under_controls_is_refused_here() {
    let lines = lines();
    // Another spelling of `IS NOT DISTINCT FROM`, which AWS admits.
    let refused = |it: &&Documented| it.restricted == "no" && it.first != "<=>";
    for it in documented().iter().filter(refused) {
        for line in lines.iter().filter(|line| line.construct == it.first && line.runs()) {
            let name = format!("{}: {}", line.construct, line.case);
            assert!(line.controlled.is_some(), "{name} is allowed under controls");
        }
    }
}
