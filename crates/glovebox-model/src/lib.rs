//! The nouns of the house: ids, names, types, rules as data, query status, findings.
//!
//! No logic beyond the nouns' own invariants; nothing here is serializable (the store and the
//! wire have shapes of their own).

mod account;
mod column;
mod destination;
mod digest;
mod finding;
mod id;
mod name;
mod query;
mod rule;
mod time;

pub use account::{AccountId, BadAccountId};
pub use column::{Column, ColumnType, UnknownType};
pub use destination::{Destination, ResultFormat};
pub use digest::Digest;
pub use finding::{Code, Finding, Span};
pub use id::{
    Association, BadId, ChangeRequest, Collaboration, ConfiguredTable, Id, Membership, Query,
};
pub use name::{BadName, ColumnName, TableName};
pub use query::{QueryStatus, UnknownStatus};
pub use rule::{
    Aggregate, AggregateFunction, AggregationDraft, AggregationRule, JoinOperators, ListRule,
    OutputConstraint, Rule, RuleFault, RuleKind, ScalarFunction,
};
pub use time::{Clock, Timestamp};
