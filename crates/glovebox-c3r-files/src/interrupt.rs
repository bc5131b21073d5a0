//! Ctrl-C and requests to end, caught only where a file with a name would stay behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::Failed;

/// Whether the command was asked to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Begins to listen. Without it signals end the process at once, which is as good where
    /// nothing has a name.
    pub(crate) fn listen(&self) -> Result<(), Failed> {
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&self.asked))
                .map_err(|it| Failed::new(format!("cannot listen for requests to end: {it}")))?;
        }
        Ok(())
    }

    /// An error once the command was asked to end.
    pub(crate) fn check(&self) -> Result<(), Failed> {
        if self.asked.load(Ordering::Relaxed) { Err(Failed::interrupted()) } else { Ok(()) }
    }

    /// As a signal does.
    #[cfg(test)]
    pub(crate) fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }
}
