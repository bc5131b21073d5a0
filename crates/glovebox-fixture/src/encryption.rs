//! Reads what is encrypted: the settings of the room, and the columns of a table.

use glovebox_model::{EncryptedKind, Encryption, EncryptionMetadata, TableSchema};

use crate::custom::word;
use crate::parse::Parser;
use crate::rule::many;
use crate::{RoomError, Table};

/// Reads `encryption [allow cleartext, allow duplicates, allow different names, preserve nulls]`
/// above the members; what is not said is not so.
pub(crate) fn settings(parser: &mut Parser<'_>) -> Result<Option<EncryptionMetadata>, RoomError> {
    if !parser.take_word("encryption")? {
        return Ok(None);
    }
    let mut settings = EncryptionMetadata::default();
    while !parser.is_end() && !parser.is_word("member") {
        if parser.take_word("allow")? {
            if parser.take_word("cleartext")? {
                settings.allow_cleartext = true;
            } else if parser.take_word("duplicates")? {
                settings.allow_duplicates = true;
            } else {
                word(parser, "different")?;
                word(parser, "names")?;
                settings.allow_joins_on_columns_with_different_names = true;
            }
        } else {
            word(parser, "preserve")?;
            word(parser, "nulls")?;
            settings.preserve_nulls = true;
        }
        parser.take_mark(',')?;
    }
    Ok(Some(settings))
}

/// Reads one declaration of columns, if one stands here.
pub(crate) fn columns(
    parser: &mut Parser<'_>,
    encryption: &mut Encryption,
) -> Result<bool, RoomError> {
    let mut names = Vec::new();
    for kind in EncryptedKind::ALL {
        if parser.take_word(kind.aws_name())? {
            let line = parser.token.line;
            many(parser, &mut names, Parser::column_name)?;
            for column in names {
                if encryption.columns.insert(column.clone(), *kind).is_some() {
                    let text = format!("column `{column}` is declared as encrypted twice");
                    parser.errors.push(RoomError::new(line, text));
                }
            }
            return Ok(true);
        }
    }
    if parser.take_word("without")? {
        word(parser, "nulls")?;
        many(parser, &mut names, Parser::column_name)?;
        encryption.without_nulls.extend(names);
        return Ok(true);
    }
    Ok(false)
}

/// What cannot be of this table, and what its rule cannot ask.
pub(crate) fn check(table: &Table) -> Vec<String> {
    let columns = table.columns.iter().chain(&table.hidden).cloned().collect();
    let schema = TableSchema { columns, partition_keys: Vec::new() };
    let encryption = &table.extension.encryption;
    let faults = encryption.faults(&schema).into_iter().map(|it| format!("encryption: {it}"));
    let conflicts = table.rule.iter().flat_map(|it| encryption.conflicts(it));
    faults.chain(conflicts.map(|it| it.to_string())).collect()
}
