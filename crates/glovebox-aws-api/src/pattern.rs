//! The model's patterns, anchored, in the dialect they were written for (Java: `\d`, `\w` and `\s`
//! mean ASCII; `.` is not a line end), and the few that are written by hand.

use std::fmt;
use std::sync::OnceLock;

use regex::Regex;

/// One pattern of the model.
pub struct Pattern {
    source: &'static str,
    by_hand: Option<fn(&str) -> bool>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn regex(source: &'static str) -> Self {
        Self { source, by_hand: None, compiled: OnceLock::new() }
    }

    pub(crate) const fn by_hand(source: &'static str, matches: fn(&str) -> bool) -> Self {
        Self { source, by_hand: Some(matches), compiled: OnceLock::new() }
    }

    /// The pattern as the model has it.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// Whether all of the text matches. A pattern that does not compile matches nothing.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match self.by_hand {
            Some(matches) => matches(text),
            None => self.compiled().is_some_and(|regex| regex.is_match(text)),
        }
    }

    /// Whether it can match at all: it is written by hand or compiles.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.by_hand.is_some() || self.compiled().is_some()
    }

    fn compiled(&self) -> Option<&Regex> {
        let compile = || Regex::new(&format!("^(?:{})$", ascii_classes(self.source))).ok();
        self.compiled.get_or_init(compile).as_ref()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.source).finish()
    }
}

/// Spells `\d`, `\w`, `\s` and `.` out: `regex` would read them as Unicode classes.
fn ascii_classes(source: &str) -> String {
    let mut out = String::new();
    let mut in_class = false;
    let mut letters = source.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('d') if in_class => out.push_str("0-9"),
                Some('w') if in_class => out.push_str("0-9A-Za-z_"),
                Some('s') if in_class => out.push_str(r" \t\n\x0B\f\r"),
                Some('d') => out.push_str("[0-9]"),
                Some('w') => out.push_str("[0-9A-Za-z_]"),
                Some('s') => out.push_str(r"[ \t\n\x0B\f\r]"),
                other => {
                    out.push('\\');
                    out.extend(other);
                }
            },
            '.' if !in_class => out.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
            _ => {
                in_class = (in_class || letter == '[') && letter != ']';
                out.push(letter);
            }
        }
    }
    out
}

/// `.*(?!^(\d+\.)+\d+$)(^(LABEL\.)*LABEL$).*`: labels of `[a-z0-9-]` between dots, none starting or
/// ending with a hyphen, and not two or more labels that are all digits (an IP address).
pub(crate) fn bucket(text: &str) -> bool {
    let legal = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let digits = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    text.split('.').all(legal) && !(text.contains('.') && text.split('.').all(digits))
}

/// `(?!\s*$)[...\t]*`: one line, not blank.
pub(crate) fn name(text: &str) -> bool {
    line(text) && !text.chars().all(is_space)
}

/// `(?!\s+$)[...\t\r\n]*`: any text, empty or not blank.
pub(crate) fn description(text: &str) -> bool {
    self::text(text) && (text.is_empty() || !text.chars().all(is_space))
}

/// `[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t]*`: printable characters and tabs. The
/// surrogates of the pattern are UTF-16's way to say: all characters above U+FFFF.
pub(crate) fn line(text: &str) -> bool {
    text.chars().all(|c| c == '\t' || is_text(c))
}

/// The same with carriage returns and line feeds.
pub(crate) fn text(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '\t' | '\r' | '\n') || is_text(c))
}

fn is_text(c: char) -> bool {
    matches!(c, '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{0B}' | '\u{0C}' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patterns;

    #[test]
    fn every_pattern_of_the_model_is_usable() {
        assert_eq!(patterns::ALL.len(), 44);
        for pattern in patterns::ALL {
            assert!(pattern.is_usable(), "{pattern:?}");
        }
        assert_eq!(patterns::ALL.iter().filter(|p| p.by_hand.is_some()).count(), 5);
    }

    #[test]
    fn patterns_are_anchored() {
        assert!(patterns::ACCOUNT_ID.matches("123456789012"));
        for text in ["x123456789012", "123456789012x", "123456789012\n", "a\n123456789012", ""] {
            assert!(!patterns::ACCOUNT_ID.matches(text), "{text:?}");
        }
    }

    #[test]
    fn digits_and_letters_are_ascii() {
        assert!(!patterns::ACCOUNT_ID.matches("١٢٣٤٥٦٧٨٩٠١٢"));
        let arn = "arn:aws:cleanrooms:us-east-1:123456789012:collaboration/a_b-1";
        assert!(patterns::COLLABORATION_ARN.matches(arn));
        assert!(!patterns::COLLABORATION_ARN.matches(&arn.replace('b', "é")));
        assert!(!patterns::COLLABORATION_ARN.matches(&arn.replace("012:", "01٢:")));
    }

    #[test]
    fn a_dot_is_no_line_end() {
        let pattern = Pattern::regex("a.b");
        assert!(pattern.matches("a b") && pattern.matches("a.b"));
        for end in ["\n", "\r", "\u{85}", "\u{2028}"] {
            assert!(!pattern.matches(&format!("a{end}b")));
        }
    }

    #[test]
    fn classes_are_spelled_out_inside_and_outside_brackets() {
        assert_eq!(ascii_classes(r"\d[\d\w-]\.[.]"), r"[0-9][0-90-9A-Za-z_-]\.[.]");
    }

    #[test]
    fn a_pattern_that_does_not_compile_matches_nothing() {
        assert!(!Pattern::regex("(?!x)").matches(""));
    }

    #[test]
    fn buckets_are_labels_between_dots() {
        for good in ["abc", "a.b.c", "my-bucket.2", "1.2a", "123", "a--b", "1-1.2"] {
            assert!(bucket(good), "{good}");
        }
        for bad in
            ["", "A", "a_b", "-a", "a-", "a..b", ".a", "a.", "1.2.3.4", "1.2", "a/b", "a.-b", "a\n"]
        {
            assert!(!bucket(bad), "{bad:?}");
        }
    }

    #[test]
    fn names_are_one_line_and_not_blank() {
        for good in ["a", " a ", "\ta", "Ünïcode", "😀", "a\u{A0}"] {
            assert!(name(good), "{good:?}");
        }
        for bad in ["", " ", "\t", "a\nb", "a\r", "a\u{0}", "\u{1b}[31m", "\u{FFFE}", "\u{FFFF}"] {
            assert!(!name(bad), "{bad:?}");
        }
    }

    #[test]
    fn descriptions_may_be_empty_or_long_but_not_blank() {
        for good in ["", "a\r\nb", " \n a"] {
            assert!(description(good), "{good:?}");
        }
        for bad in [" ", "\r\n", "\t\t", "a\u{7}"] {
            assert!(!description(bad), "{bad:?}");
        }
    }

    #[test]
    fn lines_and_texts_may_be_blank() {
        assert!(line("") && line(" \t") && !line("\n") && !line("\u{1}"));
        assert!(text("") && text(" \t\r\n") && !text("\u{1}"));
    }
}
