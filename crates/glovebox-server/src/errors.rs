//! The one table from the room's errors to AWS's.

use glovebox_aws_api::shapes::{
    ConflictExceptionReason, ResourceType, ThrottlingException, ValidationException,
    ValidationExceptionField, ValidationExceptionReason,
};
use glovebox_aws_api::{ApiError, Modelled};
use glovebox_room::{ConflictReason, ResourceKind, RoomError, ValidationReason};

/// Why a handler does not give its output: an error as the client sees it.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) ApiError);

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<RoomError> for Refused {
    fn from(error: RoomError) -> Self {
        Self(api_error(error))
    }
}

/// What the client sees of an error; details of internal ones go to the log only.
fn api_error(error: RoomError) -> ApiError {
    match error {
        RoomError::AccessDenied { message } => ApiError::access_denied(message),
        RoomError::NotFound { ref id, kind } => {
            ApiError::not_found(resource(kind), id.clone(), error.to_string())
        }
        RoomError::Conflict { reason, resource: named, message } => {
            let reason = match reason {
                ConflictReason::AlreadyExists => ConflictExceptionReason::AlreadyExists,
                ConflictReason::InvalidState => ConflictExceptionReason::InvalidState,
                ConflictReason::SubresourcesExist => ConflictExceptionReason::SubresourcesExist,
            };
            ApiError::conflict(reason, named.map(|(id, kind)| (resource(kind), id)), message)
        }
        RoomError::Validation { reason, message, fields } => {
            let reason = match reason {
                ValidationReason::FieldValidationFailed => {
                    ValidationExceptionReason::FieldValidationFailed
                }
                ValidationReason::InvalidConfiguration => {
                    ValidationExceptionReason::InvalidConfiguration
                }
                ValidationReason::InvalidQuery => ValidationExceptionReason::InvalidQuery,
            };
            let fields = fields
                .into_iter()
                .map(|it| ValidationExceptionField { name: it.name, message: it.message });
            let fields: Vec<_> = fields.collect();
            ApiError::Modelled(Modelled::Validation(ValidationException {
                message: Some(message),
                reason: Some(reason),
                field_list: Some(fields).filter(|it| !it.is_empty()),
            }))
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "quotas are far below 2^52, and the wire has a double"
        )]
        RoomError::QuotaExceeded { name, value } => {
            ApiError::quota(name, value as f64, error.to_string())
        }
        RoomError::Throttled { message } => {
            let message = Some(message.to_owned());
            ApiError::Modelled(Modelled::Throttling(ThrottlingException { message }))
        }
        RoomError::Internal(cause) => {
            tracing::error!(%cause, "internal error");
            ApiError::internal()
        }
    }
}

fn resource(kind: ResourceKind) -> ResourceType {
    match kind {
        ResourceKind::ChangeRequest | ResourceKind::Collaboration => ResourceType::Collaboration,
        ResourceKind::ConfiguredTable | ResourceKind::Connection => ResourceType::ConfiguredTable,
        ResourceKind::ConfiguredTableAssociation => ResourceType::ConfiguredTableAssociation,
        ResourceKind::AnalysisTemplate
        | ResourceKind::Membership
        | ResourceKind::PrivacyBudgetTemplate
        | ResourceKind::ProtectedQuery => ResourceType::Membership,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(error: RoomError) -> (u16, &'static str, String) {
        let Refused(error) = error.into();
        (error.status(), error.name(), error.body().to_string())
    }

    #[test]
    fn an_internal_error_tells_nothing_of_its_cause() {
        let cause = std::io::Error::other("/secret/path is full of 123456789012");
        let (status, name, body) = seen(RoomError::Internal(Box::new(cause)));
        assert_eq!((status, name), (500, "InternalServerException"));
        assert_eq!(body, r#"{"message":"An internal error occurred"}"#);
    }

    #[test]
    fn a_quota_is_402_and_says_its_value() {
        let error = RoomError::QuotaExceeded { name: "Memberships per account", value: 100 };
        let (status, name, body) = seen(error);
        assert_eq!((status, name), (402, "ServiceQuotaExceededException"));
        assert!(body.contains(r#""quotaName":"Memberships per account","quotaValue":100"#));
    }

    #[test]
    fn fields_at_fault_are_listed() {
        let (status, name, body) = seen(RoomError::field("members[0].accountId", "is you"));
        assert_eq!((status, name), (400, "ValidationException"));
        assert!(body.contains(r#""reason":"FIELD_VALIDATION_FAILED""#), "{body}");
        assert!(body.contains(r#"{"name":"members[0].accountId","message":"is you"}"#), "{body}");
    }

    #[test]
    fn a_query_that_is_not_there_is_named_as_part_of_a_membership() {
        let (status, _, body) = seen(RoomError::not_found(ResourceKind::ProtectedQuery, "q"));
        assert_eq!(status, 404);
        assert!(body.contains(r#""resourceId":"q","resourceType":"MEMBERSHIP""#), "{body}");
    }
}
