//! Metadata, reservations and ledger rows in SQLite.
//!
//! One handle, [`Store`]; every use of it is a transaction, [`Tx`]: [`Store::begin`] to write,
//! [`Store::read`] to read one consistent state. What is written inside a [`Tx`] exists only
//! after [`Tx::commit`], with the ledger entries that record it.

mod error;
mod ledger;
mod master_key;
mod migrations;
mod store;

pub use error::StoreError;
pub use ledger::{Reader, Shown};
pub use master_key::{BadMasterKey, MasterKey, SealedFor};
pub use store::{Store, Tx};
