//! The stored forms of queries and their outcomes.

use glovebox_model::{
    AccessKeyId, AccountId, NewQuery, OutputLocation, Parameter, ParameterType, QueryErrorCode,
    QueryFailure, QueryOutput, TemplateUse,
};
use serde::{Deserialize, Serialize};

use super::{CORRUPT, Diagnostic, Submission};
use crate::StoreError;
use crate::document::S3OutputV1;

/// A query as it was asked for.
#[derive(Serialize, Deserialize)]
pub(crate) struct QueryV1 {
    key: String,
    text: String,
    // Absent in queries of the first release.
    #[serde(default)]
    template: Option<TemplateUseV1>,
    output: Option<OutputV1>,
    compute: Option<String>,
    payer: Option<String>,
    receivers: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    intervals: bool,
}

/// The template that a query runs.
#[derive(Serialize, Deserialize)]
struct TemplateUseV1 {
    template: String,
    arn: String,
    author: String,
    given: Vec<(String, String)>,
    parameters: Vec<ParameterV1>,
}

#[derive(Serialize, Deserialize)]
struct ParameterV1 {
    name: String,
    kind: String,
    value: String,
}

#[derive(Serialize, Deserialize)]
enum OutputV1 {
    S3(S3OutputV1),
    Member(String),
    Distribute(Vec<LocationV1>),
}

#[derive(Serialize, Deserialize)]
enum LocationV1 {
    S3(S3OutputV1),
    Member(String),
}

/// How a query ended.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct OutcomeV1 {
    pub(crate) location: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    #[serde(default)]
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl QueryV1 {
    pub(crate) fn of(submission: &Submission) -> Self {
        let Submission { key, asked, receivers, .. } = submission;
        let NewQuery { text, template, output, compute, payer, intervals } = asked;
        Self {
            key: key.to_string(),
            text: text.clone(),
            template: template.as_ref().map(TemplateUseV1::of),
            output: output.as_ref().map(OutputV1::of),
            compute: compute.clone(),
            payer: payer.map(|it| it.to_string()),
            receivers: receivers.iter().map(ToString::to_string).collect(),
            intervals: *intervals,
        }
    }

    pub(crate) fn to_text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|_| CORRUPT)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text).map_err(|_| CORRUPT)
    }

    pub(crate) fn key(&self) -> Result<AccessKeyId, StoreError> {
        self.key.parse().map_err(|_| CORRUPT)
    }

    pub(crate) fn receivers(&self) -> Result<Vec<AccountId>, StoreError> {
        self.receivers.iter().map(|it| it.parse().map_err(|_| CORRUPT)).collect()
    }

    pub(crate) fn asked(self) -> Result<NewQuery, StoreError> {
        let payer = self.payer.map(|it| it.parse().map_err(|_| CORRUPT)).transpose()?;
        let output = self.output.map(OutputV1::read).transpose()?;
        let template = self.template.map(TemplateUseV1::read).transpose()?;
        let Self { text, compute, intervals, .. } = self;
        Ok(NewQuery { text, template, output, compute, payer, intervals })
    }
}

impl TemplateUseV1 {
    fn of(noun: &TemplateUse) -> Self {
        let TemplateUse { template, arn, author, given, parameters } = noun;
        let parameter = |it: &Parameter| ParameterV1 {
            name: it.name.clone(),
            kind: it.kind.aws_name().to_owned(),
            value: it.value.clone(),
        };
        Self {
            template: template.to_string(),
            arn: arn.clone(),
            author: author.to_string(),
            given: given.clone(),
            parameters: parameters.iter().map(parameter).collect(),
        }
    }

    fn read(self) -> Result<TemplateUse, StoreError> {
        let Self { template, arn, author, given, parameters } = self;
        let parameter = |it: ParameterV1| {
            let kind = ParameterType::from_aws_name(&it.kind).ok_or(CORRUPT)?;
            Ok(Parameter { name: it.name, kind, value: it.value })
        };
        Ok(TemplateUse {
            template: template.parse().map_err(|_| CORRUPT)?,
            arn,
            author: author.parse().map_err(|_| CORRUPT)?,
            given,
            parameters: parameters.into_iter().map(parameter).collect::<Result<_, StoreError>>()?,
        })
    }
}

impl OutputV1 {
    fn of(output: &QueryOutput) -> Self {
        match output {
            QueryOutput::S3(output) => Self::S3(S3OutputV1::of(output)),
            QueryOutput::Member(account) => Self::Member(account.to_string()),
            QueryOutput::Distribute(locations) => {
                Self::Distribute(locations.iter().map(LocationV1::of).collect())
            }
        }
    }

    fn read(self) -> Result<QueryOutput, StoreError> {
        Ok(match self {
            Self::S3(output) => QueryOutput::S3(output.noun().ok_or(CORRUPT)?),
            Self::Member(account) => QueryOutput::Member(account.parse().map_err(|_| CORRUPT)?),
            Self::Distribute(locations) => {
                let locations = locations.into_iter().map(LocationV1::read);
                QueryOutput::Distribute(locations.collect::<Result<_, StoreError>>()?)
            }
        })
    }
}

impl LocationV1 {
    fn of(location: &OutputLocation) -> Self {
        match location {
            OutputLocation::S3(output) => Self::S3(S3OutputV1::of(output)),
            OutputLocation::Member(account) => Self::Member(account.to_string()),
        }
    }

    fn read(self) -> Result<OutputLocation, StoreError> {
        Ok(match self {
            Self::S3(output) => OutputLocation::S3(output.noun().ok_or(CORRUPT)?),
            Self::Member(account) => OutputLocation::Member(account.parse().map_err(|_| CORRUPT)?),
        })
    }
}

impl OutcomeV1 {
    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text).map_err(|_| CORRUPT)
    }

    pub(crate) fn to_text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|_| CORRUPT)
    }

    pub(crate) fn failure(&self) -> Result<Option<QueryFailure>, StoreError> {
        let (Some(code), Some(message)) = (&self.code, &self.message) else { return Ok(None) };
        let code = QueryErrorCode::from_aws_name(code).ok_or(CORRUPT)?;
        Ok(Some(QueryFailure { code, message: message.clone() }))
    }
}
