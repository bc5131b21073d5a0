//! Interval arithmetic on numbers of 320 binary places: an exact opinion on the two distributions,
//! which shares nothing with the doubles of the library.

use dashu::integer::UBig;

/// Binary places behind the point.
const PLACES: usize = 320;

/// A number between `low` and `high`, both in units of 2^-320.
#[derive(Debug, Clone)]
pub(crate) struct Between {
    pub(crate) low: UBig,
    pub(crate) high: UBig,
}

/// The number one.
pub(crate) fn one() -> UBig {
    UBig::ONE << PLACES
}

/// `numerator / denominator`, below one, between neighbours.
pub(crate) fn fraction(numerator: u128, denominator: u128) -> Between {
    let low = (UBig::from(numerator) << PLACES) / UBig::from(denominator);
    let high = &low + UBig::ONE;
    Between { low, high }
}

impl Between {
    pub(crate) fn exactly(value: UBig) -> Self {
        Self { low: value.clone(), high: value }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self { low: &self.low + &other.low, high: &self.high + &other.high }
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        let low = (&self.low * &other.low) >> PLACES;
        let high = ((&self.high * &other.high) >> PLACES) + UBig::ONE;
        Self { low, high }
    }

    pub(crate) fn over(&self, other: &Self) -> Self {
        let low = (&self.low << PLACES) / &other.high;
        let high = (&self.high << PLACES) / &other.low + UBig::ONE;
        Self { low, high }
    }

    pub(crate) fn twice(&self) -> Self {
        self.plus(self)
    }

    /// `1 - self`, for numbers up to one.
    pub(crate) fn complement(&self) -> Self {
        Self { low: one() - self.high.clone().min(one()), high: one() - &self.low }
    }

    pub(crate) fn power(&self, exponent: u32) -> Self {
        (0..exponent).fold(Self::exactly(one()), |power, _| power.times(self))
    }

    pub(crate) fn is_at_most(&self, other: &Self) -> bool {
        self.high <= other.low
    }

    pub(crate) fn is_above(&self, other: &Self) -> bool {
        self.low > other.high
    }
}

/// `exp(-numerator / denominator)` for an argument up to 2, by its alternating series.
pub(crate) fn exp_of_minus(numerator: u128, denominator: u128) -> Between {
    let (numerator, denominator) = (UBig::from(numerator), UBig::from(denominator));
    let (mut plus, mut minus, mut term) = (UBig::ZERO, UBig::ZERO, one());
    let mut steps = 0_u32;
    while !term.is_zero() {
        if steps.is_multiple_of(2) {
            plus += &term;
        } else {
            minus += &term;
        }
        steps += 1;
        term = term * &numerator / (&denominator * UBig::from(steps));
    }
    // Each division loses less than one unit; the argument over the later steps multiplies that by
    // less than exp(2). A thousand units for each step is far more.
    let error = UBig::from(steps) * UBig::from(1000_u32);
    let value = plus - minus;
    Between { low: &value - &error, high: value + error }
}

/// The tails `Pr[Z >= m]`, `m = 0 ..= most`, of a discrete Gaussian with whole sigma.
pub(crate) fn gaussian_tails(sigma: u32, most: usize) -> Vec<Between> {
    let twice_variance = 2 * u128::from(sigma) * u128::from(sigma);
    let step = exp_of_minus(1, twice_variance);
    let square = step.times(&step);
    // Up to 20 sigma: what lies beyond is below exp(-200) sigma, less than 2^-280.
    let reach = usize::try_from(20 * sigma).unwrap().max(most + 1);
    let mut weights = vec![Between::exactly(one())];
    let mut ratio = step; // exp(-(2 x + 1) / (2 sigma^2)) for x = 0
    for x in 0..reach {
        weights.push(weights[x].times(&ratio));
        ratio = ratio.times(&square);
    }
    let beyond = Between { low: UBig::ZERO, high: UBig::ONE << (PLACES - 270) };
    let mut tails = vec![beyond; weights.len() + 1];
    for x in (0..weights.len()).rev() {
        tails[x] = tails[x + 1].plus(&weights[x]);
    }
    let all = tails[1].twice().plus(&weights[0]);
    tails.truncate(most + 1);
    tails.iter().map(|it| it.over(&all)).collect()
}

/// The tail `Pr[Z >= m]` of a discrete Laplace with scale `numerator / denominator`.
pub(crate) fn laplace_tail(numerator: u128, denominator: u64, m: u32) -> Between {
    let p = exp_of_minus(u128::from(denominator), numerator);
    p.power(m).over(&Between::exactly(one()).plus(&p))
}
