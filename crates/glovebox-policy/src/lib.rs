//! Rules and facts to cleared or refusals: what is not expressly granted is refused.
#![allow(dead_code, unused_imports, reason = "waits for glovebox_sql::Bound")]

mod aggregation;
mod expression;
mod join;
mod list;
mod query;
mod refusal;
mod rules;
mod tables;

pub use refusal::{Refusal, RefusalKind, Refusals};
pub use rules::{RuledTable, Rules, rule_digest};
