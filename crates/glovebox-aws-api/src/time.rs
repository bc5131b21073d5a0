//! Times on the wire: JSON numbers, seconds since 1970 with a fraction of milliseconds.

use serde_json::{Number, Value};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// The last millisecond of the year 9999: beyond it, clients cannot show a time.
const LAST: i64 = 253_402_300_799_999;

impl Timestamp {
    /// Reads a JSON number of seconds; `None` if it is no time between the years 0 and 9999.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let millis = (value.as_f64()? * 1000.0).round();
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        (-62_167_219_200_000.0..=LAST as f64).contains(&millis).then_some(Self(millis as i64))
    }

    /// The JSON number of seconds.
    #[must_use]
    pub fn to_json(self) -> Value {
        if self.0 % 1000 == 0 {
            return Value::from(self.0 / 1000);
        }
        Number::from_f64(self.0 as f64 / 1000.0).map_or(Value::Null, Value::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_time_is_written_in_seconds_with_milliseconds() {
        assert_eq!(Timestamp(1_780_970_523_366).to_json().to_string(), "1780970523.366");
        assert_eq!(Timestamp(1_780_970_523_000).to_json().to_string(), "1780970523");
    }

    #[test]
    fn every_millisecond_survives_the_wire() {
        for millis in (1_780_970_523_000..1_780_970_525_000).chain([0, -1, LAST]) {
            assert_eq!(Timestamp::from_json(&Timestamp(millis).to_json()), Some(Timestamp(millis)));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for value in [json!("2026-01-01T00:00:00Z"), json!(1e300), json!(null), json!([1])] {
            assert_eq!(Timestamp::from_json(&value), None);
        }
    }
}
