//! Answers of object stores, which end where they must: whoever serves them may be hostile, and
//! what reads them keeps all of a listing or range in memory.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, RANGE};
use http::{Method, StatusCode};
use http_body::{Body, Frame, SizeHint};
use object_store::client::{HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody};

/// Bytes of an answer at most that is no object: a page of a listing, what became of an upload,
/// why not.
const MAX_ANSWER: u64 = 16 << 20;

/// More came than was asked for, or than an answer may hold.
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than it may be")]
pub(crate) struct TooLong;

/// What was asked for, as far as it bounds the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Anything else: a listing, an upload.
    Other,
    /// So many bytes of an object.
    Part(u64),
    /// All of an object, or all behind a place of it.
    Whole,
}

impl Asked {
    pub(super) fn by(request: &HttpRequest) -> Self {
        if request.method() != Method::GET {
            return Self::Other;
        }
        match request.headers().get(RANGE) {
            Some(range) => range.to_str().ok().map_or(Self::Other, Self::range),
            // Listings say in the query what they are.
            None if request.uri().query().is_none() => Self::Whole,
            None => Self::Other,
        }
    }

    fn range(text: &str) -> Self {
        let Some((first, last)) = text.strip_prefix("bytes=").and_then(|it| it.split_once('-'))
        else {
            return Self::Other;
        };
        match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) => Self::Part(last.saturating_sub(first).saturating_add(1)),
            (Err(_), Ok(last)) if first.is_empty() => Self::Part(last),
            (Ok(_), Err(_)) if last.is_empty() => Self::Whole,
            _ => Self::Other,
        }
    }

    /// Bytes that may come. How long a whole object is its headers say: whoever reads it looks
    /// at that first.
    fn most(self, status: StatusCode, length: Option<u64>) -> u64 {
        match (self, status) {
            (Self::Part(most), StatusCode::PARTIAL_CONTENT) => most,
            (Self::Whole, StatusCode::OK | StatusCode::PARTIAL_CONTENT) => {
                length.unwrap_or(MAX_ANSWER)
            }
            _ => MAX_ANSWER,
        }
    }
}

/// The answer, which fails where more comes than may.
pub(super) fn capped(asked: Asked, answer: HttpResponse) -> Result<HttpResponse, HttpError> {
    let (parts, inner) = answer.into_parts();
    let length = parts.headers.get(CONTENT_LENGTH);
    let length = length.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    let left = asked.most(parts.status, length);
    // Who says so beforehand is believed: room for that much might be made at once.
    if inner.size_hint().lower() > left {
        return Err(too_long());
    }
    let body = HttpResponseBody::new(Capped { inner, left });
    Ok(HttpResponse::from_parts(parts, body))
}

fn too_long() -> HttpError {
    // A kind that is not tried again.
    HttpError::new(HttpErrorKind::Decode, TooLong)
}

/// A body of so many bytes at most.
struct Capped {
    inner: HttpResponseBody,
    left: u64,
}

impl Body for Capped {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.inner).poll_frame(context));
        let data = frame.as_ref().and_then(|it| it.as_ref().ok()?.data_ref());
        let came = data.map_or(0, |it| it.len() as u64);
        let Some(left) = this.left.checked_sub(came) else {
            return Poll::Ready(Some(Err(too_long())));
        };
        this.left = left;
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, uri: &str, range: Option<&str>) -> Asked {
        let mut request = http::Request::builder().method(method).uri(uri);
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        Asked::by(&request.body(Bytes::new().into()).unwrap())
    }

    #[test]
    fn what_was_asked_bounds_what_may_come() {
        let object = "https://s3/bucket/a";
        assert_eq!(asked("GET", object, Some("bytes=10-19")), Asked::Part(10));
        assert_eq!(asked("GET", object, Some("bytes=-7")), Asked::Part(7));
        assert_eq!(
            asked("GET", object, Some("bytes=0-18446744073709551615")),
            Asked::Part(u64::MAX)
        );
        assert_eq!(asked("GET", object, Some("bytes=7-")), Asked::Whole);
        assert_eq!(asked("GET", object, None), Asked::Whole);
        assert_eq!(asked("GET", "https://s3/bucket?list-type=2", None), Asked::Other);
        assert_eq!(asked("PUT", object, None), Asked::Other);
        for odd in ["bytes=a-b", "bytes=--1", "lines=1-2", "bytes=1"] {
            assert_eq!(asked("GET", object, Some(odd)), Asked::Other, "{odd}");
        }
    }

    #[test]
    fn a_whole_object_is_as_long_as_it_says_and_anything_else_has_the_cap() {
        let (ok, partial, denied) =
            (StatusCode::OK, StatusCode::PARTIAL_CONTENT, StatusCode::FORBIDDEN);
        assert_eq!(Asked::Part(10).most(partial, Some(1 << 40)), 10);
        assert_eq!(Asked::Part(10).most(denied, None), MAX_ANSWER);
        assert_eq!(Asked::Whole.most(ok, Some(1 << 30)), 1 << 30);
        assert_eq!(Asked::Whole.most(ok, None), MAX_ANSWER);
        assert_eq!(Asked::Whole.most(denied, Some(1 << 40)), MAX_ANSWER);
        assert_eq!(Asked::Other.most(ok, Some(1 << 40)), MAX_ANSWER);
    }

    #[test]
    fn an_answer_that_says_it_is_too_long_is_not_read() {
        let answer = |bytes: usize| {
            let answer = http::Response::builder().status(206).header(CONTENT_LENGTH, bytes);
            answer.body(HttpResponseBody::from(vec![0; bytes])).unwrap()
        };
        assert!(capped(Asked::Part(10), answer(10)).is_ok());
        assert!(capped(Asked::Part(10), answer(11)).is_err());
    }

    #[tokio::test]
    async fn a_body_fails_where_more_comes_than_may() {
        let read = |left| {
            let inner = HttpResponseBody::from(vec![0_u8; 11]);
            HttpResponseBody::new(Capped { inner, left }).bytes()
        };
        assert_eq!(read(11).await.unwrap().len(), 11);
        let fault = read(10).await.unwrap_err();
        assert!(super::super::cause::<TooLong>(&fault).is_some(), "{fault:?}");
    }
}
