//! The samplers of noise against the exact masses of their distributions.
//!
//! A chi-square test at a fixed level: a run that fails is wrong in one of a million, and a fresh
//! run decides. The masses are summed here, apart from the code that calibrates.

use glovebox_privacy::{Draw, Mechanism, NotDrawn, Ratio};

/// The probability that a correct sampler fails one test.
pub const LEVEL: f64 = 1e-6;

/// What one run showed.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// How many numbers were drawn.
    pub n_draws: u32,
    /// The statistic.
    pub chi_square: f64,
    /// Its degrees of freedom; always even.
    pub degrees: usize,
    /// The probability of such a statistic, or a larger one, from a correct sampler.
    pub likelihood: f64,
    /// The mean in standard errors.
    pub mean_errors: f64,
    /// The largest number drawn, in standard deviations.
    pub largest_deviations: f64,
}

impl Verdict {
    /// Whether the sampler passes.
    pub fn passes(self) -> bool {
        self.likelihood >= LEVEL && self.mean_errors.abs() < 4.9
    }
}

/// Draws `n_draws` numbers and compares them with the exact masses.
///
/// # Errors
/// [`NotDrawn`] when there is no entropy.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
pub fn judge(
    mechanism: Mechanism,
    scale: Ratio,
    n_draws: u32,
    draw: &mut dyn Draw,
) -> Result<Verdict, NotDrawn> {
    let bins = Bins::of(mechanism, scale.to_f64(), n_draws);
    let mut counts = vec![0_u32; bins.masses.len()];
    let (mut sum, mut largest) = (0.0, 0_u128);
    for _ in 0..n_draws {
        let drawn = match mechanism {
            Mechanism::Gaussian => draw.discrete_gaussian(scale)?,
            Mechanism::Laplace => draw.discrete_laplace(scale)?,
        };
        if let Some(count) = counts.get_mut(bins.place(drawn)) {
            *count += 1;
        }
        sum += drawn as f64;
        largest = largest.max(drawn.unsigned_abs());
    }
    let n = f64::from(n_draws);
    let chi_square = counts.iter().zip(&bins.masses).map(|(count, mass)| {
        let expected = n * mass;
        (f64::from(*count) - expected).powi(2) / expected
    });
    let (chi_square, degrees) = (chi_square.sum(), counts.len() - 1);
    let deviation = bins.variance.sqrt();
    Ok(Verdict {
        n_draws,
        chi_square,
        degrees,
        likelihood: beyond(chi_square, degrees),
        mean_errors: sum / (deviation * n.sqrt()),
        largest_deviations: largest as f64 / deviation,
    })
}

/// `Pr[X >= x]` of a chi-square with an even number of degrees: a finite sum.
#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn beyond(x: f64, degrees: usize) -> f64 {
    let (half, mut term, mut sum) = (x / 2.0, 1.0, 1.0);
    for step in 1..degrees / 2 {
        term *= half / step as f64;
        sum += term;
    }
    (-half).exp() * sum
}

/// Symmetric bins: one around zero, then as many on each side; the last ones are open.
struct Bins {
    /// The first magnitude of each bin on one side.
    firsts: Vec<u64>,
    /// Masses: the middle, then above and below zero in turn.
    masses: Vec<f64>,
    variance: f64,
}

impl Bins {
    fn of(mechanism: Mechanism, scale: f64, n_draws: u32) -> Self {
        // At least 25 expected in a bin; a hundred bins for wide distributions.
        let least = 25.0 / f64::from(n_draws);
        let least = if scale > 20.0 { least.max(0.01) } else { least };
        let reach = match mechanism {
            Mechanism::Gaussian => 10.0 * scale + 20.0,
            Mechanism::Laplace => 40.0 * scale + 20.0,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive")]
        let reach = reach as u64;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let weight = |x: u64| match mechanism {
            Mechanism::Gaussian => (-(x as f64 / scale).powi(2) / 2.0).exp(),
            Mechanism::Laplace => (-(x as f64) / scale).exp(),
        };
        let (mut right, mut squares) = (0.0, 0.0);
        for x in (1..=reach).rev() {
            let weight = weight(x);
            right += weight;
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let square = (x as f64).powi(2);
            squares += weight * square;
        }
        let all = 1.0 + 2.0 * right;
        // Of the middle both sides count, of the others one.
        let (mut firsts, mut sides) = (Vec::new(), Vec::new());
        let (mut mass, mut factor, mut rest) = (1.0 / all, 2.0, right / all);
        for x in 1..=reach {
            if mass >= least && rest >= least {
                firsts.push(x);
                sides.push(mass);
                (mass, factor) = (0.0, 1.0);
            }
            let here = weight(x) / all;
            mass += factor * here;
            rest -= here;
        }
        sides.push(mass + factor * rest.max(0.0));
        let mut masses = Vec::new();
        for (place, mass) in sides.into_iter().enumerate() {
            masses.push(mass);
            if place > 0 {
                masses.push(mass);
            }
        }
        Self { firsts, masses, variance: 2.0 * squares / all }
    }

    fn place(&self, drawn: i128) -> usize {
        let magnitude = drawn.unsigned_abs();
        let bin = self.firsts.partition_point(|it| u128::from(*it) <= magnitude);
        if bin == 0 { 0 } else { 2 * bin - usize::from(drawn > 0) }
    }
}

#[cfg(test)]
mod tests {
    use glovebox_privacy::SecureDraw;

    use super::*;

    const N_DRAWS: u32 = 100_000;

    fn assert_passes(mechanism: Mechanism, numerator: u128, denominator: u64) {
        let scale = Ratio::new(numerator, denominator).unwrap();
        let verdict = judge(mechanism, scale, N_DRAWS, &mut SecureDraw::new().unwrap()).unwrap();
        println!("{mechanism:?} {scale}: {verdict:?}");
        assert!(verdict.passes(), "{mechanism:?} {scale}: {verdict:?}");
        // Beyond 8 deviations lie 10^-15 of the Gaussian; a hundredth of that at 0.5.
        if mechanism == Mechanism::Gaussian && scale.to_f64() >= 1.0 {
            assert!(verdict.largest_deviations < 8.0, "{verdict:?}");
        }
    }

    #[test]
    fn the_gaussian_sampler_has_the_exact_masses_at_small_scales() {
        assert_passes(Mechanism::Gaussian, 1, 2);
        assert_passes(Mechanism::Gaussian, 10, 1);
    }

    #[test]
    fn the_gaussian_sampler_has_the_exact_masses_at_large_scales() {
        assert_passes(Mechanism::Gaussian, 12_345, 7);
        assert_passes(Mechanism::Gaussian, 1_000_000, 1);
    }

    #[test]
    fn the_laplace_sampler_has_the_exact_masses_at_small_scales() {
        assert_passes(Mechanism::Laplace, 1, 2);
        assert_passes(Mechanism::Laplace, 463_798, 65_536);
    }

    #[test]
    fn the_laplace_sampler_has_the_exact_masses_at_large_scales() {
        assert_passes(Mechanism::Laplace, 12_345, 7);
        assert_passes(Mechanism::Laplace, 1_000_000, 1);
    }

    /// A sampler with one fault: what it draws is that of another scale, or is shifted.
    struct Faulty<F: Fn(i128) -> i128>(SecureDraw, Ratio, F);

    impl<F: Fn(i128) -> i128> Draw for Faulty<F> {
        fn discrete_gaussian(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
            self.0.discrete_gaussian(self.1).map(&self.2)
        }
        fn discrete_laplace(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
            self.0.discrete_laplace(self.1).map(&self.2)
        }
    }

    #[test]
    fn a_faulty_sampler_fails() {
        let ten = Ratio::new(10, 1).unwrap();
        let secure = || SecureDraw::new().unwrap();
        // A tenth more noise than asked for; truncated towards zero at a step of two; never zero.
        let wide = &mut Faulty(secure(), Ratio::new(11, 1).unwrap(), |it| it);
        let coarse = &mut Faulty(secure(), ten, |it| it / 2 * 2);
        let avoiding = &mut Faulty(secure(), ten, |it| if it == 0 { 1 } else { it });
        let faulty: [&mut dyn Draw; 3] = [wide, coarse, avoiding];
        for draw in faulty {
            let verdict = judge(Mechanism::Gaussian, ten, 20_000, draw).unwrap();
            assert!(!verdict.passes(), "{verdict:?}");
        }
    }
}
