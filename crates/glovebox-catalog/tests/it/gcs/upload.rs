//! What is answered to who writes: objects at once, in parts, and not after all.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::ETAG;
use http::{Method, StatusCode};

use super::answers::fault;
use super::{Asked, Bucket, e_tag};

/// An upload: of which key, and its parts by number, each with its ETag.
#[derive(Default)]
pub(super) struct Upload {
    key: String,
    parts: BTreeMap<usize, (String, Bytes)>,
}

/// What a part has at least that is not the last.
const LEAST: usize = 5 << 20;

pub(super) fn answer(bucket: &mut Bucket, key: &str, asked: &Asked) -> Response {
    let upload = asked.query.get("uploadId");
    match (&asked.method, upload) {
        (&Method::POST, None) if asked.query.contains_key("uploads") => {
            bucket.generation += 1;
            let id = format!("upload/{}+", bucket.generation);
            let upload = Upload { key: key.to_owned(), ..Upload::default() };
            bucket.uploads.insert(id.clone(), upload);
            let kind = "InitiateMultipartUploadResult";
            format!("<{kind}><UploadId>{id}</UploadId></{kind}>").into_response()
        }
        (&Method::PUT, None) => {
            let generation = bucket.put(key, asked.body.clone());
            [(ETAG, e_tag(generation))].into_response()
        }
        (&Method::DELETE, None) => match bucket.objects.remove(key) {
            Some(_) => StatusCode::NO_CONTENT.into_response(),
            None => fault(StatusCode::NOT_FOUND, "NoSuchKey"),
        },
        (method, Some(id)) => part(bucket, (key, id), method, asked),
        _ => fault(StatusCode::BAD_REQUEST, "InvalidArgument"),
    }
}

fn part(bucket: &mut Bucket, (key, id): (&str, &str), method: &Method, asked: &Asked) -> Response {
    let Some(Upload { parts, .. }) = bucket.uploads.get_mut(id).filter(|it| it.key == key) else {
        return fault(StatusCode::NOT_FOUND, "NoSuchUpload");
    };
    match *method {
        Method::PUT => {
            let number: usize = asked.query["partNumber"].parse().unwrap();
            let tag = format!("\"part-{number}-{}\"", asked.body.len());
            parts.insert(number, (tag.clone(), asked.body.clone()));
            [(ETAG, tag)].into_response()
        }
        Method::DELETE => {
            bucket.uploads.remove(id);
            StatusCode::NO_CONTENT.into_response()
        }
        Method::POST => {
            // Exactly what was sent is asked for, in its order.
            let named: String = parts
                .iter()
                .map(|(number, (tag, _))| {
                    format!("<Part><ETag>{tag}</ETag><PartNumber>{number}</PartNumber></Part>")
                })
                .collect();
            let whole = format!("<CompleteMultipartUpload>{named}</CompleteMultipartUpload>");
            if asked.body != whole.as_bytes() {
                return fault(StatusCode::BAD_REQUEST, "InvalidPart");
            }
            let last = parts.keys().max().copied();
            if parts.iter().any(|it| it.1.1.len() < LEAST && Some(*it.0) != last) {
                return fault(StatusCode::BAD_REQUEST, "EntityTooSmall");
            }
            let bytes: Vec<u8> = parts.values().flat_map(|it| it.1.to_vec()).collect();
            bucket.uploads.remove(id);
            let tag = e_tag(bucket.put(key, bytes.into()));
            let kind = "CompleteMultipartUploadResult";
            format!("<{kind}><ETag>{tag}</ETag></{kind}>").into_response()
        }
        _ => fault(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
    }
}
