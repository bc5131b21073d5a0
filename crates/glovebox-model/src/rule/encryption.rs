//! Which columns of a table its owner encrypted before anybody else saw them.
//!
//! What stands in such a column is declared when the table is configured and never found out
//! from values: a value that merely looks encrypted is a text like any other.

mod cell;

use std::collections::{BTreeMap, BTreeSet};

use crate::ability::words;
use crate::{
    AggregateFunction, ColumnName, ColumnType, DeclaredFault, Rule, RuleKind, TableSchema,
};

pub use cell::{CellFault, check_cell};

words! {
    /// How a column is encrypted, in C3R's words. A column that is not declared is in clear text.
    EncryptedKind {
        /// The same value gives the same text: it can be matched and counted, never read.
        Fingerprint "fingerprint",
        /// Every cell is another text: it can be handed out, and read by who has the key.
        Sealed "sealed",
    }
}

/// What an owner declares of the encrypted columns of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encryption {
    /// The encrypted columns.
    pub columns: BTreeMap<ColumnName, EncryptedKind>,
    /// Those that held no NULL before they were encrypted: the owner's word, for where the
    /// collaboration does not preserve NULLs and nobody else could tell.
    pub without_nulls: BTreeSet<ColumnName>,
}

impl Encryption {
    /// Whether nothing is encrypted.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.without_nulls.is_empty()
    }

    /// How the column of that folded name is encrypted, if it is.
    pub fn kind(&self, column: &str) -> Option<EncryptedKind> {
        self.columns.iter().find(|(name, _)| name.as_str() == column).map(|(_, kind)| *kind)
    }

    /// Whether its owner says that the column of that folded name never held a NULL.
    pub fn is_without_nulls(&self, column: &str) -> bool {
        self.without_nulls.iter().any(|it| it.as_str() == column)
    }

    /// Everything that cannot be of a table with these columns.
    pub fn faults(&self, schema: &TableSchema) -> Vec<DeclaredFault> {
        let mut faults = Vec::new();
        for column in self.columns.keys() {
            let text = match schema.column(column).map(|it| it.kind) {
                None => "the table has no such column",
                Some(ColumnType::String) => continue,
                Some(
                    ColumnType::Bigint
                    | ColumnType::Binary
                    | ColumnType::Boolean
                    | ColumnType::Date
                    | ColumnType::Decimal { .. }
                    | ColumnType::Double
                    | ColumnType::Float
                    | ColumnType::Int
                    | ColumnType::Smallint
                    | ColumnType::Timestamp
                    | ColumnType::Tinyint,
                ) => "encrypted cells are text: only a column of type string can be encrypted",
            };
            faults.push(DeclaredFault { field: format!("columns.{column}"), text });
        }
        let keys = schema.partition_keys.iter().map(|it| &it.name);
        for key in keys.filter(|it| self.columns.contains_key(*it)) {
            let text = "a partition key is the name of a folder and cannot be encrypted";
            faults.push(DeclaredFault { field: format!("columns.{key}"), text });
        }
        for column in self.without_nulls.iter().filter(|it| !self.columns.contains_key(*it)) {
            let text = "only a column that is declared as encrypted can be without NULLs";
            faults.push(DeclaredFault { field: format!("withoutNulls.{column}"), text });
        }
        faults
    }

    /// What a rule asks of encrypted columns that they can never do, in any collaboration.
    pub fn conflicts(&self, rule: &Rule) -> Vec<RuleConflict> {
        let mut found = Conflicts { encryption: self, found: Vec::new() };
        match rule {
            Rule::Aggregation(rule) => {
                for it in rule.aggregates() {
                    found.aggregate(it.function, &it.column);
                }
                found.sealed("joinColumns", rule.join_columns(), MATCHED);
                found.sealed("dimensionColumns", rule.dimensions(), GROUPED);
                let counted = rule.output_constraints().iter().map(|it| &it.column);
                found.sealed("outputConstraints", counted, COUNTED);
            }
            Rule::Custom(rule) => {
                if let Some(threshold) = rule.threshold() {
                    found.sealed("aggregationThresholds", [&threshold.identity], COUNTED);
                    let outputs = threshold.output_columns.keys();
                    found.sealed("aggregationThresholds.outputColumnThresholds", outputs, GROUPED);
                }
                found.sealed("differentialPrivacy.columns", rule.user_identifier(), COUNTED);
            }
            Rule::List(rule) => found.sealed("joinColumns", rule.join_columns(), MATCHED),
        }
        found.found
    }
}

const MATCHED: &str =
    "every cell of a sealed column is another text, so that no two rows would ever match";
const GROUPED: &str =
    "every cell of a sealed column is another text, so that every row would be a group";
const COUNTED: &str =
    "every cell of a sealed column is another text, so that rows would be counted and not people";
const COMPUTED: &str = "an encrypted column is text that means nothing without the key: it can be \
                        counted only";

/// A part of a rule and an encrypted column that cannot go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: column `{column}` is {}: {reason}", kind.aws_name())]
pub struct RuleConflict {
    /// The part of the rule, by its AWS name.
    pub place: &'static str,
    /// The column.
    pub column: ColumnName,
    /// How it is encrypted.
    pub kind: EncryptedKind,
    /// Why not.
    pub reason: &'static str,
}

impl RuleConflict {
    /// Where the member that is at fault stands in a policy, as the wire names it.
    pub fn member(&self, kind: RuleKind) -> String {
        format!("analysisRulePolicy.v1.{}.{}", kind.aws_name().to_ascii_lowercase(), self.place)
    }
}

struct Conflicts<'a> {
    encryption: &'a Encryption,
    found: Vec<RuleConflict>,
}

impl Conflicts<'_> {
    /// No sealed column may stand there.
    fn sealed<'c>(
        &mut self,
        place: &'static str,
        columns: impl IntoIterator<Item = &'c ColumnName>,
        reason: &'static str,
    ) {
        for column in columns {
            if self.encryption.columns.get(column) == Some(&EncryptedKind::Sealed) {
                self.push(place, column, EncryptedKind::Sealed, reason);
            }
        }
    }

    fn aggregate(&mut self, function: AggregateFunction, column: &ColumnName) {
        let Some(kind) = self.encryption.columns.get(column).copied() else { return };
        let reason = match (function, kind) {
            (AggregateFunction::Count, EncryptedKind::Fingerprint | EncryptedKind::Sealed)
            | (AggregateFunction::CountDistinct, EncryptedKind::Fingerprint) => return,
            (AggregateFunction::CountDistinct, EncryptedKind::Sealed) => COUNTED,
            (
                AggregateFunction::Avg | AggregateFunction::Sum | AggregateFunction::SumDistinct,
                EncryptedKind::Fingerprint | EncryptedKind::Sealed,
            ) => COMPUTED,
        };
        self.push("aggregateColumns", column, kind, reason);
    }

    fn push(
        &mut self,
        place: &'static str,
        column: &ColumnName,
        kind: EncryptedKind,
        reason: &'static str,
    ) {
        self.found.push(RuleConflict { place, column: column.clone(), kind, reason });
    }
}

#[cfg(test)]
mod tests;
