//! `sts:AssumeRole`: the operator's own credentials for those of a member's role.
//!
//! The role is the one that the association names; its trust policy demands the external id that
//! the house made for the account, so that no account can name another's role.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>

use std::time::SystemTime;

use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use glovebox_model::{AwsService, Credentials, Secret};

use super::{Held, config, from_service};
use crate::{Egress, Unavailable};

/// Keys that pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumed {
    /// [`Credentials::Keys`] with a session token.
    pub credentials: Credentials,
    /// When they stop working.
    pub expires: SystemTime,
}

/// How long keys shall work, in seconds; the most that a role allows unless its owner says more.
const SESSION: i32 = 3_600;

/// How often it is tried.
const ATTEMPTS: u32 = 3;

/// Assumes `role_arn` with `operator`'s keys.
///
/// # Errors
/// [`Unavailable::Untrusted`] when the role does not trust the operator with this external id,
/// [`Unavailable::Operator`] when it is the operator's own keys that are no good.
pub async fn assume_role(
    (operator, egress): (&Held, &Egress),
    service: &AwsService,
    (role_arn, external_id, session): (&str, &str, &str),
) -> Result<Assumed, Unavailable> {
    let answer = aws_sdk_sts::Client::new(&config((operator, egress), service, ATTEMPTS))
        .assume_role()
        .role_arn(role_arn)
        .role_session_name(session)
        .external_id(external_id)
        .duration_seconds(SESSION)
        .send()
        .await
        .map_err(|it| refused(role_arn, &it))?;
    let unusable =
        || Unavailable::Unreachable { path: role_arn.to_owned(), what: "it gave no keys" };
    let keys = answer.credentials.ok_or_else(unusable)?;
    let expires = SystemTime::try_from(keys.expiration).map_err(|_| unusable())?;
    let credentials = Credentials::Keys {
        access_key_id: keys.access_key_id,
        secret_access_key: Secret::new(keys.secret_access_key),
        session_token: Some(Secret::new(keys.session_token)),
    };
    Ok(Assumed { credentials, expires })
}

/// Why there are no keys: what STS says of who asks is said of the operator, not of the member.
fn refused<R>(role_arn: &str, error: &SdkError<AssumeRoleError, R>) -> Unavailable
where
    R: std::fmt::Debug + 'static,
{
    match error.code().unwrap_or_default() {
        "AccessDenied" | "AccessDeniedException" => {
            Unavailable::Untrusted { role: role_arn.to_owned() }
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            Unavailable::Operator("they have expired")
        }
        "IncompleteSignature"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => Unavailable::Operator("AWS does not know them"),
        _ => from_service(role_arn, error),
    }
}
