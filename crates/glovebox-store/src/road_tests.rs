//! The road through the store: doors, crashes between them, and what the ledger then says.

mod accepted;
mod budgets;
mod clocks;
mod crashes;
mod deliveries;
mod doors;
mod edges;
mod figures;
mod interleavings;
mod kills;
mod ledger;
mod logs;
mod owners;
mod progress;
mod releases;
mod restored;
mod walk_keys;
mod writers;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use glovebox_ledger::TreeName;
use glovebox_model::{
    AccessKeyId, AccountId, Accountant, AnalysisMethod, AutoRefresh, BudgetTerms, Clock,
    Collaboration, CollaborationTerms, Column, ColumnName, ColumnType, ConfiguredTable,
    Destination, Digest, Id, MemberAbility, MemberTerms, Membership, MembershipTerms, NewQuery,
    Payment, PrivacyTerms, ProtectedQuery, Query, QueryStatus, ResultFormat, TableName,
    TableReference, TableSchema, Timestamp, WrittenCustom, WrittenList, WrittenRule,
};
use glovebox_privacy::Charge;

use crate::claim::{Claim, ClaimLimits, Order};
use crate::document::{self, BudgetDocument};
use crate::doors::{Door, Passed};
use crate::reserve::{Answer, Asked, NotReserved, Opening, Paid, Private};
use crate::results::{FileV1, ResultV1};
use crate::{
    AssociationParts, MasterKey, NewAccount, NotKept, Reader, Snapshot, Store, Submission,
    TableParts,
};

const LIMITS: ClaimLimits = ClaimLimits { running_per_membership: 1000 };

/// How long after it was opened a private query is told what it came to.
const EDGE: i64 = 5_000;

pub(super) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Two members: the airline runs and receives, the maker provides a table of its own.
pub(super) struct World {
    folder: tempfile::TempDir,
    /// Where the head counter lies.
    outside: tempfile::TempDir,
    key: MasterKey,
    clock: Arc<TestClock>,
    store: Store,
    airline: AccountId,
    maker: AccountId,
    airline_key: AccessKeyId,
    collaboration: Id<Collaboration>,
    membership: Membership,
    planes: ConfiguredTable,
    /// The rule of the planes.
    written: WrittenRule,
    /// What every query takes from a privacy budget.
    charge: Option<Charge>,
    /// Whether all queries ask the same; else each asks something else.
    asks_again: bool,
    /// Where results go.
    destinations: Vec<Destination>,
}

/// The doors of judgement, all passed at one moment.
pub(super) fn judged(at: Timestamp) -> Vec<Passed> {
    [Door::Bind, Door::Clear, Door::Price].map(|door| Passed { door, at }).to_vec()
}

fn account(digit: char) -> AccountId {
    digit.to_string().repeat(12).parse().unwrap()
}

pub(super) fn name(text: &str) -> TableName {
    TableName::new(text).unwrap()
}

fn column(text: &str) -> ColumnName {
    ColumnName::new(text).unwrap()
}

fn member(abilities: &[MemberAbility], display_name: &str) -> MemberTerms {
    MemberTerms {
        display_name: display_name.into(),
        abilities: abilities.to_vec(),
        ml_abilities: vec![],
        payment: Payment::default(),
    }
}

pub(super) fn joined(query_log: bool) -> MembershipTerms {
    MembershipTerms {
        query_log,
        job_log: false,
        default_result: None,
        payment: Payment::default(),
        metrics: false,
        intervals: false,
    }
}

/// So many billionths as epsilon has whole ones: easy to count.
pub(super) fn allowance(_: Accountant, epsilon: u32, delta_atto: u64) -> (u64, u64) {
    (u64::from(epsilon) * 1_000_000_000, delta_atto)
}

pub(super) fn destination(account: AccountId, key_prefix: &str) -> Destination {
    Destination {
        account,
        bucket: "results".into(),
        key_prefix: key_prefix.into(),
        format: ResultFormat::Csv,
        single_file: true,
    }
}

pub(super) fn list_rule(list: &str) -> WrittenRule {
    WrittenRule::List(WrittenList {
        join_columns: vec![column("tailnum")],
        join_operators: None,
        list_columns: vec![column(list)],
        additional_analyses: None,
    })
}

fn table_parts(table: &str) -> TableParts {
    let columns = ["tailnum", "model", "maker"]
        .map(|it| Column { name: column(it), kind: ColumnType::String })
        .to_vec();
    TableParts {
        name: table.into(),
        description: None,
        reference: TableReference::glue("db", table),
        allowed_columns: columns.iter().map(|it| it.name.clone()).collect(),
        schema: TableSchema { columns, partition_keys: vec![] },
        method: AnalysisMethod::DirectQuery,
        selected_methods: vec![],
    }
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with_logging(true).await
    }

    pub(super) async fn with_logging(maker_logs: bool) -> Self {
        Self::with_logs(true, maker_logs).await
    }

    /// Whether the collaboration has its query log on, and whether the maker has.
    pub(super) async fn with_logs(room_logs: bool, maker_logs: bool) -> Self {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = MasterKey::generate().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_000_000)));
        let store = Store::open(folder.path(), key.clone(), clock.clone()).await.unwrap();
        let store = store.guarded_by(outside.path());
        assert!(store.prepare_head_counter().await.unwrap());
        let (airline, maker) = (account('1'), account('2'));
        let mut keys = Vec::new();
        for (id, name) in [(airline, "Airline"), (maker, "Maker")] {
            let new = NewAccount { id: Some(id), name: name.into(), tables: None };
            keys.push(store.create_account(new).await.unwrap().1);
        }
        let mut tx = store.begin().await.unwrap();
        let terms = CollaborationTerms {
            name: "Fleet".into(),
            description: None,
            creator_display_name: "Maker".into(),
            encryption: None,
            query_log: room_logs,
            job_log: false,
            auto_approved_changes: vec![],
            allowed_result_regions: vec![],
            metrics: false,
        };
        let abilities = [MemberAbility::CanQuery, MemberAbility::CanReceiveResults];
        let members = [(maker, member(&[], "Maker")), (airline, member(&abilities, "The Airline"))];
        let collaboration = tx.insert_collaboration(maker, terms, &members).await.unwrap().id;
        let makers = tx.insert_membership(collaboration, maker, joined(maker_logs)).await.unwrap();
        let membership = tx.insert_membership(collaboration, airline, joined(true)).await.unwrap();
        let planes = tx.insert_table(maker, table_parts("planes")).await.unwrap();
        tx.put_rule(&planes, list_rule("model"), BTreeMap::new()).await.unwrap();
        let parts = AssociationParts {
            table: planes.id,
            name: name("planes"),
            description: None,
            role_arn: "arn:aws:iam::222222222222:role/r".into(),
            receivers: vec![airline],
        };
        tx.insert_association(&makers, parts).await.unwrap();
        tx.commit().await.unwrap();
        let airline_key = keys.remove(0);
        Self {
            folder,
            outside,
            key,
            clock,
            store,
            airline,
            maker,
            airline_key,
            collaboration,
            membership,
            planes,
            written: list_rule("model"),
            charge: None,
            asks_again: false,
            destinations: vec![destination(airline, "out")],
        }
    }

    /// As after a crash: nothing but the files is left.
    pub(super) async fn restart(&mut self) {
        self.store.close().await;
        let (folder, key) = (self.folder.path(), self.key.clone());
        let store = Store::open(folder, key, self.clock.clone()).await.unwrap();
        self.store = store.guarded_by(self.outside.path());
        self.store.all_walks_are_over().await.unwrap();
    }

    pub(super) fn later(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
    }

    pub(super) fn submission(&self) -> Submission {
        Submission {
            collaboration: self.collaboration,
            membership: self.membership.id,
            runner: self.airline,
            key: self.airline_key.clone(),
            asked: NewQuery {
                text: "SELECT model FROM planes".into(),
                template: None,
                output: None,
                compute: None,
                payer: None,
                intervals: false,
            },
            receivers: vec![self.airline],
            most_open: 105,
        }
    }

    pub(super) async fn submit(&self) -> Id<Query> {
        let mut tx = self.store.begin().await.unwrap();
        let query = tx.submit(self.submission()).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(query.status, QueryStatus::Submitted);
        query.id
    }

    pub(super) async fn claimed(&self, id: Id<Query>) -> Order {
        match self.store.claim(id, LIMITS).await.unwrap() {
            Claim::Judge(order) => order,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn opened(&self, order: &Order) -> Result<(), NotReserved> {
        let snapshot = self.store.snapshot(order).await.unwrap();
        self.open(order, &snapshot).await
    }

    pub(super) async fn open(&self, order: &Order, snapshot: &Snapshot) -> Result<(), NotReserved> {
        self.open_paid(order, snapshot).await.map(drop)
    }

    pub(super) async fn open_paid(
        &self,
        order: &Order,
        snapshot: &Snapshot,
    ) -> Result<Paid, NotReserved> {
        let tables = [name("planes")];
        let rules = vec![Digest::of(b"rule")];
        let judged = judged(self.store.now());
        let plan = if self.asks_again { "plan".to_owned() } else { order.id().to_string() };
        let plan = Digest::of(plan.as_bytes());
        let private = self.charge.as_ref().map(|charge| Private {
            question: plan,
            charge,
            allowance,
            edge_millis: EDGE,
            destinations: &self.destinations,
        });
        let opening = Opening { plan, rules, tables: &tables, judged: &judged, private };
        self.store.open_query(order, snapshot, opening).await.unwrap()
    }

    /// The airline's queries take one of `budget` from here on: the planes get a rule with
    /// differential privacy and their owner offers a budget.
    pub(super) async fn with_budget(mut self, budget: u32) -> Self {
        self.written = WrittenRule::Custom(WrittenCustom {
            additional_analyses: None,
            aggregation_thresholds: None,
            allowed_additional_analyses: None,
            allowed_analyses: vec!["ANY_QUERY".into()],
            allowed_analysis_providers: Some(vec![self.airline]),
            allowed_result_receivers: None,
            comparison_controls: None,
            differential_privacy: Some(vec![column("tailnum")]),
            disallowed_output_columns: None,
        });
        self.charge = Some(Charge {
            owner: self.maker,
            population: String::new(),
            accountant: Accountant::Zcdp,
            loss_nano: 1_000_000_000,
            delta_atto: 0,
            tables: vec![name("planes")],
        });
        self.change_rule().await;
        self.offer(budget, AutoRefresh::None).await;
        self
    }

    /// The rule of the planes is deleted and made again.
    pub(super) async fn change_rule(&self) {
        let mut tx = self.store.begin().await.unwrap();
        let rule = tx.rule(self.planes.id).await.unwrap().unwrap();
        tx.delete_rule(&self.planes, rule.written.kind()).await.unwrap();
        tx.put_rule(&self.planes, self.written.clone(), BTreeMap::new()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The maker offers a privacy budget, instead of the one it offers.
    pub(super) async fn offer(&self, epsilon: u32, auto_refresh: AutoRefresh) {
        let accountant = Accountant::Zcdp;
        let terms =
            PrivacyTerms { epsilon, users_noise: 30, auto_refresh, accountant, delta_atto: 1000 };
        self.put_budget(BudgetTerms::Privacy(terms)).await;
    }

    /// Deletes every budget of the kind of `terms` and makes one anew.
    pub(super) async fn put_budget(&self, terms: BudgetTerms) {
        let (kind, association) = match &terms {
            BudgetTerms::Privacy(_) => ("DIFFERENTIAL_PRIVACY", None),
            BudgetTerms::Access(it) => ("ACCESS_BUDGET", Some(it.association.to_string())),
        };
        let mut tx = self.store.begin().await.unwrap();
        let version = tx.next_version().await.unwrap();
        let now = tx.now().as_millis();
        let makers = tx.membership_in(self.collaboration, self.maker).await.unwrap().unwrap();
        sqlx::query("UPDATE budget_templates SET deleted = 1 WHERE kind = ?1")
            .bind(kind)
            .execute(tx.connection())
            .await
            .unwrap();
        sqlx::query(
            "INSERT INTO budget_templates VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?8, ?2, ?9)",
        )
        .bind(format!("template-{version}"))
        .bind(version)
        .bind(self.collaboration.to_string())
        .bind(self.maker.to_string())
        .bind(makers.id.to_string())
        .bind(kind)
        .bind(association)
        .bind(now)
        .bind(document::write::<BudgetDocument>(&terms).unwrap())
        .execute(tx.connection())
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// How many charges there are, and how many billionths they took.
    pub(super) async fn charges(&self) -> (i64, i64) {
        let mut tx = self.store.read().await.unwrap();
        let sql = "SELECT count(*), coalesce(sum(loss_nano), 0) FROM privacy_charges";
        sqlx::query_as(sql).fetch_one(tx.connection()).await.unwrap()
    }

    /// Submits, claims and opens a query.
    pub(super) async fn run(&self) -> Result<Order, NotReserved> {
        let order = self.claimed(self.submit().await).await;
        let opened = self.opened(&order).await;
        let closed = self.store.close_query(&order, crate::Outcome::Cancelled).await.unwrap();
        // How a private query ended is told later.
        let is_held = self.charge.is_some() && opened.is_ok();
        let status = if is_held { QueryStatus::Started } else { QueryStatus::Cancelled };
        assert_eq!(closed.status, status);
        opened.map(|()| order)
    }

    pub(super) async fn kept(&self, order: &Order) -> Result<(), NotKept> {
        self.kept_with(order, false).await
    }

    pub(super) async fn kept_with(&self, order: &Order, other_row: bool) -> Result<(), NotKept> {
        let result = self.result(order.id(), 10);
        self.store.keep_result(order, &result, other_row).await.unwrap()
    }

    /// A result of one object of so many bytes.
    pub(super) fn result(&self, id: Id<Query>, length: u64) -> ResultV1 {
        let file = FileV1 {
            receiver: self.airline.to_string(),
            bucket: "results".into(),
            key: format!("{id}/part-00000.csv"),
            length,
            digest: Digest::of(b"result").to_string(),
            sealed: format!("{id}/0.sealed"),
        };
        ResultV1 { inputs: Digest::of(b"inputs").to_string(), files: vec![file] }
    }

    /// The walk of a private query comes to a result over these inputs.
    pub(super) async fn held(&self, order: &Order, inputs: &str) -> Result<(), NotKept> {
        let inputs = Digest::of(inputs.as_bytes());
        self.store.hold_result(order, self.result(order.id(), 10), inputs).await.unwrap()
    }

    /// A query that is opened to pay later is answered or pays, over these inputs.
    pub(super) async fn answered(
        &self,
        order: &Order,
        snapshot: &Snapshot,
        inputs: &str,
    ) -> Result<Answer, NotReserved> {
        let asked = Asked {
            charge: self.charge.as_ref().unwrap(),
            allowance,
            inputs: Some(Digest::of(inputs.as_bytes())),
            destinations: &self.destinations,
        };
        self.store.answer_query(order, snapshot, asked).await.unwrap()
    }

    /// The edge of a private query comes, and another walk records its result and may deliver it.
    pub(super) async fn told(&self, id: Id<Query>) -> Order {
        self.later(EDGE);
        let Claim::Deliver(order) = self.store.claim(id, LIMITS).await.unwrap() else {
            panic!("no result is due")
        };
        let _ = self.store.claim_kept(&order).await.unwrap().unwrap();
        order
    }

    pub(super) async fn query(&self, id: Id<Query>) -> ProtectedQuery {
        self.store.read().await.unwrap().query(id).await.unwrap().unwrap()
    }

    pub(super) async fn status(&self, id: Id<Query>) -> QueryStatus {
        self.query(id).await.status
    }

    pub(super) fn tree(&self) -> TreeName {
        TreeName::Collaboration(self.collaboration)
    }

    pub(super) async fn export(&self, reader: Reader) -> glovebox_ledger::Export {
        self.store.ledger_export(self.tree(), 0, u64::MAX, reader).await.unwrap().unwrap()
    }

    /// The whole ledger holds.
    pub(super) async fn ledger_holds_without_counting(&self) {
        for tree in self.store.ledger_trees().await.unwrap() {
            let copy = self.store.ledger_export(tree, 0, u64::MAX, Reader::Operator).await;
            glovebox_ledger::verify(&copy.unwrap().unwrap(), None).unwrap();
        }
    }

    /// The whole ledger holds, and tells of so many ended and open queries.
    pub(super) async fn ledger_holds(&self, ended: u64, open: u64) {
        for tree in self.store.ledger_trees().await.unwrap() {
            let copy = self.store.ledger_export(tree, 0, u64::MAX, Reader::Operator).await;
            let report = glovebox_ledger::verify(&copy.unwrap().unwrap(), None).unwrap();
            if tree == self.tree() {
                assert_eq!((report.queries.ended, report.queries.open), (ended, open));
            }
        }
    }
}
