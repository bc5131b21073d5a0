//! From priced to reserved: through the transaction, never around it.

use glovebox_model::{Accountant, Destination, TableName};
use glovebox_privacy::{Allowance, Cost, Priced, Reserved};

use super::answer::Known;
use super::{NotReserved, Opening, Paid, Private};
use crate::claim::Order;
use crate::{Passed, Snapshot, Store, StoreError};

/// An opened query.
#[derive(Debug)]
#[must_use = "what is open is to be executed, answered or closed"]
pub enum Reservation {
    /// It has the same question as a stored release: see [`Store::answer`].
    Known(Known),
    /// It may read data.
    Paid(Reserved),
}

impl<K> Store<K> {
    /// Opens the query in the ledger, unless something has changed; only then may files be
    /// listed, and data be read once it is paid for. `judged` are the doors of judgement with the
    /// moments at which the query passed them.
    pub async fn reserve(
        &self,
        priced: Priced,
        order: &Order,
        snapshot: &Snapshot,
        (judged, destinations): (&[Passed], &[Destination]),
    ) -> Result<Result<Reservation, NotReserved>, StoreError> {
        let tables: Vec<TableName> = priced.tables().cloned().collect();
        let charge = priced.charge().cloned();
        let private = charge.as_ref().zip(snapshot.edge_millis(&priced));
        let question = priced.question_digest();
        let private = private.map(|(charge, edge_millis)| Private {
            question,
            charge,
            allowance,
            edge_millis,
            destinations,
        });
        let opening = Opening {
            plan: priced.plan_digest(),
            rules: priced.rule_digests().iter().map(|(_, digest)| *digest).collect(),
            tables: &tables,
            judged,
            private,
        };
        Ok(match self.open_query(order, snapshot, opening).await? {
            Ok(Paid::Now) => Ok(Reservation::Paid(asserted(priced))),
            Ok(Paid::Later) => Ok(Reservation::Known(Known::new(priced))),
            Err(not_reserved) => Err(not_reserved),
        })
    }
}

/// How much a privacy budget allows.
pub(super) fn allowance(accountant: Accountant, epsilon: u32, delta_atto: u64) -> (u64, u64) {
    let Cost { loss_nano, delta_atto } = Allowance::new(accountant, epsilon, delta_atto).total;
    (loss_nano, delta_atto)
}

/// The one place that states it: a transaction that charged the query was committed.
#[expect(clippy::disallowed_methods, reason = "the store is the one who may say so")]
pub(super) fn asserted(priced: Priced) -> Reserved {
    Reserved::assertion(priced)
}
