//! What a request claims of itself: the Authorization header or the presigned query, read strictly.

use crate::query::Query;

use super::SigError;
use super::canonical::Request;
use super::date;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// No longer Authorization header is read, in bytes.
const LONGEST_AUTHORIZATION: usize = 4096;
/// No more headers may be signed.
const MOST_SIGNED: usize = 64;

/// Who says to have signed a request, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The access key.
    pub access_key_id: String,
    /// The day of the scope, `YYYYMMDD`.
    pub day: String,
    /// The region of the scope.
    pub region: String,
    /// The service of the scope.
    pub service: String,
    /// The names of the signed headers: lower case, sorted, each once.
    pub signed_headers: Vec<String>,
    /// The signature.
    pub signature: [u8; 32],
    /// `X-Amz-Date` as it came.
    pub amz_date: String,
    /// The same in seconds since 1970.
    pub seconds: i64,
    /// Where the claim stood.
    pub form: Form,
    /// What is said of the body.
    pub payload: Payload,
    /// Whether a session token came along.
    pub session_token: bool,
}

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In the Authorization header.
    Header,
    /// In the query string, valid for so many seconds.
    Presigned {
        /// `X-Amz-Expires`.
        expires: i64,
    },
}

/// What `x-amz-content-sha256` says of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing.
    Unsaid,
    /// Its SHA-256.
    Sha256([u8; 32]),
    /// `UNSIGNED-PAYLOAD`.
    Unsigned,
    /// `STREAMING-...`: chunks with signatures of their own.
    Streaming(String),
}

impl Claim {
    /// Reads the claim of a request.
    ///
    /// # Errors
    /// [`SigError::Missing`] if the request is not signed at all; else what is broken.
    pub fn of(request: &Request<'_>) -> Result<Self, SigError> {
        let query = Query::parse(request.query).ok_or(SigError::Malformed("query string"))?;
        let presigned = ["X-Amz-Algorithm", "X-Amz-Signature", "X-Amz-Credential"];
        let presigned = presigned.iter().any(|name| !query.all(name).is_empty());
        match (request.values("authorization").count(), presigned) {
            (0, false) if old(&query) => Err(SigError::OldVersion),
            (0, false) => Err(SigError::Missing),
            (1, false) => in_header(request),
            (0, true) => in_query(request, &query),
            _ => Err(SigError::Ambiguous("Authorization")),
        }
    }
}

fn old(query: &Query) -> bool {
    !query.all("AWSAccessKeyId").is_empty() && !query.all("Signature").is_empty()
}

fn in_header(request: &Request<'_>) -> Result<Claim, SigError> {
    let text = text(request, "authorization", LONGEST_AUTHORIZATION)?.unwrap_or_default();
    let fields = match text.split_once(' ') {
        Some((ALGORITHM, fields)) => fields,
        Some(("AWS", _)) => return Err(SigError::OldVersion),
        _ => return Err(SigError::Malformed("Authorization")),
    };
    let mut parts = [None; 3];
    for field in fields.split(',') {
        let (name, value) = field.trim_matches(' ').split_once('=').unwrap_or_default();
        let at = ["Credential", "SignedHeaders", "Signature"].iter().position(|n| *n == name);
        let part = at.and_then(|at| parts.get_mut(at));
        match part.ok_or(SigError::Malformed("Authorization"))? {
            Some(_) => return Err(SigError::Ambiguous("Authorization")),
            part => *part = Some(value),
        }
    }
    let [Some(credential), Some(signed), Some(signature)] = parts else {
        return Err(SigError::Malformed("Authorization"));
    };
    let amz_date = text_of(request, "x-amz-date")?.ok_or(SigError::Malformed("X-Amz-Date"))?;
    let token = request.values("x-amz-security-token").next().is_some();
    build(request, Parts { credential, signed, signature, amz_date, form: Form::Header, token })
}

fn in_query(request: &Request<'_>, query: &Query) -> Result<Claim, SigError> {
    let one = |name: &'static str| match query.all(name) {
        [value] => Ok(value.as_str()),
        [] => Err(SigError::Malformed(name)),
        _ => Err(SigError::Ambiguous(name)),
    };
    if one("X-Amz-Algorithm")? != ALGORITHM {
        return Err(SigError::Malformed("X-Amz-Algorithm"));
    }
    let expires = one("X-Amz-Expires")?;
    let digits = (1..=6).contains(&expires.len()) && expires.bytes().all(|b| b.is_ascii_digit());
    let expires = expires.parse().ok().filter(|_| digits);
    let expires = expires.ok_or(SigError::Malformed("X-Amz-Expires"))?;
    let parts = Parts {
        credential: one("X-Amz-Credential")?,
        signed: one("X-Amz-SignedHeaders")?,
        signature: one("X-Amz-Signature")?,
        amz_date: one("X-Amz-Date")?,
        form: Form::Presigned { expires },
        token: !query.all("X-Amz-Security-Token").is_empty()
            || request.values("x-amz-security-token").next().is_some(),
    };
    build(request, parts)
}

struct Parts<'a> {
    credential: &'a str,
    signed: &'a str,
    signature: &'a str,
    amz_date: &'a str,
    form: Form,
    token: bool,
}

fn build(request: &Request<'_>, parts: Parts<'_>) -> Result<Claim, SigError> {
    let credential: Vec<&str> = parts.credential.split('/').collect();
    let [key, day, region, service, "aws4_request"] = credential[..] else {
        return Err(SigError::Malformed("Credential"));
    };
    let word = |text: &str, longest, extra: &[u8]| {
        let legal = |b: u8| b.is_ascii_alphanumeric() || extra.contains(&b);
        (1..=longest).contains(&text.len()) && text.bytes().all(legal)
    };
    let words = word(key, 128, b"-_") && word(region, 64, b"-") && word(service, 64, b"-");
    if !words || !word(day, 8, b"") {
        return Err(SigError::Malformed("Credential"));
    }
    Ok(Claim {
        access_key_id: key.to_owned(),
        day: day.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        signed_headers: signed_headers(parts.signed)?,
        signature: sha256(parts.signature).ok_or(SigError::Malformed("Signature"))?,
        amz_date: parts.amz_date.to_owned(),
        seconds: date::parse(parts.amz_date).ok_or(SigError::Malformed("X-Amz-Date"))?,
        form: parts.form,
        payload: payload(request)?,
        session_token: parts.token,
    })
}

fn signed_headers(text: &str) -> Result<Vec<String>, SigError> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
    let names: Vec<String> = text.split(';').take(MOST_SIGNED + 1).map(str::to_owned).collect();
    let sorted = names.is_sorted_by(|a, b| a < b);
    let words = names.iter().all(|name| !name.is_empty() && name.bytes().all(legal));
    match sorted && words && names.len() <= MOST_SIGNED {
        true => Ok(names),
        false => Err(SigError::Malformed("SignedHeaders")),
    }
}

fn payload(request: &Request<'_>) -> Result<Payload, SigError> {
    Ok(match text_of(request, "x-amz-content-sha256")? {
        None => Payload::Unsaid,
        Some("UNSIGNED-PAYLOAD") => Payload::Unsigned,
        Some(text) if text.starts_with("STREAMING-") => Payload::Streaming(text.to_owned()),
        Some(text) => {
            Payload::Sha256(sha256(text).ok_or(SigError::Malformed("x-amz-content-sha256"))?)
        }
    })
}

/// 64 lower-case hexadecimal digits.
fn sha256(text: &str) -> Option<[u8; 32]> {
    let lower = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let mut out = [0; 32];
    (lower && hex::decode_to_slice(text, &mut out).is_ok()).then_some(out)
}

fn text_of<'a>(request: &Request<'a>, name: &'static str) -> Result<Option<&'a str>, SigError> {
    text(request, name, 256)
}

/// The one header of that name as printable ASCII; `None` if there is none.
fn text<'a>(
    request: &Request<'a>,
    name: &'static str,
    longest: usize,
) -> Result<Option<&'a str>, SigError> {
    let mut values = request.values(name);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(SigError::Ambiguous(name));
    }
    let printable = value.len() <= longest && value.iter().all(|b| (b' '..=b'~').contains(b));
    let text = str::from_utf8(value).ok().filter(|_| printable);
    text.map(|text| Some(text.trim_matches(' '))).ok_or(SigError::Malformed(name))
}
