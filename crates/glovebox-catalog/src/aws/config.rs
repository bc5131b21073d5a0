//! How every client of AWS is made: through the gate, with the credentials of one connection.

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use glovebox_model::AwsService;

use super::{CALL, Held, Through};
use crate::Egress;

/// A client of a service, which tries passing faults so often.
pub(crate) fn config(
    (credentials, egress): (&Held, &Egress),
    service: &AwsService,
    attempts: u32,
) -> SdkConfig {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(service.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
        // They are at hand, and those that were exchanged are of no use any more.
        .identity_cache(IdentityCache::no_cache())
        .http_client(Through(egress.clone()))
        .retry_config(RetryConfig::standard().with_max_attempts(attempts))
        .timeout_config(TimeoutConfig::builder().operation_timeout(CALL).build());
    config.set_endpoint_url(service.endpoint.clone());
    config.build()
}
