//! Texts that must not make the reader panic, hang or guess.

use glovebox_fixture::{MAX_BYTES, parse};
use proptest::prelude::*;

#[test]
fn a_room_beyond_the_limits_is_refused() {
    assert!(parse(&" ".repeat(MAX_BYTES + 1)).is_err());
    let columns: Vec<String> = (0..1001).map(|it| format!("c{it} int")).collect();
    let error = parse(&format!("member a can query table t ({})", columns.join(","))).unwrap_err();
    assert_eq!(error[0].text, "a table has at most 1000 columns");
    let members: String = (0..21).map(|it| format!("member m{it} ")).collect();
    assert_eq!(parse(&members).unwrap_err()[0].text, "a room has at most 20 members");
}

#[test]
fn deep_json_is_refused_and_does_not_overflow_the_stack() {
    let json = "[".repeat(100_000);
    assert!(parse(&format!("member a can query table t (a int) rule json {json}")).is_err());
}

#[test]
fn a_control_character_is_shown_escaped() {
    let error = parse("member \u{1b}[31m").unwrap_err();
    assert!(!error[0].text.contains('\u{1b}'), "{error:?}");
    let error =
        parse("member a can query\n//- query: t\nSELECT 1\n//- refused \u{1b}").unwrap_err();
    assert!(!error[0].text.contains('\u{1b}'), "{error:?}");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn no_mixture_of_its_own_words_makes_the_reader_panic(
        words in proptest::collection::vec(
            prop_oneof![
                Just("member"), Just("table"), Just("rule"), Just("aggregation"), Just("list"),
                Just("json"), Just("{"), Just("}"), Just("("), Just(")"), Just(","), Just("\""),
                Just("sum"), Just("distinct"), Just("join"), Just("required"), Just("threshold"),
                Just("é"), Just("\n//- query"), Just("\n//- query: a\n"), Just("\n//- allowed\n"),
                Just("\n//- refused GB0101"), Just("can"), Just("query"), Just("5"), Just("a"),
                Just("text"), Just("#"), Just("\n"), Just("operators"), Just("none"),
            ],
            0..60,
        )
    ) {
        let _ = parse(&words.join(" "));
        let _ = parse(&words.concat());
    }
}
