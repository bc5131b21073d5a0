//! Calibration by exact sums: what is achieved is at most what is declared, and the next smaller
//! threshold would not do.

use dashu::integer::UBig;
use glovebox_model::Accountant;
use glovebox_privacy::{Allowance, Calibration, Cost, Scale, Threshold, preview};

use crate::exact::{self, Between};

/// `1 - (1 - tail)^C`: the probability that one of `C` groups of one person appears.
fn achieved(tail: &Between, groups: u32) -> Between {
    tail.complement().power(groups).complement()
}

/// The tails of the noise of a count of persons at `m` and at `m - 1`.
fn tails(scale: Scale, m: u64) -> (Between, Between) {
    let m = u32::try_from(m).unwrap();
    let ratio = scale.ratio();
    if ratio.denominator() == 1 {
        let sigma = u32::try_from(ratio.numerator()).unwrap();
        let mut tails = exact::gaussian_tails(sigma, usize::try_from(m).unwrap());
        let at = tails.pop().unwrap();
        (at, tails.pop().unwrap())
    } else {
        let tail = |m| exact::laplace_tail(ratio.numerator(), ratio.denominator(), m);
        (tail(m), tail(m - 1))
    }
}

#[test]
fn a_threshold_achieves_its_delta_and_one_less_does_not() {
    for accountant in [Accountant::Pure, Accountant::Zcdp] {
        for users_noise in [10, 17, 30, 60, 100] {
            for groups in [1, 3, 10] {
                for delta_atto in [580, 1_000_000, 1_000_000_000, 100_000_000_000] {
                    let calibration = Calibration::new(accountant, users_noise, groups).unwrap();
                    let threshold = Threshold::new(calibration, delta_atto, 0).unwrap();
                    let (at, below) = tails(threshold.scale(), threshold.tau() - 1);
                    let declared = exact::fraction(u128::from(delta_atto), 10_u128.pow(18));
                    let case = format!("{accountant:?} N={users_noise} C={groups} {delta_atto}");
                    assert!(achieved(&at, groups).is_at_most(&declared), "{case}");
                    assert!(achieved(&below, groups).is_above(&declared), "{case}: not the least");
                }
            }
        }
    }
}

#[test]
fn the_tail_at_eight_deviations_is_that_of_exact_sums() {
    for accountant in [Accountant::Pure, Accountant::Zcdp] {
        for users_noise in [10, 100] {
            let calibration = Calibration::new(accountant, users_noise, 1).unwrap();
            // The dearest threshold there is lies beyond eight deviations.
            let threshold = Threshold::new(calibration, 1, 0).unwrap();
            let m = u64::from(8 * users_noise);
            let (exact, _) = tails(threshold.scale(), m);
            let ours = threshold.appears(threshold.tau() - m);
            assert!(ours > 0.0 && ours < 2e-5);
            // The exact tail and ours, which is raised by 10^-9 of itself, in units of 10^-33.
            let scaled = UBig::from(10_u32).pow(33);
            let exact = ((exact.low * scaled) >> 320_usize).to_f64().value();
            let relative = ours * 1e33 / exact - 1.0;
            assert!((0.0..3e-9).contains(&relative), "{accountant:?} {users_noise}: {relative}");
        }
    }
}

#[test]
fn the_textbook_threshold_is_refuted_by_exact_sums() {
    let declared = exact::fraction(1, 1_000_000);
    let at = |tau: u32| achieved(&exact::laplace_tail(9, 1, tau - 1), 3);
    assert!(at(130).is_at_most(&declared));
    assert!(at(129).is_above(&declared));
}

/// The masses of a discrete Gaussian out to `reach`, index `reach` for zero.
fn gaussian_masses(sigma: f64, reach: i32) -> Vec<f64> {
    let weight = |x: i32| (-f64::from(x) * f64::from(x) / (2.0 * sigma * sigma)).exp();
    let all: f64 = (-reach..=reach).map(weight).sum();
    (-reach..=reach).map(|x| weight(x) / all).collect()
}

/// The masses of the sum of two independent numbers, without what lies beyond `reach`.
fn convolved(one: &[f64], other: &[f64], reach: usize) -> Vec<f64> {
    let mut sums = vec![0.0; one.len() + other.len() - 1];
    for (i, a) in one.iter().enumerate() {
        for (sum, b) in sums[i..].iter_mut().zip(other) {
            *sum += a * b;
        }
    }
    let middle = sums.len() / 2;
    let reach = reach.min(middle);
    sums[middle - reach..=middle + reach].to_vec()
}

/// The masses of the sum of `n` discrete Gaussians.
fn sum_of(n: u32, sigma: f64) -> Vec<f64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
    let reach = |n: u32| (10.0 * sigma * f64::from(n).sqrt()).ceil() as usize;
    let one = gaussian_masses(sigma, i32::try_from(reach(1)).unwrap());
    let mut sum = vec![1.0];
    let (mut power, mut power_of, mut done) = (one, 1, 0);
    let mut left = n;
    while left > 0 {
        if left % 2 == 1 {
            done += power_of;
            sum = convolved(&sum, &power, reach(done));
        }
        left /= 2;
        if left > 0 {
            power_of *= 2;
            power = convolved(&power, &power, reach(power_of));
        }
    }
    sum
}

/// The exact delta at `epsilon` of `n` cells with noise `sigma`, each changed by one.
///
/// The privacy loss is `(n - 2 S) / (2 sigma^2)` with `S` the sum of the noises, so delta is the
/// sum over `S` of `Pr[S] max(0, 1 - exp(epsilon - loss))`: only positive terms. What was cut off
/// beyond ten deviations, below 10^-21, is added in full.
#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn achieved_delta(n: u32, sigma: f64, epsilon: f64) -> f64 {
    let sum = sum_of(n, sigma);
    let middle = sum.len() as f64 / 2.0 - 0.5;
    let exceeding = sum.iter().enumerate().map(|(index, mass)| {
        let s = index as f64 - middle;
        let loss = (f64::from(n) - 2.0 * s) / (2.0 * sigma * sigma);
        mass * (1.0 - (epsilon - loss).exp()).max(0.0)
    });
    exceeding.sum::<f64>() + 1e-20
}

#[test]
fn a_budget_spent_to_the_last_aggregation_keeps_its_promise() {
    for (epsilon, users_noise, delta_atto) in [
        (1, 10, 1_000_000_000_000),
        (1, 30, 1_000_000_000_000),
        (2, 20, 1_000_000_000),
        (3, 10, 1_000_000_000_000),
        (10, 10, 100_000_000_000),
    ] {
        let allowance = Allowance::new(Accountant::Zcdp, epsilon, delta_atto);
        let [_, count, ..] = preview(allowance, Cost::ZERO, users_noise).unwrap();
        let n = u32::try_from(count.maximum).unwrap();
        // The scale that releases use, for a cell of sensitivity one.
        let calibration = Calibration::new(Accountant::Zcdp, users_noise, 1).unwrap();
        let sigma = calibration.scale(1).unwrap().ratio().to_f64();
        let achieved = achieved_delta(n, sigma, f64::from(epsilon));
        #[expect(clippy::cast_precision_loss, reason = "compared with slack")]
        let declared = (delta_atto / 2) as f64 / 1e18;
        assert!(achieved <= declared, "{epsilon} {users_noise}: {achieved} > {declared}");
        // The conversion is not wasteful either: twice as many would break the promise.
        let twice = achieved_delta(2 * n + 2, sigma, f64::from(epsilon));
        assert!(twice > declared, "{epsilon} {users_noise}: {twice}");
        println!(
            "epsilon {epsilon} N {users_noise}: {n} aggregations, {achieved:.2e} of {declared:.2e}"
        );
    }
}

#[test]
fn one_vector_over_many_groups_costs_what_is_charged() {
    // C groups at once against C releases of one group: the same noises, the same loss.
    for groups in [1, 3, 7] {
        for users_noise in [10, 30, 99] {
            let one = Calibration::new(Accountant::Zcdp, users_noise, 1).unwrap();
            let many = Calibration::new(Accountant::Zcdp, users_noise, groups).unwrap();
            let (once, times) = (many.loss_nano(1), one.loss_nano(groups));
            assert_eq!(once, times);
        }
    }
}

#[test]
fn the_divergence_of_a_gaussian_cell_is_what_is_charged() {
    // D_a(N_Z(0, s^2) || N_Z(d, s^2)) = a d^2 / (2 s^2) for whole d: by sums over all masses.
    for (sigma, d) in [(10.0_f64, 1), (20.0, 2), (10.0, 3)] {
        for order in [1.5, 2.0, 8.0, 30.0] {
            let reach = 400 * d;
            let log_mass = |x: f64| -x * x / (2.0 * sigma * sigma);
            let all: f64 = (-reach..=reach).map(|x| log_mass(f64::from(x)).exp()).sum();
            let sum: f64 = (-reach..=reach)
                .map(|x| {
                    let (x, d) = (f64::from(x), f64::from(d));
                    (order * log_mass(x) + (1.0 - order) * log_mass(x - d)).exp() / all
                })
                .sum();
            let divergence = sum.ln() / (order - 1.0);
            let bound = order * f64::from(d * d) / (2.0 * sigma * sigma);
            assert!(divergence <= bound * (1.0 + 1e-9), "{sigma} {d} {order}: {divergence}");
            assert!(divergence >= bound * (1.0 - 1e-6), "{sigma} {d} {order}: {divergence}");
        }
    }
}

#[test]
fn the_loss_of_a_laplace_cell_is_what_is_charged() {
    // For noise b and a change of d the ratio of masses is exp(d / b) at most, and reached; over C
    // groups C d / b. Compared as fractions: nothing is rounded.
    for users_noise in [10, 30, 100] {
        for groups in [1, 3, 10] {
            for sensitivity in [1_u128, 25, 1 << 64] {
                let calibration = Calibration::new(Accountant::Pure, users_noise, groups).unwrap();
                let b = calibration.scale(sensitivity).unwrap().ratio();
                // C d / b <= loss / 10^9, that is C d 10^9 denominator <= loss numerator; both
                // sides by d, of which the numerator is a multiple.
                assert_eq!(b.numerator() % sensitivity, 0);
                let loss = u128::from(calibration.loss_nano(1));
                let exact = u128::from(groups) * 1_000_000_000 * u128::from(b.denominator());
                assert!(exact <= loss * (b.numerator() / sensitivity));
            }
        }
    }
}

#[test]
fn the_forgotten_groups_and_the_wrong_comparison_would_be_noticed() {
    // Four planted errors, each of which the sums above must refute.
    let calibration = Calibration::new(Accountant::Zcdp, 10, 3).unwrap();
    let threshold = Threshold::new(calibration, 1_000_000_000, 0).unwrap();
    let declared = exact::fraction(1_000_000_000, 10_u128.pow(18));
    let tails = exact::gaussian_tails(10, usize::try_from(threshold.tau()).unwrap());
    let at = |tau: u64| achieved(&tails[usize::try_from(tau - 1).unwrap()], 3);
    // 1. C left out of delta_1.
    let alone = Calibration::new(Accountant::Zcdp, 10, 1).unwrap();
    let without_groups = Threshold::new(alone, 1_000_000_000, 0).unwrap();
    assert!(at(without_groups.tau()).is_above(&declared));
    // 2. `>` charged where `>=` is released (opendp#2922): one too low.
    assert!(at(threshold.tau() - 1).is_above(&declared));
    // 3. C left out of the loss: a budget of losses a third as large breaks its promise.
    let allowance = Allowance::new(Accountant::Zcdp, 3, 1_000_000_000_000);
    let [_, count, ..] = preview(allowance, Cost::ZERO, 10).unwrap();
    let cells = 3 * u32::try_from(count.maximum).unwrap();
    assert!(achieved_delta(cells, 10.0, 3.0) > 5e-7);
    // 4. Half the noise.
    let cells = u32::try_from(count.maximum).unwrap();
    assert!(achieved_delta(cells, 5.0, 3.0) > 5e-7);
}
