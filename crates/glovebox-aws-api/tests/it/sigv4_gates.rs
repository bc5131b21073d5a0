//! What must not pass a door, and that the smallest change of a signed request is seen.

use glovebox_aws_api::ApiError;
use glovebox_aws_api::sigv4::{API, Claim, Door, Request, S3, SigError, Signer, sign, verify};
use proptest::prelude::*;

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const NOW: i64 = 1_440_938_160;

/// A request with headers of its own.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Sent {
    fn new(method: &str, path: &str, body: &[u8]) -> Self {
        let headers = vec![("Host".to_owned(), b"127.0.0.1:8930".to_vec())];
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { method, path, query: String::new(), headers, body: body.to_vec() }
    }

    fn with<T>(&self, use_it: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (n.as_str(), &v[..])).collect();
        let (method, path, query) = (&self.method, &self.path, &self.query);
        use_it(&Request { method, path, query, headers: &headers })
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    fn change(mut self, name: &str, change: impl Fn(&str) -> String) -> Self {
        for (n, value) in &mut self.headers {
            if n.eq_ignore_ascii_case(name) {
                *value = change(str::from_utf8(value).unwrap()).into_bytes();
            }
        }
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    fn signed(mut self, door: &Door) -> Self {
        let signer = Signer { access_key_id: KEY, secret: SECRET, region: "eu-west-1", door };
        let added = self.with(|request| sign(&signer, request, &self.body, NOW)).unwrap();
        self.headers.extend(added.into_iter().map(|(n, v)| (n.to_owned(), v.into_bytes())));
        self
    }

    fn verdict_at(&self, door: &Door, now: i64) -> Result<(), SigError> {
        self.with(|request| {
            let claim = Claim::of(request)?;
            verify(door, &claim, request, Some(&self.body), SECRET, now)
        })
    }

    fn verdict(&self) -> Result<(), SigError> {
        self.verdict_at(&API, NOW)
    }
}

fn post() -> Sent {
    Sent::new("POST", "/collaborations", b"{}").header("Content-Type", "application/json")
}

fn presigned(method: &str, expires: i64) -> Sent {
    use glovebox_aws_api::sigv4::canonical_request;
    let mut sent = Sent::new(method, "/collaborations", b"");
    sent.query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={KEY}%2F20150830%2Fus-east-1%2Fcleanrooms\
         %2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host"
    );
    let unsigned = sent.clone();
    sent.query += &format!("&X-Amz-Signature={}", "0".repeat(64));
    let signature = sent.with(|request| {
        let claim = Claim::of(request).unwrap();
        let digest = glovebox_aws_api::sigv4::hex_sha256(b"");
        let canonical = unsigned.with(|request| {
            canonical_request(request, API.path, &claim.signed_headers, &[], &digest).unwrap()
        });
        hex::encode(claim.expected(SECRET, &canonical))
    });
    sent.query = sent.query.replace(&"0".repeat(64), &signature);
    sent
}

#[test]
fn what_we_sign_we_believe() {
    assert_eq!(post().signed(&API).verdict(), Ok(()));
    let mut get = Sent::new("GET", "/tags/arn%3Aaws%2Fx%20y", b"").signed(&API);
    assert_eq!(get.verdict(), Ok(()));
    get.query = "a=b".to_owned();
    assert_eq!(get.verdict(), Err(SigError::Mismatch));
    let put = Sent::new("PUT", "/bucket/a%20key", b"rows").signed(&S3);
    assert_eq!(put.verdict_at(&S3, NOW), Ok(()));
}

#[test]
fn a_signature_for_one_door_opens_no_other() {
    assert_eq!(post().signed(&API).verdict_at(&S3, NOW), Err(SigError::Service));
    assert_eq!(post().signed(&S3).verdict(), Err(SigError::Service));
}

#[test]
fn the_window_is_fifteen_minutes_either_way() {
    let sent = post().signed(&API);
    for (now, verdict) in [
        (NOW - 901, Err(SigError::Time)),
        (NOW - 900, Ok(())),
        (NOW + 900, Ok(())),
        (NOW + 901, Err(SigError::Time)),
        (i64::MAX, Err(SigError::Time)),
        (i64::MIN, Err(SigError::Time)),
    ] {
        assert_eq!(sent.verdict_at(&API, now), verdict, "{now}");
    }
}

#[test]
fn the_scope_is_of_the_day_of_the_date() {
    let sent = post().signed(&API);
    let other = sent.change("authorization", |text| text.replace("/20150830/", "/20150831/"));
    assert_eq!(other.verdict(), Err(SigError::Day));
}

#[test]
fn host_date_and_all_amz_headers_must_be_signed() {
    let late = |name| post().signed(&API).header(name, "x").verdict();
    assert_eq!(late("x-amz-meta-x"), Err(SigError::Unsigned("an x-amz-* header")));
    assert_eq!(late("X-AMZ-Target"), Err(SigError::Unsigned("an x-amz-* header")));
    assert_eq!(late("amz-sdk-invocation-id"), Ok(()));
    let drop = |name: &str| {
        let out =
            |text: &str| text.replace(&format!("{name};"), "").replace(&format!(";{name}"), "");
        post().signed(&API).change("authorization", out).verdict()
    };
    assert_eq!(drop("host"), Err(SigError::Unsigned("host")));
    assert_eq!(drop("x-amz-date"), Err(SigError::Unsigned("x-amz-date")));
    assert_eq!(drop("x-amz-content-sha256"), Err(SigError::Unsigned("an x-amz-* header")));
}

#[test]
fn a_signed_header_must_be_there_and_the_host_once() {
    let sent = post().signed(&API);
    assert_eq!(sent.clone().without("content-type").verdict(), Err(SigError::Absent));
    assert_eq!(sent.clone().without("host").verdict(), Err(SigError::Absent));
    assert_eq!(sent.header("host", "evil").verdict(), Err(SigError::Ambiguous("Host")));
}

#[test]
fn repeated_headers_that_matter_are_refused() {
    for name in ["authorization", "x-amz-date", "x-amz-content-sha256"] {
        let mut sent = post().signed(&API);
        let again = sent.headers.iter().find(|(n, _)| n == name).unwrap().clone();
        sent.headers.push((name.to_uppercase(), again.1));
        assert!(matches!(sent.verdict(), Err(SigError::Ambiguous(_))), "{name}");
    }
    let mut both = presigned("GET", 60);
    both.headers.extend(post().signed(&API).headers.into_iter().filter(|(n, _)| n != "Host"));
    assert_eq!(both.verdict(), Err(SigError::Ambiguous("Authorization")));
}

#[test]
fn unsigned_and_streaming_bodies_are_for_the_s3_door_only() {
    for text in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"] {
        let sent = |door| post().signed(door).change("x-amz-content-sha256", |_| text.to_owned());
        assert_eq!(sent(&API).verdict(), Err(SigError::Payload));
        assert_eq!(sent(&S3).verdict_at(&S3, NOW), Err(SigError::Mismatch), "the gate lets it by");
    }
    let bare = Sent::new("PUT", "/b/k", b"").signed(&S3).without("x-amz-content-sha256");
    let bare = bare.change("authorization", |text| text.replace("x-amz-content-sha256;", ""));
    assert_eq!(bare.verdict_at(&S3, NOW), Err(SigError::Payload));
}

#[test]
fn the_digest_is_compared_with_the_body() {
    let mut sent = post().signed(&API);
    sent.body = b"{\"a\":1}".to_vec();
    assert_eq!(sent.verdict(), Err(SigError::Digest));
}

#[test]
fn presigned_requests_read_only_and_live_fifteen_minutes() {
    assert_eq!(presigned("GET", 900).verdict(), Ok(()));
    assert_eq!(presigned("GET", 60).verdict_at(&API, NOW + 61), Err(SigError::Time));
    for expires in [0, 901, 604_800] {
        assert_eq!(presigned("GET", expires).verdict(), Err(SigError::Expiry), "{expires}");
    }
    for method in ["POST", "PATCH", "DELETE", "HEAD", "get"] {
        assert_eq!(presigned(method, 60).verdict(), Err(SigError::PresignedWrite), "{method}");
    }
}

#[test]
fn a_presigned_parameter_is_given_once() {
    for name in ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"] {
        let name = format!("X-Amz-{name}");
        let mut twice = presigned("GET", 60);
        let pair = twice.query.split('&').find(|p| p.starts_with(&name)).unwrap().to_owned();
        twice.query += &format!("&{pair}");
        assert!(matches!(twice.verdict(), Err(SigError::Ambiguous(_))), "{name}");
        let mut none = presigned("GET", 60);
        none.query = none.query.replace(&pair, "");
        assert!(none.verdict().is_err(), "{name}");
    }
}

#[test]
fn dot_segments_are_refused_before_routing() {
    for path in ["/a/../collaborations", "/./a", "/%2e%2E/a", "/a/%2e", "/tags/x%2F..%2Fy", "/.."] {
        for door in [&API, &S3] {
            let verdict = Sent::new("GET", path, b"").signed(door).verdict_at(door, NOW);
            assert_eq!(verdict, Err(SigError::DotSegment), "{path}");
        }
    }
}

#[test]
fn session_tokens_are_refused() {
    let token = post().header("X-Amz-Security-Token", "t").signed(&API);
    assert_eq!(token.verdict(), Err(SigError::SessionToken));
    let mut query = presigned("GET", 60);
    query.query += "&X-Amz-Security-Token=t";
    assert_eq!(query.verdict(), Err(SigError::SessionToken));
}

#[test]
fn broken_authorization_headers_are_refused() {
    let good = post().signed(&API);
    assert_eq!(good.verdict(), Ok(()));
    let cases: &[(&str, &str)] = &[
        ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256"),
        ("/aws4_request", "/aws4_reques"),
        ("/eu-west-1/", "/eu-west-1/x/"),
        ("/eu-west-1/", "//"),
        ("AKIDEXAMPLE/", "/"),
        ("AKIDEXAMPLE", "AKID EXAMPLE"),
        ("host;", "Host;"),
        ("host;", "host;host;"),
        ("content-type;host", "host;content-type"),
        ("SignedHeaders=", "SignedHeaders=;"),
        (", Signature=", ", Signature=A"),
        (", Signature=", ", Signature=0"),
        (", Signature=", ", Signature=ab, Signature="),
        (", Signature=", ", Extra=1, Signature="),
        (", Signature=", " Signature="),
    ];
    for (from, to) in cases {
        let sent = good.clone().change("authorization", |text| text.replacen(from, to, 1));
        assert!(sent.verdict().is_err(), "{from} -> {to}");
    }
    let upper = |text: &str| {
        let (head, signature) = text.split_once("Signature=").unwrap();
        format!("{head}Signature={}", signature.to_uppercase())
    };
    let sent = good.clone().change("authorization", upper);
    assert_eq!(sent.verdict(), Err(SigError::Malformed("Signature")));
    let long = good.change("authorization", |text| text.to_owned() + &" ".repeat(5000));
    assert_eq!(long.verdict(), Err(SigError::Malformed("authorization")));
}

#[test]
fn older_signatures_are_named_and_refused() {
    let sent = post().header("Authorization", "AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=");
    assert_eq!(sent.verdict(), Err(SigError::OldVersion));
    let mut query = Sent::new("GET", "/b/k", b"");
    query.query = "AWSAccessKeyId=AKIDEXAMPLE&Signature=x&Expires=1".to_owned();
    assert_eq!(query.verdict(), Err(SigError::OldVersion));
}

#[test]
fn floods_of_headers_and_long_values_are_refused() {
    let long = post().signed(&API).header("x", &"a".repeat(8193));
    assert_eq!(long.verdict(), Err(SigError::TooLong));
    let mut many = post().signed(&API);
    (0..100).for_each(|_| many.headers.push(("x".to_owned(), vec![])));
    assert_eq!(many.verdict(), Err(SigError::TooLong));
    let path = Sent::new("GET", &"/a".repeat(9000), b"").signed(&API);
    assert_eq!(path.verdict(), Err(SigError::TooLong));
}

#[test]
fn only_an_unsigned_request_is_told_so() {
    let name = |error: SigError| ApiError::from(error).name();
    assert_eq!(post().verdict(), Err(SigError::Missing));
    assert_eq!(name(SigError::Missing), "MissingAuthenticationTokenException");
    for error in [SigError::Mismatch, SigError::Time, SigError::Malformed("x")] {
        assert_eq!(name(error), "InvalidSignatureException");
        assert_eq!(ApiError::from(error).status(), 403);
    }
}

#[test]
fn a_signer_does_not_show_its_secret() {
    let signer = Signer { access_key_id: KEY, secret: SECRET, region: "r", door: &API };
    assert!(!format!("{signer:?}").contains("wJalr"));
}

fn requests() -> impl Strategy<Value = Sent> {
    let header = ("[a-z][a-z0-9-]{0,8}", "[ -~]{0,20}");
    (
        "[A-Z]{3,7}",
        "(/[a-zA-Z0-9~_-]{1,6}(%2F|%3A|%20)?){1,4}",
        prop::collection::vec("[a-z]{1,3}=[a-zA-Z0-9%]{0,0}[a-z0-9]{0,4}", 0..4),
        prop::collection::vec(header, 0..4),
        prop::collection::vec(any::<u8>(), 0..64),
    )
        .prop_map(|(method, path, query, headers, body)| {
            let mut sent = Sent::new(&method, &path, &body);
            sent.query = query.join("&");
            let headers = headers.into_iter().filter(|(n, _)| n != "host" && n != "authorization");
            sent.headers.extend(headers.map(|(n, v)| (n, v.into_bytes())));
            sent
        })
}

proptest! {
    #[test]
    fn every_request_that_is_signed_is_believed(sent in requests(), s3 in any::<bool>()) {
        let door = if s3 { &S3 } else { &API };
        prop_assert_eq!(sent.signed(door).verdict_at(door, NOW), Ok(()));
    }

    #[test]
    fn any_flipped_byte_is_seen(sent in requests(), which in 0..5, at in any::<prop::sample::Index>(), bit in 0..7u8) {
        let sent = sent.signed(&API);
        let mut bad = sent.clone();
        let flip = |bytes: &mut Vec<u8>| {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
        };
        let flip_text = |text: &mut String| {
            let mut bytes = text.clone().into_bytes();
            flip(&mut bytes);
            if let Ok(changed) = String::from_utf8(bytes) {
                *text = changed;
            }
        };
        match which {
            0 => flip_text(&mut bad.method),
            1 => flip_text(&mut bad.path),
            2 => flip_text(&mut bad.query),
            3 => flip(&mut bad.body),
            _ => {
                let at = at.index(bad.headers.len());
                flip(&mut bad.headers[at].1);
            }
        }
        if means_the_same(&sent, &bad) {
            return Ok(());
        }
        prop_assert!(bad.verdict().is_err(), "{:?}", bad);
    }

    #[test]
    fn reading_a_claim_never_panics(auth in "\\PC{0,200}", query in "\\PC{0,200}", date in "\\PC{0,20}") {
        let mut sent = Sent::new("GET", "/", b"").header("authorization", &auth);
        sent = sent.header("x-amz-date", &date);
        sent.query = query;
        let _ = sent.verdict();
    }

    #[test]
    fn broken_pieces_of_a_claim_never_panic(
        fields in prop::collection::vec("(Credential|SignedHeaders|Signature|X)?=?[A-Za-z0-9/;]{0,70}", 0..5)
    ) {
        let auth = format!("AWS4-HMAC-SHA256 {}", fields.join(", "));
        prop_assert!(Sent::new("GET", "/", b"").header("authorization", &auth).verdict().is_err());
    }
}

/// SigV4 itself does not tell these apart: the order of parameters and empty ones, double slashes,
/// the case of escapes in the query, white space around values, spaces between words.
fn means_the_same(a: &Sent, b: &Sent) -> bool {
    let words = |value: &[u8]| {
        let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(&b' ')
    };
    let headers = |sent: &Sent| {
        let headers = sent.headers.iter().map(|(n, v)| (n.clone(), words(v)));
        headers.collect::<Vec<_>>()
    };
    let pairs = |sent: &Sent| {
        let query = glovebox_aws_api::Query::parse(&sent.query);
        query.map(|query| format!("{query:?}"))
    };
    let segments = |sent: &Sent| {
        sent.path.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let ends = |sent: &Sent| sent.path.ends_with('/');
    a.method == b.method
        && a.body == b.body
        && headers(a) == headers(b)
        && pairs(a) == pairs(b)
        && segments(a) == segments(b)
        && ends(a) == ends(b)
}
