//! The native JSON API under `/glovebox/v1/`: what AWS's shapes cannot carry.

use glovebox_aws_api::{ApiError, FieldError};
use glovebox_model::Id;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

const ROOT: &str = "/glovebox/v1/";

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

fn id<K>(name: &str, text: &str) -> Result<Id<K>, Refused> {
    text.parse().map_err(|_| fault(name, "Member must be a UUID in lower case"))
}

fn fault(name: &str, message: &str) -> Refused {
    let (name, message) = (name.to_owned(), message.to_owned());
    Refused(ApiError::fields(vec![FieldError { name, message }]))
}
