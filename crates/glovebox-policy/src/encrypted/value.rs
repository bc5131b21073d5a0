//! What a value is: clear, encrypted as its column is, or something made of encrypted values.

use std::collections::BTreeSet;

use glovebox_model::EncryptedKind;

use super::Encrypted;
use crate::custom::{Base, Flow, Way};

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    /// An encrypted value as it stands in its table.
    Cipher(Cipher<'a>),
    /// Nothing encrypted flows in.
    Clear,
    /// Encrypted values mixed with others, or with something done to them; the first of them.
    /// `None` when it cannot be followed.
    Mixed(Option<Base<'a>>),
}

/// Encrypted values of one kind.
#[derive(Debug, Clone)]
pub(super) struct Cipher<'a> {
    pub(super) kind: EncryptedKind,
    /// The columns that it is from: several behind a set operation. At least one.
    pub(super) bases: BTreeSet<Base<'a>>,
    /// One of them.
    pub(super) first: Base<'a>,
}

impl<'a> Encrypted<'a> {
    /// What flows in.
    pub(super) fn value(&self, flow: &Flow<'a>) -> Value<'a> {
        if flow.unknown {
            return Value::Mixed(None);
        }
        let values: BTreeSet<Base<'a>> = flow.by(Way::VALUE.and(Way::AGGREGATED)).collect();
        let kinds: BTreeSet<Option<EncryptedKind>> =
            values.iter().map(|it| self.kind_of(*it)).collect();
        let Some(first) = values.iter().copied().find(|it| self.kind_of(*it).is_some()) else {
            return Value::Clear;
        };
        let is_plain = !flow.computed
            && !flow.literal
            && flow.by(Way::AGGREGATED).next().is_none()
            && kinds.len() == 1;
        match self.kind_of(first) {
            Some(kind) if is_plain => Value::Cipher(Cipher { kind, bases: values, first }),
            Some(_) | None => Value::Mixed(Some(first)),
        }
    }
}
