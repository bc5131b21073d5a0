//! Binding, facts, guards and digests, from the outside.

mod attacks;
mod corpus;
mod facts;
mod guards;
mod properties;
mod room;
