//! Every query of `corpus/` when all owners read their rules as the real service does.

use std::fmt::Write as _;

use glovebox_fixture::Expected;
use glovebox_model::Mode;

use crate::corpus::rooms;
use crate::room::judge_case;

#[test]
fn every_query_of_the_corpus_has_its_verdict_in_aws_mode_too() {
    let mut wrong = String::new();
    for (path, (_, room)) in rooms() {
        let emulated = room.in_mode(Mode::Aws);
        for case in &room.cases {
            let expected = case.expected_in(Mode::Aws);
            let found = judge_case(&emulated, case);
            let right = match (&found, expected) {
                (Ok(_), Expected::Allowed) => true,
                (Err(findings), Expected::Refused(codes)) => {
                    findings.iter().map(|it| &it.code).eq(codes)
                }
                _ => false,
            };
            if !right {
                let name = path.file_name().unwrap().display();
                let codes = found.err().unwrap_or_default();
                let codes: Vec<String> = codes.iter().map(|it| it.code.to_string()).collect();
                let _ = writeln!(wrong, "{name}:{} {}\n  now: {codes:?}", case.line, case.title);
            }
        }
    }
    assert!(wrong.is_empty(), "in aws mode:\n{wrong}");
}

/// Strict may refuse more than the real service, never less.
#[test]
fn strict_mode_never_allows_what_aws_mode_refuses() {
    for (path, (_, room)) in rooms() {
        for case in &room.cases {
            let strict = case.expected_in(Mode::Strict) == &Expected::Allowed;
            let aws = case.expected_in(Mode::Aws) == &Expected::Allowed;
            assert!(!strict || aws, "{}:{} {}", path.display(), case.line, case.title);
        }
    }
}
