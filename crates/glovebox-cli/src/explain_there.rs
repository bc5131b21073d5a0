//! `glovebox explain --collaboration`: what a server would say to a text or a template.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::explain::encrypted_column;
use crate::query::read_sql;
use crate::{Client, accuracy, native, output, preview};

/// What a server is asked about.
#[derive(Debug, Args)]
pub struct AskedThere {
    /// The query, or - for standard input
    #[arg(long, value_name = "FILE", required_unless_present = "template")]
    pub sql: Option<PathBuf>,
    /// An analysis template of the collaboration instead of a text
    #[arg(long, value_name = "ARN", conflicts_with_all = ["sql", "room"])]
    template: Option<String>,
    /// A value for a parameter of the template; can be given several times
    #[arg(long = "parameter", value_name = "NAME=VALUE", conflicts_with_all = ["sql", "room"])]
    parameters: Vec<String>,
    /// An account that shall receive the result; can be given several times
    #[arg(long = "receiver", value_name = "ACCOUNT", conflicts_with = "room")]
    receivers: Vec<String>,
    /// Show how wrong a private query would be at other shares of its privacy budget
    #[arg(long, conflicts_with = "room")]
    accuracy: bool,
}

impl AskedThere {
    /// The body of the request, and the text in it.
    fn body(&self) -> Result<(Value, Option<String>)> {
        let mut body = Map::new();
        let text = self.sql.as_deref().map(read_sql).transpose()?;
        if let Some(text) = &text {
            body.insert("queryString".into(), json!(text));
        }
        if let Some(arn) = &self.template {
            body.insert("analysisTemplateArn".into(), json!(arn));
            body.insert("parameters".into(), json!(values(&self.parameters)?));
        }
        if !self.receivers.is_empty() {
            body.insert("resultReceivers".into(), json!(self.receivers));
        }
        Ok((Value::Object(body), text))
    }
}

fn values(given: &[String]) -> Result<BTreeMap<&str, &str>> {
    let mut values = BTreeMap::new();
    for it in given {
        let (name, value) = it.split_once('=').context("--parameter is NAME=VALUE")?;
        ensure!(values.insert(name, value).is_none(), "--parameter {name} is given twice");
    }
    Ok(values)
}

/// Asks, and prints the verdict.
pub fn explain(
    client: &Client,
    collaboration: &str,
    asked: &AskedThere,
    (with_plan, as_json): (bool, bool),
) -> Result<ExitCode> {
    let (body, text) = asked.body()?;
    let answer = native::explain(client, collaboration, &body)?;
    // The spans of a template point into its own text.
    let shown = answer.get("queryString").and_then(Value::as_str);
    let text = shown.map(str::to_owned).or(text).unwrap_or_default();
    let allowed = answer.get("verdict").and_then(Value::as_str) == Some("ALLOWED");
    if as_json {
        output::json(&answer);
    } else if let (false, Some(rendered)) = (allowed, output::findings(&answer, &text)) {
        output::text(&rendered);
    } else {
        output::line(if allowed { "allowed" } else { "refused" });
    }
    let encrypted = answer.get("encryptedColumns").and_then(Value::as_array);
    for it in encrypted.into_iter().flatten().filter(|_| !as_json) {
        let word = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
        output::text(&encrypted_column(word("name"), word("encryption")));
    }
    if let (Some(privacy), false) = (answer.get("privacy"), as_json) {
        output::text(&preview::lines(privacy));
        if asked.accuracy {
            output::text(&accuracy::text(privacy));
        }
    }
    let plan = answer.get("plan").and_then(Value::as_str);
    if let (Some(plan), true, false) = (plan, with_plan, as_json) {
        output::text(&format!("\n{}\n", glovebox_model::escape_lines(plan)));
    }
    Ok(if allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn values_are_split_at_the_first_sign_and_given_once() {
        let given = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let one = given(&["zip=a=b"]);
        assert_eq!(values(&one).unwrap()["zip"], "a=b");
        assert!(values(&given(&["zip"])).is_err());
        assert!(values(&given(&["zip=1", "zip=2"])).is_err());
    }
}
