//! Metadata, reservations and ledger rows in SQLite.
//!
//! One handle, [`Store`]; every use of it is a transaction, [`Tx`]: [`Store::begin`] to write,
//! [`Store::read`] to read one consistent state. What is written inside a [`Tx`] exists only
//! after [`Tx::commit`], with the ledger entries that record it.

mod accounts;
mod associations;
mod collaborations;
mod document;
mod error;
mod journal;
mod keys;
mod ledger;
mod master_key;
mod members;
mod memberships;
mod migrations;
mod rows;
mod rules;
mod store;
mod tables;
mod tags;
mod tombstones;

pub use accounts::{AccountError, NewAccount};
pub use associations::AssociationParts;
pub use document::TableParts;
pub use error::StoreError;
pub use keys::{SecretKey, Signer};
pub use ledger::{Reader, Shown};
pub use master_key::{BadMasterKey, MasterKey, SealedFor};
pub use rules::rule_digest;
pub use store::{Store, Tx};
pub use tombstones::Kind;
