//! A mutant that drops the threshold out of the plan is caught at release.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, UnboundedMemoryPool};
use datafusion::logical_expr::LogicalPlan;
use glovebox_model::Digest;
use glovebox_policy::clear;
use glovebox_privacy::{Reserved, Rows, SecureDraw, Terms, Withheld, price, release};
use glovebox_sim::generate::{Names, Random, Room, print, ruled};
use glovebox_sql::bind;

use crate::cases;
use crate::engine::{Engine, now};

/// The same plan without the filters that compare hidden counts; the counts stay.
fn without_threshold(plan: &LogicalPlan) -> LogicalPlan {
    let dropped = plan.clone().transform_up(|node| match node {
        LogicalPlan::Filter(filter) if filter.predicate.to_string().contains("__gb_guard") => {
            Ok(Transformed::yes(Arc::unwrap_or_clone(filter.input)))
        }
        other => Ok(Transformed::no(other)),
    });
    dropped.unwrap().data
}

/// Runs a cleared query through the doors with some plan instead of its own.
#[expect(clippy::disallowed_methods, reason = "a test stands in for the store")]
fn released(
    engine: &Engine,
    room: &Room,
    text: &str,
    change: fn(&LogicalPlan) -> LogicalPlan,
) -> Option<(Result<(), Withheld>, usize)> {
    let bound = bind(text, &room.schema(), now()).unwrap();
    let cleared = clear(bound, &room.rules()).ok()?;
    let reserved = Reserved::assertion(price(cleared, &Terms::default()).unwrap());
    let plan = change(reserved.plan());
    let batches = engine.batches(&plan, room);
    let count = batches.iter().map(|it| it.num_rows()).sum();
    let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
    let rows = Rows {
        schema: Arc::new(plan.schema().as_arrow().clone()),
        batches,
        inputs: Digest::of(b"inputs"),
        memory: MemoryConsumer::new("test").register(&pool),
    };
    let answer = release(reserved.seal(rows, None), &mut SecureDraw::new().unwrap()).map(|_| ());
    Some((answer, count))
}

#[test]
fn a_mutant_that_drops_the_threshold_is_caught_at_release() {
    let engine = Engine::new();
    let (mut caught, mut harmless) = (0, 0);
    for seed in 0..cases(80) {
        let mut random = Random::new(3_000_000 + seed);
        let room = Room::random(&mut random);
        let query = ruled(&mut random, &room);
        let text = print(&query, &room, &Names::default());
        let Some((honest, shown)) = released(&engine, &room, &text, Clone::clone) else { continue };
        assert_eq!(honest, Ok(()), "seed {seed}\n{text}");
        let Some((mutant, all)) = released(&engine, &room, &text, without_threshold) else {
            panic!("seed {seed}: judged twice, cleared once");
        };
        if all > shown {
            assert_eq!(mutant, Err(Withheld::Threshold), "seed {seed}\n{text}");
            caught += 1;
        } else {
            assert_eq!(mutant, Ok(()), "seed {seed}\n{text}");
            harmless += 1;
        }
    }
    println!("{caught} mutants caught, {harmless} harmless");
    assert!(caught >= 10, "only {caught} mutants had anything to hide");
}
