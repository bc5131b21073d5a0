//! What a table is, as its source says it.

use glovebox_model::Column;

use super::Format;

/// What a table is, to be stored when its owner configures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The columns in the files, in their order.
    pub columns: Vec<Column>,
    /// The keys of Hive's folders, from the outermost in.
    pub partition_keys: Vec<Column>,
    /// The format of the files; `None` of what keeps no files.
    pub format: Option<Format>,
}
