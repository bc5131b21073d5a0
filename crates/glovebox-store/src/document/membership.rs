//! Stored choices of a member.

use glovebox_model::{DefaultResult, MembershipTerms, ResultFormat, S3Output};
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::document::collaboration::PaymentV1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MembershipDocument {
    V1(MembershipV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MembershipV1 {
    query_log: bool,
    job_log: bool,
    default_result: Option<DefaultResultV1>,
    payment: PaymentV1,
    metrics: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    intervals: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DefaultResultV1 {
    output: S3OutputV1,
    role_arn: Option<String>,
}

/// A place for results, as its owner wrote it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct S3OutputV1 {
    bucket: String,
    key_prefix: Option<String>,
    format: String,
    single_file: bool,
}

impl Document for MembershipDocument {
    type Noun = MembershipTerms;
    const WHAT: &'static str = "memberships";

    fn of(noun: &MembershipTerms) -> Self {
        let MembershipTerms { query_log, job_log, default_result, payment, metrics, intervals } =
            noun.clone();
        Self::V1(MembershipV1 {
            query_log,
            job_log,
            default_result: default_result.map(|DefaultResult { output, role_arn }| {
                DefaultResultV1 { output: S3OutputV1::of(&output), role_arn }
            }),
            payment: PaymentV1::of(payment),
            metrics,
            intervals,
        })
    }

    fn noun(self) -> Option<MembershipTerms> {
        let Self::V1(MembershipV1 {
            query_log,
            job_log,
            default_result,
            payment,
            metrics,
            intervals,
        }) = self;
        let default_result = match default_result {
            None => None,
            Some(DefaultResultV1 { output, role_arn }) => {
                Some(DefaultResult { output: output.noun()?, role_arn })
            }
        };
        Some(MembershipTerms {
            query_log,
            job_log,
            default_result,
            payment: payment.noun(),
            metrics,
            intervals,
        })
    }
}

impl S3OutputV1 {
    /// The stored form.
    pub(crate) fn of(noun: &S3Output) -> Self {
        let S3Output { bucket, key_prefix, format, single_file } = noun.clone();
        Self { bucket, key_prefix, format: format.aws_name().to_owned(), single_file }
    }

    /// The place back.
    pub(crate) fn noun(self) -> Option<S3Output> {
        let Self { bucket, key_prefix, format, single_file } = self;
        let format = ResultFormat::from_aws_name(&format)?;
        Some(S3Output { bucket, key_prefix, format, single_file })
    }
}
