//! Bodies of the JSON doors: whole, small, in time, and few enough at once to hold in memory.
//! Whoever sends slowly makes room for who does not: strangers cannot keep members out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use futures::StreamExt as _;
use glovebox_aws_api::{ApiError, Common};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::arrivals::{Arrival, Arrivals};
use crate::wire;

/// The largest body, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// All bodies at once, in bytes: whoever has not signed yet cannot fill the memory with theirs.
const ALL: usize = 256 * 1024 * 1024;
/// What may be arriving from one peer at once, in bytes.
const SHARE: usize = ALL / 4;
/// Who was sent away gives its room back within this time.
const HAND_OVER: Duration = Duration::from_secs(1);
/// A body must have arrived after so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Room for the bodies of all requests that are being answered.
#[derive(Debug, Clone)]
pub(crate) struct Bodies {
    room: Arc<Semaphore>,
    arrivals: Arrivals,
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
        Self::with(ALL)
    }

    fn with(bytes: usize) -> Self {
        let room = Arc::new(Semaphore::new(bytes));
        Self { room, arrivals: Arrivals::default(), patience: PATIENCE }
    }

    /// The whole body of a request.
    pub(super) async fn read(&self, parts: &Parts, body: Body) -> Result<Whole, ApiError> {
        let said = parts.headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
        if said.and_then(|it| it.parse::<u64>().ok()).is_some_and(|it| it > LARGEST as u64) {
            return Err(too_large());
        }
        let late = "the body of the request did not arrive in time";
        let read = tokio::time::timeout(self.patience, self.collect(parts, body)).await;
        read.unwrap_or_else(|_| Err(ApiError::common(Common::MalformedHttpRequest, late)))
    }

    /// Room is taken for what has arrived, not for what was announced.
    async fn collect(&self, parts: &Parts, body: Body) -> Result<Whole, ApiError> {
        let arrival = self.arrivals.begin(wire::peer(parts));
        let mut stream = body.into_data_stream();
        let mut bytes = Vec::new();
        let mut room: Option<OwnedSemaphorePermit> = None;
        loop {
            let chunk = tokio::select! {
                biased;
                () = arrival.sent_away() => return Err(busy()),
                chunk = stream.next() => chunk,
            };
            let Some(chunk) = chunk else { break };
            let broken = "the body of the request is broken";
            let chunk =
                chunk.map_err(|_| ApiError::common(Common::MalformedHttpRequest, broken))?;
            if bytes.len() + chunk.len() > LARGEST {
                return Err(too_large());
            }
            if !arrival.grew(chunk.len(), SHARE) {
                return Err(busy());
            }
            let more = self.take(&arrival, chunk.len()).await?;
            match &mut room {
                Some(room) => room.merge(more),
                None => room = Some(more),
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Whole { bytes, _room: room })
    }

    /// Room for so many bytes more, if need be from those who have been sending for longer.
    async fn take(
        &self,
        arrival: &Arrival,
        bytes: usize,
    ) -> Result<OwnedSemaphorePermit, ApiError> {
        let more = u32::try_from(bytes).map_err(|_| too_large())?;
        if let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(more) {
            return Ok(room);
        }
        if !arrival.make_room(bytes.saturating_sub(self.room.available_permits())) {
            return Err(busy());
        }
        let room = Arc::clone(&self.room).acquire_many_owned(more);
        match tokio::time::timeout(HAND_OVER, room).await {
            Ok(Ok(room)) => Ok(room),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }
}

fn busy() -> ApiError {
    ApiError::common(Common::ServiceUnavailable, "too many requests at once")
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
        let bodies = Bodies::with(10);
        let held = read(&bodies, 8).await.unwrap();
        assert_eq!(read(&bodies, 3).await.unwrap_err().status(), 503);
        drop(held);
        assert_eq!(read(&bodies, 10).await.unwrap().bytes().len(), 10);
    }

    /// A body whose first bytes arrive and whose end does not.
    fn slow(bytes: usize) -> Body {
        let first = futures::stream::iter([Ok::<_, std::io::Error>(vec![0; bytes])]);
        Body::from_stream(first.chain(futures::stream::pending()))
    }

    #[tokio::test]
    async fn who_sends_slowly_makes_room_for_who_does_not() {
        let bodies = Bodies::with(10);
        let (from, room) = (parts(), Arc::clone(&bodies.room));
        let strangers =
            async { tokio::join!(bodies.read(&from, slow(4)), bodies.read(&from, slow(4))) };
        let member = async {
            // Both are waiting for the rest.
            while room.available_permits() != 2 {
                tokio::task::yield_now().await;
            }
            let member = read(&bodies, 10).await;
            (member.is_ok(), room.available_permits())
        };
        let ((first, second), member) = tokio::join!(strangers, member);
        assert_eq!(member, (true, 0));
        for stranger in [first, second] {
            assert_eq!(stranger.unwrap_err().status(), 503);
        }
        assert_eq!(bodies.room.available_permits(), 10);
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
