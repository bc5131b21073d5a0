//! A rule without whatever the query does not need.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{
    AggregateExpressions, AggregationDraft, AggregationRule, AggregationThreshold, ColumnName,
    CustomRule, JoinOperators, ListRule, Rule, TableName, WrittenComparisons, WrittenCustom,
};
use glovebox_sql::Schema;

use super::DEFAULT_MINIMUM;
use crate::change::written;

/// Proposed rules, by table.
type Proposed = BTreeMap<TableName, Rule>;

/// Tries every narrower neighbour of each rule until none admits the query.
pub(super) fn smallest(
    mut rules: Proposed,
    schema: &Schema,
    admits: &dyn Fn(&Proposed) -> bool,
) -> Proposed {
    let tables: Vec<TableName> = rules.keys().cloned().collect();
    for table in tables {
        let columns: Vec<ColumnName> = schema
            .tables
            .get(&table)
            .map(|it| it.columns.iter().map(|it| it.name.clone()).collect())
            .unwrap_or_default();
        while let Some(found) = rules.get(&table).and_then(|rule| {
            narrower(rule, &columns).into_iter().find_map(|rule| {
                let mut tried = rules.clone();
                tried.insert(table.clone(), rule);
                admits(&tried).then_some(tried)
            })
        }) {
            rules = found;
        }
    }
    rules
}

/// Every rule that is narrower by one item, the narrowest first.
fn narrower(rule: &Rule, columns: &[ColumnName]) -> Vec<Rule> {
    match rule {
        Rule::Aggregation(rule) => aggregation(rule),
        Rule::Custom(rule) => custom(rule, columns),
        Rule::List(rule) => list(rule),
    }
}

/// The rule without each of its items.
fn aggregation(rule: &AggregationRule) -> Vec<Rule> {
    let whole = AggregationDraft {
        aggregates: rule.aggregates().iter().cloned().collect(),
        join_columns: rule.join_columns().iter().cloned().collect(),
        join_required: rule.join_required(),
        join_operators: rule.join_operators(),
        dimensions: rule.dimensions().iter().cloned().collect(),
        scalar_functions: rule.scalar_functions().iter().copied().collect(),
        output_constraints: rule.output_constraints().to_vec(),
    };
    let mut drafts = Vec::new();
    let mut push = |draft: AggregationDraft| drafts.push(draft);
    for it in without(&whole.aggregates) {
        push(AggregationDraft { aggregates: it, ..whole.clone() });
    }
    for it in without(&whole.join_columns) {
        push(AggregationDraft { join_columns: it, ..whole.clone() });
    }
    for it in without(&whole.dimensions) {
        push(AggregationDraft { dimensions: it, ..whole.clone() });
    }
    for it in without(&whole.scalar_functions) {
        push(AggregationDraft { scalar_functions: it, ..whole.clone() });
    }
    for it in fewer(whole.join_operators) {
        push(AggregationDraft { join_operators: it, ..whole.clone() });
    }
    if !whole.join_required {
        push(AggregationDraft { join_required: true, ..whole.clone() });
    }
    let made = drafts.into_iter().filter_map(|it| AggregationRule::new(it).ok());
    made.map(Rule::Aggregation).collect()
}

fn list(rule: &ListRule) -> Vec<Rule> {
    let join: Vec<ColumnName> = rule.join_columns().iter().cloned().collect();
    let list: Vec<ColumnName> = rule.list_columns().iter().cloned().collect();
    let operators = rule.join_operators();
    let mut rules = Vec::new();
    for it in without(&join) {
        rules.push(ListRule::new(it, operators, list.clone()));
    }
    for it in without(&list) {
        rules.push(ListRule::new(join.clone(), operators, it));
    }
    for it in fewer(operators) {
        rules.push(ListRule::new(join.clone(), it, list.clone()));
    }
    rules.into_iter().filter_map(Result::ok).map(Rule::List).collect()
}

/// A custom rule begins wide: it is narrowed by saying more.
fn custom(rule: &CustomRule, columns: &[ColumnName]) -> Vec<Rule> {
    let whole = written(rule);
    let mut narrower: Vec<WrittenCustom> = Vec::new();
    if rule.threshold().is_none() {
        for expressions in [AggregateExpressions::ColumnsOnly, AggregateExpressions::AnyExpression]
        {
            for identity in columns {
                let threshold = AggregationThreshold {
                    identity: identity.clone(),
                    minimum: DEFAULT_MINIMUM,
                    output_columns: Vec::new(),
                    expressions,
                };
                let aggregation_thresholds = Some(vec![threshold]);
                narrower.push(WrittenCustom { aggregation_thresholds, ..whole.clone() });
            }
        }
    }
    match rule.comparisons() {
        None => {
            let (literals, both) = (columns.to_vec(), columns.to_vec());
            let identity = rule.threshold().map(|it| it.identity.clone());
            let literal_columns =
                literals.into_iter().filter(|it| Some(it) != identity.as_ref()).collect();
            let controls = WrittenComparisons { literal_columns, column_columns: both };
            narrower.push(WrittenCustom { comparison_controls: Some(controls), ..whole.clone() });
        }
        Some(controls) => {
            let literals: Vec<ColumnName> = controls.literal_columns.iter().cloned().collect();
            let both: Vec<ColumnName> = controls.column_columns.iter().cloned().collect();
            for literal_columns in without(&literals) {
                let controls = WrittenComparisons { literal_columns, column_columns: both.clone() };
                narrower
                    .push(WrittenCustom { comparison_controls: Some(controls), ..whole.clone() });
            }
            for column_columns in without(&both) {
                let controls =
                    WrittenComparisons { literal_columns: literals.clone(), column_columns };
                narrower
                    .push(WrittenCustom { comparison_controls: Some(controls), ..whole.clone() });
            }
        }
    }
    let disallowed: BTreeSet<&ColumnName> = rule.disallowed_output().iter().collect();
    for column in columns.iter().filter(|it| !disallowed.contains(it)) {
        let more = disallowed.iter().copied().chain([column]).cloned().collect();
        narrower.push(WrittenCustom { disallowed_output_columns: Some(more), ..whole.clone() });
    }
    let made = narrower.iter().filter_map(|it| CustomRule::new(it).ok());
    made.map(Rule::Custom).collect()
}

/// The items without each one of them.
fn without<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    (0..items.len())
        .map(|left_out| {
            let kept = items.iter().enumerate().filter(|(index, _)| *index != left_out);
            kept.map(|(_, it)| it.clone()).collect()
        })
        .collect()
}

fn fewer(operators: JoinOperators) -> Vec<JoinOperators> {
    let JoinOperators { and, or } = operators;
    let mut fewer = Vec::new();
    if or {
        fewer.push(JoinOperators { and, or: false });
    }
    if and {
        fewer.push(JoinOperators { and: false, or });
    }
    fewer
}
