//! What an owner declares for differential privacy, as JSON.

use std::collections::BTreeMap;

use glovebox_model::{Accountant, Bounds, ColumnName, Declared, Number};
use serde::Deserialize;
use serde_json::{Map, Number as JsonNumber, Value, json};

use super::fault;
use crate::errors::Refused;

/// The declarations as their owner writes them; what is absent has its default.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WrittenDeclared {
    #[serde(default)]
    bounds: BTreeMap<String, WrittenBounds>,
    max_groups_per_user: Option<u32>,
    max_rows_per_group: Option<u32>,
    minimum_users: Option<u32>,
    #[serde(default)]
    public_keys: BTreeMap<String, Vec<String>>,
    population: Option<String>,
    declared_users: Option<u64>,
    accountant: Option<String>,
    lifetime_epsilon: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBounds {
    low: JsonNumber,
    high: JsonNumber,
}

impl WrittenDeclared {
    /// The noun, or the fields at fault.
    pub(super) fn read(self) -> Result<Declared, Refused> {
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
        let default = Declared::default();
        let bound = |(name, WrittenBounds { low, high }): (String, WrittenBounds)| {
            let field = format!("privacy.bounds.{name}");
            let bounds = Bounds { low: number(&field, &low)?, high: number(&field, &high)? };
            Ok::<_, Refused>((column(&field, &name)?, bounds))
        };
        let keys = |(name, keys): (String, Vec<String>)| {
            Ok::<_, Refused>((column(&format!("privacy.publicKeys.{name}"), &name)?, keys))
        };
        let accountant = accountant.map(|it| {
            let bad = || fault("privacy.accountant", "Member must be zcdp or pure");
            Accountant::from_aws_name(&it).ok_or_else(bad)
        });
        let declared = Declared {
            bounds: bounds.into_iter().map(bound).collect::<Result<_, _>>()?,
            max_groups_per_user: max_groups_per_user.unwrap_or(default.max_groups_per_user),
            max_rows_per_group: max_rows_per_group.unwrap_or(default.max_rows_per_group),
            minimum_users,
            public_keys: public_keys.into_iter().map(keys).collect::<Result<_, _>>()?,
            population,
            declared_users,
            accountant: accountant.transpose()?.unwrap_or(default.accountant),
            lifetime_epsilon,
        };
        match declared.check().map_err(|faults| faults.into_iter().next()) {
            Ok(()) => Ok(declared),
            Err(Some(it)) => Err(fault(&format!("privacy.{}", it.field), it.text)),
            Err(None) => Err(fault("privacy", "cannot be")),
        }
    }
}

fn column(field: &str, name: &str) -> Result<ColumnName, Refused> {
    ColumnName::new(name).map_err(|it| fault(field, &it.to_string()))
}

/// What the owner wrote, digit by digit; no number that a double would round is taken silently.
fn number(field: &str, written: &JsonNumber) -> Result<Number, Refused> {
    written
        .to_string()
        .parse()
        .map_err(|it: glovebox_model::BadNumber| fault(field, &it.to_string()))
}

/// The declarations in force.
pub(super) fn declared_of(declared: &Declared) -> Value {
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
    } = declared;
    let bounds = bounds.iter().map(|(column, Bounds { low, high })| {
        (column.as_str().to_owned(), json!({ "low": shown(*low), "high": shown(*high) }))
    });
    let keys = public_keys.iter().map(|(column, it)| (column.as_str().to_owned(), json!(it)));
    json!({
        "bounds": bounds.collect::<Map<_, _>>(),
        "maxGroupsPerUser": max_groups_per_user,
        "maxRowsPerGroup": max_rows_per_group,
        "minimumUsers": minimum_users,
        "publicKeys": keys.collect::<Map<_, _>>(),
        "population": population,
        "declaredUsers": declared_users,
        "accountant": accountant.aws_name(),
        "lifetimeEpsilon": lifetime_epsilon,
    })
}

fn shown(number: Number) -> Value {
    serde_json::from_str(&number.to_string()).unwrap_or(Value::Null)
}
