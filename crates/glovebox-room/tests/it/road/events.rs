//! What takes a query's rights away, or asks it to stop, at each stage of its road; written to
//! docs/when-rights-end.md.

mod hands;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use expect_test::expect_file;
use futures::future::BoxFuture;
use glovebox_model::{Id, Query, QueryStatus};
use glovebox_privacy::{Draw, Insecure, NoEntropy, SampleKey, SecureDraw, SecureNoise};
use glovebox_room::{CrashPoint, Lead, WalkLimits, Walked};
use hands::{ALL, Hands, Happens, house, said};
use tokio::sync::Notify;

use super::releases::EDGE;
use super::{QUERY, Road};

/// Where the query stands when it happens: the point of its walk after which nothing is done.
const STAGES: [(&str, Option<&str>); 5] = [
    ("waits", None),
    ("is judged", Some("snapshot:after")),
    ("runs", Some("execute:before")),
    ("is released", Some("keep:after")),
    ("has one copy out", Some("record:after")),
];

/// Lets something happen when the walk comes to a point for the first time, and the walk look for
/// the wish to stop after that.
struct Interferes {
    point: &'static str,
    event: Mutex<Option<BoxFuture<'static, ()>>>,
    happened: Notify,
}

impl std::fmt::Debug for Interferes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.point)
    }
}

impl Lead for Interferes {
    fn at(&self, point: &'static str) -> BoxFuture<'_, ()> {
        let event = match point == self.point {
            true => self.event.lock().unwrap().take(),
            false => None,
        };
        Box::pin(async move {
            if let Some(event) = event {
                event.await;
                self.happened.notify_one();
            }
        })
    }

    fn look(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.happened.notified())
    }

    fn draw(&self) -> Result<Box<dyn Draw + Send>, Insecure> {
        Ok(Box::new(SecureDraw::new()?))
    }

    fn key(&self) -> Result<SampleKey, NoEntropy> {
        SampleKey::fresh(&mut SecureNoise)
    }
}

/// Walks until the query has ended, or a private one is held for its edge.
async fn walk(road: &Road, query: Id<Query>, lead: Option<Arc<Interferes>>) -> Walked {
    let walker = road.walker(query, CrashPoint::default()).await;
    let walker = match lead {
        None => walker,
        #[expect(clippy::disallowed_methods, reason = "the walk is interfered with")]
        Some(lead) => walker.dangerous_led_by(lead),
    };
    walker.walk().await.unwrap()
}

/// One event at one stage of a query with three receivers: what whoever did it was answered, and
/// what the query came to.
async fn tried(what: Happens, stage: Option<&'static str>) -> (String, String) {
    let (road, start) = house(what).await;
    let caller = road.world.caller("airline");
    let asked = road.world.room.start_protected_query(caller, road.airline, start).await;
    let query = asked.unwrap().id;
    let hands = Hands::of(&road, query).await;
    let heard = Arc::new(Mutex::new(String::new()));
    let event: BoxFuture<'static, ()> = {
        let heard = Arc::clone(&heard);
        Box::pin(async move {
            let said = hands.happen(what).await;
            *heard.lock().unwrap() = said;
        })
    };
    let lead = match stage {
        None => {
            event.await;
            None
        }
        Some(point) => {
            let (point, event) = (what.point(point), Mutex::new(Some(event)));
            Some(Arc::new(Interferes { point, event, happened: Notify::new() }))
        }
    };
    let mut walked = walk(&road, query, lead.clone()).await;
    if what.is_private() && walked == Walked::Unfinished {
        road.world.clock.advance(EDGE);
        walked = walk(&road, query, lead).await;
    }
    let mut tx = road.store().read().await.unwrap();
    let ended = tx.query(query).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(walked, Walked::Ended(ended.status), "{what:?} at {stage:?}");
    assert_eq!(road.ledger_holds().await.queries.open, 0);
    let have = ["airline", "bureau", "club"].map(|it| road.copy_of(it, query).is_some());
    let heard = heard.lock().unwrap().clone();
    // Whatever the table says: a right that was gone before the last look delivers nothing.
    let lost = heard == "done" && !matches!(what, Happens::BudgetDeleted | Happens::Cancelled);
    if lost {
        let mine = matches!(
            what,
            Happens::ReceiverDisabled | Happens::ReceiverLeaves | Happens::ReceiverRemoved
        );
        assert!(!have[2], "{what:?} at {stage:?}: the club has a copy");
        let out = stage == Some("record:after");
        assert!(mine || have[0] == out && !have[1], "{what:?} at {stage:?}: {have:?}");
    }
    assert_eq!(ended.status == QueryStatus::Success, have.contains(&true));
    let code = ended.failure.map(|it| it.message.split(' ').next().unwrap().to_owned());
    let copies = match have.iter().filter(|it| **it).count() {
        0 => String::new(),
        3 => ", all copies".to_owned(),
        some => format!(", {some} of 3 copies"),
    };
    let code = code.map(|it| format!(" {it}")).unwrap_or_default();
    (heard, format!("{}{code}{copies}", ended.status))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ends_a_right_ends_what_depends_on_it() {
    let mut text = String::from(HEAD);
    let stages = STAGES.map(|it| it.0).join(" | ");
    writeln!(text, "| what happens | {stages} |\n|---|{}", "---|".repeat(STAGES.len())).unwrap();
    for (what, name) in ALL {
        let mut cells = Vec::new();
        for (_, point) in STAGES {
            let (heard, came) = tried(what, point).await;
            cells.push(if heard == "done" { came } else { format!("refused: {heard}; {came}") });
        }
        writeln!(text, "| {name} | {} |", cells.join(" | ")).unwrap();
    }
    expect_file!["../../../../../docs/when-rights-end.md"].assert_eq(&text);
}

const HEAD: &str = "# When rights end

Written by a test (`cargo test -p glovebox-room`, with `UPDATE_EXPECT=1` to write it anew).
A query has three receivers, of whom one also runs it.
Something happens while it waits, between its judgement and its opening, while it runs, after its
result was released, and after the runner has its copy.
In each cell: the query's status and code then, and how many receivers have a copy.
In rows about the owner of the table and the payer, the owner is not the creator, and the payer
neither runs the query nor receives its result.
In the row about a privacy budget the query is private, in that about a template it runs one.

A copy is delivered after a last look at every right that it depends on, and never without one.
A right that only one receiver needs withholds that receiver's copy, any other right withholds all
that is not delivered yet ([why](decisions/0024-several-receivers.md)).
A query that one receiver has the result of has succeeded.
A privacy budget is charged when the query is opened: deleted later, it takes nothing back.
What another call refuses changes nothing: `refused` names AWS's reason.

";

#[tokio::test]
async fn a_query_can_be_cancelled_until_it_has_ended_and_the_wish_repeated() {
    let road = Road::new().await;
    let caller = road.world.caller("airline");
    let cancel = async |id| {
        let answered = road.world.room.cancel_protected_query(caller, road.airline, id).await;
        (said(&answered), answered.ok().map(|it| it.status))
    };
    let wished = ("done".to_owned(), Some(QueryStatus::Cancelling));
    let late = ("INVALID_STATE".to_owned(), None);
    // SUBMITTED, then CANCELLING, then CANCELLED.
    let waits = road.submit(QUERY).await;
    assert_eq!(cancel(waits).await, wished);
    assert_eq!(cancel(waits).await, wished);
    assert_eq!(road.walk(waits).await.status, QueryStatus::Cancelled);
    assert_eq!(cancel(waits).await, late);
    // STARTED, and no process left: it is granted when its walk is buried.
    let runs = road.submit(QUERY).await;
    road.walker(runs, CrashPoint::stop_at("execute:before")).await.walk().await.unwrap();
    assert_eq!(road.query(runs).await.status, QueryStatus::Started);
    assert_eq!(cancel(runs).await, wished);
    let _ = road.store().walk_is_over(runs).await.unwrap();
    assert_eq!(road.query(runs).await.status, QueryStatus::Cancelled);
    assert_eq!(road.result("airline", runs), None);
    // SUCCESS, FAILED, TIMED_OUT or what else a walk without time comes to.
    let refused = road.run("SELECT tailnum FROM flights").await;
    assert_eq!(refused.status, QueryStatus::Failed);
    let timeless = road.submit(QUERY).await;
    let limits = WalkLimits { time: std::time::Duration::ZERO, ..WalkLimits::default() };
    road.limited(timeless, &limits, CrashPoint::default()).await.walk().await.unwrap();
    for id in [road.run(QUERY).await.id, refused.id, timeless] {
        let before = road.query(id).await.status;
        assert!(before.is_final());
        assert_eq!(cancel(id).await, late);
        assert_eq!(road.query(id).await.status, before);
    }
}
