//! Analysis rules of configured tables.

use glovebox_model::{AdditionalAnalyses, OutputConstraint, WrittenRule};
use glovebox_room::{NewPolicy, Quotas, RuleType};

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
        let policy = NewPolicy::Written(policy);
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
    let policy = NewPolicy::Written(list());
    room.create_configured_table_analysis_rule(caller, id, LIST, policy).await.unwrap();
}

#[tokio::test]
async fn a_rule_names_allowed_columns_but_counts_any_column() {
    let world = World::with(&["a"]).await;
    let id = world.configure("a").await;
    let WrittenRule::Aggregation(good) = aggregation() else { panic!("an aggregation") };
    let try_it = async |rule| {
        let policy = NewPolicy::Written(WrittenRule::Aggregation(rule));
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
async fn custom_rules_and_policies_of_another_type_are_refused_clearly() {
    let world = World::with(&["a"]).await;
    let id = world.configure("a").await;
    let try_it = async |kind, policy| {
        let caller = world.caller("a");
        let made = world.room.create_configured_table_analysis_rule(caller, id, kind, policy);
        made.await.unwrap_err().to_string()
    };
    assert_eq!(
        try_it(RuleType::Custom, NewPolicy::Custom).await,
        "analysisRuleType: CUSTOM analysis rules arrive with the next release: use AGGREGATION \
         or LIST"
    );
    let mixed = "analysisRulePolicy: the policy is not of the analysisRuleType";
    assert_eq!(try_it(RuleType::Custom, NewPolicy::Written(list())).await, mixed);
    assert_eq!(try_it(AGGREGATION, NewPolicy::Written(list())).await, mixed);
    assert_eq!(try_it(LIST, NewPolicy::Custom).await, mixed);
}

#[tokio::test]
async fn a_rule_that_is_too_large_exceeds_its_quota() {
    let quotas = Quotas { rule_bytes: 100, ..Quotas::default() };
    let world = World::with_quotas(&["a"], quotas).await;
    let id = world.configure("a").await;
    let policy = NewPolicy::Written(aggregation());
    let caller = world.caller("a");
    let refused =
        world.room.create_configured_table_analysis_rule(caller, id, AGGREGATION, policy).await;
    assert_eq!(answer(&refused), "Analysis rule size: 100");
}

#[tokio::test]
async fn a_rule_that_forbids_direct_results_is_refused_rather_than_not_obeyed() {
    let world = World::with(&["a"]).await;
    let id = world.configure("a").await;
    let WrittenRule::List(mut rule) = list() else { panic!("a list") };
    rule.additional_analyses = Some(AdditionalAnalyses::Required);
    let policy = NewPolicy::Written(WrittenRule::List(rule.clone()));
    let (room, caller) = (&world.room, world.caller("a"));
    let refused = room.create_configured_table_analysis_rule(caller, id, LIST, policy).await;
    assert!(refused.unwrap_err().to_string().contains("REQUIRED forbids every direct result"));
    rule.additional_analyses = Some(AdditionalAnalyses::NotAllowed);
    let policy = NewPolicy::Written(WrittenRule::List(rule));
    room.create_configured_table_analysis_rule(caller, id, LIST, policy).await.unwrap();
}
