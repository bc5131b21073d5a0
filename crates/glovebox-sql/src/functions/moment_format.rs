//! Spark's patterns, to show moments with: `yyyy-MM-dd HH:mm:ss`.

use chrono::{Datelike, NaiveDate};

use super::calendar::Parts;
use super::pattern::{MONTHS, weekday_name};

/// Characters that a format may have.
const MAX_FORMAT: usize = 100;

/// A format, taken apart: runs of one letter, and text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Run(char, usize),
    Text(String),
}

impl Format {
    /// Nothing for letters that Spark refuses, and for those of zones and weeks that are not
    /// known here.
    pub(crate) fn parse(format: &str) -> Option<Self> {
        if format.len() > MAX_FORMAT {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = format.chars().peekable();
        while let Some(first) = rest.next() {
            if first == '\'' {
                pieces.push(Piece::Text(quoted(&mut rest)?));
            } else if first.is_ascii_alphabetic() {
                let mut run = 1;
                while rest.next_if_eq(&first).is_some() {
                    run += 1;
                }
                if !known(first, run) {
                    return None;
                }
                pieces.push(Piece::Run(first, run));
            } else if matches!(first, '#' | '{' | '}') {
                return None;
            } else if !matches!(first, '[' | ']') {
                pieces.push(Piece::Text(first.to_string()));
            }
        }
        Some(Self { pieces })
    }

    /// Shows a moment.
    pub(crate) fn show(&self, parts: &Parts) -> String {
        let mut shown = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Run(letter, run) => shown.push_str(&field(*letter, *run, parts)),
                Piece::Text(text) => shown.push_str(text),
            }
        }
        shown
    }
}

/// What stands between two quotes; two quotes alone are one.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\'' if rest.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' if text.is_empty() => return Some("'".to_owned()),
            '\'' => return Some(text),
            other => text.push(other),
        }
    }
}

fn known(letter: char, run: usize) -> bool {
    let most = match letter {
        'y' => 6,
        'M' | 'L' | 'E' | 'Q' | 'q' => 4,
        'D' => 3,
        'd' | 'H' | 'h' | 'K' | 'k' | 'm' | 's' => 2,
        'S' => 9,
        'a' | 'F' => 1,
        'G' | 'z' => 3,
        'x' | 'X' | 'Z' => 5,
        _ => 0,
    };
    run <= most
}

/// Time is UTC here, and so are the zones.
fn field(letter: char, run: usize, parts: &Parts) -> String {
    let Parts { date, hour, minute, second, micros } = *parts;
    let padded = |number: u32| format!("{number:0run$}");
    let short = |name: &str| name.get(..3).unwrap_or(name).to_owned();
    match (letter, run) {
        ('y', _) => year(date, run),
        ('M' | 'L', 1 | 2) => padded(date.month()),
        ('M' | 'L', _) => {
            let name = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
            if run == 3 { short(name) } else { name.to_owned() }
        }
        ('E', 1..=3) => short(weekday_name(date.weekday())),
        ('E', _) => weekday_name(date.weekday()).to_owned(),
        ('Q' | 'q', 1 | 2) => padded(date.month0() / 3 + 1),
        ('Q' | 'q', 3) => format!("Q{}", date.month0() / 3 + 1),
        ('Q' | 'q', _) => {
            let names = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];
            names.get(date.month0() as usize / 3).copied().unwrap_or_default().to_owned()
        }
        ('D', _) => padded(date.ordinal()),
        ('d', _) => padded(date.day()),
        ('F', _) => ((date.day() - 1) % 7 + 1).to_string(),
        ('H', _) => padded(hour),
        ('h', _) => padded((hour + 11) % 12 + 1),
        ('K', _) => padded(hour % 12),
        ('k', _) => padded((hour + 23) % 24 + 1),
        ('m', _) => padded(minute),
        ('s', _) => padded(second),
        ('S', _) => format!("{micros:06}000").get(..run).unwrap_or_default().to_owned(),
        ('a', _) => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        ('G', _) => if date.year() > 0 { "AD" } else { "BC" }.to_owned(),
        ('z', _) => "UTC".to_owned(),
        ('X', _) | ('Z', 5) => "Z".to_owned(),
        ('x', 1) => "+00".to_owned(),
        ('x', 3 | 5) => "+00:00".to_owned(),
        ('Z', 4) => "GMT".to_owned(),
        _ => "+0000".to_owned(),
    }
}

/// The year of its era: two digits, or at least so many, with a plus where there are more.
fn year(date: NaiveDate, run: usize) -> String {
    let year = date.year_ce().1;
    match run {
        2 => format!("{:02}", year % 100),
        4.. if year.to_string().len() > run => format!("+{year}"),
        _ => format!("{year:0run$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar;
    use super::*;

    #[test]
    fn moments_are_shown_as_spark_shows_them() {
        let micros = calendar::parse_moment("2024-02-09 03:04:05.123456").unwrap();
        let parts = calendar::parts(micros).unwrap();
        for (format, text) in [
            ("yyyy-MM-dd HH:mm:ss.SSS", "2024-02-09 03:04:05.123"),
            ("E, d MMM yy h:mm a", "Fri, 9 Feb 24 3:04 AM"),
            ("EEEE MMMM D DDD", "Friday February 40 040"),
            ("'o''clock' ''", "o'clock '"),
            ("k K SSSSSSSSS", "3 3 123456000"),
            ("QQQ XXX", "Q1 Z"),
        ] {
            assert_eq!(Format::parse(format).unwrap().show(&parts), text, "{format}");
        }
    }

    #[test]
    fn letters_that_spark_refuses_are_no_format() {
        for format in ["YYYY", "ww", "u", "e", "A", "n", "B", "'open", "dddd", "yyyyyyy", "{"] {
            assert_eq!(Format::parse(format), None, "{format}");
        }
    }
}
