//! A look and what was seen, as they pass the pipes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use glovebox_catalog::{Connected, EgressTerms, Reach, TableLocation};
use glovebox_model::{
    Column, ColumnName, Connection, EncryptedKind, Encryption, Secrets, TableSchema, Timestamp,
};
use glovebox_store::{
    ConnectionParts, connection_of_text, connection_to_text, secrets_of_text, secrets_to_text,
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Seen, Sight, TriedStatus, TriedStep, Wish};
use crate::worker::caps::KernelLimits;

/// The form of a look: one line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LookV1 {
    pub(super) kernel: KernelLimits,
    place: PlaceV1,
    sight: SightV1,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum SightV1 {
    Connection { table: Option<(String, String)> },
    Table { database: String, table: String, wish: WishV1 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum PlaceV1 {
    Connected(Box<ConnectedV1>),
    Folder(PathBuf),
}

/// A connection with what it shows: lives on the pipe only, and is wiped.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConnectedV1 {
    id: String,
    account: String,
    parts: String,
    secrets: String,
    listed: Vec<String>,
    authorities: String,
}

impl Drop for ConnectedV1 {
    fn drop(&mut self) {
        self.secrets.zeroize();
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum WishV1 {
    Cells { schema: SchemaV1, encrypted: BTreeMap<String, String>, without_nulls: BTreeSet<String> },
    Describe,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SchemaV1 {
    columns: Vec<(String, String)>,
    keys: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum SeenV1 {
    Described(SchemaV1),
    Fault { column: Option<String>, text: String },
    Good,
    Tried(Vec<TriedV1>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TriedV1 {
    name: String,
    about: String,
    status: StatusV1,
    message: String,
    mend: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum StatusV1 {
    Failed,
    Skipped,
    Works,
}

impl LookV1 {
    pub(super) fn of(
        kernel: KernelLimits,
        terms: Option<&EgressTerms>,
        sight: &Sight,
    ) -> Option<Self> {
        let connected = |reach| Some(PlaceV1::Connected(Box::new(ConnectedV1::of(reach, terms?)?)));
        let (place, sight) = match sight {
            Sight::Connection(reach, table) => {
                (connected(reach)?, SightV1::Connection { table: table.clone() })
            }
            Sight::Table(location, wish) => {
                let (place, database, table) = match location {
                    TableLocation::Folder(it) => {
                        (PlaceV1::Folder(it.root.clone()), &it.database, &it.table)
                    }
                    TableLocation::Connected(it) => {
                        (connected(&it.reach)?, &it.database, &it.table)
                    }
                    TableLocation::Lost(_) => return None,
                };
                let (database, table) = (database.clone(), table.clone());
                (place, SightV1::Table { database, table, wish: WishV1::of(wish) })
            }
        };
        Some(Self { kernel, place, sight })
    }

    pub(super) fn to_line(&self) -> Option<Zeroizing<String>> {
        let mut line = Zeroizing::new(serde_json::to_string(self).ok()?);
        line.push('\n');
        Some(line)
    }

    pub(super) fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    pub(super) fn read(self) -> Option<Sight> {
        let Self { kernel: _, place, sight } = self;
        Some(match (sight, place) {
            (SightV1::Connection { table }, PlaceV1::Connected(it)) => {
                Sight::Connection(it.read()?, table)
            }
            (SightV1::Connection { .. }, PlaceV1::Folder(_)) => return None,
            (SightV1::Table { database, table, wish }, PlaceV1::Connected(it)) => {
                let connected = Connected { reach: it.read()?, database, table };
                Sight::Table(TableLocation::Connected(connected), wish.read()?)
            }
            (SightV1::Table { database, table, wish }, PlaceV1::Folder(root)) => {
                Sight::Table(TableLocation::folder(root, database, table), wish.read()?)
            }
        })
    }
}

impl WishV1 {
    fn of(wish: &Wish) -> Self {
        match wish {
            Wish::Describe => Self::Describe,
            Wish::Cells { schema, encryption: Encryption { columns, without_nulls } } => {
                let text = |it: &ColumnName| it.as_str().to_owned();
                Self::Cells {
                    schema: SchemaV1::of(schema),
                    encrypted: columns
                        .iter()
                        .map(|(name, kind)| (text(name), kind.aws_name().to_owned()))
                        .collect(),
                    without_nulls: without_nulls.iter().map(text).collect(),
                }
            }
        }
    }

    fn read(self) -> Option<Wish> {
        match self {
            Self::Describe => Some(Wish::Describe),
            Self::Cells { schema, encrypted, without_nulls } => {
                let kind = |(name, kind): (String, String)| {
                    Some((ColumnName::new(&name).ok()?, EncryptedKind::from_aws_name(&kind)?))
                };
                let name = |it: &String| ColumnName::new(it).ok();
                let encryption = Encryption {
                    columns: encrypted.into_iter().map(kind).collect::<Option<_>>()?,
                    without_nulls: without_nulls.iter().map(name).collect::<Option<_>>()?,
                };
                Some(Wish::Cells { schema: schema.read()?, encryption })
            }
        }
    }
}

impl ConnectedV1 {
    fn of(reach: &Reach, terms: &EgressTerms) -> Option<Self> {
        let Connection { id, account, name, databases, place, .. } = reach.connection.clone();
        let parts = ConnectionParts { name, databases, place };
        let (credentials, catalog_token) =
            (reach.credentials.current(), reach.catalog_token.clone());
        let EgressTerms { listed, authorities } = terms.clone();
        Some(Self {
            id: id.to_string(),
            account: account.to_string(),
            parts: connection_to_text(&parts).ok()?,
            secrets: secrets_to_text(&Secrets { credentials, catalog_token }).ok()?.to_string(),
            listed,
            authorities,
        })
    }

    /// What of a connection says when it changed is of no use here.
    fn read(&self) -> Option<Arc<Reach>> {
        let ConnectionParts { name, databases, place } = connection_of_text(&self.parts).ok()?;
        let secrets = secrets_of_text(&self.secrets).ok()?;
        let terms =
            EgressTerms { listed: self.listed.clone(), authorities: self.authorities.clone() };
        let connection = Connection {
            id: self.id.parse().ok()?,
            account: self.account.parse().ok()?,
            name,
            databases,
            place,
            method: secrets.credentials.method(),
            has_catalog_token: secrets.catalog_token.is_some(),
            created: Timestamp::from_millis(0),
            updated: Timestamp::from_millis(0),
            version: 0,
        };
        Some(Arc::new(Reach::new(connection, secrets, terms.gate().ok()?)))
    }
}

impl SchemaV1 {
    fn of(schema: &TableSchema) -> Self {
        let texts = |columns: &[Column]| {
            columns.iter().map(|it| (it.name.as_str().to_owned(), it.kind.to_string())).collect()
        };
        Self { columns: texts(&schema.columns), keys: texts(&schema.partition_keys) }
    }

    fn read(self) -> Option<TableSchema> {
        let nouns = |texts: Vec<(String, String)>| {
            let noun = |(name, kind): (String, String)| {
                Some(Column { name: ColumnName::new(&name).ok()?, kind: kind.parse().ok()? })
            };
            texts.into_iter().map(noun).collect::<Option<Vec<_>>>()
        };
        Some(TableSchema { columns: nouns(self.columns)?, partition_keys: nouns(self.keys)? })
    }
}

impl SeenV1 {
    pub(super) fn of(seen: &Seen) -> Self {
        match seen {
            Seen::Described(schema) => Self::Described(SchemaV1::of(schema)),
            Seen::Fault { column, text } => {
                Self::Fault { column: column.clone(), text: text.clone() }
            }
            Seen::Good => Self::Good,
            Seen::Tried(steps) => Self::Tried(steps.iter().map(TriedV1::of).collect()),
        }
    }

    pub(super) fn to_line(&self) -> Option<String> {
        serde_json::to_string(self).ok().map(|it| it + "\n")
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn read(self) -> Option<Seen> {
        Some(match self {
            Self::Described(schema) => Seen::Described(schema.read()?),
            Self::Fault { column, text } => Seen::Fault { column, text },
            Self::Good => Seen::Good,
            Self::Tried(steps) => Seen::Tried(steps.into_iter().map(TriedV1::read).collect()),
        })
    }
}

impl TriedV1 {
    fn of(step: &TriedStep) -> Self {
        let TriedStep { name, about, status, message, mend } = step.clone();
        let status = match status {
            TriedStatus::Failed => StatusV1::Failed,
            TriedStatus::Skipped => StatusV1::Skipped,
            TriedStatus::Works => StatusV1::Works,
        };
        Self { name, about, status, message, mend }
    }

    fn read(self) -> TriedStep {
        let Self { name, about, status, message, mend } = self;
        let status = match status {
            StatusV1::Failed => TriedStatus::Failed,
            StatusV1::Skipped => TriedStatus::Skipped,
            StatusV1::Works => TriedStatus::Works,
        };
        TriedStep { name, about, status, message, mend }
    }
}
