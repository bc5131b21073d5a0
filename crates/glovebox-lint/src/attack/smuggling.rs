//! Conditions on one person inside what looks like a sum.

use super::{Attempt, is_number, quoted};
use crate::target::Target;

/// `CASE`, arithmetic and functions that are one for the victim and nothing for the others.
pub(super) fn attempts(target: &Target) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for column in &target.columns {
        let Some(literal) = target.literal(&column.name) else { continue };
        let name = format!("t.{}", quoted(&column.name));
        let person = format!("t.{}", quoted(&target.person));
        let mut heads = vec![
            format!("SUM(CASE WHEN {name} = {literal} THEN 1 ELSE 0 END)"),
            format!("COUNT(CASE WHEN {name} = {literal} THEN 1 END)"),
            format!("COUNT(NULLIF({name}, {literal}))"),
            format!("COUNT(DISTINCT CASE {name} WHEN {literal} THEN {person} END)"),
            format!("SUM(IF({name} = {literal}, 1, 0)), COUNT(*)"),
            format!("MAX(CASE WHEN {name} = {literal} THEN 1 ELSE 0 END), COUNT(*)"),
            format!("MAX({name}), COUNT(*)"),
        ];
        if is_number(column.kind) {
            heads.push(format!("SUM(1 - ABS(SIGN({name} - {literal})))"));
            heads.push(format!("SUM({name} * 1000000)"));
        }
        for source in target.sources() {
            for head in &heads {
                attempts.push(Attempt {
                    crafted: target.everybody(),
                    preparation: "the attacker's table holds everybody",
                    queries: isolating(head, &source),
                });
            }
        }
    }
    attempts
}

/// A head that counts the others too is compared with nothing: what it says must not move. Plain
/// counts beside it would, so they stand in a query of their own.
fn isolating(head: &str, source: &str) -> Vec<String> {
    let outer = head.strip_suffix(", COUNT(*)").map_or_else(
        || format!("SELECT {head} FROM {source}"),
        |one| format!("SELECT x FROM (SELECT {one} AS x, COUNT(*) AS n FROM {source}) q"),
    );
    vec![outer]
}
