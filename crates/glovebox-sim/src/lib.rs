//! Oracle and properties: random rooms and queries, an own naive answer to each, and what must
//! hold of both; whole houses that live through bad days. For development only.

pub mod audit;
pub mod fuzz;
pub mod generate;
pub mod house;
pub mod oracle;
pub mod plans;
pub mod sampler;
