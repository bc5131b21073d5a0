//! What a query takes from a privacy budget.

/// A cost in zero-concentrated differential privacy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cost {
    /// Billionths of rho.
    pub rho_nano: u64,
    /// 10^-18 of delta.
    pub delta_atto: u64,
}

impl Cost {
    /// Aggregation and list rules draw no noise and take nothing.
    pub const ZERO: Self = Self { rho_nano: 0, delta_atto: 0 };
}
