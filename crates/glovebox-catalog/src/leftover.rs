//! What queries begin in members' accounts: written down before it holds anything, and taken away
//! when the process that began it is gone.

mod notebook;
mod place;

use std::sync::Arc;
use std::time::Duration;

use glovebox_model::{Leftover, Place};

pub use notebook::Notebook;
pub(crate) use notebook::{Note, Noted};
pub use place::lies_within;
pub(crate) use place::{MAX_NAME, is_execution};

use crate::table::{Reach, Unavailable, athena};
use crate::upload;

/// What became of something that was to be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleaned {
    /// Nothing is left of it.
    Gone,
    /// Nobody knows its name, and nothing of it was found: it was never begun, or is not seen yet.
    Unseen,
}

/// Time for taking one thing away.
const PATIENCE: Duration = Duration::from_secs(90);

/// Takes away what a query left behind a connection: with what the connection shows now, and
/// nowhere but where it reaches.
///
/// # Errors
/// Why it may still be there, for the owner of the connection.
pub async fn clean(reach: &Arc<Reach>, leftover: &Leftover) -> Result<Cleaned, Unavailable> {
    let path = format!("{}/{}", leftover.bucket(), leftover.key());
    if !lies_within(&reach.connection, leftover) {
        return Err(Unavailable::Outside { path });
    }
    let cleaning = async {
        match (leftover, &reach.connection.place) {
            (
                Leftover::Execution { folder, id, .. },
                Place::Athena { service, workgroup, results },
            ) => {
                let place = (service, workgroup.as_str(), results);
                athena::clean(reach, place, (folder.as_str(), id.as_deref())).await
            }
            (Leftover::Upload { bucket, key, upload }, Place::Files(objects)) => {
                let place = (bucket.as_str(), key.as_str());
                upload::abort(reach, objects, place, upload).await.map(|()| Cleaned::Gone)
            }
            _ => Err(Unavailable::Outside { path: path.clone() }),
        }
    };
    let late = |_| Err(Unavailable::Unreachable { path: path.clone(), what: LATE });
    tokio::time::timeout(PATIENCE, cleaning).await.unwrap_or_else(late)
}

const LATE: &str = "it did not answer in time";
