//! The two calls to a REST catalog. Of its answers only a prefix and the place of the metadata
//! are believed; what they say of endpoints, settings and credentials is not looked at.

use glovebox_model::Credentials;
use serde_json::Value;
use url::Url;

use super::super::Unavailable;
use super::super::source::Reach;

const MAX_BODY: usize = 16 << 20;

pub(super) async fn metadata_location(
    uri: &str,
    warehouse: Option<&str>,
    reach: &Reach,
    (database, table): (&str, &str),
) -> Result<String, Unavailable> {
    let mut address = at(uri, &["v1", "config"])?;
    if let Some(warehouse) = warehouse {
        address.query_pairs_mut().append_pair("warehouse", warehouse);
    }
    let config = get(address, "the configuration of the catalog", reach).await?;
    let said = |of: &str| config.get(of)?.get("prefix")?.as_str();
    let prefix = said("overrides").or_else(|| said("defaults")).unwrap_or_default();
    if prefix.split('/').any(|it| matches!(it, "." | "..")) {
        return Err(Unavailable::BadLocation);
    }
    let mut segments = vec!["v1"];
    segments.extend(prefix.split('/').filter(|it| !it.is_empty()));
    segments.extend(["namespaces", database, "tables", table]);
    let path = format!("{database}.{table}");
    let loaded = get(at(uri, &segments)?, &path, reach).await?;
    let location = loaded.get("metadata-location").and_then(Value::as_str);
    location.map(Into::into).ok_or(Unavailable::Corrupt { path, row_group: None })
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

async fn get(address: Url, path: &str, reach: &Reach) -> Result<Value, Unavailable> {
    let unreachable = |what| Unavailable::Unreachable { path: path.to_owned(), what };
    reach.egress.check(&address)?;
    let mut request = reach.egress.client().get(address);
    if let Credentials::Token(token) = reach.credentials.current() {
        request = request.bearer_auth(token.reveal());
    }
    let sent = request.send().await;
    let mut answer = sent.map_err(|_| unreachable("its catalog did not answer"))?;
    match answer.status().as_u16() {
        200 => {}
        401 | 403 => return Err(Unavailable::Denied { path: path.to_owned() }),
        404 => return Err(Unavailable::Missing { path: path.to_owned() }),
        _ => return Err(unreachable("its catalog gave no usable answer")),
    }
    let mut body = Vec::new();
    let broken = |_| unreachable("its catalog's answer broke off");
    while let Some(bytes) = answer.chunk().await.map_err(broken)? {
        if body.len().saturating_add(bytes.len()) > MAX_BODY {
            let (path, limit) = (path.to_owned(), MAX_BODY as u64);
            return Err(Unavailable::Limit { path, what: "bytes of metadata", limit });
        }
        body.extend_from_slice(&bytes);
    }
    serde_json::from_slice(&body).map_err(|_| unreachable("its catalog gave no usable answer"))
}
