//! AWS's clients speak through the gate.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use futures::StreamExt;

use crate::Egress;

/// The HTTP of an AWS client: what the gate lets through, and answers that fit in memory.
#[derive(Debug, Clone)]
pub(crate) struct Through(pub(crate) Egress);

/// Time for one call to a service of AWS, retries included.
pub(crate) const CALL: Duration = Duration::from_secs(60);
/// Bytes of an answer at most: a page of a catalog.
const MAX_ANSWER: usize = 16 << 20;

impl HttpConnector for Through {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let egress = self.0.clone();
        HttpConnectorFuture::new(async move { send(&egress, request).await })
    }
}

impl HttpClient for Through {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

async fn send(egress: &Egress, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let user = |it: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(it);
    let request = request.try_into_http1x().map_err(|it| user(it.into()))?;
    let (parts, body) = request.into_parts();
    let address = url::Url::parse(&parts.uri.to_string()).map_err(|it| user(it.into()))?;
    let client = egress.client(&address).map_err(|it| user(it.into()))?;
    let body = body.bytes().map(<[u8]>::to_vec);
    let body = body.ok_or_else(|| user("a body that is a stream".into()))?;
    let sent = client.request(parts.method, address).headers(parts.headers).body(body);
    let answer = sent.send().await.map_err(fault)?;
    let mut built = ::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        built = built.header(name, value);
    }
    let (mut bytes, mut stream) = (Vec::new(), answer.bytes_stream());
    while let Some(more) = stream.next().await {
        bytes.extend_from_slice(&more.map_err(fault)?);
        if bytes.len() > MAX_ANSWER {
            return Err(user("the answer is too long".into()));
        }
    }
    let answer = built.body(SdkBody::from(bytes)).map_err(|it| user(it.into()))?;
    HttpResponse::try_from(answer).map_err(|it| user(it.into()))
}

/// What may pass is tried again by the client.
fn fault(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}
