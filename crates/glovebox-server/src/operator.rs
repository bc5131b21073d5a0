//! The operator's own address: figures and readiness, apart from the doors that members use.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::get;
use glovebox_room::{Pulse, Store};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE as PROMETHEUS;

use crate::answer::Answer;
use crate::metrics::Metrics;
use crate::seats::Seats;
use crate::standing::{Asker, Standing};

/// A request must have arrived after so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the address shows.
#[derive(Debug, Clone)]
pub struct Watched {
    /// Whose figures.
    pub store: Store,
    /// How the house stands.
    pub standing: Standing,
    /// Whether queries are walked.
    pub pulse: Pulse,
    /// What was counted.
    pub metrics: Metrics,
}

/// An address that is listened on, and not served yet.
#[derive(Debug)]
pub struct OperatorServer {
    listener: TcpListener,
    address: SocketAddr,
}

impl OperatorServer {
    /// Begins to listen.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        Ok(Self { address: listener.local_addr()?, listener })
    }

    /// The address with its real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until it is dropped: to the very end of the house, which says there that it stops.
    pub async fn serve(self, watched: Watched) -> io::Result<()> {
        let routes = Router::new()
            .route("/metrics", get(metrics))
            .route("/readyz", get(ready))
            .with_state(watched);
        let server = axum_server::from_tcp(self.listener)?.http1_only();
        let mut server = server.first_request_timeout(PATIENCE);
        server.http_builder().http1().header_read_timeout(PATIENCE);
        server.acceptor(Seats::few()).serve(routes.into_make_service()).await
    }
}

async fn metrics(State(watched): State<Watched>) -> Response<Body> {
    let Watched { store, standing, pulse, metrics } = &watched;
    let mut response = match metrics.text(store, standing, pulse).await {
        Some(text) => Response::new(Body::from(text)),
        None => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
    };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROMETHEUS));
    response
}

async fn ready(State(watched): State<Watched>) -> Response<Body> {
    let (status, body) = watched.standing.answer(Asker::Operator);
    Answer::json(status, &body).into_response("")
}
