//! What owners declare for differential privacy, checked against the tables it is about.

use std::collections::BTreeSet;

use glovebox_model::{
    Accountant, ColumnName, ColumnType, ConfiguredTable, Extension, ParameterType, WrittenRule,
};
use glovebox_store::Tx;

use crate::budgets::privacy_terms;
use crate::error::FieldFault;
use crate::rules::user_identifier;
use crate::{ConflictReason, ResourceKind, RoomError};

/// Everything that an extension declares and that cannot be of this table, under this rule.
pub(crate) fn check_declared(
    table: &ConfiguredTable,
    rule: Option<&WrittenRule>,
    extension: &Extension,
) -> Result<(), RoomError> {
    let mut faults = Vec::new();
    let mut fault = |field: String, message: String| {
        faults.push(FieldFault { name: format!("privacy.{field}"), message });
    };
    let declared = &extension.declared;
    if let Err(found) = declared.check() {
        for it in found {
            fault(it.field, it.text.to_owned());
        }
    }
    let identifier = rule.and_then(user_identifier);
    let missing = |column: &ColumnName| format!("the table has no column `{column}`");
    for column in declared.bounds.keys() {
        match table.schema.column(column) {
            None => fault(format!("bounds.{column}"), missing(column)),
            Some(it) if !it.kind.is_numeric() => {
                let message =
                    format!("bounds are for numbers, and `{column}` is of type {}", it.kind);
                fault(format!("bounds.{column}"), message);
            }
            Some(_) => {}
        }
    }
    for (column, keys) in &declared.public_keys {
        let message = match table.schema.column(column) {
            None => Some(missing(column)),
            Some(_) if identifier == Some(column) => {
                Some("the user identifier has no public keys".to_owned())
            }
            Some(it) => bad_keys(it.kind, keys),
        };
        if let Some(message) = message {
            fault(format!("publicKeys.{column}"), message);
        }
    }
    if extension.public_for_privacy && identifier.is_some() {
        let name = "publicForPrivacy".to_owned();
        faults.push(FieldFault { name, message: PUBLIC_AND_PRIVATE.to_owned() });
    }
    if faults.is_empty() { Ok(()) } else { Err(RoomError::fields(faults)) }
}

const PUBLIC_AND_PRIVATE: &str =
    "a table with differential privacy is not public: its analysis rule names a user identifier";

/// What is wrong with keys of a column of that type.
fn bad_keys(kind: ColumnType, keys: &[String]) -> Option<String> {
    let literal = match kind {
        ColumnType::String => return None,
        ColumnType::Bigint => ParameterType::Bigint,
        ColumnType::Date => ParameterType::Date,
        ColumnType::Int => ParameterType::Int,
        ColumnType::Smallint => ParameterType::Smallint,
        ColumnType::Tinyint => ParameterType::Tinyint,
        ColumnType::Binary
        | ColumnType::Boolean
        | ColumnType::Decimal { .. }
        | ColumnType::Double
        | ColumnType::Float
        | ColumnType::Timestamp => {
            return Some(format!("public keys are texts, whole numbers or dates, not {kind}"));
        }
    };
    if keys.iter().any(|it| literal.literal(it).is_none()) {
        return Some(format!("a key is not of type {kind}"));
    }
    let numbers: Vec<i64> = keys.iter().filter_map(|it| it.parse().ok()).collect();
    let distinct: BTreeSet<i64> = numbers.iter().copied().collect();
    (distinct.len() != numbers.len()).then(|| "a key is given twice".to_owned())
}

/// Whether a column can tell users apart: floats that mean the same differ in their last digits.
pub(crate) fn check_identifier(
    table: &ConfiguredTable,
    written: &WrittenRule,
    extension: &Extension,
) -> Result<(), RoomError> {
    let Some(column) = user_identifier(written) else { return Ok(()) };
    let name = "analysisRulePolicy.v1.custom.differentialPrivacy.columns";
    match table.schema.column(column).map(|it| it.kind) {
        Some(kind @ (ColumnType::Double | ColumnType::Float | ColumnType::Boolean)) => {
            let message = format!("a column of type {kind} cannot identify users");
            return Err(RoomError::field(name, message));
        }
        Some(
            ColumnType::Bigint
            | ColumnType::Binary
            | ColumnType::Date
            | ColumnType::Decimal { .. }
            | ColumnType::Int
            | ColumnType::Smallint
            | ColumnType::String
            | ColumnType::Timestamp
            | ColumnType::Tinyint,
        )
        | None => {}
    }
    if extension.public_for_privacy {
        let message = "the extension of the table says publicForPrivacy: a table with \
                       differential privacy is not public";
        return Err(RoomError::field(name, message));
    }
    if extension.declared.public_keys.contains_key(column) {
        let message = format!("`{column}` has publicKeys in the extension: users are not public");
        return Err(RoomError::field(name, message));
    }
    Ok(())
}

/// Whether a table with differential privacy adds loss up as the owner's budgets do, wherever it
/// is: theirs is fixed.
pub(crate) async fn check_accountant(
    tx: &mut Tx,
    table: &ConfiguredTable,
    rule: Option<&WrittenRule>,
    accountant: Accountant,
) -> Result<(), RoomError> {
    if rule.and_then(user_identifier).is_none() {
        return Ok(());
    }
    let templates = tx.privacy_templates_over(table.id).await?;
    for template in templates {
        same(accountant, privacy_terms(&template).map(|it| it.accountant), table)?;
    }
    Ok(())
}

/// Whether a table with differential privacy says of its users what was fixed when its source was
/// queried first: whose they are, and what tells them apart.
pub(crate) async fn check_population(
    tx: &mut Tx,
    table: &ConfiguredTable,
    rule: Option<&WrittenRule>,
    extension: &Extension,
) -> Result<(), RoomError> {
    let Some(identifier) = rule.and_then(user_identifier) else { return Ok(()) };
    let Some(fixed) = tx.fixed_population(table).await? else { return Ok(()) };
    let population = extension.declared.population_name();
    let message = if fixed.population != population {
        format!(
            "the source was queried with the population `{}`, which is fixed: it cannot be \
             `{population}`",
            fixed.population
        )
    } else if fixed.identifier != *identifier {
        format!(
            "the source was queried with the user identifier `{}`, which is fixed: it cannot be \
             `{identifier}`",
            fixed.identifier
        )
    } else {
        return Ok(());
    };
    let resource = (ResourceKind::ConfiguredTable, table.id);
    Err(RoomError::conflict(ConflictReason::InvalidState, resource, message))
}

/// Whether a table declares the accountant that a budget has frozen, if there is one.
pub(crate) fn same(
    declared: Accountant,
    frozen: Option<Accountant>,
    table: &ConfiguredTable,
) -> Result<(), RoomError> {
    let Some(frozen) = frozen.filter(|it| *it != declared) else { return Ok(()) };
    Err(RoomError::conflict(
        ConflictReason::InvalidState,
        (ResourceKind::ConfiguredTable, table.id),
        format!(
            "the table declares the accountant {}, and your privacy budget template in a \
             collaboration counts by {}, which is fixed: declare that, or delete the template",
            declared.aws_name(),
            frozen.aws_name()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(kind: &str, keys: &[&str]) -> Option<String> {
        let keys: Vec<String> = keys.iter().map(|it| (*it).to_owned()).collect();
        bad_keys(kind.parse().unwrap(), &keys)
    }

    #[test]
    fn public_keys_are_of_the_type_of_their_column() {
        assert_eq!(keys("string", &["", "AA", "aa"]), None);
        assert_eq!(keys("int", &["1", "-2"]), None);
        assert_eq!(keys("date", &["2013-01-01"]), None);
        assert_eq!(keys("int", &["1", "01"]).unwrap(), "a key is given twice");
        assert_eq!(keys("tinyint", &["300"]).unwrap(), "a key is not of type tinyint");
        assert_eq!(keys("date", &["2013-02-30"]).unwrap(), "a key is not of type date");
        for kind in ["double", "float", "boolean", "timestamp", "decimal(3,1)"] {
            assert!(keys(kind, &["1"]).unwrap().starts_with("public keys are texts"), "{kind}");
        }
    }
}
