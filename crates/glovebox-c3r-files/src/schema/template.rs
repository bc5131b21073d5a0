//! A schema with every choice left open, as the Java client writes it.

use serde_json::{Value, json};

use super::{Ground, cannot_be_encrypted};
use crate::Surroundings;

/// The template; columns that cannot be encrypted are said to be cleartext, or left out.
pub(super) fn make(ground: &Ground, world: &mut Surroundings<'_>) -> Value {
    let types = if ground.allow_cleartext {
        "[sealed|fingerprint|cleartext]"
    } else {
        "[sealed|fingerprint]"
    };
    let mut columns = Vec::new();
    for (index, column) in ground.columns.iter().enumerate() {
        let header = column.header.as_ref();
        let mut entry = match header {
            Some(it) => json!({"sourceHeader": it.as_str(), "targetHeader": it.as_str()}),
            None => json!({"targetHeader": glovebox_c3r::Header::positional(index).as_str()}),
        };
        if column.can_be_encrypted {
            entry["type"] = json!(types);
            entry["pad"] = json!({
                "COMMENT": "omit this pad entry unless column type is sealed",
                "type": "[none|fixed|max]",
                "length": "omit length property for type none, otherwise specify value in \
                           [0, 10000]",
            });
        } else {
            world.say(&cannot_be_encrypted(header, index, ground.allow_cleartext));
            entry["type"] = json!("cleartext");
        }
        let is_left_out = !column.can_be_encrypted && !ground.allow_cleartext;
        match (ground.has_headers, is_left_out) {
            (true, true) => {}
            (true, false) => columns.push(entry),
            (false, true) => columns.push(json!([])),
            (false, false) => columns.push(json!([entry])),
        }
    }
    json!({"headerRow": ground.has_headers, "columns": columns})
}
