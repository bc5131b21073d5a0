//! Connections: where a member's data lies, and with what it may be reached.

use std::fmt;

use zeroize::Zeroizing;

use crate::{AccountId, Id, Timestamp};

/// A storage or catalog of one account, which reads that account's tables and no other's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Names it.
    pub id: Id<Self>,
    /// Whose data it reads.
    pub account: AccountId,
    /// The name of the role that stands for it, unique in its account: `RoleName` of
    /// `arn:aws:iam::<account>:role/<RoleName>`, a path before it included.
    pub name: String,
    /// The databases that it serves: `glue` and `athena` references to one of them are read
    /// through it. No two connections of an account serve the same.
    pub databases: Vec<String>,
    /// What it reaches.
    pub place: Place,
    /// With what.
    pub method: CredentialMethod,
    /// When it was made.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// What a connection reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Files in an object store, at `<prefix>/<database>/<table>` below the first root.
    Files(Objects),
    /// Delta tables at `<prefix>/<database>/<table>` below the first root.
    Delta(Objects),
    /// The AWS Glue Data Catalog; the data of its tables lies below one of the roots.
    Glue {
        /// Where the catalog is.
        service: AwsService,
        /// `CatalogId`; absent: that of the credentials.
        catalog_id: Option<String>,
        /// Where the data is.
        data: Objects,
    },
    /// Amazon Athena; what its queries give is read from the output location and removed.
    Athena {
        /// Where the service is.
        service: AwsService,
        /// The workgroup whose limits and settings hold.
        workgroup: String,
        /// Where results are written: the first root.
        results: Objects,
    },
    /// Iceberg tables of a REST catalog; data and metadata lie below one of the roots.
    Iceberg {
        /// The address of the catalog.
        uri: String,
        /// `warehouse`, if the catalog has several.
        warehouse: Option<String>,
        /// Where the data is.
        data: Objects,
    },
    /// A PostgreSQL server; databases are its schemas.
    Postgresql {
        /// Host name or address.
        host: String,
        /// Usually 5432.
        port: u16,
        /// The PostgreSQL database.
        database: String,
        /// Whether the connection is encrypted and the server's certificate checked. Without,
        /// only an address that the operator listed is reached.
        tls: bool,
    },
}

/// An AWS service in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsService {
    /// `us-east-1`
    pub region: String,
    /// Another address than AWS's own for that region.
    pub endpoint: Option<String>,
}

/// Buckets of an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objects {
    /// Whose protocol it speaks.
    pub protocol: ObjectProtocol,
    /// The region of the buckets (`s3`), or the storage account (`azure`).
    pub region: String,
    /// Another address than the provider's own.
    pub endpoint: Option<String>,
    /// What may be read: at least one.
    pub roots: Vec<ObjectRoot>,
}

/// The protocols of object stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectProtocol {
    /// Amazon S3, and what is compatible with it.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
}

/// A bucket, or what lies below a prefix in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectRoot {
    /// The bucket; `container` of Azure.
    pub bucket: String,
    /// Without slashes at its ends; empty for all of the bucket.
    pub prefix: String,
}

/// How a connection proves itself, without the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialMethod {
    /// It does not: public data.
    Anonymous,
    /// By the role of its name, which the house assumes with an external id of its own.
    AssumeRole,
    /// By access keys.
    Keys,
    /// By what the operator's machine has: environment or instance profile. Only the operator
    /// binds it to an account.
    Operator,
    /// By user and password.
    Password,
    /// By a bearer token, or a key of the storage account.
    Token,
}

/// What a connection proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    Anonymous,
    /// The role is assumed with it.
    AssumeRole {
        /// Made by the house for this account; the role's trust policy demands it.
        external_id: String,
    },
    /// Access keys of AWS, or of what speaks its protocol.
    Keys {
        /// `aws_access_key_id`
        access_key_id: String,
        /// `aws_secret_access_key`
        secret_access_key: Secret,
        /// `aws_session_token` of keys that pass.
        session_token: Option<Secret>,
    },
    /// Whatever the operator's machine has.
    Operator,
    /// Of a database.
    Password {
        /// The user.
        user: String,
        /// Its password.
        password: Secret,
    },
    /// A bearer token, a key of a storage account, or a service account's JSON.
    Token(Secret),
}

/// A text that is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Connection {
    /// The ARN of the role that stands for it: `roleArn` of associations whose tables it reads.
    pub fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.name)
    }

    /// Whether a reference to that database is read through it.
    pub fn serves(&self, database: &str) -> bool {
        self.databases.iter().any(|it| it.eq_ignore_ascii_case(database))
    }
}

impl Place {
    /// The word for it in commands and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Files(_) => "files",
            Self::Delta(_) => "delta",
            Self::Glue { .. } => "glue",
            Self::Athena { .. } => "athena",
            Self::Iceberg { .. } => "iceberg",
            Self::Postgresql { .. } => "postgresql",
        }
    }

    /// The object store in which it keeps data, if it does.
    pub fn objects(&self) -> Option<&Objects> {
        match self {
            Self::Files(objects)
            | Self::Delta(objects)
            | Self::Glue { data: objects, .. }
            | Self::Athena { results: objects, .. }
            | Self::Iceberg { data: objects, .. } => Some(objects),
            Self::Postgresql { .. } => None,
        }
    }
}

impl ObjectRoot {
    /// Whether `key` lies below it; a prefix ends at a slash.
    pub fn holds(&self, key: &str) -> bool {
        let below = |it: &str| it.starts_with('/');
        self.prefix.is_empty() || key.strip_prefix(self.prefix.as_str()).is_some_and(below)
    }
}

impl Secret {
    /// Keeps a text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for whoever proves himself with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Credentials {
    /// How they prove what they prove.
    pub fn method(&self) -> CredentialMethod {
        match self {
            Self::Anonymous => CredentialMethod::Anonymous,
            Self::AssumeRole { .. } => CredentialMethod::AssumeRole,
            Self::Keys { .. } => CredentialMethod::Keys,
            Self::Operator => CredentialMethod::Operator,
            Self::Password { .. } => CredentialMethod::Password,
            Self::Token(_) => CredentialMethod::Token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let keys = Credentials::Keys {
            access_key_id: "AKIA".into(),
            secret_access_key: Secret::new("hush".into()),
            session_token: Some(Secret::new("hush".into())),
        };
        assert!(!format!("{keys:?}").contains("hush"));
    }

    #[test]
    fn a_root_ends_at_a_slash() {
        let root = ObjectRoot { bucket: "b".into(), prefix: "data/sales".into() };
        assert!(root.holds("data/sales/a.parquet"));
        assert!(!root.holds("data/sales2/a.parquet"));
        assert!(!root.holds("data/sales"));
        assert!(ObjectRoot { bucket: "b".into(), prefix: String::new() }.holds("x"));
    }
}
