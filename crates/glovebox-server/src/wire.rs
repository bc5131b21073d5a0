//! A request as it came over the wire, for the signature.

use axum::http::request::Parts;
use glovebox_aws_api::sigv4::Request;

/// The headers of a request as pairs, in the order of arrival.
pub(crate) struct Headers<'a>(Vec<(&'a str, &'a [u8])>);

impl<'a> Headers<'a> {
    pub(crate) fn of(parts: &'a Parts) -> Self {
        Self(parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect())
    }

    /// The parts that a signature covers; path and query string stay raw.
    pub(crate) fn request(&'a self, parts: &'a Parts) -> Request<'a> {
        Request {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &self.0,
        }
    }
}
