//! Stored extensions of tables, rules of associations, and approvals of templates.

use std::collections::BTreeMap;

use glovebox_model::{
    ApprovedTable, AssociationTerms, Declared, Digest, Extension, Mode, TableName,
};
use serde::{Deserialize, Serialize};

use super::custom::{accounts_of, maybe, numbers};
use super::declared::DeclaredV1;
use super::encryption::EncryptionV1;
use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ExtensionDocument {
    V1(ExtensionV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ExtensionV1 {
    mode: String,
    max_groups_per_identity: Option<u32>,
    distinct_runner_rows: bool,
    suppression_notice: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    public_for_privacy: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declared: Option<DeclaredV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encryption: Option<EncryptionV1>,
}

impl Document for ExtensionDocument {
    type Noun = Extension;
    const WHAT: &'static str = "extensions";

    fn of(noun: &Extension) -> Self {
        let Extension {
            mode,
            max_groups_per_identity,
            distinct_runner_rows,
            suppression_notice,
            public_for_privacy,
            declared,
            encryption,
        } = noun;
        let is_said = *declared != Declared::default();
        Self::V1(ExtensionV1 {
            mode: mode.aws_name().to_owned(),
            max_groups_per_identity: *max_groups_per_identity,
            distinct_runner_rows: *distinct_runner_rows,
            suppression_notice: *suppression_notice,
            public_for_privacy: *public_for_privacy,
            declared: is_said.then(|| DeclaredV1::of(declared)),
            encryption: (!encryption.is_empty()).then(|| EncryptionV1::of(encryption)),
        })
    }

    fn noun(self) -> Option<Extension> {
        let Self::V1(ExtensionV1 {
            mode,
            max_groups_per_identity,
            distinct_runner_rows,
            suppression_notice,
            public_for_privacy,
            declared,
            encryption,
        }) = self;
        Some(Extension {
            mode: Mode::from_aws_name(&mode)?,
            max_groups_per_identity,
            distinct_runner_rows,
            suppression_notice,
            public_for_privacy,
            declared: maybe(declared, DeclaredV1::noun)?.unwrap_or_default(),
            encryption: maybe(encryption, EncryptionV1::noun)?.unwrap_or_default(),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AssociationTermsDocument {
    V1(AssociationTermsV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AssociationTermsV1 {
    receivers: Option<Vec<String>>,
    additional_analyses: Option<Vec<String>>,
}

impl Document for AssociationTermsDocument {
    type Noun = AssociationTerms;
    const WHAT: &'static str = "rules of associations";

    fn of(noun: &AssociationTerms) -> Self {
        let AssociationTerms { receivers, additional_analyses } = noun;
        Self::V1(AssociationTermsV1 {
            receivers: receivers.as_deref().map(numbers),
            additional_analyses: additional_analyses.clone(),
        })
    }

    fn noun(self) -> Option<AssociationTerms> {
        let Self::V1(AssociationTermsV1 { receivers, additional_analyses }) = self;
        Some(AssociationTerms { receivers: maybe(receivers, accounts_of)?, additional_analyses })
    }
}

/// What admitted templates resolved to, by ARN and by the name of a table.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ApprovalsDocument(BTreeMap<String, BTreeMap<String, ApprovedV1>>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovedV1 {
    association: String,
    columns: String,
}

impl Document for ApprovalsDocument {
    type Noun = BTreeMap<String, BTreeMap<TableName, ApprovedTable>>;
    const WHAT: &'static str = "approvals of templates";

    fn of(noun: &Self::Noun) -> Self {
        let table = |(name, it): (&TableName, &ApprovedTable)| {
            let (association, columns) = (it.association.to_string(), it.columns.to_string());
            (name.as_str().to_owned(), ApprovedV1 { association, columns })
        };
        let template = |(arn, tables): (&String, &BTreeMap<TableName, ApprovedTable>)| {
            (arn.clone(), tables.iter().map(table).collect())
        };
        Self(noun.iter().map(template).collect())
    }

    fn noun(self) -> Option<Self::Noun> {
        let table = |(name, it): (String, ApprovedV1)| {
            let columns: Digest = it.columns.parse().ok()?;
            let association = it.association.parse().ok()?;
            Some((TableName::new(&name).ok()?, ApprovedTable { association, columns }))
        };
        let template = |(arn, tables): (String, BTreeMap<String, ApprovedV1>)| {
            Some((arn, tables.into_iter().map(table).collect::<Option<_>>()?))
        };
        self.0.into_iter().map(template).collect()
    }
}
