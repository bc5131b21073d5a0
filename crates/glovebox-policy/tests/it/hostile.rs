//! Long and deep texts under a rule with a threshold: judged, and not slowly.

use glovebox_fixture::{Room, parse};

use crate::room::judge;

const ROOM: &str = "\
member retailer can query, can receive, pays
  table mine (user_id text, segment text, n bigint)
  rule custom any query by retailer
member brand
  table imp (user_id text, campaign_id text, amount double, n bigint)
  rule custom any query by retailer
    threshold user_id 100 expressions
";

/// Judges, and says how: allowed, or the first code.
fn verdict(room: &Room, sql: &str) -> String {
    match judge(room, sql) {
        Ok(_) => "allowed".to_owned(),
        Err(findings) => findings[0].code.to_string(),
    }
}

fn nested(times: usize, inner: &str) -> String {
    let mut text = inner.to_owned();
    for _ in 0..times {
        text = format!("SELECT user_id, campaign_id, n + 1 AS n FROM ({text}) x");
    }
    text
}

fn chain(times: usize, first: &str, next: impl Fn(usize) -> String) -> String {
    let named = (1..=times).map(|it| format!(", c{it} AS ({})", next(it - 1)));
    format!("WITH c0 AS ({first}){} ", named.collect::<String>())
}

fn list(times: usize, between: &str, item: impl Fn(usize) -> String) -> String {
    (0..times).map(item).collect::<Vec<_>>().join(between)
}

#[test]
fn deep_queries_are_judged_like_flat_ones() {
    let room = parse(ROOM).unwrap();
    let base = "SELECT user_id, campaign_id, n FROM imp";
    for times in [5, 10, 15] {
        let inner = nested(times, base);
        let text = format!("SELECT campaign_id, SUM(n) FROM ({inner}) x GROUP BY campaign_id");
        assert_eq!(verdict(&room, &text), "allowed");
        assert_ne!(verdict(&room, &inner), "allowed");
    }
    for times in [5, 10, 12] {
        let one = chain(times, base, |it| format!("SELECT user_id, campaign_id, n FROM c{it}"));
        let text = format!("{one} SELECT campaign_id, SUM(n) FROM c{times} GROUP BY 1");
        assert_eq!(verdict(&room, &text), "allowed");
    }
}

/// Every one of them would take longer than anybody waits, if a name or an operand were followed
/// twice at each level. Found on 2026-11-23.
#[test]
fn what_doubles_at_each_level_is_refused_or_judged_at_once() {
    let room = parse(ROOM).unwrap();
    let base = "SELECT user_id, campaign_id, n FROM imp";
    let end = "SELECT campaign_id, SUM(n) FROM c30 GROUP BY 1";
    let union = chain(30, base, |it| format!("SELECT * FROM c{it} UNION ALL SELECT * FROM c{it}"));
    assert_eq!(verdict(&room, &format!("{union} {end}")), "GB0015");
    let join = chain(30, base, |it| {
        format!("SELECT a.* FROM c{it} a JOIN c{it} b ON a.user_id = b.user_id")
    });
    assert_eq!(verdict(&room, &format!("{join} {end}")), "GB0015");
    let inside =
        chain(30, base, |it| format!("SELECT * FROM c{it} WHERE n > (SELECT MAX(n) FROM c{it})"));
    assert_eq!(verdict(&room, &format!("{inside} {end}")), "GB0015");
    let nothing = chain(30, "SELECT 1 AS n", |it| {
        format!("SELECT * FROM c{it} UNION ALL SELECT * FROM c{it}")
    });
    assert_eq!(verdict(&room, &format!("{nothing} SELECT c30.n FROM c30, mine")), "GB0015");
    for (open, close) in [
        ("", " + 1"),
        ("", " * n"),
        ("", " - n"),
        ("ABS(", ")"),
        ("COALESCE(", ", n)"),
        ("GREATEST(", ", n)"),
        ("NULLIF(", ", 1)"),
        ("IF(n > 1, ", ", 0)"),
        ("CASE WHEN n > 1 THEN ", " ELSE n END"),
        ("ROUND(", ", 1)"),
    ] {
        let deep = format!("{}n{}", open.repeat(24), close.repeat(24));
        assert_eq!(
            verdict(&room, &format!("SELECT {deep} AS x FROM mine")),
            "allowed",
            "{open}{close}"
        );
        let text = format!("SELECT campaign_id, SUM({deep}) AS x FROM imp GROUP BY campaign_id");
        assert_eq!(verdict(&room, &text), "allowed", "{open}{close}");
    }
    let operands = format!("{}n{}", "CASE ".repeat(20), " WHEN 1 THEN n END".repeat(20));
    assert_eq!(verdict(&room, &format!("SELECT {operands} AS x FROM mine")), "GB0003");
    let conditions =
        format!("{}n > 1{}", "CASE WHEN ".repeat(20), " THEN TRUE ELSE FALSE END".repeat(20));
    assert_eq!(verdict(&room, &format!("SELECT {conditions} AS x FROM mine")), "GB0003");
    let cases = list(24, ", ", |it| format!("CASE a{it} WHEN 1 THEN n END AS a{}", it + 1));
    assert_eq!(verdict(&room, &format!("SELECT n AS a0, {cases} FROM mine")), "GB0003");
    let aliases = list(24, ", ", |it| format!("a{it} + 1 AS a{}", it + 1));
    assert_eq!(verdict(&room, &format!("SELECT n AS a0, {aliases} FROM mine")), "allowed");
}

#[test]
fn long_queries_are_judged_like_short_ones() {
    let room = parse(ROOM).unwrap();
    let counted = |rest: &str| format!("SELECT campaign_id, COUNT(*) FROM imp {rest}");
    for times in [10, 20, 40] {
        let sums = list(times, ", ", |it| format!("SUM(n + {it}) AS s{it}"));
        assert_eq!(
            verdict(&room, &format!("SELECT campaign_id, {sums} FROM imp GROUP BY campaign_id")),
            "allowed"
        );
        let windows = list(times, ", ", |it| {
            format!("SUM(n + {it}) OVER (PARTITION BY segment ORDER BY n) AS s{it}")
        });
        assert_eq!(verdict(&room, &format!("SELECT {windows} FROM mine")), "allowed");
        let cases = list(times, " ", |it| format!("WHEN n = {it} THEN {it}"));
        let text = format!("SELECT CASE {cases} END AS k, COUNT(*) FROM imp GROUP BY 1");
        assert_eq!(verdict(&room, &text), "allowed");
    }
    for times in [100, 300] {
        let keys = list(times, ", ", |it| format!("n + {it}"));
        verdict(&room, &format!("SELECT COUNT(*) FROM imp GROUP BY {keys}"));
        let and = list(times, " AND ", |it| format!("n <> {it}"));
        let text = counted(&format!("WHERE {and} GROUP BY campaign_id"));
        assert_eq!(verdict(&room, &text), "allowed");
    }
    for times in [1_000, 10_000, 40_000] {
        let values = list(times, ", ", |it| format!("'v{it}'"));
        let text = counted(&format!("WHERE campaign_id IN ({values}) GROUP BY campaign_id"));
        assert_eq!(verdict(&room, &text), "allowed");
    }
}
