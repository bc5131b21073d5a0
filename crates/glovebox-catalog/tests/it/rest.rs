//! A small REST catalog of Iceberg tables, of the tests' own: one table, and trouble.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, LOCATION};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the catalog says.
#[derive(Debug, Clone)]
pub(crate) struct Says {
    /// To who asks for its configuration.
    pub(crate) config: Value,
    /// Where the metadata of `db.t` lies.
    pub(crate) location: Value,
    /// Settings and credentials that come with the table.
    pub(crate) settings: Value,
    /// The only token that it takes.
    pub(crate) token: Option<&'static str>,
    /// Requests to which it is busy first.
    pub(crate) busy: usize,
    /// Where it sends everybody.
    pub(crate) redirect: Option<SocketAddr>,
}

impl Says {
    /// The usual things of a table.
    pub(crate) fn of(location: &str) -> Self {
        let (config, settings) = (json!({"defaults": {}, "overrides": {}}), json!({}));
        let location = json!(location);
        Self { config, location, settings, token: None, busy: 0, redirect: None }
    }
}

/// A running catalog.
#[derive(Clone)]
pub(crate) struct Rest(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    says: Says,
    /// Paths and queries.
    asked: watch::Sender<Vec<String>>,
}

impl Rest {
    pub(crate) async fn serve(says: Says) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let rest = Self(Arc::new(Inner { address, says, asked: watch::Sender::default() }));
        let app = Router::new().fallback(answer).with_state(rest.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        rest
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.asked.borrow().clone()
    }
}

fn error(status: u16, kind: &str) -> Response {
    let body = json!({"error": {"message": "hush", "type": kind, "code": status}}).to_string();
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

async fn answer(State(rest): State<Rest>, request: Request) -> Response {
    let Inner { says, asked, .. } = &*rest.0;
    let path = request.uri().path_and_query().unwrap().to_string();
    asked.send_modify(|it| it.push(path.clone()));
    if let Some(address) = says.redirect {
        return (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, format!("http://{address}{path}"))])
            .into_response();
    }
    if asked.borrow().len() <= says.busy {
        return error(503, "ServiceUnavailableException");
    }
    let given = request.headers().get(AUTHORIZATION).map(|it| it.to_str().unwrap());
    if given != says.token.map(|it| format!("Bearer {it}")).as_deref() {
        return error(401, "NotAuthorizedException");
    }
    if path.starts_with("/base/v1/config") {
        return match path.contains("warehouse=nowhere") {
            true => error(404, "NoSuchWarehouseException"),
            false => says.config.to_string().into_response(),
        };
    }
    if !path.contains("/namespaces/db/") {
        return error(404, "NoSuchNamespaceException");
    }
    if path.ends_with("/namespaces/db/tables") {
        let identifier = json!({"namespace": ["db"], "name": "t"});
        return json!({"identifiers": [identifier]}).to_string().into_response();
    }
    if !path.ends_with("/namespaces/db/tables/t") {
        return error(404, "NoSuchTableException");
    }
    let table =
        json!({"metadata-location": says.location, "config": says.settings, "metadata": {}});
    table.to_string().into_response()
}
