//! Which connections the walk of a query may use: of the tables that its text names, and of its
//! receivers where results go. It is told the credentials of no other.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{Connection, Id, PageRequest, ProtectedQuery, Query, QueryOutput, TableName};
use glovebox_store::{Store, StoreError, Tx};

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
    let mut page = PageRequest::first();
    loop {
        let some = tx.list_schemas(query.collaboration, page).await?;
        for association in some.items.iter().filter(|it| is_named(&it.name, &words)) {
            let Some(table) = tx.table(association.table).await? else { continue };
            let Some(id) = table.reference.connection else { continue };
            let connection = tx.connection_of_id(id).await?;
            if let Some(connection) = connection.filter(|it| it.account == table.owner) {
                found.insert(id, connection);
            }
        }
        match some.next {
            Some(next) => page.after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Files are written where results may go: into the bucket that the query or the receiver names.
async fn stores(
    tx: &mut Tx,
    query: &ProtectedQuery,
    found: &mut BTreeMap<Id<Connection>, Connection>,
) -> Result<(), StoreError> {
    for receiver in &query.receivers {
        let mut buckets = BTreeSet::new();
        if let Some(QueryOutput::S3(output)) = &query.asked.output {
            buckets.insert(output.bucket.clone());
        }
        let membership = tx.membership_in(query.collaboration, *receiver).await?;
        let default = membership.and_then(|it| it.terms.default_result);
        buckets.extend(default.map(|it| it.output.bucket));
        for connection in tx.connections_of(*receiver).await? {
            if takes(&connection, &buckets) {
                found.insert(connection.id, connection);
            }
        }
    }
    Ok(())
}

fn takes(connection: &Connection, buckets: &BTreeSet<String>) -> bool {
    let glovebox_model::Place::Files(objects) = &connection.place else { return false };
    objects.roots.iter().any(|it| buckets.contains(&it.bucket))
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
