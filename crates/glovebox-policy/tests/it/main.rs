//! The judge over rooms: the corpus, the pages of refusals, properties and attacks.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests read the corpus and write golden files; what fails here fails the test"
)]

mod assembled;
mod corpus;
mod crafted;
mod custom;
mod hostile;
mod metamorphic;
mod modes;
mod modes_page;
mod pages;
mod properties;
mod room;
mod tighter;
