//! How much noise a released cell gets, and what it costs to draw it.
//!
//! Notation. One person changes at most `C` groups, and each released cell of a group by at most
//! `d` (an integer). `N` is `usersNoisePerQuery`: the standard deviation of the noise, counted in
//! persons. The answer of one aggregation over all groups is one vector; between neighbouring
//! data sets it changes by at most `C d` in the first norm and `sqrt(C) d` in the second.
//!
//! | accountant | mechanism | scale | loss of one unit |
//! |---|---|---|---|
//! | zCDP | discrete Gaussian, CKS20 | `sigma = N d` | `rho = C / (2 N^2)` |
//! | pure | discrete Laplace, GRS12 and CKS20 | `b = B d`, `B = 1 / (2 asinh(1 / (sqrt(2) N)))` | `epsilon = C / B` |
//!
//! The discrete Gaussian with `sigma^2` satisfies `(Delta_2^2 / (2 sigma^2))`-zCDP for integer
//! vectors (CKS20, Theorem 4 and its multivariate form), and `Delta_2^2 / (2 sigma^2)` is
//! `C d^2 / (2 N^2 d^2)`.
//! The discrete Laplace with `b` satisfies `(Delta_1 / b)`-DP, and `Delta_1 / b = C d / (B d)`.
//! So the loss depends on `C` and `N` alone: not on the data, not on what is aggregated.
//!
//! `B` is the scale at which the discrete Laplace has standard deviation exactly `N`:
//! `sd(b) = sqrt(2 p) / (1 - p) = 1 / (sqrt(2) sinh(1 / (2 b)))`, `p = exp(-1 / b)`. It is rounded
//! up to a multiple of 2^-16, and the loss is computed from the rounded value. For `d > 1` the
//! standard deviation is between `N d` and `N d (1 + 1 / (12 N^2))`: 0.08 % more at `N = 10`.
//!
//! CKS20: Canonne, Kamath, Steinke, The Discrete Gaussian for Differential Privacy, 2020.
//! GRS12: Ghosh, Roughgarden, Sundararajan, Universally Utility-Maximizing Privacy Mechanisms, 2012.

// Proof: accounting.proof.md

use glovebox_model::Accountant;

use crate::draw::{Draw, NotDrawn};
use crate::{Cost, Ratio, discrete};

/// The largest bound on what one person changes in a cell: then 2^34 persons, more than there are,
/// add up to 2^126 at most, and with noise to what 128 bits hold. Whether a number fits never
/// depends on data.
pub const LARGEST_SENSITIVITY: u128 = 1 << 92;

/// The largest `usersNoisePerQuery` that the mathematics is checked for. (AWS allows 10 to 100.)
pub const LARGEST_USERS_NOISE: u32 = 1000;

/// The scales of the discrete Laplace are multiples of 2^-16.
const LAPLACE_GRID: u64 = 1 << 16;

const NANO: u128 = 1_000_000_000;

/// The distribution of the noise. The accountant of the budget decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// `Pr[Z = z]` proportional to `exp(-z^2 / (2 sigma^2))`, on the integers.
    Gaussian,
    /// `Pr[Z = z]` proportional to `exp(-|z| / b)`, on the integers.
    Laplace,
}

impl From<Accountant> for Mechanism {
    fn from(accountant: Accountant) -> Self {
        match accountant {
            Accountant::Pure => Self::Laplace,
            Accountant::Zcdp => Self::Gaussian,
        }
    }
}

/// A query whose noise cannot be calibrated. Plan and declarations decide it, never data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uncalibrated {
    /// No delta is left for the threshold on groups whose keys are not public.
    #[error("the share of delta for a threshold is zero")]
    NoDelta,
    /// A person in no group has nothing to protect; the declaration must be wrong.
    #[error("a person contributes to no group")]
    NoGroups,
    /// What one person changes in a cell is zero or beyond 2^92.
    #[error("one person changes a cell by {sensitivity}, which is not between 1 and 2^92")]
    Sensitivity {
        /// The bound in question.
        sensitivity: u128,
    },
    /// `usersNoisePerQuery` is zero or beyond what is checked.
    #[error("noise of {users_noise} users per query is not between 1 and 1000")]
    UsersNoise {
        /// The number in question.
        users_noise: u32,
    },
}

/// What decides the noise of a query: the accountant, `usersNoisePerQuery`, and to how many
/// groups one person contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calibration {
    accountant: Accountant,
    users_noise: u32,
    groups: u32,
}

impl Calibration {
    /// A query under `accountant`, with `users_noise` as `N` and `groups` as `C`; `C` is 1 when
    /// the query has no group keys.
    ///
    /// # Errors
    /// [`Uncalibrated`] when one of the numbers is out of range.
    pub fn new(
        accountant: Accountant,
        users_noise: u32,
        groups: u32,
    ) -> Result<Self, Uncalibrated> {
        if users_noise == 0 || users_noise > LARGEST_USERS_NOISE {
            return Err(Uncalibrated::UsersNoise { users_noise });
        }
        if groups == 0 {
            return Err(Uncalibrated::NoGroups);
        }
        Ok(Self { accountant, users_noise, groups })
    }

    /// Who counts the loss.
    pub fn accountant(self) -> Accountant {
        self.accountant
    }

    /// `N`: the standard deviation of the noise in persons.
    pub fn users_noise(self) -> u32 {
        self.users_noise
    }

    /// `C`: to how many groups one person contributes at most.
    pub fn groups(self) -> u32 {
        self.groups
    }

    /// The scale for a cell that one person changes by at most `sensitivity`.
    ///
    /// # Errors
    /// [`Uncalibrated::Sensitivity`] when it is zero or too large.
    pub fn scale(self, sensitivity: u128) -> Result<Scale, Uncalibrated> {
        let out_of_range = Uncalibrated::Sensitivity { sensitivity };
        if sensitivity == 0 || sensitivity > LARGEST_SENSITIVITY {
            return Err(out_of_range);
        }
        let mechanism = Mechanism::from(self.accountant);
        let (numerator, denominator) = match mechanism {
            Mechanism::Gaussian => (u128::from(self.users_noise), 1),
            Mechanism::Laplace => (laplace_numerator(self.users_noise), LAPLACE_GRID),
        };
        // At most 2^92 * 2^10 * 2^16: it cannot overflow.
        let ratio = numerator
            .checked_mul(sensitivity)
            .and_then(|it| Ratio::new(it, denominator))
            .ok_or(out_of_range)?;
        Ok(Scale { mechanism, ratio })
    }

    /// The loss of `units` released vectors, in billionths, rounded up; `u64::MAX`, which fits no
    /// budget, when it is larger.
    pub fn loss_nano(self, units: u32) -> u64 {
        let n = u128::from(self.users_noise);
        let change = u128::from(units) * u128::from(self.groups) * NANO;
        let loss = match Mechanism::from(self.accountant) {
            Mechanism::Gaussian => change.div_ceil(2 * n * n),
            Mechanism::Laplace => {
                (change * u128::from(LAPLACE_GRID)).div_ceil(laplace_numerator(self.users_noise))
            }
        };
        u64::try_from(loss).unwrap_or(u64::MAX)
    }

    /// The cost of a query with `units` released vectors and `delta_atto` for its threshold (zero
    /// when all keys are public).
    pub fn cost(self, units: u32, delta_atto: u64) -> Cost {
        Cost { loss_nano: self.loss_nano(units), delta_atto }
    }
}

/// `B` in units of 2^-16, rounded up.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 2^15 and 2^26 for every number of users that is allowed"
)]
fn laplace_numerator(users_noise: u32) -> u128 {
    let argument = 1.0 / (std::f64::consts::SQRT_2 * f64::from(users_noise));
    let scale = 1.0 / (2.0 * argument.asinh());
    (scale * 65536.0) as u128 + 1
}

/// The noise of one cell: a mechanism with its exact scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    mechanism: Mechanism,
    ratio: Ratio,
}

impl Scale {
    /// Which distribution.
    pub fn mechanism(self) -> Mechanism {
        self.mechanism
    }

    /// `sigma` of the Gaussian, `b` of the Laplace.
    pub fn ratio(self) -> Ratio {
        self.ratio
    }

    /// `value` with fresh noise. It is never clamped: a released count may be below zero.
    ///
    /// # Errors
    /// [`NotDrawn`] when there is no entropy, or, with probability below 10^-70, when the sum does
    /// not fit.
    pub fn noisy(self, value: i128, draw: &mut dyn Draw) -> Result<i128, NotDrawn> {
        let noise = match self.mechanism {
            Mechanism::Gaussian => draw.discrete_gaussian(self.ratio)?,
            Mechanism::Laplace => draw.discrete_laplace(self.ratio)?,
        };
        value.checked_add(noise).ok_or(NotDrawn::TooLarge)
    }

    /// The standard deviation of the noise. For the discrete Gaussian `sigma`, which is an upper
    /// bound (CKS20, Corollary 9) and the value itself to 10^-8 for `sigma >= 1`.
    pub fn standard_deviation(self) -> f64 {
        let scale = self.ratio.to_f64();
        match self.mechanism {
            Mechanism::Gaussian => scale,
            Mechanism::Laplace => 1.0 / (std::f64::consts::SQRT_2 * (1.0 / (2.0 * scale)).sinh()),
        }
    }

    /// Half the width of the 95 % interval: the smallest `h` (for scales beyond 1000 at most one
    /// more) with `Pr[|Z| <= h] >= 0.95`.
    pub fn half_width(self) -> u128 {
        discrete::half_width(self.mechanism, self.ratio.to_f64())
    }

    pub(crate) fn to_f64(self) -> f64 {
        self.ratio.to_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gaussian_scale_is_users_times_sensitivity_exactly() {
        let calibration = Calibration::new(Accountant::Zcdp, 30, 3).unwrap();
        for sensitivity in [1, 7, 1 << 53, LARGEST_SENSITIVITY] {
            let scale = calibration.scale(sensitivity).unwrap();
            assert_eq!(scale.ratio().numerator(), 30 * sensitivity);
            assert_eq!(scale.ratio().denominator(), 1);
        }
    }

    #[test]
    fn the_laplace_scale_has_at_least_the_declared_deviation_and_hardly_more() {
        for users_noise in 1..=LARGEST_USERS_NOISE {
            let calibration = Calibration::new(Accountant::Pure, users_noise, 1).unwrap();
            let declared = f64::from(users_noise);
            let one = calibration.scale(1).unwrap().standard_deviation();
            assert!(one >= declared * (1.0 - 1e-12) && one <= declared + 3e-5, "{users_noise}");
            let many = calibration.scale(1 << 90).unwrap().standard_deviation() / 2f64.powi(90);
            let most = 1.0 + 1.0 / (12.0 * declared * declared) + 1e-4 / declared;
            assert!(many >= declared && many <= declared * most, "{users_noise}: {many}");
        }
    }

    #[test]
    fn a_charge_is_rounded_up_and_never_down() {
        for users_noise in [1, 3, 7, 10, 30, 33, 60, 99, 100, 1000] {
            for groups in [1, 2, 3, 5, 100, u32::MAX] {
                for units in [1, 2, 3, 4, 17, u32::MAX] {
                    let n = u128::from(users_noise);
                    let gaussian = Calibration::new(Accountant::Zcdp, users_noise, groups).unwrap();
                    let exact = u128::from(units) * u128::from(groups) * NANO;
                    let loss = gaussian.loss_nano(units);
                    let charged = u128::from(loss) * 2 * n * n;
                    assert!(charged >= exact || loss == u64::MAX);
                    assert!(charged < exact + 2 * n * n);
                    let laplace = Calibration::new(Accountant::Pure, users_noise, groups).unwrap();
                    let scale = laplace.scale(1).unwrap().ratio();
                    let exact = exact * u128::from(scale.denominator());
                    let loss = laplace.loss_nano(units);
                    let charged = u128::from(loss) * scale.numerator();
                    assert!(charged >= exact || loss == u64::MAX);
                    assert!(charged < exact + scale.numerator());
                }
            }
        }
    }

    #[test]
    fn the_largest_sum_and_its_noise_fit_into_128_bits() {
        let persons = 1_i128 << 34;
        let sum = persons * i128::try_from(LARGEST_SENSITIVITY).unwrap();
        // The type of sums has 38 digits.
        assert!(sum < 10_i128.pow(38));
        for accountant in [Accountant::Pure, Accountant::Zcdp] {
            let calibration = Calibration::new(accountant, LARGEST_USERS_NOISE, 1).unwrap();
            let scale = calibration.scale(LARGEST_SENSITIVITY).unwrap();
            let times = 2f64.powi(126) / scale.to_f64();
            assert!(times > 2f64.powi(23), "{accountant:?}: {times}");
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let users = |it| Calibration::new(Accountant::Zcdp, it, 1).unwrap_err();
        assert_eq!(users(0), Uncalibrated::UsersNoise { users_noise: 0 });
        assert_eq!(users(1001), Uncalibrated::UsersNoise { users_noise: 1001 });
        let groups = Calibration::new(Accountant::Pure, 10, 0).unwrap_err();
        assert_eq!(groups, Uncalibrated::NoGroups);
        let calibration = Calibration::new(Accountant::Pure, 1000, 1).unwrap();
        assert!(calibration.scale(0).is_err());
        assert!(calibration.scale(LARGEST_SENSITIVITY).is_ok());
        assert!(calibration.scale(LARGEST_SENSITIVITY + 1).is_err());
    }
}
