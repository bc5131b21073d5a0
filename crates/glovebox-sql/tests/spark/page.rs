//! `docs/spark.md`: what of Spark SQL runs here, written from the statuses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "\
# What of Spark SQL runs here

Written by a test of `glovebox-sql` from `corpus/spark` (`UPDATE_EXPECT=1` writes it anew): every
row stands for queries that ran here and in Apache Spark 3.5 (ANSI mode off, UTC) on the same
tiny tables. **yes**: each gave the same rows. **yes, but**: some gave other rows; all differences
are listed at the end, each with its reason. **partly**: some of its forms are refused.
**refused**: a query with it is not accepted. Whether a *rule* allows it is another question: this page is about
the engine. The column *AWS, restricted* says what AWS documents where a custom rule has
thresholds or comparison controls (`-`: not said).
";

/// What became of one query: how its line begins, its name, why.
struct Line {
    topic: String,
    status: String,
    construct: String,
    case: String,
    why: String,
    detail: String,
}

/// Writes the page.
pub(super) fn write(corpus: &Path, topics: &[&str]) -> String {
    let lines: Vec<Line> = topics.iter().flat_map(|it| read(corpus, it)).collect();
    let mut by_construct: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in &lines {
        by_construct.entry(&line.construct).or_default().push(line);
    }
    let mut page = HEAD.to_owned();
    let count = |wanted: &str, generated: bool| {
        let all = lines.iter().filter(|it| (it.topic == "generated") == generated);
        all.filter(|it| it.status == wanted).count()
    };
    page.push_str("\n| Queries | same rows | other rows | refused here | refused by both |\n");
    page.push_str("|---|---|---|---|---|\n");
    for (name, generated) in [("written, one construct each", false), ("generated", true)] {
        let _ = writeln!(
            page,
            "| {name} | {} | {} | {} | {} |",
            count("same", generated),
            count("differs", generated),
            count("refused", generated),
            count("neither", generated)
        );
    }
    let mut documented = BTreeSet::from(["generated"]);
    let list = std::fs::read_to_string(corpus.join("aws.txt")).unwrap();
    let mut section = "";
    for line in list.lines().filter(|it| !it.starts_with('#')) {
        let (of, rest) = line.split_once(" | ").unwrap();
        let (names, restricted) = rest.rsplit_once(" | ").unwrap();
        if of != section {
            section = of;
            let _ =
                write!(page, "\n## {of}\n\n| | AWS, restricted | Here | |\n|---|---|---|---|\n");
        }
        let first = names.split(", ").next().unwrap();
        documented.insert(first);
        let cases = by_construct.get(first);
        let cases = cases.unwrap_or_else(|| panic!("{first} is documented and has no query"));
        row(&mut page, names, Some(restricted), cases);
    }
    page.push_str("\n## Beyond AWS's list\n\n| | Here | |\n|---|---|---|\n");
    for (construct, cases) in &by_construct {
        if !documented.contains(construct) {
            row(&mut page, construct, None, cases);
        }
    }
    differences(&mut page, &lines);
    page
}

fn read(corpus: &Path, topic: &str) -> Vec<Line> {
    let path = corpus.join("status").join(format!("{topic}.txt"));
    let mut lines: Vec<Line> = Vec::new();
    for text in std::fs::read_to_string(path).unwrap_or_default().lines() {
        if let Some(detail) = text.strip_prefix("          ") {
            detail.clone_into(&mut lines.last_mut().unwrap().detail);
            continue;
        }
        let (status, rest) = text.split_once("| ").unwrap();
        let (construct, rest) = rest.split_once(": ").unwrap();
        let (case, why) = rest.split_once(" | ").unwrap_or((rest, ""));
        lines.push(Line {
            topic: topic.to_owned(),
            status: status.trim().to_owned(),
            construct: construct.to_owned(),
            case: case.to_owned(),
            why: why.to_owned(),
            detail: String::new(),
        });
    }
    lines
}

/// One construct: the verdict of all its queries.
fn row(page: &mut String, names: &str, restricted: Option<&str>, cases: &[&Line]) {
    let any = |wanted: &str| cases.iter().any(|it| it.status == wanted);
    let answers = any("same") || any("differs");
    let here = match (answers, any("refused"), any("differs")) {
        (true, true, _) => "partly",
        (true, false, true) => "yes, but",
        (true, false, false) => "yes",
        (false, _, _) => "refused",
    };
    let refused: Vec<&&Line> = cases.iter().filter(|it| it.status == "refused").collect();
    let mut whys: Vec<&str> = refused.iter().map(|it| it.why.as_str()).collect();
    whys.sort_unstable();
    whys.dedup();
    let note = if answers && !refused.is_empty() {
        let each: Vec<String> =
            refused.iter().map(|it| format!("{}: {}", it.case, it.why)).collect();
        each.join("; ")
    } else if here == "refused" && whys.is_empty() {
        "Spark has none of this name or form either".to_owned()
    } else {
        whys.join("; ")
    };
    let names: Vec<String> = names.split(", ").map(|it| format!("`{it}`")).collect();
    let restricted = restricted.map_or_else(String::new, |it| format!("{it} | "));
    let _ =
        writeln!(page, "| {} | {restricted}{here} | {} |", cell(&names.join(", ")), cell(&note));
}

fn differences(page: &mut String, lines: &[Line]) {
    page.push_str("\n## Every difference\n\n");
    page.push_str(
        "The first row that differs is shown. The queries are in `corpus/spark/queries`.\n\n",
    );
    page.push_str("| Query | Reason | Rows |\n|---|---|---|\n");
    for line in lines.iter().filter(|it| it.status == "differs") {
        let name = cell(&format!("{}: {}", line.construct, line.case));
        let detail: String = line.detail.chars().take(200).collect();
        let detail = detail.replace('`', "'");
        let _ = writeln!(page, "| {name} | {} | `{}` |", cell(&line.why), cell(&detail));
    }
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
