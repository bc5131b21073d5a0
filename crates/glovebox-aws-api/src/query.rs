//! The query string, decoded: names and their values in the order given.

use std::collections::BTreeMap;

/// At most so many parameters.
const MOST: usize = 200;

/// A decoded query string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(BTreeMap<String, Vec<String>>);

impl Query {
    /// Decodes the raw query string, without its `?`. A plus sign is a plus sign, as in SigV4.
    /// `None` if an escape is broken, a value is not UTF-8, or there are more than 200 parameters.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let mut query = BTreeMap::<String, Vec<String>>::new();
        for (at, pair) in raw.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if at >= MOST {
                return None;
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            query.entry(decode(name)?).or_default().push(decode(value)?);
        }
        Some(Self(query))
    }

    /// The values of that name, in the order given.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Decodes `%41`; `None` if an escape is broken or the result is not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(out).ok()
}

/// Escapes everything but letters, digits and `-._~`, with capital hexadecimal digits.
pub(crate) fn encode(text: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut out = String::with_capacity(text.len());
    for &byte in text {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(DIGITS.get(usize::from(byte >> 4)));
            out.extend(DIGITS.get(usize::from(byte & 15)));
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_keep_their_values_in_order() {
        let query = Query::parse("tagKeys=a&tagKeys=b%20c&x&&y=1+2").unwrap();
        assert_eq!(query.all("tagKeys"), ["a", "b c"]);
        assert_eq!(query.all("x"), [""]);
        assert_eq!(query.all("y"), ["1+2"]);
        assert!(query.all("z").is_empty());
    }

    #[test]
    fn broken_escapes_and_floods_are_refused() {
        for raw in ["a=%", "a=%4", "a=%zz", "%ff=1", "a=%c3%28"] {
            assert_eq!(Query::parse(raw), None, "{raw}");
        }
        assert_eq!(Query::parse(&"a=1&".repeat(201)), None);
        assert!(Query::parse(&"a=1&".repeat(200)).is_some());
    }

    #[test]
    fn what_is_encoded_decodes() {
        assert_eq!(encode("a b/ü~".as_bytes()), "a%20b%2F%C3%BC~");
        assert_eq!(decode("a%20b%2F%C3%BC~").unwrap(), "a b/ü~");
    }
}
