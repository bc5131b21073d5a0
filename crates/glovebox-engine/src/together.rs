//! Waits for the sources of all tables of a query at the same time.

use std::io;
use std::thread::{Builder, ScopedJoinHandle, scope};

use tokio::runtime::Handle;

use crate::Cause;
use crate::engine::STACK_BYTES;

/// Does the same for every table at once, each on a thread that may block: no member's storage is
/// waited for before another's is asked, and none is asked less because another's failed. The
/// outcomes are in the order of the tables.
pub(crate) fn together<T: Send, R: Send>(
    tables: Vec<T>,
    work: impl Fn(T) -> Result<R, Cause> + Sync,
) -> Vec<Result<R, Cause>> {
    let (work, runtime) = (&work, Handle::try_current().ok());
    scope(|scope| {
        let begin = |table: T| {
            let runtime = runtime.clone();
            let builder = Builder::new().name("engine".into()).stack_size(STACK_BYTES);
            builder.spawn_scoped(scope, move || {
                let _inside = runtime.as_ref().map(Handle::enter);
                work(table)
            })
        };
        let begun: Vec<_> = tables.into_iter().map(begin).collect();
        begun.into_iter().map(ended).collect()
    })
}

fn ended<R>(begun: io::Result<ScopedJoinHandle<'_, Result<R, Cause>>>) -> Result<R, Cause> {
    let done = begun.map_err(|it| Cause::Disk(it.kind()))?.join();
    done.unwrap_or(Err(Cause::Internal("opening panicked")))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn all_are_done_at_the_same_time_and_come_in_their_order() {
        let all_there = Barrier::new(3);
        let done = together(vec![1, 2, 3], |it| {
            all_there.wait();
            if it == 2 { Err(Cause::Cancelled) } else { Ok(it * 10) }
        });
        assert!(matches!(done.as_slice(), [Ok(10), Err(Cause::Cancelled), Ok(30)]));
    }

    #[test]
    fn a_panic_is_an_outcome_of_its_table_alone() {
        let done = together(vec![false, true], |it| {
            assert!(it, "a source panics");
            Ok(())
        });
        assert!(matches!(done.as_slice(), [Err(Cause::Internal(_)), Ok(())]));
    }
}
