//! What a failed attempt answers, and what it reads.

use std::sync::Mutex;

use super::*;

/// Numbers in `a`, and in `b`, in two files, two ranges of numbers that hold them all.
fn ranges(rows: i64) -> (TempDir, Vec<Input>) {
    let dir = TempDir::new().unwrap();
    std::fs::create_dir_all(dir.path().join("db/b")).unwrap();
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
    let batch = RecordBatch::try_from_iter([("n", numbers)]).unwrap();
    let file = std::fs::File::create(dir.path().join("db/a.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let half = rows / 2;
    for (file, low, high) in [("1.csv", 0, half - 1), ("2.csv", half, rows - 1)] {
        let text = format!("low,high\n{low},{high}\n");
        std::fs::write(dir.path().join("db/b").join(file), text).unwrap();
    }
    let inputs = ["a", "b"].map(|table| {
        let location = TableLocation::folder(dir.path(), "db", table);
        let columns = describe(&location, &Stop::default()).unwrap().columns;
        Input { table: TableName::new(table).unwrap(), location, columns }
    });
    (dir, inputs.to_vec())
}

/// Every number with the ranges it lies in, counted.
fn within(inputs: &[Input]) -> LogicalPlan {
    let right = scan(inputs, 1).build().unwrap();
    let between = [col("a.n").gt_eq(col("b.low")), col("a.n").lt_eq(col("b.high"))];
    scan(inputs, 0)
        .join_on(right, JoinType::Left, between)
        .unwrap()
        .aggregate(Vec::<datafusion::logical_expr::Expr>::new(), vec![count(col("a.n"))])
        .unwrap()
        .build()
        .unwrap()
}

#[test]
fn a_left_join_without_memory_answers_for_no_row_twice() {
    const ROWS: i64 = 600_000;
    let house = House::of(ranges(ROWS));
    let plan = within(&house.inputs);
    let (limits, (_canceller, cancel)) = (limits(LONG), cancel());
    let control = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rows = |memory| {
        let run = house.run(&plan, memory, &limits, &cancel);
        let (rows, _) = control.block_on(run.rows())?;
        let counts = rows.batches[0].column(0).as_any().downcast_ref::<Int64Array>().unwrap();
        Ok::<_, Cause>(counts.value(0))
    };
    assert_eq!(rows(1 << 30).map_err(|it| it.to_string()), Ok(ROWS));
    // The numbers alone are larger than this.
    assert!(matches!(rows(2 << 20), Err(Cause::Memory)));
}

/// Ranges of files, and how often each was read.
type Seen = BTreeMap<(String, u64, u64), usize>;

#[derive(Debug, Default)]
struct Counted(Mutex<Seen>);

impl ReadRecorder for Counted {
    fn read(&self, path: &str, offset: u64, length: u64) {
        let mut seen = self.0.lock().unwrap();
        *seen.entry((path.to_owned(), offset, length)).or_default() += 1;
    }
}

/// What one attempt came to, and what it read.
fn attempted(
    house: &House,
    plan: &LogicalPlan,
    memory: usize,
    limits: &Limits,
) -> (Result<(), Cause>, Seen) {
    let (_canceller, cancel) = cancel();
    let recorder = Arc::new(Counted::default());
    let run = Run { recorder: Some(recorder.clone()), ..house.run(plan, memory, limits, &cancel) };
    let control = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let done = control.block_on(async {
        let (late, pinned) = (Instant::now() + LONG, Manifests::default());
        let step = Step { most: limits.result_rows, ..first(plan) };
        let inputs = run.open((step, &Spools::new()), late, &pinned, false).await?;
        run.attempt(step, inputs, Profile::Hash, late).await
    });
    let seen = recorder.0.lock().unwrap().clone();
    (done.map(drop), seen)
}

#[test]
fn an_attempt_without_memory_reads_what_one_that_has_enough_does() {
    let house = House::of(tables(300_000, Some(20_000)));
    let (plan, limits) = (overlap(&house.inputs), limits(LONG));
    let (done, all) = attempted(&house, &plan, 1 << 30, &limits);
    assert!(done.is_ok() && all.len() > 40, "{}", all.len());
    let (failed, seen) = attempted(&house, &plan, 20 << 20, &limits);
    assert!(matches!(failed, Err(Cause::Memory)));
    assert!(seen == all, "{} of {}", seen.len(), all.len());
}

#[test]
fn a_result_that_is_too_large_is_read_to_its_end() {
    let house = House::of(tables(300_000, Some(20_000)));
    let plan = scan(&house.inputs, 0).build().unwrap();
    let enough = Limits { result_rows: 300_000, result_bytes: 1 << 30, ..limits(LONG) };
    let (done, all) = attempted(&house, &plan, 1 << 30, &enough);
    assert!(done.is_ok() && all.len() > 20, "{}", all.len());
    let few = Limits { result_rows: 1, ..enough };
    let (failed, seen) = attempted(&house, &plan, 1 << 30, &few);
    assert!(matches!(failed, Err(Cause::TooLarge)));
    assert!(seen == all, "{} of {}", seen.len(), all.len());
}
