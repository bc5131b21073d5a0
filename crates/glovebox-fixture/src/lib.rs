//! The mini-language of rooms: members, tables, rules and example queries as one text.
//!
//! Described for people in `docs/room-language.md`.

mod cases;
mod custom;
mod custom_json;
mod declared;
mod encryption;
mod error;
mod json;
mod judged;
mod parse;
mod room;
mod rule;
mod token;

pub use error::RoomError;
pub use parse::parse;
pub use room::{Case, Expected, Member, Room, Table, Template, TemplateParameter};

/// The longest room that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most members of a room.
pub const MAX_MEMBERS: usize = 20;
/// The most tables of a room.
pub const MAX_TABLES: usize = 250;
/// The most columns of a table.
pub const MAX_COLUMNS: usize = 1000;
/// The most queries of a room.
pub const MAX_CASES: usize = 10_000;
