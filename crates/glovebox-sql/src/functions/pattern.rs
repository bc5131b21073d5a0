//! Patterns of days and moments: Spark's (`yyyy-MM-dd`) and Redshift's (`YYYY-MM-DD HH24:MI`).

use chrono::{Datelike, NaiveDate, Weekday};

use super::calendar::{self, Parts, number};

/// Characters that a pattern may have.
const MAX_PATTERN: usize = 100;

/// The months by their English names.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    Capital,
    Lower,
    Upper,
}

/// Least digits that a number has when it is read; it is shown with two (or its own) width.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Day(usize),
    DayOfYear(usize),
    Fraction(usize),
    Hour12(usize),
    Hour24(usize),
    IsoWeek,
    IsoYear,
    Meridiem(Letters),
    Minute(usize),
    Month(usize),
    MonthName { full: bool, letters: Letters },
    Quarter,
    Second(usize),
    Text(String),
    WeekOfYear,
    WeekdayName { full: bool, letters: Letters },
    WeekdayNumber,
    Year { least: usize, most: usize },
    Year2,
}

/// A pattern, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    tokens: Vec<Token>,
    /// `FM`: names and numbers without padding.
    tight: bool,
}

impl Pattern {
    /// A pattern to read text with: Redshift's when it has a capital `Y` or `D` and neither
    /// `y` nor `d`, else Spark's.
    pub(crate) fn reading(pattern: &str) -> Option<Self> {
        let redshift = pattern.contains(['Y', 'D']) && !pattern.contains(['y', 'd']);
        if redshift { Self::redshift(pattern, 1) } else { Self::spark(pattern) }
    }

    /// A pattern to show with: Redshift's.
    pub(crate) fn showing(pattern: &str) -> Option<Self> {
        Self::redshift(pattern, 2)
    }

    fn spark(pattern: &str) -> Option<Self> {
        if pattern.len() > MAX_PATTERN {
            return None;
        }
        let mut tokens = Vec::new();
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            let run = rest.chars().take_while(|it| *it == first).count();
            if first == '\'' {
                let (text, after) = quoted(rest, '\'')?;
                tokens.push(Token::Text(text));
                rest = after;
                continue;
            }
            if !first.is_ascii_alphabetic() {
                tokens.push(Token::Text(first.to_string()));
                rest = rest.get(first.len_utf8()..)?;
                continue;
            }
            tokens.push(match (first, run) {
                ('y' | 'u', 2) => Token::Year2,
                ('y' | 'u', 1 | 3..=6) => Token::Year { least: run, most: run.max(4) },
                ('M' | 'L', 1 | 2) => Token::Month(run),
                ('M' | 'L', 3) => Token::MonthName { full: false, letters: Letters::Capital },
                ('M' | 'L', 4) => Token::MonthName { full: true, letters: Letters::Capital },
                ('d', 1 | 2) => Token::Day(run),
                ('D', 1..=3) => Token::DayOfYear(run),
                ('H', 1 | 2) => Token::Hour24(run),
                ('h', 1 | 2) => Token::Hour12(run),
                ('m', 1 | 2) => Token::Minute(run),
                ('s', 1 | 2) => Token::Second(run),
                ('S', 1..=9) => Token::Fraction(run),
                ('a', 1) => Token::Meridiem(Letters::Upper),
                _ => return None,
            });
            rest = rest.get(run..)?;
        }
        (!tokens.is_empty()).then_some(Self { tokens, tight: false })
    }

    fn redshift(pattern: &str, least: usize) -> Option<Self> {
        if pattern.len() > MAX_PATTERN {
            return None;
        }
        let mut tokens = Vec::new();
        let (mut rest, mut tight) = (pattern, false);
        while let Some(first) = rest.chars().next() {
            if first == '"' {
                let (text, after) = quoted(rest, '"')?;
                tokens.push(Token::Text(text));
                rest = after;
            } else if rest.get(..2).is_some_and(|it| it.eq_ignore_ascii_case("fm")) {
                tight = true;
                rest = rest.get(2..)?;
            } else if first.is_ascii_alphabetic() {
                let (token, length) = redshift_token(rest, least)?;
                tokens.push(token);
                rest = rest.get(length..)?;
            } else {
                tokens.push(Token::Text(first.to_string()));
                rest = rest.get(first.len_utf8()..)?;
            }
        }
        (!tokens.is_empty()).then_some(Self { tokens, tight })
    }

    /// Shows a moment.
    pub(crate) fn show(&self, parts: &Parts) -> String {
        self.tokens.iter().map(|it| self.show_token(it, parts)).collect()
    }

    fn show_token(&self, token: &Token, parts: &Parts) -> String {
        let Parts { date, hour, minute, second, micros } = *parts;
        let padded = |number: u32, width: usize| {
            if self.tight { number.to_string() } else { format!("{number:0width$}") }
        };
        let named = |name: &str, full: bool, letters: Letters| {
            let name = if full { name } else { name.get(..3).unwrap_or(name) };
            let name = match letters {
                Letters::Capital => name.to_owned(),
                Letters::Lower => name.to_lowercase(),
                Letters::Upper => name.to_uppercase(),
            };
            if full && !self.tight { format!("{name:<9}") } else { name }
        };
        match token {
            Token::Day(_) => padded(date.day(), 2),
            Token::DayOfYear(_) => padded(date.ordinal(), 3),
            Token::Fraction(digits) => {
                format!("{micros:06}").get(..(*digits).min(6)).unwrap_or_default().to_owned()
            }
            Token::Hour12(_) => padded((hour + 11) % 12 + 1, 2),
            Token::Hour24(_) => padded(hour, 2),
            Token::IsoWeek => padded(date.iso_week().week(), 2),
            Token::IsoYear => format!("{:04}", date.iso_week().year()),
            Token::Meridiem(Letters::Lower) => if hour < 12 { "am" } else { "pm" }.to_owned(),
            Token::Meridiem(_) => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            Token::Minute(_) => padded(minute, 2),
            Token::Month(_) => padded(date.month(), 2),
            Token::MonthName { full, letters } => {
                named(MONTHS.get(date.month0() as usize).unwrap_or(&""), *full, *letters)
            }
            Token::Quarter => (date.month0() / 3 + 1).to_string(),
            Token::Second(_) => padded(second, 2),
            Token::Text(text) => text.clone(),
            Token::WeekOfYear => padded(date.ordinal0() / 7 + 1, 2),
            Token::WeekdayName { full, letters } => {
                named(weekday_name(date.weekday()), *full, *letters)
            }
            Token::WeekdayNumber => (date.weekday().num_days_from_sunday() + 1).to_string(),
            Token::Year { .. } => format!("{:04}", date.year()),
            Token::Year2 => format!("{:02}", date.year().rem_euclid(100)),
        }
    }

    /// Reads a moment: the whole text, or nothing. What the pattern leaves out is 1970-01-01
    /// 00:00:00.
    pub(crate) fn read(&self, text: &str) -> Option<i64> {
        let mut read = Read::default();
        let mut rest = text;
        for token in &self.tokens {
            rest = read.token(token, rest)?;
        }
        if rest.is_empty() { read.moment() } else { None }
    }
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Read {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    day_of_year: Option<u32>,
    hour: u32,
    twelve: bool,
    afternoon: Option<bool>,
    minute: u32,
    second: u32,
    micros: u32,
}

impl Read {
    fn token<'t>(&mut self, token: &Token, text: &'t str) -> Option<&'t str> {
        let most = |least: usize| least.max(2);
        let rest = match token {
            Token::Text(wanted) => return text.strip_prefix(wanted.as_str()),
            Token::Year { least, most } => {
                let (year, rest) = leading(text, *least, *most)?;
                self.year = Some(i32::try_from(year).ok()?);
                rest
            }
            Token::Year2 => {
                let (year, rest) = leading(text, 2, 2)?;
                self.year = Some(2000 + i32::try_from(year).ok()?);
                rest
            }
            Token::Month(least) => {
                let (month, rest) = leading(text, *least, most(*least))?;
                self.month = Some(month);
                rest
            }
            Token::MonthName { full, .. } => {
                let (month, rest) = MONTHS.iter().enumerate().find_map(|(place, name)| {
                    let name = if *full { name } else { name.get(..3)? };
                    let start = text.get(..name.len())?;
                    let same = start.eq_ignore_ascii_case(name);
                    same.then(|| Some((place, text.get(name.len()..)?))).flatten()
                })?;
                self.month = Some(u32::try_from(month).ok()? + 1);
                rest
            }
            Token::Day(least) => {
                let (day, rest) = leading(text, *least, most(*least))?;
                self.day = Some(day);
                rest
            }
            Token::DayOfYear(least) => {
                let (day, rest) = leading(text, *least, 3)?;
                self.day_of_year = Some(day);
                rest
            }
            Token::Hour24(least) | Token::Hour12(least) => {
                let (hour, rest) = leading(text, *least, most(*least))?;
                self.hour = hour;
                self.twelve = matches!(token, Token::Hour12(_));
                rest
            }
            Token::Minute(least) => {
                let (minute, rest) = leading(text, *least, most(*least))?;
                self.minute = minute;
                rest
            }
            Token::Second(least) => {
                let (second, rest) = leading(text, *least, most(*least))?;
                self.second = second;
                rest
            }
            Token::Fraction(digits) => {
                let (fraction, rest) = leading(text, *digits, *digits)?;
                let power = 10_u32.pow(u32::try_from(digits.abs_diff(6)).ok()?);
                self.micros = if *digits <= 6 { fraction * power } else { fraction / power };
                rest
            }
            Token::Meridiem(_) => {
                let word = text.get(..2)?.to_ascii_uppercase();
                self.afternoon = match word.as_str() {
                    "AM" => Some(false),
                    "PM" => Some(true),
                    _ => return None,
                };
                text.get(2..)?
            }
            Token::IsoWeek
            | Token::IsoYear
            | Token::Quarter
            | Token::WeekOfYear
            | Token::WeekdayName { .. }
            | Token::WeekdayNumber => return None,
        };
        Some(rest)
    }

    fn moment(&self) -> Option<i64> {
        let year = self.year.unwrap_or(1970);
        let date = match self.day_of_year {
            Some(day) if self.month.is_none() && self.day.is_none() => {
                NaiveDate::from_yo_opt(year, day)?
            }
            Some(_) => return None,
            None => NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        let hour = match (self.twelve, self.afternoon) {
            (true, _) if !(1..=12).contains(&self.hour) => return None,
            (true, Some(true)) => self.hour % 12 + 12,
            (true, _) => self.hour % 12,
            (false, _) => self.hour,
        };
        calendar::moment(calendar::days(date), hour, self.minute, self.second, self.micros)
    }
}

/// Up to `most` digits at the start, at least `least`; what follows may be digits too.
fn leading(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (value, none) = number(text.get(..end)?, least, most)?;
    none.is_empty().then_some((value, text.get(end..)?))
}

/// Quoted text at the start, and what follows; two quotes alone are one quote.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let inner = text.strip_prefix(quote)?;
    let (found, rest) = inner.split_once(quote)?;
    let found = if found.is_empty() { quote.to_string() } else { found.to_owned() };
    Some((found, rest))
}

pub(super) fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// The longest element of Redshift's at the start of the text, and its length.
fn redshift_token(text: &str, least: usize) -> Option<(Token, usize)> {
    let known: [(&str, Token); 23] = [
        ("month", Token::MonthName { full: true, letters: letters(text) }),
        ("yyyy", Token::Year { least: 1, most: 4 }),
        ("iyyy", Token::IsoYear),
        ("hh24", Token::Hour24(least)),
        ("hh12", Token::Hour12(least)),
        ("ddd", Token::DayOfYear(1)),
        ("day", Token::WeekdayName { full: true, letters: letters(text) }),
        ("mon", Token::MonthName { full: false, letters: letters(text) }),
        ("yy", Token::Year2),
        ("mm", Token::Month(least)),
        ("mi", Token::Minute(least)),
        ("ms", Token::Fraction(3)),
        ("us", Token::Fraction(6)),
        ("dd", Token::Day(least)),
        ("dy", Token::WeekdayName { full: false, letters: letters(text) }),
        ("hh", Token::Hour12(least)),
        ("ss", Token::Second(least)),
        ("ww", Token::WeekOfYear),
        ("iw", Token::IsoWeek),
        ("am", Token::Meridiem(letters(text))),
        ("pm", Token::Meridiem(letters(text))),
        ("q", Token::Quarter),
        ("d", Token::WeekdayNumber),
    ];
    known.into_iter().find_map(|(name, token)| {
        let start = text.get(..name.len())?;
        start.eq_ignore_ascii_case(name).then_some((token, name.len()))
    })
}

/// How a name is shown: as the first two letters of its element are written.
fn letters(text: &str) -> Letters {
    let mut characters = text.chars().map(|it| it.is_ascii_uppercase());
    match (characters.next(), characters.next()) {
        (Some(true), Some(true)) => Letters::Upper,
        (Some(true), _) => Letters::Capital,
        _ => Letters::Lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<String> {
        Pattern::reading(pattern)?.read(text).and_then(calendar::show_moment)
    }

    #[test]
    fn both_dialects_read_the_same_day() {
        for (pattern, text, expected) in [
            ("yyyy-MM-dd", "2020-02-09", Some("2020-02-09 00:00:00")),
            ("YYYY-MM-DD", "2020-02-09", Some("2020-02-09 00:00:00")),
            ("YYYYMMDD", "20200209", Some("2020-02-09 00:00:00")),
            ("yyyyMMdd", "20200209", Some("2020-02-09 00:00:00")),
            ("dd/MM/yy", "09/02/20", Some("2020-02-09 00:00:00")),
            ("d MMM yyyy", "9 feb 2020", Some("2020-02-09 00:00:00")),
            ("DD MONTH YYYY", "9 February 2020", Some("2020-02-09 00:00:00")),
            ("YYYY-MM-DD HH24:MI:SS", "2020-02-09 03:04:05", Some("2020-02-09 03:04:05")),
            (
                "yyyy-MM-dd'T'HH:mm:ss.SSS",
                "2020-02-09T03:04:05.678",
                Some("2020-02-09 03:04:05.678"),
            ),
            ("hh:mm a", "12:30 AM", Some("1970-01-01 00:30:00")),
            ("yyyy-DDD", "2020-060", Some("2020-02-29 00:00:00")),
            ("yyyy-MM-dd", "2020-2-9", None),
            ("yyyy-MM-dd", "2020-02-09 ", None),
            ("yyyy-MM-dd", "2021-02-29", None),
            ("hh:mm", "13:00", None),
            ("yyyy-MM-dd", "", None),
        ] {
            assert_eq!(read(pattern, text).as_deref(), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_with_anything_else_is_none() {
        for pattern in ["", "yyyy-QQ", "xx", "'open", "yyyyyyyyyy", &"y-".repeat(200)] {
            assert_eq!(Pattern::reading(pattern), None, "{pattern}");
        }
        assert_eq!(Pattern::showing("YYYY zz"), None);
    }

    #[test]
    fn moments_show_as_in_redshift() {
        let micros = calendar::parse_moment("2009-12-31 23:15:59.123456").unwrap();
        let parts = calendar::parts(micros).unwrap();
        for (pattern, text) in [
            ("YYYY-MM-DD HH24:MI:SS", "2009-12-31 23:15:59"),
            ("MON-DY-DD-YYYY HH12:MIPM", "DEC-THU-31-2009 11:15PM"),
            ("Month, DDD, D", "December , 365, 5"),
            ("FMMonth", "December"),
            ("yy mon q ms us", "09 dec 4 123 123456"),
            ("IYYY-IW WW", "2009-53 53"),
            ("\"day\" DD", "day 31"),
        ] {
            assert_eq!(Pattern::showing(pattern).unwrap().show(&parts), text, "{pattern}");
        }
    }
}
