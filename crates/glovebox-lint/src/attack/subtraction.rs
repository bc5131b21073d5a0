//! Two answers that differ by one person.

use super::{Attempt, quoted};
use crate::target::Target;

/// The whole, and the whole without whoever has one of the victim's values.
pub(super) fn attempts(target: &Target) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for column in &target.columns {
        let Some(literal) = target.literal(&column.name) else { continue };
        let name = quoted(&column.name);
        for source in target.sources() {
            for head in target.heads() {
                let whole = format!("SELECT {head} FROM {source}");
                let less = format!("SELECT {head} FROM {source} WHERE t.{name} <> {literal}");
                attempts.push(Attempt {
                    crafted: target.everybody(),
                    preparation: "the attacker's table holds everybody",
                    queries: vec![whole, less],
                });
            }
        }
    }
    attempts
}
