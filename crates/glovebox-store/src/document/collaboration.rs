//! Stored terms of collaborations and of their members.

use glovebox_model::{
    CollaborationTerms, EncryptionMetadata, MemberAbility, MemberTerms, MlAbility, Payment,
};
use serde::{Deserialize, Serialize};

use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum CollaborationDocument {
    V1(CollaborationV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CollaborationV1 {
    name: String,
    description: Option<String>,
    creator_display_name: String,
    encryption: Option<EncryptionV1>,
    query_log: bool,
    job_log: bool,
    auto_approved_changes: Vec<String>,
    allowed_result_regions: Vec<String>,
    metrics: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EncryptionV1 {
    allow_cleartext: bool,
    allow_duplicates: bool,
    allow_joins_on_columns_with_different_names: bool,
    preserve_nulls: bool,
}

impl Document for CollaborationDocument {
    type Noun = CollaborationTerms;
    const WHAT: &'static str = "collaborations";

    fn of(noun: &CollaborationTerms) -> Self {
        let CollaborationTerms {
            name,
            description,
            creator_display_name,
            encryption,
            query_log,
            job_log,
            auto_approved_changes,
            allowed_result_regions,
            metrics,
        } = noun.clone();
        Self::V1(CollaborationV1 {
            name,
            description,
            creator_display_name,
            encryption: encryption.map(EncryptionV1::of),
            query_log,
            job_log,
            auto_approved_changes,
            allowed_result_regions,
            metrics,
        })
    }

    fn noun(self) -> Option<CollaborationTerms> {
        let Self::V1(CollaborationV1 {
            name,
            description,
            creator_display_name,
            encryption,
            query_log,
            job_log,
            auto_approved_changes,
            allowed_result_regions,
            metrics,
        }) = self;
        Some(CollaborationTerms {
            name,
            description,
            creator_display_name,
            encryption: encryption.map(EncryptionV1::noun),
            query_log,
            job_log,
            auto_approved_changes,
            allowed_result_regions,
            metrics,
        })
    }
}

impl EncryptionV1 {
    fn of(noun: EncryptionMetadata) -> Self {
        let EncryptionMetadata {
            allow_cleartext,
            allow_duplicates,
            allow_joins_on_columns_with_different_names,
            preserve_nulls,
        } = noun;
        Self {
            allow_cleartext,
            allow_duplicates,
            allow_joins_on_columns_with_different_names,
            preserve_nulls,
        }
    }

    fn noun(self) -> EncryptionMetadata {
        let Self {
            allow_cleartext,
            allow_duplicates,
            allow_joins_on_columns_with_different_names,
            preserve_nulls,
        } = self;
        EncryptionMetadata {
            allow_cleartext,
            allow_duplicates,
            allow_joins_on_columns_with_different_names,
            preserve_nulls,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MemberDocument {
    V1(MemberV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MemberV1 {
    display_name: String,
    abilities: Vec<String>,
    ml_abilities: Vec<String>,
    payment: PaymentV1,
}

/// What a member pays.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PaymentV1 {
    query_compute: bool,
    job_compute: bool,
    model_training: bool,
    model_inference: bool,
    synthetic_data: bool,
}

impl Document for MemberDocument {
    type Noun = MemberTerms;
    const WHAT: &'static str = "members";

    fn of(noun: &MemberTerms) -> Self {
        let MemberTerms { display_name, abilities, ml_abilities, payment } = noun;
        Self::V1(MemberV1 {
            display_name: display_name.clone(),
            abilities: abilities.iter().map(|it| it.aws_name().to_owned()).collect(),
            ml_abilities: ml_abilities.iter().map(|it| it.aws_name().to_owned()).collect(),
            payment: PaymentV1::of(*payment),
        })
    }

    fn noun(self) -> Option<MemberTerms> {
        let Self::V1(MemberV1 { display_name, abilities, ml_abilities, payment }) = self;
        let abilities = abilities.iter().map(|it| MemberAbility::from_aws_name(it));
        let ml_abilities = ml_abilities.iter().map(|it| MlAbility::from_aws_name(it));
        Some(MemberTerms {
            display_name,
            abilities: abilities.collect::<Option<_>>()?,
            ml_abilities: ml_abilities.collect::<Option<_>>()?,
            payment: payment.noun(),
        })
    }
}

impl PaymentV1 {
    pub(super) fn of(noun: Payment) -> Self {
        let Payment { query_compute, job_compute, model_training, model_inference, synthetic_data } =
            noun;
        Self { query_compute, job_compute, model_training, model_inference, synthetic_data }
    }

    pub(super) fn noun(self) -> Payment {
        let Self { query_compute, job_compute, model_training, model_inference, synthetic_data } =
            self;
        Payment { query_compute, job_compute, model_training, model_inference, synthetic_data }
    }
}
