//! Stored analysis rules. Their bytes are what the digest of a rule is over.

use glovebox_model::{
    AdditionalAnalyses, AggregateColumns, AggregateFunction, ColumnName, JoinOperator,
    OutputConstraint, ScalarFunction, WrittenAggregation, WrittenList, WrittenRule,
};
use serde::{Deserialize, Serialize};

use super::custom::CustomV1;
use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RuleDocument {
    V1(RuleV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RuleV1 {
    Aggregation(AggregationV1),
    Custom(CustomV1),
    List(ListV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AggregationV1 {
    aggregate_columns: Vec<AggregateV1>,
    join_columns: Vec<String>,
    join_required: bool,
    join_operators: Option<Vec<String>>,
    dimension_columns: Vec<String>,
    scalar_functions: Vec<String>,
    output_constraints: Vec<ConstraintV1>,
    additional_analyses: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AggregateV1 {
    columns: Vec<String>,
    function: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConstraintV1 {
    column: String,
    minimum: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListV1 {
    join_columns: Vec<String>,
    join_operators: Option<Vec<String>>,
    list_columns: Vec<String>,
    additional_analyses: Option<String>,
}

impl Document for RuleDocument {
    type Noun = WrittenRule;
    const WHAT: &'static str = "analysis rules";

    fn of(noun: &WrittenRule) -> Self {
        Self::V1(match noun {
            WrittenRule::Aggregation(it) => RuleV1::Aggregation(AggregationV1::of(it)),
            WrittenRule::Custom(it) => RuleV1::Custom(CustomV1::of(it)),
            WrittenRule::List(it) => RuleV1::List(ListV1::of(it)),
        })
    }

    fn noun(self) -> Option<WrittenRule> {
        let Self::V1(rule) = self;
        Some(match rule {
            RuleV1::Aggregation(it) => WrittenRule::Aggregation(it.noun()?),
            RuleV1::Custom(it) => WrittenRule::Custom(it.noun()?),
            RuleV1::List(it) => WrittenRule::List(it.noun()?),
        })
    }
}

impl AggregationV1 {
    fn of(noun: &WrittenAggregation) -> Self {
        let WrittenAggregation {
            aggregate_columns,
            join_columns,
            join_required,
            join_operators,
            dimension_columns,
            scalar_functions,
            output_constraints,
            additional_analyses,
        } = noun;
        let aggregate = |AggregateColumns { columns, function }: &_| AggregateV1 {
            columns: names(columns),
            function: function.aws_name().to_owned(),
        };
        let constraint = |OutputConstraint { column, minimum }: &_| ConstraintV1 {
            column: column.as_str().to_owned(),
            minimum: *minimum,
        };
        Self {
            aggregate_columns: aggregate_columns.iter().map(aggregate).collect(),
            join_columns: names(join_columns),
            join_required: *join_required,
            join_operators: operators(join_operators.as_deref()),
            dimension_columns: names(dimension_columns),
            scalar_functions: scalar_functions.iter().map(|it| it.aws_name().to_owned()).collect(),
            output_constraints: output_constraints.iter().map(constraint).collect(),
            additional_analyses: additional_analyses.map(|it| it.aws_name().to_owned()),
        }
    }

    fn noun(self) -> Option<WrittenAggregation> {
        let Self {
            aggregate_columns,
            join_columns,
            join_required,
            join_operators,
            dimension_columns,
            scalar_functions,
            output_constraints,
            additional_analyses,
        } = self;
        let aggregate = |AggregateV1 { columns, function }| {
            let function = AggregateFunction::from_aws_name(function.as_str())?;
            Some(AggregateColumns { columns: columns_of(columns)?, function })
        };
        let constraint = |ConstraintV1 { column, minimum }| {
            Some(OutputConstraint { column: ColumnName::new(&column).ok()?, minimum })
        };
        let scalars = scalar_functions.iter().map(|it| ScalarFunction::from_name(it));
        Some(WrittenAggregation {
            aggregate_columns: all(aggregate_columns, aggregate)?,
            join_columns: columns_of(join_columns)?,
            join_required,
            join_operators: operators_of(join_operators)?,
            dimension_columns: columns_of(dimension_columns)?,
            scalar_functions: scalars.collect::<Option<_>>()?,
            output_constraints: all(output_constraints, constraint)?,
            additional_analyses: additional_of(additional_analyses)?,
        })
    }
}

impl ListV1 {
    fn of(noun: &WrittenList) -> Self {
        let WrittenList { join_columns, join_operators, list_columns, additional_analyses } = noun;
        Self {
            join_columns: names(join_columns),
            join_operators: operators(join_operators.as_deref()),
            list_columns: names(list_columns),
            additional_analyses: additional_analyses.map(|it| it.aws_name().to_owned()),
        }
    }

    fn noun(self) -> Option<WrittenList> {
        let Self { join_columns, join_operators, list_columns, additional_analyses } = self;
        Some(WrittenList {
            join_columns: columns_of(join_columns)?,
            join_operators: operators_of(join_operators)?,
            list_columns: columns_of(list_columns)?,
            additional_analyses: additional_of(additional_analyses)?,
        })
    }
}

pub(super) fn names(columns: &[ColumnName]) -> Vec<String> {
    columns.iter().map(|it| it.as_str().to_owned()).collect()
}

pub(super) fn columns_of(names: Vec<String>) -> Option<Vec<ColumnName>> {
    all(names, |it| ColumnName::new(&it).ok())
}

fn operators(written: Option<&[JoinOperator]>) -> Option<Vec<String>> {
    Some(written?.iter().map(|it| it.aws_name().to_owned()).collect())
}

/// The outer `Option` says whether it can be read, the inner whether it was written at all.
fn operators_of(stored: Option<Vec<String>>) -> Option<Option<Vec<JoinOperator>>> {
    match stored {
        None => Some(None),
        Some(list) => all(list, |it| JoinOperator::from_aws_name(&it)).map(Some),
    }
}

pub(super) fn additional_of(stored: Option<String>) -> Option<Option<AdditionalAnalyses>> {
    match stored {
        None => Some(None),
        Some(text) => AdditionalAnalyses::from_aws_name(&text).map(Some),
    }
}

pub(super) fn all<T, U>(items: Vec<T>, read: impl Fn(T) -> Option<U>) -> Option<Vec<U>> {
    items.into_iter().map(read).collect()
}
