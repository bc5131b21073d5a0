//! The collaboration's settings: given, or asked for.

use std::io::Read;

use glovebox_c3r::{CollaborationId, Settings};
use serde_json::Value;

use crate::{Failed, Origin, Surroundings};

/// Settings are four booleans: whatever is longer is another file.
const LONGEST: u64 = 1 << 20;

/// The settings of `--settings`, else those that the server has.
pub(crate) fn of(
    origin: &Origin,
    id: &CollaborationId,
    world: &Surroundings<'_>,
) -> Result<Settings, Failed> {
    match given(origin)? {
        Some(settings) => Ok(settings),
        None => (world.ask)(origin, id),
    }
}

/// The settings, if they were given or if there is an id to ask for.
pub(crate) fn if_any(
    origin: &Origin,
    id: Option<&CollaborationId>,
    world: &Surroundings<'_>,
) -> Result<Option<Settings>, Failed> {
    match (given(origin)?, id) {
        (None, Some(id)) => (world.ask)(origin, id).map(Some),
        (given, _) => Ok(given),
    }
}

fn given(origin: &Origin) -> Result<Option<Settings>, Failed> {
    let Some(text) = origin.settings.as_deref() else { return Ok(None) };
    let text = if text.trim_start().starts_with('{') {
        text.to_owned()
    } else {
        let path = std::path::Path::new(text);
        let failed = |it: &std::io::Error| Failed::io("cannot read the settings in", path, it);
        let file = std::fs::File::open(path).map_err(|it| failed(&it))?;
        let mut content = String::new();
        file.take(LONGEST).read_to_string(&mut content).map_err(|it| failed(&it))?;
        content
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        Failed::new(format!("--settings is not JSON: line {}", error.line())).cause(&error)
    })?;
    from_answer(&value).map(Some)
}

/// The settings in what GetCollaboration answers, or in a part of it.
pub fn from_answer(answer: &Value) -> Result<Settings, Failed> {
    let answer = answer.get("collaboration").unwrap_or(answer);
    let metadata = match answer.get("dataEncryptionMetadata") {
        Some(metadata) => metadata,
        None if answer.get("allowCleartext").is_some() => answer,
        None => {
            return Err(Failed::new(
                "the collaboration was not created for cryptographic computing: it has no \
                 dataEncryptionMetadata",
            )
            .help("it can only be set when a collaboration is created: create another one"));
        }
    };
    serde_json::from_value(metadata.clone()).map_err(|error| {
        Failed::new("the settings are not those of cryptographic computing")
            .help(
                "they are the four booleans allowCleartext, allowDuplicates, \
                 allowJoinsOnColumnsWithDifferentNames and preserveNulls",
            )
            .cause(&error)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn four() -> Value {
        json!({"allowCleartext": true, "allowDuplicates": false,
               "allowJoinsOnColumnsWithDifferentNames": true, "preserveNulls": false})
    }

    fn origin(settings: &str) -> Origin {
        let settings = Some(settings.to_owned());
        Origin { settings, endpoint_url: None, profile: None, region: None }
    }

    #[test]
    fn settings_are_taken_in_every_wrapping() {
        let expected = Settings {
            allow_cleartext: true,
            allow_duplicates: false,
            allow_joins_on_columns_with_different_names: true,
            preserve_nulls: false,
        };
        for answer in [
            four(),
            json!({"dataEncryptionMetadata": four()}),
            json!({"collaboration": {"name": "x", "dataEncryptionMetadata": four()}}),
        ] {
            assert_eq!(from_answer(&answer).unwrap(), expected);
            assert_eq!(given(&origin(&answer.to_string())).unwrap(), Some(expected));
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.json");
        std::fs::write(&file, four().to_string()).unwrap();
        assert_eq!(given(&origin(file.to_str().unwrap())).unwrap(), Some(expected));
    }

    #[test]
    fn what_is_missing_or_unknown_is_refused() {
        let none = json!({"collaboration": {"name": "x"}});
        assert!(from_answer(&none).unwrap_err().text().contains("was not created for"));
        let mut three = four();
        three.as_object_mut().unwrap().remove("preserveNulls");
        assert!(from_answer(&three).is_err());
        let mut text = four();
        text["preserveNulls"] = json!("true");
        assert!(from_answer(&text).is_err());
        assert!(given(&origin("{")).unwrap_err().text().contains("not JSON"));
        assert!(given(&origin("/no/such")).unwrap_err().text().contains("/no/such"));
    }
}
