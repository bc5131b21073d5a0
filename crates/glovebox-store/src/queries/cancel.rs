//! UpdateProtectedQuery: a wish to stop, seen at the doors.

use glovebox_ledger::{Event, TreeName};
use glovebox_model::{AccessKeyId, Id, ProtectedQuery, Query, QueryStatus};

use crate::ledger::append;
use crate::{StoreError, Tx};

/// What became of the wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelAnswer {
    /// The query stands at `CANCELLING` now.
    Cancelling(Box<ProtectedQuery>),
    /// The query has ended already, with this status.
    Ended(QueryStatus),
    /// There is no such query.
    Unknown,
}

impl Tx {
    /// Records the wish that a query stop. Wishing twice is wishing once.
    pub async fn request_cancel(
        &mut self,
        id: Id<Query>,
        key: AccessKeyId,
    ) -> Result<CancelAnswer, StoreError> {
        let Some(mut query) = self.query(id).await? else { return Ok(CancelAnswer::Unknown) };
        if query.status.is_final() {
            return Ok(CancelAnswer::Ended(query.status));
        }
        if query.status == QueryStatus::Cancelling {
            return Ok(CancelAnswer::Cancelling(Box::new(query)));
        }
        sqlx::query("UPDATE queries SET status = 'CANCELLING' WHERE id = ?1")
            .bind(id.to_string())
            .execute(self.connection())
            .await?;
        let tree = TreeName::Collaboration(query.collaboration);
        append(self, tree, Event::CancelRequested { query: id, key }).await?;
        query.status = QueryStatus::Cancelling;
        Ok(CancelAnswer::Cancelling(Box::new(query)))
    }
}
