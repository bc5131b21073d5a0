//! What data owners demand for reading their tables.

/// The owners' terms. Thresholds belong to the rules; there is nothing else to demand until
/// differential privacy is built.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Terms {}
