//! Stored declarations of encrypted columns.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{ColumnName, EncryptedKind, Encryption};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EncryptionV1 {
    columns: BTreeMap<String, String>,
    without_nulls: BTreeSet<String>,
}

impl EncryptionV1 {
    pub(super) fn of(noun: &Encryption) -> Self {
        let Encryption { columns, without_nulls } = noun;
        let column = |(name, kind): (&ColumnName, &EncryptedKind)| {
            (name.as_str().to_owned(), kind.aws_name().to_owned())
        };
        Self {
            columns: columns.iter().map(column).collect(),
            without_nulls: without_nulls.iter().map(|it| it.as_str().to_owned()).collect(),
        }
    }

    pub(super) fn noun(self) -> Option<Encryption> {
        let Self { columns, without_nulls } = self;
        let column = |(name, kind): (String, String)| {
            Some((ColumnName::new(&name).ok()?, EncryptedKind::from_aws_name(&kind)?))
        };
        let names = without_nulls.iter().map(|it| ColumnName::new(it).ok());
        Some(Encryption {
            columns: columns.into_iter().map(column).collect::<Option<_>>()?,
            without_nulls: names.collect::<Option<_>>()?,
        })
    }
}
