//! Connections: where a member's data lies, as its owner writes and sees it.

mod written;

use glovebox_aws_api::{ApiError, Common};
use glovebox_model::{AwsService, Connection, Id, Leftover, Objects, Page, PageRequest, Place};
use glovebox_room::{ConnectionView, Left, NewConnection, TriedStatus, TriedStep};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::written::WrittenTerms;
use super::{fault, id};
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

/// Connections of a page, unless fewer are asked for.
const PAGE: u32 = 100;

/// Makes a connection of the caller.
pub(super) async fn create(house: &House, call: &Call) -> Result<Value, Refused> {
    let new = new(json(call)?)?;
    let made = house.room.create_connection(&call.caller, new).await?;
    Ok(json!({ "connection": shown(&made) }))
}

/// Shows one.
pub(super) async fn get(house: &House, call: &Call, named: &str) -> Result<Value, Refused> {
    let found = house.room.get_connection(&call.caller, connection(named)?).await?;
    Ok(json!({ "connection": shown(&found) }))
}

/// Shows all of the caller's, page by page.
pub(super) async fn list(house: &House, call: &Call) -> Result<Value, Refused> {
    let after = match call.query.all("after") {
        [] => None,
        [text] => Some(text.parse().map_err(|_| fault("after", "Member must be a number"))?),
        _ => return Err(fault("after", "Member must be one number")),
    };
    let page = PageRequest { after, limit: PAGE };
    let Page { items, next } = house.room.list_connections(&call.caller, page).await?;
    let items: Vec<Value> = items.iter().map(shown).collect();
    Ok(json!({ "connections": items, "next": next }))
}

/// Puts other terms in the place of a connection's.
pub(super) async fn update(house: &House, call: &Call, named: &str) -> Result<Value, Refused> {
    let update = form::<WrittenTerms>(json(call)?, "connection")?.change()?;
    let updated = house.room.update_connection(&call.caller, connection(named)?, update).await?;
    Ok(json!({ "connection": shown(&updated) }))
}

/// Removes one with its credentials.
pub(super) async fn delete(house: &House, call: &Call, named: &str) -> Result<Value, Refused> {
    house.room.delete_connection(&call.caller, connection(named)?).await?;
    Ok(json!({}))
}

/// What is to be tried: a table of one's choice.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Tried {
    #[serde(default)]
    database_name: Option<String>,
    #[serde(default)]
    table_name: Option<String>,
}

/// Tries one, step by step.
pub(super) async fn test(house: &House, call: &Call, named: &str) -> Result<Value, Refused> {
    let Tried { database_name, table_name } = match call.body.bytes() {
        [] => Tried::default(),
        _ => form(json(call)?, "table")?,
    };
    let table = match (database_name, table_name) {
        (Some(database), Some(table)) => Some((database, table)),
        (None, None) => None,
        _ => return Err(fault("tableName", "databaseName and tableName go together")),
    };
    let steps = house.room.test_connection(&call.caller, connection(named)?, table).await?;
    let works = works(&steps);
    let steps: Vec<Value> = steps.iter().map(step).collect();
    Ok(json!({ "works": works, "steps": steps }))
}

/// Nothing failed, and something was tried.
fn works(steps: &[TriedStep]) -> bool {
    let failed = steps.iter().any(|it| it.status == TriedStatus::Failed);
    !failed && steps.iter().any(TriedStep::proves)
}

fn step(step: &TriedStep) -> Value {
    let TriedStep { name, about, status, message, mend } = step;
    let status = match status {
        TriedStatus::Works => "OK",
        TriedStatus::Failed => "FAILED",
        TriedStatus::Skipped => "SKIPPED",
    };
    json!({ "step": name, "about": about, "status": status, "message": message, "mend": mend })
}

fn connection(named: &str) -> Result<Id<Connection>, Refused> {
    id("connectionIdentifier", named)
}

fn new(mut value: Value) -> Result<NewConnection, Refused> {
    let name = value.as_object_mut().and_then(|it| it.remove("name"));
    let Some(Value::String(name)) = name else {
        return Err(fault("name", "Member must be the name of a role"));
    };
    Ok(NewConnection { name, terms: form::<WrittenTerms>(value, "connection")?.read()? })
}

/// A new connection as its owner writes it, or what is wrong with it.
pub fn parse(value: Value) -> Result<NewConnection, String> {
    new(value).map_err(|Refused(error)| error.body().to_string())
}

fn json(call: &Call) -> Result<Value, Refused> {
    let bad = |_| ApiError::common(Common::Serialization, "The body is not a JSON object");
    Ok(serde_json::from_slice(call.body.bytes()).map_err(bad)?)
}

fn form<T: DeserializeOwned>(value: Value, name: &str) -> Result<T, Refused> {
    serde_json::from_value(value).map_err(|error| {
        // What serde says can repeat what was sent, and that is secret.
        let said = error.to_string();
        let expected = said.split_once(", expected ").map(|(_, it)| it);
        match expected.filter(|_| said.starts_with("unknown ")) {
            Some(names) => fault(name, &format!("a member is not known: expected {names}")),
            None if said.starts_with("missing field") => fault(name, &said),
            None => fault(name, "it does not have the form of a connection"),
        }
    })
}

/// A connection as its owner sees it.
pub fn shown(view: &ConnectionView) -> Value {
    let ConnectionView { connection, external_id, leftovers } = view;
    let Connection {
        id,
        account: _,
        name,
        databases,
        place,
        method,
        has_catalog_token,
        created,
        updated,
        version: _,
    } = connection;
    let mut value = json!({
        "id": id.to_string(),
        "name": name,
        "roleArn": connection.role_arn(),
        "databases": databases,
        "credentials": method.word(),
        "createTime": created.as_millis().div_euclid(1000),
        "updateTime": updated.as_millis().div_euclid(1000),
    });
    if let Some(members) = value.as_object_mut() {
        members.insert(place.word().to_owned(), place_of(place));
        if let Some(external_id) = external_id {
            members.insert("externalId".to_owned(), json!(external_id));
        }
        if *has_catalog_token {
            members.insert("hasCatalogToken".to_owned(), json!(true));
        }
        let leftovers: Vec<Value> = leftovers.iter().map(leftover).collect();
        members.insert("leftovers".to_owned(), json!(leftovers));
    }
    value
}

/// What its owner needs to take it away by hand.
fn leftover(left: &Left) -> Value {
    let Left { noted, what, is_given_up, .. } = left;
    let state = if *is_given_up { "GIVEN_UP" } else { "TRYING" };
    let mut value = json!({ "state": state, "beginTime": noted.as_millis().div_euclid(1000) });
    let about = match what {
        Leftover::Execution { bucket, folder, id } => {
            ("athena", json!({ "queryExecutionId": id, "bucket": bucket, "folder": folder }))
        }
        Leftover::Upload { bucket, key, upload } => {
            ("upload", json!({ "bucket": bucket, "key": key, "uploadId": upload }))
        }
    };
    if let Some(members) = value.as_object_mut() {
        members.insert(about.0.to_owned(), about.1);
    }
    value
}

fn place_of(place: &Place) -> Value {
    let region = |it: &AwsService| it.region.clone();
    match place {
        Place::Files(objects) | Place::Delta(objects) => json!({ "storage": storage(objects) }),
        Place::Glue { service, catalog_id, data } => json!({
            "region": region(service),
            "endpoint": service.endpoint,
            "catalogId": catalog_id,
            "storage": storage(data),
        }),
        Place::Athena { service, workgroup, results } => json!({
            "region": region(service),
            "endpoint": service.endpoint,
            "workgroup": workgroup,
            "storage": storage(results),
        }),
        Place::Iceberg { uri, warehouse, data } => {
            json!({ "uri": uri, "warehouse": warehouse, "storage": storage(data) })
        }
        Place::Postgresql { host, port, database, tls } => {
            json!({ "host": host, "port": port, "database": database, "tls": tls })
        }
    }
}

fn storage(objects: &Objects) -> Value {
    let Objects { protocol, region, endpoint, roots, encryption } = objects;
    let roots: Vec<String> = roots.iter().map(|it| it.address(*protocol)).collect();
    let mut value = json!({ "roots": roots, "region": region, "endpoint": endpoint });
    if let (Some(encryption), Some(members)) = (encryption, value.as_object_mut()) {
        let (word, key) = encryption.words();
        members.insert("encryption".to_owned(), json!(word));
        members.insert("kmsKeyId".to_owned(), json!(key));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_works_only_when_something_was_tried_with_its_credentials() {
        use TriedStatus::{Failed, Skipped, Works};
        let step = |(name, status): &(&str, TriedStatus)| TriedStep {
            name: (*name).to_owned(),
            about: String::new(),
            status: *status,
            message: String::new(),
            mend: None,
        };
        for (steps, expected) in [
            (vec![("reach", Works), ("read", Skipped)], false),
            (vec![("reach", Works), ("credentials", Works), ("read", Skipped)], true),
            (vec![("reach", Works), ("catalog", Works), ("read", Failed)], false),
            (vec![], false),
        ] {
            assert_eq!(works(&steps.iter().map(step).collect::<Vec<_>>()), expected, "{steps:?}");
        }
    }
}
