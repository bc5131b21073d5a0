//! Places of results in S3, as they are written and shown.

use glovebox_aws_api::shapes::ProtectedQueryS3OutputConfiguration;
use glovebox_model::S3Output;

use super::words::Say as _;

pub(super) fn of_wire(configuration: ProtectedQueryS3OutputConfiguration) -> S3Output {
    let ProtectedQueryS3OutputConfiguration {
        result_format,
        bucket,
        key_prefix,
        single_file_output,
    } = configuration;
    S3Output {
        bucket,
        key_prefix,
        format: result_format.say(),
        single_file: single_file_output.unwrap_or(false),
    }
}

/// `singleFileOutput` is filled in, as the real service does.
pub(super) fn to_wire(output: S3Output) -> ProtectedQueryS3OutputConfiguration {
    let S3Output { bucket, key_prefix, format, single_file } = output;
    ProtectedQueryS3OutputConfiguration {
        result_format: format.say(),
        bucket,
        key_prefix,
        single_file_output: Some(single_file),
    }
}
