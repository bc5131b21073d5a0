//! What owners say beyond the text, as queries meet it: receivers, templates, locks, removal.

use std::collections::BTreeMap;

use glovebox_model::{
    AdditionalAnalyses, AssociationTerms, ColumnName, Extension, Mode, QueryErrorCode, QueryStatus,
    RuleKind, WrittenCustom, WrittenRule,
};
use glovebox_room::{CrashPoint, NewAssociationRule, StartQuery, Walked};
use glovebox_store::Stand;

use super::{QUERY, Road, start};
use crate::world::{AGGREGATION, aggregation, template};

impl Road {
    async fn refused(&self, text: &str) -> String {
        let query = self.run(text).await;
        assert_eq!(query.status, QueryStatus::Failed);
        query.failure.unwrap().message
    }

    pub(super) async fn put_association_rule(&self, receivers: Option<Vec<&str>>) {
        let caller = self.world.caller("maker");
        let page = glovebox_model::PageRequest::first();
        let room = &self.world.room;
        let brought = room.list_configured_table_associations(caller, self.maker, page).await;
        let association = brought.unwrap().items[0].association.id;
        let named = receivers.map(|it| it.iter().map(|it| self.world.account(it)).collect());
        let new = NewAssociationRule {
            membership: self.maker,
            association,
            kind: AGGREGATION,
            policy_kind: AGGREGATION,
            terms: AssociationTerms { receivers: named, additional_analyses: None },
        };
        let made = match room.create_association_rule(caller, new.clone()).await {
            Ok(made) => Ok(made),
            Err(_) => room.update_association_rule(caller, new).await,
        };
        made.unwrap();
    }
}

#[tokio::test]
async fn results_go_only_to_receivers_that_the_owner_names() {
    let road = Road::new().await;
    assert_eq!(road.run(QUERY).await.status, QueryStatus::Success);
    road.put_association_rule(Some(vec![])).await;
    let message = road.refused(QUERY).await;
    assert!(message.contains("GB0096") && message.contains("may not receive"), "{message}");
    road.put_association_rule(None).await;
    assert!(road.refused(QUERY).await.contains("GB0096"), "nobody is named");
    road.put_association_rule(Some(vec!["airline"])).await;
    assert_eq!(road.run(QUERY).await.status, QueryStatus::Success);
}

#[tokio::test]
async fn a_rule_that_requires_further_analyses_gives_nothing_out_directly() {
    let road = Road::new().await;
    let caller = road.world.caller("maker");
    let WrittenRule::Aggregation(mut rule) = aggregation() else { panic!("an aggregation") };
    rule.additional_analyses = Some(AdditionalAnalyses::Required);
    let policy = WrittenRule::Aggregation(rule);
    let room = &road.world.room;
    let made = room.update_configured_table_analysis_rule(caller, road.table, AGGREGATION, policy);
    made.await.unwrap();
    let message = road.refused(QUERY).await;
    assert!(message.contains("GB0095"), "{message}");
}

#[tokio::test]
async fn an_update_of_what_the_owner_says_withholds_a_result_under_way() {
    let road = Road::new().await;
    let query = road.submit(QUERY).await;
    let kept = road.walker(query, CrashPoint::stop_at("keep:after")).await.walk().await.unwrap();
    assert_eq!(kept, Walked::Unfinished);
    let caller = road.world.caller("maker");
    let extension = Extension { distinct_runner_rows: true, ..Extension::default() };
    road.world.room.put_extension(caller, road.table, extension).await.unwrap();
    let _ = road.store().walk_is_over(query).await.unwrap();
    let ended = road.walk(query).await;
    assert_eq!(ended.failure.unwrap().code, QueryErrorCode::ResourceAccessDenied);
}

#[tokio::test]
async fn a_removed_member_takes_its_tables_along() {
    let road = Road::new().await;
    let other = road.world.collaborate("airline", "maker", &[]).await;
    let _ = other;
    // The maker made this collaboration: nobody removes it.
    let creator = road.world.caller("maker");
    let room = &road.world.room;
    let own = room.delete_member(creator, road.collaboration, road.world.account("maker")).await;
    assert!(own.is_err());
    let running = road.submit(QUERY).await;
    let runner = road.world.account("airline");
    room.delete_member(creator, road.collaboration, runner).await.unwrap();
    room.delete_member(creator, road.collaboration, runner).await.unwrap();
    let _ = road.walker(running, CrashPoint::default()).await.walk().await.unwrap();
    let mut tx = road.store().read().await.unwrap();
    let ended = tx.query(running).await.unwrap().unwrap();
    assert_eq!(ended.failure.unwrap().code, QueryErrorCode::ResourceAccessDenied);
}

#[tokio::test]
async fn three_failures_after_rows_met_lock_the_table_until_its_owner_unlocks_it() {
    let road = Road::new().await;
    for _ in 0..3 {
        let query = road.submit(QUERY).await;
        let walked = road.walker(query, CrashPoint::stop_at("execute:after")).await.walk().await;
        assert_eq!(walked.unwrap(), Walked::Unfinished);
        // Its process is gone: what it read may have brought it down.
        assert_eq!(road.store().walk_is_over(query).await.unwrap(), Stand::Ended);
    }
    let message = road.refused(QUERY).await;
    assert!(message.contains("GB0094") && message.contains("locked"), "{message}");
    let caller = road.world.caller("maker");
    let room = &road.world.room;
    let page = glovebox_model::PageRequest::first();
    let brought = room.list_configured_table_associations(caller, road.maker, page).await;
    let association = brought.unwrap().items.remove(0).association;
    let seen = room.native_schema(caller, road.collaboration, &association.name).await.unwrap();
    assert_eq!(seen.locked_out, [road.world.account("airline")]);
    let runner = road.world.caller("airline");
    assert!(room.unlock_association(runner, association.id).await.is_err());
    room.unlock_association(caller, association.id).await.unwrap();
    assert_eq!(road.run(QUERY).await.status, QueryStatus::Success);
}

#[tokio::test]
async fn a_template_runs_with_values_of_its_types_and_nothing_else() {
    let road = Road::new().await;
    let (room, caller) = (&road.world.room, road.world.caller("maker"));
    let made = room.create_analysis_template(caller, template(road.maker, "reach")).await.unwrap();
    let arn = format!(
        "arn:aws:cleanrooms:us-east-1:{}:membership/{}/analysistemplate/{}",
        road.world.account("maker"),
        road.maker,
        made.template.id
    );
    let asked = |arn: &str, given: &[(&str, &str)]| {
        let parameters = given.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        StartQuery {
            query_string: None,
            analysis_template_arn: Some(arn.into()),
            parameters: parameters.collect(),
            ..start(QUERY)
        }
    };
    let runner = road.world.caller("airline");
    let bad = [
        asked(&arn, &[("nobody", "1")]),
        asked(&arn.replace("analysistemplate/", "analysistemplate/0"), &[]),
        asked(&arn.replace("us-east-1:1", "us-east-1:2"), &[]),
        StartQuery { query_string: Some(QUERY.into()), ..asked(&arn, &[]) },
    ];
    for start in bad {
        let refused = room.start_protected_query(runner, road.airline, start).await;
        assert!(refused.is_err());
    }
    let started = room.start_protected_query(runner, road.airline, asked(&arn, &[])).await.unwrap();
    let used = started.asked.template.as_ref().unwrap();
    assert_eq!(used.parameters[0].value, "UA", "the default fills the gap");
    assert!(used.given.is_empty());
    assert!(started.asked.text.contains(":carrier"), "never spliced");
    // The author takes it back before it is judged: it runs no more.
    room.delete_analysis_template(caller, road.maker, made.template.id).await.unwrap();
    let ended = road.walk(started.id).await;
    assert_eq!(ended.failure.unwrap().code, QueryErrorCode::ResourceAccessDenied);
}

#[tokio::test]
async fn an_approval_holds_for_the_tables_that_were_there() {
    let road = Road::new().await;
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let made = room.create_analysis_template(maker, template(road.maker, "reach")).await.unwrap();
    let arn = format!(
        "arn:aws:cleanrooms:us-east-1:{}:membership/{}/analysistemplate/{}",
        road.world.account("maker"),
        road.maker,
        made.template.id
    );
    let mine = road.world.configure("airline").await;
    let custom = WrittenCustom { allowed_analyses: vec![arn], ..WrittenCustom::default() };
    let caller = road.world.caller("airline");
    let policy = WrittenRule::Custom(custom);
    let kind = RuleKind::Custom;
    let rule = room.create_configured_table_analysis_rule(caller, mine, kind, policy).await;
    let approved = rule.unwrap().rule.approvals;
    let tables = approved.values().next().unwrap();
    let flights = tables.values().next().unwrap();
    let page = glovebox_model::PageRequest::first();
    let brought = room.list_configured_table_associations(maker, road.maker, page).await;
    assert_eq!(flights.association, brought.unwrap().items[0].association.id);
}

#[tokio::test]
async fn the_mode_is_the_owners_choice_and_members_see_it() {
    let road = Road::new().await;
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let runner = road.world.caller("airline");
    let aws = Extension { mode: Mode::Aws, ..Extension::default() };
    assert!(room.put_extension(runner, road.table, aws.clone()).await.is_err());
    let before = room.get_extension(maker, road.table).await.unwrap();
    assert!(!before.is_set && before.extension.mode == Mode::Strict);
    let made = room.put_extension(maker, road.table, aws.clone()).await.unwrap();
    assert_ne!(made.digest, before.digest);
    let name = glovebox_model::TableName::new("flights").unwrap();
    let seen = room.native_schema(runner, road.collaboration, &name).await.unwrap();
    assert_eq!(seen.extension.extension, aws);
    let distinct = Extension { distinct_runner_rows: true, ..aws };
    let made = room.put_extension(maker, road.table, distinct.clone()).await.unwrap();
    assert_eq!(made.extension, distinct);
}

#[tokio::test]
async fn two_tables_over_one_source_must_protect_its_users_alike() {
    let road = Road::new().await;
    let again = road.world.configure("maker").await;
    let custom = WrittenCustom {
        allowed_analyses: vec!["ANY_QUERY".into()],
        allowed_analysis_providers: Some(vec![road.world.account("airline")]),
        differential_privacy: Some(vec![ColumnName::new("tailnum").unwrap()]),
        ..WrittenCustom::default()
    };
    assert_eq!(road.run(QUERY).await.status, QueryStatus::Success);
    let mut tx = road.store().begin().await.unwrap();
    let again = tx.table(again).await.unwrap().unwrap();
    tx.put_rule(&again, WrittenRule::Custom(custom), BTreeMap::new()).await.unwrap();
    tx.commit().await.unwrap();
    let refused = road.refused(QUERY).await;
    assert!(refused.starts_with("GB0409 ") && !refused.contains(&again.name), "{refused}");
    let mut tx = road.store().begin().await.unwrap();
    tx.delete_rule(&again, RuleKind::Custom).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(road.run(QUERY).await.status, QueryStatus::Success);
}

#[tokio::test]
async fn an_owner_is_not_promised_what_nothing_enforces() {
    let road = Road::new().await;
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let groups = |most| Extension { max_groups_per_identity: Some(most), ..Extension::default() };
    let refused = room.put_extension(maker, road.table, groups(0)).await.unwrap_err();
    let told = format!("{refused:?}");
    assert!(told.contains("maxGroupsPerIdentity"), "{told}");
    assert!(!room.get_extension(maker, road.table).await.unwrap().is_set);
    room.put_extension(maker, road.table, groups(1)).await.unwrap();
}

#[tokio::test]
async fn withheld_groups_become_a_last_row_where_their_owner_agrees() {
    let road = Road::new().await;
    let told = async |id| {
        let caller = road.world.caller("airline");
        road.world.room.protected_query_progress(caller, id).await.unwrap().other_row
    };
    let text = &format!("{QUERY} ORDER BY carrier");
    let shown = |id| road.result("airline", id).unwrap();
    // Three carriers of ten, ten and ten aircraft beside one of thirty; the rule says 25.
    let mut flights = crate::road::few_flights();
    for n in 0..30 {
        flights.push_str(&format!("M{n},C{},1\n", n % 3));
    }
    road.world.put_table("maker", "flights.csv", &flights);
    let before = road.run(text).await.id;
    assert_eq!((shown(before).as_str(), told(before).await), ("carrier,total\nUA,435\n", false));
    let maker = road.world.caller("maker");
    let notice = Extension { suppression_notice: true, ..Extension::default() };
    road.world.room.put_extension(maker, road.table, notice).await.unwrap();
    let after = road.run(text).await.id;
    assert_eq!(shown(after), "carrier,total\nUA,435\n,3030\n");
    assert!(told(after).await);
    // Together they are too few.
    road.world.put_table("maker", "flights.csv", &crate::road::few_flights());
    let few = road.run(text).await.id;
    assert_eq!((shown(few), told(few).await), (shown(before), false));
    road.ledger_holds().await;
}
