//! One port, four doors: dispatch by the service in the SigV4 credential scope.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, Response};
use glovebox_aws_api::ApiError;
use glovebox_aws_api::sigv4::{Claim, SigError};
use glovebox_model::{Id, Query};

use crate::answer::Answer;
use crate::house::House;
use crate::s3::is_signature_v2;
use crate::wire::Headers;

#[cfg(test)]
mod tests;

/// The whole house as one service.
pub fn router(house: House) -> Router {
    Router::new().fallback(enter).with_state(house)
}

enum Door {
    Api(Box<Claim>),
    Health,
    S3,
    Shut(SigError),
}

async fn enter(State(house): State<House>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let headers = Headers::of(&parts);
    let health = parts.method == Method::GET && parts.uri.path() == "/healthz";
    let door = match Claim::of(&headers.request(&parts)) {
        _ if is_signature_v2(&parts) => Door::S3,
        Ok(claim) if claim.service == "s3" => Door::S3,
        Ok(claim) => Door::Api(Box::new(claim)),
        Err(SigError::Missing) if health => Door::Health,
        Err(error) => Door::Shut(error),
    };
    drop(headers);
    let request_id = request_id();
    let answer = match door {
        Door::S3 => return house.s3.answer(Request::from_parts(parts, body)).await,
        Door::Health => crate::health::answer(&house).await,
        Door::Shut(error) => Answer::from(ApiError::from(error)),
        Door::Api(claim) => crate::api::answer(&house, &claim, &parts, body, &request_id).await,
    };
    answer.into_response(&request_id)
}

/// A fresh id for the answer's header and the log; empty if the machine gives no entropy.
fn request_id() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Id::<Query>::from_random(bytes).to_string(),
        Err(_) => String::new(),
    }
}
