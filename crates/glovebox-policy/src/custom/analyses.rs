//! Which analyses the owners admit, and whether their results may be given out.

use glovebox_model::{AdditionalAnalyses, AllowedAnalyses};
use glovebox_sql::RelationOrigin;

use super::Custom;
use crate::{Analysis, Refusal, RefusalKind};

// Refusal: GB0301 analysis-not-allowed
//
// The owner of each table says which analyses may run: those of named templates, or any query
// that an allowed provider writes. Whoever writes the text is its provider: the runner of direct
// SQL, the creator of a template. Every owner must allow it, also the runner for its own tables.
//
// ```
// SELECT COUNT(*) FROM templated
// ```
// ->
// ```
// SELECT COUNT(*) FROM pets
// ```
pub(crate) fn analyses(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    let rules = custom.query.rules;
    for relation in &custom.blocks.relations {
        let RelationOrigin::Table(table) = &relation.origin else { continue };
        let Some(rule) = custom.query.custom_rule(table) else { continue };
        let (allowed, ask) = match (&rules.analysis, rule.analyses()) {
            (Analysis::Direct, AllowedAnalyses::AnyQuery) => (
                rule.providers().contains(&rules.runner),
                format!("add {} to allowedAnalysisProviders", rules.runner),
            ),
            (Analysis::Direct, AllowedAnalyses::Templates(_)) => (
                false,
                format!(
                    "set allowedAnalyses to ANY_QUERY and allowedAnalysisProviders to {}",
                    rules.runner
                ),
            ),
            (Analysis::Template { creator, .. }, AllowedAnalyses::AnyQuery) => (
                rule.providers().contains(creator),
                format!("add {creator} to allowedAnalysisProviders"),
            ),
            (Analysis::Template { arn, .. }, AllowedAnalyses::Templates(all)) => {
                (all.contains(arn), format!("add {arn} to allowedAnalyses"))
            }
        };
        if !allowed {
            let text = format!("the owner of table `{table}` does not allow this analysis");
            acc.push(
                Refusal::new(RefusalKind::AnalysisNotAllowed, relation.span, text)
                    .of(table)
                    .help("run an analysis template that the owner of every table allows")
                    .ask(ask),
            );
        }
    }
}

// Refusal: GB0302 direct-result
//
// The owner of the table demands that the rows of a query only go into further analyses
// (`additionalAnalyses` is `REQUIRED`): nobody may receive them directly.
//
// ```
// SELECT COUNT(*) FROM seeds
// ```
// ->
// ```
// SELECT COUNT(*) FROM pets
// ```
pub(crate) fn direct_results(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    for relation in &custom.blocks.relations {
        let RelationOrigin::Table(table) = &relation.origin else { continue };
        let rule = custom.query.custom_rule(table);
        let needed = rule.and_then(glovebox_model::CustomRule::additional_analyses);
        if needed == Some(AdditionalAnalyses::Required) {
            let text = format!(
                "the owner of table `{table}` lets results go into further analyses only, and a \
                 query gives them to its receivers"
            );
            acc.push(
                Refusal::new(RefusalKind::DirectResult, relation.span, text)
                    .of(table)
                    .help("leave the table out")
                    .ask("set additionalAnalyses to ALLOWED"),
            );
        }
    }
}
