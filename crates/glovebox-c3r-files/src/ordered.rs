//! Work on several cores whose results come out in the order in which it was given.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::Failed;

/// Jobs that may wait before each worker.
const JOBS: usize = 2;

/// Parts of results that may wait behind each worker: with their size, what bounds memory.
const PARTS: usize = 8;

/// Bytes after which a worker gives away what it has.
pub(crate) const PART: usize = 512 << 10;

/// What a worker gives away.
enum Sent<R> {
    Part(R),
    /// A job's end.
    End,
    Failed(Failed),
}

/// Takes parts of a job's result.
pub(crate) type Emit<'a, R> = dyn FnMut(R) -> Result<(), Failed> + 'a;

/// The other side went away: it failed, and says so itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone;

impl From<Gone> for Failed {
    /// What nobody hears: whoever went away says why.
    fn from(_: Gone) -> Self {
        Self::new("the work was given up")
    }
}

/// What a producer gives its jobs to.
#[derive(Debug)]
pub(crate) struct Jobs<J> {
    workers: Vec<SyncSender<J>>,
    next: usize,
}

impl<J> Jobs<J> {
    /// Gives the next job to the next worker; waits while that one has enough.
    pub(crate) fn give(&mut self, job: J) -> Result<(), Gone> {
        let worker = self.workers.get(self.next).ok_or(Gone)?;
        worker.send(job).map_err(|_| Gone)?;
        self.next = (self.next + 1) % self.workers.len();
        Ok(())
    }
}

/// Runs `produce` on a thread, `work` on as many as there are `workers`, and `take` here.
///
/// A worker may give a job's result in parts. The first failure in the order of jobs is what is
/// reported, so that it is the same in every run.
pub(crate) fn ordered<J, R, W, T>(
    workers: Vec<W>,
    produce: impl FnOnce(&mut Jobs<J>) -> Result<T, Failed> + Send,
    mut take: impl FnMut(R) -> Result<(), Failed>,
) -> Result<T, Failed>
where
    J: Send,
    R: Send,
    T: Send,
    W: FnMut(J, &mut Emit<'_, R>) -> Result<(), Failed> + Send,
{
    thread::scope(|scope| {
        let mut jobs = Jobs { workers: Vec::new(), next: 0 };
        let mut results: Vec<Receiver<Sent<R>>> = Vec::new();
        for work in workers {
            let (job_to, job_from) = sync_channel::<J>(JOBS);
            let (result_to, result_from) = sync_channel(PARTS);
            jobs.workers.push(job_to);
            results.push(result_from);
            scope.spawn(move || run(work, job_from, &result_to));
        }
        let producer = scope.spawn(move || produce(&mut jobs));
        let taken = in_turn(&results, &mut take);
        // Nobody waits for a place any more: whoever still gives is told so.
        drop(results);
        let produced = producer.join();
        taken?;
        produced.unwrap_or_else(|_| Err(Failed::new("a thread ended unexpectedly")))
    })
}

/// One worker's life.
fn run<J, R>(
    mut work: impl FnMut(J, &mut Emit<'_, R>) -> Result<(), Failed>,
    jobs: Receiver<J>,
    results: &SyncSender<Sent<R>>,
) {
    for job in jobs {
        let mut emit = |part| results.send(Sent::Part(part)).map_err(|_| Failed::from(Gone));
        let sent = match work(job, &mut emit) {
            Ok(()) => Sent::End,
            Err(failed) => Sent::Failed(failed),
        };
        let is_last = matches!(sent, Sent::Failed(_));
        if results.send(sent).is_err() || is_last {
            break;
        }
    }
}

/// Takes one job's parts from each worker in turn, until the one whose turn it is has no more.
fn in_turn<R>(
    results: &[Receiver<Sent<R>>],
    take: &mut impl FnMut(R) -> Result<(), Failed>,
) -> Result<(), Failed> {
    for from in results.iter().cycle() {
        loop {
            match from.recv() {
                Ok(Sent::Part(part)) => take(part)?,
                Ok(Sent::End) => break,
                Ok(Sent::Failed(failed)) => return Err(failed),
                Err(_) => return Ok(()),
            }
        }
    }
    Ok(())
}

/// How many workers there should be: one for each core, at most eight.
pub(crate) fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(
        workers: usize,
        produce: impl FnOnce(&mut Jobs<u64>) -> Result<(), Failed> + Send,
    ) -> (Result<(), Failed>, Vec<u64>) {
        // A number's square, in as many parts as its last digit says.
        let work = |n: u64, emit: &mut Emit<'_, u64>| {
            if n == 77 {
                return Err(Failed::new("no 77"));
            }
            (0..=n % 10).try_for_each(|_| emit(n * n))
        };
        let mut all = Vec::new();
        let ended = ordered(vec![work; workers], produce, |it| {
            if all.last() == Some(&it) {
                return Ok(()); // another part
            }
            all.push(it);
            if it == 2_500 { Err(Failed::new("no 50")) } else { Ok(()) }
        });
        (ended, all)
    }

    fn give(jobs: &mut Jobs<u64>, numbers: impl IntoIterator<Item = u64>) -> Result<(), Failed> {
        for number in numbers {
            if jobs.give(number).is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    #[test]
    fn results_come_in_the_order_of_jobs() {
        for workers in 1..4 {
            for count in [0, 1, 2, 3, 49] {
                let (ended, all) = squares(workers, |jobs| give(jobs, 0..count));
                assert_eq!(ended, Ok(()));
                assert_eq!(all, (0..count).map(|it| it * it).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_failure_of_anybody_ends_all_and_is_reported() {
        let endless = |jobs: &mut Jobs<u64>| give(jobs, (60..).chain(0..));
        let (ended, all) = squares(3, endless);
        assert_eq!(ended.unwrap_err().text(), "no 77");
        assert_eq!(all.len(), 17, "what came before the failure was taken");
        let (ended, _) = squares(3, |jobs| give(jobs, 10..));
        assert_eq!(ended.unwrap_err().text(), "no 50");
        let (ended, all) = squares(3, |jobs| {
            give(jobs, 0..5)?;
            Err(Failed::new("the input broke off"))
        });
        assert_eq!(ended.unwrap_err().text(), "the input broke off");
        assert_eq!(all.len(), 5);
    }
}
