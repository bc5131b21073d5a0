//! Processes while they live: who holds what, who dies with whom.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

use glovebox_model::QueryStatus;
use glovebox_room::{Caps, CrashPoint, Supervisor, SupervisorConfig, SupervisorError};
use landlock::{
    ABI, Access as _, AccessFs, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
};
use memchr::memmem;

use crate::house::{BINARY, House, KEY, lives, many_flights, walkers};

/// With so little memory no process gets anywhere: each is ended, again and again, by the house.
#[tokio::test(flavor = "multi_thread")]
async fn a_query_whose_processes_take_too_much_memory_fails_like_any_other() {
    let house = House::new().await;
    let config = house.config(CrashPoint::default());
    let caps = Caps { process_bytes: 1, ..config.caps };
    let config = SupervisorConfig { caps, ..config };
    let supervisor = Supervisor::new(house.room.store().clone(), config).await.unwrap();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let supervisor = tokio::spawn(supervisor.run(async { drop(ended.await) }));
    let query = house.submit().await;
    assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Failed);
    assert_eq!(house.result(query), None);
    drop(end);
    supervisor.await.unwrap().unwrap();
    house.ledger_holds().await;
}

const SOON: Duration = Duration::from_secs(3);

async fn until_gone(pids: &[u32], begun: Instant) {
    while pids.iter().any(|pid| lives(*pid)) {
        assert!(begun.elapsed() < SOON, "a process lives on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_query_leaves_no_process_within_three_seconds() {
    let house = House::new().await;
    house.put_flights(&many_flights());
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let query = house.submit().await;
    house.until(query, |it| it == QueryStatus::Started).await;
    let walking = walkers(std::process::id(), &house);
    assert!(!walking.is_empty());
    house.cancel(query).await;
    let wished = Instant::now();
    assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Cancelled);
    until_gone(&walking, wished).await;
    assert_eq!(house.result(query), None);
    drop(end);
    supervisor.await.unwrap();
    for left in ["kept", "spill"] {
        assert_eq!(fs::read_dir(house.folder.path().join(left)).unwrap().count(), 0, "{left}");
    }
    house.ledger_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walking_process_has_nothing_in_arguments_or_environment_and_dumps_no_core() {
    let house = House::new().await;
    house.put_flights(&many_flights());
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let query = house.submit().await;
    let (address_bytes, cpu_seconds) = house.kernel_limits(query).await;
    house.until(query, |it| it == QueryStatus::Started).await;
    let walking = walkers(std::process::id(), &house);
    assert!(!walking.is_empty());
    for pid in walking {
        let arguments = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
        assert!(!arguments.contains(KEY) && !arguments.contains(&query.to_string()));
        if let Ok(environment) = fs::read_to_string(format!("/proc/{pid}/environ")) {
            assert_eq!(environment, "GLIBC_TUNABLES=glibc.malloc.hugetlb=1\0");
        }
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let core = limits.lines().find(|it| it.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
        // Address space and time have an end, soft and hard, and the house comes first.
        for (limit, most) in [("Max address space", address_bytes), ("Max cpu time", cpu_seconds)] {
            let line = limits.lines().find(|it| it.starts_with(limit)).unwrap();
            let set: Vec<&str> = line.split_whitespace().skip(3).take(2).collect();
            assert_eq!(set, [most.to_string(), most.to_string()], "{line}");
        }
        let nice = |stat: String| {
            let after = stat.rsplit_once(") ")?.1.to_owned();
            Some((stat.contains("(engine)"), after.split(' ').nth(16)?.parse::<i32>().ok()?))
        };
        let own = nice(fs::read_to_string("/proc/self/stat").unwrap()).unwrap().1;
        let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
        let stats = threads.map(|it| fs::read_to_string(it.unwrap().path().join("stat")).unwrap());
        let steps: Vec<(bool, i32)> = stats.filter_map(nice).collect();
        assert!(steps.iter().any(|(computes, _)| *computes) && steps.len() > 3, "{steps:?}");
        for (computes, step) in steps {
            // Those of the database are none of these.
            assert!(!computes || step > own, "{step}");
        }
        let first = fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap();
        assert_eq!(first.trim(), "500");
    }
    house.cancel(query).await;
    house.until(query, QueryStatus::is_final).await;
    drop(end);
    supervisor.await.unwrap();
}

/// What the process holds where it can write, searched for bytes; `None` if we may not look.
fn holds(pid: u32, wanted: &[u8]) -> Option<bool> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let memory = fs::File::open(format!("/proc/{pid}/mem")).ok()?;
    let regions = maps.lines().filter(|it| it.contains(" rw")).filter_map(|line| {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        Some((u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?))
    });
    Some(regions.into_iter().any(|(mut at, to)| {
        // A piece at a time, each with the end of the one before: regions may be large.
        let mut piece = vec![0; 1 << 20];
        let mut found = false;
        while at < to && !found {
            let length = piece.len().min(usize::try_from(to - at).unwrap());
            if memory.read_exact_at(&mut piece[..length], at).is_err() {
                break;
            }
            found = memmem::find(&piece[..length], wanted).is_some();
            at += (length as u64).saturating_sub(wanted.len() as u64).max(1);
        }
        found
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walking_process_holds_the_keys_of_its_walk_and_not_the_master_key() {
    let house = House::new().await;
    house.put_flights(&many_flights());
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let query = house.submit().await;
    house.until(query, |it| it == QueryStatus::Started).await;
    let own = house.room.store().walk_keys(query).await.unwrap().kept_result();
    let walking = walkers(std::process::id(), &house);
    assert!(!walking.is_empty());
    for pid in walking {
        // Only the superuser may look into a process that forbade it.
        if let Some(control) = holds(pid, own.as_slice()) {
            assert!(control, "the key of its own result");
            let key = bytes(KEY);
            assert_eq!(holds(pid, &key), Some(false), "the master key");
            assert_eq!(holds(pid, KEY.as_bytes()), Some(false), "the master key as text");
        }
    }
    house.cancel(query).await;
    house.until(query, QueryStatus::is_final).await;
    drop(end);
    supervisor.await.unwrap();
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Nothing is said of the tables to the process: it has the rights of its user, and the kernel
/// does not let it use them.
#[tokio::test(flavor = "multi_thread")]
async fn a_walking_process_reads_no_file_that_it_was_not_told_of() {
    if !kernel_has_landlock() {
        return;
    }
    let house = House::new().await;
    for (told, status) in [(true, QueryStatus::Success), (false, QueryStatus::Failed)] {
        let query = house.submit().await;
        let line = house.task(query, "").await;
        let mut task: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(task["fence"]["reads"].as_array().unwrap().len(), 2, "one folder per member");
        if !told {
            task["fence"]["reads"] = serde_json::json!([]);
        }
        house.walk_task(&format!("{task}\n")).await;
        assert_eq!(house.query(query).await.status, status);
    }
}

fn kernel_has_landlock() -> bool {
    let all = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    all.handle_access(AccessFs::from_all(ABI::V2)).and_then(|it| it.create()).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_takes_its_processes_along_and_the_next_one_settles() {
    let house = House::new().await;
    house.put_flights(&many_flights());
    let mut first = house.serve();
    let query = house.submit().await;
    house.until(query, |it| it == QueryStatus::Started).await;
    let walking = walkers(first.id().unwrap(), &house);
    assert!(!walking.is_empty());
    first.kill().await.unwrap();
    until_gone(&walking, Instant::now()).await;
    assert_eq!(house.query(query).await.status, QueryStatus::Started);

    let second = house.serve();
    assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Failed);
    assert_eq!(house.result(query), None);
    drop(second);
    let queries = house.ledger_holds().await.queries;
    assert_eq!((queries.ended, queries.open), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_is_told_to_end_lets_a_short_query_finish() {
    let house = House::new().await;
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let query = house.submit().await;
    house.until(query, |it| it != QueryStatus::Submitted).await;
    drop(end);
    supervisor.await.unwrap();
    assert_eq!(house.query(query).await.status, QueryStatus::Success);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_queries_all_end_and_deliver_the_same() {
    let house = House::new().await;
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let mut queries = Vec::new();
    for _ in 0..6 {
        queries.push(house.submit().await);
    }
    for query in queries {
        assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Success);
        assert_eq!(house.result(query).as_deref(), Some("carrier,total\nUA,435\n"));
    }
    drop(end);
    supervisor.await.unwrap();
    assert_eq!(house.ledger_holds().await.queries.ended, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_has_one_supervisor() {
    let house = House::new().await;
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let config = house.config(CrashPoint::default());
    let second = Supervisor::new(house.room.store().clone(), config).await;
    assert!(matches!(second, Err(SupervisorError::Another)));
    drop(end);
    supervisor.await.unwrap();
}

#[tokio::test]
async fn walk_without_a_task_says_whose_command_it_is() {
    let output = tokio::process::Command::new(BINARY)
        .arg("walk")
        .stdin(std::process::Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("started by `serve` only"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_any_moment_leaves_whole_answers_or_none() {
    let house = House::new().await;
    let mut queries = Vec::new();
    // Start-up, judgement, execution, delivery: somewhere between them each kill falls.
    for millis in [40, 120, 200, 280, 360, 440, 520, 600, 90, 310] {
        let mut server = house.serve();
        queries.push(house.submit().await);
        tokio::time::sleep(Duration::from_millis(millis)).await;
        server.kill().await.unwrap();
    }
    let server = house.serve();
    for query in &queries {
        let status = house.until(*query, QueryStatus::is_final).await;
        let expected = (status == QueryStatus::Success).then_some("carrier,total\nUA,435\n");
        assert_eq!(house.result(*query).as_deref(), expected, "{status}");
    }
    drop(server);
    let counted = house.ledger_holds().await.queries;
    assert_eq!((counted.ended, counted.open), (queries.len() as u64, 0));
}
