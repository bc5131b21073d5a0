//! Why a use-case did not happen, in AWS's words.

use std::fmt;

use glovebox_model::{KeyRole, RuleFault};
use glovebox_store::StoreError;

/// How many faults one answer lists.
const MOST_FAULTS: usize = 20;

/// Why a use-case did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    /// The caller may not do this, or may not know whether it exists.
    #[error("{message}")]
    AccessDenied {
        /// For the caller.
        message: String,
    },
    /// The caller has no such thing.
    #[error("{kind} {id} was not found")]
    NotFound {
        /// What the caller asked for.
        id: String,
        /// The kind of it.
        kind: ResourceKind,
    },
    /// The thing is in a state in which this cannot be done.
    #[error("{message}")]
    Conflict {
        /// AWS's word for it.
        reason: ConflictReason,
        /// What is in the way, if the caller may know it.
        resource: Option<(String, ResourceKind)>,
        /// For the caller.
        message: String,
    },
    /// The request cannot be carried out as it stands.
    #[error("{message}")]
    Validation {
        /// AWS's word for it.
        reason: ValidationReason,
        /// For the caller.
        message: String,
        /// The fields at fault, as paths like `members[0].accountId`.
        fields: Vec<FieldFault>,
    },
    /// The caller has as many of these as it may have.
    #[error("the quota `{name}` of {value} is reached")]
    QuotaExceeded {
        /// AWS's name of the quota.
        name: &'static str,
        /// Its value here.
        value: u64,
    },
    /// The caller asks more often than is fair to others; it may ask again.
    #[error("{message}")]
    Throttled {
        /// For the caller.
        message: &'static str,
    },
    /// The house failed; the details are for its operator.
    #[error("an internal error occurred")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Its path, such as `members[0].accountId`.
    pub name: String,
    /// What is wrong with it.
    pub message: String,
}

/// The kinds of things that AWS's errors can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// AWS's enum has no word for a template: `MEMBERSHIP`, to which it belongs.
    AnalysisTemplate,
    /// AWS's enum has no word for a change request: `COLLABORATION`, to which it belongs.
    ChangeRequest,
    /// `COLLABORATION`
    Collaboration,
    /// `CONFIGURED_TABLE`
    ConfiguredTable,
    /// `CONFIGURED_TABLE_ASSOCIATION`
    ConfiguredTableAssociation,
    /// AWS's enum has no word for a connection: `CONFIGURED_TABLE`, which is read through it.
    Connection,
    /// `MEMBERSHIP`
    Membership,
    /// AWS's enum has no word for a budget: `MEMBERSHIP`, to which it belongs.
    PrivacyBudgetTemplate,
    /// AWS's enum has no word for a query: `MEMBERSHIP`, to which it belongs.
    ProtectedQuery,
}

impl ResourceKind {
    /// AWS's spelling.
    pub fn aws_name(self) -> &'static str {
        match self {
            Self::ChangeRequest | Self::Collaboration => "COLLABORATION",
            Self::ConfiguredTable | Self::Connection => "CONFIGURED_TABLE",
            Self::ConfiguredTableAssociation => "CONFIGURED_TABLE_ASSOCIATION",
            Self::AnalysisTemplate
            | Self::Membership
            | Self::PrivacyBudgetTemplate
            | Self::ProtectedQuery => "MEMBERSHIP",
        }
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnalysisTemplate => "analysis template",
            Self::ChangeRequest => "change request",
            Self::Collaboration => "collaboration",
            Self::ConfiguredTable => "configured table",
            Self::ConfiguredTableAssociation => "configured table association",
            Self::Connection => "connection",
            Self::Membership => "membership",
            Self::PrivacyBudgetTemplate => "privacy budget template",
            Self::ProtectedQuery => "protected query",
        })
    }
}

/// Why something conflicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictReason {
    /// `ALREADY_EXISTS`
    AlreadyExists,
    /// `INVALID_STATE`
    InvalidState,
    /// `SUBRESOURCES_EXIST`
    SubresourcesExist,
}

impl ConflictReason {
    /// AWS's spelling.
    pub fn aws_name(self) -> &'static str {
        match self {
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::InvalidState => "INVALID_STATE",
            Self::SubresourcesExist => "SUBRESOURCES_EXIST",
        }
    }
}

/// Why a request is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValidationReason {
    /// `FIELD_VALIDATION_FAILED`
    FieldValidationFailed,
    /// `INVALID_CONFIGURATION`
    InvalidConfiguration,
    /// `INVALID_QUERY`
    InvalidQuery,
}

impl ValidationReason {
    /// AWS's spelling.
    pub fn aws_name(self) -> &'static str {
        match self {
            Self::FieldValidationFailed => "FIELD_VALIDATION_FAILED",
            Self::InvalidConfiguration => "INVALID_CONFIGURATION",
            Self::InvalidQuery => "INVALID_QUERY",
        }
    }
}

impl RoomError {
    /// One text for what the caller may not do and for what does not exist for it.
    pub fn access_denied() -> Self {
        Self::AccessDenied { message: "you are not allowed to perform this action".into() }
    }

    /// A judgement came to no end by itself.
    pub(crate) fn fallen() -> Self {
        Self::Internal("a judgement fell".into())
    }

    /// The caller asks too often, or asks too much at once.
    pub(crate) fn throttled(message: &'static str) -> Self {
        Self::Throttled { message }
    }

    /// The key that signed may do less than the account may.
    pub(crate) fn key_denied(needs: KeyRole) -> Self {
        let message = format!("this takes a key of the role {} or above", needs.aws_name());
        Self::AccessDenied { message }
    }

    /// The caller has no such thing.
    pub fn not_found(kind: ResourceKind, id: impl fmt::Display) -> Self {
        Self::NotFound { id: id.to_string(), kind }
    }

    /// The terms asked for contradict each other or what is there.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Validation {
            reason: ValidationReason::InvalidConfiguration,
            message: message.into(),
            fields: Vec::new(),
        }
    }

    /// One field is at fault.
    pub fn field(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::fields(vec![FieldFault { name: name.into(), message: message.into() }])
    }

    /// Fields are at fault: all of them, not the first, up to a limit.
    pub fn fields(mut fields: Vec<FieldFault>) -> Self {
        let message = listed(fields.iter().map(|it| format!("{}: {}", it.name, it.message)));
        fields.truncate(MOST_FAULTS);
        Self::Validation { reason: ValidationReason::FieldValidationFailed, message, fields }
    }

    /// A conflict with the state of something the caller may know.
    pub(crate) fn conflict(
        reason: ConflictReason,
        resource: (ResourceKind, impl fmt::Display),
        message: impl Into<String>,
    ) -> Self {
        let (kind, id) = resource;
        Self::Conflict { reason, resource: Some((id.to_string(), kind)), message: message.into() }
    }
}

impl From<StoreError> for RoomError {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<Vec<RuleFault>> for RoomError {
    fn from(faults: Vec<RuleFault>) -> Self {
        Self::invalid(listed(faults.iter().map(ToString::to_string)))
    }
}

/// The first faults in one text, and how many more there are.
fn listed(faults: impl ExactSizeIterator<Item = String>) -> String {
    let more = faults.len().saturating_sub(MOST_FAULTS);
    let text = faults.take(MOST_FAULTS).collect::<Vec<_>>().join("; ");
    if more == 0 { text } else { format!("{text}; and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_faults_make_a_short_answer() {
        let fault = |it| FieldFault { name: format!("f[{it}]"), message: "bad".into() };
        let error = RoomError::fields((0..1000).map(fault).collect());
        assert!(error.to_string().ends_with("f[19]: bad; and 980 more"));
        let RoomError::Validation { fields, .. } = error else { panic!("a validation") };
        assert_eq!(fields.len(), MOST_FAULTS);
    }
}
