//! One execution of a query, from its start until nothing of it is left.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use glovebox_model::Leftover;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use tokio::runtime::Handle;

use super::super::Unavailable;
use super::super::files::SourceFile;
use super::super::glue::within;
use super::super::objects::{found, head};
use super::super::stop::Stop;
use super::super::unavailable::from_store;
use super::client::{Athena, Ended, NotBegun, Request};
use super::faults;
use crate::leftover::{Cleaned, Note, is_execution};

/// A query that Athena was told to run. Clones are one.
#[derive(Debug, Clone)]
pub(super) struct Execution {
    athena: Athena,
    pub(super) path: String,
    id: String,
    /// The folder of its result.
    folder: String,
    note: Note,
}

/// Where an execution leaves its result.
#[derive(Debug, Clone)]
pub(super) struct Place {
    bucket: String,
    key: String,
}

/// Bytes of a result at most.
const LONGEST_RESULT: u64 = 64 << 30;
/// Time to take an execution and its result away.
const LEAVING: Duration = Duration::from_secs(30);
/// Objects that an execution leaves, at most: its result and what describes it.
const MOST_LEFT: usize = 16;
/// Time for a query to end that was told to.
const ENDING: Duration = Duration::from_secs(10);

/// Starts a query, once it is written down where its result will lie. Who is told to stop
/// meanwhile does not wait: what comes to run is stopped.
pub(super) fn begin(
    athena: &Athena,
    request: Request,
    stop: &Stop,
) -> Result<Execution, Unavailable> {
    let runtime = Handle::try_current().map_err(|_| Unavailable::Stopped)?;
    let (bucket, folder) = athena.folder(&request.token)?;
    let what = |id| Leftover::Execution { bucket: bucket.clone(), folder: folder.clone(), id };
    let (note, noted) = athena.reach().note(&what(None));
    if let Err(fault) = stop.wait(noted) {
        note.strike();
        return Err(fault);
    }
    let (path, starting) = (request.path.clone(), athena.clone());
    let mut started = runtime.spawn(async move { starting.start(&request).await });
    let begun = |id: String| {
        note.amend(&what(Some(id.clone())));
        let (athena, path, folder) = (athena.clone(), path.clone(), folder.clone());
        Execution { athena, path, id, folder, note: note.clone() }
    };
    let outcome = stop.wait(async { Ok((&mut started).await) });
    match outcome {
        Ok(Ok(Ok(id))) => Ok(begun(id)),
        Ok(Ok(Err(NotBegun { why, is_certain }))) => {
            if is_certain {
                note.strike();
            }
            Err(why)
        }
        Ok(Err(_)) => Err(faults::failed(&path, "the request to Athena broke off")),
        Err(fault) => {
            let unknown = Execution {
                athena: athena.clone(),
                path: path.clone(),
                id: String::new(),
                folder: folder.clone(),
                note: note.clone(),
            };
            runtime.spawn(async move {
                match started.await {
                    Ok(Ok(id)) => drop(Execution { id, ..unknown }.leave(None, false).await),
                    Ok(Err(NotBegun { is_certain: true, .. })) => unknown.note.strike(),
                    Ok(Err(_)) | Err(_) => {}
                }
            });
            Err(fault)
        }
    }
}

/// Ends a query that another process began and removes its result, which lies in `folder`.
pub(super) async fn clean(
    athena: Athena,
    (folder, id): (&str, Option<&str>),
) -> Result<Cleaned, Unavailable> {
    let path = format!("the query for {folder}");
    let found = match id {
        Some(id) => Some(id.to_owned()),
        None => match athena.find(&path, folder).await {
            // Without the right to look for it: what it wrote is removed all the same.
            Err(fault @ Unavailable::Denied { .. }) => {
                empty(&athena, folder).await?;
                return Err(fault);
            }
            found => found?,
        },
    };
    let Some(id) = found else {
        empty(&athena, folder).await?;
        return Ok(Cleaned::Unseen);
    };
    let (folder, note) = (folder.to_owned(), Note::default());
    Execution { athena, path, id, folder, note }.leave(None, false).await?;
    Ok(Cleaned::Gone)
}

/// Removes results, and what belongs to them, from a folder into which one execution wrote.
async fn empty(athena: &Athena, folder: &str) -> Result<(), Unavailable> {
    let root = athena.results.roots.first().ok_or(Unavailable::BadLocation)?;
    let bucket = athena.bucket(&root.bucket)?;
    let path = Path::parse(folder).map_err(|_| Unavailable::BadLocation)?;
    let fault = |it: object_store::Error| from_store(folder, &it);
    let listed = bucket.store.list(Some(&path)).take(MOST_LEFT);
    let found: Vec<_> = listed.try_collect().await.map_err(fault)?;
    for object in found.iter().filter(|it| is_result(it.location.filename().unwrap_or_default())) {
        match bucket.store.delete(&object.location).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(fault(error)),
        }
    }
    Ok(())
}

fn is_result(name: &str) -> bool {
    let name = name.strip_suffix(".metadata").unwrap_or(name);
    name.strip_suffix(".csv").is_some_and(is_execution)
}

impl Execution {
    /// Waits for the end: where the result lies, if the connection may read and remove it there.
    pub(super) async fn finished(&self) -> Result<Place, Unavailable> {
        let Ended { how, location } = self.athena.ended(&self.path, &self.id).await?;
        how.map_err(|it| faults::failed(&self.path, it))?;
        let elsewhere = "the workgroup keeps the results of its queries to itself";
        self.place(&location.ok_or(Unavailable::Unusable(elsewhere))?)
    }

    /// A location, if it is one of the connection's and of this very execution: the result of
    /// another is none of ours to read or remove.
    fn place(&self, location: &str) -> Result<Place, Unavailable> {
        let (bucket, key) = within(&self.athena.results, location)?;
        let name = key.rsplit('/').next().unwrap_or_default();
        if name.strip_suffix(".csv") == Some(&self.id) {
            Ok(Place { bucket, key })
        } else {
            Err(Unavailable::Outside { path: location.to_owned() })
        }
    }

    /// The result as it lies there.
    pub(super) async fn result(&self, place: &Place) -> Result<SourceFile, Unavailable> {
        let bucket = self.athena.bucket(&place.bucket)?;
        let object = head(&bucket, place.key.clone()).await?;
        let object = object.ok_or_else(|| faults::failed(&self.path, "its result is gone"))?;
        if object.size > LONGEST_RESULT {
            let (path, limit) = (self.path.clone(), LONGEST_RESULT);
            return Err(Unavailable::Limit { path, what: "bytes of a result", limit });
        }
        let file = found(&bucket, &object, Vec::new());
        Ok(SourceFile { file, footer: None, whole: None, deleted: None })
    }

    /// Ends the query unless it `is_over`, and removes what it left, wherever that is.
    pub(super) async fn leave(
        &self,
        place: Option<Place>,
        is_over: bool,
    ) -> Result<(), Unavailable> {
        let leaving = async {
            if is_over {
                return self.remove(place.map_or_else(|| self.usual(), Ok)?).await;
            }
            let stopped = self.athena.stop(&self.path, &self.id).await;
            // What it still writes is there when it has ended, however it ends.
            let ending = self.athena.ended(&self.path, &self.id);
            let ended = tokio::time::timeout(ENDING, ending).await.ok().and_then(Result::ok);
            let is_over = ended.is_some();
            let told = ended.and_then(|it| it.location).and_then(|it| self.place(&it).ok());
            self.remove(told.map_or_else(|| self.usual(), Ok)?).await?;
            // What has ended need not be stopped.
            let running = || faults::failed(&self.path, "its query has not ended in Athena");
            if is_over { Ok(()) } else { stopped.and_then(|()| Err(running())) }
        };
        let late = || faults::failed(&self.path, "its result could not be removed in time");
        let left = tokio::time::timeout(LEAVING, leaving).await.unwrap_or_else(|_| Err(late()));
        if left.is_ok() {
            self.note.strike();
        }
        left
    }

    /// Where the result lies that was asked for.
    fn usual(&self) -> Result<Place, Unavailable> {
        let root = self.athena.results.roots.first().ok_or(Unavailable::BadLocation)?;
        let key = format!("{}/{}.csv", self.folder, self.id);
        Ok(Place { bucket: root.bucket.clone(), key })
    }

    async fn remove(&self, Place { bucket, key }: Place) -> Result<(), Unavailable> {
        let bucket = self.athena.bucket(&bucket)?;
        for key in [key.clone(), format!("{key}.metadata")] {
            let path = Path::parse(&key).map_err(|_| Unavailable::BadLocation)?;
            match bucket.store.delete(&path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(from_store(&key, &error)),
            }
        }
        Ok(())
    }
}
