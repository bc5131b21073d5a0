//! The store, through its public face.

mod accounts;
mod handles;
mod house;
mod recorded;
