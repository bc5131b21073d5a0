//! From priced to reserved: through the transaction, never around it.

use glovebox_model::{Accountant, TableName};
use glovebox_privacy::{Allowance, Cost, Priced, Reserved};

use super::{NotReserved, Opening};
use crate::claim::Order;
use crate::{Passed, Snapshot, Store, StoreError};

impl<K> Store<K> {
    /// Opens the query in the ledger, unless something has changed; only then may data be read.
    /// `judged` are the doors of judgement with the moments at which the query passed them.
    pub async fn reserve(
        &self,
        priced: Priced,
        order: &Order,
        snapshot: &Snapshot,
        judged: &[Passed],
    ) -> Result<Result<Reserved, NotReserved>, StoreError> {
        let tables: Vec<TableName> = priced.tables().cloned().collect();
        let charge = priced.charge().cloned();
        let opening = Opening {
            plan: priced.plan_digest(),
            rules: priced.rule_digests().iter().map(|(_, digest)| *digest).collect(),
            tables: &tables,
            judged,
            charge: charge.as_ref(),
            allowance,
        };
        match self.open_query(order, snapshot, opening).await? {
            Ok(()) => Ok(Ok(asserted(priced))),
            Err(not_reserved) => Ok(Err(not_reserved)),
        }
    }
}

/// How much a privacy budget allows.
fn allowance(accountant: Accountant, epsilon: u32, delta_atto: u64) -> (u64, u64) {
    let Cost { loss_nano, delta_atto } = Allowance::new(accountant, epsilon, delta_atto).total;
    (loss_nano, delta_atto)
}

/// The one place that states it: the transaction above was committed.
#[expect(clippy::disallowed_methods, reason = "the store is the one who may say so")]
fn asserted(priced: Priced) -> Reserved {
    Reserved::assertion(priced)
}
