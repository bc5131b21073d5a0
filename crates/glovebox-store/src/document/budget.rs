//! Stored terms of privacy budget templates.

use glovebox_model::{
    AccessLimit, AccessPeriod, AccessTerms, Accountant, AutoRefresh, BudgetTerms, PrivacyTerms,
};
use serde::{Deserialize, Serialize};

use super::rule::all;
use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum BudgetDocument {
    V1(BudgetV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum BudgetV1 {
    Access(AccessV1),
    Privacy(PrivacyV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccessV1 {
    association: String,
    limits: Vec<LimitV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LimitV1 {
    period: String,
    budget: u32,
    auto_refresh: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PrivacyV1 {
    epsilon: u32,
    users_noise: u32,
    auto_refresh: String,
    accountant: String,
    delta_atto: u64,
}

impl Document for BudgetDocument {
    type Noun = BudgetTerms;
    const WHAT: &'static str = "privacy budget templates";

    fn of(noun: &BudgetTerms) -> Self {
        Self::V1(match noun {
            BudgetTerms::Access(it) => BudgetV1::Access(AccessV1::of(it)),
            BudgetTerms::Privacy(it) => BudgetV1::Privacy(PrivacyV1::of(it)),
        })
    }

    fn noun(self) -> Option<BudgetTerms> {
        let Self::V1(terms) = self;
        Some(match terms {
            BudgetV1::Access(it) => BudgetTerms::Access(it.noun()?),
            BudgetV1::Privacy(it) => BudgetTerms::Privacy(it.noun()?),
        })
    }
}

impl AccessV1 {
    fn of(noun: &AccessTerms) -> Self {
        let AccessTerms { association, limits } = noun;
        let limit = |AccessLimit { period, budget, auto_refresh }: &_| LimitV1 {
            period: AccessPeriod::aws_name(*period).to_owned(),
            budget: *budget,
            auto_refresh: *auto_refresh,
        };
        Self { association: association.to_string(), limits: limits.iter().map(limit).collect() }
    }

    fn noun(self) -> Option<AccessTerms> {
        let Self { association, limits } = self;
        let limit = |LimitV1 { period, budget, auto_refresh }| {
            let period = AccessPeriod::from_aws_name(&period)?;
            Some(AccessLimit { period, budget, auto_refresh })
        };
        Some(AccessTerms { association: association.parse().ok()?, limits: all(limits, limit)? })
    }
}

impl PrivacyV1 {
    fn of(noun: &PrivacyTerms) -> Self {
        let PrivacyTerms { epsilon, users_noise, auto_refresh, accountant, delta_atto } = *noun;
        Self {
            epsilon,
            users_noise,
            auto_refresh: auto_refresh.aws_name().to_owned(),
            accountant: accountant.aws_name().to_owned(),
            delta_atto,
        }
    }

    fn noun(self) -> Option<PrivacyTerms> {
        let Self { epsilon, users_noise, auto_refresh, accountant, delta_atto } = self;
        Some(PrivacyTerms {
            epsilon,
            users_noise,
            auto_refresh: AutoRefresh::from_aws_name(&auto_refresh)?,
            accountant: Accountant::from_aws_name(&accountant)?,
            delta_atto,
        })
    }
}
