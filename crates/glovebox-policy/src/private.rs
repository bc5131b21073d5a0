//! Differential privacy: who is a user, what is public, and why a query has no private answer.

mod fault;
mod keys;

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{AccountId, Rule, TableName};
use glovebox_sql::{Bound, Facts, PrivatePlan, PrivateRequest, PrivateTable, private};

use crate::{Refusal, RefusalKind, Refusals, RuledTable, Rules};

/// A query over tables with differential privacy, its contributions bounded.
#[derive(Debug, Clone)]
pub struct PrivateQuery {
    /// What is computed.
    pub plan: PrivatePlan,
    /// Whose users are protected.
    pub owner: AccountId,
    /// From which population they are; the empty name when the owner names none.
    pub population: String,
    /// The tables of users, in order of name.
    pub tables: Vec<TableName>,
    /// At most so many groups count for one user.
    pub max_groups: u32,
    /// At most so many rows of one user count in one group.
    pub max_rows: u32,
    /// Groups of fewer users do not appear, except under public keys.
    pub minimum_users: u32,
    /// The keys that every result shows, when the owner declares all of them.
    pub public_keys: Option<Vec<Vec<String>>>,
    /// How loss is to be added up.
    pub accountant: glovebox_model::Accountant,
    /// The greatest epsilon over all periods and collaborations.
    pub lifetime_epsilon: Option<u32>,
}

/// Whether any table of the query has a user identifier.
pub(crate) fn is_private(facts: &Facts, rules: &Rules) -> bool {
    facts.lineage.scans.iter().any(|it| identifier(rules.tables.get(&it.table)).is_some())
}

fn identifier(ruled: Option<&RuledTable>) -> Option<&glovebox_model::ColumnName> {
    match ruled?.rule.as_ref()? {
        Rule::Custom(rule) => rule.user_identifier(),
        Rule::Aggregation(_) | Rule::List(_) => None,
    }
}

/// Bounds what each user contributes, or says why that cannot be.
pub(crate) fn bounded(
    bound: &Bound,
    before: &Facts,
    rules: &Rules,
) -> Result<PrivateQuery, Refusals> {
    let tables: BTreeSet<&TableName> = before.lineage.scans.iter().map(|it| &it.table).collect();
    let mut users: BTreeMap<&TableName, &RuledTable> = BTreeMap::new();
    for table in &tables {
        if let Some(ruled) = rules.tables.get(*table)
            && identifier(Some(ruled)).is_some()
        {
            users.insert(table, ruled);
        }
    }
    let request = request(&tables, &users, rules);
    let plan = match private(bound, &request) {
        Ok(plan) => plan,
        Err(fault) => return Err(fault::refused(&fault, before, rules, &users)),
    };
    assembled(plan, &users, rules).map_err(|refusal| Refusals::new(vec![*refusal], rules))
}

fn request(
    tables: &BTreeSet<&TableName>,
    users: &BTreeMap<&TableName, &RuledTable>,
    rules: &Rules,
) -> PrivateRequest {
    let mut populations: Vec<(AccountId, &str)> = Vec::new();
    let mut known = BTreeMap::new();
    for table in tables {
        let Some(ruled) = rules.tables.get(*table) else { continue };
        if let Some(column) = identifier(Some(ruled)) {
            let own = (ruled.owner, ruled.extension.declared.population_name());
            let found = populations.iter().position(|it| *it == own);
            let population = found.unwrap_or_else(|| {
                populations.push(own);
                populations.len() - 1
            });
            let bounds = ruled.extension.declared.bounds.clone();
            let (table, identifier) = ((*table).clone(), column.clone());
            known.insert(table, PrivateTable::Users { identifier, population, bounds });
        } else if (rules.is_runners(table) || ruled.extension.public_for_privacy)
            && !has_threshold(ruled)
        {
            known.insert((*table).clone(), PrivateTable::Public);
        }
    }
    let max_rows = users.values().map(|it| it.extension.declared.max_rows_per_group).min();
    PrivateRequest { tables: known, max_rows: max_rows.unwrap_or(1) }
}

/// Thresholds have no form in a private plan.
fn has_threshold(ruled: &RuledTable) -> bool {
    matches!(&ruled.rule, Some(Rule::Custom(rule)) if rule.threshold().is_some())
}

/// The strictest of what all tables of users declare.
fn assembled(
    mut plan: PrivatePlan,
    users: &BTreeMap<&TableName, &RuledTable>,
    rules: &Rules,
) -> Result<PrivateQuery, Box<Refusal>> {
    let declared = || users.values().map(|it| &it.extension.declared);
    let nobody = || {
        let text = "no table of users is left in the query";
        let span = glovebox_model::Span { start: 0, end: 0 };
        Box::new(Refusal::new(RefusalKind::PrivateConstruct, span, text))
    };
    let first = users.values().next().ok_or_else(nobody)?;
    let accountants: BTreeSet<_> = declared().map(|it| it.accountant).collect();
    if accountants.len() > 1 {
        let text = "the tables of users add up privacy loss in different ways";
        let span = glovebox_model::Span { start: 0, end: 0 };
        return Err(Box::new(
            Refusal::new(RefusalKind::PrivatePopulations, span, text)
                .help("query them one by one")
                .ask("declare one accountant for all its tables"),
        ));
    }
    let minimum_users = declared().filter_map(|it| it.minimum_users).max().unwrap_or(1);
    // Whoever has keys that are public passes by the minimum: the owner of the users may say so of
    // its own columns, and nobody else by a relation or declarations of its own.
    let floor = (minimum_users > 1).then_some(first.owner);
    if floor.is_some() {
        plan.key_relation = None;
    }
    let public_keys = keys::public_keys(&plan, rules, floor);
    Ok(PrivateQuery {
        owner: first.owner,
        population: first.extension.declared.population_name().to_owned(),
        tables: users.keys().map(|it| (*it).clone()).collect(),
        max_groups: declared().map(|it| it.max_groups_per_user).min().unwrap_or(1),
        max_rows: declared().map(|it| it.max_rows_per_group).min().unwrap_or(1),
        minimum_users,
        public_keys,
        accountant: first.extension.declared.accountant,
        lifetime_epsilon: declared().filter_map(|it| it.lifetime_epsilon).min(),
        plan,
    })
}
