//! Analysis rules of configured tables.

use glovebox_model::{
    AggregateExpressions, AggregationThreshold, OutputConstraint, RuleKind, WrittenCustom,
    WrittenRule,
};
use glovebox_room::Quotas;

use crate::world::{AGGREGATION, LIST, World, aggregation, answer, column, list};

#[tokio::test]
async fn a_table_has_one_rule_and_shows_it_word_for_word() {
    let world = World::with(&["a"]).await;
    let (room, caller) = (&world.room, world.caller("a"));
    let id = world.configure("a").await;
    world.rule("a", id).await;
    let seen = room.get_configured_table_analysis_rule(caller, id, AGGREGATION).await.unwrap();
    assert_eq!(seen.rule.written, aggregation());
    let other = room.get_configured_table_analysis_rule(caller, id, LIST).await;
    assert_eq!(answer(&other), "not found");
    for (kind, policy) in [(AGGREGATION, aggregation()), (LIST, list())] {
        let second = room.create_configured_table_analysis_rule(caller, id, kind, policy).await;
        assert_eq!(answer(&second), "ALREADY_EXISTS");
    }
}

#[tokio::test]
async fn a_rule_is_deleted_at_once_and_quietly_the_second_time() {
    let world = World::with(&["a", "b"]).await;
    let (room, caller) = (&world.room, world.caller("a"));
    let id = world.configure("a").await;
    let early = room.delete_configured_table_analysis_rule(caller, id, AGGREGATION).await;
    assert_eq!(answer(&early), "not found");
    world.rule("a", id).await;
    let wrong = room.delete_configured_table_analysis_rule(caller, id, LIST).await;
    assert_eq!(answer(&wrong), "not found");
    let foreign = room.delete_configured_table_analysis_rule(world.caller("b"), id, AGGREGATION);
    assert_eq!(answer(&foreign.await), "not found");
    room.delete_configured_table_analysis_rule(caller, id, AGGREGATION).await.unwrap();
    room.delete_configured_table_analysis_rule(caller, id, AGGREGATION).await.unwrap();
    let policy = list();
    room.create_configured_table_analysis_rule(caller, id, LIST, policy).await.unwrap();
}

#[tokio::test]
async fn a_rule_names_allowed_columns_but_counts_any_column() {
    let world = World::with(&["a"]).await;
    let id = world.configure("a").await;
    let WrittenRule::Aggregation(good) = aggregation() else { panic!("an aggregation") };
    let try_it = async |rule| {
        let policy = WrittenRule::Aggregation(rule);
        let caller = world.caller("a");
        world.room.create_configured_table_analysis_rule(caller, id, AGGREGATION, policy).await
    };
    let mut hidden = good.clone();
    hidden.join_columns = vec![column("tailnum")];
    let error = try_it(hidden).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "analysisRulePolicy: column `tailnum` is not one of the allowed columns"
    );
    let mut missing = good.clone();
    missing.output_constraints = vec![OutputConstraint { column: column("missing"), minimum: 25 }];
    assert_eq!(answer(&try_it(missing).await), "FIELD_VALIDATION_FAILED");
    let mut low = good.clone();
    low.output_constraints[0].minimum = 1;
    assert_eq!(answer(&try_it(low).await), "INVALID_CONFIGURATION");
    let mut overlap = good.clone();
    overlap.join_columns = vec![column("carrier")];
    assert_eq!(answer(&try_it(overlap).await), "INVALID_CONFIGURATION");
    // `tailnum` is hidden and counted all the same.
    try_it(good).await.unwrap();
}

#[tokio::test]
async fn policies_of_another_type_are_refused_clearly() {
    let world = World::with(&["a"]).await;
    let id = world.configure("a").await;
    let try_it = async |kind, policy| {
        let caller = world.caller("a");
        let made = world.room.create_configured_table_analysis_rule(caller, id, kind, policy);
        made.await.unwrap_err().to_string()
    };
    let mixed = "analysisRulePolicy: the policy is not of the analysisRuleType";
    assert_eq!(try_it(RuleKind::Custom, list()).await, mixed);
    assert_eq!(try_it(AGGREGATION, list()).await, mixed);
    assert_eq!(try_it(LIST, aggregation()).await, mixed);
}

#[tokio::test]
async fn a_rule_that_is_too_large_exceeds_its_quota() {
    let quotas = Quotas { rule_bytes: 100, ..Quotas::default() };
    let world = World::with_quotas(&["a"], quotas).await;
    let id = world.configure("a").await;
    let policy = aggregation();
    let caller = world.caller("a");
    let refused =
        world.room.create_configured_table_analysis_rule(caller, id, AGGREGATION, policy).await;
    assert_eq!(answer(&refused), "Analysis rule size: 100");
}

fn custom() -> WrittenCustom {
    WrittenCustom {
        allowed_analyses: vec!["ANY_QUERY".into()],
        allowed_analysis_providers: Some(vec!["100000000001".parse().unwrap()]),
        ..WrittenCustom::default()
    }
}

#[tokio::test]
async fn a_custom_rule_names_what_the_table_has_and_can_be_met() {
    let world = World::with(&["a"]).await;
    let id = world.configure("a").await;
    let threshold = |identity: &str| {
        Some(vec![AggregationThreshold {
            identity: column(identity),
            minimum: 10,
            output_columns: vec![],
            expressions: AggregateExpressions::ColumnsOnly,
        }])
    };
    let try_it = async |rule| {
        let caller = world.caller("a");
        let policy = WrittenRule::Custom(rule);
        let kind = RuleKind::Custom;
        world.room.create_configured_table_analysis_rule(caller, id, kind, policy).await
    };
    let hidden =
        WrittenCustom { disallowed_output_columns: Some(vec![column("tailnum")]), ..custom() };
    assert_eq!(answer(&try_it(hidden).await), "FIELD_VALIDATION_FAILED");
    let number = WrittenCustom { aggregation_thresholds: threshold("delay"), ..custom() };
    let error = try_it(number).await.unwrap_err().to_string();
    assert!(error.contains("must be a string column"), "{error}");
    let nobody = WrittenCustom { allowed_analysis_providers: None, ..custom() };
    assert_eq!(answer(&try_it(nobody).await), "INVALID_CONFIGURATION");
    let jobs = WrittenCustom {
        allowed_analyses: vec!["ANY_JOB".into()],
        aggregation_thresholds: threshold("carrier"),
        ..custom()
    };
    assert_eq!(answer(&try_it(jobs).await), "INVALID_CONFIGURATION");
    let arn = "arn:aws:cleanrooms:us-east-1:100000000001:membership/\
               11111111-1111-4111-8111-111111111111/analysistemplate/\
               22222222-2222-4222-8222-222222222222";
    let dangling = WrittenCustom { allowed_analyses: vec![arn.into()], ..custom() };
    let error = try_it(dangling).await.unwrap_err().to_string();
    assert!(error.contains("allowedAnalyses[0]: there is no such analysis template"), "{error}");
    let good = WrittenCustom { aggregation_thresholds: threshold("carrier"), ..custom() };
    try_it(good).await.unwrap();
}

#[tokio::test]
async fn a_rule_is_updated_at_once_and_stays_of_its_type() {
    let world = World::with(&["a", "b"]).await;
    let (room, caller) = (&world.room, world.caller("a"));
    let id = world.configure("a").await;
    let early = room.update_configured_table_analysis_rule(caller, id, LIST, list()).await;
    assert_eq!(answer(&early), "not found");
    world.rule("a", id).await;
    let other = room.update_configured_table_analysis_rule(caller, id, LIST, list()).await;
    assert_eq!(answer(&other), "not found");
    let foreign = world.caller("b");
    let kind = AGGREGATION;
    let refused = room.update_configured_table_analysis_rule(foreign, id, kind, aggregation());
    assert_eq!(answer(&refused.await), "not found");
    let WrittenRule::Aggregation(mut changed) = aggregation() else { panic!("an aggregation") };
    changed.output_constraints[0].minimum = 99;
    let changed = WrittenRule::Aggregation(changed);
    let before = room.get_configured_table_analysis_rule(caller, id, kind).await.unwrap();
    world.clock.advance(1000);
    let made = room.update_configured_table_analysis_rule(caller, id, kind, changed.clone());
    let made = made.await.unwrap();
    assert_eq!(made.rule.written, changed);
    assert_eq!(made.rule.created, before.rule.created);
    assert!(made.rule.updated > before.rule.updated && made.rule.version > before.rule.version);
}
