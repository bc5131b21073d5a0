//! Java's regular expressions, where a linear-time engine can mean the same by them.
//!
//! A pattern with what the engine lacks (look-around, back references, possessive quantifiers)
//! or what it would read otherwise is no pattern here.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex::{Captures, Regex, RegexBuilder};

/// Bytes that a pattern may have.
const MAX_PATTERN: usize = 1000;
/// Bytes that a compiled pattern may have.
const MAX_PROGRAM: usize = 1 << 20;
/// Compiled patterns that a thread remembers.
const REMEMBERED: usize = 32;

thread_local! {
    static COMPILED: RefCell<BTreeMap<String, Option<Regex>>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// The pattern, compiled; nothing when there is no such pattern here.
pub(crate) fn compiled(pattern: &str) -> Option<Regex> {
    if pattern.len() > MAX_PATTERN {
        return None;
    }
    COMPILED.with_borrow_mut(|known| {
        if let Some(found) = known.get(pattern) {
            return found.clone();
        }
        let found = translated(pattern)
            .and_then(|it| RegexBuilder::new(&it).size_limit(MAX_PROGRAM).build().ok());
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(pattern.to_owned(), found.clone());
        found
    })
}

/// All matches as Java's `Matcher.find` gives them: an empty one may follow another at once.
pub(crate) fn all<'t>(
    regex: &'t Regex,
    text: &'t str,
    start: usize,
) -> impl Iterator<Item = Captures<'t>> {
    let mut next = Some(start);
    std::iter::from_fn(move || {
        let found = regex.captures_at(text, next?);
        next = found.as_ref().and_then(|it| it.get(0)).and_then(|it| {
            if it.end() > it.start() {
                return Some(it.end());
            }
            let step = text.get(it.end()..)?.chars().next().map(char::len_utf8)?;
            Some(it.end() + step)
        });
        found
    })
}

/// The replacement with `$1` and `\` resolved; nothing where Java raises an error.
pub(crate) fn expanded(replacement: &str, found: &Captures<'_>, into: &mut String) -> Option<()> {
    let mut characters = replacement.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => into.push(characters.next()?),
            '$' => {
                let mut group = characters.next()?.to_digit(10)? as usize;
                found.len().checked_sub(group + 1)?;
                while let Some(digit) = characters.peek().and_then(|it| it.to_digit(10)) {
                    let longer = group * 10 + digit as usize;
                    if longer >= found.len() {
                        break;
                    }
                    group = longer;
                    characters.next();
                }
                into.push_str(found.get(group).map_or("", |it| it.as_str()));
            }
            other => into.push(other),
        }
    }
    Some(())
}

/// The pattern as our engine writes it.
fn translated(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern.chars().peekable();
    let mut classes = 0_u32;
    let mut after_quantifier = false;
    let mut dot_is_all = false;
    while let Some(character) = rest.next() {
        let mut quantifier = false;
        match character {
            '\\' => escape(&mut rest, &mut out)?,
            '[' if classes > 0 && rest.peek() == Some(&':') => return None,
            '[' => {
                classes += 1;
                out.push('[');
                if rest.peek() == Some(&'^') {
                    out.extend(rest.next());
                }
                if rest.next_if_eq(&']').is_some() {
                    out.push_str(r"\]");
                }
            }
            ']' if classes > 0 => {
                classes -= 1;
                out.push(']');
            }
            '-' | '~' if classes > 0 => {
                if rest.peek() == Some(&character) {
                    return None;
                }
                out.push(character);
            }
            ' ' | '#' if classes > 0 => {
                out.push('\\');
                out.push(character);
            }
            _ if classes > 0 => out.push(character),
            '.' if dot_is_all => out.push('.'),
            '.' => out.push_str(r"[^\n\r\u{85}\u{2028}\u{2029}]"),
            '(' if rest.peek() == Some(&'?') => {
                rest.next();
                dot_is_all |= group(&mut rest, &mut out)?;
            }
            // Possessive: the same text with another meaning.
            '+' if after_quantifier => return None,
            '*' | '+' | '?' => {
                quantifier = !after_quantifier;
                out.push(character);
            }
            '}' => {
                quantifier = true;
                out.push('}');
            }
            other => out.push(other),
        }
        after_quantifier = quantifier;
    }
    (classes == 0).then_some(out)
}

type Rest<'p> = std::iter::Peekable<std::str::Chars<'p>>;

/// What follows a backslash.
fn escape(rest: &mut Rest<'_>, out: &mut String) -> Option<()> {
    match rest.next()? {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[0-9A-Za-z_]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' => out.push_str(r"[\t\n\x0B\f\r\x20]"),
        'S' => out.push_str(r"[^\t\n\x0B\f\r\x20]"),
        'h' => {
            out.push_str(r"[\x20\t\xA0\u{1680}\u{180e}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}]")
        }
        'Q' => {
            let mut quoted = String::new();
            while let Some(character) = rest.next() {
                if character == '\\' && rest.peek() == Some(&'E') {
                    rest.next();
                    break;
                }
                quoted.push(character);
            }
            out.push_str(&regex::escape(&quoted));
        }
        letter @ ('p' | 'P') => property(letter, rest, out)?,
        'e' => out.push_str(r"\x1B"),
        letter @ ('a' | 'b' | 'B' | 'f' | 'n' | 'r' | 't' | 'x' | 'u' | 'A' | 'z') => {
            out.push('\\');
            out.push(letter);
        }
        letter if letter.is_alphanumeric() => return None,
        sign => out.push_str(&regex::escape(sign.encode_utf8(&mut [0; 4]))),
    }
    Some(())
}

/// `\p{...}`: general categories, which both engines name alike, and POSIX's classes.
fn property(letter: char, rest: &mut Rest<'_>, out: &mut String) -> Option<()> {
    let name: String = match rest.next()? {
        '{' => rest.by_ref().take_while(|it| *it != '}').take(20).collect(),
        one => one.to_string(),
    };
    let posix = match name.as_str() {
        "Alnum" => "0-9A-Za-z",
        "Alpha" => "A-Za-z",
        "Digit" => "0-9",
        "Lower" => "a-z",
        "Punct" => r"!-/:-@\[-`{-\~",
        "Space" => r"\t\n\x0B\f\r\x20",
        "Upper" => "A-Z",
        name if name.len() <= 2 && name.starts_with(['L', 'M', 'N', 'P', 'S', 'Z', 'C']) => {
            out.push_str(&format!(r"\{letter}{{{name}}}"));
            return Some(());
        }
        _ => return None,
    };
    let not = if letter == 'P' { "^" } else { "" };
    out.push_str(&format!("[{not}{posix}]"));
    Some(())
}

/// What follows `(?`; whether it makes the dot match everything.
fn group(rest: &mut Rest<'_>, out: &mut String) -> Option<bool> {
    out.push_str("(?");
    match rest.peek()? {
        '<' => {
            out.extend(rest.next());
            // Look-behind.
            if matches!(rest.peek(), Some('=' | '!')) {
                return None;
            }
            Some(false)
        }
        ':' => {
            out.extend(rest.next());
            Some(false)
        }
        _ => {
            let flags: String =
                std::iter::from_fn(|| rest.next_if(char::is_ascii_alphabetic)).collect();
            if flags.is_empty() || !flags.chars().all(|it| matches!(it, 'i' | 'm' | 's')) {
                return None;
            }
            out.push_str(&flags);
            // Only a flag for the rest of the whole pattern is followed here.
            let alone = rest.next_if_eq(&')').is_some();
            out.push_str(if alone { ")" } else { "" });
            (alone && out.starts_with("(?")).then(|| flags.contains('s'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, text: &str) -> Option<String> {
        let regex = compiled(pattern).unwrap();
        regex.find(text).map(|it| it.as_str().to_owned())
    }

    #[test]
    fn what_the_engine_lacks_or_reads_otherwise_is_no_pattern() {
        for pattern in [
            "(?=a)",
            "(?<=a)b",
            "(?<!a)b",
            "(?!a)",
            r"(a)\1",
            "a++",
            "a*+",
            "a?+",
            "a{2}+",
            "[a--b]",
            "[[:alpha:]]",
            r"\p{IsGreek}",
            r"\p{javaLowerCase}",
            r"\Z",
            r"\G",
            r"\R",
            "(?x)a b",
            "(?u)a",
            "a(?s:.)",
            "(",
            "[a",
            "*",
            r"\",
            "(?>a)",
        ] {
            assert!(compiled(pattern).is_none(), "{pattern}");
        }
        assert!(compiled(&"a".repeat(1001)).is_none());
        assert!(compiled("((a{100}){100}){100}").is_none());
    }

    #[test]
    fn classes_are_those_of_java() {
        assert_eq!(found(r"\d+", "٣ 12"), Some("12".into()));
        assert_eq!(found(r"[\w-]+", "é a-b"), Some("a-b".into()));
        assert_eq!(found(r"\s", "\u{a0}x"), None);
        assert_eq!(found("a.b", "a\rb"), None);
        assert_eq!(found("(?s)a.b", "a\rb"), Some("a\rb".into()));
        assert_eq!(found(r"\Qa.b\E", "axb a.b"), Some("a.b".into()));
        assert_eq!(found(r"\<b\>", "<b>"), Some("<b>".into()));
        assert_eq!(found(r"\p{Upper}\p{L}", "éÀ Aé"), Some("Aé".into()));
        assert_eq!(found("a+?", "aaa"), Some("a".into()));
        assert_eq!(found("[^]a]", "]ab"), Some("b".into()));
    }

    #[test]
    fn an_empty_match_may_follow_another() {
        let count = |pattern, text| all(&compiled(pattern).unwrap(), text, 0).count();
        assert_eq!(count("a*", "baa"), 3);
        assert_eq!(count("", "héé"), 4);
        assert_eq!(count("x", ""), 0);
    }

    #[test]
    fn a_hostile_pattern_ends_in_time() {
        let text = "a".repeat(5000);
        assert_eq!(found("(a*)*b", &text), None);
    }
}
