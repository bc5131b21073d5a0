//! Requests as botocore makes them are believed, routed and read as meant.

use glovebox_aws_api::shapes::{
    AnalysisRuleType, ConfiguredTableAnalysisRulePolicy, ConfiguredTableAnalysisRulePolicyV1,
    CreateConfiguredTableAnalysisRuleInput, CreateConfiguredTableInput, GetSchemaAnalysisRuleInput,
    JoinRequiredOption, MemberAbility, StartProtectedQueryInput, TableReference,
    UntagResourceInput,
};
use glovebox_aws_api::sigv4::{API, Claim, Request, SigError, verify};
use glovebox_aws_api::{Input, Operation, Query, Wire, judge, route};
use serde_json::Value;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-11-23T02:02:00Z, when the requests were signed.
const NOW: i64 = 1_795_399_320;

fn recorded() -> Vec<Value> {
    serde_json::from_str(include_str!("../data/botocore.json")).unwrap()
}

fn text<'a>(record: &'a Value, key: &str) -> &'a str {
    record[key].as_str().unwrap()
}

fn verdict(record: &Value, body: &[u8]) -> Result<(), SigError> {
    let pairs: Vec<_> = record["headers"].as_array().unwrap().iter().collect();
    let headers: Vec<_> = pairs
        .iter()
        .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap().as_bytes()))
        .collect();
    let request = Request {
        method: text(record, "method"),
        path: text(record, "path"),
        query: text(record, "query"),
        headers: &headers,
    };
    let claim = Claim::of(&request)?;
    verify(&API, &claim, &request, Some(body), SECRET, NOW)
}

fn read<T: Input>(nth: usize) -> T {
    let of_operation = |r: &&Value| text(r, "operation") == T::OPERATION.name();
    let records = recorded();
    let record = records.iter().filter(of_operation).nth(nth).unwrap();
    let (operation, labels) = route(text(record, "method"), text(record, "path")).unwrap();
    assert_eq!(operation, T::OPERATION);
    let query = Query::parse(text(record, "query")).unwrap();
    T::parse(&labels, &query, text(record, "body").as_bytes()).unwrap()
}

#[test]
fn every_recorded_request_is_believed() {
    for record in recorded() {
        let body = text(&record, "body").as_bytes();
        assert_eq!(verdict(&record, body), Ok(()), "{}", record["operation"]);
        let mut longer = body.to_vec();
        longer.push(b' ');
        assert!(verdict(&record, &longer).is_err(), "{}", record["operation"]);
    }
}

#[test]
fn every_recorded_request_is_read_as_it_was_called() {
    for record in recorded() {
        let (operation, labels) = route(text(&record, "method"), text(&record, "path")).unwrap();
        assert_eq!(operation, Operation::from_name(text(&record, "operation")).unwrap());
        let query = Query::parse(text(&record, "query")).unwrap();
        let value = judge(operation, &labels, &query, text(&record, "body").as_bytes()).unwrap();
        assert_eq!(value, record["arguments"], "{}", operation.name());
        assert_eq!(operation.retype_input(&value).as_ref(), Some(&value));
    }
}

#[test]
fn members_arrive_in_their_types() {
    let create: glovebox_aws_api::shapes::CreateCollaborationInput = read(0);
    assert_eq!(create.name, "delays 😀");
    let member = create.members.first().unwrap();
    assert_eq!(member.account_id, "444455556666");
    let abilities = [MemberAbility::CanQuery, MemberAbility::CanReceiveResults];
    assert_eq!(member.member_abilities, abilities);
    assert_eq!(create.tags.unwrap().get("a b").unwrap(), "");

    let table: CreateConfiguredTableInput = read(0);
    let TableReference::Glue(glue) = table.table_reference else { panic!("not glue") };
    assert_eq!((glue.database_name.as_str(), glue.table_name.as_str()), ("air", "flights"));

    let rule: CreateConfiguredTableAnalysisRuleInput = read(0);
    let ConfiguredTableAnalysisRulePolicy::V1(v1) = rule.analysis_rule_policy;
    let ConfiguredTableAnalysisRulePolicyV1::Aggregation(rule) = v1 else { panic!("other rule") };
    assert_eq!(rule.join_required, Some(JoinRequiredOption::QueryRunner));
    assert_eq!(rule.output_constraints.first().unwrap().minimum, 25);

    let rule: GetSchemaAnalysisRuleInput = read(0);
    assert_eq!((rule.name.as_str(), rule.r#type), ("flights", AnalysisRuleType::Aggregation));

    let untag: UntagResourceInput = read(0);
    assert_eq!(untag.tag_keys, ["a", "b c", "ü"]);
}

#[test]
fn sql_never_shows_in_debug() {
    let start: StartProtectedQueryInput = read(0);
    let sql = start.sql_parameters.query_string.as_deref().unwrap();
    assert!(sql.contains("SELECT 'é'"));
    assert!(!format!("{start:?}").contains("SELECT"));
    assert!(start.to_json().to_string().contains("SELECT"));
}

#[test]
fn our_client_sends_what_botocore_sends() {
    let start: StartProtectedQueryInput = read(0);
    let records = recorded();
    let record = records.iter().find(|r| text(r, "operation") == "StartProtectedQuery").unwrap();
    let outgoing = start.outgoing();
    assert_eq!((outgoing.method, outgoing.path.as_str()), ("POST", text(record, "path")));
    let body: Value = serde_json::from_str(text(record, "body")).unwrap();
    assert_eq!(outgoing.body, Some(body));
    let untag: UntagResourceInput = read(0);
    let record = records.iter().find(|r| text(r, "operation") == "UntagResource").unwrap();
    let outgoing = untag.outgoing();
    assert_eq!(outgoing.path, text(record, "path"));
    assert_eq!(outgoing.query.join("&"), text(record, "query"));
    assert_eq!(outgoing.body, None);
}
