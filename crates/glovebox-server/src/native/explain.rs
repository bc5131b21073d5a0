//! `explain`: what judgement would say to a text or a template, without running it.

use std::collections::BTreeMap;

use glovebox_aws_api::{ApiError, Common};
use glovebox_model::{AccountId, TEMPLATE_PARAMETERS};
use glovebox_room::ExplainQuery;
use serde_json::{Map, Value, json};

use super::{fault, id, preview};
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

/// The longest text that is judged, in characters.
const MAX_CHARACTERS: usize = 500_000;

/// The longest name and the longest value of a parameter, as in AWS's model.
const MAX_NAME: usize = 100;
const MAX_VALUE: usize = 1000;

/// The most receivers that can be asked about at once.
const MAX_RECEIVERS: usize = 20;

/// What judgement would say now.
pub(super) async fn explain(
    house: &House,
    call: &Call,
    collaboration: &str,
) -> Result<Value, Refused> {
    let asked = asked(call.body.bytes())?;
    let id = id("collaborationIdentifier", collaboration)?;
    let explained = house.room.explain(&call.caller, id, asked).await?;
    let verdict = if explained.findings.is_empty() { "ALLOWED" } else { "REFUSED" };
    let found = serde_json::to_value(explained.findings).map_err(|_| ApiError::internal())?;
    let mut answer = json!({ "verdict": verdict, "diagnostics": found, "plan": explained.plan });
    if let (false, Some(answer)) = (explained.encrypted.is_empty(), answer.as_object_mut()) {
        let columns = explained.encrypted.iter();
        let columns = columns
            .map(|(name, kind)| json!({ "name": name, "encryption": kind.aws_name() }))
            .collect();
        answer.insert("encryptedColumns".to_owned(), Value::Array(columns));
    }
    if let (Some(privacy), Some(answer)) = (&explained.privacy, answer.as_object_mut()) {
        answer.insert("privacy".to_owned(), preview::shown(privacy));
    }
    if let (Some(text), Some(answer)) = (explained.template_text, answer.as_object_mut()) {
        answer.insert("queryString".to_owned(), Value::String(text));
    }
    Ok(answer)
}

/// The members of the body: AWS's own where it has them.
fn asked(body: &[u8]) -> Result<ExplainQuery, Refused> {
    const KNOWN: [&str; 4] =
        ["analysisTemplateArn", "parameters", "queryString", "resultReceivers"];
    let broken = "The body is not a JSON object";
    let body: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| ApiError::common(Common::Serialization, broken))?;
    if let Some(unknown) = body.keys().find(|it| !KNOWN.contains(&it.as_str())) {
        return Err(fault(unknown, "Member is not known"));
    }
    Ok(ExplainQuery {
        query_string: text(&body, "queryString", MAX_CHARACTERS)?,
        analysis_template_arn: text(&body, "analysisTemplateArn", 200)?,
        parameters: parameters(body.get("parameters"))?,
        receivers: receivers(body.get("resultReceivers"))?,
    })
}

fn text(body: &Map<String, Value>, name: &str, most: usize) -> Result<Option<String>, Refused> {
    let Some(value) = body.get(name) else { return Ok(None) };
    let found = value.as_str().filter(|it| (1..=most).contains(&it.chars().count()));
    let wrong = || fault(name, &format!("Member must be a text of 1 to {most} characters"));
    Ok(Some(found.ok_or_else(wrong)?.to_owned()))
}

/// A value is never said again.
fn parameters(given: Option<&Value>) -> Result<BTreeMap<String, String>, Refused> {
    let Some(given) = given else { return Ok(BTreeMap::new()) };
    let wrong = || {
        let most = format!("at most {TEMPLATE_PARAMETERS} texts of at most {MAX_VALUE} characters");
        fault("parameters", &format!("Member must be an object of {most}"))
    };
    let given = given.as_object().filter(|it| it.len() <= TEMPLATE_PARAMETERS);
    let named = |(name, value): (&String, &Value)| {
        let fits = |text: &&str| text.chars().count() <= MAX_VALUE;
        let value = value.as_str().filter(fits).ok_or_else(wrong)?;
        if !(1..=MAX_NAME).contains(&name.chars().count()) {
            return Err(wrong());
        }
        Ok((name.clone(), value.to_owned()))
    };
    given.ok_or_else(wrong)?.iter().map(named).collect()
}

fn receivers(given: Option<&Value>) -> Result<Vec<AccountId>, Refused> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let wrong = || {
        let message = format!("Member must be a list of at most {MAX_RECEIVERS} account ids");
        fault("resultReceivers", &message)
    };
    let given = given.as_array().filter(|it| it.len() <= MAX_RECEIVERS).ok_or_else(wrong)?;
    let account = |it: &Value| it.as_str().and_then(|it| it.parse::<AccountId>().ok());
    given.iter().map(|it| account(it).ok_or_else(wrong)).collect()
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn a_body_says_a_text_or_a_template_and_nothing_that_is_not_known() {
        let read = |body: &str| asked(body.as_bytes()).ok();
        let text = read(r#"{"queryString": "SELECT 1"}"#).unwrap();
        assert_eq!(text.query_string.as_deref(), Some("SELECT 1"));
        let template = read(
            r#"{"analysisTemplateArn": "arn", "parameters": {"a": "b"},
                "resultReceivers": ["111111111111"]}"#,
        );
        let template = template.unwrap();
        assert_eq!(template.parameters.len(), 1);
        assert_eq!(template.receivers.len(), 1);
        for wrong in [
            "[]",
            r#"{"queryString": ""}"#,
            r#"{"queryString": 1}"#,
            r#"{"queryString": "x", "receivers": []}"#,
            r#"{"analysisTemplateArn": "arn", "parameters": {"a": 1}}"#,
            r#"{"analysisTemplateArn": "arn", "parameters": []}"#,
            r#"{"queryString": "x", "resultReceivers": ["me"]}"#,
            r#"{"queryString": "x", "resultReceivers": "111111111111"}"#,
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
