//! STDDEV, VARIANCE, SKEWNESS, KURTOSIS: central moments, as Spark merges them.
//!
//! Moments of doubles may differ in their last digits with the order of rows, as in Spark.

use super::accept::fits;
use super::codec::{Source, number};
use super::fold::{Definition, Fold};
use super::kind::Kind;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    of("kurtosis", |_| Box::new(Moments::new(Asked::Kurtosis))),
    of("skewness", |_| Box::new(Moments::new(Asked::Skewness))),
    of("stddev_pop", |_| Box::new(Moments::new(Asked::DeviationOfAll))),
    of("stddev_samp", |_| Box::new(Moments::new(Asked::Deviation))),
    of("var_pop", |_| Box::new(Moments::new(Asked::VarianceOfAll))),
    of("var_samp", |_| Box::new(Moments::new(Asked::Variance))),
];

const fn of(name: &'static str, start: fn(&[Kind]) -> Box<dyn Fold>) -> Definition {
    Definition {
        name,
        accepts: |kinds| fits(kinds, &[Kind::Double], 1),
        returns: |_| Some(Kind::Double),
        start,
    }
}

#[derive(Clone, Copy)]
enum Asked {
    Deviation,
    DeviationOfAll,
    Kurtosis,
    Skewness,
    Variance,
    VarianceOfAll,
}

/// Not `Debug`: it is data.
struct Moments {
    asked: Asked,
    count: f64,
    mean: f64,
    /// Sums of the second, third and fourth powers of the distances from the mean.
    second: f64,
    third: f64,
    fourth: f64,
}

impl Moments {
    const fn new(asked: Asked) -> Self {
        Self { asked, count: 0.0, mean: 0.0, second: 0.0, third: 0.0, fourth: 0.0 }
    }

    /// Chan's formulas for two parts.
    fn join(&mut self, [count, mean, second, third, fourth]: [f64; 5]) {
        if count == 0.0 {
            return;
        }
        let (n1, n2, n) = (self.count, count, self.count + count);
        let delta = mean - self.mean;
        let step = delta / n;
        self.fourth += fourth
            + step * step * step * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2)
            + 6.0 * step * step * (n1 * n1 * second + n2 * n2 * self.second)
            + 4.0 * step * (n1 * third - n2 * self.third);
        self.third += third
            + step * step * delta * n1 * n2 * (n1 - n2)
            + 3.0 * step * (n1 * second - n2 * self.second);
        self.second += second + delta * step * n1 * n2;
        self.mean += step * n2;
        self.count = n;
    }

    /// Spark's update with one value.
    fn one(&mut self, value: f64) {
        let n = self.count;
        let count = n + 1.0;
        let delta = value - self.mean;
        let step = delta / count;
        let second = self.second + delta * (delta - step);
        let (square, step_square) = (delta * delta, step * step);
        let third = self.third - 3.0 * step * second + delta * (square - step_square);
        self.fourth = self.fourth - 4.0 * step * third - 6.0 * step_square * second
            + delta * (delta * square - step * step_square);
        self.third = third;
        self.second = second;
        self.mean += step;
        self.count = count;
    }
}

impl Fold for Moments {
    fn add(&mut self, row: &[Value<'_>], times: u64) {
        if let [Value::Floating(value)] = row {
            if times == 1 {
                self.one(*value);
            } else {
                self.join([times as f64, *value, 0.0, 0.0, 0.0]);
            }
        }
    }

    fn state(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.count, self.mean, self.second, self.third, self.fourth] {
            number(part.to_bits(), &mut bytes);
        }
        bytes
    }

    fn merge(&mut self, state: &[u8]) {
        let mut source = Source(state);
        let mut parts = [0.0; 5];
        for part in &mut parts {
            *part = source.double().unwrap_or(f64::NAN);
        }
        if self.count == 0.0 {
            [self.count, self.mean, self.second, self.third, self.fourth] = parts;
        } else {
            self.join(parts);
        }
    }

    fn answer(&self) -> Value<'static> {
        let count = self.count;
        if count == 0.0 {
            return Value::Null;
        }
        // One row has no spread of a sample, as in Spark since 3.1.
        let sample = |it: f64| if count == 1.0 { None } else { Some(it / (count - 1.0)) };
        let flat = self.second == 0.0;
        let answer = match self.asked {
            Asked::Deviation => sample(self.second).map(f64::sqrt),
            Asked::DeviationOfAll => Some((self.second / count).sqrt()),
            Asked::Variance => sample(self.second),
            Asked::VarianceOfAll => Some(self.second / count),
            Asked::Skewness | Asked::Kurtosis if flat => None,
            Asked::Skewness => Some(count.sqrt() * self.third / self.second.powi(3).sqrt()),
            Asked::Kurtosis => Some(count * self.fourth / (self.second * self.second) - 3.0),
        };
        answer.map_or(Value::Null, Value::Floating)
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }
}
