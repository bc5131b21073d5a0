//! The custom rule over the statement, block by block.

use glovebox_model::AllowedAnalyses;
use glovebox_sql::Blocks;

use crate::query::Query;
use crate::{Analysis, Refusal, RefusalKind};

/// Judges the whole text.
pub(crate) fn judge(acc: &mut Vec<Refusal>, query: &Query<'_>, _blocks: &Blocks) {
    analyses(acc, query);
}

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
fn analyses(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    for scan in &query.statement.scans {
        let Some(rule) = query.custom_rule(&scan.table) else { continue };
        let allowed = match (&query.rules.analysis, rule.analyses()) {
            (Analysis::Direct, AllowedAnalyses::AnyQuery) => {
                rule.providers().contains(&query.rules.runner)
            }
            (Analysis::Direct, AllowedAnalyses::Templates(_)) => false,
            (Analysis::Template { creator, .. }, AllowedAnalyses::AnyQuery) => {
                rule.providers().contains(creator)
            }
            (Analysis::Template { arn, .. }, AllowedAnalyses::Templates(all)) => all.contains(arn),
        };
        if !allowed {
            let text = format!("the owner of table `{}` does not allow this analysis", scan.table);
            acc.push(
                Refusal::new(RefusalKind::AnalysisNotAllowed, scan.span, text)
                    .of(&scan.table)
                    .help(
                        "run an analysis template that the owner allows, or ask the owner to \
                           add you to allowedAnalysisProviders",
                    ),
            );
        }
    }
}
