//! The order of values of one kind, as Spark sorts them: NaN last, one zero.

use std::cmp::Ordering;

use super::value::{Value, normal};

/// Whether both are the same value, or both NULL.
pub(crate) fn same(left: &Value<'_>, right: &Value<'_>) -> bool {
    order(left, right) == Ordering::Equal
}

/// NULL comes first; values of unlike kinds stand in the order of their kinds.
pub(crate) fn order(left: &Value<'_>, right: &Value<'_>) -> Ordering {
    match (left, right) {
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Decimal(a, s1), Value::Decimal(b, s2)) if s1 == s2 => a.cmp(b),
        (Value::Floating(a), Value::Floating(b)) => floats(*a, *b),
        (Value::Integer(a), Value::Integer(b)) | (Value::Moment(a), Value::Moment(b)) => a.cmp(b),
        (Value::List(a), Value::List(b)) => {
            let pairs = a.iter().zip(b).map(|(a, b)| order(a, b));
            pairs.fold(Ordering::Equal, Ordering::then).then(a.len().cmp(&b.len()))
        }
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => rank(left).cmp(&rank(right)),
    }
}

fn floats(left: f64, right: f64) -> Ordering {
    let (left, right) = (normal(left), normal(right));
    left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

fn rank(value: &Value<'_>) -> u8 {
    match value {
        Value::Null => 0,
        Value::Boolean(_) => 1,
        Value::Integer(_) => 2,
        Value::Decimal(..) => 3,
        Value::Floating(_) => 4,
        Value::Date(_) => 5,
        Value::Moment(_) => 6,
        Value::Text(_) => 7,
        Value::Bytes(_) => 8,
        Value::List(_) => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_the_greatest_number_and_equals_itself() {
        let float = Value::Floating;
        assert_eq!(order(&float(f64::NAN), &float(f64::INFINITY)), Ordering::Greater);
        assert!(same(&float(f64::NAN), &float(-f64::NAN)));
        assert!(same(&float(0.0), &float(-0.0)));
        assert!(same(&Value::Null, &Value::Null));
        assert_eq!(order(&Value::Null, &float(f64::NEG_INFINITY)), Ordering::Less);
    }
}
