//! Intervals beside released numbers: which columns have some, that they cover, and that the
//! result is the same without them.

use super::*;

/// Noise that looks random and is the same every time. Never for releases.
struct Rolls(Dice);

impl Rolls {
    fn uniform(&mut self) -> f64 {
        (self.0.below(1 << 31) as f64 + 0.5) / (1_u64 << 31) as f64
    }
}

impl Draw for Rolls {
    fn discrete_gaussian(&mut self, sigma: Ratio) -> Result<i128, NotDrawn> {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        let angle = std::f64::consts::TAU * self.uniform();
        Ok((sigma.to_f64() * radius * angle.cos()).round() as i128)
    }

    fn discrete_laplace(&mut self, scale: Ratio) -> Result<i128, NotDrawn> {
        let scale = scale.to_f64();
        let one = (-scale * self.uniform().ln()).floor();
        Ok((one - (-scale * self.uniform().ln()).floor()) as i128)
    }
}

/// A world in which every one of so many groups appears.
fn many(groups: u32, users: u64, rows: u64) -> World {
    spread((groups, 3), users, rows)
}

/// The same with so many groups of a user.
fn spread((groups, most): (u32, u32), users: u64, rows: u64) -> World {
    let keys: Vec<String> = (0..groups).map(|it| format!("g{it}")).collect();
    let clicks = Dice(23).clicks(users, groups.into(), rows);
    World::new(most, 2, &format!("keys grp ({})", keys.join(", ")), &[clicks])
}

/// Name, value, low and high of every column that has an interval in its columns.
fn beside(names: &[String], rows: &[Vec<String>]) -> Vec<(String, Vec<[Option<f64>; 3]>)> {
    let visible = names.iter().filter(|it| !it.ends_with("_low") && !it.ends_with("_high"));
    let place = |name: &str| names.iter().position(|it| it == name);
    let mut found = Vec::new();
    for name in visible {
        let ends = (place(&format!("{name}_low")), place(&format!("{name}_high")));
        let (Some(low), Some(high)) = ends else { continue };
        let value = place(name).unwrap();
        let of = |row: &Vec<String>| [value, low, high].map(|it| row[it].parse().ok());
        found.push((name.clone(), rows.iter().map(of).collect()));
    }
    found
}

#[tokio::test]
async fn a_result_with_intervals_is_the_result_with_two_more_columns_for_each_number() {
    let world = many(6, 40, 900);
    let queries = [
        "SELECT grp, COUNT(*) AS n, SUM(x) AS s, AVG(d) AS a FROM clicks GROUP BY grp ORDER BY grp",
        "SELECT grp, SUM(x) AS s FROM clicks GROUP BY grp HAVING COUNT(*) > 20 \
         ORDER BY s DESC, grp LIMIT 3",
        "WITH t AS (SELECT grp, COUNT(*) AS n, SUM(price) AS p FROM clicks GROUP BY grp) \
         SELECT u.grp, u.n * 2 AS twice, u.p FROM t u WHERE u.n > 0 ORDER BY u.n, u.grp",
        "SELECT grp, COUNT(*) AS n, RANK() OVER (ORDER BY COUNT(*) DESC) AS place FROM clicks \
         GROUP BY grp ORDER BY place, grp",
        "SELECT DISTINCT COUNT(*) > 5 AS many, 1 AS one FROM clicks GROUP BY grp ORDER BY many",
        "SELECT grp, COUNT(*) AS n, COUNT(*) AS n_low, STDDEV(x) AS d FROM clicks GROUP BY grp \
         ORDER BY grp",
    ];
    for sql in queries {
        let (names, rows) = world.answer_of(world.priced(sql), &mut Rolls(Dice(1))).await;
        let priced = world.priced(sql).with_intervals();
        assert_ne!(priced.plan_digest(), world.priced(sql).plan_digest());
        let (wide_names, wide) = world.answer_of(priced, &mut Rolls(Dice(1))).await;
        assert_eq!(wide_names[..names.len()], names, "{sql}");
        let narrow: Vec<_> = wide.iter().map(|it| it[..names.len()].to_vec()).collect();
        assert_eq!(narrow, rows, "{sql}");
        let distinct: std::collections::BTreeSet<_> = wide_names.iter().collect();
        assert_eq!(distinct.len(), wide_names.len(), "{wide_names:?}");
        assert_eq!((wide_names.len() - names.len()) % 2, 0);
    }
}

#[tokio::test]
async fn only_what_is_linear_in_one_released_number_has_an_interval() {
    let world = many(4, 30, 400);
    let sql = "SELECT grp, UPPER(grp) AS big, COUNT(*) AS n, -COUNT(*) AS minus, \
               3 - COUNT(*) / 4 AS line, CAST(SUM(x) AS DOUBLE) AS casted, SUM(price) * 1.5 AS dear, \
               CAST(AVG(x) AS INT) AS cut, COUNT(*) * COUNT(*) AS squared, ROUND(AVG(d), 1) AS rounded, \
               COALESCE(SUM(x), 0) AS filled, COUNT(*) + SUM(x) AS together, COUNT(*) * 0 AS nothing, \
               COUNT(*) > 3 AS larger, SUM(COUNT(*)) OVER () AS total FROM clicks GROUP BY grp";
    let (names, rows) = world.answer_of(world.priced(sql).with_intervals(), &mut Still).await;
    let found = beside(&names, &rows);
    let with = |wanted: bool| -> Vec<&str> {
        let has = |it: &&(String, Vec<[Option<f64>; 3]>)| {
            let ends: Vec<bool> =
                it.1.iter().flat_map(|it| [it[1].is_some(), it[2].is_some()]).collect();
            assert!(ends.iter().all(|it| *it == ends[0]), "{it:?}");
            ends[0] == wanted
        };
        found.iter().filter(has).map(|it| it.0.as_str()).collect()
    };
    assert_eq!(with(true), ["n", "minus", "line", "casted", "dear"]);
    assert_eq!(
        with(false),
        ["cut", "squared", "rounded", "filled", "together", "nothing", "total"]
    );
    let half = |name: &str| -> f64 {
        let (_, rows) = found.iter().find(|it| it.0 == name).unwrap();
        let [value, low, high] = rows[0].map(Option::unwrap);
        assert!((high - value - (value - low)).abs() < 1e-6, "{name}: {low} {value} {high}");
        high - value
    };
    let errors = world.priced(sql).noising().unwrap().errors();
    let declared = |name: &str| {
        let found = errors.iter().find(|it| it.name.to_lowercase().starts_with(name)).unwrap();
        found.half_width.unwrap()
    };
    let count = declared("count");
    assert!((half("n") - count).abs() < 1e-9);
    assert!((half("minus") - count).abs() < 1e-9);
    assert!((half("line") - count / 4.0).abs() < 1e-9);
    assert!((half("casted") - declared("sum(clicks.x")).abs() < 1e-9);
    assert!((half("dear") - 1.5 * declared("sum(clicks.price")).abs() < 1e-9);
}

#[tokio::test]
async fn intervals_hold_the_bounded_truth_in_nineteen_of_twenty_cases() {
    let world = spread((200, 10), 5000, 50_000);
    let sql = "SELECT grp, COUNT(DISTINCT uid) AS u, COUNT(*) AS n, SUM(x) AS s, SUM(d) AS f, \
               1 - SUM(price) / 3 AS p, AVG(x) AS a, AVG(price) AS ap, VAR_POP(x) AS v, \
               STDDEV(d) AS d FROM clicks GROUP BY grp ORDER BY grp";
    let (names, truth) = world.answer_of(world.priced(sql).with_intervals(), &mut Still).await;
    let truth = beside(&names, &truth);
    assert_eq!(truth.len(), 9);
    let mut covered: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for seed in 0..4 {
        let mut draw = Rolls(Dice(seed));
        let priced = world.priced(sql).with_intervals();
        let (names, rows) = world.answer_of(priced, &mut draw).await;
        for ((name, found), (_, truth)) in beside(&names, &rows).iter().zip(&truth) {
            assert_eq!(found.len(), 200);
            let (inside, all) = covered.entry(name.clone()).or_default();
            for (found, truth) in found.iter().zip(truth) {
                let [value, low, high] = found.map(Option::unwrap);
                assert!(low <= value && value <= high, "{name}: {low} {value} {high}");
                let truth = truth[0].unwrap();
                *inside += usize::from(low <= truth && truth <= high);
                *all += 1;
            }
        }
    }
    for (name, (inside, all)) in covered {
        let share = inside as f64 / all as f64;
        println!("{name}: {inside} of {all} intervals hold the bounded truth");
        // Of 800: four standard deviations. Deviations are said too wide rather than too narrow.
        let most = if name == "v" || name == "d" { 1.0 } else { 0.981 };
        assert!((0.919..=most).contains(&share), "{name}: {share}");
    }
}
