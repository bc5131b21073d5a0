//! What went wrong with a bucket, in S3's words; and the way to threads that may block.

use glovebox_catalog::BucketError;
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

/// Runs disk work on a thread that may block.
pub(super) async fn blocking<T, F>(work: F) -> S3Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, BucketError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(from_bucket),
        Err(_) => Err(s3_error!(InternalError)),
    }
}

/// Our error as one of S3's codes.
pub(super) fn from_bucket(error: BucketError) -> S3Error {
    let code = match &error {
        BucketError::BadBucketName => S3ErrorCode::InvalidBucketName,
        BucketError::BadKey => S3ErrorCode::InvalidArgument,
        BucketError::BadParts => S3ErrorCode::InvalidPart,
        BucketError::BucketExists => S3ErrorCode::BucketAlreadyOwnedByYou,
        BucketError::BucketNotEmpty => S3ErrorCode::BucketNotEmpty,
        BucketError::KeyConflict | BucketError::TooManyEntries(_) => S3ErrorCode::InvalidRequest,
        BucketError::NoSuchBucket => S3ErrorCode::NoSuchBucket,
        BucketError::NoSuchKey => S3ErrorCode::NoSuchKey,
        BucketError::NoSuchUpload => S3ErrorCode::NoSuchUpload,
        BucketError::ObjectExists => S3ErrorCode::PreconditionFailed,
        BucketError::ReadOnly => S3ErrorCode::AccessDenied,
        BucketError::Io(cause) if cause.kind() == std::io::ErrorKind::StorageFull => {
            let full = "there is no room for it on the disk of this house: try again later";
            return s3_error!(ServiceUnavailable, "{}", full);
        }
        BucketError::Io(cause) => {
            tracing::error!(kind = ?cause.kind(), "a bucket could not be read or written");
            return s3_error!(InternalError);
        }
    };
    S3Error::with_message(code, error.to_string())
}

/// Something S3 has and this door has not.
pub(super) fn not_here(what: &str) -> S3Error {
    S3Error::with_message(S3ErrorCode::NotImplemented, format!("{what} is not implemented"))
}
