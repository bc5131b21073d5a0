//! The ledger: an append-only Merkle tree of entries, its proofs and its signed heads.
//!
//! Hashing is that of RFC 9162 (leaf prefix 0x00, node prefix 0x01, SHA-256). Nothing here has a
//! clock, entropy or a database: moments, nonces and keys are passed in.

mod bracket;
mod commitment;
mod consistency;
mod entry;
mod event;
mod export;
mod frontier;
mod hash;
mod head;
mod inclusion;
mod text;
mod tree;
mod verify;

pub use commitment::{Commitment, Nonce, Opening};
pub use consistency::verify_consistency;
pub use entry::{Entry, NotAnEntry};
pub use event::{Event, ReleasedObject, at_most};
pub use export::{Export, ExportedEntry};
pub use frontier::{BadFrontier, Frontier};
pub use hash::{empty_root, leaf_hash, node_hash};
pub use head::{Head, SigningKey, TreeName};
pub use inclusion::verify_inclusion;
pub use tree::Tree;
pub use verify::{Broken, Report, verify};
