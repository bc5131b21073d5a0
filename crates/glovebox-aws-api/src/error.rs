//! Every error the API answers with: status code, `x-amzn-ErrorType` and JSON body.

use serde_json::{Value, json};

use crate::constraints::FieldErrors;
use crate::generated::errors::Modelled;
use crate::shapes::{
    AccessDeniedException, ConflictException, ConflictExceptionReason, InternalServerException,
    ResourceNotFoundException, ResourceType, ServiceQuotaExceededException, ThrottlingException,
    ValidationException, ValidationExceptionField, ValidationExceptionReason,
};

/// So many violations are spelled out in the message; all stand in the field list.
const SPELLED_OUT: usize = 5;

/// An error as the client sees it. Its text must not hold values of data or secrets.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ApiError {
    /// One that the model of the service has.
    #[error("{}", .0.message())]
    Modelled(Modelled),
    /// One that all services share.
    #[error("{message}")]
    Common {
        /// Which.
        kind: Common,
        /// What happened.
        message: String,
    },
}

/// Errors that all services share, outside the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Common {
    /// No such operation, or none that we have.
    UnknownOperation,
    /// The request is not signed.
    MissingAuthenticationToken,
    /// Key or signature is wrong.
    InvalidSignature,
    /// The signature's form is broken.
    IncompleteSignature,
    /// The body is too large.
    RequestEntityTooLarge,
    /// The body is no JSON object.
    Serialization,
    /// The request is no proper HTTP.
    MalformedHttpRequest,
    /// We are stopping or too busy.
    ServiceUnavailable,
}

impl Common {
    /// The name for `x-amzn-ErrorType`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownOperation => "UnknownOperationException",
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::IncompleteSignature => "IncompleteSignatureException",
            Self::RequestEntityTooLarge => "RequestEntityTooLargeException",
            Self::Serialization => "SerializationException",
            Self::MalformedHttpRequest => "MalformedHttpRequestException",
            Self::ServiceUnavailable => "ServiceUnavailableException",
        }
    }

    /// The HTTP status code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::UnknownOperation => 404,
            Self::MissingAuthenticationToken
            | Self::InvalidSignature
            | Self::IncompleteSignature => 403,
            Self::RequestEntityTooLarge => 413,
            Self::Serialization | Self::MalformedHttpRequest => 400,
            Self::ServiceUnavailable => 503,
        }
    }
}

impl ApiError {
    /// The header that carries the error's name (`x-amzn-ErrorType` in AWS's texts).
    pub const HEADER: &'static str = "x-amzn-errortype";

    /// The error's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Modelled(error) => error.name(),
            Self::Common { kind, .. } => kind.name(),
        }
    }

    /// The HTTP status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Modelled(error) => error.status(),
            Self::Common { kind, .. } => kind.status(),
        }
    }

    /// The JSON body.
    #[must_use]
    pub fn body(&self) -> Value {
        match self {
            Self::Modelled(error) => error.to_json(),
            Self::Common { message, .. } => json!({ "message": message }),
        }
    }

    /// One of the errors outside the model.
    pub fn common(kind: Common, message: impl Into<String>) -> Self {
        Self::Common { kind, message: message.into() }
    }

    /// The operation exists in the model, but not here (or not at all: `None`).
    #[must_use]
    pub fn unknown_operation(name: Option<&str>) -> Self {
        let message = match name {
            Some(name) => format!("The operation {name} is not available"),
            None => "No operation has this method and path".to_owned(),
        };
        Self::common(Common::UnknownOperation, message)
    }

    /// ValidationException with FIELD_VALIDATION_FAILED and the list of fields.
    #[must_use]
    pub fn fields(errors: FieldErrors) -> Self {
        let spelled = errors.iter().take(SPELLED_OUT).map(|error| {
            format!("Value at '{}' failed to satisfy constraint: {}", error.name, error.message)
        });
        let plural = if errors.len() == 1 { "" } else { "s" };
        let spelled = spelled.collect::<Vec<_>>().join("; ");
        let message = format!("{} validation error{plural} detected: {spelled}", errors.len());
        let fields = errors.into_iter();
        let fields =
            fields.map(|e| ValidationExceptionField { name: e.name, message: e.message }).collect();
        Self::Modelled(Modelled::Validation(ValidationException {
            message: Some(message),
            reason: Some(ValidationExceptionReason::FieldValidationFailed),
            field_list: Some(fields),
        }))
    }

    /// ValidationException with another reason.
    pub fn invalid(reason: ValidationExceptionReason, message: impl Into<String>) -> Self {
        Self::Modelled(Modelled::Validation(ValidationException {
            message: Some(message.into()),
            reason: Some(reason),
            field_list: None,
        }))
    }

    /// AccessDeniedException; a foreign or unknown collaboration gives this one.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::Modelled(Modelled::AccessDenied(AccessDeniedException {
            message: Some(message.into()),
            reason: None,
        }))
    }

    /// ResourceNotFoundException.
    pub fn not_found(
        kind: ResourceType,
        id: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Modelled(Modelled::ResourceNotFound(ResourceNotFoundException {
            message: message.into(),
            resource_id: id.into(),
            resource_type: kind,
        }))
    }

    /// ConflictException.
    pub fn conflict(
        reason: ConflictExceptionReason,
        resource: Option<(ResourceType, String)>,
        message: impl Into<String>,
    ) -> Self {
        let (resource_type, resource_id) = resource.unzip();
        Self::Modelled(Modelled::Conflict(ConflictException {
            message: Some(message.into()),
            resource_id,
            resource_type,
            reason: Some(reason),
        }))
    }

    /// ServiceQuotaExceededException (402).
    pub fn quota(name: impl Into<String>, value: f64, message: impl Into<String>) -> Self {
        Self::Modelled(Modelled::ServiceQuotaExceeded(ServiceQuotaExceededException {
            message: message.into(),
            quota_name: name.into(),
            quota_value: value,
        }))
    }

    /// ThrottlingException (429): clients wait and try again.
    pub fn throttling(message: impl Into<String>) -> Self {
        let message = Some(message.into());
        Self::Modelled(Modelled::Throttling(ThrottlingException { message }))
    }

    /// InternalServerException, without detail.
    #[must_use]
    pub fn internal() -> Self {
        let message = Some("An internal error occurred".to_owned());
        Self::Modelled(Modelled::InternalServer(InternalServerException { message }))
    }
}

/// The modelled errors with names and status codes.
macro_rules! modelled {
    ($($kind:ident $shape:ident $status:literal,)*) => {
        /// The name of a modelled error.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ErrorKind {
            $($kind,)*
        }

        /// An error of the model.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Modelled {
            $($kind($shape),)*
        }

        impl Modelled {
            /// Its name, for `x-amzn-ErrorType`.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => stringify!($shape),)*
                }
            }

            /// Which it is.
            #[must_use]
            pub const fn kind(&self) -> ErrorKind {
                match self {
                    $(Self::$kind(_) => ErrorKind::$kind,)*
                }
            }

            /// Its HTTP status code.
            #[must_use]
            pub const fn status(&self) -> u16 {
                match self {
                    $(Self::$kind(_) => $status,)*
                }
            }

            /// Its JSON body.
            #[must_use]
            pub fn to_json(&self) -> ::serde_json::Value {
                match self {
                    $(Self::$kind(error) => $crate::wire::Wire::to_json(error),)*
                }
            }

            /// Its message; empty if it has none.
            #[must_use]
            pub fn message(&self) -> String {
                let body = self.to_json();
                let message = body.get("message").and_then(::serde_json::Value::as_str);
                message.unwrap_or_default().to_owned()
            }
        }
    };
}

pub(crate) use modelled;
