//! The native views of a query that is started or looked at: with the newest head of the ledger,
//! for its runner to keep.

use glovebox_ledger::{Export, TreeName};
use glovebox_model::{Collaboration, Id, Membership, ProtectedQuery, Query};
use glovebox_store::Reader;

use super::read::of_membership;
use super::start::StartQuery;
use crate::authorize::{OwnMembership, Place};
use crate::{Action, Caller, ResourceKind, Room, RoomError};

/// A query, and the head of its collaboration's ledger at that moment or after.
#[derive(Debug, Clone)]
pub struct RecordedQuery {
    /// The query.
    pub query: ProtectedQuery,
    /// The signed head without entries, with the proof that the ledger of `from` entries is a
    /// beginning of it.
    pub ledger: Export,
}

impl Room {
    /// `StartProtectedQuery` with the head that covers it. `from` is the size of the head that
    /// the caller kept before.
    pub async fn start_recorded_query(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        start: StartQuery,
        from: Option<u64>,
    ) -> Result<RecordedQuery, RoomError> {
        let action = Action::StartRecordedQuery;
        let query = self.start_query(caller, action, membership, start).await?;
        let ledger = self.newest_head(caller, query.collaboration, from).await?;
        Ok(RecordedQuery { query, ledger })
    }

    /// `GetProtectedQuery` with the newest head: once the query has ended, one that covers its
    /// end. For active members only, as the ledger is.
    pub async fn get_recorded_query(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<Query>,
        from: Option<u64>,
    ) -> Result<RecordedQuery, RoomError> {
        let query = {
            let mut tx = self.store.read().await?;
            let action = Action::GetRecordedQuery;
            let own = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
            let place = own.resource.collaboration.id;
            let action = Action::GetCollaborationLedger;
            self.authorize::<Place>(&mut tx, caller, action, place).await?;
            of_membership(&mut tx, membership, id).await?
        };
        // Read after the query: its end and the entry that tells it are one transaction.
        let ledger = self.newest_head(caller, query.collaboration, from).await?;
        Ok(RecordedQuery { query, ledger })
    }

    async fn newest_head(
        &self,
        caller: &Caller,
        place: Id<Collaboration>,
        from: Option<u64>,
    ) -> Result<Export, RoomError> {
        let tree = TreeName::Collaboration(place);
        let reader = Reader::Account(caller.account);
        let export = self.store.ledger_export(tree, from.unwrap_or(u64::MAX), 0, reader).await?;
        export.ok_or_else(|| RoomError::not_found(ResourceKind::Collaboration, place))
    }
}
