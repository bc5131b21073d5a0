//! Judging a text without running it: no file, footer or listing of any table is read.

use glovebox_ledger::TreeName;
use glovebox_model::{AccessKeyId, AccountId, Collaboration, Id};
use glovebox_store::{Diagnostic, Refusal};

use super::consent::Asked;
use super::judge::judge;
use super::turns::{LONGEST, Turn, in_time};
use crate::authorize::OwnMembership;
use crate::{Action, Caller, Room, RoomError};

/// What judgement says to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// All that speaks against it; nothing when it would be allowed.
    pub findings: Vec<Diagnostic>,
    /// The plan that would run, as text of its logical nodes, when it would be allowed: no files,
    /// statistics or partition values.
    pub plan: Option<String>,
}

impl Room {
    /// What judgement would say to this text now. For who may run queries there, so often and in
    /// such time as is fair to others; the ledger records what was judged, even when whoever asked
    /// has gone.
    pub async fn explain(
        &self,
        caller: &Caller,
        collaboration: Id<Collaboration>,
        text: &str,
    ) -> Result<Explained, RoomError> {
        let (account, key) = (caller.account, caller.access_key_id.clone());
        {
            let mut tx = self.store.read().await?;
            let own = tx.membership_in(collaboration, account).await?;
            let own = own.ok_or_else(RoomError::access_denied)?;
            let action = Action::ExplainQuery;
            let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, own.id).await;
            let granted = granted.map_err(|error| match error {
                RoomError::NotFound { .. } => RoomError::access_denied(),
                other => other,
            })?;
            if granted.resource.collaboration.deleted {
                return Err(RoomError::access_denied());
            }
        }
        let turn = self.turns.ask(account, self.store.now())?.turn().await?;
        let (room, text) = (self.clone(), text.to_owned());
        let judging = async move { room.judged(turn, collaboration, (account, key), text).await };
        let judged = in_time(LONGEST, tokio::spawn(judging)).await?;
        judged.map_err(|error| RoomError::Internal(Box::new(error)))?
    }

    /// Judges a text and records it. The turn ends with the judgement, however long it takes.
    async fn judged(
        &self,
        turn: Turn,
        collaboration: Id<Collaboration>,
        (account, key): (AccountId, AccessKeyId),
        text: String,
    ) -> Result<Explained, RoomError> {
        let snapshot = self.store.snapshot_for(collaboration, account, &key).await?;
        let now = self.store.now();
        // A hostile text may take long: never on a thread that serves others.
        let judging = move || {
            let _turn = turn;
            let asked = Asked { runner: account, receivers: &[], template: None };
            let explained = match judge(&text, &snapshot, &asked, now, |_| ()) {
                Ok(priced) => Explained { findings: vec![], plan: Some(priced.plan_text()) },
                Err(Refusal { findings, .. }) => Explained { findings, plan: None },
            };
            (explained, text)
        };
        let judged = tokio::task::spawn_blocking(judging).await;
        let (explained, text) = judged.map_err(|it| RoomError::Internal(Box::new(it)))?;
        let codes = explained.findings.iter().map(|it| it.code.clone()).collect();
        let tree = TreeName::Collaboration(collaboration);
        self.store.record_explained(tree, (account, key), &text, codes).await?;
        Ok(explained)
    }
}
