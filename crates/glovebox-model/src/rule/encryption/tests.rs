//! What can be declared of encrypted columns.

use super::*;
use crate::{
    Aggregate, AggregationDraft, AggregationRule, Column, JoinOperators, ListRule, OutputConstraint,
};

fn name(text: &str) -> ColumnName {
    ColumnName::new(text).unwrap()
}

fn declared() -> Encryption {
    let columns = [("email", EncryptedKind::Fingerprint), ("name", EncryptedKind::Sealed)];
    let columns = columns.map(|(column, kind)| (name(column), kind));
    Encryption { columns: columns.into(), without_nulls: [name("email")].into() }
}

#[test]
fn only_text_columns_of_the_table_can_be_encrypted() {
    let column = |text, kind| Column { name: name(text), kind };
    let good = TableSchema {
        columns: vec![column("email", ColumnType::String), column("name", ColumnType::String)],
        partition_keys: Vec::new(),
    };
    assert_eq!(declared().faults(&good), []);
    let bad = TableSchema {
        columns: vec![column("email", ColumnType::Bigint)],
        partition_keys: vec![column("name", ColumnType::String)],
    };
    let mut more = declared();
    more.columns.insert(name("gone"), EncryptedKind::Sealed);
    more.without_nulls.insert(name("other"));
    let fields: Vec<String> = more.faults(&bad).into_iter().map(|it| it.field).collect();
    assert_eq!(fields, ["columns.email", "columns.gone", "columns.name", "withoutNulls.other"]);
}

#[test]
fn a_rule_cannot_ask_of_sealed_columns_what_only_fingerprints_can() {
    let list = |column| {
        let rule = ListRule::new(vec![name(column)], JoinOperators::default(), vec![name("city")]);
        Rule::List(rule.unwrap())
    };
    assert_eq!(declared().conflicts(&list("email")), []);
    let found = declared().conflicts(&list("name"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].member(RuleKind::List), "analysisRulePolicy.v1.list.joinColumns");
    assert!(found[0].to_string().contains("column `name` is sealed: every cell"), "{}", found[0]);
}

#[test]
fn a_rule_cannot_grant_sums_of_what_nobody_can_add() {
    let aggregates = |functions: &[(AggregateFunction, &str)]| {
        let aggregates = functions.iter();
        let aggregates = aggregates
            .map(|(function, column)| Aggregate { function: *function, column: name(column) });
        let draft = AggregationDraft {
            aggregates: aggregates.collect(),
            output_constraints: vec![OutputConstraint { column: name("name"), minimum: 2 }],
            ..AggregationDraft::default()
        };
        Rule::Aggregation(AggregationRule::new(draft).unwrap())
    };
    let rule = aggregates(&[
        (AggregateFunction::Count, "name"),
        (AggregateFunction::CountDistinct, "email"),
        (AggregateFunction::CountDistinct, "name"),
        (AggregateFunction::Avg, "email"),
    ]);
    let found = declared().conflicts(&rule);
    let found: Vec<_> = found.iter().map(|it| (it.place, it.column.as_str())).collect();
    assert_eq!(
        found,
        [
            ("aggregateColumns", "email"),
            ("aggregateColumns", "name"),
            ("outputConstraints", "name")
        ]
    );
}
