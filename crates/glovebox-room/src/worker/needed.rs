//! Which connections the walk of a query may use: of the tables that its text names, and of its
//! receivers where results go. It is told the credentials of no other.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{Connection, Id, OutputPlace, ProtectedQuery, Query, TableName};
use glovebox_store::{Store, StoreError, Tx};

use crate::query::takes;

/// The connections that the walk of a query may use.
pub(crate) async fn needed(store: &Store, query: Id<Query>) -> Result<Vec<Connection>, StoreError> {
    let mut tx = store.read().await?;
    let Some(query) = tx.query(query).await? else { return Ok(Vec::new()) };
    let mut found = BTreeMap::new();
    sources(&mut tx, &query, &mut found).await?;
    stores(&mut tx, &query, &mut found).await?;
    Ok(found.into_values().collect())
}

async fn sources(
    tx: &mut Tx,
    query: &ProtectedQuery,
    found: &mut BTreeMap<Id<Connection>, Connection>,
) -> Result<(), StoreError> {
    let words = words(&query.asked.text);
    let all = tx.all_schemas(query.collaboration).await?;
    for association in all.iter().filter(|it| is_named(&it.name, &words)) {
        let Some(table) = tx.table(association.table).await? else { continue };
        let Some(id) = table.reference.connection else { continue };
        let connection = tx.connection_of_id(id).await?;
        if let Some(connection) = connection.filter(|it| it.account == table.owner) {
            found.insert(id, connection);
        }
    }
    Ok(())
}

/// Files are written where results may go: to the place that the query or the receiver names.
async fn stores(
    tx: &mut Tx,
    query: &ProtectedQuery,
    found: &mut BTreeMap<Id<Connection>, Connection>,
) -> Result<(), StoreError> {
    for OutputPlace { receiver, named } in query.asked.places(query.runner) {
        let membership = tx.membership_in(query.collaboration, receiver).await?;
        let default = membership.and_then(|it| it.terms.default_result).map(|it| it.output);
        let connections = tx.connections_of(receiver).await?;
        for output in named.cloned().into_iter().chain(default) {
            let Ok(destination) = output.destination(receiver) else { continue };
            let taking = takes(&connections, &destination);
            found.extend(taking.map(|it| (it.id, it.clone())));
        }
    }
    Ok(())
}

/// The words of a text, as names are compared.
fn words(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !is_part(c)).map(str::to_lowercase).collect()
}

/// A name with hyphens is named when each of its parts is: rather one connection too many than one
/// too few.
fn is_named(name: &TableName, words: &BTreeSet<String>) -> bool {
    self::words(name.as_str()).iter().all(|it| words.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_needed_when_the_text_names_it() {
        let words =
            words("SELECT a.\"x\" FROM `Click-Log` a JOIN sales USING (id) -- nothing else");
        let named = |it: &str| is_named(&TableName::new(it).unwrap(), &words);
        assert!(named("click-log") && named("sales") && named("SALES"));
        assert!(!named("sale") && !named("sales_2025") && !named("orders"));
    }
}
