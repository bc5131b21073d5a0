//! Stored privacy budget templates: what they offer.

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
pub(crate) struct PrivacyV1 {
    epsilon: u32,
    users_noise: u32,
    auto_refresh: String,
    accountant: String,
    delta_atto: u64,
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

impl Document for BudgetDocument {
    type Noun = BudgetTerms;
    const WHAT: &'static str = "privacy budget templates";

    fn of(noun: &BudgetTerms) -> Self {
        Self::V1(match noun {
            BudgetTerms::Access(AccessTerms { association, limits }) => {
                let limit = |it: &AccessLimit| LimitV1 {
                    period: it.period.aws_name().to_owned(),
                    budget: it.budget,
                    auto_refresh: it.auto_refresh,
                };
                BudgetV1::Access(AccessV1 {
                    association: association.to_string(),
                    limits: limits.iter().map(limit).collect(),
                })
            }
            BudgetTerms::Privacy(terms) => {
                let PrivacyTerms { epsilon, users_noise, auto_refresh, accountant, delta_atto } =
                    *terms;
                BudgetV1::Privacy(PrivacyV1 {
                    epsilon,
                    users_noise,
                    auto_refresh: auto_refresh.aws_name().to_owned(),
                    accountant: accountant.aws_name().to_owned(),
                    delta_atto,
                })
            }
        })
    }

    fn noun(self) -> Option<BudgetTerms> {
        let Self::V1(form) = self;
        Some(match form {
            BudgetV1::Access(AccessV1 { association, limits }) => {
                let limit = |LimitV1 { period, budget, auto_refresh }: LimitV1| {
                    let period = AccessPeriod::from_aws_name(&period)?;
                    Some(AccessLimit { period, budget, auto_refresh })
                };
                let association = association.parse().ok()?;
                BudgetTerms::Access(AccessTerms { association, limits: all(limits, limit)? })
            }
            BudgetV1::Privacy(form) => {
                let PrivacyV1 { epsilon, users_noise, auto_refresh, accountant, delta_atto } = form;
                BudgetTerms::Privacy(PrivacyTerms {
                    epsilon,
                    users_noise,
                    auto_refresh: AutoRefresh::from_aws_name(&auto_refresh)?,
                    accountant: Accountant::from_aws_name(&accountant)?,
                    delta_atto,
                })
            }
        })
    }
}
