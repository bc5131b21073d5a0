//! AWS Signature Version 4, pure: a request and a secret in, a verdict out; and the signing side for
//! our own client.
//!
//! A door reads the [`Claim`], looks its key up, and calls [`verify`], which tries the gates of the
//! door first and the signature last. For an unknown key it answers [`SigError::Mismatch`], as for
//! a wrong signature.

pub mod canonical;
pub mod claim;
pub mod date;
pub mod gates;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

pub use canonical::{PathForm, Request, canonical_request, hex_sha256};
pub use claim::{Claim, Form, Payload};
pub use gates::{API, Door, S3, gates};

use crate::error::{ApiError, Common};

/// Why a request is not believed. The texts never depend on a secret or on which keys exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigError {
    /// It is not signed.
    #[error("the request is not signed")]
    Missing,
    /// Key or signature is wrong; also the answer to an unknown or disabled key.
    #[error("the access key is unknown or the signature does not match")]
    Mismatch,
    /// A part cannot be read.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// A part is there more than once.
    #[error("{0} is given more than once")]
    Ambiguous(&'static str),
    /// Signature Version 2, or older.
    #[error(
        "signature version 2 is not accepted: use version 4 (boto3: signature_version=\"s3v4\")"
    )]
    OldVersion,
    /// The scope names another service.
    #[error("the credential scope names another service")]
    Service,
    /// The scope's day is not that of the date.
    #[error("the day of the credential scope is not that of X-Amz-Date")]
    Day,
    /// Too early or too late.
    #[error("the signature has expired or is not yet valid: check the clock")]
    Time,
    /// A presigned request lives too long.
    #[error("X-Amz-Expires is out of range")]
    Expiry,
    /// A presigned request is not GET.
    #[error("only GET requests can be presigned")]
    PresignedWrite,
    /// Something is not signed that must be.
    #[error("{0} must be signed")]
    Unsigned(&'static str),
    /// Something is signed that is not there.
    #[error("a signed header is not in the request")]
    Absent,
    /// The body must be signed as a whole, here.
    #[error("the payload must be signed as a whole")]
    Payload,
    /// The body is not what was signed.
    #[error("x-amz-content-sha256 is not the digest of the body")]
    Digest,
    /// The path has `.` or `..` as a segment.
    #[error("the path has a dot segment")]
    DotSegment,
    /// We issue no session tokens.
    #[error("session tokens are not accepted")]
    SessionToken,
    /// Path, query string or headers are too long.
    #[error("path, query string or headers are too long")]
    TooLong,
}

impl From<SigError> for ApiError {
    fn from(error: SigError) -> Self {
        let kind = match error {
            SigError::Missing => Common::MissingAuthenticationToken,
            _ => Common::InvalidSignature,
        };
        Self::common(kind, error.to_string())
    }
}

/// Verifies a request at a door: all gates, then the body's digest, then the signature in constant
/// time. `now` is in seconds since 1970. `body` is `None` where the caller compares the body with
/// [`Claim::payload`] while reading it (S3).
///
/// # Errors
/// The first gate that is shut, or [`SigError::Mismatch`].
pub fn verify(
    door: &Door,
    claim: &Claim,
    request: &Request<'_>,
    body: Option<&[u8]>,
    secret: &str,
    now: i64,
) -> Result<(), SigError> {
    gates(door, claim, request, now)?;
    let payload = payload_line(door, claim, body)?;
    let left_out = ["X-Amz-Signature"];
    let left_out = if claim.form == Form::Header { &[][..] } else { &left_out[..] };
    let canonical =
        canonical_request(request, door.path, &claim.signed_headers, left_out, &payload)
            .ok_or(SigError::Malformed("path"))?;
    let signature = claim.expected(secret, &canonical);
    match bool::from(signature.ct_eq(&claim.signature)) {
        true => Ok(()),
        false => Err(SigError::Mismatch),
    }
}

fn payload_line(door: &Door, claim: &Claim, body: Option<&[u8]>) -> Result<String, SigError> {
    let actual = body.map(|body| <[u8; 32]>::from(Sha256::digest(body)));
    match (&claim.payload, actual) {
        (Payload::Sha256(said), Some(actual)) if *said != actual => Err(SigError::Digest),
        (Payload::Sha256(said), _) => Ok(hex::encode(said)),
        (Payload::Unsigned, _) => Ok("UNSIGNED-PAYLOAD".to_owned()),
        (Payload::Streaming(text), _) => Ok(text.clone()),
        (Payload::Unsaid, _) if door.loose_payload => Ok("UNSIGNED-PAYLOAD".to_owned()),
        (Payload::Unsaid, Some(actual)) => Ok(hex::encode(actual)),
        (Payload::Unsaid, None) => Err(SigError::Payload),
    }
}

impl Claim {
    /// The string to sign for a canonical request.
    #[must_use]
    pub fn string_to_sign(&self, canonical: &[u8]) -> String {
        let scope = format!("{}/{}/{}/aws4_request", self.day, self.region, self.service);
        format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", self.amz_date, hex_sha256(canonical))
    }

    /// The signature that the holder of the secret would make.
    #[must_use]
    pub fn expected(&self, secret: &str, canonical: &[u8]) -> [u8; 32] {
        let text = self.string_to_sign(canonical);
        signature(secret, [&self.day, &self.region, &self.service], &text)
    }
}

/// Who signs, for what.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key.
    pub access_key_id: &'a str,
    /// Its secret.
    pub secret: &'a str,
    /// The region of the scope: any.
    pub region: &'a str,
    /// The door that will verify.
    pub door: &'a Door,
}

impl std::fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Signs a request at a time (seconds since 1970) and gives the headers to add. The request's
/// headers must hold `host` and are all signed; none of them may be one of those added.
/// `None` if the path or query string has a broken escape.
#[must_use]
pub fn sign(
    signer: &Signer<'_>,
    request: &Request<'_>,
    body: &[u8],
    now: i64,
) -> Option<Vec<(&'static str, String)>> {
    let amz_date = date::format(now);
    let digest = hex_sha256(body);
    let mut headers = request.headers.to_vec();
    headers.push(("x-amz-date", amz_date.as_bytes()));
    headers.push(("x-amz-content-sha256", digest.as_bytes()));
    let mut signed: Vec<_> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    signed.sort();
    signed.dedup();
    let request = Request { headers: &headers, ..*request };
    let canonical = canonical_request(&request, signer.door.path, &signed, &[], &digest)?;
    let day = amz_date.get(..8)?;
    let scope = format!("{day}/{}/{}/aws4_request", signer.region, signer.door.service);
    let text = format!("AWS4-HMAC-SHA256\n{amz_date}\n{scope}\n{}", hex_sha256(&canonical));
    let signature = signature(signer.secret, [day, signer.region, signer.door.service], &text);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={}, Signature={}",
        signer.access_key_id,
        signed.join(";"),
        hex::encode(signature),
    );
    Some(vec![
        ("x-amz-date", amz_date),
        ("x-amz-content-sha256", digest),
        ("authorization", authorization),
    ])
}

fn signature(secret: &str, scope: [&str; 3], text: &str) -> [u8; 32] {
    let first = Zeroizing::new(format!("AWS4{secret}"));
    let mut key = Zeroizing::new(hmac(first.as_bytes(), scope[0].as_bytes()));
    for part in [scope[1], scope[2], "aws4_request"] {
        key = Zeroizing::new(hmac(&*key, part.as_bytes()));
    }
    hmac(&*key, text.as_bytes())
}

/// HMAC-SHA-256; a key longer than the block of 64 bytes is hashed first, as RFC 2104 says.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut hashed = [0; 32];
    let mut block = [0; 64];
    let key = if key.len() > block.len() {
        hashed = Sha256::digest(key).into();
        &hashed[..]
    } else {
        key
    };
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    block.zeroize();
    hashed.zeroize();
    mac.update(text);
    mac.finalize().into_bytes().into()
}
