//! The JSON doors: read the body, verify the signature, answer each request once.

mod arrivals;
mod body;
mod retries;

pub(crate) use body::Bodies;
use body::Whole;

use axum::body::Body;
use axum::http::request::Parts;
use glovebox_aws_api::sigv4::{API, Claim, SigError, gates, verify};
use glovebox_aws_api::{ApiError, Common, Query, route};
use glovebox_room::Caller;

use crate::answer::Answer;
use crate::house::House;
use crate::wire::{Headers, Way};
use crate::{aws, native};

/// A secret that no key has, so that an unknown key costs the work of a wrong signature.
const NOBODY: &str = "this is the secret of no key at all....";

/// A verified request of a JSON door.
pub(crate) struct Call {
    /// Who asks.
    pub(crate) caller: Caller,
    /// The HTTP method.
    pub(crate) method: String,
    /// The path, raw.
    pub(crate) path: String,
    /// The query string, decoded.
    pub(crate) query: Query,
    /// The body.
    pub(crate) body: Whole,
}

/// What is said of a request whose signature does not hold, and of one that asks for nothing known.
const NOT_ADMITTED: &str = "NotAdmitted";
const UNKNOWN: &str = "Unknown";

/// Answers a request that claims to be signed for `cleanrooms`; says first for which operation.
pub(crate) async fn answer(
    house: &House,
    claim: &Claim,
    parts: &Parts,
    body: Body,
) -> (&'static str, Answer) {
    let (caller, body) = match admit(house, claim, parts, body).await {
        Ok(admitted) => admitted,
        Err(error) => return (NOT_ADMITTED, error.into()),
    };
    let Some(query) = Query::parse(parts.uri.query().unwrap_or_default()) else {
        let malformed = "the query string is malformed";
        return (UNKNOWN, ApiError::common(Common::MalformedHttpRequest, malformed).into());
    };
    let method = parts.method.to_string();
    let same = retries::identity(claim, parts, body.bytes(), Way::of(parts, house.tls));
    let call = Call { caller, method, path: parts.uri.path().to_owned(), query, body };
    let operation = operation_name(&call);
    let answer = match same.filter(|_| !retries::only_reads(operation)) {
        Some(same) => retries::once(house, same, call).await,
        None => carry_out(house, &call).await,
    };
    (operation, answer)
}

/// What the request asks for, done.
async fn carry_out(house: &House, call: &Call) -> Answer {
    if native::is_native(&call.path) {
        return native::answer(house, call).await;
    }
    match route(&call.method, &call.path) {
        Some((operation, labels)) => aws::answer(house, call, operation, &labels).await,
        None => ApiError::unknown_operation(None).into(),
    }
}

/// The name of the operation or endpoint that a request is for; for telling requests apart.
fn operation_name(call: &Call) -> &'static str {
    let operation = route(&call.method, &call.path).map(|(operation, _)| operation.name());
    operation.or_else(|| native::name(&call.method, &call.path)).unwrap_or(UNKNOWN)
}

/// Who asks, and the body that was signed. What cannot be right is refused before its body is
/// read.
async fn admit(
    house: &House,
    claim: &Claim,
    parts: &Parts,
    body: Body,
) -> Result<(Caller, Whole), ApiError> {
    gates(&API, claim, &Headers::of(parts).request(parts), house.now_seconds())?;
    let body = house.bodies.read(parts, body).await?;
    let caller = authenticate(house, claim, parts, body.bytes()).await?;
    Ok((caller, body))
}

async fn authenticate(
    house: &House,
    claim: &Claim,
    parts: &Parts,
    body: &[u8],
) -> Result<Caller, ApiError> {
    let signer = house.room.store().signer(&claim.access_key_id).await.map_err(|error| {
        tracing::error!(%error, "keys could not be read");
        ApiError::internal()
    })?;
    let headers = Headers::of(parts);
    let request = headers.request(parts);
    let secret = signer.as_ref().map_or(NOBODY, |it| it.secret.reveal());
    let verdict = verify(&API, claim, &request, Some(body), secret, house.now_seconds());
    match (verdict, signer) {
        (Ok(()), Some(signer)) => Ok(Caller::new(signer.account, signer.access_key_id)),
        (Ok(()), None) => Err(SigError::Mismatch.into()),
        (Err(error), _) => Err(error.into()),
    }
}
