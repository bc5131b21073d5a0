//! Plans that no rule would clear: too large for memory, or without end.

use std::time::Duration;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{JoinType, LogicalPlanBuilder, col, lit};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use glovebox_catalog::{Stop, TableLocation, describe};
use glovebox_sql::PlanTable;
use tempfile::TempDir;

use super::*;
use crate::cancel;

mod again;

/// Two tables `a` and `b` with the same rows, a number and a text, in groups of so many if it is
/// said.
fn tables(rows: i64, group: Option<usize>) -> (TempDir, Vec<Input>) {
    let dir = TempDir::new().unwrap();
    std::fs::create_dir(dir.path().join("db")).unwrap();
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
    let texts = (0..rows).map(|it| format!("a rather long text that differs: {it:060}"));
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    let batch = RecordBatch::try_from_iter([("n", numbers), ("s", texts)]).unwrap();
    let inputs = ["a", "b"].map(|table| {
        let path = dir.path().join(format!("db/{table}.parquet"));
        let file = std::fs::File::create(path).unwrap();
        let properties = group
            .map(|it| WriterProperties::builder().set_max_row_group_row_count(Some(it)).build());
        let mut writer = ArrowWriter::try_new(file, batch.schema(), properties).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let location = TableLocation::folder(dir.path(), "db", table);
        let columns = describe(&location, &Stop::default()).unwrap().columns;
        Input { table: TableName::new(table).unwrap(), location, columns }
    });
    (dir, inputs.to_vec())
}

fn scan(inputs: &[Input], index: usize) -> LogicalPlanBuilder {
    let input = &inputs[index];
    let table = Arc::new(PlanTable::new(&input.columns));
    LogicalPlanBuilder::scan(input.table.as_str(), table, None).unwrap()
}

/// The texts that both tables hold, counted; compared with another, they stay texts on their way.
fn overlap(inputs: &[Input]) -> LogicalPlan {
    let right = scan(inputs, 1).build().unwrap();
    let joined = scan(inputs, 0).join(right, JoinType::Inner, (vec!["a.s"], vec!["b.s"]), None);
    let counted = joined.unwrap().aggregate(vec![col("a.s")], vec![count(col("b.n"))]).unwrap();
    let texts = counted.filter(col("a.s").not_eq(lit("none"))).unwrap();
    texts
        .aggregate(Vec::<datafusion::logical_expr::Expr>::new(), vec![count(col("a.s"))])
        .unwrap()
        .build()
        .unwrap()
}

/// All pairs, compared one by one.
fn pairs(inputs: &[Input]) -> LogicalPlan {
    let right = scan(inputs, 1).build().unwrap();
    let unequal = (col("a.n") * lit(3_i64)).lt(col("b.n") - lit(9_000_000_i64));
    scan(inputs, 0)
        .join_on(right, JoinType::Inner, [unequal])
        .unwrap()
        .aggregate(Vec::<datafusion::logical_expr::Expr>::new(), vec![count(col("a.n"))])
        .unwrap()
        .build()
        .unwrap()
}

struct House {
    runtime: tokio::runtime::Runtime,
    dir: TempDir,
    inputs: Arc<[Input]>,
}

impl House {
    fn new(rows: i64) -> Self {
        Self::of(tables(rows, None))
    }

    fn of((dir, inputs): (TempDir, Vec<Input>)) -> Self {
        let runtime = crate::engine::threads(2, || {}).unwrap();
        Self { runtime, dir, inputs: inputs.into() }
    }

    fn run<'a>(
        &'a self,
        plan: &'a LogicalPlan,
        memory_bytes: usize,
        limits: &'a Limits,
        cancel: &'a Cancel,
    ) -> Run<'a> {
        std::fs::create_dir_all(self.dir.path().join("spill")).unwrap();
        Run {
            handle: self.runtime.handle(),
            plan,
            guards: &[],
            checks: &[],
            remainder: None,
            inputs: Arc::clone(&self.inputs),
            pinned: Pinned::default(),
            share: Share {
                memory_bytes,
                spill_bytes: 1 << 30,
                spill_folder: self.dir.path().join("spill"),
                partitions: 2,
            },
            limits,
            cancel,
            recorder: None,
            sample: None,
        }
    }
}

/// Ends outside of the test's own runtime.
impl Drop for House {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        std::mem::replace(&mut self.runtime, runtime).shutdown_background();
    }
}

fn limits(wall: Duration) -> Limits {
    Limits { wall, result_rows: 1_000, result_bytes: 1 << 20 }
}

const LONG: Duration = Duration::from_secs(120);

/// The first step of a query, which reads tables of several members.
fn first(plan: &LogicalPlan) -> Step<'_> {
    Step { plan, guards: &[], meets: true, has_met: false, bounded: false, held: 0, most: u64::MAX }
}

#[test]
fn the_time_limit_tells_nothing_once_rows_have_met() {
    let house = House::new(10);
    let plan = overlap(&house.inputs);
    let (limits, (_canceller, cancel)) = (limits(LONG), cancel());
    let run = house.run(&plan, 1 << 30, &limits, &cancel);
    let control = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    control.block_on(async {
        let late = Instant::now();
        for (has_met, told) in [(false, false), (true, true)] {
            let step = Step { has_met, ..first(&plan) };
            let failed = run.step(step, late, &mut Manifests::default()).await.err().unwrap();
            let Cause::Time { rows_met } = failed else { panic!("{failed:?}") };
            assert_eq!(rows_met, told, "what is opened after rows met is late because of them");
        }
    });
}

#[test]
fn a_join_too_large_for_its_memory_is_run_again_and_spills() {
    let house = House::new(300_000);
    let plan = overlap(&house.inputs);
    let (limits, (_canceller, cancel)) = (limits(LONG), cancel());
    let run = house.run(&plan, 40 << 20, &limits, &cancel);
    let control = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    control.block_on(async {
        let step = first(&plan);
        let pinned = Manifests::default();
        let inputs =
            run.open((step, &Spools::new()), Instant::now() + LONG, &pinned, false).await.unwrap();
        let hashed = run.attempt(step, inputs, Profile::Hash, Instant::now() + LONG).await;
        assert!(matches!(hashed, Err(Cause::Memory)), "hash joins do not fit");
        let rows = run.rows().await.map_err(|it| it.to_string());
        let (rows, _) = rows.unwrap_or_else(|it| panic!("it did not spill: {it}"));
        let counts = rows.batches[0].column(0).as_any().downcast_ref::<Int64Array>().unwrap();
        assert_eq!(counts.value(0), 300_000);
    });
}

#[test]
fn an_endless_join_is_cancelled_and_gives_back_its_memory_within_three_seconds() {
    let house = House::new(60_000);
    let plan = pairs(&house.inputs);
    let (limits, (canceller, cancel)) = (limits(LONG), cancel());
    let run = house.run(&plan, 1 << 30, &limits, &cancel);
    let control = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    control.block_on(async {
        let step = first(&plan);
        let pinned = Manifests::default();
        let inputs =
            run.open((step, &Spools::new()), Instant::now() + LONG, &pinned, false).await.unwrap();
        let started = Instant::now();
        let wish = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            canceller.cancel();
        };
        let attempt = run.attempt(step, inputs, Profile::Hash, Instant::now() + LONG);
        let (outcome, ()) = tokio::join!(attempt, wish);
        // `attempt` returns when the pool is free (it would wait for ten seconds).
        assert!(matches!(outcome, Err(Cause::Cancelled)));
        assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    });
}

#[test]
fn the_time_limit_ends_an_endless_join() {
    let house = House::new(60_000);
    let plan = pairs(&house.inputs);
    let (limits, (_canceller, cancel)) = (limits(Duration::from_secs(1)), cancel());
    let run = house.run(&plan, 1 << 30, &limits, &cancel);
    let control = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let started = std::time::Instant::now();
    let outcome = control.block_on(run.rows());
    assert!(matches!(outcome, Err(Cause::Time { rows_met: true })));
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[test]
fn a_query_whose_caller_is_gone_ends_too() {
    let house = House::new(60_000);
    let plan = pairs(&house.inputs);
    let (limits, (_canceller, cancel)) = (limits(LONG), cancel());
    let run = house.run(&plan, 1 << 30, &limits, &cancel);
    let control = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    control.block_on(async {
        let abandoned = tokio::time::timeout(Duration::from_millis(500), run.rows()).await;
        assert!(abandoned.is_err());
        let gone = async {
            while house.runtime.metrics().num_alive_tasks() > 0 {
                tokio::task::yield_now().await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(3), gone).await.is_ok());
    });
}
