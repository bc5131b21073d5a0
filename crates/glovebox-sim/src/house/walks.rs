//! Walks of queries, several at once in one thread, each from point to point.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use glovebox_engine::EngineConfig;
use glovebox_room::{CrashPoint, WalkError, WalkLimits, Walked, Walker};

use super::leash::Leash;
use super::stuck::Done;
use super::world::World;

type Walking = Pin<Box<dyn Future<Output = Result<Walked, WalkError>>>>;

/// A walk that stands at a point.
pub(super) struct Walk {
    /// Its place among the queries that were asked.
    pub(super) query: usize,
    pub(super) id: String,
    future: Walking,
    leash: Arc<Leash>,
    pub(super) at: &'static str,
    /// The step at which it looked at every right for the last time.
    pub(super) looked: Option<usize>,
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Walk({} at {})", self.query, self.at)
    }
}

/// What a walk came to.
pub(super) enum Came {
    To(&'static str),
    End(Result<Walked, WalkError>),
}

impl Walk {
    /// Lets it go on to its next point.
    pub(super) async fn go(&mut self) -> Came {
        self.leash.go();
        loop {
            tokio::select! {
                biased;
                ended = &mut self.future => return Came::End(ended),
                () = self.leash.told.notified() => {}
            }
            if let Some(point) = self.leash.reached() {
                self.at = point;
                return Came::To(point);
            }
        }
    }

    /// Whether it has claimed its query, and looks at it from time to time.
    pub(super) fn can_look(&self) -> bool {
        self.leash.waited() > 0
    }

    /// Lets it look at its query once, while it stands where it stands.
    pub(super) async fn look(&mut self) -> Option<Result<Walked, WalkError>> {
        let before = self.leash.waited();
        self.leash.let_look();
        loop {
            tokio::select! {
                biased;
                ended = &mut self.future => return Some(ended),
                () = self.leash.told.notified() => {}
            }
            if self.leash.waited() > before {
                return None;
            }
        }
    }
}

impl World {
    /// A walk of a query, as a supervisor begins it; it stands before its first door.
    pub(super) async fn begin_walk(&mut self, query: usize) -> Done<Walk> {
        let id = self.state.asked[query].id;
        self.store().prepare_head_counter().await?;
        let store = self.store().for_walk(id).await?;
        let result_bytes = if self.random.chance(4) { 4 } else { 1 << 20 };
        let engine = EngineConfig {
            partitions: 1,
            result_bytes,
            memory_bytes: 64 << 20,
            faults: Some(Arc::clone(&self.faults) as _),
            ..EngineConfig::new(self.data())
        };
        let limits = WalkLimits {
            result_bytes,
            running_per_membership: self.running,
            ..WalkLimits::default()
        };
        let walker = Walker::new(store, engine, &limits, CrashPoint::default())?;
        let (draws, random) = (Arc::clone(&self.draws), self.random.clone());
        let leash = Arc::new(Leash::new(id.to_string(), draws, random));
        #[expect(clippy::disallowed_methods, reason = "a simulation leads its walks")]
        let walker = walker.dangerous_led_by(Arc::clone(&leash) as _);
        let future: Walking = Box::pin(async move { walker.walk().await });
        let mut walk = Walk { query, id: id.to_string(), future, leash, at: "begin", looked: None };
        // To its first point, for which it needs no leave.
        loop {
            tokio::select! {
                biased;
                ended = &mut walk.future => {
                    let text = format!("a walk ended before its first door: {ended:?}");
                    return Err(super::Stuck::new(text));
                }
                () = walk.leash.told.notified() => {}
            }
            if let Some(point) = walk.leash.reached() {
                walk.at = point;
                return Ok(walk);
            }
        }
    }

    /// A walk has ended, or its process has died: as a supervisor that lives buries it.
    pub(super) async fn bury(&mut self, walk: Walk) -> Done<()> {
        let id = self.state.asked[walk.query].id;
        drop(walk);
        self.store().walk_is_over(id).await?;
        Ok(())
    }
}
