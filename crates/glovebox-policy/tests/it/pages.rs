//! The pages of `docs/refusals/`, made from the `// Refusal:` blocks beside the checks.
//!
//! Each block's wrong example must be refused by its code and its right one allowed, in
//! `corpus/standard.room`, or in `corpus/encryption/default.room` what is about encrypted columns.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use glovebox_fixture::{Case, Expected, Room, TemplateParameter, parse};
use glovebox_model::Code;
use glovebox_policy::RefusalKind;
use glovebox_sql::Fault;

use crate::corpus::rooms;
use crate::room::{judge, judge_case};

struct Page {
    code: String,
    title: String,
    text: String,
    wrong: String,
    right: String,
}

fn pages() -> BTreeMap<String, Page> {
    let mut pages = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                for page in blocks(&std::fs::read_to_string(&path).unwrap(), &path) {
                    let code = page.code.clone();
                    assert!(pages.insert(code.clone(), page).is_none(), "{code} is there twice");
                }
            }
        }
    }
    pages
}

fn blocks(source: &str, path: &Path) -> Vec<Page> {
    let mut found = Vec::new();
    let mut lines = source.lines().map(str::trim_start);
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("// Refusal: ") else { continue };
        let (code, title) = head.split_once(' ').unwrap();
        let body: Vec<&str> = lines
            .by_ref()
            .map_while(|it| it.strip_prefix("//"))
            .map(|it| it.strip_prefix(' ').unwrap_or(it))
            .collect();
        let body = body.join("\n");
        let parts: Vec<&str> = body.split("```").map(str::trim).collect();
        let [text, wrong, "->", right, ""] = parts.as_slice() else {
            panic!("{}: {code} needs a text, a wrong and a right example", path.display());
        };
        found.push(Page {
            code: code.to_owned(),
            title: title.to_owned(),
            text: (*text).to_owned(),
            wrong: (*wrong).to_owned(),
            right: (*right).to_owned(),
        });
    }
    found
}

/// Texts that do not bind have no check of ours: their pages come from the corpus.
fn unbound_pages() -> Vec<Page> {
    let rooms = rooms();
    let cases = || rooms.values().flat_map(|(_, room)| room.cases.iter().map(move |it| (room, it)));
    let mut found: BTreeMap<Code, Page> = BTreeMap::new();
    for (room, case) in cases().filter(|(_, it)| matches!(&it.expected, Expected::Refused(_))) {
        for finding in judge_case(room, case).expect_err(&case.sql) {
            let code = finding.code;
            let near = format!("by a hair ({code})");
            let right = cases().find(|(_, it)| it.title.contains(&near));
            if code.0 < 90 && case.sql.len() < 800 && !found.contains_key(&code) {
                let help = finding.help.unwrap_or_default();
                let text = format!("For the example: {}.\nTo mend it: {help}.", finding.text);
                let page = Page {
                    code: code.to_string(),
                    title: finding.title.to_owned(),
                    text,
                    wrong: with_parameters(case),
                    right: right.map(|(_, it)| with_parameters(it)).unwrap_or_default(),
                };
                found.insert(code, page);
            }
        }
    }
    found.into_values().collect()
}

/// Pages of texts that are too long for the corpus: `/* 9 times: WORDS */` stands for the words.
fn long_pages() -> Vec<Page> {
    let page = |fault: Fault, wrong: &str, right: &str| {
        let (code, title) = fault.code();
        Page {
            code: code.to_string(),
            title: title.to_owned(),
            text: format!("For the example: {fault}.\nTo mend it: {}.", fault.help()),
            wrong: format!("SELECT SUM(purchases) AS x FROM sales WHERE {wrong}"),
            right: format!("SELECT SUM(purchases) AS x FROM sales WHERE {right}"),
        }
    };
    vec![
        page(
            Fault::TooLong,
            "demoseg IN ('a'/* 100000 times: , 'b' */)",
            "demoseg IN ('a'/* 1000 times: , 'b' */)",
        ),
        page(
            Fault::TooManyWords,
            "demoseg = 'a'/* 2000 times:  OR demoseg = 'b' */",
            "demoseg = 'a'/* 1000 times:  OR demoseg = 'b' */",
        ),
    ]
}

/// The text that an example of [`long_pages`] stands for.
fn expanded(sql: &str) -> String {
    let (before, rest) = sql.split_once("/* ").unwrap();
    let (times, rest) = rest.split_once(" times: ").unwrap();
    let (words, after) = rest.split_once(" */").unwrap();
    format!("{before}{}{after}", words.repeat(times.parse().unwrap()))
}

#[test]
fn the_examples_that_are_too_long_for_the_corpus_are_true() {
    let room = standard();
    for Page { code, wrong, right, .. } in long_pages() {
        let refused = judge(&room, &expanded(&wrong)).expect_err(&code);
        let codes: Vec<String> = refused.iter().map(|it| it.code.to_string()).collect();
        assert_eq!(codes, [code.as_str()]);
        assert!(judge(&room, &expanded(&right)).is_ok(), "{code}");
    }
}

#[test]
fn every_reason_not_to_bind_has_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/refusals");
    for code in (1..=25).map(Code) {
        assert!(folder.join(format!("{code}.md")).exists(), "{code}");
    }
}

/// The text, below the parameters of its template.
fn with_parameters(case: &Case) -> String {
    let parameters = case.template.iter().flat_map(|it| &it.parameters);
    let line = |it: &TemplateParameter| {
        let value = it.value.as_ref().map(|it| format!(" = {it}")).unwrap_or_default();
        format!("-- parameter {} {}{value}\n", it.name, it.kind)
    };
    parameters.map(line).chain([case.sql.clone()]).collect()
}

fn standard() -> Room {
    room("standard.room")
}

/// A room of the corpus.
fn room(name: &str) -> Room {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus").join(name);
    parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_refusal_has_a_page_whose_examples_are_true() {
    let pages = pages();
    let (standard, encrypted) = (standard(), room("encryption/default.room"));
    let mut untrue = Vec::new();
    for kind in RefusalKind::ALL {
        if *kind == RefusalKind::Disagreement {
            continue;
        }
        let room = if (500..600).contains(&kind.code().0) { &encrypted } else { &standard };
        let page = pages.get(&kind.code().to_string()).unwrap_or_else(|| panic!("{kind:?}"));
        assert_eq!(page.title, kind.title(), "{}", page.code);
        let refused = judge(room, &page.wrong).err().unwrap_or_default();
        let codes: Vec<Code> = refused.iter().map(|it| it.code).collect();
        if !codes.contains(&kind.code()) {
            untrue.push(format!("{}: {codes:?} {}", page.code, page.wrong));
        }
        if let Err(bad) = judge(room, &page.right) {
            untrue.push(format!("{}: {bad:#?} {}", page.code, page.right));
        }
    }
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
    assert_eq!(pages.len() + 1, RefusalKind::ALL.len());
}

#[test]
fn the_pages_are_fresh() {
    let update = std::env::vars_os().any(|(name, _)| name == "UPDATE_EXPECT");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/refusals");
    for Page { code, title, text, wrong, right } in
        pages().into_values().chain(unbound_pages()).chain(long_pages())
    {
        let text = text.replace(". ", ".\n").replace('\n', " ").replace(". ", ".\n");
        let page = format!(
            "# {code} {title}\n\n{text}\n\nRefused:\n\n```sql\n{wrong}\n```\n\nAllowed:\n\n\
             ```sql\n{right}\n```\n"
        );
        let path: PathBuf = folder.join(format!("{code}.md"));
        if update {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(path, page).unwrap();
        } else {
            let found = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(found == page, "{} is stale: run with UPDATE_EXPECT=1", path.display());
        }
    }
}
