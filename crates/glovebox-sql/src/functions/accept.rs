//! What arguments functions take and what they give: Spark's implicit casts, by short names.

use super::kind::Kind;
use super::value::Value;

/// The kinds that arguments of these kinds are coerced to; `None` refuses the call.
pub(crate) type Accepts = fn(&[Kind]) -> Option<Vec<Kind>>;

/// The kind of the result, given coerced kinds and constant arguments.
pub(crate) type Returns = fn(&[Kind], &[Option<Value<'_>>]) -> Option<Kind>;

/// Bytes that a value made by a function may have; a longer one is NULL.
pub(crate) const MAX_BYTES: usize = 1 << 20;

pub(crate) const BIGINT: Returns = |_, _| Some(Kind::Bigint);
pub(crate) const BINARY: Returns = |_, _| Some(Kind::Binary);
pub(crate) const BOOLEAN: Returns = |_, _| Some(Kind::Boolean);
pub(crate) const DATE: Returns = |_, _| Some(Kind::Date);
pub(crate) const DOUBLE: Returns = |_, _| Some(Kind::Double);
pub(crate) const INT: Returns = |_, _| Some(Kind::Int);
pub(crate) const STRING: Returns = |_, _| Some(Kind::String);
pub(crate) const TIMESTAMP: Returns = |_, _| Some(Kind::Timestamp);

/// The kind of the first argument.
pub(crate) const FIRST: Returns = |kinds, _| kinds.first().copied();

/// Arguments of these kinds, of which the first `least` must be there.
pub(crate) fn fits(kinds: &[Kind], wanted: &[Kind], least: usize) -> Option<Vec<Kind>> {
    if !(least..=wanted.len()).contains(&kinds.len()) {
        return None;
    }
    kinds.iter().zip(wanted).map(|(kind, to)| implicit(*kind, *to).then_some(*to)).collect()
}

/// Whether Spark casts the one to the other where a function takes the other.
pub(crate) fn implicit(kind: Kind, wanted: Kind) -> bool {
    if kind == wanted || kind == Kind::Null {
        return true;
    }
    match wanted {
        Kind::Array(_) => false,
        Kind::String => !matches!(kind, Kind::Array(_) | Kind::Binary),
        Kind::Binary | Kind::Boolean => kind == Kind::String,
        Kind::Date | Kind::Timestamp => kind.is_moment() || kind == Kind::String,
        Kind::Null => false,
        _ => kind.is_number() || kind == Kind::String,
    }
}

/// Text of a size that may be.
pub(crate) fn limited<'a>(text: String) -> Value<'a> {
    if text.len() > MAX_BYTES { Value::Null } else { Value::text(text) }
}

/// A whole number.
pub(crate) fn count<'a>(number: usize) -> Value<'a> {
    i64::try_from(number).map_or(Value::Null, Value::Integer)
}

/// The bytes of text or of bytes.
pub(crate) fn bytes<'v>(value: &'v Value<'_>) -> Option<&'v [u8]> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        Value::Text(text) => Some(text.as_bytes()),
        _ => None,
    }
}
