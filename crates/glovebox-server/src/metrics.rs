//! Figures for the operator's monitoring, in Prometheus's text format.
//!
//! They are sums over the house: no account, collaboration, query, table or text stands in a
//! label, and a private query counts as what its runner may know (see `Figures`). Nothing is
//! measured of the processes that walk queries, and nothing that changes when one of them ends:
//! memory, time and spill of a walk depend on rows, and when a private query ended is told at the
//! edge of its time bucket only. So the transactions are those of requests, not of the supervisor.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use glovebox_room::{Observer, Pulse, Store};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::standing::{Asker, Standing};

/// Memory is said in whole steps of this, rounded up.
const STEP: u64 = 16 << 20;

/// A request, of which nothing is told but what was asked for and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    operation: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: &'static str,
}

/// All figures; every clone is the same.
#[derive(Clone)]
pub struct Metrics(Arc<All>);

struct All {
    registry: Registry,
    requests: Family<Request, Histogram>,
    transactions: Histogram,
    ready: Gauge,
    queries: Family<Status, Gauge>,
    waiting: Gauge,
    running: Gauge,
    slots: Gauge,
    ledger: Gauge,
    resident: Gauge,
    files: Gauge,
}

fn seconds() -> Histogram {
    Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
}

impl Metrics {
    /// Figures of which nothing is known yet.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let requests = Family::<Request, Histogram>::new_with_constructor(seconds as fn() -> _);
        let transactions = seconds();
        let queries = Family::<Status, Gauge>::default();
        let [ready, waiting, running, slots, ledger, resident, files] =
            [(); 7].map(|()| Gauge::default());
        let say = &mut registry;
        say.register(
            "glovebox_request_seconds",
            "Requests by operation and class of status, with the time until the answer began",
            requests.clone(),
        );
        say.register(
            "glovebox_store_transaction_seconds",
            "Write transactions of the server, with the wait for their turn",
            transactions.clone(),
        );
        say.register("glovebox_ready", "1 when /readyz says ready", ready.clone());
        say.register(
            "glovebox_queries",
            "Protected queries that have ended, by the status that their runners see",
            queries.clone(),
        );
        say.register(
            "glovebox_queries_waiting",
            "Queries that have not ended, without those that run",
            waiting.clone(),
        );
        say.register(
            "glovebox_queries_running",
            "Queries that run, as if private ones kept their slot until they are told",
            running.clone(),
        );
        say.register("glovebox_slots", "Queries that can run at once", slots.clone());
        say.register("glovebox_ledger_entries", "Entries of all ledgers", ledger.clone());
        say.register(
            "glovebox_resident_memory_bytes",
            "Memory of the server, without the processes of queries",
            resident.clone(),
        );
        say.register("glovebox_open_files", "Open files of the server", files.clone());
        Self(Arc::new(All {
            registry,
            requests,
            transactions,
            ready,
            queries,
            waiting,
            running,
            slots,
            ledger,
            resident,
            files,
        }))
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, operation: &'static str, status: u16, time: Duration) {
        let status = match status {
            100..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        let request = Request { operation, status };
        self.0.requests.get_or_create(&request).observe(time.as_secs_f64());
    }

    /// Counts write transactions of a store.
    pub fn observer(&self) -> Observer {
        let transactions = self.0.transactions.clone();
        Observer::new(move |time| transactions.observe(time.as_secs_f64()))
    }

    /// All figures as text; `None` when the store does not answer.
    pub(crate) async fn text(
        &self,
        store: &Store,
        standing: &Standing,
        pulse: &Pulse,
    ) -> Option<String> {
        let all = &*self.0;
        let figures = store.figures().await.ok()?;
        let whole = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
        all.ready.set(i64::from(standing.reasons(Asker::Operator).is_empty()));
        for (status, count) in figures.ended {
            all.queries.get_or_create(&Status { status }).set(whole(count));
        }
        // Who takes the slot of a private query that has ended unseen is not seen to run: more
        // than there are slots would say that one has.
        let slots = u64::try_from(pulse.slots()).unwrap_or(u64::MAX);
        let running = figures.running.min(slots);
        all.running.set(whole(running));
        all.waiting.set(whole(figures.open.saturating_sub(running)));
        all.slots.set(whole(slots));
        all.ledger.set(whole(figures.ledger_entries));
        all.resident.set(whole(resident_bytes().unwrap_or_default()));
        all.files.set(whole(open_files().unwrap_or_default()));
        let mut text = String::new();
        encode(&mut text, &all.registry).ok()?;
        Some(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

fn resident_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let bytes = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)?;
    bytes.checked_next_multiple_of(STEP)
}

/// Open files and sockets. What joins the server to the processes of queries is left out: one less
/// would say that a query's process has ended.
fn open_files() -> Option<u64> {
    let all = std::fs::read_dir("/proc/self/fd").ok()?;
    let links = all.flatten().filter_map(|it| std::fs::read_link(it.path()).ok());
    let to_processes = |it: &std::path::PathBuf| {
        let name = it.to_string_lossy();
        name.starts_with("pipe:") || name.starts_with("anon_inode:")
    };
    u64::try_from(links.filter(|it| !to_processes(it)).count()).ok()
}
