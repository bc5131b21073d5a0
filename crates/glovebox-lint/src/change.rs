//! Changes of a rule that an owner could make, the mildest first.

use glovebox_model::{
    AggregateExpressions, AggregationDraft, AggregationRule, AggregationThreshold, ColumnName,
    CustomRule, Extension, ListRule, Mode, Rule, WrittenComparisons, WrittenCustom,
};

use crate::suggest::DEFAULT_MINIMUM;

/// One change, in words and as the rule that it makes.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) text: String,
    pub(crate) rule: Rule,
    pub(crate) extension: Extension,
}

/// What the owner of a table with this rule could change. `person` tells people apart.
pub(crate) fn changes(
    rule: &Rule,
    extension: &Extension,
    person: &ColumnName,
    columns: &[ColumnName],
) -> Vec<Change> {
    let mut found = Vec::new();
    let mut push = |text: String, rule: Rule| {
        found.push(Change { text, rule, extension: extension.clone() });
    };
    match rule {
        Rule::Aggregation(rule) => aggregation(rule, &mut push),
        Rule::Custom(rule) => custom(rule, person, columns, &mut push),
        Rule::List(rule) => list(rule, &mut push),
    }
    if extension.max_groups_per_identity.is_none() {
        let limited = Extension { max_groups_per_identity: Some(1), ..extension.clone() };
        let text = "set maxGroupsPerIdentity to 1 in the extension of the table".to_owned();
        found.push(Change { text, rule: rule.clone(), extension: limited });
    }
    if extension.mode == Mode::Aws {
        let strict = Extension { mode: Mode::Strict, ..extension.clone() };
        let text = "read the rule in strict mode".to_owned();
        found.insert(0, Change { text, rule: rule.clone(), extension: strict });
    }
    found
}

fn aggregation(rule: &AggregationRule, push: &mut dyn FnMut(String, Rule)) {
    let whole = AggregationDraft {
        aggregates: rule.aggregates().iter().cloned().collect(),
        join_columns: rule.join_columns().iter().cloned().collect(),
        join_required: rule.join_required(),
        join_operators: rule.join_operators(),
        dimensions: rule.dimensions().iter().cloned().collect(),
        scalar_functions: rule.scalar_functions().iter().copied().collect(),
        output_constraints: rule.output_constraints().to_vec(),
    };
    for column in rule.dimensions() {
        let dimensions = rule.dimensions().iter().filter(|it| *it != column).cloned().collect();
        let draft = AggregationDraft { dimensions, ..whole.clone() };
        if let Ok(rule) = AggregationRule::new(draft) {
            push(format!("take `{column}` out of dimensionColumns"), Rule::Aggregation(rule));
        }
    }
    let none = AggregationDraft { dimensions: Vec::new(), ..whole.clone() };
    if let Ok(rule) = AggregationRule::new(none) {
        push("leave dimensionColumns empty".into(), Rule::Aggregation(rule));
    }
    for column in rule.join_columns() {
        let join_columns = rule.join_columns().iter().filter(|it| *it != column).cloned().collect();
        let draft = AggregationDraft { join_columns, join_required: false, ..whole.clone() };
        if let Ok(rule) = AggregationRule::new(draft) {
            push(format!("take `{column}` out of joinColumns"), Rule::Aggregation(rule));
        }
    }
}

fn list(rule: &ListRule, push: &mut dyn FnMut(String, Rule)) {
    for column in rule.list_columns() {
        let list = rule.list_columns().iter().filter(|it| *it != column).cloned().collect();
        let join = rule.join_columns().iter().cloned().collect();
        if let Ok(rule) = ListRule::new(join, rule.join_operators(), list) {
            push(format!("take `{column}` out of listColumns"), Rule::List(rule));
        }
    }
}

fn custom(
    rule: &CustomRule,
    person: &ColumnName,
    columns: &[ColumnName],
    push: &mut dyn FnMut(String, Rule),
) {
    let whole = written(rule);
    let mut offer = |text: String, written: WrittenCustom| {
        if let Ok(rule) = CustomRule::new(&written) {
            push(text, Rule::Custom(rule));
        }
    };
    let threshold = |expressions| AggregationThreshold {
        identity: person.clone(),
        minimum: DEFAULT_MINIMUM,
        output_columns: Vec::new(),
        expressions,
    };
    let bare = Some(vec![threshold(AggregateExpressions::ColumnsOnly)]);
    let none = Some(WrittenComparisons {
        literal_columns: Vec::new(),
        column_columns: vec![person.clone()],
    });
    if rule.threshold().is_none_or(|it| it.expressions == AggregateExpressions::AnyExpression) {
        offer(
            format!("set aggregationThresholds: {DEFAULT_MINIMUM} of `{person}`, COLUMNS_ONLY"),
            WrittenCustom { aggregation_thresholds: bare.clone(), ..whole.clone() },
        );
    }
    if rule.comparisons().is_none_or(|it| !it.literal_columns.is_empty()) {
        offer(
            format!("set comparisonControls: no literals, and columns only with `{person}`"),
            WrittenCustom { comparison_controls: none.clone(), ..whole.clone() },
        );
    }
    for column in columns.iter().filter(|it| !rule.disallowed_output().contains(*it)) {
        let more = rule.disallowed_output().iter().chain([column]).cloned().collect();
        offer(
            format!("add `{column}` to disallowedOutputColumns"),
            WrittenCustom { disallowed_output_columns: Some(more), ..whole.clone() },
        );
    }
    offer(
        format!(
            "set aggregationThresholds ({DEFAULT_MINIMUM} of `{person}`, COLUMNS_ONLY) and \
             comparisonControls (no literals, and columns only with `{person}`)"
        ),
        WrittenCustom {
            aggregation_thresholds: bare.clone(),
            comparison_controls: none,
            ..whole.clone()
        },
    );
    let nothing = Some(WrittenComparisons::default());
    offer(
        "set aggregationThresholds, and comparisonControls with two empty lists".into(),
        WrittenCustom {
            aggregation_thresholds: bare,
            comparison_controls: nothing,
            ..whole.clone()
        },
    );
    offer(
        "allow analysis templates instead of ANY_QUERY".into(),
        WrittenCustom { allowed_analyses: Vec::new(), ..whole },
    );
}

/// A custom rule as its owner could have written it.
pub(crate) fn written(rule: &CustomRule) -> WrittenCustom {
    let threshold = rule.threshold().map(|it| AggregationThreshold {
        identity: it.identity.clone(),
        minimum: it.minimum,
        output_columns: it.output_columns.iter().map(|(name, it)| (name.clone(), *it)).collect(),
        expressions: it.expressions,
    });
    let controls = rule.comparisons().map(|it| WrittenComparisons {
        literal_columns: it.literal_columns.iter().cloned().collect(),
        column_columns: it.column_columns.iter().cloned().collect(),
    });
    let analyses = match rule.analyses() {
        glovebox_model::AllowedAnalyses::AnyQuery => vec![glovebox_model::ANY_QUERY.to_owned()],
        glovebox_model::AllowedAnalyses::Templates(arns) => arns.iter().cloned().collect(),
    };
    let disallowed: Vec<ColumnName> = rule.disallowed_output().iter().cloned().collect();
    WrittenCustom {
        additional_analyses: rule.additional_analyses(),
        aggregation_thresholds: threshold.map(|it| vec![it]),
        allowed_additional_analyses: None,
        allowed_analyses: analyses,
        allowed_analysis_providers: Some(rule.providers().iter().copied().collect()),
        allowed_result_receivers: rule.receivers().map(|it| it.iter().copied().collect()),
        comparison_controls: controls,
        differential_privacy: rule.user_identifier().map(|it| vec![it.clone()]),
        disallowed_output_columns: Some(disallowed).filter(|it| !it.is_empty()),
    }
}
