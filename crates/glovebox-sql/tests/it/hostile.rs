//! Texts that try to take long before any rule has said no.

use std::time::Instant;

use glovebox_sql::Fault;

use crate::room::bind;

fn deep(open: &str, inside: &str, close: &str, times: usize) -> String {
    format!("{}{inside}{}", open.repeat(times), close.repeat(times))
}

fn list(times: usize, item: impl Fn(usize) -> String) -> String {
    (0..times).map(item).collect::<Vec<_>>().join(",")
}

/// Binds, and says how: refused with the first code, or bound and total.
fn outcome(text: &str) -> String {
    let started = Instant::now();
    let outcome = match bind(text) {
        Ok(bound) => bound.into_total().map_or_else(|it| it.to_string(), |_| "bound".to_owned()),
        Err(faults) => faults[0].fault.code().0.to_string(),
    };
    let shown: String = text.chars().take(60).collect();
    println!("{:>6} ms {shown}: {outcome}", started.elapsed().as_millis());
    outcome
}

/// The parser tries some words as special syntax, then once more as calls: nested, each level
/// doubled the time, and forty levels took for ever.
#[test]
fn words_that_the_parser_reads_twice_cannot_be_nested_deeply() {
    let words = [
        "ARRAY",
        "CAST",
        "CEIL",
        "CONVERT",
        "EXISTS",
        "EXTRACT",
        "FLOOR",
        "INTERVAL",
        "MAP",
        "NOT",
        "OVERLAY",
        "POSITION",
        "SUBSTRING",
        "SUBSTR",
        "TRIM",
        "TRY_CAST",
        "SAFE_CAST",
        "CURRENT_DATE",
        "LOCALTIME",
        "CASE",
        "UPPER",
        "COUNT",
        "LEFT",
        "IF",
        "IN",
        "DATE",
        "ROW",
        "STRUCT",
        "LAMBDA",
        "MATCH",
        "UNNEST",
        "CUBE",
        "GROUPING SETS",
        "PRIOR",
        "state IN",
        "state = ANY",
        "state LIKE",
        "{fn UPPER",
        "CASE WHEN TRUE THEN",
        "SUM(1) OVER",
        "-",
    ];
    for word in words {
        let text = format!("SELECT {} FROM returns", deep(&format!("{word}("), "1 1", ")", 40));
        assert_ne!(outcome(&text), "bound");
    }
    for (open, close) in [
        ("(SELECT ", ")"),
        ("EXISTS (SELECT ", ")"),
        ("state IN ((SELECT ", "))"),
        ("state IN ((state IN (", ")))"),
        ("CEIL((SELECT ", "))"),
        ("INTERVAL CEIL(", ")"),
    ] {
        let text = format!("SELECT {} FROM returns", deep(open, "1 1", close, 15));
        assert_ne!(outcome(&text), "bound");
    }
    assert_ne!(outcome(&format!("SELECT {}", "INTERVAL ".repeat(2_000))), "bound");
    assert_ne!(outcome(&format!("SELECT {}", "CASE WHEN ".repeat(1_000))), "bound");
    assert_ne!(outcome(&format!("SELECT CAST(1 AS {}", "ARRAY<".repeat(2_400))), "bound");
    for tables in ["(", "(returns JOIN ", "((returns) JOIN "] {
        let text = format!("SELECT * FROM {}", deep(tables, "returns 1", ")", 20));
        assert_ne!(outcome(&text), "bound");
    }
}

/// Found by fuzzing: what stands behind each IN is read as a query, and when that fails once more
/// as a list.
#[test]
fn a_text_that_the_parser_never_stops_trying_is_refused() {
    let openings =
        ["SELECT", "WITH x AS", "VALUES", "FROM", "1 IN", "EXISTS", "CASE", "NOT", "ANY"];
    for outer in openings {
        for inner in openings {
            let text = format!("SELECT 1 {}", format!("IN ({outer} {inner} (").repeat(24));
            assert_ne!(outcome(&text), "bound");
            let text = format!("SELECT {}", format!("{outer} IN ({inner} ").repeat(48));
            assert_ne!(outcome(&text), "bound");
        }
    }
}

#[test]
fn a_reasonable_nesting_of_such_words_is_read() {
    let text = format!(
        "SELECT SUM(returned) FROM returns WHERE {}",
        deep("NOT (state = 'a' AND ", "state = 'b'", ")", 5)
    );
    assert_eq!(outcome(&text), "bound");
    let text = "SELECT SUM(returned) FROM returns WHERE CEIL(FLOOR(CAST(SUBSTRING(state, 1, 2) AS \
                DOUBLE))) > 0";
    assert_eq!(outcome(text), "bound");
}

/// The planner compares every item with every other, and to find a culprit all was planned anew
/// without each.
#[test]
fn long_lists_are_refused_unless_they_are_values_behind_in() {
    let numbers = |times| list(times, |it| (it + 1).to_string());
    let ordinals = format!("SELECT {0} FROM returns GROUP BY {0}", numbers(30_000));
    let texts = list(30_000, |it| format!("'{it}'"));
    let literals = format!("SELECT {texts}, SUM(returned) FROM returns GROUP BY {texts}");
    let inside = format!("SELECT 1 FROM returns WHERE 1 IN (SELECT {})", numbers(60_000));
    let calls = format!("SELECT COALESCE({}) FROM returns", numbers(60_000));
    for text in [&ordinals, &literals, &inside, &calls] {
        let faults = bind(text).unwrap_err();
        assert!(matches!(faults[0].fault, Fault::Unsupported { .. }));
    }
    let culprit = format!("SELECT {}, ABS(DATE '2020-01-01') FROM returns", numbers(900));
    assert_ne!(outcome(&culprit), "bound");
    for items in [list(40_000, |it| format!("'{it}'")), numbers(40_000)] {
        let text = format!("SELECT SUM(returned) FROM returns WHERE state IN ({items})");
        assert_eq!(outcome(&text), "bound");
    }
    let having = "x > 1 AND ".repeat(1_000);
    assert_eq!(
        outcome(&format!("SELECT SUM(returned) AS x FROM returns HAVING {having} x > 1")),
        "bound"
    );
}
