//! Stored declarations for differential privacy.

use std::collections::BTreeMap;

use glovebox_model::{Accountant, Bounds, ColumnName, Declared};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeclaredV1 {
    bounds: BTreeMap<String, (String, String)>,
    max_groups_per_user: u32,
    max_rows_per_group: u32,
    minimum_users: Option<u32>,
    public_keys: BTreeMap<String, Vec<String>>,
    population: Option<String>,
    declared_users: Option<u64>,
    accountant: String,
    lifetime_epsilon: Option<u32>,
}

impl DeclaredV1 {
    pub(super) fn of(noun: &Declared) -> Self {
        let Declared {
            bounds,
            max_groups_per_user,
            max_rows_per_group,
            minimum_users,
            public_keys,
            population,
            declared_users,
            accountant,
            lifetime_epsilon,
        } = noun;
        let bound = |(column, Bounds { low, high }): (&ColumnName, &Bounds)| {
            (column.as_str().to_owned(), (low.to_string(), high.to_string()))
        };
        let keys = public_keys.iter().map(|(name, it)| (name.as_str().to_owned(), it.clone()));
        Self {
            bounds: bounds.iter().map(bound).collect(),
            max_groups_per_user: *max_groups_per_user,
            max_rows_per_group: *max_rows_per_group,
            minimum_users: *minimum_users,
            public_keys: keys.collect(),
            population: population.clone(),
            declared_users: *declared_users,
            accountant: accountant.aws_name().to_owned(),
            lifetime_epsilon: *lifetime_epsilon,
        }
    }

    pub(super) fn noun(self) -> Option<Declared> {
        let Self {
            bounds,
            max_groups_per_user,
            max_rows_per_group,
            minimum_users,
            public_keys,
            population,
            declared_users,
            accountant,
            lifetime_epsilon,
        } = self;
        let bound = |(column, (low, high)): (String, (String, String))| {
            let bounds = Bounds { low: low.parse().ok()?, high: high.parse().ok()? };
            Some((ColumnName::new(&column).ok()?, bounds))
        };
        let keys = |(column, keys): (String, _)| Some((ColumnName::new(&column).ok()?, keys));
        Some(Declared {
            bounds: bounds.into_iter().map(bound).collect::<Option<_>>()?,
            max_groups_per_user,
            max_rows_per_group,
            minimum_users,
            public_keys: public_keys.into_iter().map(keys).collect::<Option<_>>()?,
            population,
            declared_users,
            accountant: Accountant::from_aws_name(&accountant)?,
            lifetime_epsilon,
        })
    }
}
