//! The native JSON API under `/glovebox/v1/`: what AWS's shapes cannot carry.

use glovebox_aws_api::{ApiError, Common, FieldError};
use glovebox_model::Id;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

const ROOT: &str = "/glovebox/v1/";
/// The longest text that is judged, in characters.
const MAX_CHARACTERS: usize = 500_000;

/// Whether a path is one of ours.
pub(crate) fn is_native(path: &str) -> bool {
    path.starts_with(ROOT)
}

/// Answers a verified request. Errors have the shapes of AWS's.
pub(crate) async fn answer(house: &House, call: &Call) -> Answer {
    let segments: Vec<&str> = call.path.strip_prefix(ROOT).unwrap_or_default().split('/').collect();
    let found = match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["protectedQueries", query, "diagnostics"]) => {
            diagnostics(house, call, query).await
        }
        ("GET", ["collaborations", collaboration, "ledger"]) => {
            ledger(house, call, collaboration).await
        }
        ("POST", ["collaborations", collaboration, "explain"]) => {
            explain(house, call, collaboration).await
        }
        _ => Err(Refused(ApiError::unknown_operation(None))),
    };
    match found {
        Ok(value) => Answer::json(200, &value),
        Err(Refused(error)) => error.into(),
    }
}

/// All findings about a refused query, for its runner.
async fn diagnostics(house: &House, call: &Call, query: &str) -> Result<Value, Refused> {
    let id = id("protectedQueryIdentifier", query)?;
    let found = house.room.protected_query_diagnostics(&call.caller, id).await?;
    let found = serde_json::to_value(found).map_err(|_| ApiError::internal())?;
    Ok(json!({ "protectedQueryId": query, "diagnostics": found }))
}

/// A page of a collaboration's ledger, from the entry that `from` names.
async fn ledger(house: &House, call: &Call, collaboration: &str) -> Result<Value, Refused> {
    let from = match call.query.all("from") {
        [] => Some(0),
        [text] => text.parse().ok(),
        _ => None,
    };
    let from = from.ok_or_else(|| fault("from", "Member must be one entry's index"))?;
    let id = id("collaborationIdentifier", collaboration)?;
    let export = house.room.collaboration_ledger(&call.caller, id, from).await?;
    Ok(serde_json::to_value(export).map_err(|_| ApiError::internal())?)
}

/// What judgement would say to a text now, without running it.
async fn explain(house: &House, call: &Call, collaboration: &str) -> Result<Value, Refused> {
    let text = query_string(call.body.bytes())?;
    let id = id("collaborationIdentifier", collaboration)?;
    let found = house.room.explain(&call.caller, id, &text).await?;
    let verdict = if found.is_empty() { "ALLOWED" } else { "REFUSED" };
    let found = serde_json::to_value(found).map_err(|_| ApiError::internal())?;
    Ok(json!({ "verdict": verdict, "diagnostics": found }))
}

/// `{"queryString": "..."}`, as long as StartProtectedQuery takes it.
fn query_string(body: &[u8]) -> Result<String, Refused> {
    let broken = "The body is not a JSON object";
    let body: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| ApiError::common(Common::Serialization, broken))?;
    let text = body.get("queryString").and_then(Value::as_str);
    let text = text.filter(|it| (1..=MAX_CHARACTERS).contains(&it.chars().count()));
    let wrong = "Member must be a text of 1 to 500000 characters";
    Ok(text.ok_or_else(|| fault("queryString", wrong))?.to_owned())
}

fn id<K>(name: &str, text: &str) -> Result<Id<K>, Refused> {
    text.parse().map_err(|_| fault(name, "Member must be a UUID in lower case"))
}

fn fault(name: &str, message: &str) -> Refused {
    let (name, message) = (name.to_owned(), message.to_owned());
    Refused(ApiError::fields(vec![FieldError { name, message }]))
}
