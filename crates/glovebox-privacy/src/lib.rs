//! Price, reservation, release: the door values.
//!
//! A query walks `Cleared -> Priced -> Reserved -> Executed -> Released -> Encoded -> Kept`.
//! Each value is made by one function out of the one before and is consumed by the next, so no
//! door can be skipped, and none passed twice. Two steps are stated, not computed, because they
//! are transactions of the store: [`Reserved::assertion`] and [`Kept::assertion`]; the lint
//! `disallowed_methods` fences them.

mod charge;
mod cost;
mod encoded;
mod executed;
mod noise;
mod price;
mod priced;
mod release;
mod released;
mod reserved;
mod rows;
mod terms;

pub use charge::Charge;
pub use cost::Cost;
pub use encoded::{Encoded, Kept, ResultFile, ResultFiles};
pub use executed::Executed;
pub use noise::{NoEntropy, Noise, SecureNoise};
pub use price::price;
pub use priced::Priced;
pub use release::{Withheld, release};
pub use released::Released;
pub use reserved::Reserved;
pub use rows::Rows;
pub use terms::Terms;
