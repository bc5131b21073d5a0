//! Authority, checked again at the doors: what was allowed at start may be gone by now.

use glovebox_model::{
    AccountId, Destination, MemberAbility, MemberStatus, MembershipStatus, ProtectedQuery,
};
use glovebox_store::{Snapshot, SnapshotMember};

/// A right that the query needs is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RightLost;

/// Whether runner, payer and receivers still may, and where the result goes.
pub(super) fn authorize(
    snapshot: &Snapshot,
    query: &ProtectedQuery,
) -> Result<Vec<Destination>, RightLost> {
    let runner = active(snapshot, query.runner)?;
    let joined = runner.membership.as_ref().is_some_and(|it| it.id == query.membership);
    let stands = !snapshot.collaboration.deleted && snapshot.key_is_enabled;
    if !stands || !joined || !runner.member.terms.may(MemberAbility::CanQuery) {
        return Err(RightLost);
    }
    if let Some(used) = &query.asked.template {
        // Its author must still be there; a template that was deleted runs no more.
        let template = snapshot.template.as_ref().filter(|it| it.id == used.template);
        active(snapshot, template.ok_or(RightLost)?.author)?;
    }
    let mut flagged =
        snapshot.members.values().filter(|it| it.member.terms.payment.query_compute).peekable();
    match query.asked.payer {
        // Without anybody flagged the runner pays.
        Some(payer) if flagged.peek().is_none() && payer == query.runner => {}
        Some(payer) => {
            if !active(snapshot, payer)?.member.terms.payment.query_compute {
                return Err(RightLost);
            }
        }
        None => {
            for payer in flagged {
                active(snapshot, payer.member.account)?;
            }
        }
    }
    query.receivers.iter().map(|receiver| destination(snapshot, query, *receiver)).collect()
}

fn active(snapshot: &Snapshot, account: AccountId) -> Result<&SnapshotMember, RightLost> {
    let member = snapshot.members.get(&account).ok_or(RightLost)?;
    let joined = member.membership.as_ref().is_some_and(|it| it.status == MembershipStatus::Active);
    let enabled = member.account.as_ref().is_some_and(|it| it.enabled);
    if joined && enabled && member.member.status == MemberStatus::Active {
        Ok(member)
    } else {
        Err(RightLost)
    }
}

fn destination(
    snapshot: &Snapshot,
    query: &ProtectedQuery,
    receiver: AccountId,
) -> Result<Destination, RightLost> {
    let member = active(snapshot, receiver)?;
    if !member.member.terms.may(MemberAbility::CanReceiveResults) {
        return Err(RightLost);
    }
    let place = query.asked.places(query.runner).into_iter().find(|it| it.receiver == receiver);
    let default = || member.membership.as_ref()?.terms.default_result.as_ref();
    let output = place.ok_or(RightLost)?.named.or_else(|| default().map(|it| &it.output));
    output.ok_or(RightLost)?.destination(receiver).map_err(|_| RightLost)
}
