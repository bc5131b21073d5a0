//! HTTP doors: the AWS API, the native API, S3, health.
