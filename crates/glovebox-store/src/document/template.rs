//! Stored analysis templates: the parts that are not columns.

use glovebox_model::{ParameterType, TemplateParameter, TemplateParts};
use serde::{Deserialize, Serialize};

use super::rule::all;
use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TemplateDocument {
    V1(TemplateV1),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateV1 {
    name: String,
    description: Option<String>,
    text: String,
    parameters: Vec<ParameterV1>,
    tables: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterV1 {
    name: String,
    kind: String,
    default: Option<String>,
}

impl Document for TemplateDocument {
    type Noun = TemplateParts;
    const WHAT: &'static str = "analysis templates";

    fn of(noun: &TemplateParts) -> Self {
        let TemplateParts { name, description, text, parameters, tables } = noun;
        let parameter = |it: &TemplateParameter| ParameterV1 {
            name: it.name.clone(),
            kind: it.kind.aws_name().to_owned(),
            default: it.default.clone(),
        };
        Self::V1(TemplateV1 {
            name: name.clone(),
            description: description.clone(),
            text: text.clone(),
            parameters: parameters.iter().map(parameter).collect(),
            tables: tables.clone(),
        })
    }

    fn noun(self) -> Option<TemplateParts> {
        let Self::V1(TemplateV1 { name, description, text, parameters, tables }) = self;
        let parameter = |it: ParameterV1| {
            let kind = ParameterType::from_aws_name(&it.kind)?;
            Some(TemplateParameter { name: it.name, kind, default: it.default })
        };
        Some(TemplateParts {
            name,
            description,
            text,
            parameters: all(parameters, parameter)?,
            tables,
        })
    }
}
