//! One execution of a query, from its start until nothing of it is left.

use std::time::Duration;

use object_store::ObjectStoreExt;
use object_store::path::Path;
use tokio::runtime::Handle;

use super::super::Unavailable;
use super::super::files::SourceFile;
use super::super::glue::within;
use super::super::objects::{found, head};
use super::super::stop::Stop;
use super::super::unavailable::from_store;
use super::client::{Athena, Ended, Request};
use super::faults;

/// A query that Athena was told to run. Clones are one.
#[derive(Debug, Clone)]
pub(super) struct Execution {
    athena: Athena,
    pub(super) path: String,
    id: String,
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
/// Time for a query to end that was told to.
const ENDING: Duration = Duration::from_secs(10);

/// Starts a query. Who is told to stop meanwhile does not wait: what comes to run is stopped.
pub(super) fn begin(
    athena: &Athena,
    request: Request,
    stop: &Stop,
) -> Result<Execution, Unavailable> {
    let runtime = Handle::try_current().map_err(|_| Unavailable::Stopped)?;
    let (path, starting) = (request.path.clone(), athena.clone());
    let mut started = runtime.spawn(async move { starting.start(&request).await });
    let begun = |id| Execution { athena: athena.clone(), path: path.clone(), id };
    let broken = || faults::failed(&path, "the request to Athena broke off");
    let outcome =
        stop.wait(async { (&mut started).await.unwrap_or_else(|_| Err(broken())) }).map(&begun);
    if matches!(outcome, Err(Unavailable::Stopped)) {
        let unknown = begun(String::new());
        runtime.spawn(async move {
            if let Ok(Ok(id)) = started.await {
                drop(Execution { id, ..unknown }.leave(None, false).await);
            }
        });
    }
    outcome
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
            let told = ended.and_then(|it| it.location).and_then(|it| self.place(&it).ok());
            self.remove(told.map_or_else(|| self.usual(), Ok)?).await?;
            stopped
        };
        let late = || faults::failed(&self.path, "its result could not be removed in time");
        tokio::time::timeout(LEAVING, leaving).await.unwrap_or_else(|_| Err(late()))
    }

    /// Where the result lies that was asked for.
    fn usual(&self) -> Result<Place, Unavailable> {
        let root = self.athena.results.roots.first().ok_or(Unavailable::BadLocation)?;
        let key = match root.prefix.as_str() {
            "" => format!("{}.csv", self.id),
            prefix => format!("{prefix}/{}.csv", self.id),
        };
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
