//! Judging a text without running it: no file, footer or listing of any table is read.

use std::collections::BTreeMap;

use glovebox_ledger::TreeName;
use glovebox_model::{AccessKeyId, AccountId, Collaboration, EncryptedKind, Id, TemplateUse};
use glovebox_store::{Diagnostic, Refusal, Tx};

use super::consent::Asked;
use super::judge::judge;
use super::private::{PrivatePreview, preview};
use super::text::{Named, must_receive};
use super::turns::{LONGEST, Turn, in_time};
use crate::authorize::OwnMembership;
use crate::worker::aside;
use crate::{Action, Caller, Room, RoomError};

/// What is asked: a text, or a template with its values; and for whom the result would be.
#[derive(Debug, Clone, Default)]
pub struct ExplainQuery {
    /// `queryString`
    pub query_string: Option<String>,
    /// `analysisTemplateArn`
    pub analysis_template_arn: Option<String>,
    /// `parameters`
    pub parameters: BTreeMap<String, String>,
    /// `resultReceivers`: whether owners let them receive is judged; without any it is not.
    pub receivers: Vec<AccountId>,
}

impl From<&str> for ExplainQuery {
    /// A text, whoever would receive its result.
    fn from(text: &str) -> Self {
        Self { query_string: Some(text.to_owned()), ..Self::default() }
    }
}

/// What is judged, once it is known to be there.
struct Asking {
    text: String,
    template: Option<TemplateUse>,
    receivers: Vec<AccountId>,
}

/// What judgement says to a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// All that speaks against it; nothing when it would be allowed.
    pub findings: Vec<Diagnostic>,
    /// The plan that would run, as text of its logical nodes, when it would be allowed: no files,
    /// statistics or partition values.
    pub plan: Option<String>,
    /// The columns of the result that are encrypted, in order, when it would be allowed.
    pub encrypted: Vec<(String, EncryptedKind)>,
    /// What a private query would cost, and how wrong its numbers would be, when it would be
    /// allowed.
    pub privacy: Option<PrivatePreview>,
    /// The text of the template that was asked about: what the spans point into.
    pub template_text: Option<String>,
}

impl Room {
    /// What judgement would say to this text now. For who may run queries there, so often and in
    /// such time as is fair to others; the ledger records what was judged, even when whoever asked
    /// has gone.
    pub async fn explain(
        &self,
        caller: &Caller,
        collaboration: Id<Collaboration>,
        query: ExplainQuery,
    ) -> Result<Explained, RoomError> {
        let (account, key) = (caller.account, caller.access_key_id.clone());
        let asking = {
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
            asking(&mut tx, collaboration, query).await?
        };
        let turn = self.turns.ask(account, self.store.now())?.turn().await?;
        let room = self.clone();
        let judging = async move { room.judged(turn, collaboration, (account, key), asking).await };
        let judged = in_time(LONGEST, tokio::spawn(judging)).await?;
        judged.map_err(|error| RoomError::Internal(Box::new(error)))?
    }

    /// Judges a text and records it. The turn ends with the judgement, however long it takes.
    async fn judged(
        &self,
        turn: Turn,
        collaboration: Id<Collaboration>,
        (account, key): (AccountId, AccessKeyId),
        asking: Asking,
    ) -> Result<Explained, RoomError> {
        let snapshot = self.store.snapshot_for(collaboration, account, &key).await?;
        let now = self.store.now();
        // A hostile text may take long: never on a thread that serves others.
        let judging = move || {
            let _turn = turn;
            let Asking { text, template, receivers } = asking;
            let asked =
                Asked { runner: account, receivers: &receivers, template: template.as_ref() };
            let template_text = template.is_some().then(|| text.clone());
            let explained = match judge(&text, &snapshot, &asked, now, |_| ()) {
                Ok(priced) => Explained {
                    findings: vec![],
                    plan: Some(priced.plan_text()),
                    encrypted: priced.encrypted_outputs().to_vec(),
                    privacy: preview(&priced, &snapshot),
                    template_text,
                },
                Err(Refusal { findings, .. }) => Explained {
                    findings,
                    plan: None,
                    encrypted: vec![],
                    privacy: None,
                    template_text,
                },
            };
            (explained, text)
        };
        let (explained, text) = aside(judging).await.ok_or_else(RoomError::fallen)?;
        let codes = explained.findings.iter().map(|it| it.code.clone()).collect();
        let tree = TreeName::Collaboration(collaboration);
        self.store.record_explained(tree, (account, key), &text, codes).await?;
        Ok(explained)
    }
}

/// What is asked, with the checks of `StartProtectedQuery`.
async fn asking(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    query: ExplainQuery,
) -> Result<Asking, RoomError> {
    let ExplainQuery { query_string, analysis_template_arn, parameters, receivers } = query;
    let parameters = parameters.into_iter().collect();
    let named = Named { query_string, analysis_template_arn, parameters };
    let (text, template) = named.text(tx, collaboration, "").await?;
    let members = tx.members(collaboration).await?;
    for (index, receiver) in receivers.iter().enumerate() {
        must_receive(&members, *receiver, &format!("resultReceivers[{index}]"))?;
    }
    Ok(Asking { text, template, receivers })
}
