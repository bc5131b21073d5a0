//! A connection as its owner writes it.

use glovebox_model::{
    AwsService, Credentials, ObjectProtocol, ObjectRoot, Objects, Place, Secret, Secrets,
    ServerSideEncryption,
};
use glovebox_room::{ConnectionTerms, ConnectionUpdate};
use serde::Deserialize;

use super::fault;
use crate::errors::Refused;

/// The terms, beside which a new connection has a name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WrittenTerms {
    #[serde(default)]
    databases: Vec<String>,
    /// Absent, those of a connection that is there stay.
    #[serde(default)]
    credentials: Option<WrittenCredentials>,
    #[serde(default)]
    catalog_token: Option<String>,
    #[serde(default)]
    files: Option<WrittenFiles>,
    #[serde(default)]
    delta: Option<WrittenFiles>,
    #[serde(default)]
    glue: Option<WrittenGlue>,
    #[serde(default)]
    athena: Option<WrittenAthena>,
    #[serde(default)]
    iceberg: Option<WrittenIceberg>,
    #[serde(default)]
    postgresql: Option<WrittenPostgresql>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum WrittenCredentials {
    Anonymous {},
    AssumeRole {},
    Keys {
        access_key_id: String,
        secret_access_key: String,
        #[serde(default)]
        session_token: Option<String>,
    },
    /// Only the operator's own command makes such ones; it is refused in the room.
    Operator {},
    Password {
        user: String,
        password: String,
    },
    Token {
        token: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenFiles {
    storage: WrittenStorage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenGlue {
    region: String,
    #[serde(default)]
    endpoint: Option<String>,
    #[serde(default)]
    catalog_id: Option<String>,
    storage: WrittenStorage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenAthena {
    region: String,
    #[serde(default)]
    endpoint: Option<String>,
    workgroup: String,
    storage: WrittenStorage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenIceberg {
    uri: String,
    #[serde(default)]
    warehouse: Option<String>,
    storage: WrittenStorage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenPostgresql {
    host: String,
    #[serde(default = "postgresql_port")]
    port: u16,
    database: String,
    #[serde(default = "yes")]
    tls: bool,
}

/// The roots say by their schemes whose protocol it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenStorage {
    roots: Vec<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    endpoint: Option<String>,
    /// Of results that are written there: `AES256` or `aws:kms`.
    #[serde(default)]
    encryption: Option<String>,
    #[serde(default)]
    kms_key_id: Option<String>,
}

fn postgresql_port() -> u16 {
    5432
}

fn yes() -> bool {
    true
}

impl WrittenTerms {
    /// Of a new connection: it has credentials.
    pub(super) fn read(self) -> Result<ConnectionTerms, Refused> {
        let ConnectionUpdate { databases, place, credentials, catalog_token } = self.change()?;
        let none = || fault("credentials", "say what it proves itself with");
        let secrets = Secrets { credentials: credentials.ok_or_else(none)?, catalog_token };
        Ok(ConnectionTerms { databases, place, secrets })
    }

    /// Of one that is there.
    pub(super) fn change(self) -> Result<ConnectionUpdate, Refused> {
        let catalog_token = self.catalog_token.map(Secret::new);
        let credentials = self.credentials.map(WrittenCredentials::read);
        let mut places = Vec::new();
        if let Some(it) = self.files {
            places.push(Place::Files(it.storage.read("files", None)?));
        }
        if let Some(it) = self.delta {
            places.push(Place::Delta(it.storage.read("delta", None)?));
        }
        if let Some(it) = self.glue {
            let data = it.storage.read("glue", Some(&it.region))?;
            let service = AwsService { region: it.region, endpoint: it.endpoint };
            places.push(Place::Glue { service, catalog_id: it.catalog_id, data });
        }
        if let Some(it) = self.athena {
            let results = it.storage.read("athena", Some(&it.region))?;
            let service = AwsService { region: it.region, endpoint: it.endpoint };
            places.push(Place::Athena { service, workgroup: it.workgroup, results });
        }
        if let Some(it) = self.iceberg {
            let data = it.storage.read("iceberg", None)?;
            places.push(Place::Iceberg { uri: it.uri, warehouse: it.warehouse, data });
        }
        if let Some(it) = self.postgresql {
            let WrittenPostgresql { host, port, database, tls } = it;
            places.push(Place::Postgresql { host, port, database, tls });
        }
        let one = "name one of files, delta, glue, athena, iceberg and postgresql";
        let (Some(place), true) = (places.pop(), places.is_empty()) else {
            return Err(fault("connection", one));
        };
        Ok(ConnectionUpdate { databases: self.databases, place, credentials, catalog_token })
    }
}

impl WrittenCredentials {
    fn read(self) -> Credentials {
        match self {
            Self::Anonymous {} => Credentials::Anonymous,
            // The house says which.
            Self::AssumeRole {} => Credentials::AssumeRole { external_id: String::new() },
            Self::Keys { access_key_id, secret_access_key, session_token } => Credentials::Keys {
                access_key_id,
                secret_access_key: Secret::new(secret_access_key),
                session_token: session_token.map(Secret::new),
            },
            Self::Operator {} => Credentials::Operator,
            Self::Password { user, password } => {
                Credentials::Password { user, password: Secret::new(password) }
            }
            Self::Token { token } => Credentials::Token(Secret::new(token)),
        }
    }
}

impl WrittenStorage {
    /// In the region of the service beside it, unless it says otherwise.
    fn read(self, place: &str, beside: Option<&str>) -> Result<Objects, Refused> {
        let Self { roots, region, endpoint, encryption, kms_key_id } = self;
        let is_named = kms_key_id.is_none() || encryption.is_some();
        let encryption = encryption.map(|it| ServerSideEncryption::from_words(&it, kms_key_id));
        if encryption.as_ref().is_some_and(Option::is_none) || !is_named {
            let field = format!("{place}.storage.encryption");
            return Err(fault(&field, "it is AES256 or, perhaps with a kmsKeyId, aws:kms"));
        }
        let mut found: Option<ObjectProtocol> = None;
        let mut read = Vec::new();
        for (index, text) in roots.iter().enumerate() {
            let field = format!("{place}.storage.roots[{index}]");
            let (protocol, root) =
                ObjectRoot::parse(text).map_err(|bad| fault(&field, &bad.to_string()))?;
            if *found.get_or_insert(protocol) != protocol {
                return Err(fault(&field, "all roots of a connection are of one kind"));
            }
            read.push(root);
        }
        let field = format!("{place}.storage.roots");
        let protocol = found.ok_or_else(|| fault(&field, "name at least one root"))?;
        let region = region.or_else(|| beside.map(str::to_owned)).unwrap_or_default();
        Ok(Objects { protocol, region, endpoint, roots: read, encryption: encryption.flatten() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ConnectionTerms, String> {
        let written: WrittenTerms = serde_json::from_str(text).map_err(|it| it.to_string())?;
        written.read().map_err(|_| "refused".to_owned())
    }

    #[test]
    fn a_connection_is_one_place_with_one_proof() {
        let glue = read(
            r#"{"databases": ["sales"], "credentials": {"assumeRole": {}}, "glue":
                {"region": "eu-west-1", "storage": {"roots": ["s3://acme/data"]}}}"#,
        );
        let glue = glue.unwrap();
        let Place::Glue { data, .. } = &glue.place else { panic!("{glue:?}") };
        assert_eq!(data.region, "eu-west-1");
        let postgresql = read(
            r#"{"credentials": {"password": {"user": "u", "password": "p"}},
                "postgresql": {"host": "h", "database": "d"}}"#,
        );
        let expected =
            Place::Postgresql { host: "h".into(), port: 5432, database: "d".into(), tls: true };
        assert_eq!(postgresql.unwrap().place, expected);
        for bad in [
            r#"{"credentials": {"anonymous": {}}}"#,
            r#"{"credentials": {"anonymous": {}}, "files": {"storage": {"roots": []}}}"#,
            r#"{"credentials": {"anonymous": {}}, "files": {"storage": {"roots": ["file:///etc"]}}}"#,
            r#"{"credentials": {"anonymous": {}}, "files": {"storage": {"roots": ["s3://a", "gs://b"]}}}"#,
            r#"{"credentials": {"anonymous": {}}, "files": {"storage": {"roots": ["s3://a"]}},
                "delta": {"storage": {"roots": ["s3://a"]}}}"#,
            r#"{"credentials": {"keys": {"accessKeyId": "A"}}, "files": {"storage": {"roots": ["s3://a"]}}}"#,
            r#"{"credentials": {"anonymous": {}, "token": {"token": "t"}}, "files": {"storage": {"roots": ["s3://a"]}}}"#,
            r#"{"files": {"storage": {"roots": ["s3://a"]}}}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let kept = r#"{"files": {"storage": {"roots": ["s3://a"]}}}"#;
        let kept: WrittenTerms = serde_json::from_str(kept).unwrap();
        assert!(kept.change().is_ok_and(|it| it.credentials.is_none()));
    }
}
