//! Whole files, encrypted and decrypted on a member's machine.
//!
//! What a cell is and how a row is encrypted stands in `glovebox-c3r`. Here are the files around
//! it: reading and writing, the shuffle of rows in bounded memory, work on all cores, outputs that
//! appear whole or not at all, and the commands that a person types.

mod arguments;
mod codec;
mod decrypt;
mod doctor;
mod duplicates;
mod encrypt;
mod failed;
mod input;
mod interrupt;
mod keygen;
mod names;
mod ordered;
mod progress;
mod publish;
mod random;
mod run;
mod schema;
mod secret;
mod settings;
mod shuffle;
mod source;
mod spill;
mod surroundings;

pub use arguments::{
    C3rCommand, DecryptArgs, DoctorArgs, EncryptArgs, Format, KeygenArgs, Kind, Nulls, Origin,
    SchemaArgs, SchemaMode, SecretOrigin, Speech, Target,
};
pub use failed::Failed;
pub use run::run;
pub use settings::from_answer as settings_from;
pub use surroundings::{Asks, Surroundings};
