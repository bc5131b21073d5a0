//! Why a walk stopped before the last door, and what its runner may know of it.

use glovebox_engine::{Failed, Undelivered};
use glovebox_model::{AccountId, QueryFailure};
use glovebox_privacy::{Insecure, NoEntropy, Withheld};
use glovebox_store::{NotKept, Outcome, Refusal, Snapshot, StoreError};

use super::authority::RightLost;

/// Why a walk stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    /// Judgement said no.
    #[error("refused")]
    Refused(Refusal),
    /// A right is gone.
    #[error("a right was withdrawn")]
    RightLost,
    /// A right is gone that only one receiver's copy depends on.
    #[error("a receiver's right was withdrawn")]
    ReceiverLost,
    /// What it depends on changed again and again.
    #[error("what the query depends on did not hold still")]
    Restless,
    /// Its text took too long to judge. Nothing was read.
    #[error("judging the text took too long")]
    Slow,
    /// No query of this kind runs now, whatever its text.
    #[error("halted: {}", .0.message)]
    Halted(QueryFailure),
    /// The engine could not finish; with what an owner may know.
    #[error("{0}")]
    Failed(#[source] Box<Failed>, Option<(AccountId, String)>),
    /// The rows were not those that were judged.
    #[error("withheld: {0}")]
    Withheld(#[from] Withheld),
    /// There is no secure source of noise.
    #[error("no noise: {0}")]
    Noiseless(#[from] Insecure),
    /// There is no secret to bound contributions by.
    #[error("no secret: {0}")]
    Keyless(#[from] NoEntropy),
    /// No receiver's bucket took the result.
    #[error("no receiver's bucket took the result")]
    Unreached,
    /// A receiver could not be given the result yet.
    #[error("{0}")]
    Undelivered(#[from] Undelivered),
    /// The runner wished it to stop.
    #[error("cancelled")]
    Cancelled,
    /// Another walk has the query.
    #[error("another walk has the query")]
    Superseded,
    /// The store failed: whoever walks next goes on from what was committed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The house ends, or a test let the walk die here: as if its process had been killed.
    #[error("the walk died")]
    Dead,
}

impl Stopped {
    /// A failure of the engine; what the owner of the source may know goes to that owner.
    pub(super) fn failed(failed: Failed, snapshot: &Snapshot) -> Self {
        let detail = failed.owner_detail().and_then(|(table, text)| {
            snapshot.tables.get(table).map(|it| (it.association.account, text))
        });
        Self::Failed(Box::new(failed), detail)
    }

    /// Whether work was told to stop.
    pub(super) fn is_cancelled(&self) -> bool {
        match self {
            Self::Cancelled => true,
            Self::Failed(cause, _) => cause.is_cancelled(),
            _ => false,
        }
    }

    /// How the query is closed; the error itself when this walk must not close it.
    pub(super) fn outcome(self) -> Result<Outcome, Self> {
        let failed = |failure| Ok(Outcome::Failed { failure, detail: None });
        match self {
            Self::Refused(refusal) => Ok(Outcome::Refused(refusal)),
            Self::Halted(failure) => failed(failure),
            Self::ReceiverLost | Self::RightLost => failed(QueryFailure::access_lost()),
            Self::Restless
            | Self::Slow
            | Self::Withheld(_)
            | Self::Noiseless(_)
            | Self::Keyless(_) => failed(QueryFailure::generic()),
            Self::Failed(cause, _) if cause.is_cancelled() => Ok(Outcome::Cancelled),
            Self::Failed(cause, _) if cause.is_timed_out() => Ok(Outcome::TimedOut),
            Self::Failed(cause, detail) => Ok(Outcome::Failed { failure: cause.analyst(), detail }),
            Self::Unreached => failed(QueryFailure::unreached()),
            Self::Cancelled => Ok(Outcome::Cancelled),
            Self::Undelivered(_) | Self::Superseded | Self::Store(_) | Self::Dead => Err(self),
        }
    }
}

/// An error with all that it comes from, for the house's log. None of these texts holds a value of
/// a cell or a secret.
pub(super) fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        // Some say what their cause says.
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

impl From<RightLost> for Stopped {
    fn from(_: RightLost) -> Self {
        Self::RightLost
    }
}

impl From<NotKept> for Stopped {
    fn from(reason: NotKept) -> Self {
        match reason {
            NotKept::Cancelled => Self::Cancelled,
            NotKept::Superseded => Self::Superseded,
        }
    }
}
