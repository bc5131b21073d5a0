//! What the model forbids is named, all at once, with its path; values are never repeated.

use glovebox_aws_api::shapes::{
    CreateCollaborationInput, CreateConfiguredTableInput, GetCollaborationInput, ListMembersInput,
    StartProtectedQueryInput, UntagResourceInput, UpdateProtectedQueryInput,
};
use glovebox_aws_api::{ApiError, Input, Operation, Query, route};
use serde_json::{Value, json};

const ID: &str = "11111111-2222-3333-4444-555555555555";

fn attempt<T: Input>(path: &str, query: &str, body: &[u8]) -> Result<T, ApiError> {
    let (operation, labels) = route(T::OPERATION.facts().method, path).unwrap();
    assert_eq!(operation, T::OPERATION);
    T::parse(&labels, &Query::parse(query).unwrap(), body)
}

fn violations<T: Input + std::fmt::Debug>(path: &str, query: &str, body: &Value) -> Vec<String> {
    let error = attempt::<T>(path, query, body.to_string().as_bytes()).unwrap_err();
    assert_eq!((error.name(), error.status()), ("ValidationException", 400));
    let body = error.body();
    assert_eq!(body["reason"], "FIELD_VALIDATION_FAILED");
    let fields = body["fieldList"].as_array().unwrap();
    let text = |field: &Value, key: &str| field[key].as_str().unwrap().to_owned();
    fields.iter().map(|f| format!("{}: {}", text(f, "name"), text(f, "message"))).collect()
}

fn collaboration() -> Value {
    json!({
        "members": [{"accountId": "111122223333", "memberAbilities": [], "displayName": "B"}],
        "name": "c", "creatorMemberAbilities": [], "creatorDisplayName": "A",
        "queryLogStatus": "ENABLED",
    })
}

fn collaboration_with(key: &str, value: Value) -> Vec<String> {
    let mut body = collaboration();
    body[key] = value;
    violations::<CreateCollaborationInput>("/collaborations", "", &body)
}

#[test]
fn all_violations_are_reported_at_once() {
    let body = json!({
        "members": [
            {"accountId": "12", "memberAbilities": ["CAN_FLY", 7], "displayName": "B"},
            {"accountId": "1111222233334", "memberAbilities": null, "displayName": "\t "},
            "member",
        ],
        "name": "", "creatorMemberAbilities": {}, "creatorDisplayName": null,
        "queryLogStatus": "enabled", "description": 5, "tags": {"": "v", "k": null},
        "dataEncryptionMetadata": {"allowCleartext": "yes"},
        "isMetricsEnabled": 1,
    });
    let found = violations::<CreateCollaborationInput>("/collaborations", "", &body);
    expect_test::expect_file!["../data/violations.txt"].assert_eq(&(found.join("\n") + "\n"));
}

#[test]
fn lengths_count_characters_and_their_bounds_are_included() {
    let name = |text: String| {
        let mut body = collaboration();
        body["name"] = json!(text);
        attempt::<CreateCollaborationInput>("/collaborations", "", body.to_string().as_bytes())
    };
    assert!(name("é".repeat(100)).is_ok());
    assert!(name("😀".repeat(100)).is_ok());
    assert!(name("é".repeat(101)).is_err());
    let description = collaboration_with("description", json!("d".repeat(256)));
    assert_eq!(description, ["description: Member must have length less than or equal to 255"]);
}

#[test]
fn a_union_has_exactly_one_member() {
    let glue = json!({"tableName": "t", "databaseName": "d"});
    for reference in [
        json!({}),
        json!({"glue": null}),
        json!({"glue": glue, "athena": {}}),
        json!({"iceberg": glue}),
        json!({"glue": glue, "unknown": 1}),
    ] {
        let body = json!({
            "name": "t", "tableReference": reference, "allowedColumns": ["a"],
            "analysisMethod": "DIRECT_QUERY",
        });
        let found = violations::<CreateConfiguredTableInput>("/configuredTables", "", &body);
        let text =
            "tableReference: Member must have exactly one of [glue, snowflake, athena, databricks]";
        assert_eq!(found, [text], "{body}");
    }
}

#[test]
fn null_counts_as_absent_and_unknown_members_are_ignored() {
    let mut body = collaboration();
    body["description"] = Value::Null;
    body["future"] = json!({"deep": [1]});
    body["members"][0]["future"] = json!(1);
    body["members"][0]["mlMemberAbilities"] = Value::Null;
    let body = body.to_string();
    let input: CreateCollaborationInput = attempt("/collaborations", "", body.as_bytes()).unwrap();
    assert_eq!(input.description, None);
}

#[test]
fn labels_and_parameters_are_judged_like_the_body() {
    let found = violations::<GetCollaborationInput>("/collaborations/x", "", &json!({}));
    assert_eq!(found.len(), 2, "length and pattern: {found:?}");
    let path = format!("/collaborations/{ID}/members");
    for (query, text) in [
        ("maxResults=0", "maxResults: Member must have value greater than or equal to 1"),
        ("maxResults=101", "maxResults: Member must have value less than or equal to 100"),
        ("maxResults=7.0", "maxResults: Member must be an integer"),
        ("maxResults=+7", "maxResults: Member must be an integer"),
        ("maxResults=", "maxResults: Member must be an integer"),
        ("maxResults=7&maxResults=7", "maxResults: Member must be an integer"),
        ("nextToken=a&nextToken=b", "nextToken: Member must be a string"),
    ] {
        assert_eq!(violations::<ListMembersInput>(&path, query, &json!({})), [text], "{query}");
    }
    assert!(attempt::<ListMembersInput>(&path, "maxResults=100&unknown=1", b"").is_ok());
    let found = violations::<UntagResourceInput>("/tags/x", "", &json!({}));
    assert_eq!(found.last().unwrap(), "tagKeys: Member must not be null");
}

#[test]
fn a_label_cannot_come_from_the_body() {
    let path = format!("/memberships/{ID}/protectedQueries/{ID}");
    let body = json!({"membershipIdentifier": "evil", "targetStatus": "CANCELLED"}).to_string();
    let input: UpdateProtectedQueryInput = attempt(&path, "", body.as_bytes()).unwrap();
    assert_eq!(input.membership_identifier, ID);
}

#[test]
fn a_body_that_is_no_json_object_is_a_serialization_error() {
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    let deeper = format!("{{\"x\":{}", "[".repeat(100_000));
    for body in ["{", "[]", "\"x\"", "null", "1", "{} {}", "\u{feff}{}", "{'a':1}", &deep, &deeper]
    {
        let error = attempt::<CreateCollaborationInput>("/collaborations", "", body.as_bytes());
        let error = error.unwrap_err();
        assert_eq!((error.name(), error.status()), ("SerializationException", 400));
    }
    let bad_utf8 = b"{\"name\":\"\xff\"}";
    let error = attempt::<CreateCollaborationInput>("/collaborations", "", bad_utf8).unwrap_err();
    assert_eq!(error.name(), "SerializationException");
}

#[test]
fn an_empty_body_is_an_empty_object() {
    let error = attempt::<CreateCollaborationInput>("/collaborations", "", b"").unwrap_err();
    assert_eq!(error.body()["fieldList"].as_array().unwrap().len(), 5);
}

#[test]
fn errors_never_repeat_what_was_sent() {
    let secret = "SELECT secret FROM t";
    let path = format!("/memberships/{ID}/protectedQueries");
    let body = json!({"type": secret, "sqlParameters": secret, "resultConfiguration": {secret: 1}});
    let error = attempt::<StartProtectedQueryInput>(&path, "", body.to_string().as_bytes());
    let error = error.unwrap_err();
    assert!(!error.body().to_string().contains("secret") && !format!("{error}").contains("secret"));
}

#[test]
fn a_flood_of_violations_is_cut_off() {
    let members: Vec<_> = (0..5000).map(|_| json!({})).collect();
    let found = collaboration_with("members", json!(members));
    assert_eq!(found.len(), 100);
    let tags: serde_json::Map<_, _> =
        (0..5000).map(|n| (format!("{n}{}", "k".repeat(9000)), json!(1))).collect();
    let found = collaboration_with("tags", Value::Object(tags));
    assert!(found.iter().all(|text| text.len() < 1000));
}

#[test]
fn numbers_must_be_whole_and_in_range() {
    let path = format!("/memberships/{ID}/protectedQueries");
    let with = |number: Value| {
        let worker = json!({"type": "CR.1X", "number": number});
        let body = json!({
            "type": "SQL", "sqlParameters": {"queryString": "SELECT 1"},
            "computeConfiguration": {"worker": worker},
        });
        attempt::<StartProtectedQueryInput>(&path, "", body.to_string().as_bytes()).is_ok()
    };
    assert!(with(json!(2)) && with(json!(1024)));
    for number in [json!(1), json!(1025), json!(2.5), json!("2"), json!(u64::MAX), json!(1e300)] {
        assert!(!with(number.clone()), "{number}");
    }
}

#[test]
fn every_error_has_the_status_that_aws_gives_it() {
    let unknown = ApiError::unknown_operation(Some(Operation::ListProtectedJobs.name()));
    assert_eq!((unknown.name(), unknown.status()), ("UnknownOperationException", 404));
    assert!(unknown.body()["message"].as_str().unwrap().contains("ListProtectedJobs"));
    let quota = ApiError::quota("Members", 10.0, "too many members");
    assert_eq!(quota.status(), 402);
    assert_eq!(quota.body()["quotaValue"], 10.0);
    assert_eq!(ApiError::internal().status(), 500);
    assert_eq!(ApiError::throttling("slow down").status(), 429);
    assert_eq!(ApiError::access_denied("no").status(), 403);
}
