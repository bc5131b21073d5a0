//! JSON as Gson reads it when it is lenient, so far as schemas of the Java client need it.

use super::SchemaError;

/// How deep values may be nested.
const DEEPEST: usize = 32;

/// A value. Numbers stay text, keys stay in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    Number(String),
    String(String),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    /// The value of a key; the last one wins.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let found = members.iter().rev().find(|(name, _)| name == key);
        found.map(|(_, value)| value).filter(|it| **it != Self::Null)
    }
}

/// Reads one value and nothing behind it.
pub(super) fn parse(text: &str) -> Result<Json, SchemaError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser { text, at: 0 };
    parser.skip_blanks()?;
    if parser.rest().is_empty() {
        return Ok(Json::Null);
    }
    let value = parser.value(0)?;
    parser.skip_blanks()?;
    if parser.rest().is_empty() {
        Ok(value)
    } else {
        Err(parser.fault("something follows the end"))
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fault(&self, what: &'static str) -> SchemaError {
        let before = self.text.get(..self.at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        SchemaError::Syntax {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            what,
        }
    }

    /// Takes a character if it is the next.
    fn take(&mut self, wanted: char) -> bool {
        let is_next = self.rest().starts_with(wanted);
        if is_next {
            self.at += wanted.len_utf8();
        }
        is_next
    }

    fn next_char(&mut self) -> Option<char> {
        let it = self.rest().chars().next()?;
        self.at += it.len_utf8();
        Some(it)
    }

    /// Blanks, line ends and comments.
    fn skip_blanks(&mut self) -> Result<(), SchemaError> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") || trimmed.starts_with('#') {
                self.at += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                let Some(n) = comment.find("*/") else {
                    return Err(self.fault("a comment has no end"));
                };
                self.at += n + 4;
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, SchemaError> {
        if depth > DEEPEST {
            return Err(self.fault("nested too deep"));
        }
        self.skip_blanks()?;
        if self.take('{') {
            return self.object(depth);
        }
        if self.take('[') {
            return self.array(depth);
        }
        for quote in ['"', '\''] {
            if self.take(quote) {
                return self.string(quote).map(Json::String);
            }
        }
        self.bare_word().map(|it| meaning(&it))
    }

    fn object(&mut self, depth: usize) -> Result<Json, SchemaError> {
        let mut members = Vec::new();
        self.skip_blanks()?;
        if self.take('}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_blanks()?;
            let name = if self.take('"') {
                self.string('"')?
            } else if self.take('\'') {
                self.string('\'')?
            } else {
                self.bare_word()?
            };
            self.skip_blanks()?;
            if !self.take(':') {
                return Err(self.fault("a colon is missing behind a key"));
            }
            members.push((name, self.value(depth + 1)?));
            self.skip_blanks()?;
            if self.take('}') {
                return Ok(Json::Object(members));
            }
            if !self.take(',') {
                return Err(self.fault("a comma or a closing brace is missing"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, SchemaError> {
        let mut elements = Vec::new();
        self.skip_blanks()?;
        if self.take(']') {
            return Ok(Json::Array(elements));
        }
        loop {
            self.skip_blanks()?;
            if self.rest().starts_with([',', ']']) {
                return Err(self.fault("a value is missing before a comma or a closing bracket"));
            }
            elements.push(self.value(depth + 1)?);
            self.skip_blanks()?;
            if self.take(']') {
                return Ok(Json::Array(elements));
            }
            if !self.take(',') {
                return Err(self.fault("a comma or a closing bracket is missing"));
            }
        }
    }

    fn bare_word(&mut self) -> Result<String, SchemaError> {
        let rest = self.rest();
        let is_end = |it: char| "/\\;#={}[]:, \t\u{c}\r\n\"'".contains(it);
        let n = rest.find(is_end).unwrap_or(rest.len());
        if n == 0 {
            return Err(self.fault("a value or a key is missing here"));
        }
        self.at += n;
        Ok(rest.get(..n).unwrap_or_default().to_owned())
    }

    fn string(&mut self, quote: char) -> Result<String, SchemaError> {
        let mut text = String::new();
        loop {
            let start = self.at;
            match self.next_char() {
                None => return Err(self.fault("a string has no end")),
                Some(it) if it == quote => return Ok(text),
                Some('\\') => text.push(self.escaped(start)?),
                Some(it) => text.push(it),
            }
        }
    }

    fn escaped(&mut self, start: usize) -> Result<char, SchemaError> {
        Ok(match self.next_char() {
            Some(it @ ('"' | '\'' | '\\' | '/' | '\n')) => it,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let unit = self.unit(start)?;
                let low = if (0xd800..0xdc00).contains(&unit) && self.rest().starts_with("\\u") {
                    self.at += 2;
                    Some(self.unit(start)?)
                } else {
                    None
                };
                let mut decoded = char::decode_utf16([unit].into_iter().chain(low));
                match (decoded.next(), decoded.next()) {
                    (Some(Ok(it)), None) => it,
                    _ => return Err(self.back(start, "half of a surrogate pair")),
                }
            }
            _ => return Err(self.back(start, "an escape that JSON does not have")),
        })
    }

    fn unit(&mut self, start: usize) -> Result<u16, SchemaError> {
        let digits = self.rest().get(..4).filter(|it| it.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|it| u16::from_str_radix(it, 16).ok());
        self.at += 4;
        unit.ok_or_else(|| self.back(start, "an escape without four hexadecimal digits"))
    }

    fn back(&mut self, start: usize, what: &'static str) -> SchemaError {
        self.at = start;
        self.fault(what)
    }
}

/// What a bare word is.
fn meaning(word: &str) -> Json {
    let is = |keyword| word.eq_ignore_ascii_case(keyword);
    if is("null") {
        Json::Null
    } else if is("true") || is("false") {
        Json::Boolean(is("true"))
    } else if word.starts_with(|it: char| it.is_ascii_digit() || it == '-')
        && word.parse::<f64>().is_ok_and(f64::is_finite)
    {
        Json::Number(word.to_owned())
    } else {
        Json::String(word.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_say_where_they_are() {
        let cases = [
            ("{\n  \"a\" 1}", "line 2, column 7: a colon is missing behind a key"),
            ("[1, 2", "line 1, column 6: a comma or a closing bracket is missing"),
            ("{\"é\": \"x", "line 1, column 9: a string has no end"),
            ("[\"\\x\"]", "line 1, column 3: an escape that JSON does not have"),
            ("[\"\\ud800\"]", "line 1, column 3: half of a surrogate pair"),
            ("[\"\\u12é\"]", "line 1, column 3: an escape without four hexadecimal digits"),
            ("[] []", "line 1, column 4: something follows the end"),
            ("/* x", "line 1, column 1: a comment has no end"),
        ];
        for (text, fault) in cases {
            assert_eq!(parse(text).unwrap_err().to_string(), fault, "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(parse(&deep).unwrap_err().to_string().contains("nested too deep"));
    }

    #[test]
    fn what_gson_forgives_is_forgiven() {
        let text = "\u{feff}# one\n/* two */ {'a': TRUE, b: [x, -1.5e3, nUlL], \"c\": \"\\ud83d\\ude00\"} // end";
        let expected = Json::Object(vec![
            ("a".to_owned(), Json::Boolean(true)),
            (
                "b".to_owned(),
                Json::Array(vec![
                    Json::String("x".to_owned()),
                    Json::Number("-1.5e3".to_owned()),
                    Json::Null,
                ]),
            ),
            ("c".to_owned(), Json::String("\u{1f600}".to_owned())),
        ]);
        assert_eq!(parse(text), Ok(expected));
    }
}
