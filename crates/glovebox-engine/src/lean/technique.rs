//! The techniques by their names.

/// One way to leave work out; queries are run by all of them. A bench leaves one out to see what it
/// is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Technique {
    /// Text that is only compared stands as 128-bit fingerprints from its scan on.
    Fingerprints,
    /// Columns that a join made equal are counted once.
    Equal,
    /// A distinct count is a count of marked rows.
    Marks,
    /// A distinct count that is only compared with a minimum stops at it.
    Minimums,
}

impl Technique {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fingerprints, Self::Equal, Self::Marks, Self::Minimums];
}
