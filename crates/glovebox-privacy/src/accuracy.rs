//! How wrong a released number is.
//!
//! Every statement is about noise: about the difference between what is released and the exact
//! answer over the rows **as bounded** (groups sampled, values clamped). What bounding itself
//! changes cannot be said without looking at the data.
//!
//! Counts and sums: the released number plus and minus [`Scale::half_width`]. Averages and standard
//! deviations are computed from several released numbers: [`Average`], [`Spread`].
//! All of this is post-processing of released numbers and declarations; it costs nothing.

use crate::{Scale, discrete};

/// A 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The average of one cell: from a noisy sum of distances to the middle of the declared bounds,
/// and a noisy count. All numbers are in the unit of the sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Average {
    /// The middle of the declared bounds.
    pub middle: f64,
    /// Half the distance between the declared bounds.
    pub half_range: f64,
    /// The noise of the sum.
    pub sum: Scale,
    /// The noise of the count.
    pub count: Scale,
}

impl Average {
    /// `middle + sum / max(1, count)`, within the declared bounds.
    #[expect(clippy::cast_precision_loss, reason = "the answer is a double")]
    pub fn estimate(&self, sum: i128, count: i128) -> f64 {
        let distance = sum as f64 / count.max(1) as f64;
        self.middle + distance.clamp(-self.half_range, self.half_range)
    }

    /// The 95 % interval, in the manner of Fieller (1954).
    ///
    /// For the true distance `t = s / n` the number `sum - t count` is noise alone: `Z_s - t Z_n`.
    /// Its central 95 % are known for every `t`: `|Z_s - t Z_n| <= q(t)`. The interval is the set
    /// of all `t` within the declared bounds with `|sum - t count| <= q(t)`, so it covers `t` with
    /// 95 %, however small `n` is; no linearisation. It is an interval when the count is more than
    /// its own 95 % noise, and else all that the bounds allow.
    #[expect(clippy::cast_precision_loss, reason = "a statement about errors")]
    pub fn interval(&self, sum: i128, count: i128) -> Interval {
        let (sum, count) = (sum as f64, count as f64);
        let mechanism = self.sum.mechanism();
        let noise = |t: f64| {
            discrete::quantile_of_sum(mechanism, self.sum.to_f64(), t.abs() * self.count.to_f64())
        };
        let all =
            Interval { low: self.middle - self.half_range, high: self.middle + self.half_range };
        if count <= discrete::quantile(mechanism) * self.count.to_f64() {
            return all;
        }
        // Both grow with t, because count is more than the slope of the noise.
        let is_below_high = |t: f64| count * t - sum <= noise(t);
        let is_below_low = |t: f64| count * t - sum < -noise(t);
        Interval {
            low: self.middle + last(is_below_low, self.half_range),
            high: self.middle + last(is_below_high, self.half_range),
        }
    }

    /// Half the width of the interval to expect for a group of `count` rows, at most: what can be
    /// said before anything is drawn. Never more than half the range.
    pub fn expected_half_width(&self, count: f64) -> f64 {
        let noise = discrete::quantile_of_sum(
            self.sum.mechanism(),
            self.sum.to_f64(),
            self.half_range * self.count.to_f64(),
        );
        (noise / count.max(1.0)).min(self.half_range)
    }
}

/// The largest `t` within plus and minus `half_range` up to which `holds` holds.
fn last(holds: impl Fn(f64) -> bool, half_range: f64) -> f64 {
    let (mut low, mut high) = (-half_range, half_range);
    if holds(high) {
        return high;
    }
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if holds(middle) { low = middle } else { high = middle }
    }
    low
}

/// The variance and standard deviation of one cell, from noisy sums of distances to the middle
/// and of their squares, and a noisy count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Half the distance between the declared bounds.
    pub half_range: f64,
    /// The noise of the sum of squares.
    pub squares: Scale,
    /// The noise of the sum.
    pub sum: Scale,
    /// The noise of the count.
    pub count: Scale,
}

impl Spread {
    /// The variance `squares / n - (sum / n)^2` with `n = max(1, count)`, between zero and the
    /// square of half the range, which no variance within the bounds exceeds.
    #[expect(clippy::cast_precision_loss, reason = "the answer is a double")]
    pub fn variance(&self, squares: i128, sum: i128, count: i128) -> f64 {
        let n = count.max(1) as f64;
        let mean = (sum as f64 / n).clamp(-self.half_range, self.half_range);
        (squares as f64 / n - mean * mean).clamp(0.0, self.half_range * self.half_range)
    }

    /// A 95 % interval of the variance, by the delta method: with `a = sum / n`, `c = squares / n`
    /// the first-order noise is `(Z_q - 2 a Z_s + (2 a^2 - c) Z_n) / n`. Its quantile is taken as
    /// that of one draw with the summed variance, which for the Laplace errs on the wide side.
    #[expect(clippy::cast_precision_loss, reason = "a statement about errors")]
    pub fn variance_interval(&self, squares: i128, sum: i128, count: i128) -> Interval {
        let most = self.half_range * self.half_range;
        let mechanism = self.sum.mechanism();
        let n = count as f64;
        if n <= discrete::quantile(mechanism) * self.count.to_f64() {
            return Interval { low: 0.0, high: most };
        }
        let mean = (sum as f64 / n).clamp(-self.half_range, self.half_range);
        let square = (squares as f64 / n).clamp(0.0, most);
        let parts = [
            self.squares.to_f64(),
            2.0 * mean.abs() * self.sum.to_f64(),
            (2.0 * mean * mean - square).abs() * self.count.to_f64(),
        ];
        let noise = parts.iter().map(|it| it * it).sum::<f64>().sqrt() / n;
        let half = discrete::quantile(mechanism) * noise;
        let variance = self.variance(squares, sum, count);
        Interval { low: (variance - half).max(0.0), high: (variance + half).min(most) }
    }

    /// Half the width of the interval of the variance to expect for a group of `count` rows, at
    /// most, whatever its mean and variance are: `a` is at most the half range `h`, and `2 a^2 - c`
    /// lies between `-h^2` and `h^2`, because `a^2 <= c <= h^2`.
    pub fn expected_half_width(&self, count: f64) -> f64 {
        let most = self.half_range * self.half_range;
        let parts = [
            self.squares.to_f64(),
            2.0 * self.half_range * self.sum.to_f64(),
            most * self.count.to_f64(),
        ];
        let noise = parts.iter().map(|it| it * it).sum::<f64>().sqrt() / count.max(1.0);
        (discrete::quantile(self.sum.mechanism()) * noise).min(most)
    }
}
