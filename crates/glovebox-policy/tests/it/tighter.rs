//! Making any custom rule of the corpus tighter never turns a refusal into an allowance.

use glovebox_fixture::Expected;
use glovebox_model::{
    ANY_QUERY, AdditionalAnalyses, AggregateExpressions, AggregationThreshold, AllowedAnalyses,
    CustomRule, Extension, Mode, Rule, WrittenComparisons, WrittenCustom,
};
use glovebox_policy::RuledTable;

use crate::corpus::rooms;
use crate::room::judge_case_by;

/// The rule as it is written.
fn written(rule: &CustomRule) -> WrittenCustom {
    let threshold = rule.threshold().map(|it| AggregationThreshold {
        identity: it.identity.clone(),
        minimum: it.minimum,
        output_columns: it.output_columns.clone().into_iter().collect(),
        expressions: it.expressions,
    });
    let comparisons = rule.comparisons().map(|it| WrittenComparisons {
        literal_columns: it.literal_columns.iter().cloned().collect(),
        column_columns: it.column_columns.iter().cloned().collect(),
    });
    WrittenCustom {
        additional_analyses: rule.additional_analyses(),
        aggregation_thresholds: threshold.map(|it| vec![it]),
        allowed_analyses: match rule.analyses() {
            AllowedAnalyses::AnyQuery => vec![ANY_QUERY.into()],
            AllowedAnalyses::Templates(all) => all.iter().cloned().collect(),
        },
        allowed_analysis_providers: Some(rule.providers().iter().cloned().collect()),
        comparison_controls: comparisons,
        differential_privacy: rule.user_identifier().map(|it| vec![it.clone()]),
        disallowed_output_columns: Some(rule.disallowed_output().iter().cloned().collect()),
        ..WrittenCustom::default()
    }
}

/// Every rule that is one step tighter; `columns` are those of the table.
fn tighter(rule: &CustomRule, columns: &[glovebox_model::Column]) -> Vec<CustomRule> {
    let base = written(rule);
    let mut all = vec![
        WrittenCustom { allowed_analyses: Vec::new(), ..base.clone() },
        WrittenCustom { additional_analyses: Some(AdditionalAnalyses::Required), ..base.clone() },
    ];
    for column in columns {
        let mut less = base.clone();
        less.disallowed_output_columns.get_or_insert_default().push(column.name.clone());
        all.push(less);
    }
    match &base.comparison_controls {
        None => {
            let none = Some(WrittenComparisons::default());
            all.push(WrittenCustom { comparison_controls: none, ..base.clone() });
        }
        Some(_) => {
            let mut less = base.clone();
            less.comparison_controls.iter_mut().for_each(|it| it.literal_columns.clear());
            all.push(less);
            let mut less = base.clone();
            less.comparison_controls.iter_mut().for_each(|it| it.column_columns.clear());
            all.push(less);
        }
    }
    if let Some([threshold]) = base.aggregation_thresholds.as_deref() {
        let with = |threshold: AggregationThreshold| WrittenCustom {
            aggregation_thresholds: Some(vec![threshold]),
            ..base.clone()
        };
        let expressions = AggregateExpressions::ColumnsOnly;
        all.push(with(AggregationThreshold { expressions, ..threshold.clone() }));
        all.push(with(AggregationThreshold { output_columns: Vec::new(), ..threshold.clone() }));
        all.push(with(AggregationThreshold { minimum: 100_000, ..threshold.clone() }));
    } else if let Some(column) = columns.first() {
        let threshold = AggregationThreshold {
            identity: column.name.clone(),
            minimum: 2,
            output_columns: Vec::new(),
            expressions: AggregateExpressions::AnyExpression,
        };
        all.push(WrittenCustom { aggregation_thresholds: Some(vec![threshold]), ..base });
    }
    all.iter().filter_map(|it| CustomRule::new(it).ok()).collect()
}

#[test]
fn a_tighter_rule_never_allows_more() {
    let mut n_compared = 0;
    for (path, (_, room)) in rooms() {
        for mode in [Mode::Strict, Mode::Aws] {
            let room = room.in_mode(mode);
            let refused = |it: &&glovebox_fixture::Case| it.expected_in(mode) != &Expected::Allowed;
            for case in room.cases.iter().filter(refused) {
                let rules = room.rules_for(case).unwrap();
                for (_, table) in
                    room.tables().filter(|(_, it)| case.sql.contains(it.name.as_str()))
                {
                    let ruled = &rules.tables[&table.name];
                    let Some(Rule::Custom(rule)) = &ruled.rule else { continue };
                    let strict = Extension { mode: Mode::Strict, ..ruled.extension.clone() };
                    let mut changed = vec![RuledTable { extension: strict, ..ruled.clone() }];
                    for rule in tighter(rule, &table.columns) {
                        changed
                            .push(RuledTable { rule: Some(Rule::Custom(rule)), ..ruled.clone() });
                    }
                    for ruled in changed {
                        let mut less = rules.clone();
                        less.tables.insert(table.name.clone(), ruled);
                        let verdict = judge_case_by(&room, case, &less);
                        let shown = path.file_name().unwrap().display();
                        assert!(verdict.is_err(), "{shown} {}: {:?}", case.sql, less.tables);
                        n_compared += 1;
                    }
                }
            }
        }
    }
    assert!(n_compared > 500, "{n_compared}");
}
