//! The canonical request: what a signature covers, byte for byte.

use sha2::{Digest, Sha256};

use crate::query::{decode, encode};

/// The parts of a request that a signature may cover, as they came over the wire.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The raw, percent-encoded path, without query string.
    pub path: &'a str,
    /// The raw query string, without its `?`; may be empty.
    pub query: &'a str,
    /// All headers in the order of arrival, names in any case.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> Request<'a> {
    /// The values of all headers of that (lower-case) name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> + use<'a, '_> {
        let name = name.to_owned();
        let same = move |(n, _): &&(&str, &[u8])| n.eq_ignore_ascii_case(&name);
        self.headers.iter().filter(same).map(|(_, value)| *value)
    }
}

/// How a path is brought to canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathForm {
    /// All services but S3: normalised, and the raw path is encoded once more.
    Normalised,
    /// Encoded once more, but not normalised (only in published vectors).
    EncodedAgain,
    /// S3: decoded and encoded, so in effect as it is.
    AsIs,
}

/// The canonical request. `signed` are lower-case names in order, `payload` is the last line.
/// `None` if an escape in path or query is broken.
#[must_use]
pub fn canonical_request(
    request: &Request<'_>,
    form: PathForm,
    signed: &[String],
    left_out: &[&str],
    payload: &str,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut line = |bytes: &[u8]| {
        out.extend_from_slice(bytes);
        out.push(b'\n');
    };
    line(request.method.as_bytes());
    line(path(request.path, form)?.as_bytes());
    line(query(request.query, left_out)?.as_bytes());
    for name in signed {
        let values: Vec<_> = request.values(name).map(trimmed).collect();
        line(&[name.as_bytes(), b":", &values.join(&b","[..])].concat());
    }
    line(b"");
    line(signed.join(";").as_bytes());
    out.extend_from_slice(payload.as_bytes());
    Some(out)
}

fn path(raw: &str, form: PathForm) -> Option<String> {
    let segments = |path: &str| path.split('/').map(|s| encode(s.as_bytes())).collect::<Vec<_>>();
    Some(match form {
        PathForm::Normalised => segments(&normalised(raw)).join("/"),
        PathForm::EncodedAgain => segments(raw).join("/"),
        PathForm::AsIs => segments(&decode_path(raw)?).join("/"),
    })
}

/// Decodes everything: in S3's canonical form a key's slashes are never encoded.
fn decode_path(raw: &str) -> Option<String> {
    decode(raw)
}

/// Without dot segments and empty ones, as RFC 3986 says; a trailing slash stays.
fn normalised(raw: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = raw.split('/').collect();
    for segment in &segments {
        match *segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let ends = matches!(segments.last(), Some(&("" | "." | "..")));
    let tail = if ends && !kept.is_empty() { "/" } else { "" };
    format!("/{}{tail}", kept.join("/"))
}

fn query(raw: &str, left_out: &[&str]) -> Option<String> {
    let mut pairs = Vec::new();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        if !left_out.contains(&name.as_str()) {
            pairs.push((encode(name.as_bytes()), encode(value.as_bytes())));
        }
    }
    pairs.sort();
    let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    Some(pairs.join("&"))
}

/// Without white space at the ends, and with single spaces within.
fn trimmed(value: &[u8]) -> Vec<u8> {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

/// SHA-256 in lower-case hexadecimal digits.
#[must_use]
pub fn hex_sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_segments_never_climb_above_the_root() {
        assert_eq!(normalised("/../../a/./b/../c"), "/a/c");
        assert_eq!(normalised("//a//"), "/a/");
        assert_eq!(normalised("/a/.."), "/");
        assert_eq!(normalised(""), "/");
    }

    #[test]
    fn an_api_path_is_encoded_twice_and_an_s3_path_once() {
        let raw = "/tags/arn%3Aaws%2Fx";
        assert_eq!(path(raw, PathForm::Normalised).unwrap(), "/tags/arn%253Aaws%252Fx");
        assert_eq!(path("/b/a%20b~", PathForm::AsIs).unwrap(), "/b/a%20b~");
        assert_eq!(path("/b/%zz", PathForm::AsIs), None);
    }

    #[test]
    fn parameters_are_sorted_by_name_then_value() {
        assert_eq!(query("b=2&a=2&a=1&c&X=%7E", &["X"]).unwrap(), "a=1&a=2&b=2&c=");
        assert_eq!(query("a=%", &[]), None);
    }
}
