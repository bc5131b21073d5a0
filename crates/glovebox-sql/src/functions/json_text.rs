//! JSON, read leniently enough for Spark and strictly enough for everybody else: the first
//! value of a text, up to 100 levels deep.

use super::cast::show_double;

/// Levels that a value may have.
const MAX_DEPTH: usize = 100;

/// A value. Not `Debug`: it is data.
#[derive(Clone, PartialEq)]
pub(crate) enum Json<'t> {
    Boolean(bool),
    List(Vec<Json<'t>>),
    Null,
    /// As it stands in the text.
    Number(&'t str),
    Object(Vec<(String, Json<'t>)>),
    Text(String),
}

impl<'t> Json<'t> {
    /// The value that the text begins with.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        Reader { rest: text }.value(MAX_DEPTH)
    }

    /// The value as Spark writes it: no white space, doubles as Java shows them.
    pub(crate) fn show(&self, into: &mut String) {
        match self {
            Self::Boolean(yes) => into.push_str(if *yes { "true" } else { "false" }),
            Self::List(items) => {
                into.push('[');
                for (place, item) in items.iter().enumerate() {
                    into.push_str(if place > 0 { "," } else { "" });
                    item.show(into);
                }
                into.push(']');
            }
            Self::Null => into.push_str("null"),
            Self::Number(number) => match number.parse::<f64>() {
                Ok(double) if number.contains(['.', 'e', 'E']) => {
                    into.push_str(&show_double(double));
                }
                _ => into.push_str(number),
            },
            Self::Object(fields) => {
                into.push('{');
                for (place, (name, value)) in fields.iter().enumerate() {
                    into.push_str(if place > 0 { "," } else { "" });
                    quote(name, into);
                    into.push(':');
                    value.show(into);
                }
                into.push('}');
            }
            Self::Text(text) => quote(text, into),
        }
    }
}

/// Appends a text as JSON.
pub(crate) fn quote(text: &str, into: &mut String) {
    into.push('"');
    for character in text.chars() {
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\u{8}' => into.push_str("\\b"),
            '\u{c}' => into.push_str("\\f"),
            control if control < ' ' => {
                into.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            other => into.push(other),
        }
    }
    into.push('"');
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    /// Whether a comma follows; if not, the end must.
    fn more(&mut self, end: &str) -> Option<bool> {
        self.space();
        if self.eat(",").is_some() {
            return Some(true);
        }
        self.eat(end).map(|()| false)
    }

    fn value(&mut self, depth: usize) -> Option<Json<'t>> {
        self.space();
        let inner = depth.checked_sub(1)?;
        match self.rest.chars().next()? {
            '"' => self.text().map(Json::Text),
            '[' => {
                self.eat("[")?;
                let mut items = Vec::new();
                self.space();
                let mut more = self.eat("]").is_none();
                while more {
                    items.push(self.value(inner)?);
                    more = self.more("]")?;
                }
                Some(Json::List(items))
            }
            '{' => {
                self.eat("{")?;
                let mut fields = Vec::new();
                self.space();
                let mut more = self.eat("}").is_none();
                while more {
                    self.space();
                    let name = self.text()?;
                    self.space();
                    self.eat(":")?;
                    fields.push((name, self.value(inner)?));
                    more = self.more("}")?;
                }
                Some(Json::Object(fields))
            }
            't' => self.eat("true").map(|()| Json::Boolean(true)),
            'f' => self.eat("false").map(|()| Json::Boolean(false)),
            'n' => self.eat("null").map(|()| Json::Null),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Json<'t>> {
        let text = self.rest;
        let digits = |from: &'t str| from.trim_start_matches(|it: char| it.is_ascii_digit());
        let start = text.strip_prefix('-').unwrap_or(text);
        let mut rest = digits(start);
        let whole = start.len() - rest.len();
        if whole == 0 || whole > 1 && start.starts_with('0') {
            return None;
        }
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = digits(fraction);
            if rest.len() == fraction.len() {
                return None;
            }
        }
        if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            rest = digits(exponent);
            if rest.len() == exponent.len() {
                return None;
            }
        }
        self.rest = rest;
        text.get(..text.len() - rest.len()).map(Json::Number)
    }

    fn text(&mut self) -> Option<String> {
        self.eat("\"")?;
        let mut text = String::new();
        loop {
            let end = self.rest.find(['"', '\\'])?;
            let (plain, rest) = self.rest.split_at(end);
            if plain.chars().any(|it| it < ' ') {
                return None;
            }
            text.push_str(plain);
            self.rest = rest;
            if self.eat("\"").is_some() {
                return Some(text);
            }
            self.eat("\\")?;
            let escaped = self.rest.chars().next()?;
            self.rest = self.rest.get(escaped.len_utf8()..)?;
            text.push(match escaped {
                '"' | '\\' | '/' => escaped,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => self.unit()?,
                _ => return None,
            });
        }
    }

    /// What follows `\u`, which may be half of a pair.
    fn unit(&mut self) -> Option<char> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high) {
            return Some(char::from_u32(high).unwrap_or('\u{fffd}'));
        }
        self.eat("\\u")?;
        let low = self.hex()?.checked_sub(0xdc00).filter(|it| *it < 0x400)?;
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4)?;
        self.rest = self.rest.get(4..)?;
        let all = digits.bytes().all(|it| it.is_ascii_hexdigit());
        if all { u32::from_str_radix(digits, 16).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        let mut into = String::new();
        Json::parse(text)?.show(&mut into);
        Some(into)
    }

    #[test]
    fn values_are_shown_without_white_space() {
        for (text, answer) in [
            (r#" { "a" : [ 1 , 2.50, -0.0e1 ] , "b":null} rest"#, r#"{"a":[1,2.5,0.0],"b":null}"#),
            (r#""\u00e9\ud83d\ude00\n\/""#, "\"é😀\\n/\""),
            ("12345678901234567890123", "12345678901234567890123"),
            ("[]", "[]"),
            ("{}", "{}"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(answer), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_none() {
        for text in [
            "",
            "x",
            "[1,]",
            "{a:1}",
            "{\"a\":}",
            "\"\n\"",
            "\"open",
            "01",
            "-",
            "1.",
            "1e",
            r#""\x""#,
            r#""\ud800x""#,
            "[1 2]",
            "tru",
        ] {
            assert!(Json::parse(text).is_none(), "{text}");
        }
        assert!(Json::parse(&"[".repeat(100_000)).is_none());
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert!(Json::parse(&deep).is_some());
    }
}
