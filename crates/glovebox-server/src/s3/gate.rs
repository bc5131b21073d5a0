//! What a request must satisfy before its signature is looked at.

use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use s3s::{S3Result, s3_error};

use super::MAX_XML;
use super::error::not_here;

/// Seven days, the longest that S3 lets a presigned URL live, in seconds.
const MAX_EXPIRES: u64 = 604_800;

/// Headers that mean something here. Any other `x-amz-` header is refused by name: ignoring it
/// would promise what is not done.
const KNOWN: [&str; 25] = [
    "x-amz-acl",
    "x-amz-bucket-region",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-mode",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
    "x-amz-checksum-type",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-copy-source-if-match",
    "x-amz-copy-source-if-none-match",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-expected-bucket-owner",
    "x-amz-metadata-directive",
    "x-amz-mp-object-size",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-source-expected-bucket-owner",
    "x-amz-storage-class",
    "x-amz-te",
    "x-amz-trailer",
    "x-amz-user-agent",
];

/// Whether the request is signed with Signature Version 2, which only S3 clients still do. The
/// S3 door refuses it in words that say what to change.
pub fn is_signature_v2(parts: &Parts) -> bool {
    let header =
        parts.headers.get_all(AUTHORIZATION).iter().any(|it| it.as_bytes().starts_with(b"AWS "));
    let query = || names(parts).any(|it| it == "AWSAccessKeyId" || it == "Signature");
    header || query()
}

/// Checks all that `s3s` does not.
pub(super) fn check(parts: &Parts) -> S3Result<()> {
    if is_signature_v2(parts) {
        return Err(s3_error!(
            InvalidRequest,
            "The authorization mechanism you have provided is not supported. Please use \
             AWS4-HMAC-SHA256: with boto3, Config(signature_version=\"s3v4\")."
        ));
    }
    let form = parts.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if form.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        return Err(not_here("POST by a form"));
    }
    if parts.method == Method::POST && content_length(parts) > MAX_XML as u64 {
        return Err(s3_error!(MaxMessageLengthExceeded));
    }
    let token = parts.headers.contains_key("x-amz-security-token");
    if token || names(parts).any(|it| it.eq_ignore_ascii_case("x-amz-security-token")) {
        return Err(s3_error!(
            InvalidToken,
            "The provided token is malformed or otherwise invalid."
        ));
    }
    let claim = claim(parts)?;
    if claim.service != "s3" {
        return Err(s3_error!(SignatureDoesNotMatch, "the credential scope must name s3"));
    }
    known_headers(&parts.headers)?;
    all_signed(&parts.headers, &claim.signed)
}

/// What the client says; a body without a length is cut off where it is read.
fn content_length(parts: &Parts) -> u64 {
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    length.and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// What the signature claims to cover.
struct Claim {
    service: String,
    signed: Vec<String>,
}

fn claim(parts: &Parts) -> S3Result<Claim> {
    let headers: Vec<_> = parts.headers.get_all(AUTHORIZATION).iter().collect();
    let presigned = names(parts).any(|it| it == "X-Amz-Signature");
    match (headers.as_slice(), presigned) {
        ([], true) => presigned_claim(parts),
        ([header], false) => {
            let text = header.to_str().map_err(|_| malformed())?;
            header_claim(text).ok_or_else(malformed)
        }
        ([], false) => Err(s3_error!(AccessDenied, "Requests must be signed.")),
        _ => Err(s3_error!(
            InvalidArgument,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the \
             Authorization header should be specified"
        )),
    }
}

fn header_claim(text: &str) -> Option<Claim> {
    let rest = text.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let field = |name: &str| {
        let mut values = rest.split(',').filter_map(|it| it.trim().strip_prefix(name));
        values.next().filter(|_| values.next().is_none())
    };
    Some(Claim {
        service: service(field("Credential=")?)?,
        signed: field("SignedHeaders=")?.split(';').map(str::to_owned).collect(),
    })
}

fn presigned_claim(parts: &Parts) -> S3Result<Claim> {
    let one = |name: &str| {
        let mut values = pairs(parts).filter(|(it, _)| it == name);
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| value)
    };
    let expires =
        one("X-Amz-Expires").and_then(|it| it.parse::<u64>().ok()).ok_or_else(malformed)?;
    if !(1..=MAX_EXPIRES).contains(&expires) {
        return Err(s3_error!(
            AuthorizationQueryParametersError,
            "X-Amz-Expires must be between 1 and 604800 seconds"
        ));
    }
    let credential = one("X-Amz-Credential").ok_or_else(malformed)?;
    let signed = one("X-Amz-SignedHeaders").ok_or_else(malformed)?;
    Ok(Claim {
        service: service(&credential).ok_or_else(malformed)?,
        signed: signed.split(';').map(str::to_owned).collect(),
    })
}

/// The service of `key/date/region/service/aws4_request`.
fn service(credential: &str) -> Option<String> {
    let mut parts = credential.rsplit('/');
    parts.next().filter(|it| *it == "aws4_request")?;
    parts.next().map(str::to_owned)
}

fn known_headers(headers: &HeaderMap) -> S3Result<()> {
    for name in headers.keys().map(|it| it.as_str()) {
        if name.starts_with("x-amz-") && !KNOWN.contains(&name) {
            return Err(not_here(name));
        }
    }
    let only = |name: &str, legal: &[&str]| {
        headers.get(name).is_none_or(|it| it.to_str().is_ok_and(|it| legal.contains(&it)))
    };
    if !only("x-amz-acl", &["private", "bucket-owner-full-control"]) {
        return Err(not_here("an ACL that grants to others"));
    }
    if !only("x-amz-storage-class", &["STANDARD"]) {
        return Err(not_here("a storage class other than STANDARD"));
    }
    Ok(())
}

/// Host and every `x-amz-` header must be under the signature, else another could change them.
fn all_signed(headers: &HeaderMap, signed: &[String]) -> S3Result<()> {
    let must = |name: &str| name == HOST.as_str() || name.starts_with("x-amz-");
    let host = signed.iter().any(|it| it == HOST.as_str());
    let unsigned =
        headers.keys().find(|it| must(it.as_str()) && !signed.iter().any(|s| s == it.as_str()));
    match unsigned {
        None if host => Ok(()),
        _ => Err(s3_error!(
            AccessDenied,
            "There were headers present in the request which were not signed"
        )),
    }
}

fn malformed() -> s3s::S3Error {
    s3_error!(AuthorizationHeaderMalformed, "The authorization that you provided is malformed.")
}

fn names(parts: &Parts) -> impl Iterator<Item = String> + '_ {
    pairs(parts).map(|(name, _)| name)
}

fn pairs(parts: &Parts) -> impl Iterator<Item = (String, String)> + '_ {
    parts.uri.query().unwrap_or_default().split('&').filter(|it| !it.is_empty()).map(|it| {
        let (name, value) = it.split_once('=').unwrap_or((it, ""));
        (decoded(name), decoded(value))
    })
}

/// Percent-decoded; what is not UTF-8 or not well formed stays as it is and matches nothing.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let hex = more.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match (first, hex.and_then(|it| u8::from_str_radix(it, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = more.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const AUTH: &str = "AWS4-HMAC-SHA256 Credential=GBIA/20261123/eu-west-1/s3/aws4_request, \
                        SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=00";
    const QUERY: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=\
                         GBIA%2F20261123%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261123T000000Z\
                         &X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Signature=00";

    fn verdict(target: &str, headers: &[(&str, &str)]) -> String {
        let mut request = Request::get(target).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        check(&parts).map_or_else(|it| it.code().as_str().to_owned(), |()| "ok".to_owned())
    }

    fn signed(more: &[(&str, &str)]) -> String {
        let mut headers = vec![
            ("authorization", AUTH),
            ("x-amz-date", "20261123T000000Z"),
            ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ];
        headers.extend_from_slice(more);
        verdict("/bucket/key", &headers)
    }

    #[test]
    fn a_signed_and_a_presigned_request_pass() {
        assert_eq!(signed(&[]), "ok");
        assert_eq!(verdict(&format!("/b/k?{QUERY}"), &[]), "ok");
    }

    #[test]
    fn signature_version_2_is_refused_however_it_is_spelled() {
        assert_eq!(verdict("/b", &[("authorization", "AWS GBIA:sig")]), "InvalidRequest");
        assert_eq!(verdict("/b?AWSAccessKeyId=x&Expires=1&Signature=y", &[]), "InvalidRequest");
        assert_eq!(verdict("/b?Signa%74ure=y", &[]), "InvalidRequest");
        assert_eq!(verdict(&format!("/b/k?{QUERY}&Signature=y"), &[]), "InvalidRequest");
    }

    #[test]
    fn a_session_token_is_refused_wherever_it_stands() {
        assert_eq!(signed(&[("x-amz-security-token", "t")]), "InvalidToken");
        let query = format!("/b/k?{QUERY}&X-Amz-Security-Token=t");
        assert_eq!(verdict(&query, &[]), "InvalidToken");
        let hidden = format!("/b/k?{QUERY}&x-amz-securit%79-token=t");
        assert_eq!(verdict(&hidden, &[]), "InvalidToken");
    }

    #[test]
    fn a_scope_for_another_service_is_refused() {
        for service in ["cleanrooms", "sts", "S3", ""] {
            let header = AUTH.replace("/s3/", &format!("/{service}/"));
            let found = verdict("/b", &[("authorization", &header)]);
            assert_eq!(found, "SignatureDoesNotMatch", "{service}");
        }
        let query = QUERY.replace("%2Fs3%2F", "%2Fsts%2F");
        assert_eq!(verdict(&format!("/b?{query}"), &[]), "SignatureDoesNotMatch");
    }

    #[test]
    fn what_is_not_under_the_signature_is_refused() {
        assert_eq!(signed(&[("x-amz-copy-source", "/other/key")]), "AccessDenied");
        let query = format!("/b/k?{QUERY}");
        assert_eq!(verdict(&query, &[("x-amz-copy-source", "/other/key")]), "AccessDenied");
        let hostless = AUTH.replace("host;", "");
        let headers = [("authorization", hostless.as_str()), ("x-amz-date", "20261123T000000Z")];
        assert_eq!(verdict("/b", &headers), "AccessDenied");
        assert_eq!(verdict("/b", &[]), "AccessDenied");
    }

    #[test]
    fn two_signatures_are_refused() {
        assert_eq!(signed(&[("authorization", AUTH)]), "InvalidArgument");
        let query = format!("/b/k?{QUERY}");
        assert_eq!(verdict(&query, &[("authorization", AUTH)]), "InvalidArgument");
    }

    #[test]
    fn a_presigned_url_lives_seven_days_at_most() {
        for (seconds, found) in [
            ("1", "ok"),
            ("604800", "ok"),
            ("604801", "AuthorizationQueryParametersError"),
            ("0", "AuthorizationQueryParametersError"),
            ("-1", "AuthorizationHeaderMalformed"),
            ("600&X-Amz-Expires=1", "AuthorizationHeaderMalformed"),
        ] {
            let query = QUERY.replace("Expires=600", &format!("Expires={seconds}"));
            assert_eq!(verdict(&format!("/b/k?{query}"), &[]), found, "{seconds}");
        }
    }

    #[test]
    fn what_is_not_kept_is_not_accepted() {
        for header in [
            "x-amz-meta-owner",
            "x-amz-tagging",
            "x-amz-server-side-encryption",
            "x-amz-server-side-encryption-customer-key",
            "x-amz-grant-read",
            "x-amz-object-lock-mode",
            "x-amz-website-redirect-location",
            "x-amz-something-new",
        ] {
            assert_eq!(signed(&[(header, "x")]), "NotImplemented", "{header}");
        }
        assert_eq!(signed(&[("x-amz-acl", "public-read")]), "NotImplemented");
        assert_eq!(signed(&[("x-amz-storage-class", "GLACIER")]), "NotImplemented");
        let form = [("content-type", "Multipart/Form-Data; boundary=x")];
        assert_eq!(signed(&form), "NotImplemented");
    }

    #[test]
    fn odd_authorization_headers_are_malformed() {
        for odd in ["", "AWS4-HMAC-SHA256", "Bearer x", "AWS4-HMAC-SHA256 Credential=a/b"] {
            let found = verdict("/b", &[("authorization", odd)]);
            assert_eq!(found, "AuthorizationHeaderMalformed", "{odd}");
        }
    }
}
