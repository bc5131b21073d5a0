//! Connections: where a member's data lies outside of its folder, described by the member.

mod bind;
mod check;
mod reach;
mod update;

use std::sync::Arc;

use glovebox_catalog::{Probed, Step, Unavailable};
use glovebox_model::{AccountId, Connection, Credentials, Id, Page, PageRequest, Place, Secrets};
use glovebox_store::{ConnectionParts, Kind, Left, Taken, Tx};

pub(crate) use bind::{Bound, bind, check_role, check_roles};
use check::{check, check_name};
pub(crate) use reach::{Located, Surroundings};
pub use update::ConnectionUpdate;

use crate::authorize::{Own, OwnConnection};
use crate::worker::{Seen, TriedStep};
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

/// Connections that an account may have.
const MOST: u64 = 100;

/// What an account says of a connection.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// The name of its role.
    pub name: String,
    /// What it reaches, and with what.
    pub terms: ConnectionTerms,
}

/// What a connection reaches, for which databases, and with what.
#[derive(Debug, Clone)]
pub struct ConnectionTerms {
    /// The databases that it serves.
    pub databases: Vec<String>,
    /// What it reaches.
    pub place: Place,
    /// With what; the external id of a role to assume is the house's to say.
    pub secrets: Secrets,
}

/// A connection, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionView {
    /// The connection.
    pub connection: Connection,
    /// What the trust policy of its role must demand, if it is assumed.
    pub external_id: Option<String>,
    /// What queries whose process died left behind it, and the house could not yet take away.
    pub leftovers: Vec<Left>,
}

impl Room {
    /// Describes where data of the caller lies, and keeps what it is reached with.
    pub async fn create_connection(
        &self,
        caller: &Caller,
        new: NewConnection,
    ) -> Result<ConnectionView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::CreateConnection;
        let account = self.authorize::<Own>(&mut tx, caller, action, ()).await?.account;
        not_the_operators(&new.terms)?;
        self.check_connection(&new)?;
        let view = self.insert(&mut tx, account, new).await?;
        self.commit(tx, caller).await?;
        Ok(view)
    }

    /// The same by the operator, for an account of its choice: the one way to a connection that
    /// uses the credentials of this machine.
    pub async fn create_connection_for(
        &self,
        account: AccountId,
        new: NewConnection,
    ) -> Result<ConnectionView, RoomError> {
        self.check_connection(&new)?;
        let mut tx = self.store.begin().await?;
        if tx.account(account).await?.is_none() {
            return Err(RoomError::field("account", format!("there is no account {account}")));
        }
        let view = self.insert(&mut tx, account, new).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// One of the caller's connections.
    pub async fn get_connection(
        &self,
        caller: &Caller,
        id: Id<Connection>,
    ) -> Result<ConnectionView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetConnection;
        let authorized = self.authorize::<OwnConnection>(&mut tx, caller, action, id).await?;
        let OwnConnection(connection) = authorized.resource;
        drop(tx);
        let gone = || RoomError::not_found(ResourceKind::Connection, id);
        self.shown(connection).await?.ok_or_else(gone)
    }

    /// The caller's connections, oldest first.
    pub async fn list_connections(
        &self,
        caller: &Caller,
        page: PageRequest,
    ) -> Result<Page<ConnectionView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListConnections;
        let authorized = self.authorize::<Own>(&mut tx, caller, action, ()).await?;
        let Page { items, next } = tx.list_connections(authorized.account, page).await?;
        drop(tx);
        let mut views = Vec::new();
        for connection in items {
            views.extend(self.shown(connection).await?);
        }
        Ok(Page { items: views, next })
    }

    /// Removes a connection with its credentials; quiet the second time. Tables that are read
    /// through it cannot be read any more, not even by a query that runs.
    pub async fn delete_connection(
        &self,
        caller: &Caller,
        id: Id<Connection>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        if self.was_deleted(&mut tx, caller, Kind::Connection, &id.to_string()).await? {
            return Ok(());
        }
        let action = Action::DeleteConnection;
        let authorized = self.authorize::<OwnConnection>(&mut tx, caller, action, id).await?;
        let OwnConnection(connection) = authorized.resource;
        tx.delete_connection(&connection).await?;
        self.commit(tx, caller).await
    }

    /// Tries a connection step by step; of `table`, else of the first that is found, the schema.
    pub async fn test_connection(
        &self,
        caller: &Caller,
        id: Id<Connection>,
        table: Option<(String, String)>,
    ) -> Result<Vec<TriedStep>, RoomError> {
        let action = Action::TestConnection;
        let connection = {
            let mut tx = self.store.read().await?;
            let authorized = self.authorize::<OwnConnection>(&mut tx, caller, action, id).await?;
            authorized.resource.0
        };
        if let Some((database, _)) = table.as_ref().filter(|(it, _)| !connection.serves(it)) {
            let message = format!("the connection does not serve the database `{database}`");
            return Err(RoomError::field("databaseName", message));
        }
        let turn = self.surroundings.turn(connection.account).await?;
        let (about, place) = (connection.method.word(), connection.place.clone());
        let reach = match self.reach(connection).await? {
            Ok(reach) => reach,
            Err(why) => {
                let step = Step::new("credentials", about, Probed::Fails(why), &place);
                return Ok(vec![step.into()]);
            }
        };
        Ok(match self.surroundings.tried(reach, table, turn).await? {
            Seen::Tried(steps) => steps,
            Seen::Fault { text, .. } => vec![TriedStep::failed("reach", about, text)],
            Seen::Described(_) | Seen::Good => {
                vec![TriedStep::failed("reach", about, "it was not tried".into())]
            }
        })
    }

    fn check_connection(&self, new: &NewConnection) -> Result<(), RoomError> {
        check_name(&new.name)?;
        self.check_terms(&new.terms)
    }

    fn check_terms(&self, terms: &ConnectionTerms) -> Result<(), RoomError> {
        check(terms, self.surroundings.gate()?)
    }

    async fn insert(
        &self,
        tx: &mut Tx,
        account: AccountId,
        new: NewConnection,
    ) -> Result<ConnectionView, RoomError> {
        let (parts, secrets) = settled(tx, account, new.name, new.terms).await?;
        if tx.connections_of(account).await?.len() as u64 >= MOST {
            return Err(RoomError::QuotaExceeded { name: "Connections per account", value: MOST });
        }
        let made = tx.insert_connection(account, &parts, &secrets, self.store.master_key()).await?;
        Ok(view(made.map_err(taken)?, &secrets))
    }

    /// Nothing, if it went meanwhile.
    async fn shown(&self, connection: Connection) -> Result<Option<ConnectionView>, RoomError> {
        let Some(secrets) = self.store.secrets(&connection).await? else { return Ok(None) };
        let leftovers = self.store.read().await?.leftovers_of(&connection).await?;
        Ok(Some(ConnectionView { leftovers, ..view(connection, &secrets) }))
    }

    /// A connection of somebody who was authorized to read through it, ready to be used; or why
    /// not, for its owner.
    async fn reach(
        &self,
        connection: Connection,
    ) -> Result<Result<Arc<glovebox_catalog::Reach>, Unavailable>, RoomError> {
        let Some(secrets) = self.store.secrets(&connection).await? else {
            return Ok(Err(Unavailable::NoConnection));
        };
        self.surroundings.reach(connection, &secrets).await
    }
}

const OPERATORS: &str = "only the operator can bind credentials of this machine to an account: \
                         glovebox connection add --operator";

fn not_the_operators(terms: &ConnectionTerms) -> Result<(), RoomError> {
    match terms.secrets.credentials {
        Credentials::Operator => Err(RoomError::field("credentials", OPERATORS)),
        _ => Ok(()),
    }
}

/// What is stored of what was asked for: the external id is the account's.
async fn settled(
    tx: &mut Tx,
    account: AccountId,
    name: String,
    terms: ConnectionTerms,
) -> Result<(ConnectionParts, Secrets), RoomError> {
    let ConnectionTerms { databases, place, mut secrets } = terms;
    if let Credentials::AssumeRole { external_id } = &mut secrets.credentials {
        *external_id = tx.external_id(account).await?;
    }
    Ok((ConnectionParts { name, databases, place }, secrets))
}

fn view(connection: Connection, secrets: &Secrets) -> ConnectionView {
    let external_id = match &secrets.credentials {
        Credentials::AssumeRole { external_id } => Some(external_id.clone()),
        _ => None,
    };
    ConnectionView { connection, external_id, leftovers: Vec::new() }
}

fn taken(taken: Taken) -> RoomError {
    let message = match taken {
        Taken::Name => "a connection of this account has that name already".to_owned(),
        Taken::Database(database) => {
            format!("another connection of this account serves the database `{database}`")
        }
    };
    let (reason, resource) = (ConflictReason::AlreadyExists, None::<(String, ResourceKind)>);
    RoomError::Conflict { reason, resource, message }
}
