//! Fingerprints: values as 128 bits that are equal when the values are.
//!
//! SipHash-1-3 with 128 bits (Aumasson and Bernstein, 2012), keyed anew for every execution by a
//! key that nobody is told: who writes the values cannot make two that collide. Among `n` different
//! values some two have the same fingerprint with a probability of at most n² / 2^129: for a
//! thousand million, one in 6 × 10^20.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayAccessor, ArrayIter, ArrayRef, AsArray, Decimal128Array, downcast_primitive_array,
};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, ToByteSlice};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use siphasher::sip128::SipHasher13;

/// The key of one execution's fingerprints.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd)]
pub(crate) struct FingerprintKey([u8; 16]);

impl FingerprintKey {
    pub(crate) const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The fingerprints of values, NULLs left out; those of fingerprints are they themselves.
    ///
    /// # Errors
    /// Values that cannot have any: see [`can`].
    pub(super) fn of(self, array: &ArrayRef) -> Result<Vec<Option<u128>>> {
        let hasher = SipHasher13::new_with_key(&self.0);
        Ok(match array.data_type() {
            kind if *kind == FINGERPRINT => {
                let bits = array.as_primitive::<Decimal128Type>();
                bits.iter().map(|it| it.map(i128::cast_unsigned)).collect()
            }
            DataType::Utf8 => all(array.as_string::<i32>(), |it| hasher.hash(it.as_bytes())),
            DataType::Utf8View => all(array.as_string_view(), |it| hasher.hash(it.as_bytes())),
            DataType::Binary => all(array.as_binary::<i32>(), |it| hasher.hash(it)),
            DataType::Boolean => all(array.as_boolean(), |it| hasher.hash(&[u8::from(it)])),
            kind if can(kind) => downcast_primitive_array!(
                array => all(array, |it| hasher.hash(it.to_byte_slice())),
                _ => return internal_err!("no fingerprints of such values")
            ),
            _ => return internal_err!("no fingerprints of such values"),
        })
    }
}

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey")
    }
}

fn all<A: ArrayAccessor>(
    array: A,
    hash: impl Fn(A::Item) -> siphasher::sip128::Hash128,
) -> Vec<Option<u128>> {
    ArrayIter::new(array).map(|it| it.map(|it| hash(it).as_u128())).collect()
}

/// The type in which fingerprints move: any 128 bits. No column of a member has it, nor any value
/// that SQL computes: their scales are not negative.
pub(super) const FINGERPRINT: DataType = DataType::Decimal128(38, -1);

/// Whether values of a type are equal just when their bytes are.
pub(super) fn can(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::Date32
        | DataType::Timestamp(_, _)
        | DataType::Decimal128(_, _) => true,
        // Floats have two zeros and many NaNs.
        _ => false,
    }
}

/// An array of fingerprints.
pub(super) fn array(values: impl IntoIterator<Item = Option<u128>>) -> Decimal128Array {
    let bits = values.into_iter().map(|it| it.map(u128::cast_signed));
    bits.collect::<Decimal128Array>().with_data_type(FINGERPRINT)
}

/// The fingerprints of a column.
pub(super) fn call(key: FingerprintKey, column: Expr) -> Expr {
    let signature = Signature::any(1, Volatility::Immutable);
    ScalarUDF::new_from_impl(Fingerprint { key, signature }).call(vec![column])
}

/// The function.
#[derive(Debug)]
struct Fingerprint {
    key: FingerprintKey,
    signature: Signature,
}

impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Fingerprint {}

impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl ScalarUDFImpl for Fingerprint {
    fn name(&self) -> &str {
        "fingerprint"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(FINGERPRINT)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [values] = arrays.as_slice() else {
            return internal_err!("a fingerprint is of one value");
        };
        Ok(ColumnarValue::Array(Arc::new(array(self.key.of(values)?))))
    }
}
