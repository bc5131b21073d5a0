//! The nouns of the house: ids, names, types, rules as data, query status, findings.
//!
//! No logic beyond the nouns' own invariants; nothing here is serializable (the store and the
//! wire have shapes of their own).

mod ability;
mod access_key;
mod account;
mod arn;
mod association;
mod collaboration;
mod column;
mod destination;
mod digest;
mod escape;
mod finding;
mod id;
mod membership;
mod name;
mod page;
mod query;
mod rule;
mod table;
mod time;

pub use ability::{MemberAbility, MlAbility, Payment};
pub use access_key::{AccessKey, AccessKeyId, BadAccessKeyId};
pub use account::{Account, AccountId, BadAccountId};
pub use arn::{Arn, BadArn, Resource};
pub use association::Association;
pub use collaboration::{
    Collaboration, CollaborationTerms, EncryptionMetadata, Member, MemberStatus, MemberTerms,
};
pub use column::{Column, ColumnType, UnknownType};
pub use destination::{BadKeyPrefix, Destination, ResultFormat, S3Output};
pub use digest::Digest;
pub use escape::{escape, escape_lines};
pub use finding::{Code, Finding, Span};
pub use id::{BadId, ChangeRequest, Id, Query};
pub use membership::{DefaultResult, Membership, MembershipStatus, MembershipTerms};
pub use name::{BadName, ColumnName, TableName};
pub use page::{Page, PageRequest};
pub use query::{
    NewQuery, ProtectedQuery, QueryErrorCode, QueryFailure, QueryOutput, QueryStatus, UnknownStatus,
};
pub use rule::{
    AdditionalAnalyses, Aggregate, AggregateColumns, AggregateFunction, AggregationDraft,
    AggregationRule, JoinOperator, JoinOperators, ListRule, OutputConstraint, Rule, RuleFault,
    RuleKind, ScalarFunction, WrittenAggregation, WrittenList, WrittenRule,
};
pub use table::{AnalysisMethod, ConfiguredTable, TableReference, TableRule, TableSchema};
pub use time::{Clock, Timestamp};
