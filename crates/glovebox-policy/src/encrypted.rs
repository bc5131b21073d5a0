//! What can be done with encrypted columns: the same in every rule and in both modes.
//!
//! The room never has the key. What it is asked of an encrypted column must have the same answer
//! for the encrypted values as for those that were there before; where it has not, AWS answers
//! something else without a word, and we refuse. Which columns are encrypted the owner declares;
//! the values follow their columns through the text by the flows of the custom rule.

mod aggregated;
mod cleartext;
mod compared;
mod computed;
mod identity;
mod keys;
mod literal;
mod merged;
mod names;
mod nulls;
mod ordered;
mod value;
mod walk;

use std::collections::BTreeSet;

use glovebox_model::{
    ColumnName, EncryptedKind, Encryption, EncryptionMetadata, RuleKind, Span, TableName,
};
use glovebox_sql::{Blocks, RelationOrigin};

pub(crate) use self::identity::identity_columns;
use self::value::Cipher;
use self::walk::Walk;
use crate::custom::{Base, Trace, tables};
use crate::query::Query;
use crate::{Refusal, RefusalKind, Rules};

/// One query with the encrypted columns of its tables.
pub(crate) struct Encrypted<'a> {
    rules: &'a Rules,
    blocks: &'a Blocks,
    trace: Trace<'a>,
    kind: RuleKind,
}

/// Every no about encrypted columns.
pub(crate) fn judge<'a>(
    acc: &mut Vec<Refusal>,
    query: &Query<'a>,
    blocks: &'a Blocks,
    kind: RuleKind,
) {
    let rules = query.rules;
    if tables(blocks).all(|it| encryption(rules, it).is_none_or(Encryption::is_empty)) {
        return;
    }
    let encrypted = Encrypted { rules, blocks, trace: Trace::new(blocks), kind };
    identity::identities(acc, &encrypted);
    Walk::new(&encrypted, acc).blocks();
}

/// What the owner of a table declares.
pub(crate) fn encryption<'a>(rules: &'a Rules, table: &TableName) -> Option<&'a Encryption> {
    rules.tables.get(table).map(|it| &it.extension.encryption)
}

/// Whether NULLs of a column are where they were before it was encrypted.
pub(crate) fn keeps_nulls(rules: &Rules, table: &TableName, column: &str) -> bool {
    let EncryptionMetadata { preserve_nulls, .. } = rules.encryption;
    preserve_nulls || encryption(rules, table).is_some_and(|it| it.is_without_nulls(column))
}

impl<'a> Encrypted<'a> {
    /// The base table of a column.
    fn table(&self, base: Base<'a>) -> Option<&'a TableName> {
        match &self.blocks.relation(base.relation)?.origin {
            RelationOrigin::Table(table) => Some(table),
            RelationOrigin::Block(_) => None,
        }
    }

    /// How a column is encrypted, if it is.
    fn kind_of(&self, base: Base<'a>) -> Option<EncryptedKind> {
        encryption(self.rules, self.table(base)?)?.kind(base.column)
    }

    /// The columns of a value whose NULLs became texts like any other.
    fn lost_nulls(&self, cipher: &Cipher<'a>) -> BTreeSet<Base<'a>> {
        let keeps = |it: &Base<'a>| {
            self.table(*it).is_some_and(|table| keeps_nulls(self.rules, table, it.column))
        };
        cipher.bases.iter().copied().filter(|it| !keeps(it)).collect()
    }

    /// A column in words: `fingerprint column `email` of table `crm``.
    fn words(&self, base: Base<'a>) -> String {
        let kind = self.kind_of(base).map_or("clear text", EncryptedKind::aws_name);
        let table = self.table(base).map(ToString::to_string).unwrap_or_default();
        format!("{kind} column `{}` of table `{table}`", base.column)
    }

    /// A no about a column.
    fn no(&self, kind: RefusalKind, span: Span, base: Base<'a>, text: String) -> Refusal {
        let mut refusal = Refusal::new(kind, span, text);
        if let Some(table) = self.table(base) {
            refusal = refusal.of(table);
        }
        match ColumnName::new(base.column) {
            Ok(column) => refusal.about(&column),
            Err(_) => refusal,
        }
    }
}
