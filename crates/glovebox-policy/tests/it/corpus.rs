//! Every query of `corpus/`: verdicts, codes in order, golden diagnostics.
//!
//! `UPDATE_EXPECT=1` writes codes and golden texts anew, never a verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use glovebox_fixture::{Case, Expected, Room, parse};
use glovebox_model::{Code, Finding};
use glovebox_policy::RefusalKind;

use crate::room::judge_case;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

/// Every room of the corpus, by path.
pub(crate) fn rooms() -> BTreeMap<PathBuf, (String, Room)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "room") {
                let text = std::fs::read_to_string(&path).unwrap();
                let room = parse(&text).unwrap_or_else(|bad| panic!("{}: {bad:?}", path.display()));
                found.insert(path, (text, room));
            }
        }
    }
    found
}

/// What one query should say, as it stands in the file.
struct Verdict {
    allowed: bool,
    text: String,
}

fn verdict(room: &Room, case: &Case) -> Verdict {
    match judge_case(room, case) {
        Ok(cleared) => {
            let mut text = String::from("//- allowed\n");
            for guard in cleared.guards() {
                let _ = writeln!(text, "{guard}");
            }
            Verdict { allowed: true, text }
        }
        Err(findings) => {
            let mut text = String::from("//- refused");
            for finding in &findings {
                let _ = write!(text, " {}", finding.code);
            }
            text.push('\n');
            for finding in &findings {
                text.push_str(&golden(finding, &case.sql));
            }
            Verdict { allowed: false, text }
        }
    }
}

/// A finding in one line, with the words it points at.
fn golden(finding: &Finding, sql: &str) -> String {
    let shown = Finding { help: None, ask_owner: None, ..finding.clone() }.line(sql);
    let mut line = glovebox_model::escape(&shown).into_owned();
    if let Some(span) = finding.span {
        let words = sql.get(span.start..span.end).expect("a span lies in the text");
        let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().take(60).collect();
        let _ = write!(line, "  <- {}", glovebox_model::escape(&words));
    }
    line.push('\n');
    if let Some(text) = &finding.aws_text {
        let _ = writeln!(line, "  AWS: {text}");
    }
    line
}

#[test]
fn every_query_of_the_corpus_has_its_verdict() {
    let update = std::env::vars_os().any(|(name, _)| name == "UPDATE_EXPECT");
    let mut wrong = String::new();
    for (path, (text, room)) in rooms() {
        let mut updated = text.clone();
        for case in room.cases.iter().rev() {
            let found = verdict(&room, case);
            let expected = matches!(case.expected, Expected::Allowed);
            let old = text.get(case.verdict.clone()).unwrap();
            if found.allowed != expected || found.text.contains("GB0099") {
                let name = path.file_name().unwrap().display();
                let _ = writeln!(
                    wrong,
                    "{name}:{} {}\n{}\n{}",
                    case.line, case.title, case.sql, found.text
                );
            } else if old.trim_end() != found.text.trim_end() {
                let ending = if case.verdict.end == text.len() { "" } else { "\n" };
                updated.replace_range(case.verdict.clone(), &format!("{}{ending}", found.text));
                if !update {
                    let name = path.file_name().unwrap().display();
                    let _ = writeln!(
                        wrong,
                        "{name}:{} {}\n{old}now:\n{}",
                        case.line, case.title, found.text
                    );
                }
            }
        }
        if update && updated != text {
            std::fs::write(&path, updated).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}\nUPDATE_EXPECT=1 accepts new texts, not new verdicts");
}

#[test]
fn the_corpus_is_large_and_some_of_it_is_allowed() {
    let rooms = rooms();
    let cases = || rooms.values().flat_map(|(_, room)| &room.cases);
    let allowed = cases().filter(|it| it.expected == Expected::Allowed).count();
    assert!(cases().count() >= 1_000 && allowed * 5 >= cases().count(), "{allowed}");
    let examples: BTreeSet<String> = cases()
        .filter_map(|it| it.title.split_once(':').map(|(number, _)| number.to_owned()))
        .collect();
    let missing: Vec<u32> = (1..=74).filter(|it| !examples.contains(&it.to_string())).collect();
    assert_eq!(missing, [0_u32; 0], "example queries of AWS that the corpus does not have");
}

#[test]
fn every_code_is_refused_once_and_allowed_by_a_hair_once() {
    let rooms = rooms();
    let cases: Vec<&Case> = rooms.values().flat_map(|(_, room)| &room.cases).collect();
    let refused: BTreeSet<Code> = cases
        .iter()
        .filter_map(|it| match &it.expected {
            Expected::Refused(codes) => Some(codes.as_slice()),
            Expected::Allowed => None,
        })
        .flatten()
        .copied()
        .collect();
    let ours = RefusalKind::ALL.iter().map(|it| it.code());
    let binder = (1..=25).map(Code).filter(|it| ![2, 20].contains(&it.0));
    for code in ours.chain(binder).chain(refused.iter().copied()).filter(|it| *it != Code(99)) {
        assert!(refused.contains(&code), "no query is refused by {code}");
        let near = cases.iter().any(|it| {
            it.expected == Expected::Allowed && it.title.contains(&format!("by a hair ({code})"))
        });
        // Texts without a neighbour that a line could hold have tests of their own.
        assert!(near || [2, 20].contains(&code.0), "no query is allowed by a hair of {code}");
    }
}
