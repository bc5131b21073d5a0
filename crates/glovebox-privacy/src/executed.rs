//! Exact rows, sealed.

use glovebox_model::Digest;

use crate::{Priced, Rows};

/// The exact result of a query. It can be released, and nothing else: not printed, read, cloned
/// or serialized.
#[expect(missing_debug_implementations, reason = "exact rows are never printed")]
#[must_use = "rows that were read are to be released, or withheld with the query closed"]
pub struct Executed {
    pub(crate) priced: Priced,
    pub(crate) rows: Rows,
    /// What the remainder gave: no row, or one.
    pub(crate) other: Option<Rows>,
}

impl Executed {
    pub(crate) fn new(priced: Priced, rows: Rows, other: Option<Rows>) -> Self {
        Self { priced, rows, other }
    }

    /// The digest over the manifests of all inputs.
    pub fn inputs(&self) -> Digest {
        self.rows.inputs
    }
}
