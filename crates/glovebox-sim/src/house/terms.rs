//! Everything that is asked of the room when a house is made: agreements, tables, rules, budgets.

use std::collections::BTreeMap;

use glovebox_model::{
    AccountId, AggregateColumns, AggregateFunction, AnalysisMethod, Collaboration, ColumnName,
    ConfiguredTable, DefaultResult, Id, MemberAbility, Membership, OutputConstraint, ResultFormat,
    RuleKind, S3Output, TableName, TableReference, WrittenAggregation, WrittenCustom, WrittenList,
    WrittenRule,
};
use glovebox_room::{
    NewAssociation, NewBudgetTemplate, NewCollaboration, NewMember, NewMembership, NewTable,
    NewTableSource, Offer,
};

use super::state::Kind;
use super::stuck::Done;

/// The bucket of every member.
pub(super) const BUCKET: &str = "results";

pub(super) fn member(person: usize, abilities: &[MemberAbility]) -> NewMember {
    NewMember {
        display_name: format!("member {person}"),
        abilities: abilities.to_vec(),
        ..NewMember::default()
    }
}

pub(super) fn collaboration(
    creator: NewMember,
    members: Vec<(AccountId, NewMember)>,
) -> NewCollaboration {
    NewCollaboration {
        name: "a place".into(),
        description: None,
        creator,
        members,
        encryption: None,
        query_log: true,
        job_log: false,
        auto_approved_changes: vec![],
        allowed_result_regions: vec![],
        metrics: false,
        legacy_engine: false,
        tags: BTreeMap::new(),
    }
}

pub(super) fn membership(collaboration: Id<Collaboration>) -> NewMembership {
    NewMembership {
        collaboration,
        query_log: true,
        job_log: false,
        default_result: Some(DefaultResult { output: output(), role_arn: None }),
        payment: None,
        metrics: false,
        tags: BTreeMap::new(),
    }
}

pub(super) fn output() -> S3Output {
    S3Output {
        bucket: BUCKET.into(),
        key_prefix: Some("out".into()),
        format: ResultFormat::Csv,
        single_file: true,
    }
}

fn columns(names: &[&str]) -> Done<Vec<ColumnName>> {
    Ok(names.iter().map(|it| ColumnName::new(it)).collect::<Result<_, _>>()?)
}

pub(super) fn table(name: &str) -> Done<NewTable> {
    Ok(NewTable {
        name: name.into(),
        description: None,
        source: NewTableSource::Known(TableReference::glue("shop", name)),
        allowed_columns: columns(&["uid", "grp", "amount"])?,
        method: AnalysisMethod::DirectQuery,
        selected_methods: vec![],
        tags: BTreeMap::new(),
    })
}

pub(super) fn association(
    membership: Id<Membership>,
    table: Id<ConfiguredTable>,
    name: &str,
) -> Done<NewAssociation> {
    Ok(NewAssociation {
        membership,
        table,
        name: TableName::new(name)?,
        description: None,
        role_arn: "arn:aws:iam::123456789012:role/reader".into(),
        tags: BTreeMap::new(),
    })
}

pub(super) fn budget(membership: Id<Membership>, monthly: bool, offer: Offer) -> NewBudgetTemplate {
    use glovebox_model::AutoRefresh::{CalendarMonth, None as Never};
    let refresh = if monthly { CalendarMonth } else { Never };
    let auto_refresh = matches!(offer, Offer::Privacy { .. }).then_some(refresh);
    NewBudgetTemplate { membership, auto_refresh, offer, tags: BTreeMap::new() }
}

/// The rule of a table; the `written`th has other terms than the one before.
pub(super) fn rule(
    kind: Kind,
    written: usize,
    runners: &[AccountId],
) -> Done<(RuleKind, WrittenRule)> {
    let custom = |users: Option<Vec<ColumnName>>, hidden: Option<Vec<ColumnName>>| {
        let rule = WrittenCustom {
            allowed_analyses: vec!["ANY_QUERY".into()],
            allowed_analysis_providers: Some(runners.to_vec()),
            differential_privacy: users,
            disallowed_output_columns: hidden,
            ..WrittenCustom::default()
        };
        (RuleKind::Custom, WrittenRule::Custom(rule))
    };
    Ok(match kind {
        Kind::Aggregation => {
            let minimum = 2 + u32::try_from(written % 2)?;
            let rule = WrittenAggregation {
                aggregate_columns: vec![AggregateColumns {
                    columns: columns(&["amount"])?,
                    function: AggregateFunction::Sum,
                }],
                join_columns: vec![],
                join_required: false,
                join_operators: None,
                dimension_columns: columns(&["grp"])?,
                scalar_functions: vec![],
                output_constraints: vec![OutputConstraint {
                    column: ColumnName::new("uid")?,
                    minimum,
                }],
                additional_analyses: None,
            };
            (RuleKind::Aggregation, WrittenRule::Aggregation(rule))
        }
        Kind::List => {
            let more: &[&str] =
                if written.is_multiple_of(2) { &["amount"] } else { &["amount", "grp"] };
            let rule = WrittenList {
                join_columns: columns(&["uid"])?,
                join_operators: Some(vec![]),
                list_columns: columns(more)?,
                additional_analyses: None,
            };
            (RuleKind::List, WrittenRule::List(rule))
        }
        Kind::Custom if written.is_multiple_of(2) => custom(None, None),
        Kind::Custom => custom(None, Some(columns(&["uid"])?)),
        Kind::Private => custom(Some(columns(&["uid"])?), None),
    })
}

/// The rows of a table; `edition` changes some of them.
pub(super) fn rows(kind: Kind, edition: usize) -> String {
    let mut text = String::from("uid,grp,amount\n");
    for user in 0..24 {
        let group = if user % 3 == 0 { "a" } else { "b" };
        let amount = user + edition;
        text.push_str(&format!("u{user},{group},{amount}\n"));
    }
    if kind == Kind::Aggregation {
        // Too few for the rule.
        text.push_str("u0,c,1000\n");
    }
    text
}
