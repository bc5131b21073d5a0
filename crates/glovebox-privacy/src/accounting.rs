//! What a budget allows, what aggregations take from it, and how many are left.
//!
//! A budget promises `(epsilon, delta)` to every person for one period. Two sums are kept, both in
//! whole numbers, and neither may exceed the [`Allowance`]:
//!
//! - the **loss**: the sum of rho (zCDP) or of epsilon (pure) of everything drawn;
//! - the **delta** of thresholds on groups whose keys are not public.
//!
//! Under zCDP half of delta is set aside for the conversion, `delta_conv = floor(delta / 2)`, and
//! the rest is for thresholds; the allowed rho is the largest with
//!
//! `inf over a > 1 of exp((a - 1)(a rho - epsilon) + a ln(1 - 1/a)) / (a - 1) <= delta_conv`
//!
//! (CKS20, Proposition 7 and its corollaries). For each `a` the inequality is solved for rho,
//!
//! `rho(a) = (epsilon + (ln(delta_conv) + ln(a - 1) - a ln(1 - 1/a)) / (a - 1)) / a`,
//!
//! and the best `a` found is taken: every `a` is sound, a better one only allows more. The result
//! is rounded down. Half and half is near the best split: both parts enter under a logarithm.
//! The pure accountant needs no conversion: `epsilon` is the allowed loss, all of delta is for
//! thresholds.
//!
//! Losses of queries chosen one after the other, each after seeing the answers before, add up:
//! zCDP and pure differential privacy compose adaptively, also when costs are chosen adaptively,
//! as long as the sum stays within what was fixed (a filter). `(rho, delta_tau)`-approximate zCDP
//! composes in the same way, and gives `(epsilon, delta_conv + delta_tau)`-DP.

// Proof: accounting.proof.md

use glovebox_model::Accountant;

use crate::{Calibration, Cost, Uncalibrated};

const ATTO: f64 = 1e18;
const NANO: u64 = 1_000_000_000;

/// One millionth: delta is never more by default.
const LARGEST_DEFAULT_DELTA_ATTO: u64 = 1_000_000_000_000;

/// Delta of a budget whose owner declares none, in 10^-18: the smaller of 10^-6 and one tenth of
/// one over the declared number of users. Declared, never counted: a count of the data would say
/// something about the data.
pub fn default_delta_atto(declared_users: u64) -> u64 {
    (NANO * NANO / 10 / declared_users.max(1)).min(LARGEST_DEFAULT_DELTA_ATTO)
}

/// What a budget allows in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Who counts.
    pub accountant: Accountant,
    /// The allowed sums: of losses in billionths, of thresholds' delta in 10^-18.
    pub total: Cost,
}

impl Allowance {
    /// What `(epsilon, delta)` allows under `accountant`, rounded down.
    ///
    /// A delta of zero under zCDP allows nothing. Delta is at most one half.
    pub fn new(accountant: Accountant, epsilon: u32, delta_atto: u64) -> Self {
        let delta_atto = delta_atto.min(NANO * NANO / 2);
        let total = match accountant {
            Accountant::Pure => Cost { loss_nano: u64::from(epsilon) * NANO, delta_atto },
            Accountant::Zcdp => {
                let conversion = delta_atto / 2;
                Cost {
                    loss_nano: rho_nano(f64::from(epsilon), conversion),
                    delta_atto: delta_atto - conversion,
                }
            }
        };
        Self { accountant, total }
    }

    /// Delta for the threshold of one query: the allowance for thresholds by the number of the
    /// cheapest queries (one unit, one group a person) that the loss allows.
    ///
    /// So the delta of thresholds never runs out before the loss does. It is a function of the
    /// budget alone. The threshold grows with the logarithm of that number: 86,000 queries for
    /// 1,000 raise it by an eighth.
    ///
    /// # Errors
    /// [`Uncalibrated`] when `users_noise` is out of range, or delta too small to be shared.
    pub fn threshold_delta_atto(self, users_noise: u32) -> Result<u64, Uncalibrated> {
        let unit = Calibration::new(self.accountant, users_noise, 1)?.loss_nano(1);
        let n_queries = (self.total.loss_nano / unit.max(1)).max(1);
        match self.total.delta_atto / n_queries {
            0 => Err(Uncalibrated::NoDelta),
            share => Ok(share),
        }
    }
}

/// The largest rho, in billionths and rounded down, whose conversion at `epsilon` gives at most
/// `delta_atto`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "relative errors of 10^-13 against a margin of 10^-10; at most epsilon billionths"
)]
fn rho_nano(epsilon: f64, delta_atto: u64) -> u64 {
    if delta_atto == 0 {
        return 0;
    }
    let log_delta = (delta_atto as f64 / ATTO).ln();
    // In u = ln(a - 1), where the maximum is broad.
    let rho = |u: f64| {
        let rest = u.exp();
        let order = 1.0 + rest;
        let log = (-1.0 / order).ln_1p();
        (epsilon + (log_delta + u - order * log) / rest) / order
    };
    let (mut best, mut step) = (0.0, 0.5);
    for tenth in -140..=460 {
        let u = f64::from(tenth) / 20.0;
        if rho(u) > rho(best) {
            best = u;
        }
    }
    while step > 1e-9 {
        let better = [best - step, best + step].into_iter().find(|it| rho(*it) > rho(best));
        match better {
            Some(better) => best = better,
            None => step /= 2.0,
        }
    }
    (rho(best).max(0.0) * (1.0 - 1e-10) * 1e9).floor() as u64
}

/// The aggregations that noise is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aggregation {
    /// `AVG`.
    Average,
    /// `COUNT`, of rows.
    Count,
    /// `COUNT(DISTINCT identifier)`.
    CountDistinct,
    /// `STDDEV`, and the variance.
    StandardDeviation,
    /// `SUM`.
    Sum,
}

impl Aggregation {
    /// All of them, in order.
    pub const ALL: [Self; 5] =
        [Self::Average, Self::Count, Self::CountDistinct, Self::StandardDeviation, Self::Sum];

    /// How many vectors are released for it: an average is a sum and a count, a standard
    /// deviation a sum of squares as well.
    pub fn units(self) -> u32 {
        match self {
            Self::Average => 2,
            Self::Count | Self::CountDistinct | Self::Sum => 1,
            Self::StandardDeviation => 3,
        }
    }
}

/// Whether the keys of a query's groups are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// There are none, or they are declared or come from a public relation: every group appears.
    Known,
    /// They come from protected rows: groups appear by a threshold on their number of persons.
    Unknown,
}

/// The units of a query: those of its aggregations, and one for the number of persons when groups
/// need it and the query does not ask for it itself.
pub fn units(aggregations: &[Aggregation], keys: Keys) -> u32 {
    let asked = aggregations.iter().map(|it| it.units()).fold(0, u32::saturating_add);
    let counts = aggregations.contains(&Aggregation::CountDistinct);
    match keys {
        Keys::Unknown if !counts => asked.saturating_add(1),
        Keys::Known | Keys::Unknown => asked,
    }
}

/// How many queries with one aggregation a budget affords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affordable {
    /// Which aggregation.
    pub aggregation: Aggregation,
    /// With the budget untouched.
    pub maximum: u64,
    /// With what is left.
    pub remaining: u64,
}

/// How many queries with one aggregation each, without group keys or with public ones and one
/// group a person, `allowance` affords, and how many after `spent`.
///
/// # Errors
/// [`Uncalibrated`] when `users_noise` is out of range.
pub fn preview(
    allowance: Allowance,
    spent: Cost,
    users_noise: u32,
) -> Result<[Affordable; 5], Uncalibrated> {
    let calibration = Calibration::new(allowance.accountant, users_noise, 1)?;
    let left = allowance.total.less(spent);
    Ok(Aggregation::ALL.map(|aggregation| {
        let loss = calibration.loss_nano(aggregation.units()).max(1);
        Affordable {
            aggregation,
            maximum: allowance.total.loss_nano / loss,
            remaining: left.loss_nano / loss,
        }
    }))
}

#[cfg(test)]
mod tests {
    use opendp::combinators::ConcentratedMeasure;
    use opendp::measures::ZeroConcentratedDivergence;

    use super::*;

    const DELTAS: [u64; 6] =
        [1_000, 1_000_000, 100_000_000, 100_000_000_000, 500_000_000_000, 10_000_000_000_000_000];

    /// OpenDP's conversion, rounded up by its authors.
    fn cdp_delta(rho_nano: u64, epsilon: u32) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        let rho = rho_nano as f64 / 1e9;
        let profile = ZeroConcentratedDivergence::convert(rho).unwrap();
        profile.delta(f64::from(epsilon)).unwrap()
    }

    #[test]
    fn the_allowed_rho_is_the_largest_that_opendp_converts_to_the_declared_delta() {
        for epsilon in 1..=20 {
            for delta_atto in DELTAS {
                #[expect(clippy::cast_precision_loss, reason = "compared with some slack")]
                let delta = delta_atto as f64 / ATTO;
                let rho = rho_nano(f64::from(epsilon), delta_atto);
                assert!(cdp_delta(rho, epsilon) <= delta, "{epsilon} {delta}: {rho}");
                let more = rho + 2 + rho / 1_000_000_000;
                assert!(cdp_delta(more, epsilon) > delta, "{epsilon} {delta}: {rho} is too small");
            }
        }
    }

    #[test]
    fn the_table_of_the_reference_comes_out() {
        // Aggregations at delta_conv = 10^-7, C = 1: (epsilon, N, pure, zCDP).
        let rows = [
            (1, 10, 7, 4),
            (1, 30, 21, 36),
            (1, 60, 42, 145),
            (1, 100, 70, 403),
            (3, 10, 21, 31),
            (3, 30, 63, 283),
            (3, 60, 127, 1132),
            (3, 100, 212, 3145),
            (10, 10, 70, 270),
            (10, 30, 212, 2437),
            (10, 60, 424, 9749),
            (10, 100, 707, 27081),
            (20, 10, 141, 862),
            (20, 30, 424, 7759),
            (20, 60, 848, 31039),
            (20, 100, 1414, 86222),
        ];
        for (epsilon, users_noise, pure, zcdp) in rows {
            for (accountant, expected) in [(Accountant::Pure, pure), (Accountant::Zcdp, zcdp)] {
                let allowance = Allowance::new(accountant, epsilon, 200_000_000_000);
                let [_, _, distinct, ..] = preview(allowance, Cost::ZERO, users_noise).unwrap();
                assert_eq!(distinct.aggregation, Aggregation::CountDistinct);
                // Charges are rounded up and budgets down: one in a hundred thousand may be lost.
                let lost = u64::from(expected > 10_000);
                let found = distinct.maximum;
                assert!(
                    found <= expected && found + lost >= expected,
                    "{epsilon} {users_noise}: {found} for {expected}"
                );
            }
        }
    }

    #[test]
    fn delta_is_split_without_loss() {
        for delta_atto in [1, 2, 3, 999_999_999_999, 1_000_000_000_000] {
            let zcdp = Allowance::new(Accountant::Zcdp, 3, delta_atto).total;
            assert_eq!(zcdp.delta_atto + delta_atto / 2, delta_atto);
            let pure = Allowance::new(Accountant::Pure, 3, delta_atto).total;
            assert_eq!(pure, Cost { loss_nano: 3_000_000_000, delta_atto });
        }
        assert_eq!(Allowance::new(Accountant::Zcdp, 20, 0).total, Cost::ZERO);
        assert_eq!(Allowance::new(Accountant::Zcdp, 20, 1).total.loss_nano, 0);
    }

    #[test]
    fn delta_for_thresholds_never_runs_out_before_the_loss() {
        for accountant in [Accountant::Pure, Accountant::Zcdp] {
            for epsilon in [1, 3, 20] {
                for users_noise in [10, 33, 100] {
                    let allowance = Allowance::new(accountant, epsilon, 1_000_000_000_000);
                    let share = allowance.threshold_delta_atto(users_noise).unwrap();
                    let unit = Calibration::new(accountant, users_noise, 1).unwrap().loss_nano(1);
                    let n_queries = allowance.total.loss_nano / unit;
                    assert!(share * n_queries <= allowance.total.delta_atto);
                    assert!(share > 0);
                }
            }
        }
        let tiny = Allowance::new(Accountant::Pure, 20, 10);
        assert_eq!(tiny.threshold_delta_atto(100), Err(Uncalibrated::NoDelta));
    }

    #[test]
    fn the_default_delta_shrinks_with_the_declared_population() {
        assert_eq!(default_delta_atto(0), 1_000_000_000_000);
        assert_eq!(default_delta_atto(1_000), 1_000_000_000_000);
        assert_eq!(default_delta_atto(100_000), 1_000_000_000_000);
        assert_eq!(default_delta_atto(1_000_000), 100_000_000_000);
        assert_eq!(default_delta_atto(1_930_000), 51_813_471_502);
        assert_eq!(default_delta_atto(u64::MAX), 0);
    }

    #[test]
    fn unknown_keys_cost_one_count_of_persons_unless_the_query_asks_for_it() {
        use Aggregation::{Average, Count, CountDistinct, StandardDeviation, Sum};
        assert_eq!(units(&[Count, Sum], Keys::Known), 2);
        assert_eq!(units(&[Count, Sum], Keys::Unknown), 3);
        assert_eq!(units(&[CountDistinct, Sum], Keys::Unknown), 2);
        assert_eq!(units(&[Average, StandardDeviation], Keys::Known), 5);
        assert_eq!(units(&[], Keys::Unknown), 1);
    }

    #[test]
    fn what_remains_is_what_the_remaining_loss_affords() {
        let allowance = Allowance::new(Accountant::Pure, 1, 0);
        let spent = Cost { loss_nano: 900_000_000, delta_atto: 0 };
        let found: Vec<_> = preview(allowance, spent, 30)
            .unwrap()
            .map(|it| (it.maximum, it.remaining))
            .into_iter()
            .collect();
        assert_eq!(found, [(10, 1), (21, 2), (21, 2), (7, 0), (21, 2)]);
        let overspent = Cost { loss_nano: u64::MAX, delta_atto: 0 };
        assert!(preview(allowance, overspent, 30).unwrap().iter().all(|it| it.remaining == 0));
    }
}
