//! `/healthz`: whether the house can answer at all. Unsigned, tells nothing else.

use serde_json::json;

use crate::answer::Answer;
use crate::house::House;

/// 200 if the store answers, else 503.
pub(crate) async fn answer(house: &House) -> Answer {
    match house.room.store().read().await {
        Ok(_) => Answer::json(200, &json!({ "status": "ok" })),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            Answer::json(503, &json!({ "status": "unavailable" }))
        }
    }
}
