//! What a text in quotes says: backslashes are read as Spark reads them.

use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use super::text::Text;
use crate::error::{Fault, Unbound};

/// Puts into each text in quotes what Spark reads in it: the tokenizer knows other escapes.
///
/// Refused is a code point that no character has.
pub(super) fn respell(
    tokens: &mut [TokenWithSpan],
    source: &str,
    text: &Text,
) -> Result<(), Unbound> {
    for TokenWithSpan { token, span } in tokens {
        let Token::SingleQuotedString(value) = token else { continue };
        let span = text.span(*span).unwrap_or_else(|| text.whole());
        let typed = source.get(span.start..span.end).unwrap_or_default();
        if !typed.contains('\\') {
            continue;
        }
        let inside = typed.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
        let construct = "an escape that is no character";
        *value = inside.and_then(read).ok_or_else(|| Fault::Unsupported { construct }.at(span))?;
    }
    Ok(())
}

/// What stands between the quotes, as text; `None` when it is none.
fn read(inside: &str) -> Option<String> {
    // Java's characters: two escapes can be the halves of one.
    let mut units: Vec<u16> = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(next) = rest.chars().next() {
        let (read, length) = match next {
            '\\' => escape(rest)?,
            // Two quotes are one.
            '\'' => (Read::Character(next), 2),
            _ => (Read::Character(next), next.len_utf8()),
        };
        match read {
            Read::Character(it) => units.extend_from_slice(it.encode_utf16(&mut [0; 2])),
            Read::Kept(it) => units.extend([u16::from(b'\\'), u16::from(it)]),
            Read::Unit(it) => units.push(it),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    String::from_utf16(&units).ok()
}

/// What an escape stands for.
enum Read {
    Character(char),
    /// A character with its backslash, for LIKE.
    Kept(u8),
    /// Half a character, perhaps.
    Unit(u16),
}

/// The escape that a text begins with, and its length.
fn escape(text: &str) -> Option<(Read, usize)> {
    let digits = |from: usize, count: usize, radix: u32| {
        let found = text.get(from..from.checked_add(count)?)?;
        let plain = found.chars().all(|it| it.is_digit(radix));
        plain.then(|| u32::from_str_radix(found, radix).ok()).flatten()
    };
    let next = text.chars().nth(1)?;
    let numbered = match next {
        'u' => digits(2, 4, 16).map(|it| (it, 6)),
        'U' => digits(2, 8, 16).map(|it| (it, 10)),
        '0' | '1' => digits(1, 3, 8).map(|it| (it, 4)),
        _ => None,
    };
    if let Some((point, length)) = numbered {
        let read = match u16::try_from(point) {
            Ok(unit) => Read::Unit(unit),
            Err(_) => Read::Character(char::from_u32(point)?),
        };
        return Some((read, length));
    }
    let read = match next {
        '%' => Read::Kept(b'%'),
        '_' => Read::Kept(b'_'),
        '0' => Read::Character('\0'),
        'Z' => Read::Character('\u{1a}'),
        'b' => Read::Character('\u{8}'),
        'n' => Read::Character('\n'),
        'r' => Read::Character('\r'),
        't' => Read::Character('\t'),
        other => Read::Character(other),
    };
    Some((read, next.len_utf8().saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn escapes_are_those_of_spark() {
        for (typed, said) in [
            (r"a\tb\nc\rd\be\Zf", "a\tb\nc\rd\u{8}e\u{1a}f"),
            (r"\a\f\v\q\é", "afvqé"),
            (r#"\'\"\\"#, "'\"\\"),
            ("it''s", "it's"),
            (r"100\% \_", r"100\% \_"),
            (r"\u00a0\u2603", "\u{a0}☃"),
            (r"\ud83e\udd80", "🦀"),
            (r"\U0001F980\U00000041", "🦀A"),
            (r"\u12 \U1234567 \uzzzz", "u12 U1234567 uzzzz"),
            (r"\101\179\2\u+041", "A1792u+041"),
            (r"\\u0041", r"\u0041"),
        ] {
            assert_eq!(read(typed).as_deref(), Some(said), "{typed}");
        }
    }

    #[test]
    fn a_number_that_no_character_has_says_nothing() {
        for typed in [r"\ud83e", r"\udd80\ud83e", r"\U00110000", r"\UFFFFFFFF", r"\ud83ex\udd80"] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
