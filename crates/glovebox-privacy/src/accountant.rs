//! Who counts a loss. (Moves to the model.)

/// Who counts a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accountant {
    /// Pure differential privacy: epsilon.
    Pure,
    /// Zero-concentrated differential privacy: rho.
    Zcdp,
}
