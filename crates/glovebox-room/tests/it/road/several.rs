//! Results for several receivers: who may be among them, and what they have.

mod lost;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use glovebox_ledger::{Entry, Event};
use glovebox_model::MemberAbility::{CanQuery, CanReceiveResults};
use glovebox_model::{
    AccountId, DefaultResult, DeliveryState, Id, OutputLocation, Query, QueryStatus, ResultFormat,
    S3Output,
};
use glovebox_room::{
    CopyState, CrashPoint, NewMembership, PaymentDraft, RoomError, StartOutput, StartQuery, Walked,
};
use glovebox_store::{Reader, Stand};

use super::{QUERY, Road, few_flights, output, start};
use crate::memberships::PAYS;
use crate::world::{World, answer, collaboration, member, membership};

const RECEIVERS: [&str; 3] = ["airline", "bureau", "club"];
const ANSWER: &str = "carrier,total\nUA,435\n";

impl Road {
    /// The airline runs; it, the bureau and the club receive, the bureau as Parquet. The guest
    /// receives and has no place for it, the maker only brings its flights.
    pub(super) async fn several() -> Self {
        Self::several_by("maker", None).await
    }

    /// The same, where the stranger has made the collaboration and only that, and the guest pays.
    pub(super) async fn several_apart() -> Self {
        Self::several_by("stranger", Some(PAYS)).await
    }

    async fn several_by(creator: &str, guest_pays: Option<PaymentDraft>) -> Self {
        let names = ["airline", "bureau", "club", "guest", "maker", "stranger"];
        let world = World::with(&names).await;
        world.put_table("maker", "flights.csv", &few_flights());
        let receives = |name: &str| (world.account(name), member(name, &[CanReceiveResults]));
        let (account, mut guest) = receives("guest");
        guest.payment = guest_pays;
        let mut members = vec![receives("bureau"), receives("club"), (account, guest)];
        let abilities = [CanQuery, CanReceiveResults];
        members.push((world.account("airline"), member("airline", &abilities)));
        if creator != "maker" {
            members.push((world.account("maker"), member("maker", &[])));
        }
        let new = collaboration(member(creator, &[]), members);
        let made = world.room.create_collaboration(world.caller(creator), new).await.unwrap();
        let collaboration = made.collaboration.id;
        let maker = world.join("maker", collaboration).await;
        if creator != "maker" {
            world.join(creator, collaboration).await;
        }
        let airline = world.join("airline", collaboration).await;
        let joins = NewMembership { payment: guest_pays, ..membership(collaboration) };
        world.room.create_membership(world.caller("guest"), joins).await.unwrap();
        for (name, format) in [("bureau", ResultFormat::Parquet), ("club", ResultFormat::Csv)] {
            let mut joins = membership(collaboration);
            let output = S3Output { format, ..output("out") };
            joins.default_result = Some(DefaultResult { output, role_arn: None });
            world.room.create_membership(world.caller(name), joins).await.unwrap();
        }
        let table = world.configure("maker").await;
        world.rule("maker", table).await;
        world.associate("maker", maker, table, "flights").await.unwrap();
        let road = Self { world, collaboration, airline, maker, table };
        for name in RECEIVERS {
            fs::create_dir_all(road.bucket(name)).unwrap();
        }
        road
    }

    fn member_place(&self, name: &str) -> OutputLocation {
        OutputLocation::Member(self.world.account(name))
    }

    pub(super) fn to_all(&self) -> StartQuery {
        let own = OutputLocation::S3(output("out"));
        // In no order.
        distribute(vec![self.member_place("club"), own, self.member_place("bureau")])
    }

    async fn begin(&self, start: StartQuery) -> Result<Id<Query>, RoomError> {
        let caller = self.world.caller("airline");
        let made = self.world.room.start_protected_query(caller, self.airline, start).await;
        made.map(|it| it.id)
    }

    /// The bytes that a receiver has of a query, if it has any.
    pub(super) fn copy_of(&self, name: &str, query: Id<Query>) -> Option<Vec<u8>> {
        let mut files = objects(&self.bucket(name).join("out").join(query.to_string()));
        assert!(files.len() < 2);
        files.pop()
    }

    /// What the runner is told of each copy, by name.
    async fn copies(&self, query: Id<Query>) -> Vec<(&'static str, CopyState)> {
        let caller = self.world.caller("airline");
        let told = self.world.room.protected_query_copies(caller, query).await.unwrap();
        let named = |it: &&'static str, account: AccountId| self.world.account(it) == account;
        let name = |account| *RECEIVERS.iter().find(|it| named(it, account)).unwrap();
        told.into_iter().map(|it| (name(it.receiver), it.state)).collect()
    }

    async fn states(&self, query: Id<Query>) -> Vec<(&'static str, Option<DeliveryState>)> {
        let state = |it| match it {
            CopyState::Known(state, _) => Some(state),
            CopyState::None | CopyState::Pending => None,
        };
        self.copies(query).await.into_iter().map(|(name, it)| (name, state(it))).collect()
    }

    /// Whom the last entry of the query's ledger names.
    async fn told_by_the_ledger(&self, query: Id<Query>) -> Vec<AccountId> {
        self.ledger_holds().await;
        let tree = glovebox_ledger::TreeName::Collaboration(self.collaboration);
        let copy = self.store().ledger_export(tree, 0, u64::MAX, Reader::Operator).await;
        let last = copy.unwrap().unwrap().entries.pop().unwrap();
        match Entry::parse(&last.entry).unwrap().event {
            Event::Closed { query: id, delivered, .. } if id == query => delivered,
            other => panic!("{other:?}"),
        }
    }
}

fn distribute(locations: Vec<OutputLocation>) -> StartQuery {
    StartQuery { output: Some(StartOutput::Distribute(locations)), ..start(QUERY) }
}

fn objects(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    found.map(|it| fs::read(it.unwrap().path()).unwrap()).collect()
}

const DELIVERED: Option<DeliveryState> = Some(DeliveryState::Delivered);

#[tokio::test]
async fn every_receiver_has_the_same_answer_in_its_own_form_at_its_own_place() {
    let road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    let pending = [CopyState::Pending; 3];
    assert_eq!(road.copies(id).await.into_iter().map(|it| it.1).collect::<Vec<_>>(), pending);
    let stop = CrashPoint::stop_at("keep:after");
    assert_eq!(road.walker(id, stop).await.walk().await.unwrap(), Walked::Unfinished);
    let kept = road.world.folder.path().join("kept").join(id.to_string());
    assert_eq!(fs::read_dir(kept).unwrap().count(), 2, "each form is written once");
    assert_eq!(road.store().walk_is_over(id).await.unwrap(), Stand::Open);
    let query = road.walk(id).await;
    assert_eq!((query.status, &query.failure), (QueryStatus::Success, &None));
    assert_eq!(query.location, Some(format!("s3://results/out/{id}/")));
    for name in ["airline", "club"] {
        assert_eq!(road.copy_of(name, id).unwrap(), ANSWER.as_bytes(), "{name}");
    }
    assert!(road.copy_of("bureau", id).unwrap().starts_with(b"PAR1"));
    let delivered = RECEIVERS.map(|it| (it, DELIVERED));
    assert_eq!(road.states(id).await, delivered);
    let all = RECEIVERS.map(|it| road.world.account(it));
    assert_eq!(query.receivers, all);
    assert_eq!(road.told_by_the_ledger(id).await, all);
    assert_eq!(fs::read_dir(road.world.folder.path().join("kept")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_receiver_is_told_of_its_own_copy_and_nobody_else_of_any() {
    let road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    road.walk(id).await;
    let room = &road.world.room;
    for name in ["bureau", "club"] {
        let told = room.protected_query_copies(road.world.caller(name), id).await.unwrap();
        let told: Vec<AccountId> = told.iter().map(|it| it.receiver).collect();
        assert_eq!(told, [road.world.account(name)]);
    }
    for name in ["guest", "maker", "stranger"] {
        let told = room.protected_query_copies(road.world.caller(name), id).await;
        assert_eq!(answer(&told), "not found", "{name}");
    }
    let (maker, club) = (road.world.caller("maker"), road.world.account("club"));
    room.delete_member(maker, road.collaboration, club).await.unwrap();
    let told = room.protected_query_copies(road.world.caller("club"), id).await;
    assert_eq!(answer(&told), "not found", "a member no more");
}

#[tokio::test]
async fn who_cannot_be_among_the_receivers_is_refused_at_start() {
    let road = Road::several().await;
    let own = || OutputLocation::S3(output("out"));
    let member = |name| road.member_place(name);
    let bad: BTreeMap<&str, Vec<OutputLocation>> = BTreeMap::from([
        ("nobody", vec![]),
        ("two places of the runner", vec![own(), own()]),
        ("the runner as a member", vec![member("airline"), member("club")]),
        ("a member twice", vec![member("club"), own(), member("club")]),
        ("a member that does not receive", vec![own(), member("maker")]),
        ("a stranger", vec![own(), member("stranger")]),
        ("a member without a place", vec![own(), member("guest")]),
    ]);
    for (what, locations) in bad {
        let refused = road.begin(distribute(locations)).await;
        assert!(matches!(refused, Err(RoomError::Validation { .. })), "{what}: {refused:?}");
    }
    let asking = StartQuery { intervals: true, ..road.to_all() };
    assert!(matches!(road.begin(asking).await, Err(RoomError::Validation { .. })));
    fs::remove_dir(road.bucket("bureau")).unwrap();
    match road.begin(road.to_all()).await {
        Err(RoomError::Validation { fields, .. }) => {
            let name = "resultConfiguration.outputConfiguration.distribute.locations";
            assert_eq!(fields[0].name, name);
            assert!(!fields[0].message.contains("results`"), "its bucket's name is its own");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(road.ledger_holds().await.queries.submitted, 0);
    let alone = road.begin(distribute(vec![member("club")])).await.unwrap();
    let query = road.walk(alone).await;
    assert_eq!((query.status, query.location), (QueryStatus::Success, None));
}

#[tokio::test]
async fn a_receiver_that_an_owner_does_not_name_is_not_carried_along_by_those_it_names() {
    let road = Road::several().await;
    road.put_association_rule(Some(vec!["airline", "bureau"])).await;
    let id = road.begin(road.to_all()).await.unwrap();
    let query = road.walk(id).await;
    assert_eq!(query.status, QueryStatus::Failed);
    let message = query.failure.unwrap().message;
    let [airline, bureau, club] = RECEIVERS.map(|it| road.world.account(it).to_string());
    assert!(message.contains("GB0096") && message.contains(&club), "{message}");
    assert!(!message.contains(&airline) && !message.contains(&bureau), "{message}");
    for name in RECEIVERS {
        assert_eq!(road.copy_of(name, id), None, "{name}");
    }
    assert!(road.copies(id).await.iter().all(|it| it.1 == CopyState::None));
    let named = distribute(vec![OutputLocation::S3(output("out")), road.member_place("bureau")]);
    let id = road.begin(named).await.unwrap();
    assert_eq!(road.walk(id).await.status, QueryStatus::Success);
}
