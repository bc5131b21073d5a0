//! What the process of a query may take beyond the pool of its operators, and how the kernel keeps
//! it to that.

use std::io;
use std::num::NonZero;
use std::thread::{Builder, available_parallelism};
use std::time::Duration;

use rustix::process::{
    Resource, Rlimit, getpid, getpriority_process, setpriority_process, setrlimit,
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How long after the time limit a process that has not ended is killed.
pub(super) const OVERTIME: Duration = Duration::from_secs(60);

/// Stacks of threads that wait for sources: 512 of them, of 16 MiB each.
const STACKS: u64 = 8 << 30;
/// Address space that the allocator sets aside for each core, most of it never used.
const ARENAS: u64 = 512 << 20;
/// Rather this process than the house, when the machine has no memory left.
const FIRST: &str = "500";
/// Stack of a thread that judges.
const STACK: usize = 16 << 20;
/// Steps below the priority of the house, which answers others meanwhile.
const STEPS: i32 = 5;

/// What one process may take beyond its operators' pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Disk for spilled rows, in bytes.
    pub spill_bytes: u64,
    /// Memory of the whole process, in bytes: the pool, and what decoders, functions and lists of
    /// files take beside it.
    pub process_bytes: u64,
}

impl Caps {
    /// The defaults beside a pool of so many bytes: 64 GiB of spill; three times the pool and a
    /// GiB of memory.
    pub fn of(memory_bytes: usize) -> Self {
        let pool = u64::try_from(memory_bytes).unwrap_or(u64::MAX);
        Self {
            spill_bytes: 64 << 30,
            process_bytes: pool.saturating_mul(3).saturating_add(1 << 30),
        }
    }

    /// What the kernel holds against a process whose query may take `time`.
    pub(super) fn kernel(&self, time: Duration) -> KernelLimits {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let cores = u64::try_from(cores).unwrap_or(u64::MAX);
        let beside = ARENAS.saturating_mul(cores).saturating_add(STACKS);
        KernelLimits {
            address_bytes: self.process_bytes.saturating_mul(2).saturating_add(beside),
            cpu_seconds: (time + OVERTIME).as_secs().saturating_mul(cores),
        }
    }
}

/// Limits that a process cannot lift again. What goes beyond them ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KernelLimits {
    /// Address space.
    pub(super) address_bytes: u64,
    /// Time on all cores together.
    pub(super) cpu_seconds: u64,
}

impl KernelLimits {
    /// Keeps this process to them, before it has a second thread.
    pub(super) fn keep(&self) -> io::Result<()> {
        let both = |it: u64| Rlimit { current: Some(it), maximum: Some(it) };
        setrlimit(Resource::As, both(self.address_bytes))?;
        setrlimit(Resource::Cpu, both(self.cpu_seconds.max(1)))?;
        Ok(())
    }
}

/// Lets the kernel end this process, and not the house, when memory runs out. While it may still be
/// traced: the kernel gives its files to nobody afterwards.
pub(super) fn go_first() {
    drop(std::fs::write("/proc/self/oom_score_adj", FIRST));
}

/// From now on this thread gets a smaller share of busy cores than the house. Only threads that
/// compute give way: one that holds the database while it waits for a core would hold up whoever
/// writes.
pub(crate) fn give_way() {
    // The first thread never gives way: below it, and not below whoever started this one.
    let Ok(house) = getpriority_process(Some(getpid())) else { return };
    let _ = setpriority_process(None, house.saturating_add(STEPS));
}

/// Does work that computes on a thread of its own, which gives way; `None` if it panics.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = oneshot::channel();
    let runtime = Handle::current();
    let working = move || {
        // What waits for libraries that do not block finds its runtime.
        let _entered = runtime.enter();
        give_way();
        drop(done.send(work()));
    };
    let thread = Builder::new().name("judge".into()).stack_size(STACK).spawn(working).ok()?;
    let done = result.await.ok();
    // It ends now. To let go of a thread in that very moment is a fault of memory before glibc 2.37
    // (<https://sourceware.org/bugzilla/show_bug.cgi?id=19951>).
    drop(tokio::task::spawn_blocking(move || thread.join()));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_aside_gives_way_and_finds_its_runtime() {
        let own = getpriority_process(None).unwrap();
        let seen = || (getpriority_process(None).unwrap(), Handle::try_current().is_ok());
        assert_eq!(aside(seen).await, Some(((own + STEPS).min(19), true)));
        // Each by as much, however deep they are nested.
        let nested = || Handle::current().block_on(aside(move || getpriority_process(None)));
        assert_eq!(aside(nested).await.unwrap().unwrap().unwrap(), (own + STEPS).min(19));
        assert_eq!(getpriority_process(None).unwrap(), own);
        assert_eq!(aside(|| -> u8 { std::panic::panic_any(()) }).await, None);
    }

    #[test]
    fn the_kernel_gives_a_process_more_room_than_it_may_fill() {
        let caps = Caps::of(1 << 30);
        assert_eq!(caps.process_bytes, 4 << 30);
        let limits = caps.kernel(Duration::from_secs(60));
        let cores = u64::try_from(available_parallelism().unwrap().get()).unwrap();
        // What is watched is what is filled; address space is only the last wall: twice as much,
        // 8 GiB, and half a GiB for each core. Two minutes on each core.
        let address_bytes = (8 << 30) + (8 << 30) + cores * (512 << 20);
        assert_eq!(limits, KernelLimits { address_bytes, cpu_seconds: 120 * cores });
        assert!(limits.address_bytes < 1 << 40);
        assert_eq!(Caps::of(usize::MAX).process_bytes, u64::MAX);
        assert_eq!(Caps::of(usize::MAX).kernel(Duration::MAX / 4).address_bytes, u64::MAX);
    }
}
