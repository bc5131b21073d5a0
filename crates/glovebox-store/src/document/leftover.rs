//! What a query began in a member's account, as it is written down.

use glovebox_model::Leftover;
use serde::{Deserialize, Serialize};

use crate::document::Document;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LeftoverDocument {
    V1(LeftoverV1),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum LeftoverV1 {
    Execution { bucket: String, folder: String, id: Option<String> },
    Upload { bucket: String, key: String, upload: String },
}

impl Document for LeftoverDocument {
    type Noun = Leftover;
    const WHAT: &'static str = "leftovers";

    fn of(noun: &Leftover) -> Self {
        Self::V1(match noun.clone() {
            Leftover::Execution { bucket, folder, id } => {
                LeftoverV1::Execution { bucket, folder, id }
            }
            Leftover::Upload { bucket, key, upload } => LeftoverV1::Upload { bucket, key, upload },
        })
    }

    fn noun(self) -> Option<Leftover> {
        let Self::V1(form) = self;
        Some(match form {
            LeftoverV1::Execution { bucket, folder, id } => {
                Leftover::Execution { bucket, folder, id }
            }
            LeftoverV1::Upload { bucket, key, upload } => Leftover::Upload { bucket, key, upload },
        })
    }
}
