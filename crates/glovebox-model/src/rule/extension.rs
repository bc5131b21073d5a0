//! What an owner says beyond AWS's shapes, about one configured table.

use std::collections::BTreeMap;

use crate::ability::words;
use crate::{Accountant, ColumnName, Encryption, Number};

words! {
    /// How a rule is read where the real service is documented to leave a hole.
    Mode {
        /// As the real service reads it, holes included.
        Aws "aws",
        /// Holes closed: the default.
        Strict "strict",
    }
}

/// An owner's choices; part of the rule's digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// How the rule is read.
    pub mode: Mode,
    /// A key of the runner's own table may fall into at most so many of the runner's groups.
    pub max_groups_per_identity: Option<u32>,
    /// The runner's own relation is reduced to distinct rows of the columns that are used.
    pub distinct_runner_rows: bool,
    /// Withheld groups may be merged into one row that passes every threshold itself.
    pub suppression_notice: bool,
    /// Queries over tables with differential privacy may treat this table as public: nothing
    /// about its rows is protected in them.
    pub public_for_privacy: bool,
    /// What the owner declares for differential privacy.
    pub declared: Declared,
    /// Which columns the owner encrypted.
    pub encryption: Encryption,
}

/// What an owner declares for differential privacy: public knowledge about a table, never read
/// from its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// For each column: no value counts as less or more.
    pub bounds: BTreeMap<ColumnName, Bounds>,
    /// At most so many groups of one result count for one user: 1 to 1000.
    pub max_groups_per_user: u32,
    /// At most so many rows of one user count in one group: 1 to 1000000.
    pub max_rows_per_group: u32,
    /// Groups of fewer users do not appear, except under keys that this owner declares.
    pub minimum_users: Option<u32>,
    /// For each column: the keys that every result shows, whether there are rows or not.
    pub public_keys: BTreeMap<ColumnName, Vec<String>>,
    /// The name of the population that the user identifiers are from; tables of one owner over
    /// one population draw on one budget.
    pub population: Option<String>,
    /// About how many users there are, as the owner publishes it.
    pub declared_users: Option<u64>,
    /// How loss is added up.
    pub accountant: Accountant,
    /// The greatest epsilon over all periods and collaborations.
    pub lifetime_epsilon: Option<u32>,
}

/// The least and the greatest value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// No value counts as less.
    pub low: Number,
    /// No value counts as more.
    pub high: Number,
}

/// A declaration that cannot be: the field, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {text}")]
pub struct DeclaredFault {
    /// The field, as the owner writes it.
    pub field: String,
    /// What is wrong.
    pub text: &'static str,
}

/// The most declared keys of one column.
const PUBLIC_KEYS: usize = 10_000;
/// The longest declared key and name, in bytes.
const LONGEST: usize = 256;

impl Declared {
    /// The population that the user identifiers are from: the empty name, which cannot be declared,
    /// for all tables of an owner who names none.
    pub fn population_name(&self) -> &str {
        self.population.as_deref().unwrap_or_default()
    }

    /// Everything that cannot be.
    ///
    /// # Errors
    /// One fault for each field, in order.
    pub fn check(&self) -> Result<(), Vec<DeclaredFault>> {
        let mut faults = Vec::new();
        let mut fault = |field: String, text| faults.push(DeclaredFault { field, text });
        for (column, Bounds { low, high }) in &self.bounds {
            if low > high {
                fault(format!("bounds.{column}"), "low must not be greater than high");
            }
        }
        if !(1..=1_000).contains(&self.max_groups_per_user) {
            fault("maxGroupsPerUser".into(), "must be 1 to 1000");
        }
        if !(1..=1_000_000).contains(&self.max_rows_per_group) {
            fault("maxRowsPerGroup".into(), "must be 1 to 1000000");
        }
        if self.minimum_users.is_some_and(|it| !(1..=100_000).contains(&it)) {
            fault("minimumUsers".into(), "must be 1 to 100000");
        }
        for (column, keys) in &self.public_keys {
            let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
            if keys.is_empty() || keys.len() > PUBLIC_KEYS {
                fault(format!("publicKeys.{column}"), "must have 1 to 10000 keys");
            } else if distinct.len() != keys.len() {
                fault(format!("publicKeys.{column}"), "a key is given twice");
            } else if keys.iter().any(|it| it.len() > LONGEST) {
                fault(format!("publicKeys.{column}"), "a key is longer than 256 bytes");
            }
        }
        if self.population.as_ref().is_some_and(|it| it.is_empty() || it.len() > LONGEST) {
            fault("population".into(), "must have 1 to 256 bytes");
        }
        if self.declared_users == Some(0) {
            fault("declaredUsers".into(), "must be at least 1");
        }
        if self.lifetime_epsilon.is_some_and(|it| !(1..=10_000).contains(&it)) {
            fault("lifetimeEpsilon".into(), "must be 1 to 10000");
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

impl Default for Declared {
    fn default() -> Self {
        Self {
            bounds: BTreeMap::new(),
            max_groups_per_user: 1,
            max_rows_per_group: 1,
            minimum_users: None,
            public_keys: BTreeMap::new(),
            population: None,
            declared_users: None,
            accountant: Accountant::Zcdp,
            lifetime_epsilon: None,
        }
    }
}

impl Default for Extension {
    fn default() -> Self {
        Self {
            mode: Mode::Strict,
            max_groups_per_identity: None,
            distinct_runner_rows: false,
            suppression_notice: false,
            public_for_privacy: false,
            declared: Declared::default(),
            encryption: Encryption::default(),
        }
    }
}
