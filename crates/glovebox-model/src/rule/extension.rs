//! What an owner says beyond AWS's shapes, about one configured table.

use crate::ability::words;

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
}

impl Default for Extension {
    fn default() -> Self {
        Self {
            mode: Mode::Strict,
            max_groups_per_identity: None,
            distinct_runner_rows: false,
            suppression_notice: false,
        }
    }
}
