//! The calls to a REST catalog. Of its answers only a prefix and the place of the metadata
//! are believed; what they say of endpoints, settings and credentials is not looked at.
//!
//! <https://iceberg.apache.org/rest-catalog-spec/>

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use url::Url;

use super::super::Unavailable;
use super::super::names::NAMES;
use super::super::source::Reach;
use crate::Barred;

const MAX_BODY: usize = 16 << 20;
/// How often a call is made that meets a passing fault, and the pause after the first.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(100);

/// Where the metadata of a table lies.
pub(super) async fn metadata_location(
    uri: &str,
    warehouse: Option<&str>,
    reach: &Reach,
    (database, table): (&str, &str),
) -> Result<String, Unavailable> {
    let prefix = prefix(uri, warehouse, reach).await?;
    let path = format!("{database}.{table}");
    let none = |is_database: bool| {
        if is_database {
            not_found("database", database.to_owned())
        } else {
            not_found("table", path.clone())
        }
    };
    let address = below(uri, &prefix, &["namespaces", database, "tables", table])?;
    let loaded = get(address, &path, reach, none).await?;
    let location = loaded.get("metadata-location").and_then(Value::as_str);
    location.map(Into::into).ok_or(Unavailable::Corrupt { path, row_group: None })
}

/// Some tables of a database: those of the first page.
pub(super) async fn names(
    uri: &str,
    warehouse: Option<&str>,
    reach: &Reach,
    database: &str,
) -> Result<Vec<String>, Unavailable> {
    let prefix = prefix(uri, warehouse, reach).await?;
    let none = |_: bool| not_found("database", database.to_owned());
    let address = below(uri, &prefix, &["namespaces", database, "tables"])?;
    let listed = get(address, database, reach, none).await?;
    let tables = listed.get("identifiers").and_then(Value::as_array);
    let name = |it: &Value| it.get("name")?.as_str().map(Into::into);
    Ok(tables.into_iter().flatten().filter_map(name).take(NAMES).collect())
}

/// What the catalog wants before all that is asked of it.
async fn prefix(uri: &str, warehouse: Option<&str>, reach: &Reach) -> Result<String, Unavailable> {
    let mut address = at(uri, &["v1", "config"])?;
    if let Some(warehouse) = warehouse {
        address.query_pairs_mut().append_pair("warehouse", warehouse);
    }
    let what = "the configuration of the catalog";
    let none = |_: bool| not_found("warehouse", warehouse.unwrap_or("of no name").to_owned());
    let config = get(address, what, reach, none).await?;
    let said = |of: &str| config.get(of)?.get("prefix")?.as_str();
    Ok(said("overrides").or_else(|| said("defaults")).unwrap_or_default().to_owned())
}

fn below(uri: &str, prefix: &str, rest: &[&str]) -> Result<Url, Unavailable> {
    let mut segments = vec!["v1"];
    segments.extend(prefix.split('/').filter(|it| !it.is_empty()));
    segments.extend(rest);
    at(uri, &segments)
}

fn not_found(what: &'static str, name: String) -> Unavailable {
    Unavailable::NotInCatalog { what, name }
}

fn at(uri: &str, segments: &[&str]) -> Result<Url, Unavailable> {
    let mut address = Url::parse(uri).map_err(|_| Unavailable::BadLocation)?;
    if segments.iter().any(|it| matches!(*it, "" | "." | "..")) {
        return Err(Unavailable::BadLocation);
    }
    let mut path = address.path_segments_mut().map_err(|()| Unavailable::BadLocation)?;
    path.pop_if_empty().extend(segments);
    drop(path);
    Ok(address)
}

/// What lies at an address; `none` says what it means that nothing does, knowing whether the
/// catalog misses even the database.
async fn get(
    address: Url,
    path: &str,
    reach: &Reach,
    none: impl Fn(bool) -> Unavailable,
) -> Result<Value, Unavailable> {
    let unreachable = |what| Unavailable::Unreachable { path: path.to_owned(), what };
    let answer = patiently(&address, path, reach).await?;
    let status = answer.status().as_u16();
    match status {
        200 | 404 => {}
        401 | 403 => return Err(Unavailable::Denied { path: path.to_owned() }),
        419 => return Err(Unavailable::Expired),
        _ => return Err(unreachable("its catalog gave no usable answer")),
    }
    let body = body(answer, path).await?;
    let read: Option<Value> = serde_json::from_slice(&body).ok();
    if status == 404 {
        let kind = read.as_ref().and_then(|it| it.get("error")?.get("type")?.as_str());
        return Err(none(kind == Some("NoSuchNamespaceException")));
    }
    read.ok_or_else(|| unreachable("its catalog gave no usable answer"))
}

/// The answer of the catalog, asked again while it is busy or not there.
async fn patiently(address: &Url, path: &str, reach: &Reach) -> Result<Response, Unavailable> {
    let mut pause = PAUSE;
    for attempt in 1.. {
        let mut request = reach.egress.client(address)?.get(address.clone());
        if let Some(token) = &reach.catalog_token {
            request = request.bearer_auth(token.reveal());
        }
        let answer = request.send().await;
        let is_last = attempt >= ATTEMPTS;
        match answer {
            Ok(answer) if is_last || !matches!(answer.status().as_u16(), 429 | 500..) => {
                return Ok(answer);
            }
            Ok(_) => {}
            Err(error) => {
                match Barred::behind(&error) {
                    // A resolver may fail for a while.
                    Some(Barred::Unreached(_)) if !is_last => {}
                    Some(barred) => return Err(Unavailable::Barred(barred)),
                    None if is_last => break,
                    None => {}
                }
            }
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2);
    }
    let (path, what) = (path.to_owned(), "its catalog did not answer");
    Err(Unavailable::Unreachable { path, what })
}

async fn body(mut answer: Response, path: &str) -> Result<Vec<u8>, Unavailable> {
    let mut body = Vec::new();
    let broken = |_| {
        let (path, what) = (path.to_owned(), "its catalog's answer broke off");
        Unavailable::Unreachable { path, what }
    };
    while let Some(bytes) = answer.chunk().await.map_err(broken)? {
        if body.len().saturating_add(bytes.len()) > MAX_BODY {
            let (path, limit) = (path.to_owned(), MAX_BODY as u64);
            return Err(Unavailable::Limit { path, what: "bytes of metadata", limit });
        }
        body.extend_from_slice(&bytes);
    }
    Ok(body)
}
