//! Who protects its tables with differential privacy receives no results (AWS: "The member who can
//! receive results cannot protect its own tables").
//!
//! A receiver who is also the owner could take its own rows off what it receives, and a budget
//! that its own users stand behind would be spent on its own behalf. Budgets refuse receivers when
//! they are made; here receivers with a budget are refused when they are made.

use glovebox_model::{Change, ChangeSpecification, Collaboration, Id, MemberAbility};
use glovebox_store::Tx;

use crate::{ConflictReason, ResourceKind, RoomError};

/// Nobody becomes a receiver who offers a budget for differential privacy there.
pub(super) async fn check(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    changes: &[Change],
) -> Result<(), RoomError> {
    for change in changes {
        let ChangeSpecification::Member(wanted) = &change.specification else { continue };
        if !wanted.abilities.contains(&MemberAbility::CanReceiveResults) {
            continue;
        }
        if let Some(template) = tx.privacy_template(collaboration, wanted.account).await? {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::PrivacyBudgetTemplate, template.id),
                format!(
                    "account {} protects its tables with differential privacy, and a member who \
                     can receive results cannot: it deletes its privacy budget template first",
                    wanted.account
                ),
            ));
        }
    }
    Ok(())
}
