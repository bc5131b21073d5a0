//! What a query costs, from the published formulas.

/// A budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Epsilon
    pub epsilon: u32,
    /// N
    pub noise: u32,
    /// Delta in 10^-18.
    pub delta_atto: u64,
    /// Pure differential privacy, else zCDP.
    pub pure: bool,
}

impl Budget {
    /// The scale of the noise for an integer that one user changes by one, in 65536ths.
    pub fn unit_scale(self) -> u128 {
        let noise = f64::from(self.noise);
        if self.pure {
            let scale = 1.0 / (2.0 * (1.0 / (2_f64.sqrt() * noise)).asinh());
            (scale * 65_536.0).ceil() as u128
        } else {
            u128::from(self.noise) * 65_536
        }
    }
}

/// Billionths of the loss of so many numbers, each about so many groups of one user.
pub fn loss_nano(budget: Budget, units: usize, groups: u32) -> u64 {
    let (units, groups) = (units as u128, u128::from(groups));
    let (above, below) = if budget.pure {
        (units * groups * 65_536, budget.unit_scale())
    } else {
        (units * groups, 2 * u128::from(budget.noise).pow(2))
    };
    (above * 1_000_000_000).div_ceil(below) as u64
}

/// The delta of one threshold: what is set aside for thresholds, by the number of cheapest queries.
pub fn threshold_delta_atto(budget: Budget) -> u64 {
    let (loss, delta) = if budget.pure {
        (u64::from(budget.epsilon) * 1_000_000_000, budget.delta_atto)
    } else {
        let conversion = budget.delta_atto / 2;
        (largest_rho_nano(f64::from(budget.epsilon), conversion), budget.delta_atto - conversion)
    };
    delta / (loss / loss_nano(budget, 1, 1)).max(1)
}

/// The largest rho for which `exp((a-1)(a rho - epsilon) + a ln(1 - 1/a)) / (a-1) <= delta` for
/// some a: bisected on rho, with the exponent minimised over a fine grid of a.
fn largest_rho_nano(epsilon: f64, delta_atto: u64) -> u64 {
    let log_delta = (delta_atto as f64 / 1e18).ln();
    let fits = |rho: f64| {
        (-7000..23_000).any(|it| {
            let rest = (f64::from(it) / 1000.0).exp();
            let a = 1.0 + rest;
            rest * (a * rho - epsilon) + a * (-1.0 / a).ln_1p() - rest.ln() <= log_delta
        })
    };
    let (mut low, mut high) = (0.0, epsilon);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if fits(middle) { low = middle } else { high = middle }
    }
    (low * 1e9).floor() as u64
}
