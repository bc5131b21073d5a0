//! APPROX_COUNT_DISTINCT: exact up to some thousand values, then by HyperLogLog.
//!
//! The sketch depends on the set of values alone: not on their order, nor on partitions.

use std::collections::BTreeSet;

use super::accept::fits;
use super::fold::{Definition, Fold};
use super::kind::Kind;
use super::multiset::Row;
use super::spark_hash::xxhash64;
use super::value::Value;

pub(super) static ALL: &[Definition] = &[Definition {
    name: "approx_count_distinct",
    // The second argument, the error that is allowed, changes nothing: ours is below 1 %.
    accepts: |kinds| match kinds {
        [_] => Some(kinds.to_vec()),
        [value, error] => Some([vec![*value], fits(&[*error], &[Kind::Double], 1)?].concat()),
        _ => None,
    },
    returns: |_| Some(Kind::Bigint),
    start: |_| Box::new(Sketch::Exact(BTreeSet::new())),
}];

/// Values that are counted exactly.
const MOST_EXACT: usize = 4096;
/// Bits of a hash that choose a register: 2^14 of them, an error of 0.8 %.
const BITS: u32 = 14;
const REGISTERS: usize = 1 << BITS;

enum Sketch {
    Exact(BTreeSet<u64>),
    Registers(Vec<u8>),
}

impl Sketch {
    fn insert(&mut self, hash: u64) {
        match self {
            Self::Exact(seen) => {
                seen.insert(hash);
                if seen.len() > MOST_EXACT {
                    let mut registers = vec![0; REGISTERS];
                    for hash in seen.iter() {
                        register(&mut registers, *hash);
                    }
                    *self = Self::Registers(registers);
                }
            }
            Self::Registers(registers) => register(registers, hash),
        }
    }
}

fn register(registers: &mut [u8], hash: u64) {
    let place = usize::try_from(hash >> (64 - BITS)).unwrap_or(0);
    let rank = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() + 1;
    if let Some(known) = registers.get_mut(place) {
        *known = (*known).max(u8::try_from(rank).unwrap_or(u8::MAX));
    }
}

/// Flajolet's estimate, with linear counting where many registers are empty.
fn estimate(registers: &[u8]) -> f64 {
    let count = registers.len() as f64;
    let sum: f64 = registers.iter().map(|it| 0.5_f64.powi(i32::from(*it))).sum();
    let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / sum;
    let empty = registers.iter().filter(|it| **it == 0).count();
    if raw <= 2.5 * count && empty > 0 { count * (count / empty as f64).ln() } else { raw }
}

impl Fold for Sketch {
    fn add(&mut self, row: &[Value<'_>], _times: u64) {
        let Some(value) = row.first().filter(|it| **it != Value::Null) else { return };
        let mut bytes = Vec::new();
        let Row(values) = Row::of(std::slice::from_ref(value));
        for value in &values {
            let value = match value {
                Value::Floating(it) => Value::Floating(super::value::normal(*it)),
                other => other.clone(),
            };
            super::codec::write(&value, &mut bytes);
        }
        self.insert(xxhash64::bytes(&bytes, 42));
    }

    fn state(&self) -> Vec<u8> {
        match self {
            Self::Exact(seen) => {
                let hashes = seen.iter().flat_map(|it| it.to_le_bytes());
                [0].into_iter().chain(hashes).collect()
            }
            Self::Registers(registers) => [&[1], registers.as_slice()].concat(),
        }
    }

    fn merge(&mut self, state: &[u8]) {
        match state {
            [0, hashes @ ..] => {
                for hash in hashes.as_chunks::<8>().0 {
                    self.insert(u64::from_le_bytes(*hash));
                }
            }
            [1, others @ ..] if others.len() == REGISTERS => {
                let mut merged = others.to_vec();
                match self {
                    Self::Exact(seen) => {
                        seen.iter().for_each(|hash| register(&mut merged, *hash));
                    }
                    Self::Registers(own) => {
                        for (other, own) in merged.iter_mut().zip(own.iter()) {
                            *other = (*other).max(*own);
                        }
                    }
                }
                *self = Self::Registers(merged);
            }
            _ => {}
        }
    }

    fn answer(&self) -> Value<'static> {
        let count = match self {
            Self::Exact(seen) => seen.len() as f64,
            Self::Registers(registers) => estimate(registers).round(),
        };
        super::cast::whole(count).map_or(Value::Null, Value::Integer)
    }

    fn size(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Exact(seen) => seen.len() * 24,
                Self::Registers(registers) => registers.len(),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(numbers: std::ops::Range<i64>) -> Sketch {
        let mut sketch = Sketch::Exact(BTreeSet::new());
        for number in numbers {
            sketch.add(&[Value::Integer(number)], 1);
        }
        sketch
    }

    #[test]
    fn small_sets_are_counted_exactly_and_large_ones_nearly() {
        assert_eq!(sketch(0..4000).answer(), Value::Integer(4000));
        let Value::Integer(many) = sketch(0..200_000).answer() else { panic!() };
        assert!((many - 200_000).abs() < 6000, "{many}");
    }

    #[test]
    fn partitions_and_order_change_nothing() {
        let whole = sketch(0..50_000);
        for (left, right) in [(0..10, 5..50_000), (0..30_000, 20_000..50_000), (0..50_000, 0..9)] {
            let (mut one, other) = (sketch(left), sketch(right));
            one.merge(&other.state());
            assert!(one.state() == whole.state());
        }
    }
}
