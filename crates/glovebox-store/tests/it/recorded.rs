//! Every change of a noun stands in the ledger, in every tree that it concerns.

use std::collections::BTreeMap;

use glovebox_ledger::{Entry, TreeName};
use glovebox_model::{
    AnalysisMethod, Column, ColumnName, ColumnType, KeyRole, MembershipTerms, Payment, RuleKind,
    TableName, TableReference, TableSchema, WrittenList, WrittenRule,
};
use glovebox_store::{AssociationParts, Reader, Store, TableParts};

use crate::house::{account, open, plain_member, terms};

/// The names of the facts in a tree.
async fn facts(store: &Store, tree: TreeName) -> Vec<String> {
    let copy = store.ledger_export(tree, 0, 1000, Reader::Operator).await.unwrap().unwrap();
    let name = |text: &str| {
        let event = format!("{:?}", Entry::parse(text).unwrap().event);
        event.split([' ', '{']).next().unwrap_or_default().to_owned()
    };
    copy.entries.iter().map(|it| name(&it.entry)).collect()
}

fn list() -> WrittenRule {
    WrittenRule::List(WrittenList {
        join_columns: vec![ColumnName::new("id").unwrap()],
        join_operators: None,
        list_columns: vec![],
        additional_analyses: None,
    })
}

fn joined() -> MembershipTerms {
    MembershipTerms {
        query_log: false,
        job_log: false,
        default_result: None,
        payment: Payment::default(),
        metrics: false,
        intervals: false,
    }
}

fn parts() -> TableParts {
    let id = ColumnName::new("id").unwrap();
    TableParts {
        name: "t".into(),
        description: None,
        reference: TableReference::glue("d", "t"),
        schema: TableSchema {
            columns: vec![Column { name: id.clone(), kind: ColumnType::Bigint }],
            partition_keys: vec![],
        },
        allowed_columns: vec![id],
        method: AnalysisMethod::DirectQuery,
        selected_methods: vec![],
    }
}

#[tokio::test]
async fn a_life_of_a_table_stands_in_both_trees() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let owner = account(&store, "a").await;
    let mut tx = store.begin().await.unwrap();
    let members = [(owner, plain_member("a"))];
    let place = tx.insert_collaboration(owner, terms("x"), &members).await.unwrap();
    let membership = tx.insert_membership(place.id, owner, joined()).await.unwrap();
    let table = tx.insert_table(owner, parts()).await.unwrap();
    tx.put_rule(&table, list(), BTreeMap::new()).await.unwrap();
    let brought = AssociationParts {
        table: table.id,
        name: TableName::new("t").unwrap(),
        description: None,
        role_arn: "r".into(),
        receivers: vec![],
    };
    let association = tx.insert_association(&membership, brought).await.unwrap();
    tx.delete_rule(&table, RuleKind::List).await.unwrap();
    tx.put_rule(&table, list(), BTreeMap::new()).await.unwrap();
    tx.delete_association(&association).await.unwrap();
    tx.delete_table(&table).await.unwrap();
    tx.delete_collaboration(&place).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(
        facts(&store, TreeName::Collaboration(place.id)).await,
        [
            "CollaborationCreated",
            "MemberJoined",
            "Associated",
            "RuleChanged",
            "RuleChanged",
            "Dissociated",
            "CollaborationDeleted"
        ]
    );
    assert_eq!(
        facts(&store, TreeName::Account(owner)).await,
        [
            "AccountCreated",
            "KeyAdded",
            "TableConfigured",
            "RuleChanged",
            "RuleChanged",
            "RuleChanged",
            "TableDeleted"
        ]
    );
}

#[tokio::test]
async fn a_key_that_changes_is_noted_where_its_account_has_joined_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (owner, other) = (account(&store, "a").await, account(&store, "b").await);
    let mut tx = store.begin().await.unwrap();
    let members = [(owner, plain_member("a")), (other, plain_member("b"))];
    let place = tx.insert_collaboration(owner, terms("x"), &members).await.unwrap();
    let uninvited = tx.insert_collaboration(owner, terms("x"), &members).await.unwrap();
    tx.insert_membership(place.id, other, joined()).await.unwrap();
    tx.commit().await.unwrap();
    let (key, _) = store.add_key(other, KeyRole::Owner).await.unwrap();
    store.disable_key(&key).await.unwrap();
    store.disable_account(other).await.unwrap();
    let shared = facts(&store, TreeName::Collaboration(place.id)).await;
    assert_eq!(shared[..2], ["CollaborationCreated", "MemberJoined"]);
    assert_eq!(shared[2..], ["KeyAdded", "KeyDisabled", "AccountDisabled"]);
    assert_eq!(facts(&store, TreeName::Account(other)).await[2..], shared[2..]);
    let merely_invited = facts(&store, TreeName::Collaboration(uninvited.id)).await;
    assert_eq!(merely_invited, ["CollaborationCreated"]);
}

#[tokio::test]
async fn a_row_made_again_is_never_taken_for_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let owner = account(&store, "a").await;
    let mut tx = store.begin().await.unwrap();
    let table = tx.insert_table(owner, parts()).await.unwrap();
    let first = tx.put_rule(&table, list(), BTreeMap::new()).await.unwrap();
    tx.delete_rule(&table, RuleKind::List).await.unwrap();
    let second = tx.put_rule(&table, list(), BTreeMap::new()).await.unwrap();
    assert!(second.version > first.version);
    assert_eq!(tx.rule(table.id).await.unwrap(), Some(second));
}
