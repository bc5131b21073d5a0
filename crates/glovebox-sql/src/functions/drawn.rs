//! RAND and UUID: numbers and texts that differ from row to row.
//!
//! They are drawn from the query's own second and a count of all draws, not from a source of
//! entropy: nobody may take them for secrets.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// A double of at least 0 and below 1.
    Number,
    /// A UUID of version 4.
    Uuid,
}

/// A volatile function. Its argument is a seed: a number, or the query's time where the text
/// has none.
pub(super) struct Drawn {
    what: What,
    signature: Signature,
}

/// Draws so far, so that no two rows of a process share one.
static DRAWS: AtomicU64 = AtomicU64::new(0);

impl Drawn {
    pub(super) fn new(what: What) -> Self {
        Self { what, signature: Signature::user_defined(Volatility::Volatile) }
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl PartialEq for Drawn {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

impl Eq for Drawn {}

impl Hash for Drawn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.what.hash(state);
    }
}

impl ScalarUDFImpl for Drawn {
    fn name(&self) -> &str {
        match self.what {
            What::Number => "rand",
            What::Uuid => "uuid",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(match self.what {
            What::Number => DataType::Float64,
            What::Uuid => DataType::Utf8,
        })
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [DataType::Timestamp(..)] => Ok(types.to_vec()),
            [seed] if self.what == What::Number && seed.is_integer() => Ok(vec![DataType::Int64]),
            _ => plan_err!("the arguments of {} do not fit", self.name()),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let seed = match args.args.as_slice() {
            [ColumnarValue::Scalar(ScalarValue::Int64(seed))] => seed.unwrap_or(0),
            [ColumnarValue::Scalar(ScalarValue::TimestampMicrosecond(seed, None))] => {
                seed.unwrap_or(0)
            }
            _ => return exec_err!("the seed of {} must be a literal", self.name()),
        };
        let rows = args.number_rows as u64;
        let first = DRAWS.fetch_add(rows.saturating_mul(2), Ordering::Relaxed);
        let draw = |row: u64| mixed(mixed(seed.cast_unsigned()) ^ first.wrapping_add(row));
        let array: ArrayRef = match self.what {
            What::Number => {
                // 53 bits are what a double holds.
                let number = |row| (draw(row) >> 11) as f64 / (1_u64 << 53) as f64;
                Arc::new(Float64Array::from_iter_values((0..rows).map(number)))
            }
            What::Uuid => {
                let text = |row: u64| uuid(draw(2 * row), draw(2 * row + 1));
                Arc::new(StringArray::from_iter_values((0..rows).map(text)))
            }
        };
        Ok(ColumnarValue::Array(array))
    }
}

/// SplitMix64.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// With the bits of version 4, variant 1.
fn uuid(high: u64, low: u64) -> String {
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    let all = format!("{high:016x}{low:016x}");
    let part = |from: usize, to: usize| all.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use glovebox_model::ColumnType;

    use super::super::trial::{Table, answer};
    use super::*;

    #[test]
    fn rows_draw_values_of_their_own() {
        let rows = vec![vec!["1"]; 50];
        let table = Table { columns: vec![("n", ColumnType::Int)], rows };
        let of = |select: &str| {
            answer(&format!("SELECT {select} AS v FROM t"), &[("t", &table)]).unwrap().concat()
        };
        for select in ["rand()", "RANDOM()", "rand(5)", "uuid()"] {
            let mut drawn = of(select);
            drawn.sort();
            drawn.dedup();
            assert_eq!(drawn.len(), 50, "{select}");
        }
        assert_eq!(of("sum(if(rand() < 1 AND rand() >= 0, 1, 0))"), ["50"]);
        let right = "sum(if(regexp_like(uuid(), '^[0-9a-f-]{14}4[0-9a-f]{3}-[89ab]'), 1, 0))";
        assert_eq!(of(right), ["50"]);
    }

    #[test]
    fn a_uuid_says_its_version() {
        assert_eq!(uuid(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid(0, 0), "00000000-0000-4000-8000-000000000000");
    }
}
