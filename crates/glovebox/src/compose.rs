//! Puts the house together from its parts.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use glovebox_catalog::{AccountFolders, EgressTerms, EntryKind, Operator, Outside};
use glovebox_cli::Surroundings;
use glovebox_room::{CrashPoint, Room, Supervisor, SupervisorConfig, WalkLimits};
use glovebox_server::{Server, ServerConfig, Stop, TlsFiles, TlsReload};
use glovebox_store::{MasterKey, Store};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};

use crate::configuration::Settings;
use crate::logs::Logs;
use crate::watching::{Watched, Watching};

/// The store of a data directory, which is made if it is missing.
pub(crate) async fn store(data_dir: &Path, surroundings: &Surroundings) -> Result<Store> {
    let key = master_key(surroundings)?;
    open(data_dir, key, surroundings).await
}

/// The store of a data directory that is there already.
pub(crate) async fn existing(data_dir: &Path, surroundings: &Surroundings) -> Result<Store> {
    if !data_dir.join("glovebox.sqlite").exists() {
        bail!("{} is no data directory", data_dir.display());
    }
    store(data_dir, surroundings).await
}

/// The store of a data directory, opened with a key at hand.
pub(crate) async fn open(
    data_dir: &Path,
    key: MasterKey,
    surroundings: &Surroundings,
) -> Result<Store> {
    let counters = head_counters(data_dir, surroundings)?;
    open_guarded(data_dir, key, surroundings, counters.as_deref()).await
}

/// The same with head counters in this folder.
pub(crate) async fn open_guarded(
    data_dir: &Path,
    key: MasterKey,
    surroundings: &Surroundings,
    counters: Option<&Path>,
) -> Result<Store> {
    let opened = Store::open(data_dir, key, Arc::clone(&surroundings.clock)).await;
    let store = opened.with_context(|| format!("the data directory {}", data_dir.display()))?;
    Ok(match counters {
        Some(folder) => store.guarded_by(folder),
        None => store,
    })
}

/// The folder of head counters: `GLOVEBOX_HEAD_COUNTER`, else the one beside the user's settings,
/// wherever the master key is; a file for each house. A backup of the data directory must not
/// bring an older one back with it.
fn head_counters(data_dir: &Path, surroundings: &Surroundings) -> Result<Option<PathBuf>> {
    let environment = &surroundings.environment;
    let data_dir = std::path::absolute(data_dir)?;
    if let Some(folder) = environment.get("GLOVEBOX_HEAD_COUNTER") {
        let folder = std::path::absolute(folder).context("GLOVEBOX_HEAD_COUNTER")?;
        if folder.starts_with(&data_dir) {
            bail!("GLOVEBOX_HEAD_COUNTER must lie outside the data directory");
        }
        return Ok(Some(folder));
    }
    let folder = environment.config_folder().map(|it| it.join("head-counter"));
    let folder = folder.map(std::path::absolute).transpose()?;
    Ok(folder.filter(|it| !it.starts_with(&data_dir)))
}

/// The master key: `GLOVEBOX_MASTER_KEY`, else the file beside the user's settings, made at first.
pub(crate) fn master_key(surroundings: &Surroundings) -> Result<MasterKey> {
    if let Some(text) = surroundings.environment.get("GLOVEBOX_MASTER_KEY") {
        return MasterKey::parse(text).context("GLOVEBOX_MASTER_KEY");
    }
    let path = master_key_file(surroundings)
        .context("HOME is not set: give the master key in GLOVEBOX_MASTER_KEY")?;
    MasterKey::load_or_create(&path).with_context(|| path.display().to_string())
}

/// Where the master key lies unless a variable holds it.
pub(crate) fn master_key_file(surroundings: &Surroundings) -> Option<PathBuf> {
    let environment = &surroundings.environment;
    let folder =
        environment.config_folder().filter(|_| environment.get("GLOVEBOX_MASTER_KEY").is_none());
    folder.map(|it| it.join("master.key"))
}

/// The world outside, as the operator lets connections of members reach it. `AWS_ENDPOINT_URL_STS`
/// names another address of STS than AWS's own.
pub(crate) fn outside(settings: &Settings, surroundings: &Surroundings) -> Result<Outside> {
    let authorities = match &settings.egress_ca {
        Some(file) => std::fs::read_to_string(file).with_context(|| file.display().to_string())?,
        None => String::new(),
    };
    let terms = EgressTerms { listed: settings.egress_allow.clone(), authorities };
    let outside =
        Outside::new(terms, Some(Operator::default())).context("egress-allow, egress-ca")?;
    let sts = surroundings.environment.get("AWS_ENDPOINT_URL_STS");
    Ok(outside.with_sts(sts.map(str::to_owned)))
}

/// A house whose doors are open: a server, and a supervisor that walks queries.
pub(crate) struct House {
    address: SocketAddr,
    server: JoinHandle<Result<()>>,
    supervisor: JoinHandle<Result<()>>,
    doors: Stop,
    end: oneshot::Sender<()>,
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    reload: Option<TlsReload>,
    watched: Watched,
    drain: Duration,
}

/// How long open connections have to finish their requests.
const PATIENCE: Duration = Duration::from_secs(10);

impl House {
    /// Opens the doors. Each query walks in a process of this same binary, which logs by `log`.
    pub(crate) async fn start(
        settings: &Settings,
        store: Store,
        surroundings: &Surroundings,
        logs: &Logs,
    ) -> Result<Self> {
        // From here on a signal is an answer to `wait`, not the end of the process.
        let interrupt = signal(SignalKind::interrupt())?;
        let terminate = signal(SignalKind::terminate())?;
        let hangup = signal(SignalKind::hangup())?;
        let config = ServerConfig {
            listen: settings.listen,
            tls: settings.tls.clone().map(|(cert, key)| TlsFiles { cert, key }),
        };
        let listen = settings.listen;
        let server =
            Server::bind(config).await.with_context(|| format!("cannot listen on {listen}"))?;
        let outside = outside(settings, surroundings)?;
        let config = SupervisorConfig {
            outside: Some(outside.clone()),
            ..supervision(settings, surroundings, logs)?
        };
        let looker = looking(&config);
        let watching = Watching::begin(settings.metrics)?;
        let supervisor = Supervisor::new(store.clone(), config).await?;
        let supervisor = supervisor.with_pulse(watching.pulse.clone());
        // Only now: the supervisor holds the lock, so nobody else is writing.
        sweep(&store, &AccountFolders::new(store.directory())).await?;

        // The supervisor's own transactions are not counted: see the server's metrics.rs.
        let store = store.observed_by(watching.metrics.observer());
        let (standing, metrics) = (watching.standing.clone(), watching.metrics.clone());
        let watched = watching.watch(&store);
        let room = Room::new(store, settings.quotas).with_outside(outside).looking_by(looker);
        let house = glovebox_server::House::new(room, &settings.region).watched(standing, metrics);
        let (end, ended) = oneshot::channel();
        let (address, doors) = (server.address(), server.stop());
        Ok(Self {
            address,
            doors,
            end,
            interrupt,
            terminate,
            hangup,
            reload: server.tls_reload(),
            watched,
            drain: settings.drain,
            server: tokio::spawn(async move { server.serve(house).await.context("the server") }),
            supervisor: tokio::spawn(async move {
                // A sender that was dropped says the same as one that was used.
                let ended = async { drop(ended.await) };
                supervisor.run(ended).await.context("the supervisor of queries")
            }),
        })
    }

    /// Where it listens, with the real port.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the operator's monitoring looks, if it does.
    pub(crate) fn operators_address(&self) -> Option<SocketAddr> {
        self.watched.address()
    }

    /// Waits for SIGINT or SIGTERM, or for a part of the house that gives up. SIGHUP lets it read
    /// its TLS files again.
    pub(crate) async fn wait(&mut self) -> Result<()> {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return Ok(()),
                _ = self.terminate.recv() => return Ok(()),
                _ = self.hangup.recv() => reload(self.reload.as_ref()).await,
                ended = &mut self.server => return broken(ended),
                ended = &mut self.supervisor => return broken(ended),
            }
        }
    }

    /// Closes the house: it is not ready any more, then its doors close, answers are finished, and
    /// running queries get ten seconds. A second signal ends it at once.
    pub(crate) async fn stop(self) -> Result<()> {
        let Self { server, supervisor, doors, end, mut interrupt, mut terminate, .. } = self;
        self.watched.stopping();
        let closing = async {
            tokio::time::sleep(self.drain).await;
            doors.gracefully(PATIENCE);
            drop(end);
            server.await??;
            supervisor.await?
        };
        tokio::select! {
            closed = closing => closed,
            _ = interrupt.recv() => at_once(),
            _ = terminate.recv() => at_once(),
        }
    }
}

/// Ends the process. Those that walk queries end with it, and what they had reached is recorded.
fn at_once() -> ! {
    tracing::warn!("ended at once, by a second signal");
    std::process::exit(1)
}

async fn reload(tls: Option<&TlsReload>) {
    match tls {
        None => tracing::info!("there are no TLS files to read again"),
        Some(tls) => match tls.reload().await {
            Ok(()) => tracing::info!("the TLS files were read again"),
            Err(error) => tracing::error!(%error, "the TLS files are kept as they were"),
        },
    }
}

/// Removes what a house that was killed left half-written in accounts' staging folders. Parts of
/// uploads stay: their clients may come back for them.
async fn sweep(store: &Store, folders: &AccountFolders) -> Result<()> {
    for account in store.accounts().await? {
        let folder = folders.account(&account.id)?;
        let staging = match folder.folder("staging") {
            Ok(staging) => staging,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error).context("a staging folder"),
        };
        for entry in staging.entries(MAX_STAGED).context("a staging folder")? {
            if entry.kind == EntryKind::File {
                staging.remove_file(&entry.name).context("a staging folder")?;
            }
        }
    }
    Ok(())
}

/// More half-written files than this no house can have left.
const MAX_STAGED: usize = 1_000_000;

/// A part of the house that ended unasked.
fn broken(ended: Result<Result<()>, JoinError>) -> Result<()> {
    ended??;
    bail!("a part of the house ended by itself")
}

fn supervision(
    settings: &Settings,
    surroundings: &Surroundings,
    logs: &Logs,
) -> Result<SupervisorConfig> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let slots = settings.limits.slots.unwrap_or(cores);
    let machine = machine_memory();
    let memory = settings.query_memory.unwrap_or_else(|| default_memory(slots, machine));
    let memory_bytes = usize::try_from(memory).unwrap_or(usize::MAX);
    let caps = settings.limits.caps(memory_bytes, (slots, machine))?;
    let crash = surroundings.environment.get("GLOVEBOX_CRASH_AT").unwrap_or_default();
    Ok(SupervisorConfig {
        program: std::env::current_exe().context("the path of this binary")?,
        arguments: ["walk", "--log", &logs.filter, "--log-format", &logs.format.to_string()]
            .iter()
            .map(OsString::from)
            .collect(),
        slots,
        memory_bytes,
        caps,
        partitions: cores,
        limits: WalkLimits {
            time: settings.limits.query_time,
            result_bytes: settings.result_bytes,
            running_per_membership: u32::try_from(settings.quotas.running_queries_per_membership)
                .unwrap_or(u32::MAX),
        },
        crash: CrashPoint::abort_at(crash),
        outside: None,
    })
}

/// Memory of a process that looks at a table for its owner.
const LOOK_BYTES: u64 = 1 << 30;

/// How the processes are started that look at tables: as those of walks are.
fn looking(walks: &SupervisorConfig) -> SupervisorConfig {
    let mut looker = walks.clone();
    if let Some(command) = looker.arguments.first_mut() {
        *command = "look".into();
    }
    looker.caps.process_bytes = LOOK_BYTES;
    looker
}

/// A quarter of the machine's memory divided by the slots; 512 MiB where it cannot be known.
fn default_memory(slots: usize, machine: Option<u64>) -> u64 {
    machine.map_or(512 << 20, |bytes| bytes / 4 / slots as u64)
}

/// Memory of this machine, in bytes.
fn machine_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kib = text.lines().find_map(|it| {
        let kib = it.strip_prefix("MemTotal:")?.trim().strip_suffix("kB")?;
        kib.trim().parse::<u64>().ok()
    });
    kib?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use glovebox_cli::Environment;

    use super::*;
    use crate::clock::SystemClock;

    fn lies(variables: &[(&str, &str)]) -> Result<Option<PathBuf>> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let environment = Environment::new(variables);
        let surroundings = Surroundings { environment, clock: Arc::new(SystemClock::new()) };
        head_counters(Path::new("/srv/house"), &surroundings)
    }

    #[test]
    fn the_head_counter_lies_outside_the_data_directory() {
        let beside_the_key = Some(PathBuf::from("/home/u/.config/glovebox/head-counter"));
        assert_eq!(lies(&[("HOME", "/home/u")]).unwrap(), beside_the_key);
        // Wherever the master key is.
        let key = ("GLOVEBOX_MASTER_KEY", "07");
        assert_eq!(lies(&[("HOME", "/home/u"), key]).unwrap(), beside_the_key);
        let named = lies(&[("HOME", "/home/u"), ("GLOVEBOX_HEAD_COUNTER", "/var/counter")]);
        assert_eq!(named.unwrap(), Some(PathBuf::from("/var/counter")));
        assert_eq!(lies(&[key]).unwrap(), None);
        assert_eq!(lies(&[("HOME", "/srv/house")]).unwrap(), None, "it would be brought back too");
        assert!(lies(&[("GLOVEBOX_HEAD_COUNTER", "/srv/house/counter")]).is_err());
    }
}
