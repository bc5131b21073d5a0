//! Thresholds and differential privacy count people: by a column that can tell them apart.

use glovebox_model::{ColumnName, EncryptedKind, Rule};
use glovebox_sql::RelationOrigin;

use super::{Encrypted, keeps_nulls};
use crate::{Refusal, RefusalKind};

// Refusal: GB0510 encrypted-identity
//
// A threshold counts people by a column, and differential privacy adds noise for one of them. Every
// cell of a sealed column is another text, so that rows would be counted and not people; and where
// the collaboration does not preserve NULLs, every NULL of a fingerprint column would count as one
// more person. In both cases a result about very few people would pass for one about many. Only the
// owner can change it: count by a fingerprint column, and declare it under `withoutNulls` if no
// value was NULL.
//
// ```
// SELECT COUNT(*) FROM loose
// ```
// ->
// ```
// SELECT COUNT(*) FROM strict
// ```
pub(super) fn identities(acc: &mut Vec<Refusal>, of: &Encrypted<'_>) {
    for relation in &of.blocks.relations {
        let RelationOrigin::Table(table) = &relation.origin else { continue };
        let Some(ruled) = of.rules.tables.get(table) else { continue };
        for column in ruled.rule.as_ref().map(identity_columns).unwrap_or_default() {
            let reason = match ruled.extension.encryption.kind(column.as_str()) {
                None => continue,
                Some(EncryptedKind::Sealed) => "each of its cells would count as a person",
                Some(EncryptedKind::Fingerprint)
                    if keeps_nulls(of.rules, table, column.as_str()) =>
                {
                    continue;
                }
                Some(EncryptedKind::Fingerprint) => {
                    "each of its encrypted NULLs would count as a person"
                }
            };
            let text = format!("people of table `{table}` are counted by `{column}`: {reason}");
            let ask = format!(
                "count by a fingerprint column, and to declare it under encryption.withoutNulls \
                 if none of its values was NULL (`{column}` now)"
            );
            acc.push(
                Refusal::new(RefusalKind::EncryptedIdentity, relation.span, text)
                    .of(table)
                    .about(column)
                    .help("query tables whose people can be counted")
                    .ask(ask),
            );
        }
    }
}

/// The columns by which a rule tells people apart.
pub(crate) fn identity_columns(rule: &Rule) -> Vec<&ColumnName> {
    match rule {
        Rule::Aggregation(rule) => rule.output_constraints().iter().map(|it| &it.column).collect(),
        Rule::Custom(rule) => {
            let threshold = rule.threshold().map(|it| &it.identity);
            threshold.into_iter().chain(rule.user_identifier()).collect()
        }
        Rule::List(_) => Vec::new(),
    }
}
