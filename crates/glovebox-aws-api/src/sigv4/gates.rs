//! What a well-signed request must be besides: each gate a pure check, tried before the signature.

use crate::query::decode;

use super::SigError;
use super::canonical::{PathForm, Request};
use super::claim::{Claim, Form, Payload};

/// Either way, in seconds.
const WINDOW: i64 = 15 * 60;
/// At most so many headers.
const MOST_HEADERS: usize = 100;
/// No longer header value, in bytes.
const LONGEST_VALUE: usize = 8192;
/// No longer path or query string, in bytes.
const LONGEST_TARGET: usize = 16_384;

/// What one door lets pass.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// The service of the scope.
    pub service: &'static str,
    /// How paths are brought to canonical form.
    pub path: PathForm,
    /// Whether bodies may be unsigned, or stream in signed chunks.
    pub loose_payload: bool,
    /// The longest life of a presigned request, in seconds.
    pub longest_expiry: i64,
    /// Whether a presigned request may be anything but GET.
    pub presigned_writes: bool,
}

/// The AWS API and the native JSON API.
pub const API: Door = Door {
    service: "cleanrooms",
    path: PathForm::Normalised,
    loose_payload: false,
    longest_expiry: 900,
    presigned_writes: false,
};

/// The S3 door. Chunk signatures of streamed bodies are verified where they are read.
pub const S3: Door = Door {
    service: "s3",
    path: PathForm::AsIs,
    loose_payload: true,
    longest_expiry: 7 * 24 * 3600,
    presigned_writes: true,
};

/// All gates around the signature, for a request at a door at a time (seconds since 1970).
///
/// # Errors
/// The first gate that is shut.
pub fn gates(door: &Door, claim: &Claim, request: &Request<'_>, now: i64) -> Result<(), SigError> {
    bounded(request)?;
    no_dot_segment(request.path)?;
    scope(door, claim)?;
    time(door, claim, now)?;
    signed_headers(claim, request)?;
    presigned(door, claim, request)?;
    payload(door, claim)?;
    no_session_token(claim)
}

fn bounded(request: &Request<'_>) -> Result<(), SigError> {
    let short = |(_, value): &(&str, &[u8])| value.len() <= LONGEST_VALUE;
    let target = request.path.len().max(request.query.len()) <= LONGEST_TARGET;
    match target && request.headers.len() <= MOST_HEADERS && request.headers.iter().all(short) {
        true => Ok(()),
        false => Err(SigError::TooLong),
    }
}

/// Refuses `.` and `..` as segments, encoded or not, also behind an encoded slash.
fn no_dot_segment(path: &str) -> Result<(), SigError> {
    let path = decode(path).ok_or(SigError::Malformed("path"))?;
    match path.split('/').any(|segment| matches!(segment, "." | "..")) {
        true => Err(SigError::DotSegment),
        false => Ok(()),
    }
}

fn scope(door: &Door, claim: &Claim) -> Result<(), SigError> {
    if claim.service != door.service {
        return Err(SigError::Service);
    }
    match claim.amz_date.get(..8) == Some(claim.day.as_str()) {
        true => Ok(()),
        false => Err(SigError::Day),
    }
}

fn time(door: &Door, claim: &Claim, now: i64) -> Result<(), SigError> {
    let last = match claim.form {
        Form::Header => WINDOW,
        Form::Presigned { expires } if (1..=door.longest_expiry).contains(&expires) => expires,
        Form::Presigned { .. } => return Err(SigError::Expiry),
    };
    let age = now.saturating_sub(claim.seconds);
    match (-WINDOW..=last).contains(&age) {
        true => Ok(()),
        false => Err(SigError::Time),
    }
}

/// Host, date and every `x-amz-*` header are signed, and what is signed is there.
fn signed_headers(claim: &Claim, request: &Request<'_>) -> Result<(), SigError> {
    let signed = |name: &str| claim.signed_headers.iter().any(|n| n == name);
    for name in &claim.signed_headers {
        if request.values(name).next().is_none() {
            return Err(SigError::Absent);
        }
    }
    if request.values("host").count() != 1 {
        return Err(SigError::Ambiguous("Host"));
    }
    if !signed("host") {
        return Err(SigError::Unsigned("host"));
    }
    if claim.form == Form::Header && !signed("x-amz-date") {
        return Err(SigError::Unsigned("x-amz-date"));
    }
    let mut names = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    match names.any(|name| name.starts_with("x-amz-") && !signed(&name)) {
        true => Err(SigError::Unsigned("an x-amz-* header")),
        false => Ok(()),
    }
}

fn presigned(door: &Door, claim: &Claim, request: &Request<'_>) -> Result<(), SigError> {
    let write = request.method != "GET" && claim.form != Form::Header;
    match write && !door.presigned_writes {
        true => Err(SigError::PresignedWrite),
        false => Ok(()),
    }
}

fn payload(door: &Door, claim: &Claim) -> Result<(), SigError> {
    match &claim.payload {
        Payload::Unsigned | Payload::Streaming(_) if !door.loose_payload => Err(SigError::Payload),
        Payload::Unsaid if door.loose_payload && claim.form == Form::Header => {
            Err(SigError::Payload)
        }
        _ => Ok(()),
    }
}

fn no_session_token(claim: &Claim) -> Result<(), SigError> {
    match claim.session_token {
        true => Err(SigError::SessionToken),
        false => Ok(()),
    }
}
