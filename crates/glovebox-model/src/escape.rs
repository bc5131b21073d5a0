//! Text from others, made safe to show: the one escaper for terminals, logs and pages.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Makes `text` safe to show on one line: control characters (line feeds and terminal escapes
/// among them), characters that change direction, invisible ones and unassigned planes become
/// `\u{..}`. Everything else stays as it is, so names in other scripts stay readable.
pub fn escape(text: &str) -> Cow<'_, str> {
    escaped(text, false)
}

/// The same for text of several lines: line feeds stay, tabs become spaces.
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    escaped(text, true)
}

fn escaped(text: &str, lines: bool) -> Cow<'_, str> {
    if text.chars().all(|c| is_plain(c) || (lines && c == '\n')) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' if lines => safe.push('\n'),
            '\t' if lines => safe.push(' '),
            _ if is_plain(c) => safe.push(c),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(safe)
}

/// Whether the character shows as itself, and as nothing else.
fn is_plain(c: char) -> bool {
    !(c.is_control()
        || (c.is_whitespace() && c != ' ' && c != '\u{3000}')
        || matches!(
            u32::from(c),
            0x00AD // soft hyphen
            | 0x034F // grapheme joiner
            | 0x061C // Arabic letter mark
            | 0x115F..=0x1160 // Hangul fillers
            | 0x17B4..=0x17B5
            | 0x180B..=0x180F
            | 0x200B..=0x200F // zero width, marks of direction
            | 0x2028..=0x202E // separators, embeddings and overrides
            | 0x2060..=0x206F // joiners, isolates
            | 0x3164 | 0xFFA0 // Hangul fillers
            | 0xFE00..=0xFE0F // variation selectors
            | 0xFEFF // byte order mark
            | 0xFFF0..=0xFFFB
            | 0x1D173..=0x1D17A
            | 0xE000..=0xF8FF // private use
            | 0xE0000..=0x10FFFF // tags, private planes
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_shown_instead() {
        assert_eq!(escape("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(escape("a\u{9b}2Jb"), "a\\u{9b}2Jb");
        assert_eq!(escape("a\nb\tc\r"), "a\\u{a}b\\u{9}c\\u{d}");
        assert_eq!(escape("\u{202e}gpj.exe\u{2066}"), "\\u{202e}gpj.exe\\u{2066}");
        assert_eq!(
            escape("a\u{200b}\u{feff}\u{e0041}\u{2028}"),
            "a\\u{200b}\\u{feff}\\u{e0041}\\u{2028}"
        );
        assert_eq!(escape_lines("a\n\tb\u{1b}"), "a\n b\\u{1b}");
    }

    #[test]
    fn plain_text_of_any_script_stays() {
        for text in ["SELECT 'naïve' -- 東京 🦀", "Ελλάδα, Россия", "", "a\u{3000}b"]
        {
            assert!(matches!(escape(text), Cow::Borrowed(it) if it == text), "{text}");
        }
    }
}
