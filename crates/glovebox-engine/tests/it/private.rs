//! Private queries through the engine: what is bounded, whatever the data and however it lies in
//! files; what is released, with noise and without.

mod accuracy;
mod ahead;
mod intervals;
mod limits;
mod relation;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use glovebox_catalog::{ReadRecorder, Stop, TableLocation, describe};
use glovebox_engine::{Engine, EngineConfig, Input};
use glovebox_fixture::{Room, parse};
use glovebox_model::{Accountant, AutoRefresh, Finding, PrivacyTerms, TableName, Timestamp};
use glovebox_policy::clear;
use glovebox_privacy::{
    Draw, NoEntropy, Noise, NotDrawn, Priced, Ratio, Reserved, ResultFile, SampleKey, SecureDraw,
    Terms, price, release,
};
use glovebox_sql::bind;
use tempfile::TempDir;

use crate::house::{limits, query, uncancelled};

const ROOM: &str = r#"
member runner can query, can receive
  table audience (uid text, segment text)
  rule custom any query by runner
member owner
  table clicks (uid text, grp text, x int, d double, price decimal(8,2))
  rule custom any query by runner user uid
    bounds x "-5" to 10, d 0 to 2, price 0 to 100
    groups per user GROUPS rows per group ROWS KEYS
"#;

/// Draws nothing.
struct Still;

impl Draw for Still {
    fn discrete_gaussian(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
        Ok(0)
    }

    fn discrete_laplace(&mut self, _: Ratio) -> Result<i128, NotDrawn> {
        Ok(0)
    }
}

/// A source of bytes that is the same every time.
struct Fixed(u8);

impl Noise for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        bytes.fill(self.0);
        Ok(())
    }
}

/// A row of `clicks`.
#[derive(Debug, Clone, PartialEq)]
struct Click {
    user: Option<u32>,
    group: u32,
    x: Option<i64>,
}

fn csv(clicks: &[Click]) -> String {
    let mut text = String::from("uid,grp,x,d,price\n");
    for Click { user, group, x } in clicks {
        let user = user.map(|it| format!("u{it}")).unwrap_or_default();
        let number = x.map(|it| it.to_string()).unwrap_or_default();
        let (d, price) = match x {
            Some(x) => (format!("{}", *x as f64 / 4.0), format!("{x}.25")),
            None => (String::new(), String::new()),
        };
        let _ = writeln!(text, "{user},g{group},{number},{d},{price}");
    }
    text
}

struct World {
    room: Room,
    folder: TempDir,
    partitions: usize,
    budget: PrivacyTerms,
    /// Where `audience` lies, if not in its folder.
    audience: Option<TableLocation>,
    memory_bytes: Option<usize>,
    recorder: Option<Arc<dyn ReadRecorder>>,
}

impl World {
    fn new(groups: u32, rows: u32, keys: &str, files: &[Vec<Click>]) -> Self {
        let text = ROOM.replace("GROUPS", &groups.to_string()).replace("ROWS", &rows.to_string());
        let room = parse(&text.replace("KEYS", keys)).unwrap();
        let folder = TempDir::new().unwrap();
        let clicks = folder.path().join("tables/db/clicks");
        std::fs::create_dir_all(&clicks).unwrap();
        for (index, file) in files.iter().enumerate() {
            std::fs::write(clicks.join(format!("{index}.csv")), csv(file)).unwrap();
        }
        let audience = "uid,segment\nu0,a\nu1,a\nu1,b\nu2,b\nu3,a\n";
        std::fs::write(folder.path().join("tables/db/audience.csv"), audience).unwrap();
        let budget = PrivacyTerms {
            epsilon: 10,
            users_noise: 10,
            auto_refresh: AutoRefresh::None,
            accountant: Accountant::Zcdp,
            delta_atto: 1_000_000_000_000,
        };
        let (audience, memory_bytes, recorder) = (None, None, None);
        Self { room, folder, partitions: 2, budget, audience, memory_bytes, recorder }
    }

    fn inputs(&self) -> Vec<Input> {
        let input = |name: &str| {
            let root = self.folder.path().join("tables");
            let folder = TableLocation::folder(root, "db", name);
            let distant = self.audience.clone().filter(|_| name == "audience");
            let location = distant.unwrap_or(folder.clone());
            let table = TableName::new(name).unwrap();
            let described = describe(&folder, &Stop::default()).unwrap();
            let declared = &self.room.schema().tables[&table].columns;
            // CSV has no types of its own: what the owner configured counts.
            assert_eq!(described.columns.len(), declared.len());
            Input { table, location, columns: declared.clone() }
        };
        vec![input("audience"), input("clicks")]
    }

    fn priced(&self, sql: &str) -> Priced {
        self.price(sql).unwrap_or_else(|it| panic!("{sql}: {it:?}"))
    }

    /// The query with its price, or why it has none.
    fn price(&self, sql: &str) -> Result<Priced, Vec<Finding>> {
        let runner = self.room.runner().unwrap().account;
        let rules = self.room.rules(runner);
        let bound = bind(sql, &self.room.schema(), Timestamp::from_millis(0)).unwrap();
        let owner = rules.tables[&TableName::new("clicks").unwrap()].owner;
        let terms = Terms { budgets: BTreeMap::from([(owner, self.budget)]) };
        let cleared = clear(bound, &rules).unwrap_or_else(|it| panic!("{sql}: {it:?}"));
        price(cleared, &terms)
    }

    /// The released rows, as text.
    async fn answer(&self, sql: &str, draw: &mut dyn Draw) -> Vec<Vec<String>> {
        self.answer_of(self.priced(sql), draw).await.1
    }

    /// The names of the released columns, and the rows, as text.
    async fn answer_of(
        &self,
        priced: Priced,
        draw: &mut dyn Draw,
    ) -> (Vec<String>, Vec<Vec<String>>) {
        #[expect(clippy::disallowed_methods, reason = "this test stands in for the store")]
        let reserved = Reserved::assertion(priced);
        let mut config = EngineConfig::new(self.folder.path().to_owned());
        config.partitions = self.partitions;
        config.memory_bytes = self.memory_bytes.unwrap_or(config.memory_bytes);
        config.recorder = self.recorder.clone();
        let engine = Engine::new(config).unwrap();
        let (_canceller, cancel) = uncancelled();
        let key = SampleKey::fresh(&mut Fixed(7)).unwrap();
        let executed =
            engine.execute(reserved, query(), self.inputs(), &limits(), (&cancel, key)).await;
        let executed = executed.unwrap_or_else(|it| panic!("{:?}", it.cause));
        let released = release(executed, draw).unwrap();
        let released = engine.finish(released, query()).await.unwrap();
        let (mut names, mut rows) = (Vec::new(), Vec::new());
        let read = released.encode(query(), |schema, batches| {
            names = schema.fields().iter().map(|it| it.name().clone()).collect();
            rows = batches.iter().flat_map(shown).collect();
            Ok::<Vec<ResultFile>, ()>(Vec::new())
        });
        drop(read.unwrap());
        (names, rows)
    }
}

fn shown(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null("NULL");
    let columns: Vec<ArrayFormatter<'_>> = batch
        .columns()
        .iter()
        .map(|it| ArrayFormatter::try_new(it.as_ref(), &options).unwrap())
        .collect();
    let row = |row| columns.iter().map(|it| it.value(row).to_string()).collect();
    (0..batch.num_rows()).map(row).collect()
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn clicks(&mut self, users: u64, groups: u64, rows: u64) -> Vec<Click> {
        (0..rows)
            .map(|_| Click {
                user: (self.below(20) > 0).then(|| u32::try_from(self.below(users)).unwrap()),
                group: u32::try_from(self.below(groups)).unwrap(),
                x: (self.below(10) > 0).then(|| i64::try_from(self.below(40)).unwrap() - 20),
            })
            .collect()
    }
}

/// Declared keys of `grp`, so that every group appears.
const KEYS: &str = "keys grp (g0, g1, g2, g3)";

const BY_GROUP: &str = "SELECT grp, COUNT(DISTINCT uid) AS u, COUNT(*) AS n, COUNT(x) AS c, \
                        SUM(x) AS s, SUM(d) AS f, SUM(price) AS p FROM clicks GROUP BY grp";

/// What bounding means, told anew: for users who are in no more groups than they may be.
fn expected(clicks: &[Click], rows: i64) -> Vec<Vec<String>> {
    let mut pairs: BTreeMap<(u32, u32), Vec<Option<i64>>> = BTreeMap::new();
    for Click { user, group, x } in clicks {
        if let Some(user) = user {
            pairs.entry((*group, *user)).or_default().push(*x);
        }
    }
    (0..4)
        .map(|group| {
            let (mut u, mut n, mut c, mut s, mut f, mut p) = (0, 0, 0, 0, 0.0, 0);
            for (_, values) in pairs.iter().filter(|((own, _), _)| *own == group) {
                let known: Vec<i64> = values.iter().flatten().copied().collect();
                u += 1;
                n += rows.min(values.len() as i64);
                c += rows.min(known.len() as i64);
                s += known.iter().sum::<i64>().clamp(-5 * rows, 10 * rows);
                let floats = known.iter().map(|it| (*it as f64 / 4.0).clamp(0.0, 2.0));
                f += floats.sum::<f64>().clamp(0.0, 2.0 * rows as f64);
                // `-3.25` is what stands in the file for -3.
                let cents = known.iter().map(|it| it * 100 + if *it < 0 { -25 } else { 25 });
                p += cents.sum::<i64>().clamp(0, 10_000 * rows);
            }
            let sign = if p < 0 { "-" } else { "" };
            let price = format!("{sign}{}.{:02}", p.abs() / 100, p.abs() % 100);
            let numbers = [u.to_string(), n.to_string(), c.to_string(), s.to_string()];
            let mut row = vec![format!("g{group}")];
            row.extend(numbers);
            row.extend([format!("{f:?}"), price]);
            row
        })
        .collect()
}

#[tokio::test]
async fn without_noise_the_numbers_are_the_bounded_ones() {
    let mut dice = Dice(11);
    for rows in [1, 2, 5] {
        let clicks = dice.clicks(12, 4, 150);
        let world = World::new(4, rows, KEYS, std::slice::from_ref(&clicks));
        let mut found = world.answer(BY_GROUP, &mut Still).await;
        found.sort();
        assert_eq!(found, expected(&clicks, rows.into()));
    }
}

#[tokio::test]
async fn neither_order_nor_files_nor_partitions_change_a_number() {
    let mut dice = Dice(5);
    let clicks = dice.clicks(30, 4, 400);
    let first = World::new(2, 3, KEYS, std::slice::from_ref(&clicks));
    let mut known = first.answer(BY_GROUP, &mut Still).await;
    known.sort();
    let mut turned = clicks.clone();
    turned.reverse();
    let (one, other) = turned.split_at(130);
    for partitions in [1, 2, 5] {
        let mut world = World::new(2, 3, KEYS, &[one.to_vec(), other.to_vec()]);
        world.partitions = partitions;
        let mut found = world.answer(BY_GROUP, &mut Still).await;
        found.sort();
        assert_eq!(found, known, "{partitions} partitions");
    }
}

/// Both sides of the join have a column `n`, and the filter is about the one that may be missing.
/// (DataFusion's physical filter pushdown, by names, takes the other: apache/datafusion#25259.)
#[tokio::test]
async fn a_filter_above_a_join_is_about_the_column_that_it_names() {
    let click = |user, group| Click { user: Some(user), group, x: Some(1) };
    let clicks = vec![click(0, 0), click(1, 1), click(2, 1), click(3, 0)];
    let world = World::new(2, 3, KEYS, &[clicks]);
    let sql = "WITH t AS (SELECT segment AS k, COUNT(uid) AS n FROM audience GROUP BY segment), \
               u AS (SELECT uid AS k, x AS n, grp, MIN(x) AS m FROM clicks GROUP BY uid, x, grp), \
               j AS (SELECT DISTINCT b.k AS k, b.n AS n, b.grp AS grp, b.m AS m FROM t a RIGHT JOIN u b ON b.k = a.k \
                     WHERE b.k IN (SELECT uid FROM audience) AND (b.k = 'u0' OR a.n >= 0)) \
               SELECT COUNT(*) FROM j";
    assert_eq!(world.answer(sql, &mut Still).await, [["1"]], "of u0 alone");
}

/// Every user's influence stays within what the noise is for: compared on the data with and
/// without each user.
#[tokio::test]
async fn no_user_changes_more_than_the_noise_is_for() {
    let queries = [
        "SELECT grp, COUNT(*), SUM(x), COUNT(DISTINCT uid) FROM clicks GROUP BY grp",
        "SELECT grp, SUM(x * 2 - 1), COUNT(x) FROM clicks WHERE x > -10 GROUP BY grp",
        "SELECT COUNT(*), SUM(x), COUNT(DISTINCT uid) FROM clicks",
        "SELECT c.grp, COUNT(*), SUM(c.x) FROM clicks c JOIN audience a ON a.uid = c.uid GROUP BY c.grp",
        "SELECT c.grp, COUNT(*), SUM(c.x) FROM clicks c JOIN clicks o ON o.uid = c.uid GROUP BY c.grp",
        "WITH t AS (SELECT uid, grp, SUM(x) AS s FROM clicks GROUP BY uid, grp) \
         SELECT grp, COUNT(*), SUM(LEAST(GREATEST(s, -7), 9)) FROM t GROUP BY grp",
        "WITH t AS (SELECT uid, grp, x, ROW_NUMBER() OVER (PARTITION BY uid ORDER BY x, grp) AS n \
         FROM clicks) SELECT grp, COUNT(*), SUM(x) FROM t WHERE n <= 3 GROUP BY grp",
        "SELECT c.grp, COUNT(*), SUM(c.x) FROM clicks c CROSS JOIN audience a GROUP BY c.grp",
        "SELECT grp, COUNT(*) FILTER (WHERE x > 0), COUNT(DISTINCT uid) FILTER (WHERE x > 0) \
         FROM clicks GROUP BY grp",
    ];
    let mut dice = Dice(3);
    for sql in queries {
        let clicks = dice.clicks(6, 4, 60);
        let world = |clicks: &[Click]| World::new(2, 3, KEYS, &[clicks.to_vec()]);
        let whole = world(&clicks);
        let priced = whole.priced(sql);
        let noising = priced.noising().unwrap();
        let most = noising.max_groups.unwrap_or(1) as usize;
        let all = by_key(whole.answer(sql, &mut Still).await, noising.keys.len());
        for user in 0..6 {
            let rest: Vec<Click> =
                clicks.iter().filter(|it| it.user != Some(user)).cloned().collect();
            let without = by_key(world(&rest).answer(sql, &mut Still).await, noising.keys.len());
            let mut changed = 0;
            for (key, row) in &all {
                let other = &without[key];
                changed += usize::from(row != other);
                for ((unit, one), other) in noising.units.iter().zip(row).zip(other) {
                    let difference = (one - other).abs();
                    assert!(difference <= unit.sensitivity(), "{sql}: {difference} by {user}");
                }
            }
            assert!(changed <= most, "{sql}: {changed} groups by {user}");
        }
    }
}

/// Whole numbers by key; each column of these queries is one unit.
fn by_key(rows: Vec<Vec<String>>, n_keys: usize) -> BTreeMap<Vec<String>, Vec<i128>> {
    let row = |row: Vec<String>| {
        let numbers = row[n_keys..].iter().map(|it| it.parse().unwrap()).collect();
        (row[..n_keys].to_vec(), numbers)
    };
    rows.into_iter().map(row).collect()
}

#[tokio::test]
async fn groups_of_few_users_do_not_appear_and_declared_ones_always_do() {
    let crowd = |group: u32, users: std::ops::Range<u32>| {
        users.map(move |it| Click { user: Some(it), group, x: Some(1) })
    };
    let clicks: Vec<Click> = crowd(0, 0..4000).chain(crowd(1, 0..1)).collect();
    let sql = "SELECT grp, COUNT(*) AS n FROM clicks GROUP BY grp ORDER BY n DESC";
    let unknown = World::new(2, 1, "", std::slice::from_ref(&clicks));
    let found = unknown.answer(sql, &mut SecureDraw::new().unwrap()).await;
    let keys: Vec<&str> = found.iter().map(|it| it[0].as_str()).collect();
    assert_eq!(keys, ["g0"], "a group of one would tell of that one");
    let released: i64 = found[0][1].parse().unwrap();
    assert!((3900..4100).contains(&released), "{released}");
    let declared = World::new(2, 1, "keys grp (g0, g1, g9)", &[clicks]);
    let found = declared.answer(sql, &mut SecureDraw::new().unwrap()).await;
    assert_eq!(found.len(), 3, "whether there are rows or not");
}

#[tokio::test]
async fn an_empty_table_is_answered_like_any_other() {
    let world = World::new(1, 1, "", &[vec![]]);
    let by_group = "SELECT grp, COUNT(*) FROM clicks GROUP BY grp";
    assert!(world.answer(by_group, &mut SecureDraw::new().unwrap()).await.is_empty());
    let total = "SELECT COUNT(*), SUM(x), AVG(x), STDDEV(x) FROM clicks";
    let found = world.answer(total, &mut Still).await;
    assert_eq!(found, [["0", "0", "2.0", "0.0"]]);
}

#[tokio::test]
async fn averages_and_deviations_come_near_and_stay_within_their_bounds() {
    let clicks: Vec<Click> = (0..20_000)
        .map(|it| Click { user: Some(it), group: 0, x: Some((it % 9).into()) })
        .collect();
    let world = World::new(1, 1, "", &[clicks]);
    let sql = "SELECT AVG(x), STDDEV(x), VAR_POP(d), AVG(price) FROM clicks";
    let found = world.answer(sql, &mut SecureDraw::new().unwrap()).await;
    let number = |index: usize| found[0][index].parse::<f64>().unwrap();
    assert!((number(0) - 4.0).abs() < 0.1, "{found:?}");
    assert!((number(1) - 2.58).abs() < 0.1, "{found:?}");
    assert!((number(2) - 0.416).abs() < 0.1, "{found:?}");
    assert!((number(3) - 4.25).abs() < 0.5, "{found:?}");
}

#[tokio::test]
async fn the_rest_of_the_query_sees_released_numbers_only() {
    let clicks: Vec<Click> =
        (0..900).map(|it| Click { user: Some(it), group: it % 3, x: Some(2) }).collect();
    let world = World::new(1, 1, KEYS, &[clicks]);
    let sql = "SELECT grp, SUM(x) / COUNT(*) AS each, COUNT(*) AS n FROM clicks GROUP BY grp \
               HAVING COUNT(*) > 10 ORDER BY grp DESC LIMIT 2";
    let found = world.answer(sql, &mut Still).await;
    assert_eq!(found, [["g2", "2.0", "300"], ["g1", "2.0", "300"]]);
}
