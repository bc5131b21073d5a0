//! Wire types of AWS Clean Rooms, generated; restJson1; SigV4 verification.
//!
//! Pure: no clock, no file, no network. A handler takes an [`Input`] by [`Input::parse`], which
//! reports every violation of the model's constraints at once, and answers with an output's
//! [`Wire::to_json`] or an [`ApiError`].

mod constraints;
mod error;
mod generated;
mod input;
mod operation;
mod page;
mod pattern;
mod query;
mod route;
mod sensitive;
mod shape;
pub mod sigv4;
mod time;
mod wire;

pub use constraints::{FieldError, FieldErrors, validate};
pub use error::{ApiError, Common};
pub use generated::errors::{ErrorKind, Modelled};
pub use generated::operations::Operation;
pub use generated::{patterns, shapes};
pub use input::{Input, Outgoing, judge};
pub use operation::Facts;
pub use page::{Listing, Pages};
pub use query::Query;
pub use route::{Labels, route};
pub use sensitive::Sensitive;
pub use shape::{Kind, Location, Member, Shape, Size, UNLIMITED};
pub use time::Timestamp;
pub use wire::Wire;
