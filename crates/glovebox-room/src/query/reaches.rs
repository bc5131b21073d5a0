//! What a walk reaches outside: the connections of the tables that its query names and of its
//! receivers, each with credentials of its own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use glovebox_catalog::{
    Connected, Egress, Held, Notebook, Outside, Reach, TableLocation, Unavailable,
};
use glovebox_model::{Connection, Id, Query, Secrets};
use glovebox_store::{SnapshotTable, Store, StoreError};

use crate::worker::needed;

/// Connections with what they prove themselves with. Of every other connection the walk knows no
/// credentials.
#[derive(Debug, Default)]
pub struct Reaches {
    egress: Option<Egress>,
    shown: BTreeMap<Id<Connection>, Shown>,
    /// The connections that tables are read through, with their versions.
    used: Mutex<BTreeMap<Id<Connection>, i64>>,
    /// One of these is not what it was any more.
    is_revoked: AtomicBool,
    /// Who writes down what is begun there.
    notebook: Option<Arc<dyn Notebook>>,
}

/// What one connection shows, or why it has nothing to show.
#[derive(Debug)]
struct Shown {
    version: i64,
    proof: Result<(Held, Secrets), Unavailable>,
    /// The reach, while anything is read through it: tables of one database are read as they
    /// were at one moment, and nothing there is held for longer than needed.
    reach: Mutex<Weak<Reach>>,
}

/// What one connection shows, as it is told to a walk.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    pub(crate) connection: Id<Connection>,
    /// The version of the connection that it was made for.
    pub(crate) version: i64,
    pub(crate) secrets: Result<Secrets, Unavailable>,
}

impl Reaches {
    /// With these proofs, through this gate.
    pub(crate) fn new(egress: Egress, proofs: Vec<Proof>) -> Self {
        let mut reaches = Self { egress: Some(egress), ..Self::default() };
        for Proof { connection, version, secrets } in proofs {
            let proof = secrets.map(|it| (Held::new(it.credentials.clone()), it));
            reaches.shown.insert(connection, Shown { version, proof, reach: Mutex::default() });
        }
        reaches
    }

    /// The same; what is begun there is written down.
    pub(crate) fn noted_by(self, notebook: Arc<dyn Notebook>) -> Self {
        Self { notebook: Some(notebook), ..self }
    }

    /// What a query needs, in the hands of a walk within this process.
    pub async fn of(
        store: &Store,
        outside: &Outside,
        query: Id<Query>,
    ) -> Result<Self, StoreError> {
        let mut proofs = Vec::new();
        for connection in needed(store, query).await? {
            proofs.extend(prove(store, outside, &connection).await?.map(|it| it.0));
        }
        Ok(Self::new(outside.egress().clone(), proofs))
    }

    /// From now on a connection shows other credentials: those it had were about to expire.
    pub(crate) fn renew(&self, proof: &Proof) {
        let shown = self.shown.get(&proof.connection).filter(|it| it.version == proof.version);
        if let (Some(Shown { proof: Ok((held, _)), .. }), Ok(secrets)) = (shown, &proof.secrets) {
            held.replace(secrets.credentials.clone());
        }
    }

    /// Where a table lies. One that is bound to a connection is read through it or not at all.
    pub(crate) fn location(&self, found: &SnapshotTable) -> TableLocation {
        let reference = &found.table.reference;
        let (database, table) = (reference.database.clone(), reference.table.clone());
        if reference.connection.is_none() {
            return TableLocation::folder(found.root.clone(), database, table);
        }
        let role_arn = &found.association.role_arn;
        let connection = match rightful(found.connection.as_ref(), &database, role_arn) {
            Ok(connection) => connection,
            Err(why) => return TableLocation::Lost(why),
        };
        match self.reach(connection) {
            Ok(reach) => {
                let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
                used.insert(connection.id, connection.version);
                TableLocation::Connected(Connected { reach, database, table })
            }
            Err(why) => TableLocation::Lost(why),
        }
    }

    /// Whether all that tables are read through is there as it was. Once it was not, it never is.
    pub(crate) async fn hold<K>(&self, store: &Store<K>) -> Result<bool, StoreError> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if used.is_empty() {
            return Ok(true);
        }
        let mut tx = store.read().await?;
        for (id, version) in used {
            let found = tx.connection_of_id(id).await?;
            if found.is_none_or(|it| it.version != version) {
                self.is_revoked.store(true, Ordering::Relaxed);
            }
        }
        Ok(!self.is_revoked())
    }

    /// Whether a connection was taken back while tables were read through it.
    pub(crate) fn is_revoked(&self) -> bool {
        self.is_revoked.load(Ordering::Relaxed)
    }

    pub(crate) fn reach(&self, connection: &Connection) -> Result<Arc<Reach>, Unavailable> {
        let none = Unavailable::Unproven("its query was begun before it".into());
        let shown = self.shown.get(&connection.id).filter(|it| it.version == connection.version);
        let (Some(shown), Some(egress)) = (shown, &self.egress) else { return Err(none) };
        let (held, secrets) = shown.proof.as_ref().map_err(Clone::clone)?;
        let mut known = shown.reach.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reach) = known.upgrade() {
            return Ok(reach);
        }
        let mut reach = Reach::new(connection.clone(), secrets.clone(), egress.clone());
        reach.credentials = held.clone();
        reach.notebook = self.notebook.clone();
        let reach = Arc::new(reach);
        *known = Arc::downgrade(&reach);
        Ok(reach)
    }
}

/// The connection of a table, if it is one that its owner still means: it serves the database, and
/// its role is the one that the association names.
fn rightful<'a>(
    connection: Option<&'a Connection>,
    database: &str,
    role_arn: &str,
) -> Result<&'a Connection, Unavailable> {
    let connection = connection.ok_or(Unavailable::NoConnection)?;
    if !connection.serves(database) {
        let why = "it does not serve the database of the table any more";
        return Err(Unavailable::Unusable(why));
    }
    if connection.role_arn() != role_arn {
        let why = "the roleArn of the association names another one";
        return Err(Unavailable::Unusable(why));
    }
    Ok(connection)
}

/// How long a role may take to be assumed.
pub(crate) const PROVING: Duration = Duration::from_secs(20);

/// What a connection shows now, and when that stops working; nothing once it was removed.
pub(crate) async fn prove(
    store: &Store,
    outside: &Outside,
    connection: &Connection,
) -> Result<Option<(Proof, Option<SystemTime>)>, StoreError> {
    let Some(secrets) = store.secrets(connection).await? else { return Ok(None) };
    let proving = tokio::time::timeout(PROVING, outside.prove(connection, &secrets));
    let late = |_| Err(Unavailable::Unproven("nobody answered in time".into()));
    let proven = proving.await.unwrap_or_else(late);
    let expires = proven.as_ref().ok().and_then(|it| it.expires);
    let (connection, version) = (connection.id, connection.version);
    let secrets = proven.map(|it| it.secrets);
    Ok(Some((Proof { connection, version, secrets }, expires)))
}

#[cfg(test)]
mod tests;
