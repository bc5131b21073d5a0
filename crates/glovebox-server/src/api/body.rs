//! Bodies of the JSON doors: whole, small, in time, and few enough at once to hold in memory.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use futures::StreamExt as _;
use glovebox_aws_api::{ApiError, Common};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest body, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// All bodies at once, in bytes: whoever has not signed yet cannot fill the memory with theirs.
const ALL: usize = 256 * 1024 * 1024;
/// A body must have arrived after so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Room for the bodies of all requests that are being answered.
#[derive(Debug, Clone)]
pub(crate) struct Bodies {
    room: Arc<Semaphore>,
    patience: Duration,
}

/// A whole body; its room is given back when it is dropped.
pub(crate) struct Whole {
    bytes: Vec<u8>,
    _room: Option<OwnedSemaphorePermit>,
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whole({} bytes)", self.bytes.len())
    }
}

impl Whole {
    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Bodies {
    /// Room for 256 MiB.
    pub(crate) fn new() -> Self {
        Self { room: Arc::new(Semaphore::new(ALL)), patience: PATIENCE }
    }

    /// The whole body of a request.
    pub(super) async fn read(&self, parts: &Parts, body: Body) -> Result<Whole, ApiError> {
        let said = parts.headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
        if said.and_then(|it| it.parse::<u64>().ok()).is_some_and(|it| it > LARGEST as u64) {
            return Err(too_large());
        }
        let late = "the body of the request did not arrive in time";
        let read = tokio::time::timeout(self.patience, self.collect(body)).await;
        read.unwrap_or_else(|_| Err(ApiError::common(Common::MalformedHttpRequest, late)))
    }

    /// Room is taken for what has arrived, not for what was announced.
    async fn collect(&self, body: Body) -> Result<Whole, ApiError> {
        let mut stream = body.into_data_stream();
        let mut bytes = Vec::new();
        let mut room: Option<OwnedSemaphorePermit> = None;
        while let Some(chunk) = stream.next().await {
            let broken = "the body of the request is broken";
            let chunk =
                chunk.map_err(|_| ApiError::common(Common::MalformedHttpRequest, broken))?;
            if bytes.len() + chunk.len() > LARGEST {
                return Err(too_large());
            }
            let more = u32::try_from(chunk.len()).map_err(|_| too_large())?;
            let busy = || ApiError::common(Common::ServiceUnavailable, "too many requests at once");
            let more = Arc::clone(&self.room).try_acquire_many_owned(more).map_err(|_| busy())?;
            match &mut room {
                Some(room) => room.merge(more),
                None => room = Some(more),
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Whole { bytes, _room: room })
    }
}

fn too_large() -> ApiError {
    ApiError::common(Common::RequestEntityTooLarge, "the body is larger than 4 MiB")
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts() -> Parts {
        Request::new(()).into_parts().0
    }

    async fn read(bodies: &Bodies, bytes: usize) -> Result<Whole, ApiError> {
        bodies.read(&parts(), Body::from(vec![0; bytes])).await
    }

    #[tokio::test]
    async fn a_body_has_four_mebibytes_and_not_a_byte_more() {
        let bodies = Bodies::new();
        assert_eq!(read(&bodies, LARGEST).await.unwrap().bytes().len(), LARGEST);
        assert_eq!(read(&bodies, LARGEST + 1).await.unwrap_err().status(), 413);
        assert_eq!(read(&bodies, 0).await.unwrap().bytes().len(), 0);
    }

    #[tokio::test]
    async fn bodies_that_are_held_leave_less_room_and_give_it_back() {
        let bodies = Bodies { room: Arc::new(Semaphore::new(10)), patience: PATIENCE };
        let held = read(&bodies, 8).await.unwrap();
        assert_eq!(read(&bodies, 3).await.unwrap_err().status(), 503);
        drop(held);
        assert_eq!(read(&bodies, 10).await.unwrap().bytes().len(), 10);
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_not_waited_for_for_ever() {
        let never =
            Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let bodies = Bodies { patience: Duration::ZERO, ..Bodies::new() };
        let error = bodies.read(&parts(), never).await.unwrap_err();
        assert_eq!(error.name(), "MalformedHttpRequestException");
    }
}
