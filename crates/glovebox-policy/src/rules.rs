//! The rules of every table that a query could name, as judgement needs them.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use glovebox_model::{
    AccountId, AllowedAnalyses, Bounds, ConfiguredTable, CustomRule, Declared, Digest, Encryption,
    EncryptionMetadata, Extension, Id, JoinOperators, OutputConstraint, Rule, TableName,
};

/// Who runs the query, and what the owner of each table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The account that runs the query.
    pub runner: AccountId,
    /// Who wrote the text.
    pub analysis: Analysis,
    /// The parameters of column encryption of the collaboration; all false where it has none.
    pub encryption: EncryptionMetadata,
    /// By association name.
    pub tables: BTreeMap<TableName, RuledTable>,
}

/// Where the text of a query comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Analysis {
    /// Written by the runner.
    Direct,
    /// An analysis template.
    Template {
        /// Its ARN.
        arn: String,
        /// The account that made it: the provider of the text.
        creator: AccountId,
    },
}

/// One table with its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuledTable {
    /// The account that owns the table.
    pub owner: AccountId,
    /// The display name of the owner, for messages.
    pub owner_name: String,
    /// The configured table behind the association. Two associations of one configured table
    /// are the same table; `None` means that no other association shares it.
    pub configured_table: Option<Id<ConfiguredTable>>,
    /// What may be learned; `None` means nothing.
    pub rule: Option<Rule>,
    /// What the owner says beyond AWS's shapes.
    pub extension: Extension,
}

impl Rules {
    /// Whether two association names stand for the same configured table.
    pub(crate) fn same_table(&self, one: &TableName, other: &TableName) -> bool {
        let identity = |name| self.tables.get(name).and_then(|it| it.configured_table);
        one == other || identity(one).is_some_and(|it| identity(other) == Some(it))
    }

    /// Whether the runner owns the table.
    pub(crate) fn is_runners(&self, table: &TableName) -> bool {
        self.tables.get(table).is_some_and(|it| it.owner == self.runner)
    }
}

/// The digest of a rule with its extension: of a canonical text, the same for equal rules in
/// every process.
pub fn rule_digest(rule: &Rule, extension: &Extension) -> Digest {
    let mut text = String::from("glovebox rule 1\n");
    match rule {
        Rule::Aggregation(rule) => {
            text.push_str("aggregation\n");
            for it in rule.aggregates() {
                // Names hold no line feed and no quote, so each line reads one way only.
                let _ = writeln!(text, "aggregate {} {}", it.function.aws_name(), it.column);
            }
            lines(&mut text, "join", rule.join_columns());
            lines(&mut text, "join required", rule.join_required().then_some("query runner"));
            operators(&mut text, rule.join_operators());
            lines(&mut text, "dimension", rule.dimensions());
            lines(&mut text, "scalar", rule.scalar_functions().iter().map(|it| it.aws_name()));
            let mut constraints: Vec<&OutputConstraint> =
                rule.output_constraints().iter().collect();
            constraints.sort();
            for OutputConstraint { column, minimum } in constraints {
                let _ = writeln!(text, "threshold {minimum} {column}");
            }
        }
        Rule::Custom(rule) => custom(&mut text, rule),
        Rule::List(rule) => {
            text.push_str("list\n");
            lines(&mut text, "join", rule.join_columns());
            operators(&mut text, rule.join_operators());
            lines(&mut text, "list", rule.list_columns());
        }
    }
    extended(&mut text, extension);
    Digest::of(text.as_bytes())
}

fn custom(text: &mut String, rule: &CustomRule) {
    text.push_str("custom\n");
    match rule.analyses() {
        AllowedAnalyses::AnyQuery => text.push_str("any query\n"),
        // ARNs hold no line feed (the wire's pattern); shown escaped all the same.
        AllowedAnalyses::Templates(all) => {
            lines(text, "template", all.iter().map(|it| it.escape_debug()));
        }
    }
    lines(text, "provider", rule.providers());
    lines(text, "disallowed output", rule.disallowed_output());
    if let Some(threshold) = rule.threshold() {
        let expressions = threshold.expressions.aws_name();
        let _ =
            writeln!(text, "threshold {} {expressions} {}", threshold.minimum, threshold.identity);
        for (column, minimum) in &threshold.output_columns {
            let _ = writeln!(text, "output threshold {minimum} {column}");
        }
    }
    if let Some(comparisons) = rule.comparisons() {
        text.push_str("comparison controls\n");
        lines(text, "literal comparison", &comparisons.literal_columns);
        lines(text, "column comparison", &comparisons.column_columns);
    }
    lines(text, "user identifier", rule.user_identifier());
    lines(text, "additional analyses", rule.additional_analyses().map(|it| it.aws_name()));
    if let Some(receivers) = rule.receivers() {
        text.push_str("result receivers\n");
        lines(text, "receiver", receivers);
    }
}

/// The default extension adds nothing, so that a rule without one keeps its digest.
fn extended(text: &mut String, extension: &Extension) {
    if *extension == Extension::default() {
        return;
    }
    let Extension {
        mode,
        max_groups_per_identity,
        distinct_runner_rows,
        suppression_notice,
        public_for_privacy,
        declared,
        encryption,
    } = extension;
    let _ = writeln!(text, "mode {}", mode.aws_name());
    lines(text, "groups per identity", *max_groups_per_identity);
    let _ = writeln!(text, "distinct runner rows {distinct_runner_rows}");
    let _ = writeln!(text, "suppression notice {suppression_notice}");
    if *public_for_privacy {
        text.push_str("public for privacy\n");
    }
    if *declared != Declared::default() {
        declarations(text, declared);
    }
    let Encryption { columns, without_nulls } = encryption;
    for (column, kind) in columns {
        let _ = writeln!(text, "encrypted {} {column}", kind.aws_name());
    }
    lines(text, "encrypted without nulls", without_nulls);
}

fn declarations(text: &mut String, declared: &Declared) {
    let Declared {
        bounds,
        max_groups_per_user,
        max_rows_per_group,
        minimum_users,
        public_keys,
        population,
        declared_users,
        accountant,
        lifetime_epsilon,
    } = declared;
    for (column, Bounds { low, high }) in bounds {
        let _ = writeln!(text, "bounds {low} {high} {column}");
    }
    let _ = writeln!(text, "groups per user {max_groups_per_user}");
    let _ = writeln!(text, "rows per group {max_rows_per_group}");
    lines(text, "minimum users", *minimum_users);
    for (column, keys) in public_keys {
        // Keys are the owner's words: shown escaped, so that none looks like another line.
        lines(text, &format!("public keys of {column}:"), keys.iter().map(|it| it.escape_debug()));
    }
    lines(text, "population", population.iter().map(|it| it.escape_debug()));
    lines(text, "declared users", *declared_users);
    let _ = writeln!(text, "accountant {}", accountant.aws_name());
    lines(text, "lifetime epsilon", *lifetime_epsilon);
}

fn lines<T: Display>(text: &mut String, word: &str, items: impl IntoIterator<Item = T>) {
    for item in items {
        let _ = writeln!(text, "{word} {item}");
    }
}

fn operators(text: &mut String, JoinOperators { and, or }: JoinOperators) {
    let _ = writeln!(text, "operators and={and} or={or}");
}

#[cfg(test)]
mod tests {
    use glovebox_model::{ColumnName, EncryptedKind, ListRule};

    use super::*;

    fn digest(rule: &Rule) -> Digest {
        rule_digest(rule, &Extension::default())
    }

    #[test]
    fn equal_rules_have_equal_digests_and_others_do_not() {
        let name = |text: &str| ColumnName::new(text).unwrap();
        let rule = |join: &[&str], or| {
            let join = join.iter().map(|it| name(it)).collect();
            let operators = JoinOperators { and: true, or };
            Rule::List(ListRule::new(join, operators, vec![name("c")]).unwrap())
        };
        assert_eq!(digest(&rule(&["a", "b"], true)), digest(&rule(&["b", "a"], true)));
        assert_ne!(digest(&rule(&["a", "b"], true)), digest(&rule(&["a", "b"], false)));
        assert_ne!(digest(&rule(&["a b"], true)), digest(&rule(&["a", "b"], true)));
    }

    #[test]
    fn whatever_is_declared_of_encrypted_columns_changes_the_digest() {
        let name = |text: &str| ColumnName::new(text).unwrap();
        let rule = ListRule::new(vec![name("a")], JoinOperators::default(), vec![name("c")]);
        let rule = Rule::List(rule.unwrap());
        let declared = |kind: EncryptedKind, without_nulls: bool| {
            let without_nulls = without_nulls.then(|| name("a")).into_iter().collect();
            let encryption = Encryption { columns: [(name("a"), kind)].into(), without_nulls };
            rule_digest(&rule, &Extension { encryption, ..Extension::default() })
        };
        let all = [
            digest(&rule),
            declared(EncryptedKind::Fingerprint, false),
            declared(EncryptedKind::Fingerprint, true),
            declared(EncryptedKind::Sealed, false),
        ];
        let distinct: std::collections::BTreeSet<String> =
            all.iter().map(ToString::to_string).collect();
        assert_eq!(distinct.len(), all.len());
    }
}
