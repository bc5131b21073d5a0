//! The parts of an object that is not finished: begun, written down, sent, and made one or taken
//! back.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use glovebox_model::{Leftover, Objects};
use object_store::MultipartId;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use tokio::runtime::Handle;

use crate::leftover::{MAX_NAME, Note, Noted};
use crate::table::{Reach, ResultsStore, Stop, Unavailable, from_store, from_taker, results_store};

/// Until parts that were sent are taken back.
const TAKE_BACK: Duration = Duration::from_secs(30);

/// Where an object goes.
pub(super) struct Target {
    pub(super) store: Arc<dyn ResultsStore>,
    pub(super) reach: Arc<Reach>,
    pub(super) bucket: String,
    pub(super) key: Path,
}

/// An upload in parts.
#[derive(Debug)]
pub(super) struct Parts {
    target: Arc<Target>,
    id: MultipartId,
    sent: Vec<PartId>,
    note: Note,
}

impl Target {
    /// For the owner.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.bucket, self.key)
    }

    async fn abort(&self, id: &MultipartId) -> Result<(), Unavailable> {
        aborted(&*self.store, &self.key, id).await.map_err(|it| from_store(&self.path(), &it))
    }
}

impl Parts {
    /// Begins one at the store. Who is told to stop meanwhile does not wait: what comes to be is
    /// taken back.
    pub(super) fn begin(target: &Arc<Target>, stop: &Stop) -> Result<(Self, Noted), Unavailable> {
        let runtime = Handle::try_current().map_err(|_| Unavailable::Stopped)?;
        let beginning = Arc::clone(target);
        let mut begun = runtime.spawn(async move {
            let made = beginning.store.create_multipart(&beginning.key).await;
            made.map_err(|it| from_taker(&beginning.path(), &it))
        });
        let made = stop.wait(async { (&mut begun).await.unwrap_or(Err(Unavailable::Stopped)) });
        if matches!(made, Err(Unavailable::Stopped)) {
            let target = Arc::clone(target);
            runtime.spawn(async move {
                if let Ok(Ok(id)) = begun.await {
                    drop(target.abort(&id).await);
                }
            });
        }
        let id = made?;
        let (note, noted) = match id.as_str() {
            // Azure knows no uploads: blocks that become no blob are gone after a week.
            "" => (Note::default(), std::future::ready(Ok(())).boxed()),
            long if long.len() > MAX_NAME => {
                let (path, limit) = (target.path(), MAX_NAME as u64);
                let refused = Unavailable::Limit { path, what: "bytes of an upload's name", limit };
                (Note::default(), std::future::ready(Err(refused)).boxed())
            }
            _ => target.reach.note(&what(target, &id)),
        };
        Ok((Self { target: Arc::clone(target), id, sent: Vec::new(), note }, noted))
    }

    /// Sends the next part.
    pub(super) async fn send(&mut self, bytes: Vec<u8>) -> Result<(), Unavailable> {
        let Target { store, key, .. } = &*self.target;
        let sent = store.put_part(key, &self.id, self.sent.len(), bytes.into()).await;
        self.sent.push(sent.map_err(|it| from_store(&self.target.path(), &it))?);
        Ok(())
    }

    /// Makes one object of all parts.
    pub(super) async fn complete(&mut self) -> Result<(), Unavailable> {
        let Target { store, key, .. } = &*self.target;
        let done = store.complete_multipart(key, &self.id, self.sent.clone()).await;
        done.map_err(|it| from_store(&self.target.path(), &it))?;
        self.note.strike();
        Ok(())
    }

    /// Takes back what was sent. What cannot be stays written down.
    pub(super) async fn take_back(self) -> Result<(), Unavailable> {
        // Of whoever hangs here no more is expected.
        let taken_back = tokio::time::timeout(TAKE_BACK, self.target.abort(&self.id)).await;
        if matches!(taken_back, Ok(Ok(()))) {
            self.note.strike();
        }
        Ok(())
    }
}

fn what(target: &Target, id: &MultipartId) -> Leftover {
    let (bucket, key) = (target.bucket.clone(), target.key.to_string());
    Leftover::Upload { bucket, key, upload: id.clone() }
}

/// Ends an upload that another process began.
pub(crate) async fn abort(
    reach: &Reach,
    objects: &Objects,
    (bucket, key): (&str, &str),
    upload: &str,
) -> Result<(), Unavailable> {
    let store = results_store(objects, bucket, reach)?;
    let path = Path::parse(key).map_err(|_| Unavailable::BadLocation)?;
    let ended = aborted(&*store, &path, &upload.to_owned()).await;
    ended.map_err(|it| from_store(&format!("{bucket}/{key}"), &it))
}

/// One that is not there is at its end.
async fn aborted(
    store: &dyn ResultsStore,
    key: &Path,
    id: &MultipartId,
) -> object_store::Result<()> {
    match MultipartStore::abort_multipart(store, key, id).await {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        done => done,
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({})", self.path())
    }
}
