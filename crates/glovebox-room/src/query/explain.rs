//! Judging a text without running it: no file, footer or listing of any table is read.

use glovebox_ledger::TreeName;
use glovebox_model::{Collaboration, Id};
use glovebox_store::{Diagnostic, Refusal};

use super::judge::judge;
use crate::authorize::OwnMembership;
use crate::{Action, Caller, Room, RoomError};

impl Room {
    /// What judgement would say to this text now; nothing when it would be allowed. For who may
    /// run queries there; the ledger records that it was asked.
    pub async fn explain(
        &self,
        caller: &Caller,
        collaboration: Id<Collaboration>,
        text: &str,
    ) -> Result<Vec<Diagnostic>, RoomError> {
        let (account, key) = (caller.account, caller.access_key_id.clone());
        {
            let mut tx = self.store.read().await?;
            let own = tx.membership_in(collaboration, account).await?;
            let own = own.ok_or_else(RoomError::access_denied)?;
            let action = Action::StartProtectedQuery;
            let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, own.id).await;
            let granted = granted.map_err(|error| match error {
                RoomError::NotFound { .. } => RoomError::access_denied(),
                other => other,
            })?;
            if granted.resource.collaboration.deleted {
                return Err(RoomError::access_denied());
            }
        }
        let snapshot = self.store.snapshot_for(collaboration, account, &key).await?;
        // A hostile text may take long: never on a thread that serves others.
        let (owned, now) = (text.to_owned(), self.store.now());
        let judging = move || match judge(&owned, &snapshot, account, now) {
            Ok(_) => Vec::new(),
            Err(Refusal { findings, .. }) => findings,
        };
        let _room =
            self.judgements.acquire().await.map_err(|it| RoomError::Internal(Box::new(it)))?;
        let findings = tokio::task::spawn_blocking(judging)
            .await
            .map_err(|it| RoomError::Internal(Box::new(it)))?;
        let codes = findings.iter().map(|it| it.code.clone()).collect();
        let tree = TreeName::Collaboration(collaboration);
        self.store.record_explained(tree, (account, key), text, codes).await?;
        Ok(findings)
    }
}
