//! Tables that the attacker makes for the purpose.

use super::Attempt;
use crate::target::{Crafted, Target};

/// Copies of one key.
const COPIES: usize = 10_000;
/// Groups of padding.
const GROUPS: usize = 3;

/// Nobody but the victim.
pub(super) fn single(target: &Target) -> Vec<Attempt> {
    let Some(key) = victim(target) else { return Vec::new() };
    joined(target, vec![(key, "g".into(), 1)], "the attacker's table holds the one person only")
}

/// One less than the minimum of people who are known to be there, and the victim.
pub(super) fn padded(target: &Target) -> Vec<Attempt> {
    let Some(key) = victim(target) else { return Vec::new() };
    let padding = target.others().into_iter().take(target.minimum().saturating_sub(1));
    let crafted = padding.chain([key]).map(|key| (key, "g".to_owned(), 1)).collect();
    joined(
        target,
        crafted,
        "the attacker's table holds one person and as many known ones as the minimum needs",
    )
}

/// The same for several groups at once; the victim is in one of them.
pub(super) fn groups(target: &Target) -> Vec<Attempt> {
    let Some(key) = victim(target) else { return Vec::new() };
    let padding: Vec<String> =
        target.others().into_iter().take(target.minimum().saturating_sub(1)).collect();
    let mut crafted: Crafted = Vec::new();
    for group in 0..GROUPS {
        crafted.extend(padding.iter().map(|key| (key.clone(), format!("g{group}"), 1)));
    }
    crafted.push((key, "g1".into(), 1));
    let source = target.joined();
    let queries = target.heads().into_iter().map(|head| {
        if head.starts_with("DISTINCT") {
            format!("SELECT {head}, c.grp FROM {source}")
        } else {
            format!("SELECT c.grp, {head} FROM {source} GROUP BY c.grp")
        }
    });
    let preparation = "the attacker's table holds the known people once for each group, and one \
                       person more in one of them";
    let attempt = |query| Attempt { crafted: crafted.clone(), preparation, queries: vec![query] };
    queries.map(attempt).collect()
}

/// One key many times over.
pub(super) fn copies(target: &Target) -> Vec<Attempt> {
    let Some(key) = victim(target) else { return Vec::new() };
    let crafted = vec![(key, "g".to_owned(), 1); COPIES];
    joined(target, crafted, "the attacker's table holds ten thousand copies of one person")
}

fn victim(target: &Target) -> Option<String> {
    target.secret(&target.link).map(str::to_owned)
}

fn joined(target: &Target, crafted: Crafted, preparation: &'static str) -> Vec<Attempt> {
    let source = target.joined();
    let queries = target.heads().into_iter().map(|head| format!("SELECT {head} FROM {source}"));
    let attempt = |query| Attempt { crafted: crafted.clone(), preparation, queries: vec![query] };
    queries.map(attempt).collect()
}
