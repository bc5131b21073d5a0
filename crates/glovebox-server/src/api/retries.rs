//! A request that comes again gets its first answer: nothing is created, run or charged twice.

use std::time::Duration;

use axum::http::request::Parts;
use glovebox_aws_api::sigv4::Claim;
use glovebox_aws_api::{ApiError, Common};
use glovebox_model::Digest;
use glovebox_room::{AnswerClaim, Recalled, StoreError};

use super::{Call, carry_out, operation_name};
use crate::answer::Answer;
use crate::house::House;
use crate::wire::Way;

/// How often, and how many times, a second sender looks for the answer to the first.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: usize = 100;

/// What makes a POST or PATCH the same request as an earlier one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Same {
    /// The SDK's name for the call, with the same key, target and body.
    invocation: Option<Digest>,
    /// The signature.
    signature: Digest,
    /// Whether equal signatures are one request whatever the SDK calls it.
    signature_counts: bool,
}

/// How to know a request again; `None` for methods that are always answered afresh.
///
/// Two calls with equal arguments in one second have one signature. What the SDK calls them sets
/// them apart, but it is not signed: where others can read a request, they could give it another
/// name and send it again. See docs/decisions/0003.
pub(super) fn identity(claim: &Claim, parts: &Parts, body: &[u8], way: Way) -> Option<Same> {
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
    let signature_counts = way == Way::Open || invocation.is_none();
    Some(Same { invocation, signature, signature_counts })
}

/// Whether an operation only reads, although it is a POST: it is answered afresh, as every GET is,
/// and writes nothing that others who write would wait for.
pub(super) fn only_reads(operation: &str) -> bool {
    operation.starts_with("BatchGet")
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
pub(super) async fn once(house: &House, same: Same, call: Call) -> Answer {
    let house = house.clone();
    let done = tokio::spawn(async move { carry_out_once(&house, same, call).await }).await;
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was not carried out to its end");
        ApiError::internal().into()
    })
}

async fn carry_out_once(house: &House, same: Same, mut call: Call) -> Answer {
    let name = operation_name(&call);
    let Same { invocation, signature, signature_counts } = same;
    // The signature first: while it is looked up what the SDK calls the request, nobody can send
    // the same signature under another name.
    let mut claims = match first(house, signature, name, signature_counts).await {
        Ok(claim) => Vec::from_iter(claim),
        Err(answer) => return answer,
    };
    if let Some(invocation) = invocation {
        match named(house, invocation, name, &claims).await {
            Ok(claim) => claims.push(claim),
            Err(answer) => {
                settle(house, &claims, Some(&answer)).await;
                return answer;
            }
        }
    }
    // The claims stand in the transaction of the effect: whoever sends the request again finds it
    // carried out, even if the house falls before it answers.
    call.caller.claims.clone_from(&claims);
    let answer = carry_out(house, &call).await;
    settle(house, &claims, Some(&answer).filter(|it| stays(it))).await;
    answer
}

/// The right to carry out a request that has a name, or the answer that it got under that name
/// with another signature. In that case `signed`, the claims of this signature, are used up before
/// anything is waited for: without its name the retry would be a request of its own.
async fn named(
    house: &House,
    invocation: Digest,
    name: &'static str,
    signed: &[AnswerClaim],
) -> Result<AnswerClaim, Answer> {
    let failed = |error: StoreError| {
        tracing::error!(%error, "earlier answers could not be read");
        Answer::from(ApiError::internal())
    };
    let store = house.room.store();
    if let Recalled::First(claim) = store.recall(invocation, name).await.map_err(failed)? {
        return Ok(claim);
    }
    let mut tx = store.begin().await.map_err(failed)?;
    for claim in signed {
        tx.mark_done(claim).await.map_err(failed)?;
    }
    tx.commit().await.map_err(failed)?;
    let claim = first(house, invocation, name, true).await?;
    claim.ok_or_else(|| ApiError::internal().into())
}

/// Whether the same request would get this answer again: not if the house failed or was busy.
fn stays(answer: &Answer) -> bool {
    answer.status < 500 && answer.status != 429
}

/// The right to carry the request out (only if it is to be claimed), or the answer that it got
/// already.
async fn first(
    house: &House,
    same: Digest,
    name: &'static str,
    claimed: bool,
) -> Result<Option<AnswerClaim>, Answer> {
    let store = house.room.store();
    for _ in 0..LOOKS {
        let recalled = if claimed {
            store.recall(same, name).await.map(Some)
        } else {
            store.recall_only(same, name).await
        };
        match recalled {
            Ok(None) => return Ok(None),
            Ok(Some(Recalled::First(claim))) => return Ok(Some(claim)),
            Ok(Some(Recalled::Answered { status, body })) => {
                return Err(recalled_as(status, &body));
            }
            // Done and not answered yet: by another task in a moment, or never, if the house fell.
            Ok(Some(Recalled::Running | Recalled::Unanswered)) => tokio::time::sleep(LOOK).await,
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

fn recalled_as(status: u16, kept: &[u8]) -> Answer {
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
    fn what_only_reads_is_no_request_to_be_remembered() {
        for read in ["BatchGetSchema", "BatchGetCollaborationAnalysisTemplate"] {
            assert!(only_reads(read));
        }
        for other in ["StartProtectedQuery", "GetSchema", "ExplainQuery", "UpdateMembership"] {
            assert!(!only_reads(other), "{other}");
        }
    }

    #[test]
    fn a_house_that_failed_or_was_busy_is_asked_again() {
        let answer = |status| Answer { status, error: None, body: Vec::new() };
        for (status, kept) in [(200, true), (204, true), (400, true), (402, true), (404, true)]
            .into_iter()
            .chain([(429, false), (500, false), (503, false)])
        {
            assert_eq!(stays(&answer(status)), kept, "{status}");
        }
    }

    #[test]
    fn an_answer_comes_back_as_it_was_kept() {
        for answer in [
            Answer::json(200, &Value::String("a\nb".into())),
            Answer::json(204, &Value::Null),
            ApiError::unknown_operation(Some("X")).into(),
        ] {
            let back = recalled_as(answer.status, &keep(&answer));
            assert_eq!((back.status, back.error, back.body), {
                let Answer { status, error, body } = answer;
                (status, error, body)
            });
        }
    }
}
