//! The native JSON API under `/glovebox/v1/`: what AWS's shapes cannot carry.

mod connections;
mod declared;
mod encryption;
mod explain;
mod extensions;
mod forecast;
mod memberships;
mod preview;
mod restores;

pub use connections::{parse as parse_connection, shown as shown_connection};
use glovebox_aws_api::{ApiError, FieldError, Labels, route};
use glovebox_model::Id;
use glovebox_room::{Action, CopyState, Door, Passed, ResultCopy};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::api::Call;
use crate::aws;
use crate::errors::Refused;
use crate::house::House;

const ROOT: &str = "/glovebox/v1/";

/// Every endpoint: its action, method, and path below the root, in which `*` is one segment.
const ENDPOINTS: &[(Action, &str, &str)] = &[
    (Action::ConfirmRestore, "POST", "restore"),
    (Action::CreateConnection, "POST", "connections"),
    (Action::DeleteConnection, "DELETE", "connections/*"),
    (Action::ExplainQuery, "POST", "collaborations/*/explain"),
    (Action::GetBudgetForecast, "GET", "collaborations/*/budgetForecast"),
    (Action::GetCollaborationLedger, "GET", "collaborations/*/ledger"),
    (Action::GetConnection, "GET", "connections/*"),
    (Action::GetExtension, "GET", "configuredTables/*/extension"),
    (Action::GetMembershipExtension, "GET", "memberships/*/extension"),
    (Action::GetNativeSchema, "GET", "collaborations/*/schemas/*"),
    (Action::GetProtectedQueryDeliveries, "GET", "protectedQueries/*/deliveries"),
    (Action::GetProtectedQueryDiagnostics, "GET", "protectedQueries/*/diagnostics"),
    (Action::GetProtectedQueryProgress, "GET", "protectedQueries/*/progress"),
    (Action::GetRecordedQuery, "GET", "memberships/*/protectedQueries/*"),
    (Action::GetRestore, "GET", "restore"),
    (Action::ListConnections, "GET", "connections"),
    (Action::PutExtension, "PUT", "configuredTables/*/extension"),
    (Action::PutMembershipExtension, "PUT", "memberships/*/extension"),
    (Action::StartRecordedQuery, "POST", "memberships/*/protectedQueries"),
    (Action::TestConnection, "POST", "connections/*/test"),
    (Action::UnlockAssociation, "POST", "configuredTableAssociations/*/unlock"),
    (Action::UpdateConnection, "PUT", "connections/*"),
];

/// Whether a path is one of ours.
pub(crate) fn is_native(path: &str) -> bool {
    path.starts_with(ROOT)
}

/// The name of the endpoint that a request is for.
pub(crate) fn name(method: &str, path: &str) -> Option<&'static str> {
    Some(endpoint(method, path)?.0.name())
}

/// Answers a verified request. Errors have the shapes of AWS's.
pub(crate) async fn answer(house: &House, call: &Call) -> Answer {
    let found = match endpoint(&call.method, &call.path) {
        Some((action, named)) => carry_out(house, call, action, named).await,
        None => Err(Refused(ApiError::unknown_operation(None))),
    };
    match found {
        Ok(value) => Answer::json(200, &value),
        Err(Refused(error)) => error.into(),
    }
}

/// The endpoint, and the first segment that its path leaves open; empty if there is none.
fn endpoint<'a>(method: &str, path: &'a str) -> Option<(Action, &'a str)> {
    let path = path.strip_prefix(ROOT)?;
    ENDPOINTS.iter().find_map(|(action, its_method, pattern)| {
        let mut open = pattern.split('/').zip(path.split('/')).filter(|(it, _)| *it == "*");
        let fits = pattern.split('/').count() == path.split('/').count()
            && pattern
                .split('/')
                .zip(path.split('/'))
                .all(|(it, segment)| it == segment || (it == "*" && !segment.is_empty()));
        let named = open.next().map_or("", |(_, segment)| segment);
        (fits && *its_method == method).then_some((*action, named))
    })
}

async fn carry_out(
    house: &House,
    call: &Call,
    action: Action,
    named: &str,
) -> Result<Value, Refused> {
    match action {
        Action::ConfirmRestore => restores::confirm(house, call).await,
        Action::GetRestore => restores::get(house, call).await,
        Action::CreateConnection => connections::create(house, call).await,
        Action::DeleteConnection => connections::delete(house, call, named).await,
        Action::GetConnection => connections::get(house, call, named).await,
        Action::ListConnections => connections::list(house, call).await,
        Action::TestConnection => connections::test(house, call, named).await,
        Action::UpdateConnection => connections::update(house, call, named).await,
        Action::ExplainQuery => explain::explain(house, call, named).await,
        Action::GetBudgetForecast => forecast::get(house, call, named).await,
        Action::GetCollaborationLedger => ledger(house, call, named).await,
        Action::GetExtension => extensions::get(house, call, named).await,
        Action::GetNativeSchema => extensions::schema(house, call, named).await,
        Action::GetMembershipExtension => memberships::get(house, call, named).await,
        Action::PutExtension => extensions::put(house, call, named).await,
        Action::PutMembershipExtension => memberships::put(house, call, named).await,
        Action::UnlockAssociation => extensions::unlock(house, call, named).await,
        Action::GetProtectedQueryDeliveries => deliveries(house, call, named).await,
        Action::GetProtectedQueryDiagnostics => diagnostics(house, call, named).await,
        Action::GetProtectedQueryProgress => progress(house, call, named).await,
        Action::GetRecordedQuery | Action::StartRecordedQuery => recorded(house, call).await,
        _ => Err(Refused(ApiError::unknown_operation(Some(action.name())))),
    }
}

/// All findings about a refused query, for its runner.
async fn diagnostics(house: &House, call: &Call, query: &str) -> Result<Value, Refused> {
    let id = id("protectedQueryIdentifier", query)?;
    let found = house.room.protected_query_diagnostics(&call.caller, id).await?;
    let found = serde_json::to_value(found).map_err(|_| ApiError::internal())?;
    Ok(json!({ "protectedQueryId": query, "diagnostics": found }))
}

/// What became of each copy of a result; times in whole seconds since 1970.
async fn deliveries(house: &House, call: &Call, query: &str) -> Result<Value, Refused> {
    let id = id("protectedQueryIdentifier", query)?;
    let found = house.room.protected_query_copies(&call.caller, id).await?;
    let copy = |it: &ResultCopy| match it.state {
        CopyState::Known(state, at) => json!({
            "accountId": it.receiver.as_str(),
            "state": state.aws_name(),
            "time": at.as_millis().div_euclid(1000),
        }),
        CopyState::None => json!({ "accountId": it.receiver.as_str(), "state": "NONE" }),
        CopyState::Pending => json!({ "accountId": it.receiver.as_str(), "state": "PENDING" }),
    };
    let copies: Vec<Value> = found.iter().map(copy).collect();
    Ok(json!({ "protectedQueryId": query, "deliveries": copies }))
}

/// The doors behind a query, for its runner; times in whole seconds since 1970.
async fn progress(house: &House, call: &Call, query: &str) -> Result<Value, Refused> {
    let id = id("protectedQueryIdentifier", query)?;
    let found = house.room.protected_query_progress(&call.caller, id).await?;
    let passed = |it: &Passed| json!({ "door": it.door.as_str(), "time": it.at.as_millis().div_euclid(1000) });
    let mut answer = json!({
        "protectedQueryId": query,
        "status": found.status.as_str(),
        "door": found.door().map(Door::as_str),
        "passed": found.passed.iter().map(passed).collect::<Vec<_>>(),
    });
    if let (true, Some(answer)) = (found.other_row, answer.as_object_mut()) {
        answer.insert("otherRow".to_owned(), json!(true));
        answer.insert("notice".to_owned(), json!(OTHER_ROW));
    }
    Ok(answer)
}

/// What `otherRow` says of a result.
const OTHER_ROW: &str = "the last row stands for groups below a threshold, put together";

/// A page of a collaboration's ledger, from the entry that `from` names.
async fn ledger(house: &House, call: &Call, collaboration: &str) -> Result<Value, Refused> {
    let from = from(call)?.unwrap_or_default();
    let id = id("collaborationIdentifier", collaboration)?;
    let export = house.room.collaboration_ledger(&call.caller, id, from).await?;
    Ok(serde_json::to_value(export).map_err(|_| ApiError::internal())?)
}

/// A query as AWS shows it, and the newest head of the ledger, for its runner to keep.
async fn recorded(house: &House, call: &Call) -> Result<Value, Refused> {
    let known = (from(call)?, intervals(call)?);
    // The path below the root is AWS's own.
    let path = call.path.strip_prefix(ROOT.trim_end_matches('/')).unwrap_or_default();
    let (operation, labels): (_, Labels) =
        route(&call.method, path).ok_or_else(|| ApiError::unknown_operation(None))?;
    aws::recorded(house, call, (operation, &labels), known).await
}

/// The size of the ledger that the caller knows already.
fn from(call: &Call) -> Result<Option<u64>, Refused> {
    let wrong = || fault("from", "Member must be one entry's index");
    match call.query.all("from") {
        [] => Ok(None),
        [text] => text.parse().map(Some).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// Whether intervals are asked for: a word of ours, so it does not stand in AWS's body.
fn intervals(call: &Call) -> Result<bool, Refused> {
    match call.query.all("intervals") {
        [] => Ok(false),
        [text] if text == "true" || text == "false" => Ok(text == "true"),
        _ => Err(fault("intervals", "Member must be true or false")),
    }
}

fn id<K>(name: &str, text: &str) -> Result<Id<K>, Refused> {
    text.parse().map_err(|_| fault(name, "Member must be a UUID in lower case"))
}

fn fault(name: &str, message: &str) -> Refused {
    let (name, message) = (name.to_owned(), message.to_owned());
    Refused(ApiError::fields(vec![FieldError { name, message }]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_an_action_with_a_row_and_no_other_path_is_one() {
        let actions: Vec<Action> = ENDPOINTS.iter().map(|it| it.0).collect();
        assert_eq!(actions, Action::NATIVE);
        for (action, method, pattern) in ENDPOINTS {
            let path = format!("{ROOT}{}", pattern.replace('*', "x"));
            let named = if pattern.contains('*') { "x" } else { "" };
            assert_eq!(endpoint(method, &path), Some((*action, named)), "{path}");
            assert_eq!(endpoint("PATCH", &path), None);
            assert_eq!(endpoint(method, &format!("{path}/")), None);
            assert_eq!(endpoint(method, &format!("{path}/x/y/z")), None);
        }
        for path in ["/glovebox/v1/", "/glovebox/v1", "/glovebox/v2/collaborations/x/ledger", "/"] {
            assert_eq!(endpoint("GET", path), None, "{path}");
        }
    }
}
