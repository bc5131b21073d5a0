//! Values as bytes, for what an aggregate function hands from partition to partition.

use super::value::Value;

/// Appends a value.
pub(crate) fn write(value: &Value<'_>, into: &mut Vec<u8>) {
    let mut sized = |tag: u8, bytes: &[u8]| {
        into.push(tag);
        number(bytes.len() as u64, into);
        into.extend_from_slice(bytes);
    };
    match value {
        Value::Null => into.push(0),
        Value::Boolean(yes) => into.extend([1, u8::from(*yes)]),
        Value::Bytes(bytes) => sized(2, bytes),
        Value::Date(days) => {
            into.push(3);
            into.extend(days.to_le_bytes());
        }
        Value::Decimal(digits, scale) => {
            into.extend([4, *scale]);
            into.extend(digits.to_le_bytes());
        }
        Value::Floating(number) => {
            into.push(5);
            into.extend(number.to_bits().to_le_bytes());
        }
        Value::Integer(number) => {
            into.push(6);
            into.extend(number.to_le_bytes());
        }
        Value::Moment(micros) => {
            into.push(7);
            into.extend(micros.to_le_bytes());
        }
        Value::Text(text) => sized(8, text.as_bytes()),
        Value::List(items) => {
            into.push(9);
            number(items.len() as u64, into);
            for item in items {
                write(item, into);
            }
        }
    }
}

/// Appends a count.
pub(crate) fn number(number: u64, into: &mut Vec<u8>) {
    into.extend(number.to_le_bytes());
}

/// Bytes from which values are taken one by one.
#[derive(Clone, Copy)]
pub(crate) struct Source<'b>(pub(crate) &'b [u8]);

impl Source<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn sized(&mut self) -> Option<Vec<u8>> {
        let size = usize::try_from(self.number()?).ok()?;
        let (first, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(first.to_vec())
    }

    /// The next count.
    pub(crate) fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// The next double.
    pub(crate) fn double(&mut self) -> Option<f64> {
        self.number().map(f64::from_bits)
    }

    /// The next value; nothing at the end.
    pub(crate) fn value(&mut self) -> Option<Value<'static>> {
        let [tag] = self.take()?;
        Some(match tag {
            0 => Value::Null,
            1 => Value::Boolean(self.take::<1>()? == [1]),
            2 => Value::Bytes(self.sized()?.into()),
            3 => Value::Date(i32::from_le_bytes(self.take()?)),
            4 => {
                let [scale] = self.take()?;
                Value::Decimal(i128::from_le_bytes(self.take()?), scale)
            }
            5 => Value::Floating(self.double()?),
            6 => Value::Integer(i64::from_le_bytes(self.take()?)),
            7 => Value::Moment(i64::from_le_bytes(self.take()?)),
            8 => Value::text(String::from_utf8(self.sized()?).ok()?),
            9 => {
                let count = self.number()?;
                let mut items = Vec::new();
                for _ in 0..count {
                    items.push(self.value()?);
                }
                Value::List(items)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        let values = [
            Value::Null,
            Value::Boolean(true),
            Value::Bytes(vec![0, 255].into()),
            Value::Date(-5),
            Value::Decimal(i128::MIN, 3),
            Value::Floating(-1.5),
            Value::Integer(i64::MIN),
            Value::Moment(7),
            Value::text("hé"),
            Value::List(vec![Value::Null, Value::text("")]),
        ];
        let mut bytes = Vec::new();
        for value in &values {
            write(value, &mut bytes);
        }
        let mut source = Source(&bytes);
        for value in &values {
            assert_eq!(source.value().as_ref(), Some(value));
        }
        assert_eq!(source.value(), None);
    }
}
