//! One child process, from the parent's side.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;
use tokio::time::{Interval, MissedTickBehavior, interval};
use zeroize::Zeroizing;

use super::SupervisorConfig;
use super::child::NOT_NOW;
use super::resident::resident;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, saying that now is not the time.
    NotNow,
    /// In any other way; what became of the query stands in the store.
    Gone,
    /// By our hand: it held more memory than it may.
    Overgrown,
}

/// A process that walks a query.
pub(super) struct Walking {
    child: Child,
    /// Open as long as the parent lives: when it closes, the child dies.
    pipe: ChildStdin,
    memory: Memory,
}

/// How often the memory of a process is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// What a process may hold, and whether that is seen.
struct Memory {
    pid: Option<u32>,
    most: u64,
    looks: Interval,
}

/// What the parent says to a process: its task and what follows from that, and answers.
pub(super) struct Lines {
    pub(super) told: Receiver<Zeroizing<String>>,
    pub(super) words: Receiver<Zeroizing<String>>,
}

/// How long a process may take to hear a line.
const HEARING: Duration = Duration::from_secs(30);

/// Lets glibc ask for large pages: what a query looks up lies scattered over hundreds of MiB, and
/// private queries over millions of users take a fifth less time. Other allocators do not mind.
const LARGE_PAGES: (&str, &str) = ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");

/// Starts a process: nothing of ours in its environment. It waits for its task at a pipe, and says
/// through another what it begins elsewhere.
pub(super) fn start(config: &SupervisorConfig) -> io::Result<(Walking, ChildStdout)> {
    let mut child = Command::new(&config.program)
        .args(&config.arguments)
        .env_clear()
        .env(LARGE_PAGES.0, LARGE_PAGES.1)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()?;
    let no_pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
    let pipe = child.stdin.take().ok_or_else(no_pipe)?;
    let voice = child.stdout.take().ok_or_else(no_pipe)?;
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let memory = Memory { pid: child.id(), most: config.caps.process_bytes, looks };
    Ok((Walking { child, pipe, memory }, voice))
}

impl Walking {
    /// Waits until the process has ended, and ends it when told to or after `longest`. The first of
    /// the lines is its task; others may follow.
    pub(super) async fn end(
        self,
        longest: Duration,
        mut kill: oneshot::Receiver<()>,
        lines: Lines,
    ) -> End {
        let Self { mut child, pipe, mut memory } = self;
        let late = tokio::time::sleep(longest);
        let telling = tell(pipe, lines);
        tokio::pin!(late, telling);
        let mut overgrown = false;
        let status = tokio::select! {
            status = child.wait() => status,
            // A kill that was dropped is a supervisor that is gone.
            _ = &mut kill => killed(&mut child).await,
            () = &mut late => killed(&mut child).await,
            () = memory.exceeded() => {
                overgrown = true;
                killed(&mut child).await
            }
            () = &mut telling => killed(&mut child).await,
        };
        match status {
            Ok(_) if overgrown => End::Overgrown,
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
}

/// Passes lines on and holds the pipe open, until there is nothing to be told any more or the
/// process does not listen: without its task it would wait for ever.
async fn tell(mut pipe: ChildStdin, Lines { mut told, mut words }: Lines) {
    loop {
        let line = tokio::select! {
            line = told.recv() => match line {
                Some(line) => line,
                None => return,
            },
            Some(line) = words.recv() => line,
        };
        let telling = async {
            pipe.write_all(line.as_bytes()).await?;
            pipe.flush().await
        };
        let deaf = |_| Err(io::ErrorKind::TimedOut.into());
        if tokio::time::timeout(HEARING, telling).await.unwrap_or_else(deaf).is_err() {
            return;
        }
    }
}

async fn killed(child: &mut Child) -> io::Result<std::process::ExitStatus> {
    child.start_kill()?;
    child.wait().await
}

impl Memory {
    /// Ready when the process holds more than it may.
    async fn exceeded(&mut self) {
        loop {
            self.looks.tick().await;
            let Some(pid) = self.pid else { return std::future::pending().await };
            match resident(pid) {
                Ok(Some(bytes)) if bytes > self.most => return,
                Ok(_) => {}
                // The process is there until it is waited for: the kernel hides it from us.
                Err(error) => {
                    tracing::warn!(%error, "the memory of a query's process cannot be seen");
                    self.pid = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
