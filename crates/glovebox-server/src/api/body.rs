//! Bodies of the JSON doors: whole, small, and in time.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use glovebox_aws_api::{ApiError, Common};

/// The largest body, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// A body must have arrived after so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole body.
pub(crate) async fn read(parts: &Parts, body: Body) -> Result<Vec<u8>, ApiError> {
    let said = parts.headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    if said.and_then(|it| it.parse::<usize>().ok()).is_some_and(|it| it > LARGEST) {
        return Err(too_large());
    }
    match tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST)).await {
        Ok(Ok(bytes)) => Ok(bytes.to_vec()),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(ApiError::common(
            Common::MalformedHttpRequest,
            "the body of the request did not arrive in time",
        )),
    }
}

fn too_large() -> ApiError {
    ApiError::common(Common::RequestEntityTooLarge, "the body is larger than 4 MiB")
}
