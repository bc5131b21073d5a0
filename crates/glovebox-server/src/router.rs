//! One port, four doors: dispatch by the service in the SigV4 credential scope.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, Response};
use glovebox_aws_api::ApiError;
use glovebox_aws_api::sigv4::{Claim, SigError};
use glovebox_model::{Id, Query};
use tokio::time::Instant;

use crate::answer::Answer;
use crate::house::House;
use crate::s3::is_signature_v2;
use crate::standing::Asker;
use crate::wire::Headers;

#[cfg(test)]
mod tests;

/// The whole house as one service.
pub fn router(house: House) -> Router {
    Router::new().fallback(enter).with_state(house)
}

enum Door {
    Api(Box<Claim>),
    Health(Probe),
    S3,
    Shut(SigError),
}

/// What may be asked without a signature.
#[derive(Clone, Copy)]
enum Probe {
    Alive,
    Ready,
}

async fn enter(State(house): State<House>, request: Request<Body>) -> Response<Body> {
    let begun = Instant::now();
    let request_id = request_id();
    let (operation, mut response) = answer(&house, request, &request_id).await;
    if let Ok(id) = HeaderValue::from_str(&request_id)
        && operation == S3
    {
        response.headers_mut().insert("x-amz-request-id", id);
    }
    let (status, time) = (response.status().as_u16(), begun.elapsed());
    house.metrics.answered(operation, status, time);
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    if operation == PROBE {
        tracing::debug!(request_id, operation, status, millis, "answered");
    } else {
        tracing::info!(request_id, operation, status, millis, "answered");
    }
    response
}

/// What is counted and logged as one operation each.
const S3: &str = "S3";
const PROBE: &str = "Probe";
const UNSIGNED: &str = "Unsigned";

async fn answer(
    house: &House,
    request: Request<Body>,
    request_id: &str,
) -> (&'static str, Response<Body>) {
    let (parts, body) = request.into_parts();
    let headers = Headers::of(&parts);
    let probe = match parts.uri.path() {
        "/healthz" => Some(Probe::Alive),
        "/readyz" => Some(Probe::Ready),
        _ => None,
    };
    let probe = probe.filter(|_| parts.method == Method::GET);
    let door = match Claim::of(&headers.request(&parts)) {
        _ if is_signature_v2(&parts) => Door::S3,
        Ok(claim) if claim.service == "s3" => Door::S3,
        Ok(claim) => Door::Api(Box::new(claim)),
        Err(error) => match (error, probe) {
            (SigError::Missing, Some(probe)) => Door::Health(probe),
            (error, _) => Door::Shut(error),
        },
    };
    drop(headers);
    let (operation, answer) = match door {
        Door::S3 => return (S3, house.s3.answer(Request::from_parts(parts, body)).await),
        Door::Health(Probe::Alive) => (PROBE, crate::health::answer(house).await),
        Door::Health(Probe::Ready) => {
            let (status, body) = house.standing.answer(Asker::Anybody);
            (PROBE, Answer::json(status, &body))
        }
        Door::Shut(error) => (UNSIGNED, Answer::from(ApiError::from(error))),
        Door::Api(claim) => crate::api::answer(house, &claim, &parts, body).await,
    };
    (operation, answer.into_response(request_id))
}

/// A fresh id for the answer's header and the log; empty if the machine gives no entropy.
fn request_id() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Id::<Query>::from_random(bytes).to_string(),
        Err(_) => String::new(),
    }
}
