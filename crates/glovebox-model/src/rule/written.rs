//! Rules as their owners wrote them: what is stored and shown again, word for word.

use crate::ability::words;
use crate::rule::{CustomRule, JoinOperators, RuleFault, WrittenCustom};
use crate::{
    Aggregate, AggregateFunction, AggregationDraft, AggregationRule, ColumnName, ListRule,
    OutputConstraint, Rule, RuleKind, ScalarFunction,
};

words! {
    /// The logical operators between the matches of one `ON`.
    JoinOperator {
        /// All must match.
        And "AND",
        /// One must match.
        Or "OR",
    }

    /// Whether further analyses (models) may use the table. Stored and echoed.
    AdditionalAnalyses {
        /// They may.
        Allowed "ALLOWED",
        /// They may not.
        NotAllowed "NOT_ALLOWED",
        /// Nothing else may.
        Required "REQUIRED",
    }
}

/// An analysis rule in the owner's own order and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrittenRule {
    /// `aggregation`
    Aggregation(WrittenAggregation),
    /// `custom`
    Custom(WrittenCustom),
    /// `list`
    List(WrittenList),
}

/// `AnalysisRuleAggregation`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenAggregation {
    /// `aggregateColumns`
    pub aggregate_columns: Vec<AggregateColumns>,
    /// `joinColumns`
    pub join_columns: Vec<ColumnName>,
    /// `joinRequired: QUERY_RUNNER`
    pub join_required: bool,
    /// `allowedJoinOperators`; absent means `AND`, empty means a single equality.
    pub join_operators: Option<Vec<JoinOperator>>,
    /// `dimensionColumns`
    pub dimension_columns: Vec<ColumnName>,
    /// `scalarFunctions`
    pub scalar_functions: Vec<ScalarFunction>,
    /// `outputConstraints`
    pub output_constraints: Vec<OutputConstraint>,
    /// `additionalAnalyses`
    pub additional_analyses: Option<AdditionalAnalyses>,
}

/// `AggregateColumn`: one function over several columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateColumns {
    /// `columnNames`
    pub columns: Vec<ColumnName>,
    /// `function`
    pub function: AggregateFunction,
}

/// `AnalysisRuleList`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenList {
    /// `joinColumns`
    pub join_columns: Vec<ColumnName>,
    /// `allowedJoinOperators`; absent means `AND`, empty means a single equality.
    pub join_operators: Option<Vec<JoinOperator>>,
    /// `listColumns`
    pub list_columns: Vec<ColumnName>,
    /// `additionalAnalyses`
    pub additional_analyses: Option<AdditionalAnalyses>,
}

impl WrittenRule {
    /// The kind of the rule.
    pub fn kind(&self) -> RuleKind {
        match self {
            Self::Aggregation(_) => RuleKind::Aggregation,
            Self::Custom(_) => RuleKind::Custom,
            Self::List(_) => RuleKind::List,
        }
    }

    /// The rule that judgement uses, or everything that is wrong with it.
    pub fn rule(&self) -> Result<Rule, Vec<RuleFault>> {
        match self {
            Self::Aggregation(it) => it.rule().map(Rule::Aggregation),
            Self::Custom(it) => CustomRule::new(it).map(Rule::Custom),
            Self::List(it) => it.rule().map(Rule::List),
        }
    }

    /// The columns that the rule names and that must be allowed columns. The columns of output
    /// constraints are not among them: they may be any column of the table.
    pub fn queried_columns(&self) -> Vec<&ColumnName> {
        match self {
            Self::Aggregation(it) => it
                .aggregate_columns
                .iter()
                .flat_map(|pair| &pair.columns)
                .chain(&it.join_columns)
                .chain(&it.dimension_columns)
                .collect(),
            Self::Custom(it) => it.columns(),
            Self::List(it) => it.join_columns.iter().chain(&it.list_columns).collect(),
        }
    }

    /// The columns that may be any column of the table, also hidden ones.
    pub fn constraint_columns(&self) -> Vec<&ColumnName> {
        match self {
            Self::Aggregation(it) => it.output_constraints.iter().map(|it| &it.column).collect(),
            Self::Custom(_) | Self::List(_) => Vec::new(),
        }
    }
}

impl WrittenAggregation {
    fn rule(&self) -> Result<AggregationRule, Vec<RuleFault>> {
        let Self {
            aggregate_columns,
            join_columns,
            join_required,
            join_operators,
            dimension_columns,
            scalar_functions,
            output_constraints,
            additional_analyses: _,
        } = self;
        let mut faults = Vec::new();
        if aggregate_columns.iter().any(|it| it.columns.is_empty()) {
            faults.push(RuleFault::Empty("aggregateColumns.columnNames"));
        }
        let aggregates = aggregate_columns
            .iter()
            .flat_map(|it| {
                it.columns
                    .iter()
                    .map(|column| Aggregate { function: it.function, column: column.clone() })
            })
            .collect();
        let made = AggregationRule::new(AggregationDraft {
            aggregates,
            join_columns: join_columns.clone(),
            join_required: *join_required,
            join_operators: operators(join_operators.as_deref()),
            dimensions: dimension_columns.clone(),
            scalar_functions: scalar_functions.clone(),
            output_constraints: output_constraints.clone(),
        });
        match made {
            Ok(rule) if faults.is_empty() => Ok(rule),
            Ok(_) => Err(faults),
            Err(more) => {
                faults.extend(more);
                Err(faults)
            }
        }
    }
}

impl WrittenList {
    fn rule(&self) -> Result<ListRule, Vec<RuleFault>> {
        let Self { join_columns, join_operators, list_columns, additional_analyses: _ } = self;
        let operators = operators(join_operators.as_deref());
        ListRule::new(join_columns.clone(), operators, list_columns.clone())
    }
}

fn operators(written: Option<&[JoinOperator]>) -> JoinOperators {
    match written {
        None => JoinOperators::default(),
        Some(list) => JoinOperators {
            and: list.contains(&JoinOperator::And),
            or: list.contains(&JoinOperator::Or),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> ColumnName {
        ColumnName::new(name).unwrap()
    }

    fn list(join_operators: Option<Vec<JoinOperator>>) -> WrittenRule {
        WrittenRule::List(WrittenList {
            join_columns: vec![column("id")],
            join_operators,
            list_columns: vec![column("city")],
            additional_analyses: None,
        })
    }

    #[test]
    fn absent_operators_mean_and_and_none_mean_a_single_equality() {
        let operators = |written| match list(written).rule().unwrap() {
            Rule::List(rule) => rule.join_operators(),
            Rule::Aggregation(_) | Rule::Custom(_) => panic!("a list rule"),
        };
        assert_eq!(operators(None), JoinOperators { and: true, or: false });
        assert_eq!(operators(Some(vec![])), JoinOperators { and: false, or: false });
        let or = Some(vec![JoinOperator::Or]);
        assert_eq!(operators(or), JoinOperators { and: false, or: true });
    }

    #[test]
    fn an_aggregate_without_columns_is_a_fault() {
        let rule = WrittenRule::Aggregation(WrittenAggregation {
            aggregate_columns: vec![AggregateColumns {
                columns: vec![],
                function: AggregateFunction::Sum,
            }],
            join_columns: vec![],
            join_required: false,
            join_operators: None,
            dimension_columns: vec![],
            scalar_functions: vec![],
            output_constraints: vec![OutputConstraint { column: column("id"), minimum: 2 }],
            additional_analyses: None,
        });
        assert_eq!(
            rule.rule().unwrap_err(),
            [
                RuleFault::Empty("aggregateColumns.columnNames"),
                RuleFault::Empty("aggregateColumns")
            ]
        );
        assert_eq!(rule.constraint_columns(), [&column("id")]);
        assert!(rule.queried_columns().is_empty());
    }
}
