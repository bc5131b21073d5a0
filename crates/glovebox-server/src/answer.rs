//! What goes back over the wire: status, headers and a JSON body.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use glovebox_aws_api::ApiError;
use serde_json::Value;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// An answer of the JSON doors, before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The name of the error, if it is one.
    pub(crate) error: Option<String>,
    /// The body; empty for 204.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A success with a body.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        let body = if status == 204 { Vec::new() } else { value.to_string().into_bytes() };
        Self { status, error: None, body }
    }

    /// The answer with its headers.
    pub(crate) fn into_response(self, request_id: &str) -> Response<Body> {
        let Self { status, error, body } = self;
        let has_body = !body.is_empty();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(name) = error.as_deref().and_then(|it| HeaderValue::from_str(it).ok()) {
            headers.insert(ERROR_TYPE, name);
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        response
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self {
            status: error.status(),
            error: Some(error.name().to_owned()),
            body: error.body().to_string().into_bytes(),
        }
    }
}
