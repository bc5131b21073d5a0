//! Metadata, reservations and ledger rows in SQLite.
//!
//! One handle, [`Store`]; every use of it is a transaction, [`Tx`]: [`Store::begin`] to write,
//! [`Store::read`] to read one consistent state. What is written inside a [`Tx`] exists only
//! after [`Tx::commit`], with the ledger entries that record it.
//!
//! The process that walks a query has a `Store<WalkKeys>`: the same doors, and no access keys.

mod access_charges;
mod accounts;
mod answers;
mod association_rules;
mod associations;
mod backup;
mod budget_templates;
mod calendar;
mod change_requests;
mod charges;
mod claim;
mod clock_halt;
mod close;
mod collaborations;
mod connections;
mod deliveries;
mod document;
mod doors;
mod error;
mod extensions;
mod figures;
mod head_counter;
mod held;
mod journal;
mod keep;
mod keys;
mod ledger;
mod leftovers;
mod locks;
mod master_key;
mod member_logs;
mod members;
mod memberships;
mod migrations;
mod populations;
mod queries;
mod releases;
mod reserve;
mod restores;
mod results;
mod rotation;
mod rows;
mod rules;
mod settings;
mod snapshot;
mod store;
mod tables;
mod tags;
mod templates;
mod tombstones;
mod updates;
mod walk_keys;

pub use accounts::{AccountError, NewAccount};
pub use answers::{AnswerClaim, Recalled};
pub use association_rules::association_rule_name;
pub use associations::AssociationParts;
pub use budget_templates::{BudgetFilter, PoolSpent, PrivacyCharge};
pub use charges::{Pool, PrivacyBudget, Spent};
pub use claim::{Claim, ClaimLimits, Idle, LEASE_MILLIS, Order};
pub use clock_halt::ClockJump;
pub use close::{Closed, Outcome, Refusal};
pub use connections::{
    Taken, connection_of_text, connection_to_text, secrets_of_text, secrets_to_text,
};
pub use document::{ConnectionParts, TableParts};
pub use doors::{Door, Passed, Progress};
pub use error::StoreError;
pub use extensions::extension_digest;
pub use figures::{Figures, Observer};
pub use head_counter::{Age, HeadCounter};
pub use held::Stand;
pub use keep::{NotDeliverable, NotKept};
pub use keys::{SecretKey, Signer};
pub use ledger::{Reader, Shown};
pub use leftovers::{Left, leftover_of_text, leftover_to_text};
pub use master_key::{BadMasterKey, MasterKey, SealedFor};
pub use populations::{FixedPopulation, Users};
pub use queries::{CancelAnswer, Diagnostic, Submission, TooManyOpen};
pub use reserve::{Answered, Known, NotReserved, Reservation};
pub use restores::{Accepted, Restore};
pub use rotation::Resealed;
pub use rules::{Approvals, rule_digest, rule_name, stored_rule_bytes};
pub use snapshot::{Snapshot, SnapshotMember, SnapshotTable};
pub use store::{Store, Tx};
pub use tombstones::Kind;
pub use walk_keys::WalkKeys;

#[cfg(test)]
mod road_tests;
