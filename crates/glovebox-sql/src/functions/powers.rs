//! Powers, logarithms and angles: doubles in, a double out.

use std::f64::consts::{E, PI};

use super::accept::{DOUBLE, fits};
use super::kind::Kind;
use super::scalar::{Definition, Row};
use super::value::Value;

pub(super) static ALL: &[Definition] =
    &[
        one("acos", |_, values| of(values, f64::acos)),
        // Spark's own formulas, so that the last digits agree.
        one("acosh", |_, values| of(values, |it| (it + (it * it - 1.0).sqrt()).ln())),
        one("asin", |_, values| of(values, f64::asin)),
        one("asinh", |_, values| {
            of(values, |it| {
                if it == f64::NEG_INFINITY { it } else { (it + (it * it + 1.0).sqrt()).ln() }
            })
        }),
        one("atan", |_, values| of(values, f64::atan)),
        one("atanh", |_, values| of(values, |it| 0.5 * (it.ln_1p() - (-it).ln_1p()))),
        one("cbrt", |_, values| of(values, f64::cbrt)),
        one("cos", |_, values| of(values, f64::cos)),
        one("cosh", |_, values| of(values, f64::cosh)),
        one("cot", |_, values| of(values, |it| 1.0 / it.tan())),
        one("csc", |_, values| of(values, |it| 1.0 / it.sin())),
        one("degrees", |_, values| of(values, |it| it * DEGREES)),
        one("exp", |_, values| of(values, f64::exp)),
        one("expm1", |_, values| of(values, f64::exp_m1)),
        one("log10", |_, values| above(values, 0.0, f64::log10)),
        one("log1p", |_, values| above(values, -1.0, f64::ln_1p)),
        one("log2", |_, values| above(values, 0.0, |it| it.ln() / 2.0_f64.ln())),
        one("radians", |_, values| of(values, |it| it * RADIANS)),
        one("rint", |_, values| of(values, f64::round_ties_even)),
        one("sec", |_, values| of(values, |it| 1.0 / it.cos())),
        one("sign", |_, values| of(values, sign)),
        one("sin", |_, values| of(values, f64::sin)),
        one("sinh", |_, values| of(values, f64::sinh)),
        one("tan", |_, values| of(values, f64::tan)),
        one("tanh", |_, values| of(values, f64::tanh)),
        two("atan2", |_, values| both(values, f64::atan2)),
        two("hypot", |_, values| both(values, f64::hypot)),
        two("power", |_, values| both(values, power)),
        none("e", |_, _| Value::Floating(E)),
        none("pi", |_, _| Value::Floating(PI)),
    ];

/// Java's factors.
const DEGREES: f64 = 57.295_779_513_082_32;
const RADIANS: f64 = 0.017_453_292_519_943_295;

const fn none(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: |kinds| fits(kinds, &[], 0), returns: DOUBLE, row }
}

const fn one(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: |kinds| fits(kinds, &[Kind::Double], 1), returns: DOUBLE, row }
}

const fn two(name: &'static str, row: Row) -> Definition {
    Definition { name, accepts: |kinds| fits(kinds, &[Kind::Double; 2], 2), returns: DOUBLE, row }
}

fn of<'a>(values: &[Value<'a>], function: fn(f64) -> f64) -> Value<'a> {
    match values {
        [Value::Floating(number)] => Value::Floating(function(*number)),
        _ => Value::Null,
    }
}

fn both<'a>(values: &[Value<'a>], function: fn(f64, f64) -> f64) -> Value<'a> {
    match values {
        [Value::Floating(left), Value::Floating(right)] => Value::Floating(function(*left, *right)),
        _ => Value::Null,
    }
}

/// NULL at the limit and below it.
fn above<'a>(values: &[Value<'a>], limit: f64, function: fn(f64) -> f64) -> Value<'a> {
    match values {
        [Value::Floating(number)] if *number <= limit => Value::Null,
        _ => of(values, function),
    }
}

fn sign(number: f64) -> f64 {
    if number == 0.0 || number.is_nan() { number } else { number.signum() }
}

/// Java's: no power of NaN but the zeroth, and one to the infinite is NaN.
fn power(base: f64, exponent: f64) -> f64 {
    let unsettled = exponent.is_nan() || base.abs() == 1.0 && exponent.is_infinite();
    if unsettled { f64::NAN } else { base.powf(exponent) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_odd_numbers_are_javas() {
        assert!(power(1.0, f64::NAN).is_nan());
        assert!(power(-1.0, f64::INFINITY).is_nan());
        assert_eq!(power(f64::NAN, 0.0), 1.0);
        assert_eq!(power(0.0, -1.0), f64::INFINITY);
    }
}
