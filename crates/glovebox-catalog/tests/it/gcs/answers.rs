//! What is answered to who reads: listings by page, objects and parts of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use chrono::DateTime;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_MATCH, LAST_MODIFIED, RANGE};
use http::{Method, StatusCode};

use super::{Asked, Bucket, Object};

/// Objects on a page, so that all but the smallest listings have several.
const PAGE: usize = 3;

pub(super) fn fault(status: StatusCode, code: &str) -> Response {
    let text = format!(
        "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>hush</Message></Error>"
    );
    (status, text).into_response()
}

/// When a state of an object came to be.
fn modified(object: &Object) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_700_000_000 + object.generation, 0).unwrap()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// One page of the keys that begin with `prefix`, or of what they have before the next `delimiter`.
pub(super) fn listing(bucket: &Bucket, query: &BTreeMap<String, String>) -> Response {
    let said = |it: &str| query.get(it).map_or("", String::as_str);
    if said("list-type") != "2" {
        return fault(StatusCode::BAD_REQUEST, "InvalidArgument");
    }
    let (prefix, after) = (said("prefix"), said("continuation-token"));
    let (mut text, mut folders, mut on_page, mut last) = (String::new(), BTreeSet::new(), 0, None);
    for (key, object) in bucket.objects.iter().filter(|it| it.0.starts_with(prefix)) {
        if !after.is_empty() && key.as_str() <= after {
            continue;
        }
        if on_page == PAGE {
            let last: &String = last.unwrap();
            write!(text, "<NextContinuationToken>{}</NextContinuationToken>", escaped(last))
                .unwrap();
            break;
        }
        (on_page, last) = (on_page + 1, Some(key));
        let delimiter = said("delimiter");
        let below = key[prefix.len()..].find(delimiter).filter(|_| !delimiter.is_empty());
        if let Some(end) = below {
            folders.insert(&key[..=prefix.len() + end]);
            continue;
        }
        let (size, e_tag) = (object.bytes.len(), object.e_tag());
        let at = modified(object).format("%Y-%m-%dT%H:%M:%S.000Z");
        write!(
            text,
            "<Contents><Key>{}</Key><Generation>{}</Generation><LastModified>{at}</LastModified>\
             <ETag>{e_tag}</ETag><Size>{size}</Size></Contents>",
            escaped(key),
            object.generation,
        )
        .unwrap();
    }
    for folder in folders {
        let folder = escaped(folder);
        write!(text, "<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>").unwrap();
    }
    let whole = format!(
        "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult \
         xmlns='http://doc.s3.amazonaws.com/2006-03-01'><Name>bucket</Name>{text}</ListBucketResult>"
    );
    whole.into_response()
}

/// The object, or the range of it that is asked for, if it still is the one that is asked for.
pub(super) fn download(object: &Object, asked: &Asked) -> Response {
    let header = |it| asked.headers.get(it).map(|it: &http::HeaderValue| it.to_str().unwrap());
    if header(IF_MATCH).is_some_and(|it| it != object.e_tag()) {
        return fault(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
    }
    let length = object.bytes.len();
    let range = header(RANGE).map(|it| {
        let (first, last) = it.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        match (first.parse::<usize>(), last.parse::<usize>()) {
            (Ok(first), Ok(last)) => first..(last + 1).min(length),
            (Ok(first), Err(_)) => first..length,
            (Err(_), last) => length.saturating_sub(last.unwrap())..length,
        }
    });
    if range.as_ref().is_some_and(|it| it.start >= length) {
        return fault(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange");
    }
    let mut answer = http::Response::builder()
        .header(ETAG, object.e_tag())
        .header("x-goog-generation", object.generation)
        .header(LAST_MODIFIED, modified(object).format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    let bytes = match &range {
        Some(range) => {
            let shown = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            answer = answer.status(StatusCode::PARTIAL_CONTENT).header(CONTENT_RANGE, shown);
            object.bytes.slice(range.clone())
        }
        None => object.bytes.clone(),
    };
    answer = answer.header(CONTENT_LENGTH, bytes.len());
    let is_head = asked.method == Method::HEAD;
    answer.body(if is_head { Body::empty() } else { Body::from(bytes) }).unwrap()
}
