//! Values that are known, or few.

use super::{Attempt, quoted};
use crate::target::Target;

/// The victim's values as conditions.
pub(super) fn attempts(target: &Target) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for column in &target.columns {
        let Some(literal) = target.literal(&column.name) else { continue };
        let name = quoted(&column.name);
        for condition in [
            format!("t.{name} = {literal}"),
            format!("t.{name} >= {literal} AND t.{name} <= {literal}"),
            format!("CAST(t.{name} AS VARCHAR(100)) LIKE {}", text(&literal)),
            format!("NOT (t.{name} <> {literal})"),
        ] {
            for source in target.sources() {
                for head in target.heads() {
                    attempts.push(Attempt {
                        crafted: target.everybody(),
                        preparation: "the attacker's table holds everybody",
                        queries: vec![format!("SELECT {head} FROM {source} WHERE {condition}")],
                    });
                }
            }
        }
    }
    attempts
}

/// Every value of a column with what can be counted.
pub(super) fn domains(target: &Target) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for column in &target.columns {
        let name = quoted(&column.name);
        for source in target.sources() {
            let mut queries = vec![format!("SELECT DISTINCT t.{name} FROM {source}")];
            for head in target.heads() {
                queries.push(format!("SELECT t.{name}, {head} FROM {source} GROUP BY t.{name}"));
            }
            attempts.extend(queries.into_iter().map(|query| Attempt {
                crafted: target.everybody(),
                preparation: "the attacker's table holds everybody",
                queries: vec![query],
            }));
        }
    }
    attempts
}

fn text(literal: &str) -> String {
    if literal.starts_with('\'') { literal.to_owned() } else { format!("'{literal}'") }
}
