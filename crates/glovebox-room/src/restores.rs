//! After a restore: what was accepted, and a member's word that what it allows is what it allows.

use glovebox_store::Restore;

use crate::authorize::Own;
use crate::{Action, Caller, Room, RoomError};

/// The older copy of the database that the house goes on from, as one account sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestoreView {
    /// What the operator accepted.
    pub restore: Restore,
    /// Whether the account has confirmed what it allows here.
    pub is_confirmed: bool,
}

impl Room {
    /// The restore that was accepted last; `None` when there was none.
    pub async fn get_restore(&self, caller: &Caller) -> Result<Option<RestoreView>, RoomError> {
        let mut tx = self.store.read().await?;
        let own = self.authorize::<Own>(&mut tx, caller, Action::GetRestore, ()).await?;
        let Some(restore) = tx.last_restore().await? else { return Ok(None) };
        let is_confirmed = tx.has_confirmed(own.account).await?;
        Ok(Some(RestoreView { restore, is_confirmed }))
    }

    /// The caller has looked at its tables, rules, associations and members as they stand since
    /// the restore of this number, and says that they are what it wants: queries over them run
    /// again. A word that was given after an earlier restore says nothing of this one.
    pub async fn confirm_restore(
        &self,
        caller: &Caller,
        number: u64,
    ) -> Result<RestoreView, RoomError> {
        let mut tx = self.store.begin().await?;
        let own = self.authorize::<Own>(&mut tx, caller, Action::ConfirmRestore, ()).await?;
        let other = || RoomError::field("number", "is not that of the last restore: look again");
        let last = tx.last_restore().await?.filter(|it| it.number == number);
        last.ok_or_else(other)?;
        let restore = tx.confirm_restore(own.account).await?.ok_or_else(other)?;
        self.commit(tx, caller).await?;
        Ok(RestoreView { restore, is_confirmed: true })
    }
}
