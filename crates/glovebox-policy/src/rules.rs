//! The rules of every table that a query could name, as judgement needs them.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use glovebox_model::{
    AccountId, ConfiguredTable, Digest, Id, JoinOperators, OutputConstraint, Rule, TableName,
};

/// Who runs the query, and what the owner of each table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The account that runs the query.
    pub runner: AccountId,
    /// By association name.
    pub tables: BTreeMap<TableName, RuledTable>,
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

/// The digest of a rule: of a canonical text, the same for equal rules in every process.
pub fn rule_digest(rule: &Rule) -> Digest {
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
        Rule::List(rule) => {
            text.push_str("list\n");
            lines(&mut text, "join", rule.join_columns());
            operators(&mut text, rule.join_operators());
            lines(&mut text, "list", rule.list_columns());
        }
    }
    Digest::of(text.as_bytes())
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
    use glovebox_model::{ColumnName, ListRule};

    use super::*;

    #[test]
    fn equal_rules_have_equal_digests_and_others_do_not() {
        let name = |text: &str| ColumnName::new(text).unwrap();
        let rule = |join: &[&str], or| {
            let join = join.iter().map(|it| name(it)).collect();
            let operators = JoinOperators { and: true, or };
            Rule::List(ListRule::new(join, operators, vec![name("c")]).unwrap())
        };
        assert_eq!(rule_digest(&rule(&["a", "b"], true)), rule_digest(&rule(&["b", "a"], true)));
        assert_ne!(rule_digest(&rule(&["a", "b"], true)), rule_digest(&rule(&["a", "b"], false)));
        assert_ne!(rule_digest(&rule(&["a b"], true)), rule_digest(&rule(&["a", "b"], true)));
    }
}
