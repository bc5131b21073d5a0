//! Whether a connection works, step by step, for its owner: what it takes to set permissions right.

use std::sync::Arc;

use glovebox_model::{AwsService, ObjectProtocol, Objects, Place};

use crate::Barred;
use crate::table::{
    Connected, Described, Reach, Stop, TableLocation, Unavailable, describe, names,
};

/// One step of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `reach`, `credentials`, `catalog` or `read`.
    pub name: &'static str,
    /// What it was about.
    pub about: String,
    /// What it came to.
    pub probed: Probed,
    /// What mends it, if it failed and that is known.
    pub mend: Option<&'static str>,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probed {
    /// It works; what was seen.
    Works(String),
    /// It does not.
    Fails(Unavailable),
    /// It could not be tried; what it takes.
    Skipped(String),
}

impl Step {
    /// A step on the way to a place that came to this.
    pub fn new(
        name: &'static str,
        about: impl Into<String>,
        probed: Probed,
        place: &Place,
    ) -> Self {
        let mend = match &probed {
            Probed::Fails(why) => mend(why, place),
            Probed::Works(_) | Probed::Skipped(_) => None,
        };
        Self { name, about: about.into(), probed, mend }
    }
}

/// Tries a connection, and of `table` or the first table that is found the schema. Blocks.
pub fn probe(reach: &Arc<Reach>, table: Option<(String, String)>, stop: &Stop) -> Vec<Step> {
    let place = &reach.connection.place;
    let mut steps = Vec::new();
    for address in addresses(place) {
        let probed = match stop.wait(knock(reach, &address)) {
            Ok(()) => Probed::Works("answers".into()),
            Err(why) => Probed::Fails(why),
        };
        steps.push(Step::new("reach", address, probed, place));
    }
    if steps.iter().any(|it| matches!(it.probed, Probed::Fails(_))) {
        return steps;
    }
    let mut first = table;
    for database in &reach.connection.databases {
        let (name, probed) = match names(reach, database, stop) {
            Ok(found) if found.is_empty() => ("catalog", Probed::Works("it holds no table".into())),
            Ok(found) => {
                if first.is_none() {
                    first = found.first().map(|it| (database.clone(), it.clone()));
                }
                ("catalog", Probed::Works(format!("has {}", found.join(", "))))
            }
            Err(why @ (Unavailable::Denied { .. } | Unavailable::Expired)) => {
                ("credentials", Probed::Fails(why))
            }
            Err(why) => ("catalog", Probed::Fails(why)),
        };
        steps.push(Step::new(name, database, probed, place));
    }
    steps.push(read(reach, first, stop));
    steps
}

/// The schema of one table: its catalog entry, and one file's footer or header.
fn read(reach: &Arc<Reach>, table: Option<(String, String)>, stop: &Stop) -> Step {
    let place = &reach.connection.place;
    let Some((database, table)) = table else {
        let skipped = "name a table to read: there is none that could be chosen".to_owned();
        return Step::new("read", "a table", Probed::Skipped(skipped), place);
    };
    let about = format!("{database}.{table}");
    let reach = Arc::clone(reach);
    let connected = Connected { reach, database, table };
    let probed = match describe(&TableLocation::Connected(connected), stop) {
        Ok(Described { columns, partition_keys, .. }) => {
            let keys = partition_keys.len();
            Probed::Works(format!("{} columns, {keys} partition keys", columns.len()))
        }
        Err(why) => Probed::Fails(why),
    };
    Step::new("read", about, probed, place)
}

/// Any answer will do; what it says of credentials comes later.
async fn knock(reach: &Reach, address: &str) -> Result<(), Unavailable> {
    let unreachable = |what| Unavailable::Unreachable { path: address.to_owned(), what };
    if let Place::Postgresql { host, port, tls, .. } = &reach.connection.place {
        let found = reach.egress.resolve(host, *port, *tls).await?;
        let connected = tokio::net::TcpStream::connect(found.as_slice());
        let connected = tokio::time::timeout(crate::egress::CONNECT, connected).await;
        let no = || unreachable("no connection could be made");
        return connected.map_err(|_| no())?.map(drop).map_err(|_| no());
    }
    let parsed = url::Url::parse(address).map_err(|_| unreachable("it is no address"))?;
    match reach.egress.client(&parsed)?.head(parsed).send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(match Barred::behind(&error) {
            Some(barred) => Unavailable::Barred(barred),
            None if error.is_timeout() => unreachable("it did not answer in time"),
            None => unreachable("no connection could be made, or its certificate is not trusted"),
        }),
    }
}

/// Everything that a place speaks to.
fn addresses(place: &Place) -> Vec<String> {
    let mut found = Vec::new();
    match place {
        Place::Glue { service, .. } => found.push(aws(service, "glue")),
        Place::Athena { service, .. } => found.push(aws(service, "athena")),
        Place::Iceberg { uri, .. } => found.push(uri.clone()),
        Place::Postgresql { host, port, .. } => found.push(format!("{host}:{port}")),
        Place::Files(_) | Place::Delta(_) => {}
    }
    found.extend(place.objects().map(store_address));
    found
}

fn aws(service: &AwsService, name: &str) -> String {
    let AwsService { region, endpoint } = service;
    endpoint.clone().unwrap_or_else(|| format!("https://{name}.{region}.amazonaws.com"))
}

/// Where an object store answers.
pub(crate) fn store_address(objects: &Objects) -> String {
    let Objects { protocol, region, endpoint, .. } = objects;
    endpoint.clone().unwrap_or_else(|| match protocol {
        ObjectProtocol::S3 => format!("https://s3.{region}.amazonaws.com"),
        ObjectProtocol::Gcs => "https://storage.googleapis.com".to_owned(),
        ObjectProtocol::Azure => format!("https://{region}.blob.core.windows.net"),
    })
}

fn is_of(place: &Place, protocol: ObjectProtocol) -> bool {
    place.objects().is_some_and(|it| it.protocol == protocol)
}

/// What its owner, or the operator, can do about it.
fn mend(why: &Unavailable, place: &Place) -> Option<&'static str> {
    Some(match (why, place) {
        (Unavailable::Barred(Barred::Unreached(_)), _) => {
            "look at the name; a host of the house's own networks is reached once its operator \
             lists it: glovebox serve --egress-allow"
        }
        (Unavailable::Barred(_), _) => {
            "an address of the house's own networks, or one without TLS, is reached once its \
             operator lists it: glovebox serve --egress-allow"
        }
        (Unavailable::Expired, _) => {
            "give newer credentials: glovebox connection add --replace; or let the house assume \
             the role: --assume-role"
        }
        (Unavailable::Denied { .. } | Unavailable::Unproven(_), Place::Glue { .. }) => {
            "let the role or keys do glue:GetDatabase, glue:GetTable, glue:GetTables and \
             glue:GetPartitions, and s3:ListBucket and s3:GetObject below the roots; a role that \
             is assumed must trust the operator's account with this account's external id"
        }
        (Unavailable::Denied { .. } | Unavailable::Unproven(_), Place::Athena { .. }) => {
            "let the role or keys do athena:StartQueryExecution, athena:GetQueryExecution, \
             athena:StopQueryExecution and athena:GetTableMetadata, glue:GetTable and \
             glue:GetPartitions, and s3:GetObject, s3:PutObject, s3:DeleteObject and \
             s3:ListBucket below the root"
        }
        (Unavailable::Denied { .. }, Place::Postgresql { .. }) => {
            "GRANT USAGE ON SCHEMA and GRANT SELECT ON the tables to the user"
        }
        (Unavailable::Unusable(_), Place::Postgresql { .. }) => {
            "give the user and password that the server knows: glovebox connection add --replace; \
             let the user in from the house's address in pg_hba.conf"
        }
        (Unavailable::Denied { .. }, place) if is_of(place, ObjectProtocol::Gcs) => {
            "let the service account list and get objects (Storage Object Viewer on the bucket; to \
             take results Storage Object User), and look whether its key was revoked"
        }
        (Unavailable::Denied { .. }, place) if is_of(place, ObjectProtocol::Azure) => {
            "give a key that the storage account has now: glovebox connection add --replace; \
             --region names the account"
        }
        (Unavailable::Denied { .. } | Unavailable::Unproven(_), _) => {
            "let the credentials list the bucket and get objects below the roots (s3:ListBucket, \
             s3:GetObject; to take results s3:PutObject and s3:AbortMultipartUpload)"
        }
        (Unavailable::Elsewhere { .. }, _) => "name the region of the bucket: --region",
        (Unavailable::Outside { .. }, _) => "add the bucket or prefix to the roots: --root",
        (Unavailable::NotInCatalog { what: "table", .. }, _) => {
            "name a table that the catalog has: --table DATABASE.TABLE"
        }
        (Unavailable::NotInCatalog { .. }, _) => {
            "name databases as the catalog does: --database; or another catalog: --catalog-id"
        }
        (Unavailable::Missing { .. } | Unavailable::Empty { .. }, _) => {
            "tables lie at <root>/<database>/<table>: move the root, or name another table"
        }
        _ => return None,
    })
}
