//! Authorize, use-cases, the pipeline, the worker.
//!
//! [`Room`] has one method per operation of AWS. Each is one transaction (or one consistent read):
//! it authorizes the caller in it, checks what is asked for against what is there, and changes it
//! together with the ledger entries that record the change.

mod action;
mod approvals;
mod association_rules;
mod associations;
mod authorize;
mod budgets;
mod caller;
mod changes;
mod collaborations;
mod connections;
mod declared;
mod encrypted;
mod error;
mod extensions;
mod ledger;
mod limits;
mod membership_extension;
mod memberships;
mod payments;
mod query;
mod readiness;
mod restores;
mod room;
mod rules;
mod schemas;
mod tables;
mod tags;
mod templates;
mod updates;
mod worker;

pub use action::{Action, Scope};
pub use association_rules::{AssociationRuleView, NewAssociationRule};
pub use associations::{AssociationView, NewAssociation};
pub use budgets::{
    AccessLeft, Affordable, BudgetState, BudgetTemplateView, BudgetView, Forecast, NewAccessLimit,
    NewBudgetTemplate, Offer, OfferUpdate, Outlook, Spending,
};
pub use caller::Caller;
pub use changes::NewChange;
pub use collaborations::{CollaborationView, NewCollaboration, NewMember};
pub use connections::{ConnectionTerms, ConnectionUpdate, ConnectionView, NewConnection};
pub use error::{ConflictReason, FieldFault, ResourceKind, RoomError, ValidationReason};
pub use extensions::{ExtensionView, NativeSchema};
pub use limits::Quotas;
pub use membership_extension::MembershipExtension;
pub use memberships::{MembershipView, NewMembership};
pub use payments::PaymentDraft;
pub use query::{
    CopyState, CrashPoint, ExplainQuery, Explained, GroupsPreview, Lead, PrivatePreview, Reaches,
    RecordedQuery, ResultCopy, StartOutput, StartQuery, WalkError, WalkLimits, Walked, Walker,
};
pub use readiness::{NotReady, Readiness};
pub use restores::RestoreView;
pub use room::Room;
pub use rules::RuleView;
pub use schemas::{SchemaRuleView, SchemaType, SchemaView};
pub use tables::{NewTable, NewTableSource, TableUpdate, TableView};
pub use templates::{NewTemplate, PrivacyValidation, TemplateView};
pub use updates::{CollaborationUpdate, MembershipUpdate};

/// What the doors need of the arithmetic of privacy.
pub use glovebox_privacy::{Accuracy, AtNoise, ColumnAccuracy, SIZES};
/// What the doors need of the store.
pub use glovebox_store::{
    Age, AnswerClaim, Diagnostic, Door, Figures, Left, Observer, Passed, Progress, Recalled, Store,
    StoreError,
};
pub use worker::{
    Alone, Caps, Look, Pulse, Rotated, Supervisor, SupervisorConfig, SupervisorError, TaskError,
    TriedStatus, TriedStep, WalkTask, look_child, receive_look, receive_task, walk_child,
};
