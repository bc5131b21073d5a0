//! Stored forms: JSON with a version, converted to and from the nouns by hand and completely.

mod account;
mod association;
mod budget;
mod change;
mod collaboration;
mod connection;
mod custom;
mod declared;
mod encryption;
mod leftover;
mod membership;
mod rule;
mod table;
mod template;
mod terms;
#[cfg(test)]
mod tests;

pub(crate) use account::AccountDocument;
pub(crate) use association::AssociationDocument;
pub(crate) use budget::BudgetDocument;
pub(crate) use change::ChangeDocument;
pub(crate) use collaboration::{CollaborationDocument, MemberDocument};
pub use connection::ConnectionParts;
pub(crate) use connection::{ConnectionDocument, SecretsDocument};
pub(crate) use leftover::LeftoverDocument;
pub(crate) use membership::{MembershipDocument, S3OutputV1};
pub(crate) use rule::RuleDocument;
use serde::Serialize;
use serde::de::DeserializeOwned;
pub(crate) use table::TableDocument;
pub use table::TableParts;
pub(crate) use template::TemplateDocument;
pub(crate) use terms::{ApprovalsDocument, AssociationTermsDocument, ExtensionDocument};

use crate::StoreError;

/// The stored form of a noun: an enum with one variant per version.
pub(crate) trait Document: Serialize + DeserializeOwned {
    /// The noun, or the part of it that is stored so.
    type Noun;
    /// What rows of it are called in errors.
    const WHAT: &'static str;

    /// The newest form of the noun.
    fn of(noun: &Self::Noun) -> Self;

    /// The noun back; `None` if the form holds what no version of this house wrote.
    fn noun(self) -> Option<Self::Noun>;
}

/// The noun as JSON.
pub(crate) fn write<D: Document>(noun: &D::Noun) -> Result<String, StoreError> {
    serde_json::to_string(&D::of(noun)).map_err(|_| StoreError::Corrupt { what: D::WHAT })
}

/// The noun that JSON holds.
pub(crate) fn read<D: Document>(text: &str) -> Result<D::Noun, StoreError> {
    let form: Option<D> = serde_json::from_str(text).ok();
    form.and_then(D::noun).ok_or(StoreError::Corrupt { what: D::WHAT })
}
