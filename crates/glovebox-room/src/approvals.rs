//! What an owner admits when it admits a template: this text over these tables, with these
//! columns. What the names stand for later needs consent of its own.

use std::collections::BTreeMap;

use glovebox_model::{
    AnalysisTemplate, ApprovedTable, ConfiguredTable, Digest, MembershipStatus, TableName,
};
use glovebox_store::Tx;

use crate::RoomError;

/// What the names in a template stand for now; names that lead nowhere yet are left out.
pub(crate) async fn approve(
    tx: &mut Tx,
    template: &AnalysisTemplate,
) -> Result<BTreeMap<TableName, ApprovedTable>, RoomError> {
    let mut approved = BTreeMap::new();
    for name in &template.parts.tables {
        let Ok(name) = TableName::new(name) else { continue };
        let Some(association) = tx.association_named(template.collaboration, &name).await? else {
            continue;
        };
        let owner = tx.membership(association.membership).await?;
        let active = owner.is_some_and(|it| it.status == MembershipStatus::Active);
        if let Some(table) = tx.table(association.table).await?.filter(|_| active) {
            let columns = columns(&table);
            approved.insert(name, ApprovedTable { association: association.id, columns });
        }
    }
    Ok(approved)
}

/// The digest of a table's allowed columns with their types, whatever their order.
pub(crate) fn columns(table: &ConfiguredTable) -> Digest {
    let types = table.allowed_columns.iter().filter_map(|it| table.schema.column(it));
    let mut lines: Vec<String> =
        types.map(|it| format!("{} {}\n", it.name.as_str().escape_debug(), it.kind)).collect();
    lines.sort();
    Digest::of(lines.concat().as_bytes())
}
