//! A table of users in files, the engine over it, and the real release, many times over.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, RecordBatch, StringArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, UnboundedMemoryPool};
use glovebox_catalog::TableLocation;
use glovebox_engine::{Engine, EngineConfig, Input, Limits, cancel};
use glovebox_fixture::{Room, parse};
use glovebox_model::{Accountant, AutoRefresh, Digest, Id, PrivacyTerms, TableName, Timestamp};
use glovebox_policy::clear;
use glovebox_privacy::{
    Draw, Executed, Groups, NoEntropy, Noise, NotDrawn, Priced, Ratio, Reserved, ResultFile, Rows,
    SampleKey, Terms, price, release,
};
use glovebox_sim::plans::{
    self, Call, Declared, Expr, Plan, Relation, Source, Value, claimed, contributions,
};
use glovebox_sql::{Cell, bind};
use tempfile::TempDir;

/// What is declared about the one table of users.
#[derive(Debug, Clone)]
pub(crate) struct House {
    pub(crate) groups: u32,
    pub(crate) rows: u32,
    pub(crate) x: (i64, i64),
    pub(crate) keys: Vec<String>,
    pub(crate) noise: u32,
    pub(crate) accountant: Accountant,
    pub(crate) epsilon: u32,
    pub(crate) delta_atto: u64,
}

/// A row of `clicks`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Click {
    pub(crate) user: Option<String>,
    pub(crate) group: String,
    pub(crate) x: Option<i64>,
    pub(crate) d: &'static str,
}

/// Exact bounded sums by group: the number of users, then the units.
pub(crate) type Sums = BTreeMap<String, Vec<i128>>;

/// What an analyst sees of one run: of each group the released columns, in steps of their grids.
pub(crate) type Seen = BTreeMap<String, Vec<f64>>;

/// Adds so much to everything: then every group passes its threshold, and what is added can be
/// taken away again. The only way to exact sums, which nothing hands out.
pub(crate) struct Offset;

const OFFSET: i128 = 1 << 40;

impl Draw for Offset {
    fn discrete_gaussian(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
        Ok(OFFSET)
    }

    fn discrete_laplace(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
        Ok(OFFSET)
    }
}

/// A source of bytes that is the same every time.
pub(crate) struct Fixed(pub(crate) u8);

impl Noise for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        bytes.fill(self.0);
        Ok(())
    }
}

pub(crate) fn query() -> Id<glovebox_model::Query> {
    Id::from_random([3; 16])
}

/// Runs it over the inputs.
pub(crate) fn executed(reserved: Reserved, folder: &TempDir, inputs: Vec<Input>) -> Executed {
    let mut config = EngineConfig::new(folder.path().to_owned());
    config.partitions = 2;
    let engine = Engine::new(config).unwrap();
    let limits =
        Limits { wall: Duration::from_secs(60), result_rows: 1_000_000, result_bytes: 64 << 20 };
    let (_canceller, cancel) = cancel();
    let key = SampleKey::fresh(&mut Fixed(7)).unwrap();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    let running = engine.execute(reserved, query(), inputs, &limits, (&cancel, key));
    runtime.block_on(running).unwrap_or_else(|it| panic!("{:?}", it.cause))
}

/// The released columns, before the rest of the query.
pub(crate) fn batches(executed: Executed, draw: &mut dyn Draw) -> Vec<RecordBatch> {
    let mut all = Vec::new();
    let read = release(executed, draw).unwrap().encode(query(), |_, batches| {
        all = batches.to_vec();
        Ok::<Vec<ResultFile>, ()>(Vec::new())
    });
    drop(read.unwrap());
    all
}

#[expect(clippy::disallowed_methods, reason = "this test stands in for the store")]
pub(crate) fn reserved(priced: Priced) -> Reserved {
    Reserved::assertion(priced)
}

impl House {
    pub(crate) fn new(accountant: Accountant) -> Self {
        Self {
            groups: 2,
            rows: 3,
            x: (-5, 10),
            keys: Vec::new(),
            noise: 3,
            accountant,
            epsilon: 10,
            delta_atto: 10_000_000_000_000_000,
        }
    }

    pub(crate) fn room(&self) -> Room {
        let accountant = match self.accountant {
            Accountant::Pure => "pure",
            Accountant::Zcdp => "zcdp",
        };
        let Self { groups, rows, x: (low, high), keys, .. } = self;
        let mut text = format!(
            "member runner can query, can receive\n  table audience (uid text, segment text)\n  \
             rule custom any query by runner\nmember owner\n  \
             table clicks (uid text, grp text, x int, d double)\n  \
             rule custom any query by runner user uid\n    \
             bounds x \"{low}\" to \"{high}\", d 0 to 2\n    \
             groups per user {groups} rows per group {rows} accountant {accountant}"
        );
        if !keys.is_empty() {
            let quoted: Vec<_> = keys.iter().map(|it| format!("\"{it}\"")).collect();
            let _ = write!(text, " keys grp ({})", quoted.join(", "));
        }
        text.push('\n');
        parse(&text).unwrap_or_else(|it| panic!("{it:?}"))
    }

    pub(crate) fn priced(&self, sql: &str) -> Priced {
        let room = self.room();
        let rules = room.rules(room.runner().unwrap().account);
        let bound = bind(sql, &room.schema(), Timestamp::from_millis(0)).unwrap();
        let owner = rules.tables[&TableName::new("clicks").unwrap()].owner;
        let budget = PrivacyTerms {
            epsilon: self.epsilon,
            users_noise: self.noise,
            auto_refresh: AutoRefresh::None,
            accountant: self.accountant,
            delta_atto: self.delta_atto,
        };
        let terms = Terms { budgets: BTreeMap::from([(owner, budget)]) };
        let cleared = clear(bound, &rules).unwrap_or_else(|it| panic!("{sql}: {it:?}"));
        price(cleared, &terms).unwrap_or_else(|it| panic!("{sql}: {it:?}"))
    }

    /// The exact bounded sums of a query by group, through the engine.
    pub(crate) fn sums(&self, aggregates: &str, clicks: &[Click]) -> Sums {
        let sql =
            format!("SELECT grp, COUNT(DISTINCT uid) AS us, {aggregates} FROM clicks GROUP BY grp");
        let priced = self.priced(&sql);
        let released = columns(&priced);
        let folder = TempDir::new().unwrap();
        let tables = folder.path().join("tables/db");
        std::fs::create_dir_all(&tables).unwrap();
        let mut text = String::from("uid,grp,x,d\n");
        for Click { user, group, x, d } in clicks {
            let x = x.map(|it| it.to_string()).unwrap_or_default();
            let _ = writeln!(text, "{},{group},{x},{d}", user.as_deref().unwrap_or_default());
        }
        std::fs::write(tables.join("clicks.csv"), text).unwrap();
        let table = TableName::new("clicks").unwrap();
        let columns = self.room().schema().tables[&table].columns.clone();
        let root = folder.path().join("tables");
        let location = TableLocation::folder(root, "db", "clicks");
        let executed =
            executed(reserved(priced), &folder, vec![Input { table, location, columns }]);
        let seen = read(&batches(executed, &mut Offset), &released);
        let whole = |it: &f64| it.round() as i128 - OFFSET;
        // The engine adds up once what is asked for twice.
        let again = usize::from(aggregates.starts_with("COUNT(DISTINCT uid)"));
        seen.iter()
            .map(|(key, row)| (key.clone(), row.iter().take(again).chain(row).map(whole).collect()))
            .collect()
    }

    /// The same by the interpreter, of averages and deviations of `x`, from whose released
    /// numbers nobody gets the integers back. (That it has the engine's integers is what
    /// `interpreted` shows.)
    pub(crate) fn sums_of(&self, calls: &[Call], clicks: &[Click]) -> Sums {
        let source = Source { from: Relation::Table(0), join: None, filter: None };
        let cell = |call: &Call| plans::Cell {
            call: *call,
            argument: Some(Expr::Column(2)),
            filter: None,
        };
        let cells = calls.iter().map(cell).collect();
        let plan = Plan { source, keys: vec![Expr::Column(1)], cells };
        let declared = Declared { groups: self.groups, rows: self.rows, keys: Vec::new() };
        let claim = claimed(&plan, &declared).unwrap();
        let row = |it: &Click| {
            let text = |it: Option<&String>| it.map_or(Value::Null, |it| Value::Text(it.clone()));
            let x = it.x.map_or(Value::Null, Value::Whole);
            vec![text(it.user.as_ref()), text(Some(&it.group)), x, Value::Null, Value::Null]
        };
        let tables = BTreeMap::from([("clicks", clicks.iter().map(row).collect())]);
        let all = contributions(&plan, &claim, &tables);
        let sums = plans::sums(&all, &claim, &[7; 16]);
        sums.into_iter().map(|(key, row)| (key.concat(), row)).collect()
    }

    /// Runs of the real release over these sums, `n` of them: each run has groups of its own in
    /// one result, because the noise of every group is drawn on its own.
    pub(crate) fn released(
        &self,
        aggregates: &str,
        sums: &Sums,
        n: usize,
        draw: &mut dyn Draw,
    ) -> Vec<Seen> {
        let sql = format!("SELECT grp, {aggregates} FROM clicks GROUP BY grp");
        let mut house = self.clone();
        let at_once = match self.keys.len() {
            0 => n,
            keys => (5_000 / keys).min(n),
        };
        let name = |run: usize, key: &str| format!("{run:06}_{key}");
        house.keys =
            (0..at_once).flat_map(|run| self.keys.iter().map(move |it| name(run, it))).collect();
        let mut all = Vec::new();
        while all.len() < n {
            let priced = house.priced(&sql);
            let noising = priced.noising().unwrap().clone();
            let released = columns(&priced);
            let runs = (0..at_once).flat_map(|run| sums.iter().map(move |it| (run, it)));
            // A group of nobody is none.
            let runs: Vec<_> = runs.filter(|(_, (_, row))| row[0] > 0).collect();
            let keys = runs.iter().map(|(run, (key, _))| name(*run, key));
            let keys: ArrayRef = Arc::new(keys.map(Some).collect::<StringArray>());
            let kind = noising.keys[0].kind.clone();
            let mut columns = vec![cast(&keys, &kind).unwrap()];
            let mut fields = vec![Field::new("key", kind, true)];
            let width = runs.first().map_or(0, |it| it.1.1.len());
            assert!(runs.is_empty() || width == noising.units.len() + 1);
            for unit in 0..=noising.units.len() {
                let values = runs.iter().map(|(_, (_, row))| row[unit]);
                let values: Decimal128Array = values.map(Some).collect();
                columns.push(Arc::new(values.with_precision_and_scale(38, 0).unwrap()));
                let kind = DataType::Decimal128(38, 0);
                fields.push(Field::new(format!("__gb_sum_{unit}"), kind, false));
            }
            let schema = Arc::new(Schema::new(fields));
            let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
            let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
            let memory = MemoryConsumer::new("audit").register(&pool);
            let inputs = Digest::of(b"audit");
            let rows = Rows { schema, batches: vec![batch], inputs, memory };
            if let Groups::Public(keys) = &noising.groups {
                assert_eq!(keys.len(), at_once * self.keys.len());
            }
            let seen = read(&batches(reserved(priced).seal(rows, None), draw), &released);
            let start = all.len();
            all.resize_with(start + at_once, Seen::new);
            for (key, row) in seen {
                let (run, key) = key.split_once('_').unwrap();
                let run: usize = run.parse().unwrap();
                all[start + run].insert(key.to_owned(), row);
            }
        }
        all.truncate(n);
        all
    }
}

/// A released column: what it is made of, and whether it is a whole number of steps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// The first of its integers, and its scale.
    pub(crate) unit: usize,
    pub(crate) scale: f64,
    step: f64,
    is_whole: bool,
}

/// The released columns of a query.
pub(crate) fn columns(priced: &Priced) -> Vec<Column> {
    let noising = priced.noising().unwrap();
    let column = |cell: &Cell| {
        let (unit, is_whole) = (cell.units.start, cell.units.len() == 1);
        let step = if is_whole { cell.grid.step() } else { 1.0 };
        Column { unit, scale: noising.scales[unit].ratio().to_f64(), step, is_whole }
    };
    noising.cells.iter().map(column).collect()
}

/// Released columns in steps of their grids. Every number of a count or a sum must be a whole
/// one: the lattice. Averages and deviations are computed from such numbers.
pub(crate) fn read(batches: &[RecordBatch], released: &[Column]) -> Seen {
    let mut all = Seen::new();
    for batch in batches {
        let keys = cast(batch.column(0), &DataType::Utf8).unwrap();
        let keys = keys.as_string::<i32>();
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().skip(1).zip(released);
            let cells = cells.map(|(column, own)| match column.data_type() {
                DataType::Int64 => column.as_primitive::<Int64Type>().value(row) as f64,
                DataType::Float64 => column.as_primitive::<Float64Type>().value(row) / own.step,
                other => panic!("a released column of type {other}"),
            });
            let key = if keys.is_null(row) { "NULL" } else { keys.value(row) };
            all.insert(key.to_owned(), cells.collect());
        }
    }
    all
}

/// Whether every released count and sum is a whole number of steps.
pub(crate) fn on_lattice(seen: &[Seen], released: &[Column]) -> bool {
    let rows = seen.iter().flat_map(|it| it.values());
    let cells = rows.flat_map(|row| row.iter().zip(released));
    cells.filter(|it| it.1.is_whole).all(|(value, _)| value.fract() == 0.0)
}
