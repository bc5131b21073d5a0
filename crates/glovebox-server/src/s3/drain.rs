//! The rest of a body that nobody wanted: read before an early answer goes out.
//!
//! A refusal often comes before the body was read. A connection that is closed with bytes
//! unread is reset, and a client that is still sending may never see the answer. So a little is
//! read and thrown away first.

use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use axum::http::request::Parts;
use futures::{StreamExt, stream};

/// At most so many bytes are thrown away; a client with more must ask first (`Expect`).
const MOST: usize = 1 << 20;

/// And for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is left of a request's body.
pub(super) struct Rest(Arc<Mutex<Option<BodyDataStream>>>);

/// Whether the client holds a large body back until it is told to go on: then a refusal reaches
/// it before anything is sent.
pub(super) fn waits(parts: &Parts) -> bool {
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    let large = length.and_then(|it| it.parse::<usize>().ok()).is_some_and(|it| it > MOST);
    large && parts.headers.contains_key(EXPECT)
}

/// A body that reads as `body` does, and what it leaves unread.
pub(super) fn shared(body: Body) -> (Body, Rest) {
    if body.is_end_stream() {
        // As it is: `s3s` must see that nothing comes, where no header says so.
        return (body, Rest(Arc::default()));
    }
    let rest = Rest(Arc::new(Mutex::new(Some(body.into_data_stream()))));
    let stream = rest.stream();
    (Body::from_stream(stream), rest)
}

impl Rest {
    /// Reads what is left, within limits; what went wrong with it concerns nobody any more.
    pub(super) async fn drain(self) {
        let mut stream = std::pin::pin!(self.stream());
        let read = async {
            let mut left = MOST;
            while let Some(Ok(bytes)) = stream.next().await {
                match left.checked_sub(bytes.len()) {
                    Some(less) => left = less,
                    None => break,
                }
            }
        };
        drop(tokio::time::timeout(PATIENCE, read).await);
    }

    fn stream(
        &self,
    ) -> impl futures::Stream<Item = Result<bytes::Bytes, axum::Error>> + Send + 'static {
        let shared = Arc::clone(&self.0);
        stream::poll_fn(move |context| {
            let Ok(mut body) = shared.lock() else { return Poll::Ready(None) };
            let Some(stream) = body.as_mut() else { return Poll::Ready(None) };
            let polled = stream.poll_next_unpin(context);
            if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
                *body = None; // a stream that ended is not asked again
            }
            polled
        })
    }
}
