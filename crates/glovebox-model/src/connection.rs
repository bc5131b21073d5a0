//! Connections: where a member's data lies, and with what it may be reached.

mod credentials;
mod leftover;
mod objects;

pub use credentials::{CredentialMethod, Credentials, Secret, Secrets};
pub use leftover::Leftover;
pub use objects::{BadRoot, ObjectProtocol, ObjectRoot, Objects, ServerSideEncryption};

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
    /// Changes with everything but the credentials and databases that are added, never comes back.
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
