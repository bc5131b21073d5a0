//! Real processes that take too much, and neighbours that do not.

use std::time::Duration;

use tokio::process::ChildStdout;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

use super::*;
use crate::{Caps, CrashPoint, WalkLimits};

fn config(program: &str, arguments: &[&str], process_bytes: u64) -> SupervisorConfig {
    SupervisorConfig {
        program: program.into(),
        arguments: arguments.iter().map(Into::into).collect(),
        slots: 1,
        memory_bytes: 1 << 20,
        caps: Caps { process_bytes, ..Caps::of(1 << 20) },
        partitions: 1,
        limits: WalkLimits::default(),
        crash: CrashPoint::default(),
        outside: None,
    }
}

/// A process, and what keeps it alive.
struct Started {
    walking: Walking,
    _voice: ChildStdout,
    told: Sender<Zeroizing<String>>,
    lines: Lines,
    kill: oneshot::Sender<()>,
    killed: oneshot::Receiver<()>,
}

fn started(program: &str, arguments: &[&str], process_bytes: u64) -> Started {
    let (walking, voice) = start(&config(program, arguments, process_bytes)).unwrap();
    let ((told, hears), (_, words)) = (channel(1), channel(1));
    let (kill, killed) = oneshot::channel();
    Started { walking, _voice: voice, told, lines: Lines { told: hears, words }, kill, killed }
}

#[tokio::test]
async fn a_process_that_holds_more_memory_than_it_may_is_ended_and_its_neighbour_lives() {
    // Without a line to find it keeps everything, without end.
    let greedy = started("tail", &["/dev/zero"], 64 << 20);
    let modest = started("cat", &[], 64 << 20);
    let hour = Duration::from_secs(3600);
    let neighbour = tokio::spawn(modest.walking.end(hour, modest.killed, modest.lines));
    let Started { walking, killed, lines, told, kill, .. } = greedy;
    let end = timeout(Duration::from_secs(60), walking.end(hour, killed, lines)).await;
    assert_eq!(end.unwrap(), End::Overgrown);
    drop((told, kill));
    assert!(!neighbour.is_finished());
    modest.kill.send(()).unwrap();
    assert_eq!(neighbour.await.unwrap(), End::Gone);
    drop(modest.told);
}

#[tokio::test]
async fn a_process_is_ended_when_its_time_is_over() {
    let Started { walking, killed, lines, told, kill, _voice } = started("cat", &[], u64::MAX);
    assert_eq!(walking.end(Duration::ZERO, killed, lines).await, End::Gone);
    drop((told, kill));
}
