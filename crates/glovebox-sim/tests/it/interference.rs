//! What a person does who stands in small groups only is not seen in any answer.
//!
//! Some people have rare values in every column, so that every group they are in is below the
//! threshold. Whatever a rule allows must say the same with and without them.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::{LogicalPlan, TableSource};
use datafusion::prelude::{SessionConfig, SessionContext};
use glovebox_fixture::{Room, parse};
use glovebox_model::TableName;
use glovebox_policy::clear;
use glovebox_sim::generate::Random;
use glovebox_sql::{bind, rewrite};

use crate::cases;
use crate::engine::now;

const ROOM: &str = r"
member brand can query, can receive
  table adv (user_id text, seg text, spend bigint)
  rule custom any query by brand
member publisher
  table imp (user_id text, campaign text, day text, zip text, amount bigint)
  rule custom any query by brand
    threshold user_id 4 expressions output campaign 4
  table visits (user_id text, page text, times bigint)
  rule custom any query by brand threshold user_id 3 bare columns
";

/// Fewer than any threshold.
const RARE: usize = 2;

/// The rows of one table: a text key, text columns, one number.
pub(crate) type Rows = Vec<(Vec<String>, i64)>;

/// Common people, and rare ones who share no value with them but their identity with others.
pub(crate) struct World {
    pub(crate) tables: BTreeMap<&'static str, (Vec<&'static str>, Rows)>,
}

impl World {
    fn random(random: &mut Random) -> Self {
        let mut tables = BTreeMap::new();
        let columns: [(&'static str, Vec<&'static str>); 3] = [
            ("adv", vec!["user_id", "seg", "spend"]),
            ("imp", vec!["user_id", "campaign", "day", "zip", "amount"]),
            ("visits", vec!["user_id", "page", "times"]),
        ];
        for (name, columns) in columns {
            let mut rows = Rows::new();
            for person in 0..14 {
                for _ in 0..random.between(1, 3) {
                    let mut row = vec![format!("u{person}")];
                    for column in &columns[1..columns.len() - 1] {
                        row.push(format!("{column}{}", random.between(0, 2)));
                    }
                    rows.push((row, random.between(0, 9) as i64));
                }
            }
            for person in 0..RARE {
                for _ in 0..random.between(1, 4) {
                    let mut row = vec![format!("rare{person}")];
                    for column in &columns[1..columns.len() - 1] {
                        row.push(format!("{column}-rare{}", random.between(0, 1)));
                    }
                    // The largest and the smallest numbers: whatever orders by them shows it.
                    rows.push((row, *random.pick(&[-1_000, 1_000])));
                }
            }
            tables.insert(name, (columns, rows));
        }
        Self { tables }
    }

    /// The same without the rare people, in every table but the runner's own.
    fn without_rare(&self) -> Self {
        let keep = |name: &str, rows: &Rows| -> Rows {
            let kept = |it: &&(Vec<String>, i64)| name == "adv" || !it.0[0].starts_with("rare");
            rows.iter().filter(kept).cloned().collect()
        };
        let tables = self.tables.iter();
        let tables =
            tables.map(|(name, (columns, rows))| (*name, (columns.clone(), keep(name, rows))));
        Self { tables: tables.collect() }
    }

    fn sources(&self, plan: &LogicalPlan) -> BTreeMap<TableName, Arc<dyn TableSource>> {
        let scanned = rewrite::scanned(plan).unwrap();
        let source = |(name, wanted): (TableName, Vec<glovebox_model::ColumnName>)| {
            let (columns, rows) = &self.tables[name.as_str()];
            let array = |column: &str| -> ArrayRef {
                let place = columns.iter().position(|it| *it == column).unwrap();
                if place + 1 == columns.len() {
                    Arc::new(rows.iter().map(|it| Some(it.1)).collect::<Int64Array>())
                } else {
                    let texts = rows.iter().map(|it| Some(it.0[place].as_str()));
                    Arc::new(texts.collect::<StringArray>())
                }
            };
            let arrays = wanted.iter().map(|it| (it.as_str(), array(it.as_str()), true));
            let batch = RecordBatch::try_from_iter_with_nullable(arrays).unwrap();
            let memory = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
            (name, provider_as_source(Arc::new(memory)))
        };
        scanned.into_iter().map(source).collect()
    }

    /// The visible columns of every row, as text, sorted: order alone is not asked for.
    pub(crate) fn answer(&self, plan: &LogicalPlan, columns: usize) -> Vec<String> {
        let plan = rewrite::substitute(plan.clone(), &self.sources(plan)).unwrap();
        let config = SessionConfig::new().with_target_partitions(2).with_batch_size(4);
        let context = SessionContext::new_with_config(config);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let batches = runtime.block_on(async {
            context.execute_logical_plan(plan).await.unwrap().collect().await.unwrap()
        });
        let mut rows = Vec::new();
        for batch in batches {
            let options = FormatOptions::default().with_null("NULL");
            let shown: Vec<_> = batch.columns()[..columns]
                .iter()
                .map(|it| ArrayFormatter::try_new(it, &options).unwrap())
                .collect();
            for row in 0..batch.num_rows() {
                let cells: Vec<String> = shown.iter().map(|it| it.value(row).to_string()).collect();
                rows.push(cells.join(" | "));
            }
        }
        rows.sort();
        rows
    }
}

/// A query that groups by at least one column of each protected table that it reads, wrapped in
/// whatever an analyst or an attacker might wrap it in.
fn query(random: &mut Random) -> String {
    let imp = random.chance(70);
    let (table, keys, number): (&str, &[&str], &str) = if imp {
        ("imp", &["campaign", "day", "zip"], "amount")
    } else {
        ("visits", &["page"], "times")
    };
    let key = *random.pick(keys);
    let mut from = format!("{table} p");
    let mut group = vec![format!("p.{key}")];
    match random.between(0, 7) {
        0 => from.push_str(" JOIN adv a ON p.user_id = a.user_id"),
        1 => from.push_str(" LEFT JOIN adv a ON p.user_id = a.user_id"),
        2 => from = format!("adv a RIGHT JOIN {from} ON p.user_id = a.user_id"),
        3 => from.push_str(" FULL JOIN adv a ON p.user_id = a.user_id"),
        4 => from = format!("(SELECT * FROM {table} WHERE {number} <> 3) p"),
        5 => from = format!("(SELECT user_id, {key}, {number} FROM {table} LIMIT 30) p"),
        6 => {
            let window = random.pick(&[
                "ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY {n})",
                "RANK() OVER (ORDER BY {n} DESC)",
                "SUM({n}) OVER (PARTITION BY {k})",
                "LAG({n}) OVER (PARTITION BY user_id ORDER BY {n})",
            ]);
            let window = window.replace("{n}", number).replace("{k}", key);
            from = format!("(SELECT user_id, {key}, {number}, {window} AS w FROM {table}) p");
        }
        _ => {}
    }
    if from.contains(" a ") && random.chance(40) {
        group.push("a.seg".into());
    }
    let aggregate = |random: &mut Random| {
        let call = random.pick(&[
            "COUNT(*)",
            "COUNT(DISTINCT p.user_id)",
            "SUM(p.{n})",
            "AVG(p.{n})",
            "MAX(p.{n})",
            "MIN(p.{n})",
            "STDDEV(p.{n})",
            "SUM(p.{n} * 2)",
            "COUNT(CASE WHEN p.{n} > 5 THEN 1 END)",
            "MEDIAN(p.{n})",
        ]);
        call.replace("{n}", number)
    };
    let (one, other) = (aggregate(random), aggregate(random));
    let filter = if random.chance(40) {
        let filter = random.pick(&[
            "p.{n} > 2",
            "p.{k} <> 'x'",
            "p.{k} LIKE '%rare%'",
            "p.{n} IN (-1000, 1000)",
            "p.user_id IN (SELECT user_id FROM adv)",
            "p.{n} > (SELECT AVG(spend) FROM adv)",
            "EXISTS (SELECT 1 FROM adv e WHERE e.user_id = p.user_id)",
            "p.{n} > (SELECT MAX({n}) FROM {t})",
            "NOT p.{k} IN (SELECT {k} FROM {t} GROUP BY {k})",
        ]);
        format!(
            " WHERE {}",
            filter.replace("{n}", number).replace("{k}", key).replace("{t}", table)
        )
    } else {
        String::new()
    };
    let having = if random.chance(25) {
        format!(" HAVING {}", random.pick(&["COUNT(*) < 3", "COUNT(*) > 1", "SUM(p.{n}) > 0"]))
            .replace("{n}", number)
    } else {
        String::new()
    };
    let shown = if random.chance(80) { format!("{} AS k", group[0]) } else { "1 AS k".to_owned() };
    let group = group.join(", ");
    let block = format!(
        "SELECT {shown}, {one} AS x, {other} AS y FROM {from}{filter} GROUP BY {group}{having}"
    );
    match random.between(0, 9) {
        0 => format!("WITH q AS ({block}) SELECT * FROM q"),
        1 => format!("SELECT COUNT(*), SUM(x) FROM ({block}) q"),
        2 => format!("SELECT k, x, RANK() OVER (ORDER BY x) AS r FROM ({block}) q"),
        3 => format!("{block} UNION ALL {block}"),
        4 => format!("{block} ORDER BY x DESC, k, y LIMIT 1"),
        5 => format!("SELECT DISTINCT k FROM ({block}) q"),
        6 => format!("SELECT q.k, q.x FROM ({block}) q LEFT JOIN adv a ON a.seg = q.k"),
        7 => format!("SELECT seg, (SELECT MAX(x) FROM ({block}) q) AS m FROM adv"),
        8 => format!("SELECT COUNT(*) AS c FROM adv WHERE seg IN (SELECT k FROM ({block}) q)"),
        _ => block,
    }
}

/// The same plan without the filters that compare hidden counts.
fn without_threshold(plan: &LogicalPlan) -> LogicalPlan {
    let dropped = plan.clone().transform_up(|node| match node {
        LogicalPlan::Filter(filter) if filter.predicate.to_string().contains("__gb_") => {
            Ok(Transformed::yes(Arc::unwrap_or_clone(filter.input)))
        }
        other => Ok(Transformed::no(other)),
    });
    dropped.unwrap().data
}

#[test]
fn people_in_small_groups_are_not_seen_in_any_allowed_answer() {
    let room: Room = parse(ROOM).unwrap();
    let runner = room.runner().unwrap().account;
    let (mut allowed, mut shown, mut mutants) = (0_u64, 0, 0);
    let most = cases(160);
    for seed in 0..most {
        let mut random = Random::new(9_000_000 + seed);
        let world = World::random(&mut random);
        let text = query(&mut random);
        let Ok(bound) = bind(&text, &room.schema(), now()) else { continue };
        let cleared = match clear(bound, &room.rules(runner)) {
            Ok(cleared) => cleared,
            Err(refusals) => {
                assert_eq!(refusals.internal(), None, "seed {seed}\n{text}");
                continue;
            }
        };
        let columns = cleared.output_names().len();
        let with = world.answer(cleared.plan(), columns);
        let without = world.without_rare().answer(cleared.plan(), columns);
        assert_eq!(with, without, "seed {seed}\n{text}");
        allowed += 1;
        shown += u64::from(!with.is_empty());
        let mutant = without_threshold(cleared.plan());
        let differs =
            world.answer(&mutant, columns) != world.without_rare().answer(&mutant, columns);
        mutants += u64::from(differs);
    }
    println!(
        "{allowed} of {most} allowed, {shown} with rows, {mutants} would tell without thresholds"
    );
    assert!(allowed * 8 >= most, "only {allowed} of {most} queries were allowed");
    assert!(shown * 2 >= allowed, "only {shown} of {allowed} answers had rows");
    assert!(mutants * 4 >= allowed, "only {mutants} of {allowed} needed their threshold");
}
