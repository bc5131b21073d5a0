//! One child process, from the parent's side.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;

use super::child::NOT_NOW;
use super::{SupervisorConfig, WalkTask};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, saying that now is not the time.
    NotNow,
    /// In any other way; what became of the query stands in the store.
    Gone,
}

/// A process that walks a query.
pub(super) struct Walking {
    child: Child,
    /// Open as long as the parent lives: when it closes, the child dies.
    pipe: ChildStdin,
}

/// Lets glibc ask for large pages: what a query looks up lies scattered over hundreds of MiB, and
/// private queries over millions of users take a fifth less time. Other allocators do not mind.
const LARGE_PAGES: (&str, &str) = ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");

/// Starts a process for a task: nothing of ours in its environment, the task through a pipe.
pub(super) async fn start(config: &SupervisorConfig, task: &WalkTask) -> io::Result<Walking> {
    let mut child = Command::new(&config.program)
        .args(&config.arguments)
        .env_clear()
        .env(LARGE_PAGES.0, LARGE_PAGES.1)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()?;
    let no_pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
    let mut pipe = child.stdin.take().ok_or_else(no_pipe)?;
    let line = task.to_line().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    pipe.write_all(line.as_bytes()).await?;
    pipe.flush().await?;
    Ok(Walking { child, pipe })
}

impl Walking {
    /// Waits until the process has ended, and ends it when told to or after `longest`.
    pub(super) async fn end(mut self, longest: Duration, kill: oneshot::Receiver<()>) -> End {
        let status = tokio::select! {
            status = self.child.wait() => status,
            // A kill that was dropped is a supervisor that is gone.
            _ = kill => self.killed().await,
            () = tokio::time::sleep(longest) => self.killed().await,
        };
        drop(self.pipe);
        match status {
            Ok(status) if status.code() == Some(i32::from(NOT_NOW)) => End::NotNow,
            Ok(status) => {
                tracing::debug!(%status, "a walk's process ended");
                End::Gone
            }
            Err(error) => {
                tracing::error!(%error, "a walk's process could not be waited for");
                End::Gone
            }
        }
    }

    async fn killed(&mut self) -> io::Result<std::process::ExitStatus> {
        self.child.start_kill()?;
        self.child.wait().await
    }
}
