//! Which groups appear when their keys are not public.
//!
//! A key that appears says that somebody has it. A group that only one person holds must
//! therefore appear with a probability that is paid for, in delta.
//!
//! The rule: with `u` the exact number of persons of a group, `k` the owner's minimum (at least 1)
//! and `Z` the noise of the count of persons, the group is released when
//!
//! `u >= k` and `u - (k - 1) + Z >= tau`.
//!
//! `tau` is the smallest number with `Pr[1 + Z >= tau] <= delta_1`, where `delta_1 = 1 - (1 -
//! delta_tau)^(1/C)`: one person holds up to `C` such groups, and none of them appears with
//! probability at least `(1 - delta_1)^C = 1 - delta_tau`.
//!
//! - discrete Laplace: `Pr[Z >= m] = p^m / (1 + p)`, `p = exp(-1/b)`, so `tau = 1 + ceil(b ln(1 /
//!   ((1 + p) delta_1)))`. The textbook formula for the continuous distribution has 2 in place of
//!   `1 + p` and gives a threshold that is one too low (129 for 130 at `b = 9`, `C = 3`, 10^-6).
//! - discrete Gaussian: the tail is summed. The closed bound `2 + ceil(sigma Phi^-1(1 -
//!   delta_1))` of CKS20, Proposition 25 is the same number or one more.
//!
//! OpenDP's own threshold maps are not used: their delta is for `>` where the release keeps `>=`
//! (opendp#2922). The minimum `k` is an exact floor in the manner of Google's pre-threshold.

// Proof: threshold.proof.md

use crate::draw::{Draw, NotDrawn};
use crate::{Calibration, Mechanism, Scale, Uncalibrated, discrete};

const ATTO: f64 = 1e18;

/// The threshold of one query on groups whose keys are not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    scale: Scale,
    tau: u64,
    minimum_users: u64,
}

impl Threshold {
    /// The threshold that costs `delta_atto`, with `minimum_users` as the owner's exact floor (0
    /// and 1 demand nothing). The noise is that of one count of distinct persons.
    ///
    /// # Errors
    /// [`Uncalibrated::NoDelta`] when `delta_atto` is zero.
    pub fn new(
        calibration: Calibration,
        delta_atto: u64,
        minimum_users: u32,
    ) -> Result<Self, Uncalibrated> {
        let delta_one = delta_one(delta_atto, calibration.groups());
        if delta_one <= 0.0 {
            return Err(Uncalibrated::NoDelta);
        }
        let scale = calibration.scale(1)?;
        let tau = tau(scale.mechanism(), scale.to_f64(), delta_one);
        Ok(Self { scale, tau, minimum_users: u64::from(minimum_users.max(1)) })
    }

    /// What the noisy number of persons, less the floor, must reach.
    pub fn tau(self) -> u64 {
        self.tau
    }

    /// The noise of the count of persons.
    pub fn scale(self) -> Scale {
        self.scale
    }

    /// The smallest noisy number of persons that is ever released: `tau + k - 1`.
    pub fn smallest_released(self) -> u64 {
        self.tau + (self.minimum_users - 1)
    }

    /// Decides about a group of `users` persons: their noisy number when the group is released.
    /// One number is drawn for every group, released or not; this is the group's one release of
    /// `COUNT(DISTINCT identifier)`.
    ///
    /// # Errors
    /// [`NotDrawn`] when no noise could be drawn.
    pub fn admit(self, users: u64, draw: &mut dyn Draw) -> Result<Option<i128>, NotDrawn> {
        let noisy = self.scale.noisy(i128::from(users), draw)?;
        let is_released =
            users >= self.minimum_users && noisy >= i128::from(self.smallest_released());
        Ok(is_released.then_some(noisy))
    }

    /// The probability that a group of `users` persons appears.
    pub fn appears(self, users: u64) -> f64 {
        if users < self.minimum_users {
            return 0.0;
        }
        let wanted = i128::from(self.smallest_released()) - i128::from(users);
        discrete::survival(self.scale.mechanism(), self.scale.to_f64(), wanted).min(1.0)
    }

    /// The smallest group that appears with at least `probability`: every smaller one appears
    /// more rarely. With 0.05: the size below which a group will hardly appear.
    pub fn group_size(self, probability: f64) -> u64 {
        let (mut below, mut above) = (0, self.smallest_released().saturating_mul(2).max(2));
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if self.appears(middle) >= probability {
                above = middle;
            } else {
                below = middle;
            }
        }
        above
    }
}

/// `1 - (1 - delta_tau)^(1/C)`, rounded down.
#[expect(clippy::cast_precision_loss, reason = "rounded down below")]
fn delta_one(delta_atto: u64, groups: u32) -> f64 {
    let delta_tau = (delta_atto as f64 / ATTO).min(0.5);
    let exponent = (-delta_tau).ln_1p() / f64::from(groups);
    -exponent.exp_m1() * (1.0 - 1e-12)
}

fn tau(mechanism: Mechanism, scale: f64, delta_one: f64) -> u64 {
    1 + discrete::rarely_reached(mechanism, scale, delta_one)
}

#[cfg(test)]
mod tests {
    use glovebox_model::Accountant;

    use super::*;

    #[test]
    fn the_threshold_of_the_textbook_is_one_too_low_and_ours_is_not() {
        let delta_one = delta_one(1_000_000_000_000, 3);
        let ours = tau(Mechanism::Laplace, 9.0, delta_one);
        let textbook = 1.0 + (9.0 * (1.0 / (2.0 * delta_one)).ln()).ceil();
        assert_eq!(ours, 130);
        assert!((textbook - 129.0).abs() < 0.5, "{textbook}");
        let achieved = |tau: i128| {
            let one = discrete::survival(Mechanism::Laplace, 9.0, tau - 1);
            1.0 - (1.0 - one).powi(3)
        };
        assert!(achieved(130) <= 1e-6 && achieved(129) > 1e-6);
    }

    #[test]
    fn the_gaussian_threshold_of_the_reference_comes_out() {
        let tau = tau(Mechanism::Gaussian, 30.0, delta_one(100_000_000_000, 3));
        assert_eq!(tau, 164);
    }

    #[test]
    fn the_closed_laplace_formula_gives_the_same_number() {
        for users_noise in [10, 30, 60, 100] {
            for groups in [1, 3, 10] {
                for delta_atto in [1_000, 1_000_000_000, 1_000_000_000_000] {
                    let calibration =
                        Calibration::new(Accountant::Pure, users_noise, groups).unwrap();
                    let threshold = Threshold::new(calibration, delta_atto, 0).unwrap();
                    let b = threshold.scale().to_f64();
                    let p = (-1.0 / b).exp();
                    let closed =
                        (b * (1.0 / ((1.0 + p) * delta_one(delta_atto, groups))).ln()).ceil();
                    #[expect(clippy::cast_precision_loss, reason = "a small number")]
                    let ours = threshold.tau() as f64 - 1.0;
                    assert!((ours - closed).abs() < 0.5, "{users_noise} {groups} {delta_atto}");
                }
            }
        }
    }

    #[test]
    fn a_floor_is_exact_and_shifts_the_threshold() {
        let calibration = Calibration::new(Accountant::Zcdp, 10, 1).unwrap();
        let free = Threshold::new(calibration, 1_000_000_000, 1).unwrap();
        let floor = Threshold::new(calibration, 1_000_000_000, 50).unwrap();
        assert_eq!(free.tau(), floor.tau());
        assert_eq!(floor.smallest_released(), free.tau() + 49);
        assert!(floor.appears(49) <= 0.0 && floor.appears(50) > 0.0);
        assert!((floor.appears(50) - free.appears(1)).abs() < 1e-20);
        assert_eq!(floor.group_size(0.05), free.group_size(0.05) + 49);
    }

    #[test]
    fn group_sizes_that_appear_are_the_smallest_that_do() {
        for accountant in [Accountant::Pure, Accountant::Zcdp] {
            let calibration = Calibration::new(accountant, 30, 1).unwrap();
            let threshold = Threshold::new(calibration, 1_000_000_000, 0).unwrap();
            for probability in [0.05, 0.5, 0.95] {
                let size = threshold.group_size(probability);
                assert!(threshold.appears(size) >= probability);
                assert!(threshold.appears(size - 1) < probability);
            }
            assert!(threshold.appears(1) <= 1e-9);
        }
    }

    #[test]
    fn a_threshold_without_delta_is_refused() {
        let calibration = Calibration::new(Accountant::Zcdp, 10, 1).unwrap();
        assert_eq!(Threshold::new(calibration, 0, 0), Err(Uncalibrated::NoDelta));
    }
}
