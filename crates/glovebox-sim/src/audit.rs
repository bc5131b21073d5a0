//! Whether runs on two neighbouring data sets can be told apart better than was declared.
//!
//! An event is picked on one half of the runs; on the other half its probabilities are bounded
//! after Clopper and Pearson. A loss that is certified above the declared one is a bug. (The
//! converse is not true: what is not caught is not thereby private.)

use glovebox_model::Accountant;
use glovebox_privacy::Cost;

/// Each of the two bounds of an event is wrong with this probability at most. Both must be wrong
/// together before a correct build is flagged.
const LEVEL: f64 = 1e-3;

/// What one comparison shows.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// At least so much is lost beside `delta`.
    pub epsilon_lower: f64,
    /// So much was declared, at the same `delta`.
    pub epsilon: f64,
    /// The part of delta for the conversion and for thresholds.
    pub delta: f64,
}

impl Verdict {
    /// Whether more is lost than was declared.
    pub fn is_flagged(self) -> bool {
        self.epsilon_lower > self.epsilon
    }
}

/// Epsilon of a cost beside `conversion`, the delta of the conversion; CKS20, Proposition 7.
pub fn epsilon(accountant: Accountant, cost: Cost, conversion: f64) -> f64 {
    let loss = decimal(cost.loss_nano, 1e9);
    match accountant {
        Accountant::Pure => loss,
        Accountant::Zcdp => {
            let of = |tenth: i32| {
                let rest = (f64::from(tenth) / 20.0).exp();
                let order = 1.0 + rest;
                let log = order * (-1.0 / order).ln_1p() - rest.ln() - conversion.ln();
                order * loss + log / rest
            };
            (-140..=240).map(of).fold(f64::INFINITY, f64::min).max(0.0)
        }
    }
}

/// Features of runs on `one` and on `other`: each row one run, each column one number that an
/// analyst could look at. Missing numbers are NaN.
pub fn audit(one: &[Vec<f64>], other: &[Vec<f64>], accountant: Accountant, cost: Cost) -> Verdict {
    let threshold = decimal(cost.delta_atto, 1e18);
    let conversions: &[f64] = match accountant {
        Accountant::Pure => &[0.0],
        Accountant::Zcdp => &[1e-6, 1e-3, 1e-2, 0.05],
    };
    let (first, second) = (halves(one), halves(other));
    let mut worst: Option<Verdict> = None;
    for swapped in [false, true] {
        let (p, q) = if swapped { (second, first) } else { (first, second) };
        let Some((event, conversion)) = picked(p.0, q.0, accountant, cost, conversions) else {
            continue;
        };
        let (hits, misses) = (event.count(p.1), event.count(q.1));
        let delta = threshold + conversion;
        let low = lower(hits, p.1.len()) - delta;
        let epsilon_lower = if low > 0.0 { (low / upper(misses, q.1.len())).ln() } else { 0.0 };
        let epsilon = epsilon(accountant, cost, conversion);
        let found = Verdict { epsilon_lower: epsilon_lower.max(0.0), epsilon, delta };
        let margin = |it: &Verdict| it.epsilon_lower - it.epsilon;
        if worst.is_none_or(|it| margin(&found) > margin(&it)) {
            worst = Some(found);
        }
    }
    worst.unwrap_or(Verdict { epsilon_lower: 0.0, epsilon: 0.0, delta: threshold })
}

type Runs<'a> = &'a [Vec<f64>];

fn halves(runs: Runs<'_>) -> (Runs<'_>, Runs<'_>) {
    runs.split_at(runs.len() / 2)
}

/// A feature at least, or at most, so much.
#[derive(Debug, Clone, Copy)]
struct Event {
    feature: usize,
    at: f64,
    above: bool,
}

impl Event {
    fn holds(self, run: &[f64]) -> bool {
        let value = run.get(self.feature).copied().unwrap_or(f64::NAN);
        if self.above { value >= self.at } else { value <= self.at }
    }

    fn count(self, runs: Runs<'_>) -> usize {
        runs.iter().filter(|it| self.holds(it)).count()
    }
}

/// The event that promises most.
fn picked(
    p: Runs<'_>,
    q: Runs<'_>,
    accountant: Accountant,
    cost: Cost,
    conversions: &[f64],
) -> Option<(Event, f64)> {
    let n_features = p.first()?.len();
    let mut best: Option<(f64, Event, f64)> = None;
    let declared: Vec<_> =
        conversions.iter().map(|it| (*it, epsilon(accountant, cost, *it))).collect();
    let threshold = decimal(cost.delta_atto, 1e18);
    for feature in 0..n_features {
        let column = |runs: Runs<'_>| {
            let mut all: Vec<f64> = runs.iter().filter_map(|it| it.get(feature).copied()).collect();
            all.retain(|it| !it.is_nan());
            all.sort_by(f64::total_cmp);
            all
        };
        let (of_p, of_q) = (column(p), column(q));
        let mut all: Vec<f64> = of_p.iter().chain(&of_q).copied().collect();
        all.sort_by(f64::total_cmp);
        let step = (all.len() / 60).max(1);
        let mut points: Vec<f64> = all.iter().step_by(step).copied().collect();
        points.dedup();
        for at in points {
            for above in [true, false] {
                let count = |sorted: &[f64]| match above {
                    true => sorted.len() - sorted.partition_point(|it| *it < at),
                    false => sorted.partition_point(|it| *it <= at),
                };
                // As much as three standard errors would leave of it.
                let (p_low, _) = wilson(count(&of_p), p.len());
                let (_, q_high) = wilson(count(&of_q), q.len());
                for (conversion, epsilon) in &declared {
                    let low = p_low - threshold - conversion;
                    if low <= 0.0 {
                        continue;
                    }
                    let margin = (low / q_high).ln() - epsilon;
                    if best.is_none_or(|it| margin > it.0) {
                        best = Some((margin, Event { feature, at, above }, *conversion));
                    }
                }
            }
        }
    }
    best.map(|(_, event, conversion)| (event, conversion))
}

/// An interval that is good enough to pick by.
fn wilson(hits: usize, n: usize) -> (f64, f64) {
    let (n, p, z) = (number(n).max(1.0), number(hits) / number(n).max(1.0), 3.0);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// The lower bound of Clopper and Pearson: the probability at which so many hits or more are as
/// rare as [`LEVEL`].
fn lower(hits: usize, n: usize) -> f64 {
    if hits == 0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, number(hits) / number(n));
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if at_least(hits, n, middle) < LEVEL { low = middle } else { high = middle }
    }
    low
}

/// The upper bound.
fn upper(hits: usize, n: usize) -> f64 {
    1.0 - lower(n - hits, n)
}

/// `Pr[X >= hits]` of a binomial, for `hits` above its mean.
fn at_least(hits: usize, n: usize, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    let log = log_choose(n, hits) + number(hits) * p.ln() + number(n - hits) * (-p).ln_1p();
    let (mut term, mut sum) = (log.exp(), 0.0);
    for k in hits..=n {
        sum += term;
        term *= number(n - k) / number(k + 1) * p / (1.0 - p);
        if term < sum * 1e-15 {
            break;
        }
    }
    sum
}

fn log_choose(n: usize, k: usize) -> f64 {
    let log = |range: std::ops::RangeInclusive<usize>| range.map(|it| number(it).ln()).sum::<f64>();
    log(n - k + 1..=n) - log(1..=k)
}

#[expect(clippy::cast_precision_loss, reason = "counts of runs")]
fn number(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "a figure to compare with an estimate")]
fn decimal(units: u64, one: f64) -> f64 {
    units as f64 / one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_those_of_clopper_and_pearson() {
        // No hit of n: 1 - level^(1/n).
        let none = upper(0, 10_000);
        assert!((none - (1.0 - LEVEL.powf(1e-4))).abs() < 1e-9, "{none}");
        // All of them.
        assert!((lower(50, 50) - LEVEL.powf(0.02)).abs() < 1e-9);
        // At the bound so many hits are exactly as rare as the level.
        let bound = lower(30, 100);
        assert!((at_least(30, 100, bound) - LEVEL).abs() < 1e-9 && bound < 0.3);
    }

    #[test]
    fn the_conversion_is_the_one_of_the_reference() {
        let cost = Cost { loss_nano: 500_000_000, delta_atto: 0 };
        let found = epsilon(Accountant::Zcdp, cost, 1e-6);
        // Below the simple bound, rho + 2 sqrt(rho ln(1/delta)).
        assert!(found < 0.5 + 2.0 * (0.5_f64 * 13.816).sqrt() && found > 4.0, "{found}");
        assert!((epsilon(Accountant::Pure, cost, 0.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn certain_differences_are_flagged_and_equal_runs_are_not() {
        let cost = Cost { loss_nano: 1_000_000_000, delta_atto: 0 };
        let runs = |shift: f64| (0..4000).map(|it| vec![f64::from(it % 10) + shift]).collect();
        let (one, other): (Vec<_>, Vec<_>) = (runs(0.0), runs(20.0));
        assert!(audit(&one, &other, Accountant::Pure, cost).is_flagged());
        assert!(!audit(&one, &one, Accountant::Pure, cost).is_flagged());
    }
}
