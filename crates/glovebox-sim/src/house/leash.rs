//! Who leads a walk of the simulation: it stops at every point until it is told to go on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use glovebox_privacy::{Draw, Insecure, NoEntropy, Noise, NotDrawn, Ratio, SampleKey};
use glovebox_room::Lead;
use tokio::sync::{Notify, Semaphore};

use crate::generate::Random;

/// How often noise was drawn for each query, by its id.
pub(super) type Draws = Arc<Mutex<BTreeMap<String, usize>>>;

/// One walk's leash.
#[derive(Debug)]
pub(super) struct Leash {
    query: String,
    draws: Draws,
    random: Mutex<Random>,
    reached: Mutex<Option<&'static str>>,
    go: Semaphore,
    looks: Semaphore,
    /// How often the walk has waited for leave to look.
    waited: AtomicUsize,
    /// Something of the above has changed.
    pub(super) told: Notify,
}

impl Leash {
    pub(super) fn new(query: String, draws: Draws, random: Random) -> Self {
        Self {
            query,
            draws,
            random: Mutex::new(random),
            reached: Mutex::default(),
            go: Semaphore::new(0),
            looks: Semaphore::new(0),
            waited: AtomicUsize::new(0),
            told: Notify::new(),
        }
    }

    /// The point that the walk has come to since this was last asked.
    pub(super) fn reached(&self) -> Option<&'static str> {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn go(&self) {
        self.go.add_permits(1);
    }

    pub(super) fn let_look(&self) {
        self.looks.add_permits(1);
    }

    pub(super) fn waited(&self) -> usize {
        self.waited.load(Ordering::SeqCst)
    }
}

impl Lead for Leash {
    fn at(&self, point: &'static str) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            *self.reached.lock().unwrap_or_else(PoisonError::into_inner) = Some(point);
            self.told.notify_one();
            if let Ok(leave) = self.go.acquire().await {
                leave.forget();
            }
        })
    }

    fn look(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.waited.fetch_add(1, Ordering::SeqCst);
            self.told.notify_one();
            if let Ok(leave) = self.looks.acquire().await {
                leave.forget();
            }
        })
    }

    fn draw(&self) -> Result<Box<dyn Draw + Send>, Insecure> {
        let mut draws = self.draws.lock().unwrap_or_else(PoisonError::into_inner);
        *draws.entry(self.query.clone()).or_default() += 1;
        let random = self.random.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Box::new(Seeded(random)))
    }

    fn key(&self) -> Result<SampleKey, NoEntropy> {
        let random = self.random.lock().unwrap_or_else(PoisonError::into_inner).clone();
        SampleKey::fresh(&mut Seeded(random))
    }
}

/// Noise and secrets that the seed says. No privacy: nobody looks at these numbers.
struct Seeded(Random);

impl Seeded {
    fn within(&mut self, scale: Ratio) -> i128 {
        let most = scale.numerator() / u128::from(scale.denominator()) + 1;
        let most = usize::try_from(most).unwrap_or(usize::MAX / 4).min(usize::MAX / 4);
        let number = self.0.between(0, 2 * most);
        i128::try_from(number).unwrap_or_default() - i128::try_from(most).unwrap_or_default()
    }
}

impl Draw for Seeded {
    fn discrete_gaussian(&mut self, sigma: Ratio) -> Result<i128, NotDrawn> {
        Ok(self.within(sigma))
    }

    fn discrete_laplace(&mut self, scale: Ratio) -> Result<i128, NotDrawn> {
        Ok(self.within(scale))
    }
}

impl Noise for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for byte in bytes {
            *byte = u8::try_from(self.0.between(0, 255)).unwrap_or_default();
        }
        Ok(())
    }
}
