//! The value that proves a query was judged.

use std::fmt;

use datafusion::logical_expr::LogicalPlan;
use glovebox_model::{Digest, EncryptedKind, TableName};
use glovebox_sql::Bound;

use crate::{Guard, PrivateQuery};

/// A query that every rule allows, with its thresholds in the plan. Made only by
/// [`crate::clear`]; it can be priced, not executed, and not copied.
pub struct Cleared {
    bound: Bound,
    guards: Vec<Guard>,
    rules: Vec<(TableName, Digest)>,
    private: Option<Box<PrivateQuery>>,
    encrypted: Vec<(String, EncryptedKind)>,
}

impl Cleared {
    pub(crate) fn new(bound: Bound, guards: Vec<Guard>, rules: Vec<(TableName, Digest)>) -> Self {
        Self { bound, guards, rules, private: None, encrypted: Vec::new() }
    }

    pub(crate) fn with_private(self, private: PrivateQuery) -> Self {
        Self { private: Some(Box::new(private)), ..self }
    }

    pub(crate) fn with_encrypted(self, encrypted: Vec<(String, EncryptedKind)>) -> Self {
        Self { encrypted, ..self }
    }

    /// The columns of the result that are encrypted, in order.
    pub fn encrypted_outputs(&self) -> &[(String, EncryptedKind)] {
        &self.encrypted
    }

    /// What is computed instead of the plan, when a table of the query has differential privacy.
    pub fn private(&self) -> Option<&PrivateQuery> {
        self.private.as_deref()
    }

    /// The query as judged: guarded, and total.
    pub fn bound(&self) -> &Bound {
        &self.bound
    }

    /// The plan as judged; the counts of the guards are its last columns.
    pub fn plan(&self) -> &LogicalPlan {
        self.bound.plan()
    }

    /// What every row must meet at release.
    pub fn guards(&self) -> &[Guard] {
        &self.guards
    }

    /// The names of the result's columns, without those of the guards.
    pub fn output_names(&self) -> &[String] {
        self.bound.output_names()
    }

    /// The tables of the query in order of name.
    pub fn tables(&self) -> impl Iterator<Item = &TableName> {
        self.rules.iter().map(|(table, _)| table)
    }

    /// The digest of each rule that allowed the query, in order of table.
    pub fn rule_digests(&self) -> &[(TableName, Digest)] {
        &self.rules
    }
}

impl fmt::Debug for Cleared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cleared")
    }
}
