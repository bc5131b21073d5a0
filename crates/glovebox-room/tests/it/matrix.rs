//! Who may do what: every operation, tried by everybody, written to docs/who-may-do-what.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::connections::connection;
use expect_test::expect_file;
use glovebox_ledger::Head;
use glovebox_model::{
    AnalysisTemplate, Arn, Association, AssociationTerms, ChangeAction, ChangeRequest,
    Collaboration, ConfiguredTable, Connection, DefaultResult, Extension, Id, MemberChange,
    Membership, PageRequest, PrivacyBudgetTemplate, PrivacyBudgetType, Query, Resource,
    ResultFormat, S3Output, TableName,
};
use glovebox_model::{MemberAbility::CanQuery, MemberAbility::CanReceiveResults};
use glovebox_room::{
    Action, Caller, CollaborationUpdate, MembershipExtension, MembershipUpdate, NewAssociationRule,
    NewChange, NewMembership, Offer, OfferUpdate, RoomError, Scope, StartOutput, StartQuery,
    TableUpdate,
};

use crate::world::{
    AGGREGATION, World, access_limit, aggregation, answer, association, budget, collaboration,
    flights, member, membership, template,
};

const ROLES: [&str; 6] = ["creator", "runner", "receiver", "provider", "invited", "stranger"];

/// What the operations are tried on.
struct Things {
    collaboration: Id<Collaboration>,
    /// The provider's.
    membership: Id<Membership>,
    /// The provider's, with a rule, in the collaboration as `flights`.
    table: Id<ConfiguredTable>,
    /// The provider's, without a rule, in no collaboration.
    spare: Id<ConfiguredTable>,
    association: Id<Association>,
    name: TableName,
    /// The runner's.
    runners: Id<Membership>,
    /// The runner's.
    query: Id<Query>,
    /// The provider's, with a rule of its own.
    ruled: Id<Association>,
    /// The provider's.
    template: Id<AnalysisTemplate>,
    /// Asked for by the creator.
    request: Id<ChangeRequest>,
    /// The provider's, for differential privacy.
    offered_budget: Id<PrivacyBudgetTemplate>,
    /// The provider's.
    connection: Id<Connection>,
}

async fn build() -> (World, Things) {
    let world = World::with(&ROLES).await;
    let invited = [
        ("runner", vec![CanQuery]),
        ("receiver", vec![CanReceiveResults]),
        ("provider", vec![]),
        ("invited", vec![]),
    ];
    let members = invited.iter().map(|(name, it)| (world.account(name), member(name, it)));
    let new = collaboration(member("creator", &[]), members.collect());
    let made = world.room.create_collaboration(world.caller("creator"), new).await.unwrap();
    let id = made.collaboration.id;
    let mut memberships = BTreeMap::new();
    for name in ["creator", "runner", "provider"] {
        memberships.insert(name, world.join(name, id).await);
    }
    let output = S3Output {
        bucket: "results".into(),
        key_prefix: None,
        format: ResultFormat::Csv,
        single_file: true,
    };
    let default_result = Some(DefaultResult { output, role_arn: None });
    let receiver = NewMembership { default_result, ..membership(id) };
    world.room.create_membership(world.caller("receiver"), receiver).await.unwrap();
    let bucket = world.room.account_folder(world.account("receiver")).join("buckets/results");
    std::fs::create_dir_all(bucket).unwrap();
    let runners = memberships["runner"];
    let asked = start(&world);
    let started = world.room.start_protected_query(world.caller("runner"), runners, asked).await;
    let membership = memberships["provider"];
    let table = world.configure("provider").await;
    let spare = world.configure("provider").await;
    world.rule("provider", table).await;
    let brought = world.associate("provider", membership, table, "flights").await.unwrap();
    let other = world.configure("provider").await;
    world.rule("provider", other).await;
    let ruled = world.associate("provider", membership, other, "ruled").await.unwrap().id;
    let caller = world.caller("provider");
    let rule = association_rule(&world, membership, ruled);
    world.room.create_association_rule(caller, rule).await.unwrap();
    let made = world.room.create_analysis_template(caller, template(membership, "reach")).await;
    let template = made.unwrap().template.id;
    let offer = Offer::Privacy { epsilon: 3, users_noise: 30 };
    let made = world.room.create_privacy_budget_template(caller, budget(membership, offer)).await;
    let offered_budget = made.unwrap().template.id;
    let asked = vec![change(&world)];
    let caller = world.caller("creator");
    let request = world.room.create_change_request(caller, id, asked).await.unwrap().id;
    let caller = world.caller("provider");
    let made = world.room.create_connection(caller, connection("reader")).await.unwrap();
    let things = Things {
        connection: made.connection.id,
        ruled,
        template,
        request,
        offered_budget,
        collaboration: id,
        membership,
        table,
        spare,
        association: brought.id,
        name: brought.name,
        runners,
        query: started.unwrap().id,
    };
    (world, things)
}

fn association_rule(
    world: &World,
    membership: Id<Membership>,
    association: Id<Association>,
) -> NewAssociationRule {
    let receivers = Some(vec![world.account("receiver")]);
    NewAssociationRule {
        membership,
        association,
        kind: AGGREGATION,
        policy_kind: AGGREGATION,
        terms: AssociationTerms { receivers, additional_analyses: None },
    }
}

/// The receiver shall receive no more, the runner shall.
fn change(world: &World) -> NewChange {
    let change = MemberChange {
        account: world.account("runner"),
        abilities: vec![CanReceiveResults],
        ml_abilities: None,
        payment: None,
        display_name: None,
    };
    NewChange::Member(change, None)
}

fn start(world: &World) -> StartQuery {
    StartQuery {
        query_string: Some("SELECT carrier, SUM(delay) FROM flights GROUP BY carrier".into()),
        output: Some(StartOutput::Member(world.account("receiver"))),
        ..StartQuery::default()
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each operation")]
async fn attempt(action: Action, world: &World, it: &Things, who: &Caller) -> Option<String> {
    let room = &world.room;
    let page = PageRequest::first();
    let arn = Arn {
        region: "us-east-1".into(),
        account: world.account("provider"),
        resource: Resource::ConfiguredTable(it.table),
    };
    let Things {
        collaboration: place,
        membership: mine,
        table,
        spare,
        name,
        runners,
        query,
        ruled,
        template: offered,
        request,
        offered_budget,
        ..
    } = it;
    let brought = &it.association;
    Some(match action {
        Action::CreateCollaboration => {
            let alone = collaboration(member("x", &[CanQuery, CanReceiveResults]), vec![]);
            answer(&room.create_collaboration(who, alone).await)
        }
        Action::GetCollaboration => answer(&room.get_collaboration(who, *place).await),
        Action::ListCollaborations => {
            counted(room.list_collaborations(who, None, page).await.map(|it| it.items.len()))
        }
        Action::DeleteCollaboration => answer(&room.delete_collaboration(who, *place).await),
        Action::ListMembers => answer(&room.list_members(who, *place, page).await),
        Action::CreateMembership => answer(&room.create_membership(who, membership(*place)).await),
        Action::GetMembership => answer(&room.get_membership(who, *mine).await),
        Action::ListMemberships => {
            counted(room.list_memberships(who, None, page).await.map(|it| it.items.len()))
        }
        Action::DeleteMembership => answer(&room.delete_membership(who, *mine).await),
        Action::CreateConfiguredTable => {
            answer(&room.create_configured_table(who, flights()).await)
        }
        Action::GetConfiguredTable => answer(&room.get_configured_table(who, *table).await),
        Action::ListConfiguredTables => {
            counted(room.list_configured_tables(who, page).await.map(|it| it.items.len()))
        }
        Action::DeleteConfiguredTable => answer(&room.delete_configured_table(who, *spare).await),
        Action::CreateConfiguredTableAnalysisRule => {
            let policy = aggregation();
            let made = room.create_configured_table_analysis_rule(who, *spare, AGGREGATION, policy);
            answer(&made.await)
        }
        Action::GetConfiguredTableAnalysisRule => {
            answer(&room.get_configured_table_analysis_rule(who, *table, AGGREGATION).await)
        }
        Action::DeleteConfiguredTableAnalysisRule => {
            answer(&room.delete_configured_table_analysis_rule(who, *table, AGGREGATION).await)
        }
        Action::CreateConfiguredTableAssociation => {
            let new = association(*mine, *spare, "planes");
            answer(&room.create_configured_table_association(who, new).await)
        }
        Action::GetConfiguredTableAssociation => {
            answer(&room.get_configured_table_association(who, *mine, *brought).await)
        }
        Action::ListConfiguredTableAssociations => {
            answer(&room.list_configured_table_associations(who, *mine, page).await)
        }
        Action::DeleteConfiguredTableAssociation => {
            answer(&room.delete_configured_table_association(who, *mine, *brought).await)
        }
        Action::GetSchema => answer(&room.get_schema(who, *place, name).await),
        Action::ListSchemas => answer(&room.list_schemas(who, *place, None, page).await),
        Action::GetSchemaAnalysisRule => {
            answer(&room.get_schema_analysis_rule(who, *place, name, Some(AGGREGATION)).await)
        }
        Action::TagResource => {
            let tags = [("k".to_owned(), "v".to_owned())].into_iter().collect();
            answer(&room.tag_resource(who, arn, tags).await)
        }
        Action::UntagResource => answer(&room.untag_resource(who, arn, vec!["k".into()]).await),
        Action::ListTagsForResource => answer(&room.list_tags_for_resource(who, arn).await),
        Action::StartProtectedQuery => {
            answer(&room.start_protected_query(who, *runners, start(world)).await)
        }
        Action::GetProtectedQuery => answer(&room.get_protected_query(who, *runners, *query).await),
        Action::ListProtectedQueries => {
            answer(&room.list_protected_queries(who, *runners, None, page).await)
        }
        Action::UpdateProtectedQuery => {
            answer(&room.cancel_protected_query(who, *runners, *query).await)
        }
        Action::ConfirmRestore => {
            let accepted = room.store().accept_restore(true).await.unwrap().unwrap();
            answer(&room.confirm_restore(who, accepted.restore.number).await)
        }
        Action::GetRestore => answer(&room.get_restore(who).await),
        Action::CreateConnection => answer(&room.create_connection(who, connection("other")).await),
        Action::DeleteConnection => answer(&room.delete_connection(who, it.connection).await),
        Action::GetConnection => answer(&room.get_connection(who, it.connection).await),
        Action::ListConnections => {
            counted(room.list_connections(who, page).await.map(|it| it.items.len()))
        }
        Action::TestConnection => answer(&room.test_connection(who, it.connection, None).await),
        Action::UpdateConnection => {
            let terms = connection("reader").terms.into();
            answer(&room.update_connection(who, it.connection, terms).await)
        }
        Action::ExplainQuery => answer(&room.explain(who, *place, "SELECT 1".into()).await),
        Action::GetCollaborationLedger => answer(&room.collaboration_ledger(who, *place, 0).await),
        Action::GetProtectedQueryDeliveries => {
            counted(room.protected_query_copies(who, *query).await.map(|it| it.len()))
        }
        Action::GetProtectedQueryDiagnostics => {
            answer(&room.protected_query_diagnostics(who, *query).await)
        }
        Action::GetProtectedQueryProgress => {
            answer(&room.protected_query_progress(who, *query).await)
        }
        Action::GetRecordedQuery => {
            answer(&room.get_recorded_query(who, *runners, *query, None).await)
        }
        Action::StartRecordedQuery => {
            answer(&room.start_recorded_query(who, *runners, start(world), None).await)
        }
        Action::BatchGetCollaborationAnalysisTemplate => {
            let arns = vec![template_arn(world, it)];
            answer(&room.batch_get_collaboration_analysis_template(who, *place, arns).await)
        }
        Action::BatchGetSchema => {
            answer(&room.batch_get_schema(who, *place, vec![name.clone()]).await)
        }
        Action::BatchGetSchemaAnalysisRule => {
            let asked = [(name.clone(), Some(AGGREGATION))];
            answer(&room.batch_get_schema_analysis_rule(who, *place, &asked).await)
        }
        Action::CreateAnalysisTemplate => {
            answer(&room.create_analysis_template(who, template(*mine, "other")).await)
        }
        Action::GetAnalysisTemplate => {
            answer(&room.get_analysis_template(who, *mine, *offered).await)
        }
        Action::ListAnalysisTemplates => {
            answer(&room.list_analysis_templates(who, *mine, page).await)
        }
        Action::UpdateAnalysisTemplate => {
            answer(&room.update_analysis_template(who, *mine, *offered, None).await)
        }
        Action::DeleteAnalysisTemplate => {
            answer(&room.delete_analysis_template(who, *mine, *offered).await)
        }
        Action::GetCollaborationAnalysisTemplate => {
            let arn = template_arn(world, it);
            answer(&room.get_collaboration_analysis_template(who, *place, &arn).await)
        }
        Action::ListCollaborationAnalysisTemplates => {
            answer(&room.list_collaboration_analysis_templates(who, *place, page).await)
        }
        Action::CreateCollaborationChangeRequest => {
            answer(&room.create_change_request(who, *place, vec![change(world)]).await)
        }
        Action::GetCollaborationChangeRequest => {
            answer(&room.get_change_request(who, *place, *request).await)
        }
        Action::ListCollaborationChangeRequests => {
            answer(&room.list_change_requests(who, *place, None, page).await)
        }
        Action::UpdateCollaborationChangeRequest => {
            let approve = ChangeAction::Approve;
            answer(&room.update_change_request(who, *place, *request, approve).await)
        }
        Action::CreateConfiguredTableAssociationAnalysisRule => {
            let new = association_rule(world, *mine, *brought);
            answer(&room.create_association_rule(who, new).await)
        }
        Action::GetConfiguredTableAssociationAnalysisRule => {
            answer(&room.get_association_rule(who, *mine, *ruled, AGGREGATION).await)
        }
        Action::UpdateConfiguredTableAssociationAnalysisRule => {
            let new = association_rule(world, *mine, *ruled);
            answer(&room.update_association_rule(who, new).await)
        }
        Action::DeleteConfiguredTableAssociationAnalysisRule => {
            answer(&room.delete_association_rule(who, *mine, *ruled, AGGREGATION).await)
        }
        Action::DeleteMember => {
            answer(&room.delete_member(who, *place, world.account("receiver")).await)
        }
        Action::UpdateCollaboration => {
            let update = CollaborationUpdate::default();
            answer(&room.update_collaboration(who, *place, update).await)
        }
        Action::UpdateMembership => {
            answer(&room.update_membership(who, *mine, MembershipUpdate::default()).await)
        }
        Action::UpdateConfiguredTable => {
            answer(&room.update_configured_table(who, *table, TableUpdate::default()).await)
        }
        Action::UpdateConfiguredTableAnalysisRule => {
            let policy = aggregation();
            let made = room.update_configured_table_analysis_rule(who, *table, AGGREGATION, policy);
            answer(&made.await)
        }
        Action::UpdateConfiguredTableAssociation => {
            let made = room.update_configured_table_association(who, *mine, *brought, None, None);
            answer(&made.await)
        }
        Action::GetExtension => answer(&room.get_extension(who, *table).await),
        Action::GetMembershipExtension => answer(&room.get_membership_extension(who, *mine).await),
        Action::PutMembershipExtension => {
            let extension = MembershipExtension { intervals: true };
            answer(&room.put_membership_extension(who, *mine, extension).await)
        }
        Action::PutExtension => {
            answer(&room.put_extension(who, *table, Extension::default()).await)
        }
        Action::GetNativeSchema => answer(&room.native_schema(who, *place, name).await),
        Action::UnlockAssociation => answer(&room.unlock_association(who, *brought).await),
        Action::CreatePrivacyBudgetTemplate => {
            let offer = Offer::Access(*ruled, vec![access_limit()]);
            answer(&room.create_privacy_budget_template(who, budget(*mine, offer)).await)
        }
        Action::GetPrivacyBudgetTemplate => {
            answer(&room.get_privacy_budget_template(who, *mine, *offered_budget).await)
        }
        Action::ListPrivacyBudgetTemplates => {
            answer(&room.list_privacy_budget_templates(who, *mine, page).await)
        }
        Action::UpdatePrivacyBudgetTemplate => {
            let raised = OfferUpdate::Privacy { epsilon: Some(4), users_noise: None };
            let change = (PrivacyBudgetType::DifferentialPrivacy, Some(raised));
            let id = *offered_budget;
            answer(&room.update_privacy_budget_template(who, *mine, id, change).await)
        }
        Action::DeletePrivacyBudgetTemplate => {
            answer(&room.delete_privacy_budget_template(who, *mine, *offered_budget).await)
        }
        Action::GetCollaborationPrivacyBudgetTemplate => {
            let id = *offered_budget;
            answer(&room.get_collaboration_privacy_budget_template(who, *place, id).await)
        }
        Action::ListCollaborationPrivacyBudgetTemplates => {
            answer(&room.list_collaboration_privacy_budget_templates(who, *place, page).await)
        }
        Action::ListPrivacyBudgets => {
            let filter = (PrivacyBudgetType::DifferentialPrivacy, None);
            answer(&room.list_privacy_budgets(who, *mine, filter, page).await)
        }
        Action::ListCollaborationPrivacyBudgets => {
            let filter = (PrivacyBudgetType::DifferentialPrivacy, None);
            answer(&room.list_collaboration_privacy_budgets(who, *place, filter, page).await)
        }
        Action::PreviewPrivacyImpact => {
            answer(&room.preview_privacy_impact(who, *mine, (3, 30)).await)
        }
        Action::GetBudgetForecast => answer(&room.budget_forecast(who, *place, None).await),
        _ => return None,
    })
}

fn template_arn(world: &World, it: &Things) -> String {
    let resource = Resource::Template(it.membership, it.template);
    let (region, account) = ("us-east-1".into(), world.account("provider"));
    Arn { region, account, resource }.to_string()
}

/// Lists of one's own things are open to everybody: what counts is what they show.
fn counted(found: Result<usize, RoomError>) -> String {
    match found {
        Ok(count) => format!("yes, sees {count}"),
        Err(error) => answer::<()>(&Err(error)),
    }
}

/// The ends of all ledgers: what was refused has changed none of them.
async fn heads(world: &World) -> Vec<Option<Head>> {
    let store = world.room.store();
    let mut heads = Vec::new();
    for tree in store.ledger_trees().await.unwrap() {
        heads.push(store.ledger_head(tree).await.unwrap());
    }
    heads
}

fn who(scope: Scope) -> &'static str {
    match scope {
        Scope::ActiveMember => "active members of the collaboration",
        Scope::Anyone => "every account, about its own things",
        Scope::ConnectionOwner => "the account whose connection it is",
        Scope::Creator => "the creator of the collaboration",
        Scope::Invitee => "an account that was invited",
        Scope::OwnMembership => "the account whose membership it is",
        Scope::Participant => "members, invited or active",
        Scope::ResourceOwner => "the account that owns the thing",
        Scope::Runner => "the account whose membership it is, if it is active and can query",
        Scope::TableOwner => "the account that owns the table",
    }
}

#[tokio::test]
async fn who_may_do_what_is_as_written() {
    let (original, things) = build().await;
    original.room.store().close().await;
    let mut text = String::from(HEAD);
    rows(&mut text, "operation", Action::ALL, &original, &things).await;
    text.push_str("\nOperations that are not carried out yet answer UnknownOperationException.\n");
    text.push_str(NATIVE);
    rows(&mut text, "endpoint", Action::NATIVE, &original, &things).await;
    expect_file!["../../../../docs/who-may-do-what.md"].assert_eq(&text);
}

/// A row for each of `actions` that is carried out, each tried by everybody.
async fn rows(
    text: &mut String,
    what: &str,
    actions: &[Action],
    original: &World,
    things: &Things,
) {
    writeln!(text, "| {what} | meant for | least key | {} |", ROLES.join(" | ")).unwrap();
    writeln!(text, "|---|---|---|{}", "---|".repeat(ROLES.len())).unwrap();
    for action in actions.iter().filter(|it| it.is_implemented()) {
        let mut cells = Vec::new();
        for role in ROLES {
            let world = original.copy().await;
            let before = heads(&world).await;
            let cell = attempt(*action, &world, things, world.caller(role)).await;
            let cell = cell.unwrap_or_else(|| panic!("{} has no row", action.name()));
            if !cell.starts_with("yes") {
                assert_eq!(heads(&world).await, before, "{} by {role}", action.name());
            }
            cells.push(cell);
        }
        let scope = who(action.scope());
        let (name, key) = (action.name(), action.needs().aws_name());
        writeln!(text, "| {name} | {scope} | {key} | {} |", cells.join(" | ")).unwrap();
    }
}

#[tokio::test]
async fn nobody_but_the_runner_runs_a_query_not_even_through_a_membership_of_its_own() {
    let (world, things) = build().await;
    let provider = world.caller("provider");
    let room = &world.room;
    let asked = start(&world);
    let refused = room.start_protected_query(provider, things.membership, asked).await;
    assert_eq!(answer(&refused), "denied");
    // Another's query is not found through a membership of one's own.
    let seen = room.get_protected_query(provider, things.membership, things.query).await;
    assert_eq!(answer(&seen), "not found");
    let ended = room.cancel_protected_query(provider, things.membership, things.query).await;
    assert_eq!(answer(&ended), "not found");
}

const NATIVE: &str = "
## The native API

Paths are in [the-wire.md](the-wire.md#the-native-api).

";

const HEAD: &str = "# Who may do what

Written by a test (`cargo test -p glovebox-room`, with `UPDATE_EXPECT=1` to write it anew): every
operation is tried by everybody, each time in a fresh copy of the same house. There,

- **creator** made the collaboration and only contributes; **runner** can query; **receiver** can
  receive results; **provider** owns the table `flights` in it; all four have joined;
- **invited** was invited and has not joined; **stranger** was not invited;
- memberships, tables, rules and associations tried are the provider's, queries the runner's.

`denied` is AccessDeniedException, `not found` ResourceNotFoundException; both are the answer for
things that do not exist, too. Words in capitals are the reasons of ConflictException: the caller
may do it, but not in this state. *Least key* is the role that the signing key needs: an auditor's key
looks, an analyst's key also runs queries, an owner's key does everything. All keys here are owners'.

";
