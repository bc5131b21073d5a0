//! The life of a protected query.

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
    /// Delivered to every receiver.
    Success,
    /// Stopped at the time limit.
    TimedOut,
}

impl QueryStatus {
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
