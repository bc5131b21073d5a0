//! Extensions of configured tables, and locks of associations.

use glovebox_aws_api::shapes::GetSchemaInput;
use glovebox_aws_api::{ApiError, Common, Input as _, route};
use glovebox_model::{Extension, Mode, TableName};
use glovebox_room::{ExtensionView, NativeSchema};
use serde::Deserialize;
use serde_json::{Value, json};

use super::declared::{WrittenDeclared, declared_of};
use super::encryption::{WrittenEncryption, encryption_of};
use super::{ROOT, fault, id};
use crate::api::Call;
use crate::errors::Refused;
use crate::house::House;

/// The extension as its owner writes it; what is absent has its default.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    mode: String,
    #[serde(default)]
    max_groups_per_identity: Option<u32>,
    #[serde(default)]
    distinct_runner_rows: bool,
    #[serde(default)]
    suppression_notice: bool,
    #[serde(default)]
    public_for_privacy: bool,
    #[serde(default)]
    privacy: Option<WrittenDeclared>,
    #[serde(default)]
    encryption: Option<WrittenEncryption>,
}

/// How the rule of a table is read, for its owner.
pub(super) async fn get(house: &House, call: &Call, table: &str) -> Result<Value, Refused> {
    let id = id("configuredTableIdentifier", table)?;
    let view = house.room.get_extension(&call.caller, id).await?;
    Ok(json!({ "configuredTableId": table, "extension": shown(&view) }))
}

/// Says how the rule of a table is read.
pub(super) async fn put(house: &House, call: &Call, table: &str) -> Result<Value, Refused> {
    let id = id("configuredTableIdentifier", table)?;
    let extension = extension(call.body.bytes())?;
    let view = house.room.put_extension(&call.caller, id, extension).await?;
    Ok(json!({ "configuredTableId": table, "extension": shown(&view) }))
}

/// What members see of a table beyond AWS's shapes.
pub(super) async fn schema(
    house: &House,
    call: &Call,
    collaboration: &str,
) -> Result<Value, Refused> {
    let id = id("collaborationIdentifier", collaboration)?;
    // The path below the root is AWS's own.
    let path = call.path.strip_prefix(ROOT.trim_end_matches('/')).unwrap_or_default();
    let (_, labels) = route("GET", path).ok_or_else(|| ApiError::unknown_operation(None))?;
    let GetSchemaInput { name, .. } = GetSchemaInput::parse(&labels, &call.query, &[])?;
    let name = TableName::new(&name).map_err(|bad| fault("name", &bad.to_string()))?;
    let found = house.room.native_schema(&call.caller, id, &name).await?;
    let NativeSchema { association, rule, extension, locked_out } = found;
    Ok(json!({
        "collaborationId": collaboration,
        "name": name.as_str(),
        "configuredTableAssociationId": association.id.to_string(),
        "creatorAccountId": association.account.as_str(),
        "analysisRuleType": rule.map(|it| it.aws_name()),
        "extension": shown(&extension),
        "lockedOut": locked_out.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
    }))
}

/// Lets runners whose queries failed too often query a table again.
pub(super) async fn unlock(
    house: &House,
    call: &Call,
    association: &str,
) -> Result<Value, Refused> {
    let id = id("configuredTableAssociationIdentifier", association)?;
    let unlocked = house.room.unlock_association(&call.caller, id).await?;
    Ok(json!({
        "configuredTableAssociationId": association,
        "name": unlocked.name.as_str(),
        "lockedOut": [],
    }))
}

fn shown(view: &ExtensionView) -> Value {
    let ExtensionView { extension, digest, is_set } = view;
    let Extension {
        mode,
        max_groups_per_identity,
        distinct_runner_rows,
        suppression_notice,
        public_for_privacy,
        declared,
        encryption,
    } = extension;
    json!({
        "mode": mode.aws_name(),
        "maxGroupsPerIdentity": max_groups_per_identity,
        "distinctRunnerRows": distinct_runner_rows,
        "suppressionNotice": suppression_notice,
        "publicForPrivacy": public_for_privacy,
        "privacy": declared_of(declared),
        "encryption": encryption_of(encryption),
        "digest": digest.to_string(),
        "isSet": is_set,
    })
}

fn extension(body: &[u8]) -> Result<Extension, Refused> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|_| ApiError::common(Common::Serialization, "The body is not a JSON object"))?;
    // What serde says names the field and never a value that is a secret: the body is the
    // owner's own.
    let written: Written =
        serde_json::from_value(value).map_err(|it| fault("extension", &it.to_string()))?;
    let Written {
        mode,
        max_groups_per_identity,
        distinct_runner_rows,
        suppression_notice,
        public_for_privacy,
        privacy,
        encryption,
    } = written;
    let mode =
        Mode::from_aws_name(&mode).ok_or_else(|| fault("mode", "Member must be strict or aws"))?;
    let declared = privacy.map(WrittenDeclared::read).transpose()?.unwrap_or_default();
    let encryption = encryption.map(WrittenEncryption::read).transpose()?.unwrap_or_default();
    Ok(Extension {
        mode,
        max_groups_per_identity,
        distinct_runner_rows,
        suppression_notice,
        public_for_privacy,
        declared,
        encryption,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused() {
        let good = br#"{"mode": "aws", "maxGroupsPerIdentity": 1, "suppressionNotice": true}"#;
        let read = extension(good).unwrap();
        assert_eq!((read.mode, read.max_groups_per_identity), (Mode::Aws, Some(1)));
        assert!(read.suppression_notice && !read.distinct_runner_rows);
        let private = br#"{"mode": "strict", "privacy": {"bounds": {"delay": {"low": -60,
            "high": 600.5}}, "maxGroupsPerUser": 3, "publicKeys": {"carrier": ["AA"]}}}"#;
        let declared = extension(private).unwrap().declared;
        assert_eq!(declared_of(&declared)["bounds"]["delay"], json!({"low": -60, "high": 600.5}));
        let encrypted = br#"{"mode": "strict", "encryption": {"columns": {"Email": "fingerprint",
            "name": "sealed"}, "withoutNulls": ["email"]}}"#;
        let encryption = extension(encrypted).unwrap().encryption;
        let shown = json!({"columns": {"email": "fingerprint", "name": "sealed"},
            "withoutNulls": ["email"]});
        assert_eq!(encryption_of(&encryption), shown);
        for bad in [
            r#"{"mode": "strict", "encryption": {}}"#,
            r#"{"mode": "strict", "encryption": {"columns": {"name": "cleartext"}}}"#,
            r#"{"mode": "strict", "encryption": {"columns": {"a": "sealed", "A": "sealed"}}}"#,
            r#"{"mode": "strict", "encryption": {"columns": {"a\"b": "sealed"}}}"#,
            r#"{"mode": "strict", "encryption": {"columns": {}, "withoutNulls": ["a", "A"]}}"#,
            r#"{"mode": "strict", "encryption": {"columns": {}, "preserveNulls": true}}"#,
            r#"{"mode": "strict", "privacy": {"bounds": {"delay": {"low": 1, "high": 0}}}}"#,
            r#"{"mode": "strict", "privacy": {"bounds": {"delay": {"low": 1e300, "high": 0}}}}"#,
            r#"{"mode": "strict", "privacy": {"accountant": "mine"}}"#,
            "",
            "[]",
            "{}",
            r#"{"mode": "lax"}"#,
            r#"{"mode": "aws", "epsilon": 1}"#,
            r#"{"mode": "aws", "maxGroupsPerIdentity": -1}"#,
            r#"{"mode": "aws", "distinctRunnerRows": "yes"}"#,
        ] {
            assert!(extension(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
