//! Stored change requests: the parts that are not columns.

use std::collections::BTreeMap;

use glovebox_model::{
    ApprovalStatus, Change, ChangeRequestParts, ChangeSpecification, ChangeType, MemberAbility,
    MemberChange, MlAbility,
};
use serde::{Deserialize, Serialize};

use super::collaboration::PaymentV1;
use super::custom::maybe;
use super::rule::all;
use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ChangeDocument {
    V1(ChangeRequestV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeRequestV1 {
    changes: Vec<ChangeV1>,
    auto_approved: bool,
    approvals: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeV1 {
    specification: SpecificationV1,
    types: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum SpecificationV1 {
    Member(MemberChangeV1),
    AutoApproved(Vec<String>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MemberChangeV1 {
    account: String,
    abilities: Vec<String>,
    ml_abilities: Option<Vec<String>>,
    payment: Option<PaymentV1>,
    display_name: Option<String>,
}

impl Document for ChangeDocument {
    type Noun = ChangeRequestParts;
    const WHAT: &'static str = "change requests";

    fn of(noun: &ChangeRequestParts) -> Self {
        let ChangeRequestParts { changes, auto_approved, approvals } = noun;
        let change = |it: &Change| ChangeV1 {
            specification: SpecificationV1::of(&it.specification),
            types: it.types.iter().map(|it| it.aws_name().to_owned()).collect(),
        };
        let approval = approvals
            .iter()
            .map(|(account, status)| (account.to_string(), status.aws_name().to_owned()));
        Self::V1(ChangeRequestV1 {
            changes: changes.iter().map(change).collect(),
            auto_approved: *auto_approved,
            approvals: approval.collect(),
        })
    }

    fn noun(self) -> Option<ChangeRequestParts> {
        let Self::V1(ChangeRequestV1 { changes, auto_approved, approvals }) = self;
        let change = |it: ChangeV1| {
            let types: Option<Vec<ChangeType>> = all(it.types, |it| ChangeType::from_aws_name(&it));
            let types = types?.into_iter().collect();
            Some(Change { specification: it.specification.noun()?, types })
        };
        let approval = |(account, status): (String, String)| {
            Some((account.parse().ok()?, ApprovalStatus::from_aws_name(&status)?))
        };
        Some(ChangeRequestParts {
            changes: all(changes, change)?,
            auto_approved,
            approvals: approvals.into_iter().map(approval).collect::<Option<_>>()?,
        })
    }
}

impl SpecificationV1 {
    fn of(noun: &ChangeSpecification) -> Self {
        match noun {
            ChangeSpecification::Member(it) => Self::Member(MemberChangeV1::of(it)),
            ChangeSpecification::AutoApproved(types) => {
                Self::AutoApproved(types.iter().map(|it| it.aws_name().to_owned()).collect())
            }
        }
    }

    fn noun(self) -> Option<ChangeSpecification> {
        Some(match self {
            Self::Member(it) => ChangeSpecification::Member(it.noun()?),
            Self::AutoApproved(types) => {
                let types = all(types, |it| ChangeType::from_aws_name(&it))?;
                ChangeSpecification::AutoApproved(types)
            }
        })
    }
}

impl MemberChangeV1 {
    fn of(noun: &MemberChange) -> Self {
        let MemberChange { account, abilities, ml_abilities, payment, display_name } = noun;
        let models = |it: &Vec<MlAbility>| it.iter().map(|it| it.aws_name().to_owned()).collect();
        Self {
            account: account.to_string(),
            abilities: abilities.iter().map(|it| it.aws_name().to_owned()).collect(),
            ml_abilities: ml_abilities.as_ref().map(models),
            payment: payment.map(PaymentV1::of),
            display_name: display_name.clone(),
        }
    }

    fn noun(self) -> Option<MemberChange> {
        let Self { account, abilities, ml_abilities, payment, display_name } = self;
        let models = |it: Vec<String>| all(it, |it| MlAbility::from_aws_name(&it));
        Some(MemberChange {
            account: account.parse().ok()?,
            abilities: all(abilities, |it| MemberAbility::from_aws_name(&it))?,
            ml_abilities: maybe(ml_abilities, models)?,
            payment: payment.map(PaymentV1::noun),
            display_name,
        })
    }
}
