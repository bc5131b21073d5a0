//! What owners declare of encrypted columns, checked against the table, its rule and its data.

use glovebox_model::{ConfiguredTable, Encryption, Extension, WrittenRule};

use crate::connections::Located;
use crate::error::FieldFault;
use crate::worker::{Seen, Wish};
use crate::{Room, RoomError};

/// Everything that a table declares of encrypted columns and that cannot be of it, under this
/// rule, next to its other declarations.
pub(crate) fn check_encryption(
    table: &ConfiguredTable,
    rule: Option<&WrittenRule>,
    extension: &Extension,
) -> Result<(), RoomError> {
    let encryption = &extension.encryption;
    let mut faults: Vec<FieldFault> = Vec::new();
    for it in encryption.faults(&table.schema) {
        let name = format!("encryption.{}", it.field);
        faults.push(FieldFault { name, message: it.text.to_owned() });
    }
    for column in extension.declared.public_keys.keys() {
        if encryption.columns.contains_key(column) {
            let name = format!("privacy.publicKeys.{column}");
            let message = "an encrypted column has no public keys: nobody could read them";
            faults.push(FieldFault { name, message: message.to_owned() });
        }
    }
    if let Some(rule) = rule
        && let Ok(judged) = rule.rule()
    {
        for it in encryption.conflicts(&judged) {
            let name = format!("encryption.columns.{}", it.column);
            let message = format!("the analysis rule cannot go with it: {it}");
            faults.push(FieldFault { name, message });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(RoomError::fields(faults)) }
}

/// Whether a rule asks of encrypted columns what they can do in some collaboration at least.
pub(crate) fn check_rule(written: &WrittenRule, extension: &Extension) -> Result<(), RoomError> {
    let conflicts = extension.encryption.conflicts(&written.rule()?);
    let fault = |it: &glovebox_model::RuleConflict| FieldFault {
        name: it.member(written.kind()),
        message: it.to_string(),
    };
    let faults: Vec<FieldFault> = conflicts.iter().map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(RoomError::fields(faults)) }
}

impl Room {
    /// Reads the first rows of the table, for its owner: whether encrypted columns hold encrypted
    /// cells. No query looks at this again.
    pub(crate) async fn check_data(
        &self,
        located: Located,
        table: &ConfiguredTable,
        encryption: &Encryption,
    ) -> Result<(), RoomError> {
        if encryption.columns.is_empty() {
            return Ok(());
        }
        let (schema, encryption) = (table.schema.clone(), encryption.clone());
        let faulty = |field: String, text: String| Err(RoomError::field(field, text));
        match self.surroundings.see(located, Wish::Cells { schema, encryption }).await? {
            Seen::Good => Ok(()),
            Seen::Fault { column: Some(column), text } => {
                faulty(format!("encryption.columns.{column}"), text)
            }
            Seen::Fault { column: None, text } => faulty("tableReference.glue".into(), text),
            Seen::Described(_) | Seen::Tried(_) => {
                faulty("tableReference.glue".into(), "its cells were not looked at".into())
            }
        }
    }
}
