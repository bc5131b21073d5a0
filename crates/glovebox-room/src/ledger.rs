//! A collaboration's ledger, as one of its members may see it.

use glovebox_ledger::{Export, TreeName};
use glovebox_model::{Collaboration, Id};
use glovebox_store::Reader;

use crate::authorize::Place;
use crate::{Action, Caller, ResourceKind, Room, RoomError};

/// At most so many entries are shown at once.
const PAGE: u64 = 1000;

impl Room {
    /// The entries of a collaboration's ledger from `from` on, with proofs and the signed head:
    /// for its active members, each with what it may know behind the commitments.
    pub async fn collaboration_ledger(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        from: u64,
    ) -> Result<Export, RoomError> {
        {
            let mut tx = self.store.read().await?;
            let action = Action::GetCollaborationLedger;
            self.authorize::<Place>(&mut tx, caller, action, id).await?;
        }
        let reader = Reader::Account(caller.account);
        let export = self.store.ledger_export(TreeName::Collaboration(id), from, PAGE, reader);
        export.await?.ok_or_else(|| RoomError::not_found(ResourceKind::Collaboration, id))
    }
}
