//! CORR, COVAR_POP, COVAR_SAMP and the REGR functions: of pairs of doubles.

use super::accept::fits;
use super::codec::{Source, number};
use super::fold::{Definition, Fold};
use super::kind::Kind;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[
    of("corr", |_| Box::new(Pairs::new(Asked::Correlation))),
    of("covar_pop", |_| Box::new(Pairs::new(Asked::CovarianceOfAll))),
    of("covar_samp", |_| Box::new(Pairs::new(Asked::Covariance))),
];

const fn of(name: &'static str, start: fn(&[Kind]) -> Box<dyn Fold>) -> Definition {
    Definition {
        name,
        accepts: |kinds| fits(kinds, &[Kind::Double; 2], 2),
        returns: |_| Some(Kind::Double),
        start,
    }
}

#[derive(Clone, Copy)]
enum Asked {
    Correlation,
    Covariance,
    CovarianceOfAll,
}

/// Not `Debug`: it is data.
struct Pairs {
    asked: Asked,
    count: f64,
    mean_x: f64,
    mean_y: f64,
    /// Sums of products of the distances from the means.
    both: f64,
    x: f64,
    y: f64,
}

impl Pairs {
    const fn new(asked: Asked) -> Self {
        Self { asked, count: 0.0, mean_x: 0.0, mean_y: 0.0, both: 0.0, x: 0.0, y: 0.0 }
    }

    fn join(&mut self, [count, mean_x, mean_y, both, x, y]: [f64; 6]) {
        if count == 0.0 {
            return;
        }
        let n = self.count + count;
        let (dx, dy) = (mean_x - self.mean_x, mean_y - self.mean_y);
        let (step_x, step_y) = (dx / n, dy / n);
        self.both += both + dx * step_y * self.count * count;
        self.x += x + dx * step_x * self.count * count;
        self.y += y + dy * step_y * self.count * count;
        self.mean_x += step_x * count;
        self.mean_y += step_y * count;
        self.count = n;
    }

    /// Spark's update with one pair.
    fn one(&mut self, x: f64, y: f64) {
        self.count += 1.0;
        let (dx, dy) = (x - self.mean_x, y - self.mean_y);
        self.mean_x += dx / self.count;
        self.mean_y += dy / self.count;
        self.both += dx * (y - self.mean_y);
        self.x += dx * (x - self.mean_x);
        self.y += dy * (y - self.mean_y);
    }
}

impl Fold for Pairs {
    fn add(&mut self, row: &[Value<'_>], times: u64) {
        if let [Value::Floating(x), Value::Floating(y)] = row {
            if times == 1 {
                self.one(*x, *y);
            } else {
                self.join([times as f64, *x, *y, 0.0, 0.0, 0.0]);
            }
        }
    }

    fn state(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.count, self.mean_x, self.mean_y, self.both, self.x, self.y] {
            number(part.to_bits(), &mut bytes);
        }
        bytes
    }

    fn merge(&mut self, state: &[u8]) {
        let mut source = Source(state);
        let mut parts = [0.0; 6];
        for part in &mut parts {
            *part = source.double().unwrap_or(f64::NAN);
        }
        if self.count == 0.0 {
            [self.count, self.mean_x, self.mean_y, self.both, self.x, self.y] = parts;
        } else {
            self.join(parts);
        }
    }

    fn answer(&self) -> Value<'static> {
        let answer = match self.asked {
            _ if self.count == 0.0 => None,
            Asked::CovarianceOfAll => Some(self.both / self.count),
            _ if self.count == 1.0 => None,
            Asked::Covariance => Some(self.both / (self.count - 1.0)),
            Asked::Correlation => Some(self.both / (self.x * self.y).sqrt()),
        };
        answer.map_or(Value::Null, Value::Floating)
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }
}
