//! The judge over rooms: the corpus, the pages of refusals, properties and attacks.

mod corpus;
mod pages;
mod properties;
mod room;
