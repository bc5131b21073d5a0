//! What a member says of the results that it receives, beyond AWS's shapes.

use glovebox_aws_api::{ApiError, Common};
use glovebox_room::MembershipExtension;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{fault, id};
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

/// The extension as a member writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    intervals: bool,
}

/// What is in force.
pub(super) async fn get(house: &House, call: &Call, membership: &str) -> Result<Value, Refused> {
    let id = id("membershipIdentifier", membership)?;
    let found = house.room.get_membership_extension(&call.caller, id).await?;
    Ok(shown(membership, found))
}

/// Says how results are to be delivered to this member.
pub(super) async fn put(house: &House, call: &Call, membership: &str) -> Result<Value, Refused> {
    let id = id("membershipIdentifier", membership)?;
    let extension = extension(call.body.bytes())?;
    let made = house.room.put_membership_extension(&call.caller, id, extension).await?;
    Ok(shown(membership, made))
}

fn shown(membership: &str, extension: MembershipExtension) -> Value {
    let MembershipExtension { intervals } = extension;
    json!({ "membershipId": membership, "extension": { "intervals": intervals } })
}

fn extension(body: &[u8]) -> Result<MembershipExtension, Refused> {
    let broken = "The body is not a JSON object";
    let value: Value = serde_json::from_slice(body)
        .map_err(|_| ApiError::common(Common::Serialization, broken))?;
    let written: Written =
        serde_json::from_value(value).map_err(|it| fault("extension", &it.to_string()))?;
    let Written { intervals } = written;
    Ok(MembershipExtension { intervals })
}

#[cfg(test)]
mod tests {
    use super::extension;

    #[test]
    fn what_is_missing_or_not_known_is_refused() {
        assert!(extension(br#"{"intervals": true}"#).is_ok_and(|it| it.intervals));
        for bad in ["", "[]", "{}", r#"{"intervals": 1}"#, r#"{"intervals": true, "more": 1}"#] {
            assert!(extension(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
