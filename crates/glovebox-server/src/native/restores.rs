//! The restore that a house goes on from, and the word of its members.

use glovebox_room::RestoreView;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault;
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

/// What was accepted, and whether the caller has confirmed it.
pub(super) async fn get(house: &House, call: &Call) -> Result<Value, Refused> {
    Ok(shown(house.room.get_restore(&call.caller).await?))
}

/// Which restore is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    number: u64,
}

/// The caller confirms what it allows since the restore that it names.
pub(super) async fn confirm(house: &House, call: &Call) -> Result<Value, Refused> {
    let wrong =
        |_| fault("number", "Member must be the number of the last restore, and the only one");
    let Confirmed { number } = serde_json::from_slice(call.body.bytes()).map_err(wrong)?;
    Ok(shown(Some(house.room.confirm_restore(&call.caller, number).await?)))
}

/// Times in whole seconds since 1970.
fn shown(view: Option<RestoreView>) -> Value {
    let seconds = |it: glovebox_model::Timestamp| it.as_millis().div_euclid(1000);
    let restore = view.map(|RestoreView { restore, is_confirmed }| {
        json!({
            "number": restore.number,
            "acceptedAt": seconds(restore.accepted),
            "budgetPeriodsClosedUntil": seconds(restore.closed),
            "isConfirmed": is_confirmed,
        })
    });
    json!({ "restore": restore })
}
