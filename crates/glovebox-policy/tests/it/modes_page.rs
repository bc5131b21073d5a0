//! `docs/modes.md` names every code by which the two modes differ over the corpus, and no other.

use std::collections::BTreeSet;
use std::path::Path;

use glovebox_fixture::Expected;
use glovebox_model::{Code, Mode};

use crate::corpus::rooms;
use crate::room::judge_case;

/// The codes in the first column of the page's table.
fn named() -> BTreeSet<Code> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/modes.md");
    let page = std::fs::read_to_string(path).unwrap();
    let codes = page.lines().filter_map(|it| it.strip_prefix("| GB")?.split(' ').next());
    codes.map(|it| Code(it.parse().unwrap())).collect()
}

#[test]
fn the_page_of_modes_names_what_the_corpus_shows() {
    let named = named();
    let mut shown = BTreeSet::new();
    for (path, (_, room)) in rooms() {
        let emulated = room.in_mode(Mode::Aws);
        let differ = |it: &&glovebox_fixture::Case| {
            it.expected_in(Mode::Aws) == &Expected::Allowed && it.expected != Expected::Allowed
        };
        for case in room.cases.iter().filter(differ) {
            assert!(judge_case(&emulated, case).is_ok(), "{} {}", path.display(), case.title);
            for finding in judge_case(&room, case).expect_err(&case.title) {
                shown.insert(finding.code);
                let code = finding.code;
                assert!(named.contains(&code), "{code} is not on the page: {}", case.sql);
            }
        }
    }
    let missing: Vec<&Code> = named.difference(&shown).collect();
    assert!(missing.is_empty(), "no query of the corpus differs by {missing:?}");
}
