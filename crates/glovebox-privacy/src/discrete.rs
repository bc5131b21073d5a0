//! Tails and quantiles of the two discrete distributions, in doubles and on the safe side.
//!
//! Every sum below is of positive terms with at most some ten thousand of them, so its relative
//! error is below 10^-11; wherever a bound decides something, [`SLACK`] is on the safe side of it.
//! The calibration tests repeat the decisions in exact interval arithmetic.

use crate::Mechanism;

/// More than the relative error of any probability computed here.
const SLACK: f64 = 1e-9;

/// Beyond this scale quantiles are not summed but bounded by the continuous distribution.
const SUMMED: f64 = 1000.0;

/// An upper bound on `Pr[Z >= m]`, tight to some 10^-9 of it. Meant for scales up to [`SUMMED`].
pub(crate) fn survival(mechanism: Mechanism, scale: f64, m: i128) -> f64 {
    match u64::try_from(m) {
        Ok(m) if m > 0 => upper_tail(mechanism, scale, m) * (1.0 + SLACK),
        // Pr[Z >= m] = 1 - Pr[Z >= 1 - m], by symmetry.
        _ => match u64::try_from(1 - m) {
            Ok(rest) => 1.0 - upper_tail(mechanism, scale, rest) * (1.0 - SLACK),
            Err(_) => 1.0,
        },
    }
}

/// `Pr[Z >= m]` for `m >= 1`.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn upper_tail(mechanism: Mechanism, scale: f64, m: u64) -> f64 {
    let m = m as f64;
    match mechanism {
        Mechanism::Laplace => (-m / scale).exp() / (1.0 + (-1.0 / scale).exp()),
        Mechanism::Gaussian => {
            let twice_variance = 2.0 * scale * scale;
            let mut sum = 0.0;
            let mut beyond = 0.0;
            loop {
                let term = (-(2.0 * m * beyond + beyond * beyond) / twice_variance).exp();
                if term < 1e-18 {
                    break;
                }
                sum += term;
                beyond += 1.0;
            }
            (-m * m / twice_variance).exp() * sum / gaussian_weight(scale)
        }
    }
}

/// A lower bound on the sum of `exp(-y^2 / (2 sigma^2))` over all integers: `sigma sqrt(2 pi)`, by
/// Poisson's summation formula, which from `sigma = 4` on is the sum itself to 10^-130.
fn gaussian_weight(sigma: f64) -> f64 {
    if sigma >= 4.0 {
        return sigma * (2.0 * std::f64::consts::PI).sqrt();
    }
    let right = (1..80).map(|it| (-f64::from(it * it) / (2.0 * sigma * sigma)).exp());
    1.0 + 2.0 * right.sum::<f64>()
}

/// The smallest `m >= 1` with `Pr[Z >= m] <= probability`. Meant for scales up to [`SUMMED`] and
/// probabilities from 10^-300 on.
pub(crate) fn rarely_reached(mechanism: Mechanism, scale: f64, probability: f64) -> u64 {
    let is_rare = |m: u64| survival(mechanism, scale, i128::from(m)) <= probability;
    let mut above = 1;
    while !is_rare(above) {
        above *= 2;
        if above > 1 << 40 {
            break;
        }
    }
    let mut below = above / 2; // not rare, or zero
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if is_rare(middle) {
            above = middle;
        } else {
            below = middle;
        }
    }
    above
}

/// The smallest `h` with `Pr[|Z| <= h] >= 0.95`; for large scales a bound on it that is at most
/// one step above.
///
/// - Gaussian, large: `h = ceil(z sigma)`, `z = 1.95996...`. `Pr[Z >= h + 1] <= Pr[N >= h]` for the
///   continuous `N` of the same sigma (CKS20, Proposition 25), and `Pr[N >= z sigma] = 0.025`.
/// - Laplace, large: `h = ceil(b ln 20)`. `Pr[Z >= h + 1] = p^(h + 1) / (1 + p)`, at most
///   `p / (20 (1 + p))`, which is at most 0.025.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "scales are positive and at most 2^110"
)]
pub(crate) fn half_width(mechanism: Mechanism, scale: f64) -> u128 {
    if scale <= SUMMED {
        return u128::from(rarely_reached(mechanism, scale, 0.025) - 1);
    }
    (quantile(mechanism) * scale * (1.0 + SLACK * 1e-3)).ceil() as u128
}

/// The half width of the central 95 % of the continuous distribution with scale 1.
pub(crate) fn quantile(mechanism: Mechanism) -> f64 {
    match mechanism {
        Mechanism::Gaussian => 1.959_963_984_540_054_5,
        Mechanism::Laplace => 2.995_732_273_553_991,
    }
}

/// The half width of the central 95 % of `X + Y`, independent and of the given scales.
///
/// Gaussian: the scales add as squares. Laplace, with `a >= c` and `r = c / a`:
/// `Pr[|X + Y| > a x] = (exp(-x) - r^2 exp(-x / r)) / (1 - r^2)`, and `(1 + x / 2) exp(-x)` for
/// `r = 1`; solved by Newton's method.
pub(crate) fn quantile_of_sum(mechanism: Mechanism, one: f64, other: f64) -> f64 {
    match mechanism {
        Mechanism::Gaussian => quantile(mechanism) * one.hypot(other),
        Mechanism::Laplace => {
            let (wide, narrow) = if one >= other { (one, other) } else { (other, one) };
            if wide <= 0.0 {
                return 0.0;
            }
            let r = narrow / wide;
            // The tail of the sum and its slope, at x.
            let beyond = |x: f64| {
                let here = (-x).exp();
                if r > 0.9999 {
                    ((1.0 + x / 2.0) * here, -0.5 * (1.0 + x) * here)
                } else if r <= 0.0 {
                    (here, -here)
                } else {
                    let there = (-x / r).exp();
                    let all = 1.0 - r * r;
                    ((here - r * r * there) / all, (r * there - here) / all)
                }
            };
            // Newton's steps on the logarithm, which is concave and almost straight.
            let mut x: f64 = 3.5;
            for _ in 0..5 {
                let (tail, slope) = beyond(x);
                x -= (tail / 0.05).ln() * tail / slope;
            }
            wide * x
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_tails_come_out() {
        // b = 9: Pr[Z >= 129] is below 1e-6 / 3 and Pr[Z >= 128] is not; figures of the reference.
        let tail = |m| 3.0 * survival(Mechanism::Laplace, 9.0, m);
        assert!((tail(129) - 9.43e-7).abs() < 1e-9 && (tail(128) - 1.05e-6).abs() < 1e-8);
        // sigma = 30: tau = 164 achieves 9.1e-8.
        let tail = 3.0 * survival(Mechanism::Gaussian, 30.0, 163);
        assert!((tail - 9.1e-8).abs() < 1e-9, "{tail}");
    }

    #[test]
    fn tails_on_both_sides_add_to_one() {
        for mechanism in [Mechanism::Gaussian, Mechanism::Laplace] {
            for scale in [1.0, 3.5, 10.0, 100.0] {
                for m in [-200_i128, -50, -3, 0, 1, 2, 30, 333] {
                    let sum = survival(mechanism, scale, m) + survival(mechanism, scale, 1 - m);
                    assert!((sum - 1.0).abs() < 1e-8, "{mechanism:?} {scale} {m}: {sum}");
                }
            }
        }
    }

    #[test]
    fn a_half_width_is_the_smallest_that_covers() {
        for mechanism in [Mechanism::Gaussian, Mechanism::Laplace] {
            for scale in [1.0, 7.07, 10.0, 30.0, 100.0, 999.0] {
                let h = i128::try_from(half_width(mechanism, scale)).unwrap();
                assert!(2.0 * survival(mechanism, scale, h + 1) <= 0.05);
                assert!(2.0 * survival(mechanism, scale, h) > 0.05);
            }
            let (summed, bounded) = (half_width(mechanism, 1000.0), half_width(mechanism, 1000.1));
            assert!(bounded >= summed && bounded <= summed + 2, "{summed} {bounded}");
        }
    }

    #[test]
    fn the_quantile_of_a_sum_is_reached_by_one_of_twenty() {
        for r in [0.001, 0.05, 0.3, 0.7, 0.99, 0.9998] {
            let x = quantile_of_sum(Mechanism::Laplace, 1.0, r);
            let tail = ((-x).exp() - r * r * (-x / r).exp()) / (1.0 - r * r);
            assert!((tail - 0.05).abs() < 1e-9, "{r}: {tail}");
        }
    }

    #[test]
    fn the_quantile_of_a_sum_lies_between_those_of_one_and_of_two_equals() {
        let laplace = |one, other| quantile_of_sum(Mechanism::Laplace, one, other);
        assert!((laplace(1.0, 0.0) - quantile(Mechanism::Laplace)).abs() < 1e-9);
        let equal = laplace(2.0, 2.0) / 2.0;
        assert!(((1.0 + equal / 2.0) * (-equal).exp() - 0.05).abs() < 1e-12);
        assert!((laplace(1.0, 0.9998) - laplace(1.0, 1.0)).abs() < 1e-3);
        assert!((laplace(0.3, 1.0) - laplace(1.0, 0.3)).abs() < 1e-12);
    }
}
