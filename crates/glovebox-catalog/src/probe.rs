//! Whether a connection works, step by step, for its owner: what it takes to set permissions right.

mod mend;

use std::sync::Arc;

use glovebox_model::{AwsService, ObjectProtocol, Objects, Place};

use self::mend::mend;
use crate::Barred;
use crate::table::{
    Connected, Described, Reach, Stop, TableLocation, Unavailable, athena, describe, list_root,
    names,
};

/// One step of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `reach`, `credentials`, `catalog`, `query` or `read`.
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

/// Of what was not tried any more.
const NO_TIME: &str = "there was no time left to try it";

/// Tries a connection, and of `table` or the first table that is found the schema. Who is told to
/// stop says what was seen until then, and what did not answer. Blocks.
pub fn probe(reach: &Arc<Reach>, table: Option<(String, String)>, stop: &Stop) -> Vec<Step> {
    let at = (&reach.connection.place, stop);
    let mut steps = Vec::new();
    for address in addresses(at.0) {
        steps.push(step(("reach", address), at, |address| {
            stop.wait(knock(reach, address)).map(|()| "answers".to_owned())
        }));
    }
    if steps.iter().any(|it| matches!(it.probed, Probed::Fails(_))) {
        return steps;
    }
    if let (true, Some(objects)) = (reach.connection.databases.is_empty(), at.0.objects()) {
        steps.push(step(("credentials", root(objects)), at, |_| {
            list_root(reach, stop).map(|()| "the root can be listed".to_owned())
        }));
    }
    let mut first = table;
    for database in &reach.connection.databases {
        steps.push(step(("catalog", database.clone()), at, |database| {
            let found = names(reach, database, stop)?;
            if first.is_none() {
                first = found.first().map(|it| (database.to_owned(), it.clone()));
            }
            Ok(match found.as_slice() {
                [] => "it holds no table".to_owned(),
                found => format!("has {}", found.join(", ")),
            })
        }));
    }
    if let Place::Athena { service, workgroup, results } = at.0 {
        let database = first.as_ref().map(|it| &it.0).or(reach.connection.databases.first());
        let database = database.map(String::as_str).unwrap_or_default();
        steps.push(step(("query", workgroup.clone()), at, |_| {
            athena::try_query((service, workgroup.as_str(), results), reach, database, stop)?;
            Ok("it ran, and its result was read and removed".to_owned())
        }));
    }
    steps.push(read(reach, first, stop));
    steps
}

/// The first root as its owner wrote it.
fn root(objects: &Objects) -> String {
    let scheme = objects.protocol.scheme();
    let root = objects.roots.first();
    root.map(|it| format!("{scheme}://{}/{}", it.bucket, it.prefix)).unwrap_or_default()
}

/// One step, unless there is no time left for it.
fn step(
    (name, about): (&'static str, String),
    (place, stop): (&Place, &Stop),
    work: impl FnOnce(&str) -> Result<String, Unavailable>,
) -> Step {
    if stop.is_stopped() {
        return Step::new(name, about, Probed::Skipped(NO_TIME.to_owned()), place);
    }
    let (name, probed) = match work(&about).map_err(|it| it.or_late(&about, stop)) {
        Ok(seen) => (name, Probed::Works(seen)),
        Err(why @ (Unavailable::Denied { .. } | Unavailable::Expired)) if name == "catalog" => {
            ("credentials", Probed::Fails(why))
        }
        Err(why) => (name, Probed::Fails(why)),
    };
    Step::new(name, about, probed, place)
}

/// The schema of one table: its catalog entry, and one file's footer or header.
fn read(reach: &Arc<Reach>, table: Option<(String, String)>, stop: &Stop) -> Step {
    let place = &reach.connection.place;
    let Some((database, table)) = table else {
        let none = "name a table to read: there is none that could be chosen";
        let skipped = if stop.is_stopped() { NO_TIME } else { none };
        return Step::new("read", "a table", Probed::Skipped(skipped.to_owned()), place);
    };
    let about = format!("{database}.{table}");
    step(("read", about), (place, stop), |_| {
        let connected = Connected { reach: Arc::clone(reach), database, table };
        let described = describe(&TableLocation::Connected(connected), stop)?;
        let Described { columns, partition_keys, .. } = described;
        let keys = partition_keys.len();
        Ok(format!("{} columns, {keys} partition keys", columns.len()))
    })
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
