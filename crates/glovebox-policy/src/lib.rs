//! Rules and facts to cleared or refusals: what is not expressly granted is refused.

mod aggregation;
mod clear;
mod cleared;
mod crafted;
mod custom;
mod encrypted;
mod expression;
mod guard;
mod join;
mod list;
mod plan;
mod private;
mod query;
mod refusal;
mod rules;
mod tables;

pub use clear::{clear, private_answer};
pub use cleared::Cleared;
pub use guard::Guard;
pub use private::PrivateQuery;
pub use refusal::{Refusal, RefusalKind, Refusals};
pub use rules::{Analysis, RuledTable, Rules, rule_digest};
