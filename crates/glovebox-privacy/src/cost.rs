//! What a query takes from a privacy budget.

/// A cost in differential privacy: whole numbers, each charge rounded up.
///
/// Costs are compared and summed field by field; the derived order is lexicographic and says
/// nothing about whether a cost fits an allowance (see [`Cost::fits`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cost {
    /// Billionths of what the pool's accountant counts: of rho under zero-concentrated
    /// differential privacy, of epsilon under the pure accountant.
    pub loss_nano: u64,
    /// 10^-18 of delta, for thresholds on groups whose keys are not public.
    pub delta_atto: u64,
}

impl Cost {
    /// Aggregation and list rules draw no noise and take nothing.
    pub const ZERO: Self = Self { loss_nano: 0, delta_atto: 0 };

    /// Both sums, or nothing when one does not fit: a sum that is too large is never a small one.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self {
            loss_nano: self.loss_nano.checked_add(other.loss_nano)?,
            delta_atto: self.delta_atto.checked_add(other.delta_atto)?,
        })
    }

    /// Whether `self` can still be taken from `left`: in loss and in delta.
    pub fn fits(self, left: Self) -> bool {
        self.loss_nano <= left.loss_nano && self.delta_atto <= left.delta_atto
    }

    /// What is left of `self` after `spent`; nothing is left of what is overspent.
    #[must_use]
    pub fn less(self, spent: Self) -> Self {
        Self {
            loss_nano: self.loss_nano.saturating_sub(spent.loss_nano),
            delta_atto: self.delta_atto.saturating_sub(spent.delta_atto),
        }
    }
}
