//! Analysis templates: a text with typed parameters, agreed on before it is run.

use std::collections::BTreeSet;
use std::fmt;

use crate::{AccountId, Collaboration, Id, Membership, Parameter, ParameterType, Timestamp};

/// The most parameters of a template (AWS's model).
pub const TEMPLATE_PARAMETERS: usize = 50;

/// A text that a member offers in a collaboration. All but its description never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisTemplate {
    /// Names it.
    pub id: Id<Self>,
    /// The collaboration in which it can run.
    pub collaboration: Id<Collaboration>,
    /// The author's membership.
    pub membership: Id<Membership>,
    /// Who made it: the provider of the analysis.
    pub author: AccountId,
    /// What it is.
    pub parts: TemplateParts,
    /// When it was made.
    pub created: Timestamp,
    /// When its description changed last.
    pub updated: Timestamp,
    /// Changes when what queries use of it changes: never, while it is there.
    pub version: i64,
}

/// What a template is made of.
#[derive(Clone, PartialEq, Eq)]
pub struct TemplateParts {
    /// How it is called, once per membership.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// One `SELECT`, with `:name` where a literal may stand.
    pub text: String,
    /// What stands behind the colons, in the order of declaration.
    pub parameters: Vec<TemplateParameter>,
    /// The tables that the text names, each once; they need not exist yet.
    pub tables: Vec<String>,
}

/// A declared parameter.
#[derive(Clone, PartialEq, Eq)]
pub struct TemplateParameter {
    /// Its name, without the colon.
    pub name: String,
    /// Its type.
    pub kind: ParameterType,
    /// The value when a query gives none.
    pub default: Option<String>,
}

/// What a query that runs a template says of it.
#[derive(Clone, PartialEq, Eq)]
pub struct TemplateUse {
    /// Which template.
    pub template: Id<AnalysisTemplate>,
    /// Its long name, as it was given.
    pub arn: String,
    /// Who made it: the provider of the text.
    pub author: AccountId,
    /// The values as they were given, by name; shown again to the runner.
    pub given: Vec<(String, String)>,
    /// All parameters with their values, given or by default.
    pub parameters: Vec<Parameter>,
}

/// Why parameters are not those of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterFault {
    /// No such parameter is declared.
    #[error("the template has no parameter `{0}`")]
    Unknown(String),
    /// There is neither a value nor a default.
    #[error("the parameter `{0}` needs a value")]
    Missing(String),
    /// The value is not one of the type.
    #[error("the value of `{name}` is not of type {}", kind.aws_name())]
    Type {
        /// The parameter.
        name: String,
        /// Its type.
        kind: ParameterType,
    },
}

impl ParameterFault {
    /// The parameter at fault.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown(name) | Self::Missing(name) | Self::Type { name, .. } => name,
        }
    }
}

impl TemplateParts {
    /// The parameters of one query: each declared one with its value, or all faults.
    pub fn parameters_of<'a>(
        &self,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Vec<Parameter>, Vec<ParameterFault>> {
        let given: Vec<(&str, &str)> = given.into_iter().collect();
        let declared: BTreeSet<&str> = self.parameters.iter().map(|it| it.name.as_str()).collect();
        let unknown = given.iter().filter(|(name, _)| !declared.contains(name));
        let mut faults: Vec<ParameterFault> =
            unknown.map(|(name, _)| ParameterFault::Unknown((*name).to_owned())).collect();
        let mut values = Vec::new();
        for TemplateParameter { name, kind, default } in &self.parameters {
            let said = given.iter().find(|it| it.0 == name.as_str()).map(|it| it.1);
            let Some(value) = said.or(default.as_deref()) else {
                faults.push(ParameterFault::Missing(name.clone()));
                continue;
            };
            if kind.literal(value).is_none() {
                faults.push(ParameterFault::Type { name: name.clone(), kind: *kind });
                continue;
            }
            let (name, value) = (name.clone(), value.to_owned());
            values.push(Parameter { name, kind: *kind, value });
        }
        if faults.is_empty() { Ok(values) } else { Err(faults) }
    }
}

impl fmt::Debug for TemplateParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemplateParts").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for TemplateParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, default: _ } = self;
        f.debug_struct("TemplateParameter")
            .field("name", name)
            .field("kind", kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TemplateUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemplateUse").field("arn", &self.arn).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> TemplateParts {
        let declare = |name: &str, kind, default: Option<&str>| TemplateParameter {
            name: name.into(),
            kind,
            default: default.map(Into::into),
        };
        TemplateParts {
            name: "t".into(),
            description: None,
            text: "SELECT a FROM t WHERE b > :least AND c = :city".into(),
            parameters: vec![
                declare("least", ParameterType::Int, Some("5")),
                declare("city", ParameterType::Varchar, None),
            ],
            tables: vec!["t".into()],
        }
    }

    #[test]
    fn defaults_fill_gaps_and_values_are_typed() {
        let values = template().parameters_of([("city", "Ulm")]).unwrap();
        let shown: Vec<_> = values.iter().map(|it| (it.name.as_str(), it.value.as_str())).collect();
        assert_eq!(shown, [("least", "5"), ("city", "Ulm")]);
    }

    #[test]
    fn every_fault_is_told_without_a_value() {
        let faults = template().parameters_of([("least", "many"), ("town", "Ulm")]).unwrap_err();
        let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "the template has no parameter `town`",
                "the value of `least` is not of type INT",
                "the parameter `city` needs a value",
            ]
        );
    }
}
