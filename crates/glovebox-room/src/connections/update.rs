//! Other terms in the place of a connection's.

use glovebox_model::{
    Connection, CredentialMethod, Credentials, Id, Objects, Place, Secret, Secrets,
};

use super::{ConnectionTerms, ConnectionView, OPERATORS, not_the_operators, settled, taken, view};
use crate::authorize::OwnConnection;
use crate::{Action, Caller, ResourceKind, Room, RoomError};

/// What an account says of a connection that is there.
#[derive(Debug, Clone)]
pub struct ConnectionUpdate {
    /// The databases that it serves.
    pub databases: Vec<String>,
    /// What it reaches.
    pub place: Place,
    /// With what; absent: with what it has.
    pub credentials: Option<Credentials>,
    /// What its catalog is shown. Absent: nothing, or what it has if `credentials` are absent, too.
    pub catalog_token: Option<Secret>,
}

impl From<ConnectionTerms> for ConnectionUpdate {
    fn from(terms: ConnectionTerms) -> Self {
        let ConnectionTerms { databases, place, secrets } = terms;
        let Secrets { credentials, catalog_token } = secrets;
        Self { databases, place, credentials: Some(credentials), catalog_token }
    }
}

impl Room {
    /// Puts other terms in the place of a connection's: its name stays, for roles name it. Tables
    /// that are read through it are read as the new terms say, from the next query on.
    pub async fn update_connection(
        &self,
        caller: &Caller,
        id: Id<Connection>,
        update: ConnectionUpdate,
    ) -> Result<ConnectionView, RoomError> {
        let action = Action::UpdateConnection;
        let mut tx = self.store.begin().await?;
        let authorized = self.authorize::<OwnConnection>(&mut tx, caller, action, id).await?;
        let OwnConnection(old) = authorized.resource;
        if old.method == CredentialMethod::Operator {
            // What the operator bound, the account can remove and not bend.
            return Err(RoomError::field("credentials", OPERATORS));
        }
        let terms = self.complete(&old, update).await?;
        not_the_operators(&terms)?;
        self.check_terms(&terms)?;
        let (parts, secrets) = settled(&mut tx, old.account, old.name.clone(), terms).await?;
        let updated = tx.update_connection(&old, &parts, &secrets, self.store.master_key()).await?;
        let connection = updated.map_err(taken)?;
        self.commit(tx, caller).await?;
        Ok(view(connection, &secrets))
    }

    /// What was asked for, with the secrets that are there where none were given.
    async fn complete(
        &self,
        old: &Connection,
        update: ConnectionUpdate,
    ) -> Result<ConnectionTerms, RoomError> {
        let ConnectionUpdate { databases, place, credentials, catalog_token } = update;
        let secrets = match credentials {
            Some(credentials) => Secrets { credentials, catalog_token },
            None if shown_to(&old.place) == shown_to(&place) => {
                let gone = || RoomError::not_found(ResourceKind::Connection, old.id);
                let kept = self.store.secrets(old).await?.ok_or_else(gone)?;
                Secrets { catalog_token: catalog_token.or(kept.catalog_token), ..kept }
            }
            // Whoever may change a connection may not read its secrets at an address of its own.
            None => {
                let message = "they are kept for the addresses that they were given for: give them \
                               again for others";
                return Err(RoomError::field("credentials", message));
            }
        };
        Ok(ConnectionTerms { databases, place, secrets })
    }
}

/// A place as far as it says to whom credentials are shown.
fn shown_to(place: &Place) -> Place {
    let mut place = place.clone();
    match &mut place {
        Place::Files(data) | Place::Delta(data) | Place::Iceberg { data, .. } => bare(data),
        Place::Glue { catalog_id, data, .. } => {
            *catalog_id = None;
            bare(data);
        }
        Place::Athena { workgroup, results, .. } => {
            workgroup.clear();
            bare(results);
        }
        Place::Postgresql { .. } => {}
    }
    place
}

fn bare(objects: &mut Objects) {
    objects.roots.clear();
    objects.encryption = None;
}
