//! A house on disk whose queries walk in processes of the real binary.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use glovebox_ledger::{Report, TreeName, verify};
use glovebox_model::{
    AccountId, AggregateColumns, AggregateFunction, AnalysisMethod, Clock, Collaboration,
    ColumnName, Id, MemberAbility, Membership, OutputConstraint, ProtectedQuery, Query,
    QueryStatus, ResultFormat, RuleKind, S3Output, TableName, TableReference, Timestamp,
    WrittenAggregation, WrittenRule,
};
use glovebox_room::{
    Caller, Caps, CrashPoint, NewAssociation, NewCollaboration, NewMember, NewMembership, NewTable,
    NewTableSource, Quotas, Room, StartOutput, StartQuery, Supervisor, SupervisorConfig,
    WalkLimits, WalkTask,
};
use glovebox_store::{MasterKey, NewAccount, Reader, Store};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_glovebox");
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
pub(crate) const QUERY: &str = "SELECT carrier, SUM(delay) AS total FROM flights GROUP BY carrier";

struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "the processes share one real clock")]
    fn now(&self) -> Timestamp {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_millis(now.as_millis() as i64)
    }
}

pub(crate) struct House {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) room: Room,
    pub(crate) airline: Caller,
    pub(crate) maker: Caller,
    pub(crate) collaboration: Id<Collaboration>,
    pub(crate) membership: Id<Membership>,
}

/// UA flies 30 aircraft, AA three: too few for the rule.
fn few_flights() -> String {
    let flights = (0..30).map(|n| format!("N{n},UA,{n}\n"));
    let others = (0..3).map(|n| format!("N{n},AA,1000\n"));
    "tailnum,carrier,delay\n"
        .chars()
        .chain(flights.chain(others).collect::<String>().chars())
        .collect()
}

/// Enough to keep a debug build busy for a while.
pub(crate) fn many_flights() -> String {
    let mut text = String::from("tailnum,carrier,delay\n");
    for n in 0..3_000_000 {
        text.push_str(&format!("N{n},C{},{n}\n", n % 1000));
    }
    text
}

fn member(name: &str, abilities: &[MemberAbility]) -> NewMember {
    NewMember { display_name: name.into(), abilities: abilities.to_vec(), ..NewMember::default() }
}

fn membership(collaboration: Id<Collaboration>) -> NewMembership {
    NewMembership {
        collaboration,
        query_log: true,
        job_log: false,
        default_result: None,
        payment: None,
        metrics: false,
        tags: BTreeMap::new(),
    }
}

fn column(name: &str) -> ColumnName {
    ColumnName::new(name).unwrap()
}

fn rule() -> WrittenRule {
    WrittenRule::Aggregation(WrittenAggregation {
        aggregate_columns: vec![AggregateColumns {
            columns: vec![column("delay")],
            function: AggregateFunction::Sum,
        }],
        join_columns: vec![],
        join_required: false,
        join_operators: None,
        dimension_columns: vec![column("carrier")],
        scalar_functions: vec![],
        output_constraints: vec![OutputConstraint { column: column("tailnum"), minimum: 25 }],
        additional_analyses: None,
    })
}

async fn open(folder: &Path) -> Room {
    let key = MasterKey::parse(KEY).unwrap();
    let store = Store::open(folder, key, Arc::new(RealClock)).await.unwrap();
    Room::new(store, Quotas::default())
}

impl House {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let room = open(folder.path()).await;
        let mut callers = Vec::new();
        for (id, name) in [("111111111111", "airline"), ("222222222222", "maker")] {
            let new = NewAccount { id: Some(id.parse().unwrap()), name: name.into(), tables: None };
            let (account, key, _) = room.store().create_account(new).await.unwrap();
            callers.push(Caller::new(account.id, key));
        }
        let [airline, maker] = callers.try_into().unwrap();
        put_table(&room, maker.account, &few_flights());
        let runs = [MemberAbility::CanQuery, MemberAbility::CanReceiveResults];
        let new = NewCollaboration {
            name: "fleet".into(),
            description: None,
            creator: member("Maker", &[]),
            members: vec![(airline.account, member("Airline", &runs))],
            encryption: None,
            query_log: true,
            job_log: false,
            auto_approved_changes: vec![],
            allowed_result_regions: vec![],
            metrics: false,
            legacy_engine: false,
            tags: BTreeMap::new(),
        };
        let made = room.create_collaboration(&maker, new).await.unwrap();
        let collaboration = made.collaboration.id;
        let makers = room.create_membership(&maker, membership(collaboration)).await.unwrap();
        let own = room.create_membership(&airline, membership(collaboration)).await.unwrap();
        let new = NewTable {
            name: "flights".into(),
            description: None,
            source: NewTableSource::Known(TableReference::glue("shop", "flights")),
            allowed_columns: vec![column("carrier"), column("delay")],
            method: AnalysisMethod::DirectQuery,
            selected_methods: vec![],
            tags: BTreeMap::new(),
        };
        let table = room.create_configured_table(&maker, new).await.unwrap().table.id;
        let aggregation = RuleKind::Aggregation;
        room.create_configured_table_analysis_rule(&maker, table, aggregation, rule())
            .await
            .unwrap();
        let new = NewAssociation {
            membership: makers.membership.id,
            table,
            name: TableName::new("flights").unwrap(),
            description: None,
            role_arn: "arn:aws:iam::222222222222:role/reader".into(),
            tags: BTreeMap::new(),
        };
        room.create_configured_table_association(&maker, new).await.unwrap();
        fs::create_dir_all(room.account_folder(airline.account).join("buckets/results")).unwrap();
        let membership = own.membership.id;
        Self { folder, room, airline, maker, collaboration, membership }
    }

    pub(crate) fn put_flights(&self, text: &str) {
        put_table(&self.room, self.maker.account, text);
    }

    pub(crate) async fn submit(&self) -> Id<Query> {
        self.submit_text(QUERY).await
    }

    pub(crate) async fn submit_text(&self, text: &str) -> Id<Query> {
        let output = S3Output {
            bucket: "results".into(),
            key_prefix: None,
            format: ResultFormat::Csv,
            single_file: true,
        };
        let start = StartQuery {
            query_string: Some(text.into()),
            output: Some(StartOutput::S3(output)),
            ..StartQuery::default()
        };
        let made = self.room.start_protected_query(&self.airline, self.membership, start).await;
        made.unwrap().id
    }

    pub(crate) async fn cancel(&self, query: Id<Query>) {
        let room = &self.room;
        room.cancel_protected_query(&self.airline, self.membership, query).await.unwrap();
    }

    pub(crate) async fn query(&self, query: Id<Query>) -> ProtectedQuery {
        let room = &self.room;
        room.get_protected_query(&self.airline, self.membership, query).await.unwrap()
    }

    /// Waits until the status is one of these.
    pub(crate) async fn until(
        &self,
        query: Id<Query>,
        wanted: impl Fn(QueryStatus) -> bool,
    ) -> QueryStatus {
        let begun = Instant::now();
        loop {
            let status = self.query(query).await.status;
            if wanted(status) {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "still {status}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The result object, if there is one.
    pub(crate) fn result(&self, query: Id<Query>) -> Option<String> {
        let bucket = self.room.account_folder(self.airline.account).join("buckets/results");
        let entries = fs::read_dir(bucket.join(query.to_string())).ok()?;
        let paths: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
        assert_eq!(paths.len(), 1, "{paths:?}");
        Some(fs::read_to_string(&paths[0]).unwrap())
    }

    /// Every tree of the ledger holds; the report of the collaboration's.
    pub(crate) async fn ledger_holds(&self) -> Report {
        let store = self.room.store();
        let mut found = None;
        for tree in store.ledger_trees().await.unwrap() {
            let copy = store.ledger_export(tree, 0, u64::MAX, Reader::Operator).await.unwrap();
            let report = verify(&copy.unwrap(), None).unwrap();
            if tree == TreeName::Collaboration(self.collaboration) {
                found = Some(report);
            }
        }
        found.unwrap()
    }

    pub(crate) fn log(&self, account: AccountId) -> String {
        let folder = self.room.account_folder(account).join("logs");
        let folder = folder.join(self.collaboration.to_string());
        let Ok(days) = fs::read_dir(folder) else { return String::new() };
        days.map(|it| fs::read_to_string(it.unwrap().path()).unwrap()).collect()
    }

    pub(crate) fn config(&self, crash: CrashPoint) -> SupervisorConfig {
        SupervisorConfig {
            program: BINARY.into(),
            arguments: ["walk", "--log", "error"].iter().map(OsString::from).collect(),
            slots: 2,
            memory_bytes: 256 << 20,
            caps: Caps::of(256 << 20),
            partitions: 2,
            limits: WalkLimits::default(),
            crash,
            outside: None,
        }
    }

    /// A supervisor, until the sender is used or dropped.
    pub(crate) async fn supervise(
        &self,
        crash: CrashPoint,
    ) -> (oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let supervisor = Supervisor::new(self.room.store().clone(), self.config(crash)).await;
        let supervisor = supervisor.unwrap();
        let (end, ended) = oneshot::channel();
        let run = async move {
            supervisor
                .run(async {
                    let _ = ended.await;
                })
                .await
                .unwrap();
        };
        (end, tokio::spawn(run))
    }

    /// One walking process of the real binary, that dies at the point.
    pub(crate) async fn walk(&self, query: Id<Query>, point: &str) -> std::process::ExitStatus {
        self.walk_task(&self.task(query, point).await).await
    }

    /// What such a process is told.
    pub(crate) async fn task(&self, query: Id<Query>, point: &str) -> String {
        let config = self.config(CrashPoint::abort_at(point));
        let folder = self.folder.path().canonicalize().unwrap();
        for name in ["kept", "spill"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        let task = WalkTask::of(self.room.store(), &folder, query, &config, &[]).await.unwrap();
        task.to_line().unwrap().as_str().to_owned()
    }

    /// One walking process of the real binary, told this.
    pub(crate) async fn walk_task(&self, line: &str) -> std::process::ExitStatus {
        let mut child = Command::new(BINARY)
            .args(["walk", "--log", "error"])
            .env_clear()
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut pipe, line.as_bytes()).await.unwrap();
        let status = child.wait().await.unwrap();
        drop(pipe);
        status
    }

    /// `glovebox serve` on this data directory.
    pub(crate) fn serve(&self) -> Child {
        Command::new(BINARY)
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(self.folder.path())
            .env("GLOVEBOX_MASTER_KEY", KEY)
            .env("GLOVEBOX_LOG", "error")
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }
}

fn put_table(room: &Room, owner: AccountId, text: &str) {
    let folder = room.account_folder(owner).join("tables/shop");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("flights.csv"), text).unwrap();
}

/// The processes that a process has started and that work on this house.
pub(crate) fn walkers(parent: u32, house: &House) -> Vec<u32> {
    let folder = house.folder.path().canonicalize().unwrap();
    let mut walkers = Vec::new();
    let Ok(tasks) = fs::read_dir(format!("/proc/{parent}/task")) else { return walkers };
    for task in tasks.flatten() {
        let text = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        let children = text.split_whitespace().filter_map(|it| it.parse::<u32>().ok());
        walkers.extend(children.filter(|pid| has_open(*pid, &folder)));
    }
    walkers
}

/// Whether a process has a file beneath the folder open.
fn has_open(pid: u32, folder: &Path) -> bool {
    let Ok(files) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    files.flatten().any(|it| fs::read_link(it.path()).is_ok_and(|it| it.starts_with(folder)))
}

/// Whether a process still runs: a zombie does not.
pub(crate) fn lives(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim().chars().next();
    state.is_some_and(|it| it != 'Z' && it != 'X')
}
