//! A small house to try things in: five accounts, a folder of tables, a clock that stands.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use glovebox_catalog::{EgressTerms, Outside};
use glovebox_model::{
    AccessPeriod, AccountId, AggregateColumns, AggregateFunction, AnalysisMethod, Association,
    Clock, Collaboration, ColumnName, ConfiguredTable, Id, Membership, OutputConstraint,
    ParameterType, RuleKind, TableName, TableReference, TemplateParameter, Timestamp,
    WrittenAggregation, WrittenCustom, WrittenList, WrittenRule,
};
use glovebox_model::{MemberAbility, MemberAbility::CanQuery, MemberAbility::CanReceiveResults};
use glovebox_room::{
    Caller, ConflictReason, NewAccessLimit, NewAssociation, NewBudgetTemplate, NewCollaboration,
    NewMember, NewMembership, NewTable, NewTableSource, NewTemplate, Offer, Quotas, Room,
    RoomError,
};
use glovebox_store::{MasterKey, NewAccount, Store};
use tempfile::TempDir;

pub(crate) const ROLE_ARN: &str = "arn:aws:iam::123456789012:role/reader";

/// A clock that moves only when told to.
#[derive(Debug, Default)]
pub(crate) struct StandingClock(AtomicI64);

impl StandingClock {
    pub(crate) fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

pub(crate) struct World {
    pub(crate) room: Room,
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<StandingClock>,
    callers: BTreeMap<String, Caller>,
}

pub(crate) fn master_key() -> MasterKey {
    MasterKey::parse(&"07".repeat(32)).unwrap()
}

impl World {
    /// A house with accounts of these names, each with a table `shop/flights` of its own.
    pub(crate) async fn with(names: &[&str]) -> Self {
        Self::with_quotas(names, Quotas::default()).await
    }

    pub(crate) async fn with_quotas(names: &[&str], quotas: Quotas) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(StandingClock::default());
        clock.advance(1_800_000_000_000);
        let mut world = Self::open(folder, clock, quotas, BTreeMap::new()).await;
        for (index, name) in names.iter().enumerate() {
            let id = format!("{:012}", 100_000_000_001 + index).parse().unwrap();
            let new = NewAccount { id: Some(id), name: (*name).to_owned(), tables: None };
            let (account, key, _) = world.room.store().create_account(new).await.unwrap();
            world.callers.insert((*name).to_owned(), Caller::new(account.id, key));
            world.put_table(name, "flights.csv", "tailnum,carrier,delay\nN1,UA,3\nN2,AA,4\n");
        }
        world
    }

    pub(crate) async fn open(
        folder: TempDir,
        clock: Arc<StandingClock>,
        quotas: Quotas,
        callers: BTreeMap<String, Caller>,
    ) -> Self {
        let clock_again = Arc::clone(&clock);
        let store = Store::open(folder.path(), master_key(), clock_again).await.unwrap();
        // Inside, unlike in a real house: a copy of this one is a house of its own.
        let store = store.guarded_by(&folder.path().join("head-counter"));
        let room = Room::new(store, quotas).with_outside(outside());
        Self { room, folder, clock, callers }
    }

    /// The same house again, in a copy of its folder.
    pub(crate) async fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        let clock = Arc::new(StandingClock::default());
        clock.advance(self.clock.now().as_millis());
        Self::open(folder, clock, *self.room.quotas(), self.callers.clone()).await
    }

    pub(crate) fn caller(&self, name: &str) -> &Caller {
        &self.callers[name]
    }

    pub(crate) fn account(&self, name: &str) -> AccountId {
        self.caller(name).account
    }

    pub(crate) fn put_table(&self, name: &str, file: &str, text: &str) {
        let folder = self.room.account_folder(self.account(name)).join("tables/shop");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), text).unwrap();
    }

    /// A collaboration made by the first, run by the second, the others are plain members.
    pub(crate) async fn collaborate(
        &self,
        creator: &str,
        runner: &str,
        others: &[&str],
    ) -> Id<Collaboration> {
        let part = |name: &str| {
            let query = [CanQuery, CanReceiveResults];
            let abilities: &[MemberAbility] = if name == runner { &query } else { &[] };
            member(name, abilities)
        };
        let invited = [runner].into_iter().chain(others.iter().copied());
        let invited = invited.filter(|it| *it != creator);
        let members = invited.map(|it| (self.account(it), part(it))).collect();
        let new = collaboration(part(creator), members);
        let made = self.room.create_collaboration(self.caller(creator), new).await;
        made.unwrap().collaboration.id
    }

    pub(crate) async fn join(&self, name: &str, it: Id<Collaboration>) -> Id<Membership> {
        let made = self.room.create_membership(self.caller(name), membership(it)).await;
        made.unwrap().membership.id
    }

    pub(crate) async fn configure(&self, name: &str) -> Id<ConfiguredTable> {
        let made = self.room.create_configured_table(self.caller(name), flights()).await;
        made.unwrap().table.id
    }

    pub(crate) async fn rule(&self, name: &str, table: Id<ConfiguredTable>) {
        let (caller, policy) = (self.caller(name), aggregation());
        self.room
            .create_configured_table_analysis_rule(caller, table, AGGREGATION, policy)
            .await
            .unwrap();
    }

    pub(crate) async fn associate(
        &self,
        name: &str,
        membership: Id<Membership>,
        table: Id<ConfiguredTable>,
        alias: &str,
    ) -> Result<Association, RoomError> {
        let new = association(membership, table, alias);
        self.room.create_configured_table_association(self.caller(name), new).await
    }
}

/// Beyond the house there is one port, at which nobody answers.
fn outside() -> Outside {
    // The system's certificates are read once: a copy of the house is made for every answer.
    static OUTSIDE: OnceLock<Outside> = OnceLock::new();
    let made = || {
        let terms = EgressTerms { listed: vec!["127.0.0.1:1".into()], authorities: String::new() };
        Outside::new(terms, None).unwrap()
    };
    OUTSIDE.get_or_init(made).clone()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) const AGGREGATION: RuleKind = RuleKind::Aggregation;
pub(crate) const LIST: RuleKind = RuleKind::List;

pub(crate) fn member(name: &str, abilities: &[MemberAbility]) -> NewMember {
    NewMember { display_name: name.into(), abilities: abilities.to_vec(), ..NewMember::default() }
}

pub(crate) fn collaboration(
    creator: NewMember,
    members: Vec<(AccountId, NewMember)>,
) -> NewCollaboration {
    NewCollaboration {
        name: "delays".into(),
        description: None,
        creator,
        members,
        encryption: None,
        query_log: true,
        job_log: false,
        auto_approved_changes: vec![],
        allowed_result_regions: vec![],
        metrics: false,
        legacy_engine: false,
        tags: BTreeMap::new(),
    }
}

pub(crate) fn membership(collaboration: Id<Collaboration>) -> NewMembership {
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

pub(crate) fn column(name: &str) -> ColumnName {
    ColumnName::new(name).unwrap()
}

pub(crate) fn flights() -> NewTable {
    NewTable {
        name: "flights of 2013".into(),
        description: None,
        source: NewTableSource::Known(TableReference::glue("shop", "flights")),
        allowed_columns: vec![column("carrier"), column("delay")],
        method: AnalysisMethod::DirectQuery,
        selected_methods: vec![],
        tags: BTreeMap::new(),
    }
}

pub(crate) fn aggregation() -> WrittenRule {
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

pub(crate) fn list() -> WrittenRule {
    WrittenRule::List(WrittenList {
        join_columns: vec![column("carrier")],
        join_operators: Some(vec![]),
        list_columns: vec![column("delay")],
        additional_analyses: None,
    })
}

pub(crate) fn association(
    membership: Id<Membership>,
    table: Id<ConfiguredTable>,
    alias: &str,
) -> NewAssociation {
    NewAssociation {
        membership,
        table,
        name: TableName::new(alias).unwrap(),
        description: None,
        role_arn: ROLE_ARN.into(),
        tags: BTreeMap::new(),
    }
}

/// What the wire will call the answer.
pub(crate) fn answer<T>(result: &Result<T, RoomError>) -> String {
    match result {
        Ok(_) => "yes".into(),
        Err(RoomError::AccessDenied { .. }) => "denied".into(),
        Err(RoomError::NotFound { .. }) => "not found".into(),
        Err(RoomError::Conflict { reason, .. }) => reason.aws_name().into(),
        Err(RoomError::Validation { reason, .. }) => reason.aws_name().into(),
        Err(RoomError::QuotaExceeded { name, value }) => format!("{name}: {value}"),
        Err(RoomError::Throttled { .. }) => "throttled".into(),
        Err(RoomError::Internal(error)) => panic!("internal: {error}"),
    }
}

#[test]
fn conflict_reasons_are_spelled_as_aws_does() {
    assert_eq!(ConflictReason::SubresourcesExist.aws_name(), "SUBRESOURCES_EXIST");
}

/// A template over `flights` with one parameter.
pub(crate) fn template(membership: Id<Membership>, name: &str) -> NewTemplate {
    NewTemplate {
        membership,
        name: name.into(),
        description: None,
        text: "SELECT carrier, SUM(delay) FROM flights WHERE carrier = :carrier GROUP BY carrier"
            .into(),
        parameters: vec![TemplateParameter {
            name: "carrier".into(),
            kind: ParameterType::Varchar,
            default: Some("UA".into()),
        }],
        tables: vec![],
        tags: BTreeMap::new(),
    }
}

/// Another offer of that member.
pub(crate) fn budget(membership: Id<Membership>, offer: Offer) -> NewBudgetTemplate {
    NewBudgetTemplate { membership, auto_refresh: None, offer, tags: BTreeMap::new() }
}

/// Five queries a day.
pub(crate) fn access_limit() -> NewAccessLimit {
    NewAccessLimit { period: AccessPeriod::CalendarDay, budget: 5, auto_refresh: None }
}

/// A rule with `tailnum` for the user identifier: whatever that account writes may run.
pub(crate) fn private(analyst: AccountId) -> WrittenRule {
    WrittenRule::Custom(WrittenCustom {
        allowed_analyses: vec!["ANY_QUERY".into()],
        allowed_analysis_providers: Some(vec![analyst]),
        differential_privacy: Some(vec![column("tailnum")]),
        ..WrittenCustom::default()
    })
}
