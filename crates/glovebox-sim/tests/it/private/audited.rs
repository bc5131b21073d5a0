//! The auditor on the clean build: nothing is flagged, every number lies on its lattice.

use glovebox_model::Accountant;
use glovebox_privacy::{Cost, SecureDraw};
use glovebox_sim::audit::{Verdict, audit};
use glovebox_sim::plans::Call;

use super::world::{Click, Column, House, Seen, Sums, columns, on_lattice};

/// How many runs a comparison has, unless said otherwise; `GLOVEBOX_AUDIT_RUNS`, when set at
/// compile time, multiplies it.
pub(crate) fn n_runs(usual: usize) -> usize {
    let times = option_env!("GLOVEBOX_AUDIT_RUNS").and_then(|it| it.parse().ok());
    usual * times.unwrap_or(1_usize)
}

pub(crate) fn click(user: &str, group: &str, x: i64) -> Click {
    Click { user: Some(user.into()), group: group.into(), x: Some(x), d: "0.3" }
}

/// Twelve groups of fifteen users, each user in one: about as many as a group needs to appear.
pub(crate) fn base() -> Vec<Click> {
    let user = |it: i64| click(&format!("u{it}"), &format!("g{:02}", it % 12), it % 7);
    (0..180).map(user).collect()
}

/// What the one user holds whom the neighbour has not.
pub(crate) fn neighbours() -> Vec<(&'static str, Vec<Click>)> {
    let groups =
        |n: i64, x: i64| (0..n).map(|it| click("t", &format!("g{it:02}"), x)).collect::<Vec<_>>();
    let with = |x: Option<i64>, d: &'static str, rows: usize| {
        vec![Click { user: Some("t".into()), group: "g00".into(), x, d }; rows]
    };
    let nobody = |group: &str| Click { user: None, ..click("", group, 3) };
    vec![
        ("one group", groups(1, 4)),
        ("C groups", groups(2, 10)),
        ("C + 5 groups", groups(7, 10)),
        ("upper bounds", with(Some(10), "2", 3)),
        ("lower bounds", with(Some(-5), "0", 3)),
        ("outside", with(Some(1_000_000), "1e300", 2)),
        ("below", with(Some(-1_000_000), "-1e300", 2)),
        ("NaN", with(Some(1), "NaN", 2)),
        ("infinite", with(Some(1), "Infinity", 2)),
        ("NULL", with(None, "", 2)),
        ("only member", vec![click("t", "z0", 2)]),
        ("only member of C groups", vec![click("t", "z0", 10), click("t", "z1", 10)]),
        ("duplicate rows", with(Some(10), "1.5", 50)),
        ("absent", Vec::new()),
        ("rows of nobody", (0..60).map(|it| nobody(["g00", "z2"][it % 2])).collect()),
    ]
}

pub(crate) fn joined(one: &[Click], other: &[Click]) -> Vec<Click> {
    one.iter().chain(other).cloned().collect()
}

/// Two data sets as their exact sums, of the groups that are worth a look: those that differ and
/// one that does not. The noise of the others is drawn apart from these, and is alike on both.
pub(crate) fn watched(one: &Sums, other: &Sums) -> (Vec<String>, Sums, Sums) {
    let mut keys: Vec<String> = one.keys().chain(other.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    let same = keys.iter().find(|it| one.get(*it) == other.get(*it)).cloned();
    keys.retain(|it| one.get(it) != other.get(it) || Some(it) == same.as_ref());
    let only = |all: &Sums| {
        all.iter()
            .filter(|(key, _)| keys.contains(key))
            .map(|(key, row)| (key.clone(), row.clone()))
            .collect::<Sums>()
    };
    let (one, other) = (only(one), only(other));
    (keys, one, other)
}

/// The numbers of a run that events are about: presence and columns of each group, differences
/// of columns, and what the whole run says in the direction in which the data sets differ.
pub(crate) fn features(
    runs: &[Seen],
    keys: &[String],
    released: &[Column],
    exact: (&Sums, &Sums),
) -> Vec<Vec<f64>> {
    let at = |sums: &Sums, key: &String, unit: usize| {
        sums.get(key).and_then(|it| it.get(unit + 1)).map_or(0, |it| *it)
    };
    let row = |run: &Seen| {
        let mut all = Vec::new();
        let (mut direction, mut present) = (0.0, 0.0);
        for key in keys {
            let row = run.get(key);
            present += f64::from(row.is_some());
            all.push(f64::from(row.is_some()));
            for (column, own) in released.iter().enumerate() {
                let value = row.map_or(f64::NAN, |it| it[column]);
                all.push(value);
                let change = at(exact.0, key, own.unit) - at(exact.1, key, own.unit);
                if row.is_some() {
                    direction += value / own.scale * change.signum() as f64;
                }
                for other in 0..column {
                    all.push(row.map_or(f64::NAN, |it| it[column] - it[other]));
                }
            }
        }
        all.extend([direction, present]);
        all
    };
    runs.iter().map(row).collect()
}

fn compared(house: &House, aggregates: &str, exact: (&Sums, &Sums), n: usize) -> (Verdict, Cost) {
    let sql = format!("SELECT grp, {aggregates} FROM clicks GROUP BY grp");
    let (keys, one, other) = watched(exact.0, exact.1);
    let mut house = house.clone();
    if !house.keys.is_empty() {
        house.keys.clone_from(&keys);
    }
    let priced = house.priced(&sql);
    let released = columns(&priced);
    let mut draw = SecureDraw::new().unwrap();
    let mut runs = |sums: &Sums| house.released(aggregates, sums, n, &mut draw);
    let seen = (runs(&one), runs(&other));
    let lie = on_lattice(&seen.0, &released) && on_lattice(&seen.1, &released);
    assert!(lie, "a number beside the lattice");
    let made = |runs: &[Seen]| features(runs, &keys, &released, (&one, &other));
    let verdict = audit(&made(&seen.0), &made(&seen.1), house.accountant, priced.cost());
    (verdict, priced.cost())
}

#[test]
fn audit_passes_the_clean_build() {
    let aggregates = "COUNT(*) AS n, SUM(x) AS s, SUM(d) AS f";
    let bounding = House::new(Accountant::Pure);
    let without = bounding.sums(aggregates, &base());
    let public: Vec<String> = vec!["g00".into()];
    for (name, own) in neighbours() {
        let with = bounding.sums(aggregates, &joined(&base(), &own));
        if ["absent", "rows of nobody"].contains(&name) {
            assert_eq!(with, without, "{name}");
        }
        for (accountant, keys) in [
            (Accountant::Pure, Vec::new()),
            (Accountant::Zcdp, Vec::new()),
            (Accountant::Pure, public.clone()),
        ] {
            let house = House { keys, ..House::new(accountant) };
            let (verdict, cost) = compared(&house, aggregates, (&with, &without), n_runs(500));
            println!("{name}, {accountant:?}, {:?}: {verdict:?}", house.keys.len());
            assert!(!verdict.is_flagged(), "{name}, {accountant:?}: {verdict:?} for {cost:?}");
        }
    }
}

/// What is made of several noisy numbers tells no more than they do.
#[test]
fn audit_passes_averages_and_deviations() {
    let calls = [Call::Average, Call::Moment { root: true, sample: false }];
    let bounding = House::new(Accountant::Pure);
    let without = bounding.sums_of(&calls, &base());
    for (name, own) in neighbours() {
        let with = bounding.sums_of(&calls, &joined(&base(), &own));
        for accountant in [Accountant::Pure, Accountant::Zcdp] {
            let house = House { keys: vec!["g00".into()], ..House::new(accountant) };
            let aggregates = "AVG(x) AS a, STDDEV_POP(x) AS v";
            let (verdict, cost) = compared(&house, aggregates, (&with, &without), n_runs(500));
            println!("{name}, {accountant:?}, averages: {verdict:?}");
            assert!(!verdict.is_flagged(), "{name}, {accountant:?}: {verdict:?} for {cost:?}");
        }
    }
}

/// One vector, known keys: here the declared loss is the true one, and the auditor comes near it.
#[test]
fn audit_comes_near_the_declared_loss() {
    let bounding = House::new(Accountant::Pure);
    let aggregates = "COUNT(*) AS n";
    let own = vec![click("t", "g00", 1); 3].into_iter();
    let own: Vec<Click> = own.chain(vec![click("t", "g01", 1); 3]).collect();
    let with = bounding.sums(aggregates, &joined(&base(), &own));
    let without = bounding.sums(aggregates, &base());
    let house = House { keys: vec!["g00".into()], ..bounding };
    let (verdict, _) = compared(&house, aggregates, (&with, &without), n_runs(6000));
    println!("{verdict:?}");
    assert!(!verdict.is_flagged() && verdict.epsilon_lower > 0.25 * verdict.epsilon, "{verdict:?}");
}
