//! Sets the demo's two members up through the API that every client uses. Safe to repeat.

use anyhow::{Context, Result, anyhow};
use glovebox_cli::{Client, Refused};
use serde_json::{Value, json};

/// One member of the demo.
pub(super) struct Member {
    /// How the collaboration calls it.
    pub(super) name: &'static str,
    /// Its account.
    pub(super) account: String,
    /// Its client.
    pub(super) client: Client,
}

/// The demo's collaboration, ready to be asked.
pub(super) struct Airlines {
    /// Owns `flights`; runs nothing.
    pub(super) airline: Member,
    /// Owns `planes`; runs the queries and receives the results.
    pub(super) manufacturer: Member,
    /// The collaboration.
    pub(super) collaboration: String,
    /// The manufacturer's membership.
    pub(super) membership: String,
}

/// The bucket of the manufacturer that results go to.
pub(super) const BUCKET: &str = "results";

const NAMED: (&str, &str) =
    ("Delays by model", "Which aircraft models run late, without showing a flight");

/// Collaboration, memberships, tables, rules and the bucket.
pub(super) fn set_up(airline: Member, manufacturer: Member) -> Result<Airlines> {
    manufacturer.client.create_bucket(BUCKET)?;
    let collaboration = collaboration(&airline, &manufacturer, NAMED, None)?;
    let membership = membership_of(&manufacturer.client, &collaboration)?;
    let provider = membership_of(&airline.client, &collaboration)?;
    for table in TABLES {
        let (member, membership) = match table.owner {
            Owner::Airline => (&airline, &provider),
            Owner::Manufacturer => (&manufacturer, &membership),
        };
        bring(&member.client, membership, table, &manufacturer.account)
            .with_context(|| format!("the table {}", table.name))?;
    }
    offer_budget(&airline.client, &provider)?;
    Ok(Airlines { airline, manufacturer, collaboration, membership })
}

/// What the airline declares of its departures, and the budget it offers for them.
fn offer_budget(client: &Client, membership: &str) -> Result<()> {
    let table = configured(client, PRIVATE)?;
    let carriers = [
        "9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN",
        "YV",
    ];
    let extension = json!({"mode": "strict", "privacy": {
        "population": "aircraft",
        "declaredUsers": 4000,
        "bounds": {"dep_delay": {"low": -30, "high": 180}},
        "maxGroupsPerUser": 1,
        "maxRowsPerGroup": 150,
        "publicKeys": {"carrier": carriers},
    }});
    let path = format!("/glovebox/v1/configuredTables/{table}/extension");
    client.call("PUT", &path, "", Some(&extension))?;
    let budget = json!({
        "autoRefresh": "NONE",
        "privacyBudgetType": "DIFFERENTIAL_PRIVACY",
        "parameters": {"differentialPrivacy": {"epsilon": 1, "usersNoisePerQuery": 12}},
    });
    let path = format!("/memberships/{membership}/privacybudgettemplates");
    once(client.call("POST", &path, "", Some(&budget)))
}

/// The configured table of that name.
pub(super) fn configured(client: &Client, name: &str) -> Result<String> {
    let named = |it: &Value| it.get("name").and_then(Value::as_str) == Some(name);
    let found = find(client, "/configuredTables", "configuredTableSummaries", named)?;
    id(&found.unwrap_or(Value::Null), "id")
}

/// The table with differential privacy.
const PRIVATE: &str = "departures";

/// The manufacturer's collaboration of that name, in which it runs and receives; made if it is not
/// there, with settings for encrypted columns or without.
pub(super) fn collaboration(
    airline: &Member,
    manufacturer: &Member,
    (name, description): (&str, &str),
    encryption: Option<Value>,
) -> Result<String> {
    let client = &manufacturer.client;
    let ours = |it: &Value| {
        let has = |name: &str, value: &str| it.get(name).and_then(Value::as_str) == Some(value);
        has("name", name) && has("creatorAccountId", &manufacturer.account)
    };
    if let Some(found) = find(client, "/collaborations", "collaborationList", ours)? {
        return id(&found, "id");
    }
    let mut body = json!({
        "name": name,
        "description": description,
        "creatorDisplayName": manufacturer.name,
        "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        "members": [{
            "accountId": airline.account,
            "memberAbilities": [],
            "displayName": airline.name,
        }],
        "queryLogStatus": "ENABLED",
    });
    if let (Some(body), Some(encryption)) = (body.as_object_mut(), encryption) {
        body.insert("dataEncryptionMetadata".to_owned(), encryption);
    }
    let made = client.call("POST", "/collaborations", "", Some(&body))?;
    id(made.get("collaboration").unwrap_or(&Value::Null), "id")
}

pub(super) fn membership_of(client: &Client, collaboration: &str) -> Result<String> {
    let ours = |it: &Value| {
        let has = |name: &str, value: &str| it.get(name).and_then(Value::as_str) == Some(value);
        has("collaborationId", collaboration) && has("status", "ACTIVE")
    };
    if let Some(found) = find(client, "/memberships", "membershipSummaries", ours)? {
        return id(&found, "id");
    }
    let body = json!({"collaborationIdentifier": collaboration, "queryLogStatus": "ENABLED"});
    let made = client.call("POST", "/memberships", "", Some(&body))?;
    id(made.get("membership").unwrap_or(&Value::Null), "id")
}

/// A configured table with its rule, associated under its own name.
pub(super) fn bring(client: &Client, membership: &str, table: &Table, runner: &str) -> Result<()> {
    let named = |it: &Value| it.get("name").and_then(Value::as_str) == Some(table.name);
    let configured = match find(client, "/configuredTables", "configuredTableSummaries", named)? {
        Some(found) => id(&found, "id")?,
        None => {
            let body = json!({
                "name": table.name,
                "tableReference": {
                    "glue": {"databaseName": super::data::DATABASE, "tableName": table.source},
                },
                "allowedColumns": table.columns,
                "analysisMethod": "DIRECT_QUERY",
            });
            let made = client.call("POST", "/configuredTables", "", Some(&body))?;
            id(made.get("configuredTable").unwrap_or(&Value::Null), "id")?
        }
    };
    let (kind, policy) = (table.rule)(runner);
    let rule = json!({"analysisRuleType": kind, "analysisRulePolicy": {"v1": policy}});
    once(client.call(
        "POST",
        &format!("/configuredTables/{configured}/analysisRule"),
        "",
        Some(&rule),
    ))?;
    let associations = format!("/memberships/{membership}/configuredTableAssociations");
    if find(client, &associations, "configuredTableAssociationSummaries", named)?.is_none() {
        let body = json!({
            "name": table.name,
            "configuredTableIdentifier": configured,
            "roleArn": "arn:aws:iam::123456789012:role/service-role/glovebox",
        });
        client.call("POST", &associations, "", Some(&body))?;
    }
    Ok(())
}

/// Whose a table is.
pub(super) enum Owner {
    Airline,
    Manufacturer,
}

/// A table of the demo.
pub(super) struct Table {
    pub(super) owner: Owner,
    pub(super) name: &'static str,
    pub(super) source: &'static str,
    pub(super) columns: &'static [&'static str],
    /// The type and the text of its rule, for an account that runs.
    pub(super) rule: fn(&str) -> (&'static str, Value),
}

const TABLES: &[Table] = &[
    Table {
        owner: Owner::Airline,
        name: "flights",
        source: "flights",
        columns: &[
            "carrier",
            "origin",
            "dest",
            "month",
            "tailnum",
            "dep_delay",
            "arr_delay",
            "distance",
        ],
        rule: flights,
    },
    Table {
        owner: Owner::Manufacturer,
        name: "planes",
        source: "planes",
        columns: &["tailnum", "manufacturer", "model", "type", "seats"],
        rule: planes,
    },
    Table {
        owner: Owner::Airline,
        name: "fleet",
        source: "flights",
        columns: &["tailnum", "carrier"],
        rule: fleet,
    },
    Table {
        owner: Owner::Airline,
        name: PRIVATE,
        source: "departures",
        columns: &["tailnum", "carrier", "month", "dep_delay"],
        rule: departures,
    },
    Table {
        owner: Owner::Manufacturer,
        name: "aircraft",
        source: "planes",
        columns: &["tailnum", "manufacturer", "model"],
        rule: aircraft,
    },
];

fn flights(_: &str) -> (&'static str, Value) {
    let rule = json!({
        "aggregateColumns": [
            {"columnNames": ["dep_delay", "arr_delay"], "function": "AVG"},
            {"columnNames": ["tailnum"], "function": "COUNT_DISTINCT"},
            {"columnNames": ["distance"], "function": "SUM"},
        ],
        "joinColumns": ["tailnum"],
        "joinRequired": "QUERY_RUNNER",
        "allowedJoinOperators": ["AND"],
        "dimensionColumns": ["carrier", "origin", "dest", "month"],
        "scalarFunctions": ["UPPER", "LOWER"],
        "outputConstraints": [
            {"columnName": "tailnum", "minimum": 25, "type": "COUNT_DISTINCT"},
        ],
    });
    ("AGGREGATION", json!({"aggregation": rule}))
}

fn planes(_: &str) -> (&'static str, Value) {
    let rule = json!({
        "aggregateColumns": [
            {"columnNames": ["tailnum"], "function": "COUNT_DISTINCT"},
            {"columnNames": ["seats"], "function": "AVG"},
        ],
        "joinColumns": ["tailnum"],
        "allowedJoinOperators": ["AND"],
        "dimensionColumns": ["manufacturer", "model", "type"],
        "scalarFunctions": ["UPPER"],
        "outputConstraints": [
            {"columnName": "tailnum", "minimum": 2, "type": "COUNT_DISTINCT"},
        ],
    });
    ("AGGREGATION", json!({"aggregation": rule}))
}

fn fleet(_: &str) -> (&'static str, Value) {
    ("LIST", json!({"list": {"joinColumns": ["tailnum"], "listColumns": ["carrier"]}}))
}

fn aircraft(_: &str) -> (&'static str, Value) {
    let columns = ["manufacturer", "model"];
    ("LIST", json!({"list": {"joinColumns": ["tailnum"], "listColumns": columns}}))
}

fn departures(runner: &str) -> (&'static str, Value) {
    let rule = json!({
        "allowedAnalyses": ["ANY_QUERY"],
        "allowedAnalysisProviders": [runner],
        "differentialPrivacy": {"columns": [{"name": "tailnum"}]},
    });
    ("CUSTOM", json!({"custom": rule}))
}

/// The first item of a paged list that fits.
pub(super) fn find(
    client: &Client,
    path: &str,
    list: &str,
    fits: impl Fn(&Value) -> bool,
) -> Result<Option<Value>> {
    let mut query = String::new();
    loop {
        let page = client.call("GET", path, &query, None)?;
        let items = page.get(list).and_then(Value::as_array);
        if let Some(found) = items.into_iter().flatten().find(|it| fits(it)) {
            return Ok(Some(found.clone()));
        }
        match page.get("nextToken").and_then(Value::as_str) {
            Some(token) => query = format!("nextToken={token}"),
            None => return Ok(None),
        }
    }
}

/// What exists already is as good as made.
fn once(made: Result<Value>) -> Result<()> {
    match made {
        Ok(_) => Ok(()),
        Err(error) => match error.downcast_ref::<Refused>() {
            Some(refused) if refused.code == "ConflictException" => Ok(()),
            _ => Err(error),
        },
    }
}

pub(super) fn id(value: &Value, name: &str) -> Result<String> {
    let id = value.get(name).and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| anyhow!("the server's answer has no {name}"))
}
