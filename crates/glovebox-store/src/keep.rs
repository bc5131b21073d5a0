//! The transaction after which a result exists: digests and names recorded, ledger `Released`.

use glovebox_ledger::{Event, ReleasedObject, TreeName, at_most};
use glovebox_model::{AccountId, Digest, QueryStatus};
use glovebox_privacy::{Encoded, Kept, ResultFiles};

use crate::claim::{Order, row};
use crate::doors::{self, Door};
use crate::head_counter::Age;
use crate::held::{self, HeldV1};
use crate::ledger::{append_showing, commit_to};
use crate::queries::CORRUPT;
use crate::releases;
use crate::results::{self, ResultV1};
use crate::snapshot::Pins;
use crate::{Shown, Store, StoreError, Tx};

/// Why a result was not kept. The charge stays, the bytes are to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKept {
    /// The runner wishes the query to stop.
    Cancelled,
    /// Another walk has the query now.
    Superseded,
}

/// Why a kept result must not be delivered now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDeliverable {
    /// A right was withdrawn since the query was opened, or may have been: the database is an
    /// older copy. The result is withheld from everybody.
    Revoked,
    /// This receiver lost a right of its own since the query was opened: its copy is withheld.
    ReceiverRevoked,
    /// Another walk has the query now.
    Superseded,
}

impl<K> Store<K> {
    /// Records the sealed files of a result; only then is there something to deliver.
    pub async fn keep(
        &self,
        encoded: Encoded,
        order: &Order,
    ) -> Result<Result<Kept, NotKept>, StoreError> {
        let other_row = encoded.other_row();
        let files = encoded.into_files();
        if files.query != order.id() {
            return Err(CORRUPT);
        }
        match self.keep_result(order, &ResultV1::of(&files), other_row).await? {
            Ok(()) => Ok(Ok(asserted(files))),
            Err(not_kept) => Ok(Err(not_kept)),
        }
    }

    /// Holds the sealed files of a private query for the edge of its bucket; `inputs` is the
    /// digest of the listings of all that it read. Nothing of it shows before the edge, and until
    /// then the query can be cancelled as if it still ran.
    pub async fn hold(
        &self,
        encoded: Encoded,
        order: &Order,
        inputs: Digest,
    ) -> Result<Result<(), NotKept>, StoreError> {
        let files = encoded.into_files();
        if files.query != order.id() {
            return Err(CORRUPT);
        }
        self.hold_result(order, ResultV1::of(&files), inputs).await
    }

    pub(crate) async fn hold_result(
        &self,
        order: &Order,
        result: ResultV1,
        inputs: Digest,
    ) -> Result<Result<(), NotKept>, StoreError> {
        let mut tx = self.begin().await?;
        let row = row(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.fence != order.fence() || row.stage != "OPENED" {
            return Ok(Err(NotKept::Superseded));
        }
        let bucket = held::bucket(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if bucket.held.is_some() {
            return Ok(Err(NotKept::Superseded));
        }
        if row.status == QueryStatus::Cancelling {
            return Ok(Err(NotKept::Cancelled));
        }
        hold_for(&mut tx, order, bucket, (result, inputs)).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// What an earlier walk kept, to be delivered by this one. What it held for an edge that has
    /// come is recorded first, in one transaction with the ledger entry `Released`.
    pub async fn claim_kept(&self, order: &Order) -> Result<Result<Kept, NotKept>, StoreError> {
        let mut tx = self.begin().await?;
        let row = row(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.fence != order.fence() {
            return Ok(Err(NotKept::Superseded));
        }
        if row.stage == "OPENED" {
            if row.status == QueryStatus::Cancelling {
                return Ok(Err(NotKept::Cancelled));
            }
            let bucket = held::bucket(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
            if !bucket.is_over(&tx) {
                // The clock went back since it was claimed: a later walk tells it.
                return Ok(Err(NotKept::Superseded));
            }
            let Some(HeldV1::Result(result)) = bucket.held else { return Err(CORRUPT) };
            record(&mut tx, order, &result, false).await?;
            releases::insert(&mut tx, order.query(), &result).await?;
            tx.commit().await?;
            return Ok(Ok(asserted(result.files(order.id())?)));
        }
        let result = results::read(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.stage != "KEPT" {
            return Err(CORRUPT);
        }
        Ok(Ok(asserted(result.files(order.id())?)))
    }

    /// Records what was kept, and whether its last row stands for withheld groups. From here on
    /// the query can no longer be cancelled. A private query is held first: see `hold`.
    pub(crate) async fn keep_result(
        &self,
        order: &Order,
        result: &ResultV1,
        other_row: bool,
    ) -> Result<Result<(), NotKept>, StoreError> {
        let mut tx = self.begin().await?;
        let row = row(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.fence != order.fence() || row.stage != "OPENED" {
            return Ok(Err(NotKept::Superseded));
        }
        if row.status == QueryStatus::Cancelling {
            return Ok(Err(NotKept::Cancelled));
        }
        if held::bucket(&mut tx, order.id()).await?.is_some() {
            return Err(CORRUPT);
        }
        record(&mut tx, order, result, other_row).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Whether the kept result may be delivered to one of its receivers: the claim is still ours,
    /// and everything that the query and this receiver depend on is still as it was when the query
    /// was opened.
    pub async fn may_deliver(
        &self,
        order: &Order,
        receiver: AccountId,
    ) -> Result<Result<(), NotDeliverable>, StoreError> {
        let mut tx = self.read().await?;
        let row = row(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.fence != order.fence() || row.stage != "KEPT" {
            return Ok(Err(NotDeliverable::Superseded));
        }
        let pins: Option<String> = sqlx::query_scalar("SELECT pins FROM queries WHERE id = ?1")
            .bind(order.id().to_string())
            .fetch_one(tx.connection())
            .await?;
        let pins = Pins::parse(&pins.ok_or(CORRUPT)?)?;
        if let Some(counter) = self.head_counter()
            && tx.age(counter).await? == Age::Older
        {
            // Rights that were withdrawn have come back in an older copy.
            return Ok(Err(NotDeliverable::Revoked));
        }
        if !pins.of_all().hold(&mut tx).await? {
            return Ok(Err(NotDeliverable::Revoked));
        }
        let own = order.query().receivers.contains(&receiver)
            && pins.of_receiver(receiver).hold(&mut tx).await?;
        Ok(if own { Ok(()) } else { Err(NotDeliverable::ReceiverRevoked) })
    }
}

/// Keeps a result for the edge of its bucket, with the digest of the listings of its inputs.
pub(crate) async fn hold_for(
    tx: &mut Tx,
    order: &Order,
    bucket: held::Bucket,
    (result, inputs): (ResultV1, Digest),
) -> Result<(), StoreError> {
    sqlx::query("UPDATE queries SET inputs = ?2 WHERE id = ?1")
        .bind(order.id().to_string())
        .bind(inputs.to_string())
        .execute(tx.connection())
        .await?;
    held::hold(tx, order.id(), bucket, HeldV1::Result(result)).await?;
    Ok(())
}

/// Records a result as the one that is delivered: row, ledger, doors.
async fn record(
    tx: &mut Tx,
    order: &Order,
    result: &ResultV1,
    other_row: bool,
) -> Result<(), StoreError> {
    results::insert(tx, order.id(), result).await?;
    let (mut objects, mut shown) = (Vec::new(), Vec::new());
    for file in &result.files {
        let receiver = file.receiver.parse().map_err(|_| CORRUPT)?;
        let opening = commit_to("content", file.digest.as_str())?;
        let content = opening.commitment();
        objects.push(ReleasedObject { receiver, content, at_most_bytes: at_most(file.length) });
        // Only the receiver: whoever else had the nonce could guess a small result.
        shown.push(Shown::to(opening, [receiver]));
    }
    let event = Event::Released { query: order.id(), objects };
    let tree = TreeName::Collaboration(order.query().collaboration);
    append_showing(tx, tree, event, shown).await?;
    // Told together and not before: from here on no failure depends on a member's rows.
    doors::pass(tx, order.id(), &[Door::Execute, Door::Release, Door::Keep]).await?;
    let kept = "UPDATE queries SET stage = 'KEPT', attempts = 0, held = NULL, other_row = ?2
        WHERE id = ?1";
    sqlx::query(kept)
        .bind(order.id().to_string())
        .bind(other_row.then_some(1_i64))
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The one place that states it: the transaction above was committed.
#[expect(clippy::disallowed_methods, reason = "the store is the one who may say so")]
fn asserted(files: ResultFiles) -> Kept {
    Kept::assertion(files)
}
