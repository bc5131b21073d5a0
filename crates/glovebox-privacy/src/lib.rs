//! Price, reservation, release: the door values.
//!
//! A query walks `Cleared -> Priced -> Reserved -> Executed -> Released -> Encoded -> Kept`.
//! Each value is made by one function out of the one before and is consumed by the next, so no
//! door can be skipped, and none passed twice. Two steps are stated, not computed, because they
//! are transactions of the store: [`Reserved::assertion`] and [`Kept::assertion`]; the lint
//! `disallowed_methods` fences them.

mod accounting;
mod accuracy;
mod charge;
mod cost;
mod discrete;
mod draw;
mod encoded;
mod executed;
mod intervals;
mod mechanism;
mod noise;
mod noising;
mod noisy_rows;
mod preview;
mod price;
mod priced;
mod ratio;
mod release;
mod released;
mod reserved;
mod rows;
mod sampling;
mod terms;
mod threshold;
mod told;

pub use accounting::{
    Affordable, Aggregation, Allowance, Keys, default_delta_atto, preview, units,
};
pub use accuracy::{Average, Interval, Spread};
pub use charge::Charge;
pub use cost::Cost;
pub use draw::{Draw, Insecure, NotDrawn, SecureDraw, assert_secure};
pub use encoded::{Encoded, Kept, ResultFile, ResultFiles};
pub use executed::Executed;
pub use mechanism::{
    Calibration, LARGEST_SENSITIVITY, LARGEST_USERS_NOISE, Mechanism, Scale, Uncalibrated,
};
pub use noise::{NoEntropy, Noise, SecureNoise};
pub use noising::{CellError, Groups, Noising};
pub use preview::{Accuracy, AtNoise, ColumnAccuracy, SHARES, SIZES};
pub use price::{has_price, price};
pub use priced::Priced;
pub use ratio::Ratio;
pub use release::{Withheld, release};
pub use released::{OtherColumns, Released};
pub use reserved::Reserved;
pub use rows::Rows;
pub use sampling::{SampleKey, Sampling};
pub use terms::Terms;
pub use threshold::Threshold;
pub use told::edge_millis;
