//! Disks and receivers' stores that fail when the seed says so.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use glovebox_catalog::BucketError;
use glovebox_engine::{Faults, UndeliveredCause};

use super::clock::SimClock;
use crate::generate::Random;

/// Fails in so many of a hundred cases.
#[derive(Debug)]
pub(super) struct SeededFaults {
    random: Mutex<Random>,
    percent: AtomicUsize,
    injected: AtomicUsize,
    clock: Arc<SimClock>,
}

impl SeededFaults {
    pub(super) fn new(random: Random, clock: Arc<SimClock>) -> Self {
        let (percent, injected) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { random: Mutex::new(random), percent, injected, clock }
    }

    pub(super) fn set(&self, percent: usize) {
        self.percent.store(percent, Ordering::SeqCst);
    }

    /// How often something failed.
    pub(super) fn injected(&self) -> usize {
        self.injected.load(Ordering::SeqCst)
    }

    /// One of so many kinds of failure, or none.
    fn roll(&self, kinds: usize) -> Option<usize> {
        let percent = self.percent.load(Ordering::SeqCst);
        if percent == 0 {
            return None;
        }
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        if !random.chance(percent) {
            return None;
        }
        self.injected.fetch_add(1, Ordering::SeqCst);
        Some(random.between(0, kinds - 1))
    }

    fn disk(&self) -> io::Result<()> {
        match self.roll(2) {
            None => Ok(()),
            Some(0) => Err(io::ErrorKind::StorageFull.into()),
            // EIO
            Some(_) => Err(io::Error::from_raw_os_error(5)),
        }
    }

    /// The store takes long: a claim may run out meanwhile.
    fn is_slow(&self) {
        self.clock.pass(90_000);
    }
}

impl Faults for SeededFaults {
    fn keep(&self) -> io::Result<()> {
        self.disk()
    }

    fn unseal(&self) -> io::Result<()> {
        self.disk()
    }

    fn spill(&self) -> io::Result<()> {
        self.disk()
    }

    fn publish(&self) -> Result<(), UndeliveredCause> {
        match self.roll(5) {
            None => Ok(()),
            Some(0) => Err(UndeliveredCause::Late),
            Some(1) => Err(UndeliveredCause::Interrupted),
            Some(2) => Err(BucketError::NoSuchBucket.into()),
            Some(3) => Err(BucketError::Io(io::ErrorKind::StorageFull.into()).into()),
            Some(_) => {
                self.is_slow();
                Ok(())
            }
        }
    }

    fn published(&self) -> Result<(), UndeliveredCause> {
        match self.roll(3) {
            None => Ok(()),
            Some(0) => Err(UndeliveredCause::Late),
            Some(1) => Err(BucketError::Io(io::ErrorKind::TimedOut.into()).into()),
            Some(_) => {
                self.is_slow();
                Ok(())
            }
        }
    }
}
