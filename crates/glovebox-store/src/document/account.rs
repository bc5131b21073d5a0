//! Stored accounts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AccountDocument {
    V1(AccountV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountV1 {
    name: String,
    tables: Option<PathBuf>,
}

impl Document for AccountDocument {
    type Noun = (String, Option<PathBuf>);
    const WHAT: &'static str = "accounts";

    fn of(noun: &Self::Noun) -> Self {
        let (name, tables) = noun.clone();
        Self::V1(AccountV1 { name, tables })
    }

    fn noun(self) -> Option<Self::Noun> {
        let Self::V1(AccountV1 { name, tables }) = self;
        Some((name, tables))
    }
}
