//! The keys that owners declare as public.

use glovebox_model::AccountId;
use glovebox_sql::{PrivateKey, PrivatePlan};

use crate::Rules;

/// The most groups that declared keys may make together.
const MOST: usize = 10_000;

/// Every combination of declared keys, when each column of the groups has some; the one empty
/// combination where there are no groups. With `only`, those that this account declares.
pub(super) fn public_keys(
    plan: &PrivatePlan,
    rules: &Rules,
    only: Option<AccountId>,
) -> Option<Vec<Vec<String>>> {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    for key in &plan.keys {
        let declared = declared(key, rules, only)?;
        if all.len().saturating_mul(declared.len()) > MOST {
            return None;
        }
        all = all
            .iter()
            .flat_map(|left| {
                declared.iter().map(move |it| left.iter().chain([it]).cloned().collect())
            })
            .collect();
    }
    Some(all)
}

fn declared<'a>(
    key: &PrivateKey,
    rules: &'a Rules,
    only: Option<AccountId>,
) -> Option<&'a [String]> {
    let (table, column) = key.source.as_ref()?;
    let ruled = rules.tables.get(table)?;
    if only.is_some_and(|it| it != ruled.owner) {
        return None;
    }
    ruled.extension.declared.public_keys.get(column).map(Vec::as_slice)
}
