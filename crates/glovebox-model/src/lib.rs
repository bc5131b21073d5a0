//! The nouns of the house: ids, names, types, rules as data, query status, findings.
//!
//! No logic beyond the nouns' own invariants; nothing here is serializable (the store and the
//! wire have shapes of their own).

mod ability;
mod access_key;
mod account;
mod arn;
mod association;
mod association_rule;
mod budget;
mod change_request;
mod collaboration;
mod column;
mod connection;
mod destination;
mod digest;
mod escape;
mod finding;
mod id;
mod membership;
mod name;
mod number;
mod page;
mod parameter;
mod query;
mod rule;
mod table;
mod template;
mod time;

pub use ability::{MemberAbility, MlAbility, Payment};
pub use access_key::{AccessKey, AccessKeyId, BadAccessKeyId, KeyRole};
pub use account::{Account, AccountId, BadAccountId};
pub use arn::{Arn, BadArn, Resource};
pub use association::Association;
pub use association_rule::{AssociationRule, AssociationTerms};
pub use budget::{
    AccessLimit, AccessPeriod, AccessTerms, AccessWindow, Accountant, AutoRefresh, BudgetTerms,
    PrivacyBudgetTemplate, PrivacyBudgetType, PrivacyTerms,
};
pub use change_request::{
    ApprovalStatus, Change, ChangeAction, ChangeRequest, ChangeRequestParts, ChangeRequestStatus,
    ChangeSpecification, ChangeType, MemberChange,
};
pub use collaboration::{
    Collaboration, CollaborationTerms, EncryptionMetadata, Member, MemberStatus, MemberTerms,
};
pub use column::{Column, ColumnType, UnknownType};
pub use connection::{
    AwsService, BadRoot, Connection, CredentialMethod, Credentials, Leftover, ObjectProtocol,
    ObjectRoot, Objects, Place, Secret, Secrets, ServerSideEncryption,
};
pub use destination::{BadKeyPrefix, Destination, ResultFormat, S3Output};
pub use digest::Digest;
pub use escape::{escape, escape_lines};
pub use finding::{Code, Finding, Span};
pub use id::{BadId, Id, Query};
pub use membership::{DefaultResult, Membership, MembershipStatus, MembershipTerms};
pub use name::{BadName, ColumnName, TableName};
pub use number::{BadNumber, Number};
pub use page::{Page, PageRequest};
pub use parameter::{PARAMETER_CHARACTERS, Parameter, ParameterType};
pub use query::{
    Delivery, DeliveryState, NewQuery, OutputLocation, OutputPlace, PrivateAggregation,
    ProtectedQuery, QueryErrorCode, QueryFailure, QueryOutput, QueryStatus, Sensitivity,
    UnknownStatus,
};
pub use rule::{
    ANY_JOB, ANY_QUERY, AdditionalAnalyses, Aggregate, AggregateColumns, AggregateExpressions,
    AggregateFunction, AggregationDraft, AggregationRule, AggregationThreshold, AllowedAnalyses,
    Bounds, CellFault, ComparisonControls, CustomRule, Declared, DeclaredFault, EncryptedKind,
    Encryption, Extension, JoinOperator, JoinOperators, ListRule, Mode, OutputConstraint, Rule,
    RuleConflict, RuleFault, RuleKind, ScalarFunction, Threshold, WrittenAggregation,
    WrittenComparisons, WrittenCustom, WrittenList, WrittenRule, check_cell,
};
pub use table::{
    AnalysisMethod, ApprovedTable, ConfiguredTable, ReferenceKind, TableReference, TableRule,
    TableSchema,
};
pub use template::{
    AnalysisTemplate, ParameterFault, TEMPLATE_PARAMETERS, TemplateParameter, TemplateParts,
    TemplateUse,
};
pub use time::{Clock, Steady, Timestamp};
