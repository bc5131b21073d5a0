//! Stored connections: what they reach, and, sealed apart from it, with what.

use glovebox_model::{
    AwsService, Credentials, ObjectProtocol, ObjectRoot, Objects, Place, Secret, Secrets,
    ServerSideEncryption,
};
use serde::{Deserialize, Serialize};

use crate::document::Document;

/// What an account says of a connection, but for the credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionParts {
    /// The name of its role.
    pub name: String,
    /// The databases that it serves.
    pub databases: Vec<String>,
    /// What it reaches.
    pub place: Place,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ConnectionDocument {
    V1(ConnectionV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ConnectionV1 {
    name: String,
    databases: Vec<String>,
    place: PlaceV1,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum PlaceV1 {
    Files { objects: ObjectsV1 },
    Delta { objects: ObjectsV1 },
    Glue { service: ServiceV1, catalog_id: Option<String>, objects: ObjectsV1 },
    Athena { service: ServiceV1, workgroup: String, objects: ObjectsV1 },
    Iceberg { uri: String, warehouse: Option<String>, objects: ObjectsV1 },
    Postgresql { host: String, port: u16, database: String, tls: bool },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ServiceV1 {
    region: String,
    endpoint: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ObjectsV1 {
    region: String,
    endpoint: Option<String>,
    /// Addresses; all of one protocol.
    roots: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encryption: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kms_key: Option<String>,
}

impl Document for ConnectionDocument {
    type Noun = ConnectionParts;
    const WHAT: &'static str = "connections";

    fn of(noun: &ConnectionParts) -> Self {
        let ConnectionParts { name, databases, place } = noun.clone();
        let place = match place {
            Place::Files(objects) => PlaceV1::Files { objects: ObjectsV1::of(objects) },
            Place::Delta(objects) => PlaceV1::Delta { objects: ObjectsV1::of(objects) },
            Place::Glue { service, catalog_id, data } => PlaceV1::Glue {
                service: ServiceV1::of(service),
                catalog_id,
                objects: ObjectsV1::of(data),
            },
            Place::Athena { service, workgroup, results } => PlaceV1::Athena {
                service: ServiceV1::of(service),
                workgroup,
                objects: ObjectsV1::of(results),
            },
            Place::Iceberg { uri, warehouse, data } => {
                PlaceV1::Iceberg { uri, warehouse, objects: ObjectsV1::of(data) }
            }
            Place::Postgresql { host, port, database, tls } => {
                PlaceV1::Postgresql { host, port, database, tls }
            }
        };
        Self::V1(ConnectionV1 { name, databases, place })
    }

    fn noun(self) -> Option<ConnectionParts> {
        let Self::V1(ConnectionV1 { name, databases, place }) = self;
        let place = match place {
            PlaceV1::Files { objects } => Place::Files(objects.noun()?),
            PlaceV1::Delta { objects } => Place::Delta(objects.noun()?),
            PlaceV1::Glue { service, catalog_id, objects } => {
                Place::Glue { service: service.noun(), catalog_id, data: objects.noun()? }
            }
            PlaceV1::Athena { service, workgroup, objects } => {
                Place::Athena { service: service.noun(), workgroup, results: objects.noun()? }
            }
            PlaceV1::Iceberg { uri, warehouse, objects } => {
                Place::Iceberg { uri, warehouse, data: objects.noun()? }
            }
            PlaceV1::Postgresql { host, port, database, tls } => {
                Place::Postgresql { host, port, database, tls }
            }
        };
        Some(ConnectionParts { name, databases, place })
    }
}

impl ServiceV1 {
    fn of(noun: AwsService) -> Self {
        let AwsService { region, endpoint } = noun;
        Self { region, endpoint }
    }

    fn noun(self) -> AwsService {
        let Self { region, endpoint } = self;
        AwsService { region, endpoint }
    }
}

impl ObjectsV1 {
    fn of(noun: Objects) -> Self {
        let Objects { protocol, region, endpoint, roots, encryption } = noun;
        let roots = roots.iter().map(|it| it.address(protocol)).collect();
        let (encryption, kms_key) = match encryption.as_ref().map(ServerSideEncryption::words) {
            Some((word, key)) => (Some(word.to_owned()), key.map(str::to_owned)),
            None => (None, None),
        };
        Self { region, endpoint, roots, encryption, kms_key }
    }

    fn noun(self) -> Option<Objects> {
        let Self { region, endpoint, roots, encryption, kms_key } = self;
        let encryption = match encryption {
            Some(word) => Some(ServerSideEncryption::from_words(&word, kms_key)?),
            None => None,
        };
        let mut found: Option<ObjectProtocol> = None;
        let mut read: Vec<ObjectRoot> = Vec::new();
        for root in &roots {
            let (protocol, root) = ObjectRoot::parse(root).ok()?;
            if *found.get_or_insert(protocol) != protocol {
                return None;
            }
            read.push(root);
        }
        Some(Objects { protocol: found?, region, endpoint, roots: read, encryption })
    }
}

/// What is sealed, and what a process that reads is told.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SecretsDocument {
    V1(SecretsV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SecretsV1 {
    credentials: CredentialsV1,
    catalog_token: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum CredentialsV1 {
    Anonymous,
    AssumeRole { external_id: String },
    Keys { access_key_id: String, secret_access_key: String, session_token: Option<String> },
    Operator,
    Password { user: String, password: String },
    Token(String),
}

impl Document for SecretsDocument {
    type Noun = Secrets;
    const WHAT: &'static str = "the credentials of connections";

    fn of(noun: &Secrets) -> Self {
        let reveal = |it: &Secret| it.reveal().to_owned();
        let credentials = match &noun.credentials {
            Credentials::Anonymous => CredentialsV1::Anonymous,
            Credentials::AssumeRole { external_id } => {
                CredentialsV1::AssumeRole { external_id: external_id.clone() }
            }
            Credentials::Keys { access_key_id, secret_access_key, session_token } => {
                CredentialsV1::Keys {
                    access_key_id: access_key_id.clone(),
                    secret_access_key: reveal(secret_access_key),
                    session_token: session_token.as_ref().map(reveal),
                }
            }
            Credentials::Operator => CredentialsV1::Operator,
            Credentials::Password { user, password } => {
                CredentialsV1::Password { user: user.clone(), password: reveal(password) }
            }
            Credentials::Token(token) => CredentialsV1::Token(reveal(token)),
        };
        let catalog_token = noun.catalog_token.as_ref().map(reveal);
        Self::V1(SecretsV1 { credentials, catalog_token })
    }

    fn noun(self) -> Option<Secrets> {
        let Self::V1(SecretsV1 { credentials, catalog_token }) = self;
        let credentials = match credentials {
            CredentialsV1::Anonymous => Credentials::Anonymous,
            CredentialsV1::AssumeRole { external_id } => Credentials::AssumeRole { external_id },
            CredentialsV1::Keys { access_key_id, secret_access_key, session_token } => {
                Credentials::Keys {
                    access_key_id,
                    secret_access_key: Secret::new(secret_access_key),
                    session_token: session_token.map(Secret::new),
                }
            }
            CredentialsV1::Operator => Credentials::Operator,
            CredentialsV1::Password { user, password } => {
                Credentials::Password { user, password: Secret::new(password) }
            }
            CredentialsV1::Token(token) => Credentials::Token(Secret::new(token)),
        };
        Some(Secrets { credentials, catalog_token: catalog_token.map(Secret::new) })
    }
}
