//! Signed requests to a server: the AWS API, the native API, and the S3 door.

use std::fmt;
use std::io::Read;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use glovebox_aws_api::sigv4::{self, Door, Request, Signer};
use glovebox_model::Clock;
use serde_json::Value;
use ureq::http;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::Credentials;

/// The largest JSON answer that is taken in: 16 MiB.
const MAX_JSON: u64 = 16 << 20;

/// The largest object that is taken into memory: 1 GiB, as a result may be.
const MAX_OBJECT: u64 = 1 << 30;

/// A server, and the key to speak to it with.
pub struct Client {
    endpoint: String,
    host: String,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
    agent: ureq::Agent,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// The server said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The error's name, such as `ValidationException`.
    pub code: String,
    /// Its text.
    pub message: String,
}

impl Client {
    /// A client of `endpoint` (`http://host:port` or `https://...`); `ca_bundle` is PEM of
    /// certificates to trust instead of the web's.
    pub fn new(
        endpoint: &str,
        credentials: Credentials,
        clock: Arc<dyn Clock>,
        ca_bundle: Option<&[u8]>,
    ) -> Result<Self> {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        let uri: http::Uri = endpoint.parse().context("the endpoint is not a URL")?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            bail!("the endpoint must begin with http:// or https://");
        }
        if uri.path() != "/" || uri.query().is_some() {
            bail!("the endpoint must be a host and a port, without a path");
        }
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(120)));
        if let Some(pem) = ca_bundle {
            let tls = TlsConfig::builder().root_certs(roots(pem)?).build();
            config = config.tls_config(tls);
        }
        let agent = ureq::Agent::new_with_config(config.build());
        Ok(Self { endpoint, host, credentials, clock, agent })
    }

    /// Where it speaks to.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Whether nobody on the way can read what is sent: TLS, or this very machine.
    pub(crate) fn is_private(&self) -> bool {
        let name = match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
            _ => self.host.as_str(),
        };
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        self.endpoint.starts_with("https://")
            || name.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|it| it.is_loopback())
    }

    /// One call of the AWS API or of the native API; `path` begins with a slash and is encoded.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        query: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let body = body.map(Value::to_string).unwrap_or_default();
        // Names this call, as SDKs do: without it the same call twice within a second has the same
        // signature, and the server takes the second for a retry of the first.
        let invocation = invocation()?;
        let mut headers: Vec<(&str, &[u8])> = Vec::new();
        if !body.is_empty() {
            headers.push(("content-type", b"application/json"));
            headers.push(("amz-sdk-invocation-id", invocation.as_bytes()));
        }
        if let Some(token) = &self.credentials.session_token {
            headers.push(("x-amz-security-token", token.as_bytes()));
        }
        let (status, answer, bytes) = self.send(
            &sigv4::API,
            &Request { method, path, query, headers: &headers },
            body.as_bytes(),
            MAX_JSON,
        )?;
        let value: Value = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).with_context(|| {
                format!("{} answered {status} with something that is not JSON", self.endpoint)
            })?
        };
        if (200..300).contains(&status) {
            return Ok(value);
        }
        let code = answer
            .get("x-amzn-errortype")
            .and_then(|it| it.to_str().ok())
            .unwrap_or("UnknownError")
            .split(':')
            .next()
            .unwrap_or_default()
            .to_owned();
        let text = value.get("message").or_else(|| value.get("Message"));
        let message = text.and_then(Value::as_str).unwrap_or("no reason was given").to_owned();
        Err(Refused { status, code, message }.into())
    }

    /// Makes sure that the caller's account has the bucket.
    pub fn create_bucket(&self, bucket: &str) -> Result<()> {
        match self.s3("PUT", &format!("/{bucket}"), "", b"") {
            Ok(_) => Ok(()),
            Err(error) => match error.downcast_ref::<Refused>() {
                Some(refused) if refused.code == "BucketAlreadyOwnedByYou" => Ok(()),
                _ => Err(error),
            },
        }
    }

    /// The keys below a prefix, in order: one page of at most a thousand.
    pub fn list_keys(&self, bucket: &str, prefix: &str) -> Result<Vec<String>> {
        let query = format!("encoding-type=url&list-type=2&prefix={}", encoded(prefix, ""));
        let answer = self.s3("GET", &format!("/{bucket}"), &query, b"")?;
        let answer = String::from_utf8(answer).context("the listing is not UTF-8")?;
        Ok(texts(&answer, "Key").map(decoded).collect())
    }

    /// An object's bytes.
    pub fn object(&self, bucket: &str, key: &str) -> Result<Vec<u8>> {
        self.s3("GET", &format!("/{bucket}/{}", encoded(key, "/")), "", b"")
    }

    fn s3(&self, method: &str, path: &str, query: &str, body: &[u8]) -> Result<Vec<u8>> {
        let (status, _, bytes) = self.send(
            &sigv4::S3,
            &Request { method, path, query, headers: &[] },
            body,
            MAX_OBJECT,
        )?;
        if (200..300).contains(&status) {
            return Ok(bytes);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let take = |tag: &str| texts(&text, tag).next().map(str::to_owned);
        Err(Refused {
            status,
            code: take("Code").unwrap_or_else(|| "UnknownError".to_owned()),
            message: take("Message").unwrap_or_else(|| "no reason was given".to_owned()),
        }
        .into())
    }

    fn send(
        &self,
        door: &Door,
        request: &Request<'_>,
        body: &[u8],
        limit: u64,
    ) -> Result<(u16, http::HeaderMap, Vec<u8>)> {
        let Request { method, path, query, headers } = *request;
        let mut plain: Vec<(&str, &[u8])> = vec![("host", self.host.as_bytes())];
        plain.extend(headers);
        let request = Request { headers: &plain, ..*request };
        let signer = Signer {
            access_key_id: &self.credentials.access_key_id,
            secret: &self.credentials.secret,
            region: &self.credentials.region,
            door,
        };
        let now = self.clock.now().as_millis().div_euclid(1000);
        let added = sigv4::sign(&signer, &request, body, now)
            .ok_or_else(|| anyhow!("the path cannot be signed"))?;

        let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let mut builder =
            http::Request::builder().method(method).uri(format!("{}{target}", self.endpoint));
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        for (name, value) in &added {
            builder = builder.header(*name, value);
        }
        let answered = if body.is_empty() && matches!(method, "GET" | "DELETE" | "HEAD") {
            self.agent.run(builder.body(())?)
        } else {
            self.agent.run(builder.body(body)?)
        };
        let mut answer = answered.with_context(|| format!("{} does not answer", self.endpoint))?;
        let mut bytes = Vec::new();
        let reader = answer.body_mut().with_config().limit(limit.saturating_add(1)).reader();
        reader
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .context("the answer broke off")?;
        if bytes.len() as u64 > limit {
            bail!("the answer is larger than {limit} bytes");
        }
        Ok((answer.status().as_u16(), answer.headers().clone(), bytes))
    }
}

/// 32 random hex digits.
fn invocation() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| anyhow!("the system gives no random bytes"))?;
    Ok(hex::encode(bytes))
}

fn roots(pem: &[u8]) -> Result<RootCerts> {
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.context("the CA bundle is not PEM")? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        bail!("the CA bundle holds no certificate");
    }
    Ok(RootCerts::from(certificates))
}

/// The texts of all elements `<tag>` of an answer of the S3 door, which never nests one in itself.
fn texts<'a>(xml: &'a str, tag: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (text, next) = after.split_once(&close)?;
        rest = next;
        Some(text)
    })
}

/// Percent-encoded, but for letters, digits, `-._~` and what is in `keep`.
fn encoded(text: &str, keep: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c) || keep.contains(c);
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match char::from(byte) {
            c if byte.is_ascii() && plain(c) => out.push(c),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let hex = rest.get(1..3).filter(|_| c == '%');
        if let Some(byte) = hex.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            bytes.push(byte);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_encoding() {
        for key in ["a/b.csv", "ü/ x+y%/z&<>", "%41", "%", "%e"] {
            assert_eq!(decoded(&encoded(key, "/")), key);
        }
        assert_eq!(encoded("a b/ü", "/"), "a%20b/%C3%BC");
    }

    #[test]
    fn who_can_be_overheard_is_known_by_the_address() {
        let is_private = |endpoint: &str| {
            let credentials = Credentials {
                access_key_id: "GBIA".into(),
                secret: "s".into(),
                region: "r".into(),
                session_token: None,
            };
            let clock = Arc::new(Never);
            Client::new(endpoint, credentials, clock, None).unwrap().is_private()
        };
        for good in
            ["https://rooms.example", "http://127.0.0.1:8930", "http://localhost", "http://[::1]:1"]
        {
            assert!(is_private(good), "{good}");
        }
        for bad in ["http://rooms.example", "http://10.0.0.1:8930", "http://localhost.example"] {
            assert!(!is_private(bad), "{bad}");
        }
    }

    struct Never;

    impl Clock for Never {
        fn now(&self) -> glovebox_model::Timestamp {
            glovebox_model::Timestamp::from_millis(0)
        }
    }

    #[test]
    fn elements_are_found_in_order() {
        let xml = "<R><Key>a</Key><Size>1</Size><Key>b%20c</Key></R>";
        assert_eq!(texts(xml, "Key").collect::<Vec<_>>(), ["a", "b%20c"]);
        assert_eq!(texts(xml, "Code").count(), 0);
    }
}
