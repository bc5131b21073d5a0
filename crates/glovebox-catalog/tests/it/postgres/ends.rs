//! How a reading ends: at its end, cancelled, cut off.

use std::time::{Duration, Instant};

use futures::{FutureExt, StreamExt};
use glovebox_catalog::{Stop, Unavailable, pin};
use tokio_postgres::Client;

use super::cluster::Cluster;
use super::{ask, context, opened};
use crate::tables::described;

const ROOM: &str = "CREATE ROLE reader LOGIN PASSWORD 'hush'; CREATE SCHEMA s; \
    GRANT USAGE ON SCHEMA s TO reader; \
    ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO reader; \
    CREATE VIEW s.endless AS SELECT i, repeat('x', 1000) AS body \
    FROM generate_series(1, 9999) i, generate_series(1, 9999) j, generate_series(1, 9999) k; \
    CREATE VIEW s.silent AS SELECT i FROM generate_series(1, 9999) i, \
    generate_series(1, 9999) j, generate_series(1, 9999) k WHERE i + j + k < 0; \
    CREATE TABLE s.t (id int); INSERT INTO s.t VALUES (1);";

/// Waits until the server runs nothing for the reader any more: it takes the moment in which it
/// looks at its signals.
async fn is_quiet(admin: &Client) {
    let running = "SELECT count(*) FROM pg_stat_activity \
                   WHERE usename = 'reader' AND state <> 'idle in transaction'";
    until(admin, running, |it| it == 0).await;
}

/// Waits until a count is what it shall be.
async fn until(admin: &Client, count: &str, is: impl Fn(i64) -> bool) {
    let started = Instant::now();
    while !is(admin.query_one(count, &[]).await.unwrap().get(0)) {
        assert!(started.elapsed() < Duration::from_secs(10), "{count}");
    }
}

/// The most memory that this process ever had, in KiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_table_streams_through_little_memory() {
    let cluster = Cluster::start(&["log_statement=none"]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let made = "CREATE VIEW s.large AS SELECT i AS id, repeat('x', 1000) AS body \
                FROM generate_series(1, 400000) i";
    admin.batch_execute(made).await.unwrap();
    let small = opened(&cluster.table("s", "t"), None).await.unwrap();
    ask(&small, "select sum(id) from t").await.unwrap();
    let before = peak();
    let large = opened(&cluster.table("s", "large"), None).await.unwrap();
    let answer = ask(&large, "select count(*) as n, sum(length(body)) as s from t").await.unwrap();
    assert!(answer.contains("| 400000 | 400000000 |"), "{answer}");
    let grown = peak().saturating_sub(before);
    println!("400 MB of rows: {grown} KiB more");
    assert!(grown < 100_000, "{grown} KiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_query_leaves_nothing_running_on_the_server() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let mut before = 0;
    for view in ["endless", "silent"] {
        let table = opened(&cluster.table("s", view), None).await.unwrap();
        let frame = context(&table).sql("select i from t").await.unwrap();
        let mut stream = frame.execute_stream().await.unwrap();
        if view == "endless" {
            stream.next().await.unwrap().unwrap();
        } else {
            assert!(stream.next().now_or_never().is_none());
        }
        let running = "SELECT count(*) FROM pg_stat_activity \
                       WHERE usename = 'reader' AND query LIKE 'COPY%' AND state = 'active'";
        until(&admin, running, |it| it > 0).await;
        table.reading.stop();
        drop(stream);
        let ended = table.reading.complete().await;
        assert!(matches!(ended, Ok(()) | Err(Unavailable::Stopped)), "{ended:?}");
        is_quiet(&admin).await;
        let cancelled = || cluster.logged("canceling statement due to user request").len();
        // Who writes to a connection that is gone may see that before it is told to stop.
        let lost = || cluster.logged("connection to client lost").len();
        // What the server says arrives when it is read.
        let started = Instant::now();
        while cancelled() <= before && !(view == "endless" && lost() > 0) {
            assert!(started.elapsed() < Duration::from_secs(10), "{view}");
            tokio::task::yield_now().await;
        }
        before = cancelled();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_is_stopped_while_its_table_is_opened_is_over() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let location = cluster.table("s", "t");
    let columns = described(&location).await.unwrap();
    // Who watches is in no transaction: within one the server shows activity as it was at the
    // first look.
    let holder = cluster.admin().await;
    holder.batch_execute("BEGIN; LOCK TABLE s.t").await.unwrap();
    let stop = Stop::default();
    let told = stop.clone();
    let opening = tokio::task::spawn_blocking(move || {
        let shown: Vec<_> = columns.iter().map(|it| it.name.clone()).collect();
        pin(&location, &told)?.open(&columns, &shown, None).map(drop)
    });
    let waiting = "SELECT count(*) FROM pg_stat_activity \
                   WHERE usename = 'reader' AND wait_event_type = 'Lock'";
    until(&admin, waiting, |it| it > 0).await;
    stop.stop();
    assert_eq!(opening.await.unwrap(), Err(Unavailable::Stopped));
    is_quiet(&admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_the_reading_is_named_and_no_row_passes_for_the_last() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let cancelled = "`s.endless` could not be reached: its server cancelled the reading, or its \
                     time there was up";
    let ended = "`s.endless` could not be reached: its server shut down, or ended the connection";
    // A server that waits for us to read on hangs up in the middle of a row.
    let cut = "`s.endless` was cut off while it was read";
    for (end, said) in
        [("pg_cancel_backend", vec![cancelled]), ("pg_terminate_backend", vec![ended, cut])]
    {
        let table = opened(&cluster.table("s", "endless"), None).await.unwrap();
        let frame = context(&table).sql("select i, body from t").await.unwrap();
        let mut stream = frame.execute_stream().await.unwrap();
        stream.next().await.unwrap().unwrap();
        let ending = format!(
            "SELECT {end}(pid) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active'"
        );
        admin.query_one(&ending, &[]).await.unwrap();
        let rest: Vec<_> = stream.collect().await;
        assert!(rest.last().unwrap().is_err());
        let fault = table.reading.complete().await.unwrap_err().to_string();
        assert!(said.contains(&fault.as_str()), "{fault}");
    }
    // The server itself is gone.
    let table = opened(&cluster.table("s", "endless"), None).await.unwrap();
    let frame = context(&table).sql("select i, body from t").await.unwrap();
    let mut stream = frame.execute_stream().await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(cluster);
    let rest: Vec<_> = stream.collect().await;
    assert!(rest.last().unwrap().is_err());
    let fault = table.reading.complete().await.unwrap_err();
    let is_named = matches!(fault, Unavailable::Truncated { .. } | Unavailable::Unreachable { .. });
    assert!(is_named, "{fault}");
}
