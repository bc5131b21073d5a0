//! What an answer tells beside its values.

use super::{Attempt, is_number, quoted};
use crate::target::Target;

/// Which groups are left, and which comes first.
pub(super) fn having_order(target: &Target) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for column in &target.columns {
        let Some(literal) = target.literal(&column.name) else { continue };
        let name = format!("t.{}", quoted(&column.name));
        let hidden = format!("SUM(CASE WHEN {name} = {literal} THEN 1 ELSE 0 END)");
        for source in target.sources() {
            for query in [
                format!("SELECT 1 AS one FROM {source} HAVING {hidden} > 0"),
                format!("SELECT 1 AS one FROM {source} HAVING MAX({name}) = {literal}"),
                format!("SELECT {name} FROM {source} ORDER BY {name} DESC LIMIT 1"),
                format!("SELECT {name} FROM {source} GROUP BY {name} ORDER BY {name} LIMIT 1"),
                format!("SELECT {name} FROM {source} GROUP BY {name} ORDER BY {name} DESC LIMIT 1"),
                format!(
                    "SELECT c.grp FROM {source} GROUP BY c.grp ORDER BY {hidden} DESC, c.grp LIMIT 1"
                ),
            ] {
                let mut crafted = target.everybody();
                for (index, row) in crafted.iter_mut().enumerate() {
                    row.1 = format!("g{}", index % 2);
                }
                attempts.push(Attempt {
                    crafted,
                    preparation: "the attacker's table holds everybody, in two groups",
                    queries: vec![query],
                });
            }
        }
    }
    attempts
}

/// Whether it fails.
pub(super) fn errors(target: &Target) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for column in &target.columns {
        let Some(literal) = target.literal(&column.name) else { continue };
        let name = format!("t.{}", quoted(&column.name));
        let mut conditions = vec![
            format!("CAST({name} AS BIGINT) > 0 OR 1 = 1"),
            format!("CASE WHEN {name} = {literal} THEN 1 / 0 ELSE 1 END > 0 OR 1 = 1"),
        ];
        if is_number(column.kind) {
            conditions
                .push(format!("1 / ({name} - {literal}) >= 0 OR 1 / ({name} - {literal}) < 0"));
            conditions.push(format!("{name} * 9223372036854775807 <> 0"));
            conditions.push(format!("MOD(1, {name} - {literal}) >= 0"));
        }
        for source in target.sources() {
            for head in target.heads() {
                for condition in &conditions {
                    let less = format!("SELECT {head} FROM {source} WHERE {condition}");
                    attempts.push(Attempt {
                        crafted: target.everybody(),
                        preparation: "the attacker's table holds everybody",
                        queries: vec![format!("SELECT {head} FROM {source}"), less],
                    });
                }
            }
        }
    }
    attempts
}
