//! Who gets intervals beside private numbers: whoever receives the result decides.

use glovebox_model::{AccountId, NewQuery, ProtectedQuery};
use glovebox_store::Snapshot;

use crate::RoomError;

/// A runner asks for its own results only.
pub(super) fn may_be_asked(
    asked: &NewQuery,
    runner: AccountId,
    receivers: &[AccountId],
) -> Result<(), RoomError> {
    if asked.intervals && receivers.iter().any(|it| *it != runner) {
        let message = "every receiver decides: each asks by its membership's extension";
        return Err(RoomError::field("intervals", message));
    }
    Ok(())
}

/// Whether every receiver wants them. All get the same columns.
pub(super) fn wanted(snapshot: &Snapshot, query: &ProtectedQuery) -> bool {
    let by_extension = |it: &AccountId| {
        let member = snapshot.members.get(it).and_then(|it| it.membership.as_ref());
        member.is_some_and(|it| it.terms.intervals)
    };
    let wants = |it: &AccountId| (query.asked.intervals && *it == query.runner) || by_extension(it);
    !query.receivers.is_empty() && query.receivers.iter().all(wants)
}
