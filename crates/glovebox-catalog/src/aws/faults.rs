//! What a service of AWS said, in words for the owner of a connection.

use std::error::Error;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::{Barred, Unavailable};

/// What a call about `path` came to, unless the caller knows better what its code means.
pub(crate) fn from_service<E, R>(path: &str, error: &SdkError<E, R>) -> Unavailable
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let path = path.to_owned();
    if let Some(barred) = Barred::behind(error) {
        return Unavailable::Barred(barred);
    }
    let SdkError::ServiceError(said) = error else {
        let what = match error {
            SdkError::TimeoutError(_) => "it did not answer in time",
            _ => "it gave no usable answer",
        };
        return Unavailable::Unreachable { path, what };
    };
    let Some(code) = said.err().code() else {
        return Unavailable::Unreachable { path, what: "it gave no usable answer" };
    };
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Unavailable::Expired,
        "EntityNotFoundException" => Unavailable::Missing { path },
        "AccessDenied"
        | "AccessDeniedException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => Unavailable::Denied { path },
        _ => Unavailable::Unreachable { path, what: "it refused the request" },
    }
}
