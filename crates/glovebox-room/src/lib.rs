//! Authorize, use-cases, the pipeline, the worker.
//!
//! [`Room`] has one method per operation of AWS. Each is one transaction (or one consistent read):
//! it authorizes the caller in it, checks what is asked for against what is there, and changes it
//! together with the ledger entries that record the change.

mod action;
mod associations;
mod authorize;
mod caller;
mod collaborations;
mod error;
mod ledger;
mod limits;
mod memberships;
mod payments;
mod query;
mod room;
mod rules;
mod schemas;
mod tables;
mod tags;
mod worker;

pub use action::{Action, Scope};
pub use associations::NewAssociation;
pub use caller::Caller;
pub use collaborations::{CollaborationView, NewCollaboration, NewMember};
pub use error::{ConflictReason, FieldFault, ResourceKind, RoomError, ValidationReason};
pub use limits::Quotas;
pub use memberships::{MembershipView, NewMembership};
pub use payments::PaymentDraft;
pub use query::{CrashPoint, StartOutput, StartQuery, WalkError, WalkLimits, Walked, Walker};
pub use room::Room;
pub use rules::{NewPolicy, RuleType, RuleView};
pub use schemas::{SchemaRuleView, SchemaType, SchemaView};
pub use tables::{NewTable, NewTableSource, TableView};

/// What the doors need of the store.
pub use glovebox_store::{AnswerClaim, Diagnostic, Recalled, StoreError};
pub use worker::{
    Supervisor, SupervisorConfig, SupervisorError, TaskError, WalkTask, receive_task, walk_child,
};
