//! Binding, facts, guards and digests, from the outside.

#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::disallowed_methods,
    reason = "tests: a panic is the finding, tables of cases are long, time limits need a clock"
)]

mod attacks;
mod blocks;
mod corpus;
mod facts;
mod guards;
mod hostile;
mod identity;
mod parameters;
mod properties;
mod room;
mod scoping;
