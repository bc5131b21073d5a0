//! HTTP doors: the AWS API, the native API, S3, health.

mod s3;

pub use s3::{Download, S3Door, S3House, S3Key, Unavailable, is_signature_v2};
