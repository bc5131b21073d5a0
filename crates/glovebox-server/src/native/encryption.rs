//! What an owner declares of encrypted columns, as JSON.

use std::collections::BTreeMap;

use glovebox_model::{ColumnName, EncryptedKind, Encryption};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::fault;
use crate::errors::Refused;

/// The declarations as their owner writes them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WrittenEncryption {
    columns: BTreeMap<String, String>,
    #[serde(default)]
    without_nulls: Vec<String>,
}

impl WrittenEncryption {
    /// The noun, or the field at fault.
    pub(super) fn read(self) -> Result<Encryption, Refused> {
        let mut encryption = Encryption::default();
        for (name, kind) in self.columns {
            let field = format!("encryption.columns.{name}");
            let bad = || fault(&field, "Member must be fingerprint or sealed");
            let kind = EncryptedKind::from_aws_name(&kind).ok_or_else(bad)?;
            if encryption.columns.insert(column(&field, &name)?, kind).is_some() {
                return Err(fault(&field, "the column is declared twice"));
            }
        }
        for (index, name) in self.without_nulls.iter().enumerate() {
            let field = format!("encryption.withoutNulls[{index}]");
            if !encryption.without_nulls.insert(column(&field, name)?) {
                return Err(fault(&field, "the column is named twice"));
            }
        }
        Ok(encryption)
    }
}

fn column(field: &str, name: &str) -> Result<ColumnName, Refused> {
    ColumnName::new(name).map_err(|it| fault(field, &it.to_string()))
}

/// The declarations in force.
pub(super) fn encryption_of(encryption: &Encryption) -> Value {
    let Encryption { columns, without_nulls } = encryption;
    let columns =
        columns.iter().map(|(name, kind)| (name.as_str().to_owned(), json!(kind.aws_name())));
    json!({
        "columns": columns.collect::<Map<_, _>>(),
        "withoutNulls": without_nulls.iter().map(ColumnName::as_str).collect::<Vec<_>>(),
    })
}
