//! Guesses the type of a column from its texts.

use glovebox_model::ColumnType;

use super::cell;

/// What a column can still be, after the texts met so far.
///
/// Numbers with leading zeros or a plus sign are text, so that codes keep their form. A column
/// without any value is text.
#[derive(Debug, Clone)]
pub(super) struct Guess {
    met: bool,
    bigint: bool,
    boolean: bool,
    date: bool,
    double: bool,
    timestamp: bool,
}

impl Guess {
    pub(super) fn new() -> Self {
        Self { met: false, bigint: true, boolean: true, date: true, double: true, timestamp: true }
    }

    /// Takes a text into account; `quoted` texts (of JSON) are no numbers and no booleans.
    pub(super) fn meet(&mut self, text: &str, quoted: bool) {
        self.met = true;
        self.bigint &= !quoted && is_number(text) && text.parse::<i64>().is_ok();
        self.double &= !quoted && is_number(text) && cell::float::<f64>(text).is_some();
        self.boolean &= !quoted && cell::boolean(text).is_some();
        self.date &= cell::date(text).is_some();
        self.timestamp &= cell::micros(text).is_some();
    }

    pub(super) fn kind(&self) -> ColumnType {
        match self {
            Self { met: false, .. } => ColumnType::String,
            Self { bigint: true, .. } => ColumnType::Bigint,
            Self { double: true, .. } => ColumnType::Double,
            Self { boolean: true, .. } => ColumnType::Boolean,
            Self { date: true, .. } => ColumnType::Date,
            Self { timestamp: true, .. } => ColumnType::Timestamp,
            _ => ColumnType::String,
        }
    }
}

/// Digits, perhaps a sign, a point, an exponent; no leading zero before another digit.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    match digits {
        [b'0', second, ..] => !second.is_ascii_digit(),
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_guessed_as_narrow_as_all_values_allow() {
        let kind = |texts: &[&str]| {
            let mut guess = Guess::new();
            texts.iter().for_each(|it| guess.meet(it, false));
            guess.kind().to_string()
        };
        assert_eq!(kind(&[]), "string");
        assert_eq!(kind(&["1", "-2", "0"]), "bigint");
        assert_eq!(kind(&["1", "9223372036854775808"]), "double");
        assert_eq!(kind(&["1", "2.5", "1e3"]), "double");
        assert_eq!(kind(&["007", "8"]), "string");
        assert_eq!(kind(&["+1"]), "string");
        assert_eq!(kind(&["true", "FALSE"]), "boolean");
        assert_eq!(kind(&["2026-11-23"]), "date");
        assert_eq!(kind(&["2026-11-23", "2026-11-23 10:00:00"]), "timestamp");
        assert_eq!(kind(&["true", "1"]), "string");
        assert_eq!(kind(&["NaN"]), "string");
    }
}
