//! The life of a protected query.

mod noun;
mod places;
mod sensitivity;

pub use noun::{NewQuery, ProtectedQuery, QueryErrorCode, QueryFailure};
pub use places::{Delivery, DeliveryState, OutputLocation, OutputPlace, QueryOutput};
pub use sensitivity::{PrivateAggregation, Sensitivity};

use std::fmt;
use std::str::FromStr;

/// Where a protected query stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueryStatus {
    /// Stopped at the wish of the runner.
    Cancelled,
    /// The runner wishes to stop; the walk has not seen it yet.
    Cancelling,
    /// Refused, or failed, or lost in a crash.
    Failed,
    /// Opened in the ledger; members' data may be read.
    Started,
    /// Accepted, not judged yet.
    Submitted,
    /// Delivered to one receiver at least, and to every one whose store took it.
    Success,
    /// Stopped at the time limit.
    TimedOut,
}

/// The text is not a status, as AWS writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the status of a protected query")]
pub struct UnknownStatus;

impl QueryStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Cancelled,
        Self::Cancelling,
        Self::Failed,
        Self::Started,
        Self::Submitted,
        Self::Success,
        Self::TimedOut,
    ];

    /// The status as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "CANCELLED",
            Self::Cancelling => "CANCELLING",
            Self::Failed => "FAILED",
            Self::Started => "STARTED",
            Self::Submitted => "SUBMITTED",
            Self::Success => "SUCCESS",
            Self::TimedOut => "TIMED_OUT",
        }
    }

    /// Whether the status can never change again.
    pub fn is_final(self) -> bool {
        match self {
            Self::Cancelled | Self::Failed | Self::Success | Self::TimedOut => true,
            Self::Cancelling | Self::Started | Self::Submitted => false,
        }
    }

    /// Whether a query may go from `self` to `next`.
    pub fn may_become(self, next: Self) -> bool {
        use QueryStatus::{Cancelled, Cancelling, Failed, Started, Submitted, Success, TimedOut};
        match (self, next) {
            (Submitted, Started | Failed | Cancelling | Cancelled)
            | (Started, Success | Failed | TimedOut | Cancelling | Cancelled)
            | (Cancelling, Cancelled | Success | Failed | TimedOut) => true,
            (
                Submitted | Started | Cancelling | Cancelled | Failed | Success | TimedOut,
                Submitted | Started | Cancelling | Cancelled | Failed | Success | TimedOut,
            ) => false,
        }
    }
}

impl fmt::Display for QueryStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for QueryStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::QueryStatus::{self, *};

    #[test]
    fn a_final_status_never_changes() {
        let all = [Cancelled, Cancelling, Failed, Started, Submitted, Success, TimedOut];
        for from in all.into_iter().filter(|it| it.is_final()) {
            assert!(!all.into_iter().any(|to| QueryStatus::may_become(from, to)), "{from:?}");
        }
    }
}
