//! Which trees of the ledger a change belongs to; every change of a noun is recorded here.

use glovebox_ledger::{Event, TreeName};
use glovebox_model::{AccountId, Collaboration, ConfiguredTable, Id};

use crate::{StoreError, Tx};

impl Tx {
    /// Records a change in the tree of one collaboration.
    pub(crate) async fn record_in(
        &mut self,
        collaboration: Id<Collaboration>,
        event: Event,
    ) -> Result<(), StoreError> {
        self.append(TreeName::Collaboration(collaboration), event).await.map(drop)
    }

    /// Records a change of an account: in its own tree, and in that of every collaboration that
    /// it has joined.
    pub(crate) async fn record_of_account(
        &mut self,
        account: AccountId,
        event: Event,
    ) -> Result<(), StoreError> {
        let concerned = self.collaborations_of(account).await?;
        self.record_everywhere(account, concerned, event).await
    }

    /// Records a change that is its owner's own affair: in its tree only.
    pub(crate) async fn record_of_owner(
        &mut self,
        account: AccountId,
        event: Event,
    ) -> Result<(), StoreError> {
        self.append(TreeName::Account(account), event).await.map(drop)
    }

    /// Records a change of a table: in its owner's tree, and in that of every collaboration that
    /// it was brought into.
    pub(crate) async fn record_of_table(
        &mut self,
        owner: AccountId,
        table: Id<ConfiguredTable>,
        event: Event,
    ) -> Result<(), StoreError> {
        let concerned = self.collaborations_with(table).await?;
        self.record_everywhere(owner, concerned, event).await
    }

    async fn record_everywhere(
        &mut self,
        account: AccountId,
        collaborations: Vec<Id<Collaboration>>,
        event: Event,
    ) -> Result<(), StoreError> {
        for collaboration in collaborations {
            self.record_in(collaboration, event.clone()).await?;
        }
        self.record_of_owner(account, event).await
    }
}
