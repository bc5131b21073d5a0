//! Price, reservation, release: the door values.
//!
//! A query walks `Cleared -> Priced -> Reserved -> Executed -> Released -> Encoded -> Kept`.
//! Each value is made by one function out of the one before and is consumed by the next, so no
//! door can be skipped, and none passed twice. Two steps are stated, not computed, because they
//! are transactions of the store: `Reserved::assertion` and [`Kept::assertion`]; the lint
//! `disallowed_methods` fences them.

mod cost;
mod encoded;
mod noise;
mod rows;
mod terms;

pub use cost::Cost;
pub use encoded::{Encoded, Kept, ResultFile, ResultFiles};
pub use noise::{NoEntropy, Noise, SecureNoise};
pub use rows::Rows;
pub use terms::Terms;
