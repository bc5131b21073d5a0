//! Private queries on the whole road: told at their edge, and answered again for nothing.

use std::fs;

use glovebox_ledger::TreeName;
use glovebox_model::{Id, Query, QueryFailure, QueryStatus};
use glovebox_room::{CrashPoint, Door, Offer, StartQuery, Walked};
use glovebox_store::Reader;

use super::Road;
use super::budgets::PRIVATE;
use super::crashes::OPENED;

/// For one table whose owner does not say how many users it has.
pub(super) const EDGE: i64 = 15_000;

/// What the runner sees of a query at one moment; times are counted from its start.
#[derive(Debug, PartialEq)]
struct Seen {
    at: i64,
    status: QueryStatus,
    doors: Vec<(Door, i64)>,
    entries: Vec<&'static str>,
    objects: usize,
}

impl Road {
    async fn with_budget(epsilon: u32) -> Self {
        let road = Self::new().await.with_private_table().await;
        road.offer(Offer::Privacy { epsilon, users_noise: 30 }).await;
        road
    }

    /// Walks to whatever the query comes to, waits for the edge, and walks on.
    pub(super) async fn told(&self, id: Id<Query>) -> QueryStatus {
        let walked = self.walker(id, CrashPoint::default()).await.walk().await.unwrap();
        assert_eq!(walked, Walked::Unfinished);
        self.world.clock.advance(EDGE);
        self.walk(id).await.status
    }

    async fn ask(&self) -> (Id<Query>, String) {
        let id = self.submit(PRIVATE).await;
        let status = self.told(id).await;
        assert_eq!(status, QueryStatus::Success, "{:?}", self.query(id).await.failure);
        (id, self.result("airline", id).unwrap())
    }

    /// How often something was taken from the budget.
    async fn charges(&self) -> usize {
        let tree = TreeName::Collaboration(self.collaboration);
        let export = self.store().ledger_export(tree, 0, u64::MAX, Reader::Operator).await;
        let entries = export.unwrap().unwrap().entries;
        let told = entries.iter().flat_map(|it| &it.openings).filter(|it| it.label == "charge");
        told.filter(|it| !it.value.contains("later") && !it.value.contains("\"lossNano\":0,"))
            .count()
    }

    /// The kinds of entries about a query, as every member sees them.
    async fn entries(&self, id: Id<Query>) -> Vec<&'static str> {
        let tree = TreeName::Collaboration(self.collaboration);
        let stranger = Reader::Account(self.world.account("stranger"));
        let export = self.store().ledger_export(tree, 0, u64::MAX, stranger).await;
        let kind = |text: &str| {
            let kinds = ["querySubmitted", "opened", "charged", "released", "closed", "lost"];
            kinds.into_iter().find(|it| text.contains(&format!("\"{it}\""))).unwrap()
        };
        let entries = export.unwrap().unwrap().entries;
        let about = entries.iter().filter(|it| it.entry.contains(&id.to_string()));
        about.map(|it| kind(&it.entry)).collect()
    }

    fn fleet(&self, text: &str) {
        self.world.put_table("maker", "fleet.csv", text);
    }

    /// What the runner sees of a query, second by second, from its start to its end.
    async fn transcript(&self) -> Vec<Seen> {
        let id = self.submit(PRIVATE).await;
        let start = self.store().now().as_millis();
        let mut transcript = Vec::new();
        for _ in 0..40 {
            let _ = self.walker(id, CrashPoint::default()).await.walk().await.unwrap();
            let airline = self.world.caller("airline");
            let progress = self.world.room.protected_query_progress(airline, id).await.unwrap();
            let doors = progress.passed.iter();
            let objects = fs::read_dir(self.bucket("airline").join("out").join(id.to_string()));
            transcript.push(Seen {
                at: self.store().now().as_millis() - start,
                status: progress.status,
                doors: doors.map(|it| (it.door, it.at.as_millis() - start)).collect(),
                entries: self.entries(id).await,
                objects: objects.map_or(0, Iterator::count),
            });
            if progress.status.is_final() {
                let finished = self.query(id).await.finished.unwrap().as_millis() - start;
                assert_eq!(finished, EDGE);
                return transcript;
            }
            self.world.clock.advance(1_000);
        }
        panic!("the query did not end")
    }
}

#[tokio::test]
async fn the_same_question_has_the_same_answer_until_a_file_changes() {
    let road = Road::with_budget(10).await;
    let (first, answer) = road.ask().await;
    assert_eq!(road.charges().await, 1);
    for _ in 0..3 {
        let (again, same) = road.ask().await;
        assert_ne!(again, first);
        assert_eq!(same, answer, "noise is drawn once");
    }
    assert_eq!(road.charges().await, 1);
    road.fleet(&super::few_flights().replace("N7,", "N700,"));
    let (changed, _) = road.ask().await;
    assert_eq!(road.charges().await, 2);
    assert_ne!(changed, first);
    // What is stored is what the house keeps: nothing of those that it answered.
    let kept = fs::read_dir(road.world.folder.path().join("kept")).unwrap();
    assert_eq!(kept.count(), 2);
    road.ledger_holds().await;
}

#[tokio::test]
async fn whoever_watches_cannot_tell_a_stored_answer_from_a_new_one() {
    let road = Road::with_budget(10).await;
    road.ask().await;
    let stored = road.transcript().await;
    assert_eq!(road.charges().await, 1);
    road.fleet(&super::few_flights().replace("N7,", "N700,"));
    let new = road.transcript().await;
    assert_eq!(road.charges().await, 2);
    assert_eq!(stored, new);
    let (last, before) = stored.split_last().unwrap();
    assert_eq!((last.at, last.status, last.objects), (EDGE, QueryStatus::Success, 1));
    for seen in before {
        assert_eq!((seen.status, seen.objects), (QueryStatus::Started, 0), "{seen:?}");
        assert_eq!(seen.doors.last().unwrap().0, Door::Reserve, "{seen:?}");
        assert_eq!(seen.entries, ["querySubmitted", "opened", "charged"], "{seen:?}");
    }
}

#[tokio::test]
async fn a_failure_is_told_when_a_result_would_be_and_is_charged_when_it_would_be_new() {
    let road = Road::with_budget(10).await;
    let maker = road.world.room.account_folder(road.world.account("maker"));
    let fleet = maker.join("tables/shop/fleet.csv");
    road.ask().await;
    for charges in [2, 3] {
        fs::remove_file(&fleet).unwrap();
        let failing = road.transcript().await;
        let (last, before) = failing.split_last().unwrap();
        assert_eq!((last.at, last.status, last.objects), (EDGE, QueryStatus::Failed, 0));
        let is_still = |it: &Seen| it.status == QueryStatus::Started && it.objects == 0;
        assert!(before.iter().all(is_still), "{before:?}");
        assert_eq!(road.charges().await, charges);
        road.fleet(&super::few_flights());
    }
    let log = road.log(road.world.account("maker")).await;
    assert_eq!(log.matches("FAILURE_DETAIL").count(), 2);
}

#[tokio::test]
async fn a_stored_release_whose_files_are_gone_is_made_anew_and_charged() {
    let road = Road::with_budget(10).await;
    let (first, answer) = road.ask().await;
    fs::remove_dir_all(road.world.folder.path().join("kept").join(first.to_string())).unwrap();
    road.ask().await;
    assert_eq!(road.charges().await, 2);
    assert_eq!(road.result("airline", first).unwrap(), answer, "what was delivered stays");
    road.ask().await;
    assert_eq!(road.charges().await, 2, "and answers again");
}

#[tokio::test]
async fn two_equal_queries_at_once_are_both_paid_for_and_the_third_is_not() {
    let road = Road::with_budget(10).await;
    let (one, two) = (road.submit(PRIVATE).await, road.submit(PRIVATE).await);
    let (first, second) = (
        road.walker(one, CrashPoint::default()).await,
        road.walker(two, CrashPoint::default()).await,
    );
    let (first, second) = tokio::join!(first.walk(), second.walk());
    assert_eq!((first.unwrap(), second.unwrap()), (Walked::Unfinished, Walked::Unfinished));
    road.world.clock.advance(EDGE);
    for id in [one, two] {
        assert_eq!(road.walk(id).await.status, QueryStatus::Success);
    }
    assert_eq!(road.charges().await, 2);
    let (_, third) = road.ask().await;
    assert_eq!(road.charges().await, 2);
    assert_eq!(Some(third), road.result("airline", one));
    let kept = fs::read_dir(road.world.folder.path().join("kept")).unwrap();
    assert_eq!(kept.count(), 1, "the second is not stored");
}

/// Dies at the point, starts again, waits for the edge, and walks until the query has ended.
async fn dies_at(road: &mut Road, point: &str) -> (QueryStatus, Option<String>) {
    let id = road.submit(PRIVATE).await;
    let mut walked = road.walker(id, CrashPoint::stop_at(point)).await.walk().await.unwrap();
    if !road.query(id).await.status.is_final() && road.result("airline", id).is_none() {
        road.world.clock.advance(EDGE);
        // Points behind the edge are met by the walk that tells.
        walked = road.walker(id, CrashPoint::stop_at(point)).await.walk().await.unwrap();
    }
    road.restart().await;
    if !walked_to_end(walked) && !road.query(id).await.status.is_final() {
        road.walk(id).await;
    }
    road.ledger_holds().await;
    (road.query(id).await.status, road.result("airline", id))
}

fn walked_to_end(walked: Walked) -> bool {
    matches!(walked, Walked::Ended(_))
}

#[tokio::test]
async fn a_crash_before_the_result_is_held_loses_it_and_tells_so_at_the_edge() {
    for point in OPENED {
        let mut road = Road::with_budget(10).await;
        let id = road.submit(PRIVATE).await;
        road.walker(id, CrashPoint::stop_at(point)).await.walk().await.unwrap();
        road.restart().await;
        road.world.clock.advance(EDGE - 1);
        let waits = road.walker(id, CrashPoint::default()).await.walk().await.unwrap();
        assert_eq!((waits, road.query(id).await.status), (Walked::NotNow, QueryStatus::Started));
        road.world.clock.advance(1);
        let query = road.walk(id).await;
        assert_eq!(query.failure, Some(QueryFailure::generic()), "{point}");
        assert_eq!(road.result("airline", id), None, "{point}");
        assert_eq!(road.charges().await, 1, "{point}: the charge stays");
        // Nothing of it is stored: the same is charged again.
        road.ask().await;
        assert_eq!(road.charges().await, 2, "{point}");
    }
}

#[tokio::test]
async fn a_crash_behind_it_delivers_the_same_bytes_and_charges_once() {
    for point in ["hold:after", "tell:after", "deliver:before", "deliver:after", "close:before"] {
        let mut road = Road::with_budget(10).await;
        let (status, result) = dies_at(&mut road, point).await;
        assert_eq!((status, result.is_some()), (QueryStatus::Success, true), "{point}");
        let (_, again) = road.ask().await;
        assert_eq!((Some(again), road.charges().await), (result, 1), "{point}");
    }
}

#[tokio::test]
async fn a_crash_around_a_stored_answer_charges_nothing_for_it() {
    for (point, ends) in
        [("answer:before", QueryStatus::Failed), ("answer:after", QueryStatus::Success)]
    {
        let mut road = Road::with_budget(10).await;
        let (_, answer) = road.ask().await;
        let (status, result) = dies_at(&mut road, point).await;
        assert_eq!(status, ends, "{point}");
        assert!(result.is_none_or(|it| it == answer), "{point}");
        assert_eq!(road.charges().await, 1, "{point}");
    }
}

#[tokio::test]
async fn several_receivers_of_a_private_query_have_one_answer_at_its_edge_for_one_charge() {
    let road = Road::several().await.with_private_table().await;
    road.offer(Offer::Privacy { epsilon: 10, users_noise: 30 }).await;
    let ask = async || {
        let asked = StartQuery { query_string: Some(PRIVATE.into()), ..road.to_all() };
        let caller = road.world.caller("airline");
        let id = road.world.room.start_protected_query(caller, road.airline, asked).await;
        let id = id.unwrap().id;
        let walked = road.walker(id, CrashPoint::default()).await.walk().await.unwrap();
        assert_eq!(walked, Walked::Unfinished);
        for name in ["airline", "bureau", "club"] {
            assert_eq!(road.copy_of(name, id), None, "{name}: before the edge");
        }
        road.world.clock.advance(EDGE);
        let query = road.walk(id).await;
        assert_eq!(query.status, QueryStatus::Success, "{:?}", query.failure);
        let copies = ["airline", "bureau", "club"].map(|it| road.copy_of(it, id).unwrap());
        assert_eq!(copies[0], copies[2]);
        copies
    };
    let first = ask().await;
    assert_eq!(road.charges().await, 1);
    assert_eq!(ask().await, first, "the stored answer, to all of them");
    assert_eq!(road.charges().await, 1);
    // Whoever receives alone asks another question.
    let id = road.submit(PRIVATE).await;
    assert_eq!(road.told(id).await, QueryStatus::Success);
    assert_eq!(road.charges().await, 2);
}
