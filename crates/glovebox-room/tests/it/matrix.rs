//! Who may do what: every operation, tried by everybody, written to docs/who-may-do-what.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use expect_test::expect_file;
use glovebox_ledger::Head;
use glovebox_model::{
    Arn, Association, Collaboration, ConfiguredTable, DefaultResult, Id, Membership, PageRequest,
    Query, Resource, ResultFormat, S3Output, TableName,
};
use glovebox_model::{MemberAbility::CanQuery, MemberAbility::CanReceiveResults};
use glovebox_room::{
    Action, Caller, NewMembership, NewPolicy, RoomError, Scope, StartOutput, StartQuery,
};

use crate::world::{
    AGGREGATION, World, aggregation, answer, association, collaboration, flights, member,
    membership,
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
    let things = Things {
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

fn start(world: &World) -> StartQuery {
    StartQuery {
        query_string: Some("SELECT carrier, SUM(delay) FROM flights GROUP BY carrier".into()),
        output: Some(StartOutput::Member(world.account("receiver"))),
        ..StartQuery::default()
    }
}

async fn attempt(action: Action, world: &World, it: &Things, who: &Caller) -> Option<String> {
    let room = &world.room;
    let page = PageRequest::first();
    let arn = Arn {
        region: "us-east-1".into(),
        account: world.account("provider"),
        resource: Resource::ConfiguredTable(it.table),
    };
    let Things {
        collaboration: place, membership: mine, table, spare, name, runners, query, ..
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
            let policy = NewPolicy::Written(aggregation());
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
            answer(&room.get_schema_analysis_rule(who, *place, name, AGGREGATION).await)
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
        _ => return None,
    })
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
    writeln!(text, "| operation | meant for | {} |", ROLES.join(" | ")).unwrap();
    writeln!(text, "|---|---|{}", "---|".repeat(ROLES.len())).unwrap();
    for action in Action::ALL.iter().filter(|it| it.is_implemented()) {
        let mut cells = Vec::new();
        for role in ROLES {
            let world = original.copy().await;
            let before = heads(&world).await;
            let cell = attempt(*action, &world, &things, world.caller(role)).await;
            let cell = cell.unwrap_or_else(|| panic!("{} has no row", action.name()));
            if !cell.starts_with("yes") {
                assert_eq!(heads(&world).await, before, "{} by {role}", action.name());
            }
            cells.push(cell);
        }
        let scope = who(action.scope());
        writeln!(text, "| {} | {scope} | {} |", action.name(), cells.join(" | ")).unwrap();
    }
    text.push_str("\nOperations that are not carried out yet answer UnknownOperationException.\n");
    expect_file!["../../../../docs/who-may-do-what.md"].assert_eq(&text);
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

const HEAD: &str = "# Who may do what

Written by a test (`cargo test -p glovebox-room`, with `UPDATE_EXPECT=1` to write it anew): every
operation is tried by everybody, each time in a fresh copy of the same house. There,

- **creator** made the collaboration and only contributes; **runner** can query; **receiver** can
  receive results; **provider** owns the table `flights` in it; all four have joined;
- **invited** was invited and has not joined; **stranger** was not invited;
- memberships, tables, rules and associations tried are the provider's, queries the runner's.

`denied` is AccessDeniedException, `not found` ResourceNotFoundException; both are the answer for
things that do not exist, too. Words in capitals are the reasons of ConflictException: the caller
may do it, but not in this state.

";
