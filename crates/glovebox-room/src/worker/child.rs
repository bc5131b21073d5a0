//! The child's side: it walks one query with bare hands, and never outlives its parent.

use std::io::{self, BufRead as _, Read as _};
use std::process::ExitCode;
use std::sync::Arc;

use glovebox_model::Clock;
use glovebox_store::{HeadCounter, Store};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, getpid, kill_process, set_dumpable_behavior,
    setrlimit,
};
use zeroize::Zeroizing;

use super::WalkTask;
use super::caps::go_first;
use super::lines::Told;
use super::notes::Notes;
use super::proofs::ProofV1;
use crate::{Reaches, Walked, Walker};

/// The query has ended.
const ENDED: u8 = 0;
/// The walk ended and the query did not.
const UNFINISHED: u8 = 70;
/// Another walk has the query, or its membership runs as many as it may.
pub(super) const NOT_NOW: u8 = 75;

/// The longest line, in bytes: a task with the credentials of some hundred connections, 32 KiB
/// each at most, escaped twice. The other end is our own.
const LONGEST: u64 = 64 << 20;

/// The pipe held no task.
#[derive(Debug, thiserror::Error)]
#[error("`walk` is started by `serve` only: it reads its task from standard input")]
pub struct TaskError;

/// Reads the task from standard input. From then on this process is killed when the other end of
/// the pipe closes, which the kernel does when the parent dies.
///
/// Before that it is hardened, as it will hold rows and keys, and lets the kernel keep it to the
/// files, the address space and the time that its walk needs.
pub fn receive_task() -> Result<WalkTask, TaskError> {
    harden()?;
    let mut task = WalkTask::parse(&line().ok_or(TaskError)?).ok_or(TaskError)?;
    task.kernel.keep().map_err(|_| TaskError)?;
    // Before there is a second thread, and before anything is opened.
    task.raise_fence().map_err(|_| TaskError)?;
    // Nothing else of this process writes there.
    let notes = Arc::new(Notes::new(Box::new(io::stdout())));
    if let Some((terms, proofs)) = task.outside.take() {
        let egress = terms.gate().map_err(|_| TaskError)?;
        task.reaches = Arc::new(Reaches::new(egress, proofs).noted_by(notes.clone()));
    }
    let (reaches, halt) = (Arc::clone(&task.reaches), task.halt.clone());
    live_with_the_parent(move |line| match Told::parse(line) {
        Some(Told::Noted { number }) => notes.answered(number, true),
        Some(Told::Refused { number }) => notes.answered(number, false),
        Some(Told::Proofs(forms)) => {
            forms.iter().filter_map(ProofV1::read).for_each(|it| reaches.renew(&it));
        }
        Some(Told::Stop) => halt.stop(),
        None => {}
    })?;
    Ok(task)
}

/// What a process does first that will hold rows and keys of others: it goes before the house when
/// memory runs out, and dumps no core, is not traced, and says in the log no value by which it
/// panicked.
pub(super) fn harden() -> Result<(), TaskError> {
    go_first();
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).map_err(|_| TaskError)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|_| TaskError)?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
    Ok(())
}

/// Hears every line that the parent says, and kills this process once the parent is gone, or says
/// that nothing is wanted any more.
pub(super) fn live_with_the_parent(
    mut hear: impl FnMut(&str) + Send + 'static,
) -> Result<(), TaskError> {
    let watch = move || {
        while let Some(line) = line() {
            hear(&line);
        }
        // Nothing of this process is worth a tidy end: what is committed is committed.
        let _ = kill_process(getpid(), Signal::KILL);
    };
    std::thread::Builder::new().name("parent".into()).spawn(watch).map_err(|_| TaskError)?;
    Ok(())
}

/// The next line; none when the other end is closed.
pub(super) fn line() -> Option<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    let read = io::stdin().lock().take(LONGEST).read_line(&mut line).ok()?;
    (read > 0).then_some(line)
}

/// Walks the query of `task` and says by the exit code what became of it.
pub async fn walk_child(task: WalkTask, clock: Arc<dyn Clock>) -> ExitCode {
    match walk(&task, clock).await {
        Ok(Walked::Ended(_)) => ExitCode::from(ENDED),
        Ok(Walked::NotNow) => ExitCode::from(NOT_NOW),
        Ok(Walked::Unfinished) => ExitCode::from(UNFINISHED),
        Err(error) => {
            tracing::error!(query = %task.keys.query(), %error, "a walk failed");
            ExitCode::from(UNFINISHED)
        }
    }
}

async fn walk(
    task: &WalkTask,
    clock: Arc<dyn Clock>,
) -> Result<Walked, Box<dyn std::error::Error + Send + Sync>> {
    let mut store = Store::open_for_walk(&task.data_dir, task.keys.clone(), clock).await?;
    if let Some(path) = &task.head_counter {
        store = store.with_head_counter(HeadCounter::at(path.clone()));
    }
    let walker = Walker::new(store, task.engine(), &task.limits, task.crash.clone())?;
    let walker = walker.reaching(Arc::clone(&task.reaches)).halted_by(task.halt.clone());
    Ok(walker.walk().await?)
}
