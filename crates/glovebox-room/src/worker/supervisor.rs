//! The supervisor: starts, stops and buries the processes that walk queries.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::DirBuilder;
use std::future::Future;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::FusedFuture as _;
use glovebox_catalog::{Outside, Space};
use glovebox_model::{Id, Query};
use glovebox_store::{Idle, Stand, Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::caps::OVERTIME;
use super::cleaning::Cleaning;
use super::fair::{Fair, has_place};
use super::lines::Told;
use super::listening::Listening;
use super::logs::Logs;
use super::needed::needed;
use super::process::{self, End, Lines};
use super::telling::Telling;
use super::watch::{ClockWatch, look_at_age};
use super::{Alone, Caps, Pulse, WalkTask, sweep};
use crate::{CrashPoint, WalkLimits};

/// How often the store is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How often releases are looked through for those that are not stored any longer.
const RELEASES: Duration = Duration::from_secs(60);
/// How long running walks may go on after the house is told to end; then they are told, and have
/// as long as those whose query is cancelled.
const GRACE: Duration = Duration::from_secs(5);
/// How long a walk may take to stop what it asked of distant sources, once its query is to be
/// cancelled.
const LINGER: Duration = Duration::from_secs(5);
/// How long a process that has ended is listened to.
const ECHO: Duration = Duration::from_secs(5);
/// Words that wait for a process to hear them.
const WORDS: usize = 64;
/// How many processes may die over one query before it fails.
const DEATHS: u32 = 5;
/// How long a process that only delivers may take: each object has ten minutes.
const DELIVERING: Duration = Duration::from_secs(3600);
/// Pauses after which what a process died over is tried again: what failed may be passing.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_secs(10),
    Duration::from_secs(60),
];

/// How to start processes, and how many.
#[derive(Debug, Clone)]
pub struct SupervisorConfig {
    /// The program: this very binary.
    pub program: PathBuf,
    /// Its arguments: the hidden command.
    pub arguments: Vec<OsString>,
    /// Processes at once.
    pub slots: usize,
    /// Memory of one query's operators, in bytes.
    pub memory_bytes: usize,
    /// What its process may take beside that.
    pub caps: Caps,
    /// Parallel streams of one query.
    pub partitions: usize,
    /// Time and size of one query.
    pub limits: WalkLimits,
    /// Where every process dies, for tests.
    pub crash: CrashPoint,
    /// The world outside, if connections of members may reach it.
    pub outside: Option<Outside>,
}

/// Why there is no supervisor, or none any more.
#[derive(Debug, thiserror::Error)]
pub enum SupervisorError {
    /// Another supervisor works on the data directory.
    #[error("another `glovebox serve` works on this data directory")]
    Another,
    /// The data directory cannot be used.
    #[error("the data directory cannot be used: {0}")]
    Directory(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Watches over the queries of one data directory.
#[derive(Debug)]
pub struct Supervisor {
    store: Store,
    config: SupervisorConfig,
    data_dir: PathBuf,
    /// As long as this supervisor lives.
    _alone: Alone,
    running: BTreeMap<Id<Query>, Running>,
    processes: JoinSet<(Id<Query>, End)>,
    /// Queries over which processes died: how many, and when to try again.
    deaths: BTreeMap<Id<Query>, (u32, Instant)>,
    fair: Fair,
    cleaning: Cleaning,
    logs: Logs,
    releases_swept: Instant,
    clock: ClockWatch,
    pulse: Pulse,
    /// Whether walks are ended because the house ends.
    is_ending: bool,
}

#[derive(Debug)]
struct Running {
    membership: String,
    /// Whether it only delivers.
    is_due: bool,
    kill: Option<oneshot::Sender<()>>,
    words: mpsc::Sender<Zeroizing<String>>,
    /// Since when its query is to be cancelled. The walk sees that by itself.
    told: Option<Instant>,
}

impl Supervisor {
    /// The one supervisor of the store's data directory. Ends what an earlier house left.
    pub async fn new(store: Store, config: SupervisorConfig) -> Result<Self, SupervisorError> {
        let data_dir = store.directory().canonicalize()?;
        let alone = Alone::on(&data_dir)?;
        // A walk cannot make them: it reaches only what is there when it starts.
        for folder in sweep::FOLDERS {
            DirBuilder::new().recursive(true).mode(0o700).create(data_dir.join(folder))?;
        }
        alone.settle(&store).await?;
        store.all_walks_are_over().await?;
        store.leave(None).await?;
        look_at_age(&store).await;
        let clock = ClockWatch::begin(&store).await?;
        sweep::all(&store).await;
        sweep::releases(&store).await?;
        let cleaning = Cleaning::new(store.clone(), config.outside.clone());
        Ok(Self {
            store,
            config,
            data_dir,
            _alone: alone,
            running: BTreeMap::new(),
            processes: JoinSet::new(),
            deaths: BTreeMap::new(),
            fair: Fair::default(),
            cleaning,
            logs: Logs::default(),
            releases_swept: Instant::now(),
            clock,
            pulse: Pulse::default(),
            is_ending: false,
        })
    }

    /// The same supervisor, whose pulse others feel.
    #[must_use]
    pub fn with_pulse(self, pulse: Pulse) -> Self {
        pulse.beat(self.config.slots);
        Self { pulse, ..self }
    }

    /// Walks queries until `shutdown`, then lets running walks end within ten seconds: by
    /// themselves in the first half, after that as if they were cancelled.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> Result<(), SupervisorError> {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(ended) = self.processes.join_next() => self.bury(ended).await,
                _ = look.tick() => {}
            }
            if let Err(error) = self.look().await {
                tracing::error!(%error, "the store could not be looked at");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        self.finish().await
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        self.clock.look(&self.store).await?;
        for query in self.store.cancelling_queries().await? {
            match self.running.get_mut(&query) {
                Some(running) => {
                    let told = *running.told.get_or_insert_with(Instant::now);
                    if told.elapsed() < LINGER {
                        continue;
                    }
                    if let Some(kill) = running.kill.take() {
                        let _ = kill.send(());
                    }
                }
                None => {
                    self.store.walk_is_over(query).await?;
                }
            }
        }
        // On a full disk nothing is begun that could not be recorded or kept, and nothing is lost.
        let is_full = Space::below(&self.data_dir).is_some_and(Space::is_low);
        if !is_full {
            let mut idle = self.store.idle_queries().await?;
            while let Some(next) = self.fairest(&mut idle) {
                self.start(next).await?;
            }
        }
        self.cleaning.look().await?;
        self.logs.look(&self.store);
        if self.releases_swept.elapsed() >= RELEASES {
            sweep::releases(&self.store).await?;
            self.store.forget_leftovers().await?;
            self.releases_swept = Instant::now();
        }
        self.pulse.beat(self.config.slots);
        Ok(())
    }

    /// The query whose turn it is.
    fn fairest(&self, idle: &mut Vec<Idle>) -> Option<Idle> {
        let now = Instant::now();
        let runs = |membership: &str| {
            self.running.values().filter(|it| !it.is_due && it.membership == membership).count()
        };
        let running = self.running.values().map(|it| (it.membership.as_str(), it.is_due));
        let may = |it: &Idle| {
            has_place(self.config.slots, running.clone(), it)
                && !self.running.contains_key(&it.query)
                && self.deaths.get(&it.query).is_none_or(|(_, not_before)| *not_before <= now)
        };
        let most = self.config.limits.running_per_membership as usize;
        self.fair.next(idle, (runs, most), may).map(|it| idle.remove(it))
    }

    async fn start(&mut self, idle: Idle) -> Result<(), StoreError> {
        let Idle { query, membership, held: _, is_due } = idle;
        self.fair.served(&membership);
        let connections = needed(&self.store, query).await?;
        let task = WalkTask::of(&self.store, &self.data_dir, query, &self.config, &connections);
        let task = task.await?;
        let (walking, voice) = match process::start(&self.config) {
            Ok(started) => started,
            Err(error) => {
                tracing::error!(%query, %error, "no process could be started for a query");
                return self.died(query).await;
            }
        };
        let (kill, killed) = oneshot::channel();
        let time = self.config.limits.time;
        let longest = if is_due { time.max(DELIVERING) } else { time } + OVERTIME;
        let (store, outside) = (self.store.clone(), self.config.outside.clone());
        let listening = Listening::new(store.clone(), query, connections.clone());
        let telling = Telling { store, outside, task, connections };
        let (words, heard) = mpsc::channel(WORDS);
        let answers = words.clone();
        self.processes.spawn(async move {
            let (lines, told) = mpsc::channel(1);
            let lines_to = Lines { told, words: heard };
            // Both end with the process: nobody listens to the lines then.
            let walk = async {
                tokio::join!(walking.end(longest, killed, lines_to), telling.tell(lines)).0
            };
            let echo = listening.listen(voice, answers).fuse();
            tokio::pin!(walk, echo);
            let end = tokio::select! {
                end = &mut walk => end,
                () = &mut echo => walk.await,
            };
            if !echo.is_terminated() {
                // What it said before it ended still stands in the pipe.
                drop(tokio::time::timeout(ECHO, echo).await);
            }
            (query, end)
        });
        let running = Running { membership, is_due, kill: Some(kill), words, told: None };
        self.running.insert(query, running);
        Ok(())
    }

    async fn bury(&mut self, ended: Result<(Id<Query>, End), tokio::task::JoinError>) {
        let Ok((query, end)) = ended else { return };
        self.running.remove(&query);
        match self.store.leave(Some(query)).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(%query, count, "a walk left something behind"),
            Err(error) => tracing::error!(%query, %error, "what a walk left was not seen"),
        }
        let buried = match end {
            End::NotNow => {
                let (deaths, _) = self.deaths.get(&query).copied().unwrap_or((0, Instant::now()));
                self.deaths.insert(query, (deaths, Instant::now() + LOOK * 4));
                Ok(())
            }
            End::Gone => self.gone(query).await,
            End::Overgrown => {
                tracing::warn!(%query, "the process of a query took more memory than it may");
                self.gone(query).await
            }
        };
        if let Err(error) = buried {
            tracing::error!(%query, %error, "the end of a walk could not be recorded");
        }
    }

    async fn gone(&mut self, query: Id<Query>) -> Result<(), StoreError> {
        let stand = match self.is_ending {
            true => self.store.walk_was_ended(query).await?,
            false => self.store.walk_is_over(query).await?,
        };
        match stand {
            Stand::Ended => {
                self.deaths.remove(&query);
                sweep::forget(&self.store, query).await;
                Ok(())
            }
            Stand::Held => {
                self.deaths.remove(&query);
                Ok(())
            }
            // Nothing is held against a query that the house ended.
            Stand::Open if self.is_ending => Ok(()),
            Stand::Open => self.died(query).await,
        }
    }

    async fn died(&mut self, query: Id<Query>) -> Result<(), StoreError> {
        let deaths = self.deaths.get(&query).map_or(0, |it| it.0) + 1;
        if deaths >= DEATHS {
            self.deaths.remove(&query);
            self.store.give_up(query).await?;
            sweep::forget(&self.store, query).await;
        } else {
            let pause = PAUSES.get(deaths as usize - 1).copied().unwrap_or_default();
            self.deaths.insert(query, (deaths, Instant::now() + pause));
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), SupervisorError> {
        self.bury_until(Instant::now() + GRACE).await;
        self.is_ending = true;
        for running in self.running.values() {
            // Who is too busy to hear it is killed.
            drop(Told::Stop.to_line().map(|it| running.words.try_send(it)));
        }
        self.bury_until(Instant::now() + LINGER).await;
        for running in self.running.values_mut() {
            if let Some(kill) = running.kill.take() {
                let _ = kill.send(());
            }
        }
        while let Some(ended) = self.processes.join_next().await {
            self.bury(ended).await;
        }
        self.cleaning.finish().await?;
        Ok(self.logs.finish(&self.store).await?)
    }

    async fn bury_until(&mut self, moment: Instant) {
        while let Ok(Some(ended)) =
            tokio::time::timeout_at(moment, self.processes.join_next()).await
        {
            self.bury(ended).await;
        }
    }
}
