//! Stored associations: the parts that are not columns.

use serde::{Deserialize, Serialize};

use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AssociationDocument {
    V1(AssociationV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AssociationV1 {
    description: Option<String>,
    role_arn: String,
}

impl Document for AssociationDocument {
    type Noun = (Option<String>, String);
    const WHAT: &'static str = "associations";

    fn of(noun: &Self::Noun) -> Self {
        let (description, role_arn) = noun.clone();
        Self::V1(AssociationV1 { description, role_arn })
    }

    fn noun(self) -> Option<Self::Noun> {
        let Self::V1(AssociationV1 { description, role_arn }) = self;
        Some((description, role_arn))
    }
}
