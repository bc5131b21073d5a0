//! Protected queries over a real store, real files and a real engine, in one process.

mod answers;
mod budgets;
mod crashes;
mod credentials;
mod crowded;
mod events;
mod failures;
mod keys;
mod owners;
mod progress;
mod recorded;
mod releases;
mod several;
mod start;
mod walks;

use std::fs;
use std::path::PathBuf;

use glovebox_engine::EngineConfig;
use glovebox_ledger::{Report, TreeName, verify};
use glovebox_model::{
    AccountId, Collaboration, ConfiguredTable, Id, Membership, ProtectedQuery, Query, QueryStatus,
    ResultFormat, S3Output,
};
use glovebox_room::{CrashPoint, StartOutput, StartQuery, WalkLimits, Walked, Walker};
use glovebox_store::{Reader, Store};

use crate::world::{World, master_key};

pub(super) const QUERY: &str = "SELECT carrier, SUM(delay) AS total FROM flights GROUP BY carrier";

/// The airline runs queries over the flights of the maker.
pub(super) struct Road {
    pub(super) world: World,
    pub(super) collaboration: Id<Collaboration>,
    pub(super) airline: Id<Membership>,
    pub(super) maker: Id<Membership>,
    pub(super) table: Id<ConfiguredTable>,
}

/// UA flies 30 aircraft, AA three: too few for the rule.
pub(super) fn few_flights() -> String {
    let mut text = String::from("tailnum,carrier,delay\n");
    for n in 0..30 {
        text.push_str(&format!("N{n},UA,{n}\n"));
    }
    for n in 0..3 {
        text.push_str(&format!("N{n},AA,1000\n"));
    }
    text
}

impl Road {
    pub(super) async fn new() -> Self {
        let world = World::with(&["airline", "maker", "stranger"]).await;
        world.put_table("maker", "flights.csv", &few_flights());
        let collaboration = world.collaborate("maker", "airline", &[]).await;
        let maker = world.join("maker", collaboration).await;
        let airline = world.join("airline", collaboration).await;
        let table = world.configure("maker").await;
        world.rule("maker", table).await;
        world.associate("maker", maker, table, "flights").await.unwrap();
        let road = Self { world, collaboration, airline, maker, table };
        fs::create_dir_all(road.bucket("airline")).unwrap();
        road
    }

    pub(super) fn bucket(&self, name: &str) -> PathBuf {
        let account = self.world.account(name);
        self.world.room.account_folder(account).join("buckets/results")
    }

    pub(super) fn store(&self) -> &Store {
        self.world.room.store()
    }

    pub(super) async fn submit(&self, text: &str) -> Id<Query> {
        let caller = self.world.caller("airline");
        let made = self.world.room.start_protected_query(caller, self.airline, start(text)).await;
        let query = made.unwrap();
        assert_eq!(query.status, QueryStatus::Submitted);
        query.id
    }

    pub(super) async fn walker(&self, query: Id<Query>, crash: CrashPoint) -> Walker {
        self.limited(query, &WalkLimits::default(), crash).await
    }

    pub(super) async fn limited(
        &self,
        query: Id<Query>,
        limits: &WalkLimits,
        crash: CrashPoint,
    ) -> Walker {
        let engine = EngineConfig {
            result_bytes: limits.result_bytes,
            ..EngineConfig::new(self.world.folder.path().to_path_buf())
        };
        let store = self.store().for_walk(query).await.unwrap();
        Walker::new(store, engine, limits, crash).unwrap()
    }

    pub(super) async fn walk(&self, query: Id<Query>) -> ProtectedQuery {
        let walked = self.walker(query, CrashPoint::default()).await.walk().await.unwrap();
        let query = self.query(query).await;
        assert_eq!(walked, Walked::Ended(query.status));
        query
    }

    pub(super) async fn run(&self, text: &str) -> ProtectedQuery {
        let id = self.submit(text).await;
        self.walk(id).await
    }

    pub(super) async fn query(&self, id: Id<Query>) -> ProtectedQuery {
        let caller = self.world.caller("airline");
        self.world.room.get_protected_query(caller, self.airline, id).await.unwrap()
    }

    /// The house dies and starts again over the same files.
    pub(super) async fn restart(&mut self) {
        self.store().close().await;
        let folder = self.world.folder.path();
        let clock = self.world.clock.clone();
        let store = Store::open(folder, master_key(), clock).await.unwrap();
        let store = store.guarded_by(&folder.join("head-counter"));
        store.all_walks_are_over().await.unwrap();
        self.world.room = glovebox_room::Room::new(store, *self.world.room.quotas());
    }

    /// The only object of a result, if the query delivered one.
    pub(super) fn result(&self, name: &str, query: Id<Query>) -> Option<String> {
        let folder = self.bucket(name).join("out").join(query.to_string());
        let entries = fs::read_dir(folder).ok()?;
        let names: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
        assert_eq!(names.len(), 1, "{names:?}");
        Some(fs::read_to_string(&names[0]).unwrap())
    }

    /// Every tree of the ledger holds; the report of the collaboration's.
    pub(super) async fn ledger_holds(&self) -> Report {
        let mut found = None;
        for tree in self.store().ledger_trees().await.unwrap() {
            let copy = self.store().ledger_export(tree, 0, u64::MAX, Reader::Operator).await;
            let report = verify(&copy.unwrap().unwrap(), None).unwrap();
            if tree == TreeName::Collaboration(self.collaboration) {
                found = Some(report);
            }
        }
        found.unwrap()
    }

    /// The lines of an account's query log.
    pub(super) async fn log(&self, account: AccountId) -> String {
        self.store().write_member_logs().await.unwrap();
        let folder = self.world.room.account_folder(account).join("logs");
        let Ok(days) = fs::read_dir(folder.join(self.collaboration.to_string())) else {
            return String::new();
        };
        days.map(|it| fs::read_to_string(it.unwrap().path()).unwrap()).collect()
    }
}

pub(super) fn output(key_prefix: &str) -> S3Output {
    S3Output {
        bucket: "results".into(),
        key_prefix: Some(key_prefix.into()),
        format: ResultFormat::Csv,
        single_file: true,
    }
}

pub(super) fn start(text: &str) -> StartQuery {
    StartQuery {
        query_string: Some(text.into()),
        output: Some(StartOutput::S3(output("out"))),
        ..StartQuery::default()
    }
}
