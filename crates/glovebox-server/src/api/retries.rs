//! A request that comes again gets its first answer: nothing is created, run or charged twice.

use std::time::Duration;

use axum::http::request::Parts;
use glovebox_aws_api::sigv4::Claim;
use glovebox_aws_api::{ApiError, Common};
use glovebox_model::Digest;
use glovebox_room::{AnswerClaim, Recalled};

use super::{Call, carry_out, operation_name};
use crate::answer::Answer;
use crate::house::House;

/// How often, and how many times, a second sender looks for the answer to the first.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: usize = 100;

/// What makes a POST or PATCH the same request: the SDK's name for the call with the same key,
/// target and body, and its signature, in this order. `None` for methods that are always answered
/// afresh.
pub(super) fn identities(claim: &Claim, parts: &Parts, body: &[u8]) -> Option<Vec<Digest>> {
    if !matches!(parts.method.as_str(), "POST" | "PATCH") {
        return None;
    }
    let key = claim.access_key_id.as_bytes();
    let invocation = parts.headers.get("amz-sdk-invocation-id").map(|invocation| {
        digest(&[
            b"invocation",
            key,
            invocation.as_bytes(),
            parts.method.as_str().as_bytes(),
            parts.uri.path().as_bytes(),
            parts.uri.query().unwrap_or_default().as_bytes(),
            body,
        ])
    });
    let signature = digest(&[b"signature", key, &claim.signature]);
    Some(invocation.into_iter().chain([signature]).collect())
}

/// Of all parts with their lengths, so that no two lists give the same bytes.
fn digest(parts: &[&[u8]]) -> Digest {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    Digest::of(&bytes)
}

/// Carries the request out unless it came before. It is carried out to its end even when the
/// sender does not wait for the answer.
pub(super) async fn once(house: &House, same: Vec<Digest>, call: Call) -> Answer {
    let house = house.clone();
    let done = tokio::spawn(async move { carry_out_once(&house, same, call).await }).await;
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was not carried out to its end");
        ApiError::internal().into()
    })
}

async fn carry_out_once(house: &House, same: Vec<Digest>, mut call: Call) -> Answer {
    let name = operation_name(&call);
    let mut claims = Vec::new();
    for identity in same {
        match first(house, identity, name).await {
            Ok(claim) => claims.push(claim),
            Err(answer) => {
                settle(house, &claims, None).await;
                return answer;
            }
        }
    }
    // The claims stand in the transaction of the effect: whoever sends the request again finds it
    // carried out, even if the house falls before it answers.
    call.caller.claims.clone_from(&claims);
    let answer = carry_out(house, &call).await;
    settle(house, &claims, Some(&answer).filter(|it| it.status < 500)).await;
    answer
}

/// The right to carry the request out, or the answer that it got already.
async fn first(house: &House, same: Digest, name: &'static str) -> Result<AnswerClaim, Answer> {
    for _ in 0..LOOKS {
        match house.room.store().recall(same, name).await {
            Ok(Recalled::First(claim)) => return Ok(claim),
            Ok(Recalled::Answered { status, body }) => return Err(recalled(status, &body)),
            // Done and not answered yet: by another task in a moment, or never, if the house fell.
            Ok(Recalled::Running | Recalled::Unanswered) => tokio::time::sleep(LOOK).await,
            Err(error) => {
                tracing::error!(%error, "earlier answers could not be read");
                return Err(ApiError::internal().into());
            }
        }
    }
    let text = "this request was sent before and its answer is not known: look whether it was done";
    Err(ApiError::common(Common::ServiceUnavailable, text).into())
}

/// Keeps the answer for the next time, or lets the request come again as if it never came.
async fn settle(house: &House, claims: &[AnswerClaim], answer: Option<&Answer>) {
    let store = house.room.store();
    for claim in claims {
        let noted = match answer {
            Some(answer) => store.remember_answer(claim, answer.status, &keep(answer)).await,
            None => store.forget_request(claim).await,
        };
        if let Err(error) = noted {
            tracing::error!(%error, "the answer to a request could not be noted");
        }
    }
}

/// An answer as it is kept: its error's name, a line feed, its body.
fn keep(answer: &Answer) -> Vec<u8> {
    let mut kept = answer.error.clone().unwrap_or_default().into_bytes();
    kept.push(b'\n');
    kept.extend_from_slice(&answer.body);
    kept
}

fn recalled(status: u16, kept: &[u8]) -> Answer {
    let split = kept.iter().position(|it| *it == b'\n');
    let (name, body) = split.and_then(|at| kept.split_at_checked(at)).unwrap_or((&[], kept));
    let name = String::from_utf8_lossy(name).into_owned();
    let body = body.strip_prefix(b"\n").unwrap_or(body).to_vec();
    Answer { status, error: Some(name).filter(|it| !it.is_empty()), body }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn an_answer_comes_back_as_it_was_kept() {
        for answer in [
            Answer::json(200, &Value::String("a\nb".into())),
            Answer::json(204, &Value::Null),
            ApiError::unknown_operation(Some("X")).into(),
        ] {
            let back = recalled(answer.status, &keep(&answer));
            assert_eq!((back.status, back.error, back.body), {
                let Answer { status, error, body } = answer;
                (status, error, body)
            });
        }
    }
}
