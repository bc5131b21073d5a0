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
    /// Whether its catalog is shown a token of its own.
    pub has_catalog_token: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it or its credentials changed last.
    pub updated: Timestamp,
    /// Changes with everything but the credentials, never comes back.
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
    /// How results that are written there are encrypted; `None` leaves it to the bucket.
    pub encryption: Option<ServerSideEncryption>,
}

/// How S3 encrypts what is written into it: `x-amz-server-side-encryption`.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerSideEncryption {
    /// `AES256`: with keys of S3.
    Aes256,
    /// `aws:kms`
    Kms {
        /// `x-amz-server-side-encryption-aws-kms-key-id`; absent: the account's default.
        key: Option<String>,
    },
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

/// All that a connection proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// To the service and the data.
    pub credentials: Credentials,
    /// To a catalog that has its own: a bearer token.
    pub catalog_token: Option<Secret>,
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

/// The port of an address.
fn port(address: &str) -> u16 {
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let named = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    named.unwrap_or(if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 })
}

impl CredentialMethod {
    const ALL: [Self; 6] = [
        Self::Anonymous,
        Self::AssumeRole,
        Self::Keys,
        Self::Operator,
        Self::Password,
        Self::Token,
    ];

    /// The word for it in commands and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::AssumeRole => "assumeRole",
            Self::Keys => "keys",
            Self::Operator => "operator",
            Self::Password => "password",
            Self::Token => "token",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
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

    /// The ports that it is reached at.
    pub fn ports(&self) -> Vec<u16> {
        let service = match self {
            Self::Glue { service, .. } | Self::Athena { service, .. } => service.endpoint.clone(),
            Self::Iceberg { uri, .. } => Some(uri.clone()),
            Self::Postgresql { port, .. } => return vec![*port],
            Self::Files(_) | Self::Delta(_) => None,
        };
        let store = self.objects().and_then(|it| it.endpoint.clone());
        [service, store].map(|it| it.as_deref().map_or(443, port)).to_vec()
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

/// The text names no bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a root is s3://, gs:// or az://, a bucket and perhaps a prefix")]
pub struct BadRoot;

impl ObjectProtocol {
    /// What its addresses begin with.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gcs => "gs",
            Self::Azure => "az",
        }
    }
}

impl ServerSideEncryption {
    /// AWS's word and the key, if one is named.
    pub fn words(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Aes256 => ("AES256", None),
            Self::Kms { key } => ("aws:kms", key.as_deref()),
        }
    }

    /// Reads the words.
    pub fn from_words(word: &str, key: Option<String>) -> Option<Self> {
        match (word, key) {
            ("AES256", None) => Some(Self::Aes256),
            ("aws:kms", key) => Some(Self::Kms { key }),
            _ => None,
        }
    }
}

impl ObjectRoot {
    /// Reads `s3://bucket/prefix`.
    pub fn parse(text: &str) -> Result<(ObjectProtocol, Self), BadRoot> {
        let (scheme, rest) = text.split_once("://").ok_or(BadRoot)?;
        let protocol = [ObjectProtocol::S3, ObjectProtocol::Gcs, ObjectProtocol::Azure];
        let protocol = protocol.into_iter().find(|it| it.scheme() == scheme).ok_or(BadRoot)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '$');
        let is_bucket = (1..=255).contains(&bucket.len())
            && bucket.chars().all(legal)
            && !matches!(bucket, "." | "..");
        let is_segment =
            |it: &str| !matches!(it, "" | "." | "..") && !it.contains(char::is_control);
        if !is_bucket || (!prefix.is_empty() && !prefix.split('/').all(is_segment)) {
            return Err(BadRoot);
        }
        Ok((protocol, Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() }))
    }

    /// Its address.
    pub fn address(&self, protocol: ObjectProtocol) -> String {
        let Self { bucket, prefix } = self;
        let slash = if prefix.is_empty() { "" } else { "/" };
        format!("{}://{bucket}{slash}{prefix}", protocol.scheme())
    }

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
    fn a_root_is_read_from_its_address_and_shown_as_it() {
        for good in ["s3://acme-data", "s3://acme-data/a/b", "gs://b/x", "az://container"] {
            let (protocol, root) = ObjectRoot::parse(good).unwrap();
            assert_eq!(root.address(protocol), good);
        }
        let (_, root) = ObjectRoot::parse("s3://b/a/").unwrap();
        assert_eq!(root.prefix, "a");
        for bad in
            ["", "s3://", "b/a", "file:///etc", "s3:///a", "s3://b//a", "s3://b/../c", "s3://../b"]
        {
            assert_eq!(ObjectRoot::parse(bad), Err(BadRoot), "{bad}");
        }
    }

    #[test]
    fn the_port_of_an_address_is_said_or_follows_from_its_scheme() {
        for (address, expected) in [
            ("https://s3.example", 443),
            ("http://s3.example/x", 80),
            ("http://127.0.0.1:9000", 9000),
            ("https://[::1]:8443/catalog", 8443),
            ("https://[::1]", 443),
        ] {
            assert_eq!(port(address), expected, "{address}");
        }
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
