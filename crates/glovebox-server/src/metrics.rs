//! Figures for the operator's monitoring, in Prometheus's text format.
//!
//! They are sums over the house: no account, collaboration, query, table or text stands in a
//! label, and a private query counts as what its runner may know (see `Figures`). Nothing is
//! measured of the processes that walk queries: memory, time and spill of a walk depend on rows.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use glovebox_room::{Observer, Pulse, Store};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::standing::{Asker, Standing, free_bytes};

/// Free room is said in whole steps of this: the disk is filled by what queries spill, too.
const STEP: u64 = 1 << 30;

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
    free: Gauge<u64, AtomicU64>,
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
        let free = Gauge::<u64, AtomicU64>::default();
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
            "Protected queries by the status that their runners see",
            queries.clone(),
        );
        say.register(
            "glovebox_queries_waiting",
            "Queries that wait for a slot or their turn",
            waiting.clone(),
        );
        say.register(
            "glovebox_queries_running",
            "Queries that run; private ones count until the edge of their time bucket",
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
        say.register(
            "glovebox_disk_free_bytes",
            "Room on the disk of the data directory, in whole GiB",
            free.clone(),
        );
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
            free,
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
        for (status, count) in figures.queries {
            all.queries.get_or_create(&Status { status }).set(whole(count));
        }
        all.waiting.set(whole(figures.waiting));
        all.running.set(whole(figures.running));
        all.slots.set(i64::try_from(pulse.slots()).unwrap_or(i64::MAX));
        all.ledger.set(whole(figures.ledger_entries));
        all.resident.set(whole(resident_bytes().unwrap_or_default()));
        all.files.set(whole(open_files().unwrap_or_default()));
        let free = free_bytes(store.directory()).unwrap_or_default();
        all.free.set(free / STEP * STEP);
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
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn open_files() -> Option<u64> {
    u64::try_from(std::fs::read_dir("/proc/self/fd").ok()?.count()).ok()
}
