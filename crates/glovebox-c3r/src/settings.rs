//! The four choices that a collaboration makes for all its members.

use serde::{Deserialize, Serialize};

/// What the members agreed on when they created the collaboration.
///
/// Read and written as AWS's `dataEncryptionMetadata`: four booleans, none of which may be left
/// out. A name that is not among them is refused, as it could change what the others mean.
///
/// The default is the most protective choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "AWS's API has these four")]
pub struct Settings {
    /// Columns may be left in cleartext.
    pub allow_cleartext: bool,
    /// A fingerprint column may hold a value more than once.
    pub allow_duplicates: bool,
    /// Fingerprints of equal values are equal in all columns, and not only under one name.
    pub allow_joins_on_columns_with_different_names: bool,
    /// NULL stays NULL, and who sees the table sees where.
    pub preserve_nulls: bool,
}
