//! The engine: its own threads, its own folders, three doors.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use glovebox_catalog::{Reach, Stop};
use glovebox_model::{AccountId, Destination, Id, Query};
use glovebox_privacy::{Encoded, Executed, Kept, Released, Reserved, ResultFiles, Rows, SampleKey};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use crate::deliver::{deliver, has_sealed};
use crate::encode::{Encoding, encode, forget, kept_folder};
use crate::finish::finish;
use crate::run::Run;
use crate::sample::Sample;
use crate::session::Share;
use crate::waiting::until;
use crate::{
    Cancel, Cause, Delivered, EngineConfig, Failed, Input, KeptKey, Limits, Pinned, Undelivered,
    UndeliveredCause,
};

/// Runs plans on threads of its own, so that no query can hold up whoever called it.
#[derive(Debug)]
pub struct Engine {
    config: EngineConfig,
    runtime: Option<Runtime>,
}

/// An engine could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Its folders.
    #[error("the data directory cannot be used")]
    Folder(#[source] std::io::Error),
    /// Its threads.
    #[error("the threads of the engine cannot be started")]
    Threads(#[source] std::io::Error),
}

impl Engine {
    /// An engine over an existing data directory; makes `kept/` and `spill/` in it (0700).
    pub fn new(config: EngineConfig) -> Result<Self, EngineError> {
        kept_folder(&config.data_dir).map_err(EngineError::Folder)?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(config.data_dir.join("spill"))
            .map_err(EngineError::Folder)?;
        let (count, begin) = (config.partitions, config.on_thread);
        let runtime = threads(count, begin).map_err(EngineError::Threads)?;
        Ok(Self { config, runtime: Some(runtime) })
    }

    /// Executes a reserved plan over its inputs: all are pinned before any is read, and what
    /// was not pinned is not read. The checks of the plan come first, each over a table of the
    /// runner's alone; the plan then reads the same files or the query fails.
    ///
    /// Returns when nothing of the query runs any more, also when it failed. `query` names the
    /// folder for spilling; `key` chooses which groups of a user count, and has been used for no
    /// other query.
    ///
    /// # Errors
    /// [`Failed`], with the reservation; its cost stays taken.
    pub async fn execute(
        &self,
        reserved: Reserved,
        query: Id<Query>,
        inputs: Vec<Input>,
        limits: &Limits,
        (cancel, key): (&Cancel, SampleKey),
    ) -> Result<Executed, Failed> {
        let inputs = (inputs, Pinned::default());
        self.execute_pinned(reserved, query, inputs, limits, (cancel, key)).await
    }

    /// Lists the files of all inputs and reads none of them, within the time of a query.
    ///
    /// # Errors
    /// [`Failed`], when a table cannot be listed, the query was cancelled or its time is up.
    pub async fn pin(
        &self,
        inputs: &[Input],
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<Pinned, Failed> {
        let failed = |cause| Failed { reserved: None, cause };
        let inputs = inputs.to_vec();
        let ends = (Instant::now() + limits.wall, cancel);
        let handle = self.runtime().map_err(failed)?.handle();
        let waited = until(handle, ends, move |stop| Pinned::of(&inputs, &stop)).await;
        if cancel.is_cancelled() {
            return Err(failed(Cause::Cancelled));
        }
        if waited.is_ended {
            // No row was read yet.
            return Err(failed(Cause::Time { rows_met: false }));
        }
        waited.done.unwrap_or(Err(Cause::Internal("listing panicked"))).map_err(failed)
    }

    /// The same as [`Engine::execute`] over inputs that were pinned before: a table whose files
    /// have changed since fails the query.
    ///
    /// # Errors
    /// [`Failed`], with the reservation; its cost stays taken.
    pub async fn execute_pinned(
        &self,
        reserved: Reserved,
        query: Id<Query>,
        (inputs, pinned): (Vec<Input>, Pinned),
        limits: &Limits,
        (cancel, key): (&Cancel, SampleKey),
    ) -> Result<Executed, Failed> {
        let sample = reserved.sampling().map(|it| Sample::new(&it, key.bytes()));
        let inputs = (inputs, pinned);
        match self.rows(&reserved, query, inputs, limits, (cancel, sample)).await {
            Ok((rows, other)) => Ok(reserved.seal(rows, other)),
            Err(cause) => Err(Failed { reserved: Some(reserved), cause }),
        }
    }

    async fn rows(
        &self,
        reserved: &Reserved,
        query: Id<Query>,
        (inputs, pinned): (Vec<Input>, Pinned),
        limits: &Limits,
        (cancel, sample): (&Cancel, Option<Sample>),
    ) -> Result<(Rows, Option<Rows>), Cause> {
        let spill_folder = self.spill_folder(query);
        if let Some(faults) = &self.config.faults {
            faults.spill()?;
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&spill_folder)?;
        let run = Run {
            handle: self.runtime()?.handle(),
            plan: reserved.plan(),
            guards: &reserved.guards(),
            checks: reserved.checks(),
            remainder: reserved.remainder(),
            inputs: inputs.into(),
            pinned,
            share: self.share(spill_folder.clone()),
            limits,
            cancel,
            recorder: self.config.recorder.clone(),
            sample,
        };
        let outcome = run.rows().await;
        remove(&spill_folder)?;
        outcome
    }

    fn share(&self, spill_folder: PathBuf) -> Share {
        Share {
            memory_bytes: self.config.memory_bytes,
            spill_bytes: self.config.spill_bytes,
            spill_folder,
            partitions: self.config.partitions,
        }
    }

    /// Computes the rest of a private query over its released numbers; of any other there is
    /// none.
    ///
    /// # Errors
    /// [`Failed`]; the result is gone.
    pub async fn finish(&self, released: Released, query: Id<Query>) -> Result<Released, Failed> {
        let failed = |cause| Failed { reserved: None, cause };
        let spill_folder = self.spill_folder(query);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&spill_folder);
        made.map_err(|it| failed(it.into()))?;
        let (handle, share) =
            (self.runtime().map_err(failed)?.handle(), self.share(spill_folder.clone()));
        let finished = released
            .finished(|plan, schema, batches| async move {
                let work = handle.spawn(async move { finish(&share, plan, schema, batches).await });
                work.await.unwrap_or(Err(Cause::Internal("the rest of the plan panicked")))
            })
            .await;
        remove(&spill_folder).map_err(|it| failed(it.into()))?;
        finished.map_err(failed)
    }

    /// Encodes a released result for every destination into sealed files, all of them durable.
    ///
    /// # Errors
    /// [`Failed`]; the result is gone.
    pub async fn encode(
        &self,
        released: Released,
        query: Id<Query>,
        destinations: Vec<Destination>,
        key: &KeptKey,
    ) -> Result<Encoded, Failed> {
        let failed = |cause| Failed { reserved: None, cause };
        let (config, key) = (self.config.clone(), key.clone());
        let work = move || {
            released.encode(query, |schema, batches| {
                let encoding = Encoding {
                    query,
                    destinations: &destinations,
                    key: &key,
                    result_bytes: config.result_bytes,
                    part_bytes: config.part_bytes,
                    faults: config.faults.as_ref(),
                };
                encode(&config.data_dir, &encoding, schema, batches)
            })
        };
        let done = self.runtime().map_err(failed)?.spawn_blocking(work).await;
        done.unwrap_or(Err(Cause::Internal("encoding panicked"))).map_err(failed)
    }

    /// Delivers kept files to all receivers, each object whole; may be repeated at any time.
    /// `stores` are the connections of receivers to stores of their own.
    ///
    /// # Errors
    /// [`Undelivered`], with the kept result.
    pub async fn deliver(
        &self,
        kept: impl Into<Arc<Kept>>,
        key: &KeptKey,
        stores: &[Arc<Reach>],
    ) -> Result<Delivered, Undelivered> {
        self.deliver_until(kept, key, stores, &Stop::default()).await
    }

    /// The same, until it is told to halt: what is not whole by then is taken back.
    ///
    /// # Errors
    /// [`Undelivered`], with the kept result.
    pub async fn deliver_until(
        &self,
        kept: impl Into<Arc<Kept>>,
        key: &KeptKey,
        stores: &[Arc<Reach>],
        halt: &Stop,
    ) -> Result<Delivered, Undelivered> {
        self.deliver_files((kept.into(), None), key, stores, halt).await
    }

    /// Delivers the copy of one receiver, whatever becomes of the others'.
    ///
    /// # Errors
    /// [`Undelivered`], with the kept result.
    pub async fn deliver_to(
        &self,
        (kept, receiver): (impl Into<Arc<Kept>>, AccountId),
        key: &KeptKey,
        stores: &[Arc<Reach>],
        halt: &Stop,
    ) -> Result<Delivered, Undelivered> {
        self.deliver_files((kept.into(), Some(receiver)), key, stores, halt).await
    }

    async fn deliver_files(
        &self,
        (kept, only): (Arc<Kept>, Option<AccountId>),
        key: &KeptKey,
        stores: &[Arc<Reach>],
        halt: &Stop,
    ) -> Result<Delivered, Undelivered> {
        let (config, key, files) = (self.config.clone(), key.clone(), Arc::clone(&kept));
        let (stores, halt) = (stores.to_vec(), halt.clone());
        let work = move || deliver(&config, (files.files(), only), &key, &stores, &halt);
        let done = match self.runtime() {
            Ok(runtime) => runtime.spawn_blocking(work).await.ok(),
            Err(_) => None,
        };
        done.unwrap_or(Err((None, UndeliveredCause::Interrupted)))
            .map_err(|(receiver, cause)| Undelivered { kept, receiver, cause })
    }

    /// Whether the sealed files of a result are all there. What they hold is seen when they are
    /// delivered.
    pub fn has_kept(&self, files: &ResultFiles) -> bool {
        files.files.iter().all(|it| has_sealed(&self.config.data_dir, &it.sealed))
    }

    /// Removes what a query left: its kept files once it is closed, and its spilled rows if its
    /// process was killed.
    pub fn forget(&self, query: Id<Query>) -> std::io::Result<()> {
        forget(&self.config.data_dir, query)?;
        self.forget_spilled(query)
    }

    /// Removes the spilled rows of a query; its kept files stay.
    pub fn forget_spilled(&self, query: Id<Query>) -> std::io::Result<()> {
        remove(&self.spill_folder(query))
    }

    fn spill_folder(&self, query: Id<Query>) -> PathBuf {
        self.config.data_dir.join("spill").join(query.to_string())
    }

    fn runtime(&self) -> Result<&Runtime, Cause> {
        self.runtime.as_ref().ok_or(Cause::Internal("the engine has ended"))
    }
}

/// How long threads that end are waited for.
const ENDING: Duration = Duration::from_secs(5);

/// Ends without waiting for threads that are busy: dropping a runtime inside another would.
///
/// A thread of its own waits for those that end. To let go of a thread with a large stack in the
/// moment in which it ends is a fault of memory before glibc 2.37
/// (<https://sourceware.org/bugzilla/show_bug.cgi?id=19951>).
impl Drop for Engine {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        let waiting = std::thread::Builder::new().name("engine ends".into());
        drop(waiting.spawn(move || runtime.shutdown_timeout(ENDING)));
    }
}

/// The stack of every thread that plans or reads.
pub(crate) const STACK_BYTES: usize = 16 << 20;

/// Threads for plans. Tasks of a plan keep their threads busy: each thread looks for orders from
/// outside, such as to stop one, before every step and not, as is usual, after some sixty. Each of
/// them begins with `begin`.
pub(crate) fn threads(count: usize, begin: fn()) -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .on_thread_start(begin)
        .thread_name("engine")
        .worker_threads(count.max(1))
        .thread_stack_size(STACK_BYTES)
        .global_queue_interval(1)
        .event_interval(1)
        .enable_all()
        .build()
}

fn remove(folder: &std::path::Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
