//! What Athena said, in words for the owner of a connection. Its own words are not passed on:
//! they may hold values.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::super::Unavailable;
use crate::aws::from_service;

/// Of a query that Athena gave up.
pub(super) const FAILED: &str =
    "its query failed in Athena, where the history of the workgroup says why";

/// What a call about `path` came to.
pub(super) fn of<E, R>(path: &str, error: &SdkError<E, R>) -> Unavailable
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let SdkError::ServiceError(said) = error else { return from_service(path, error) };
    let message = said.err().message().unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|it| message.contains(it));
    let path = path.to_owned();
    match said.err().code().unwrap_or_default() {
        "MetadataException" if says(&["EntityNotFound", "Entity Not Found", "not found"]) => {
            Unavailable::Missing { path }
        }
        "InvalidRequestException" | "MetadataException"
            if says(&["AccessDenied", "ccess denied", "ermission", "not authorized"]) =>
        {
            Unavailable::Denied { path }
        }
        "InvalidRequestException" if says(&["WorkGroup", "orkgroup"]) => {
            Unavailable::Unusable("Athena has no such workgroup, or it is disabled")
        }
        "InvalidRequestException" if says(&["output bucket", "output location", "S3"]) => {
            Unavailable::Unusable("Athena cannot write where the connection wants its results")
        }
        "TooManyRequestsException" | "ThrottlingException" => {
            failed(&path, "Athena runs as many queries as the account may")
        }
        _ => from_service(&path, error),
    }
}

/// Whether Athena itself said no: what was asked for is not there and will not be.
pub(super) fn is_no<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ServiceError(said) => said.raw().status().is_client_error(),
        _ => false,
    }
}

pub(super) fn failed(path: &str, what: &'static str) -> Unavailable {
    Unavailable::Failed { path: path.to_owned(), what }
}
