//! The published cases of Signature Version 4, header and query form.

use std::str::FromStr;

use glovebox_aws_api::sigv4::claim::Form;
use glovebox_aws_api::sigv4::{Claim, PathForm, Request, canonical_request, hex_sha256};
use serde_json::Value;

/// A raw HTTP request taken apart, folded header lines joined.
struct Parsed {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl FromStr for Parsed {
    type Err = ();

    fn from_str(raw: &str) -> Result<Self, ()> {
        let (head, body) = raw.split_once("\n\n").unwrap_or((raw, ""));
        let mut lines = head.lines();
        let target = lines.next().ok_or(())?.strip_suffix(" HTTP/1.1").ok_or(())?;
        let (method, target) = target.split_once(' ').ok_or(())?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            match line.strip_prefix(' ') {
                Some(more) => headers.last_mut().ok_or(())?.1 += &format!(" {more}"),
                None => {
                    let (name, value) = line.split_once(':').ok_or(())?;
                    headers.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        let (path, query) = (path.to_owned(), query.to_owned());
        Ok(Self { method: method.to_owned(), path, query, headers, body: body.to_owned() })
    }
}

fn vectors() -> Vec<Value> {
    serde_json::from_str(include_str!("../data/sigv4.json")).unwrap()
}

fn check(vector: &Value, kind: &str) {
    let name = &vector["name"];
    let text = |key: &str| vector[format!("{kind}-{key}")].as_str().unwrap();
    let parsed: Parsed = text("signed-request").parse().unwrap();
    let headers: Vec<_> =
        parsed.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request {
        method: &parsed.method,
        path: &parsed.path,
        query: &parsed.query,
        headers: &headers,
    };
    let claim = Claim::of(&request).unwrap();
    assert_eq!(claim.form == Form::Header, kind == "header", "{name}");
    let form = match vector["context"]["normalize"].as_bool().unwrap() {
        true => PathForm::Normalised,
        false => PathForm::EncodedAgain,
    };
    let omit = vector["context"]["omit_session_token"].as_bool() == Some(true);
    let left_out = match omit {
        true => &["X-Amz-Signature", "X-Amz-Security-Token"][..],
        false => &["X-Amz-Signature"],
    };
    let payload = hex_sha256(parsed.body.as_bytes());
    let canonical =
        canonical_request(&request, form, &claim.signed_headers, left_out, &payload).unwrap();
    assert_eq!(String::from_utf8(canonical.clone()).unwrap(), text("canonical-request"), "{name}");
    assert_eq!(claim.string_to_sign(&canonical), text("string-to-sign"), "{name}");
    let secret = vector["context"]["credentials"]["secret_access_key"].as_str().unwrap();
    assert_eq!(hex::encode(claim.expected(secret, &canonical)), text("signature"), "{name}");
    assert_eq!(hex::encode(claim.signature), text("signature"), "{name}");
}

#[test]
fn all_published_cases_hold_in_header_form() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 38);
    vectors.iter().for_each(|vector| check(vector, "header"));
}

#[test]
fn all_published_cases_hold_in_query_form() {
    vectors().iter().for_each(|vector| check(vector, "query"));
}
