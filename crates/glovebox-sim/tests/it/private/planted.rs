//! The auditor must see bugs: each is planted, one at a time, and every one is flagged.
//!
//! Where they are planted. A cargo feature that is a dev-dependency's is unified into every crate
//! of a workspace build: `target/debug/glovebox`, which end-to-end tests and the demo start, would
//! carry switches that turn privacy off. So nothing is planted in the product. A bug is a
//! mismatch between its parts, or a double of one part, and lives in this file, which is part of
//! no library and no binary:
//!
//! - the engine bounds by one house and the release draws and charges by another (`bounding` and
//!   `paid`): the real code of both, as if a parameter had been dropped on the way;
//! - the source of noise lies (half of it, the same twice, none for one count);
//! - the release is a double ([`doubled`]) in which one line is wrong; with no line wrong it gives
//!   what the real one gives, bit for bit, which a test here shows.

use glovebox_model::Accountant;
use glovebox_privacy::{Calibration, Draw, Groups, NotDrawn, Ratio, Scale, SecureDraw, Threshold};
use glovebox_sim::audit::audit;
use glovebox_sim::plans::Call;

use super::audited::{base, click, features, joined, n_runs, neighbours, watched};
use super::world::{Click, House, Seen, Sums, columns, on_lattice};

/// What is wrong with the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Release {
    Right,
    /// Half the noise that was asked for.
    HalfNoise,
    /// Each number is handed out twice.
    Reused,
    /// The scale of a count of users draws nothing.
    ExactUsers,
    /// Declared keys that nobody has are left out.
    EmptyKeysDropped,
    /// Doubles: of the right one, and with a wrong line.
    Doubled,
    NoTau,
    Exists,
    TauForHalfTheNoise,
    FloatNoise,
}

struct Planted {
    name: &'static str,
    /// By which contributions are bounded, and what is asked of the engine.
    bounding: House,
    asked: &'static str,
    /// Averages and deviations of `x` that are asked instead.
    of: &'static [Call],
    /// By which noise is drawn and charged.
    paid: House,
    charged: &'static str,
    release: Release,
    /// What the engine sees instead of the rows.
    seen_as: fn(Vec<Click>) -> Vec<Click>,
    own: Vec<Click>,
}

/// A source of noise with a fault.
struct Faulty {
    inner: SecureDraw,
    release: Release,
    users: Option<Scale>,
    kept: Option<i128>,
}

impl Faulty {
    fn drawn(
        &mut self,
        ratio: Ratio,
        real: fn(&mut SecureDraw, Ratio) -> Result<i128, NotDrawn>,
    ) -> Result<i128, NotDrawn> {
        match self.release {
            Release::HalfNoise => {
                let half = Ratio::new(ratio.numerator(), ratio.denominator() * 2).unwrap();
                real(&mut self.inner, half)
            }
            Release::Reused => match self.kept.take() {
                Some(kept) => Ok(kept),
                None => {
                    let drawn = real(&mut self.inner, ratio)?;
                    self.kept = Some(drawn);
                    Ok(drawn)
                }
            },
            Release::ExactUsers if self.users.is_some_and(|it| it.ratio() == ratio) => Ok(0),
            _ => real(&mut self.inner, ratio),
        }
    }
}

impl Draw for Faulty {
    fn discrete_gaussian(&mut self, sigma: Ratio) -> Result<i128, NotDrawn> {
        self.drawn(sigma, |draw, ratio| draw.discrete_gaussian(ratio))
    }

    fn discrete_laplace(&mut self, scale: Ratio) -> Result<i128, NotDrawn> {
        self.drawn(scale, |draw, ratio| draw.discrete_laplace(ratio))
    }
}

/// The release told anew, for groups whose keys are not public.
fn doubled(
    (house, aggregates, release): (&House, &str, Release),
    sums: &Sums,
    n: usize,
    draw: &mut dyn Draw,
) -> Vec<Seen> {
    let sql = format!("SELECT grp, {aggregates} FROM clicks GROUP BY grp");
    let priced = house.priced(&sql);
    let noising = priced.noising().unwrap();
    let Groups::Noisy(threshold) = &noising.groups else { panic!("keys are public") };
    let half = Calibration::new(house.accountant, house.noise / 2, house.groups).unwrap();
    let half = Threshold::new(half, priced.cost().delta_atto, 1).unwrap();
    let mut run = || {
        let mut seen = Seen::new();
        for (key, row) in sums {
            let users = u64::try_from(row[0]).unwrap();
            let noisy = threshold.scale().noisy(row[0], draw).unwrap();
            let appears = match release {
                Release::NoTau => noisy >= 1,
                Release::TauForHalfTheNoise => noisy >= i128::from(half.smallest_released()),
                Release::Exists => users > 0,
                _ => noisy >= i128::from(threshold.smallest_released()),
            };
            if !appears {
                continue;
            }
            let units = row.iter().skip(1).zip(&noising.scales);
            let value = |(exact, scale): (&i128, &Scale)| {
                let noisy = scale.noisy(*exact, draw).unwrap() as f64;
                // A sum of 0.3 that was not rounded to the grid lies beside it.
                let beside =
                    if release == Release::FloatNoise { 0.3 / 2f64.powi(-39) } else { 0.0 };
                noisy + beside.fract()
            };
            seen.insert(key.clone(), units.map(value).collect());
        }
        seen
    };
    (0..n).map(|_| run()).collect()
}

fn runs(planted: &Planted, sums: &Sums, keys: &[String], n: usize) -> Vec<Seen> {
    let mut paid = planted.paid.clone();
    if !paid.keys.is_empty() {
        paid.keys = keys.to_vec();
    }
    let users = Calibration::new(paid.accountant, paid.noise, 1).unwrap().scale(1).ok();
    let inner = SecureDraw::new().unwrap();
    let mut draw = Faulty { inner, release: planted.release, users, kept: None };
    match planted.release {
        Release::Right | Release::HalfNoise | Release::Reused | Release::ExactUsers => {
            paid.released(planted.charged, sums, n, &mut draw)
        }
        Release::EmptyKeysDropped => {
            paid.keys.retain(|it| sums.get(it).is_some_and(|row| row[0] > 0));
            paid.released(planted.charged, sums, n, &mut draw)
        }
        release => doubled((&paid, planted.charged, release), sums, n, &mut draw),
    }
}

/// Gives what was found, and whether it is a bug.
fn found(planted: &Planted, n: usize) -> (String, bool) {
    let exact = |clicks: Vec<Click>| {
        let clicks = (planted.seen_as)(clicks);
        match planted.of {
            [] => planted.bounding.sums(planted.asked, &clicks),
            calls => planted.bounding.sums_of(calls, &clicks),
        }
    };
    let (with, without) = (exact(joined(&base(), &planted.own)), exact(base()));
    let (keys, one, other) = watched(&with, &without);
    let sql = format!("SELECT grp, {} FROM clicks GROUP BY grp", planted.charged);
    let priced = planted.paid.priced(&sql);
    let released = columns(&priced);
    let seen = (runs(planted, &one, &keys, n), runs(planted, &other, &keys, n));
    if !on_lattice(&seen.0, &released) || !on_lattice(&seen.1, &released) {
        return ("a number beside the lattice".into(), true);
    }
    let made = |runs: &[Seen]| features(runs, &keys, &released, (&one, &other));
    let accountant = planted.paid.accountant;
    let verdict = audit(&made(&seen.0), &made(&seen.1), accountant, priced.cost());
    let text = format!(
        "epsilon at least {:.2}, declared {:.2}, delta {:.1e}",
        verdict.epsilon_lower, verdict.epsilon, verdict.delta
    );
    (text, verdict.is_flagged())
}

fn named(clicks: Vec<Click>) -> Vec<Click> {
    let name = |(place, it): (usize, Click)| match it.user {
        None => Click { user: Some(format!("nobody{place}")), ..it },
        Some(_) => it,
    };
    clicks.into_iter().enumerate().map(name).collect()
}

fn neighbour(name: &str) -> Vec<Click> {
    neighbours().into_iter().find(|it| it.0 == name).unwrap().1
}

fn all() -> Vec<Planted> {
    let unknown = || House::new(Accountant::Pure);
    let known = || House { keys: vec!["g00".into()], groups: 1, ..unknown() };
    let right = |name, charged, own| Planted {
        name,
        bounding: unknown(),
        asked: charged,
        of: &[],
        paid: known(),
        charged,
        release: Release::Right,
        seen_as: |it| it,
        own,
    };
    let (rows, users, sum) = ("COUNT(*) AS n", "COUNT(DISTINCT uid) AS u", "SUM(x) AS s");
    let in_groups = |n: i64| (0..n).map(|it| click("t", &format!("g{it:02}"), 10)).collect();
    let many = |n: usize| vec![click("t", "g00", 10); n];
    let bounded = |groups, rows, x| House { groups, rows, x, ..unknown() };
    let threshold = || House {
        epsilon: 1,
        noise: 4,
        groups: 1,
        delta_atto: 50_000_000_000_000_000,
        ..unknown()
    };
    vec![
        // The four of the reference, and the one of security.md.
        Planted {
            bounding: bounded(6, 3, (-5, 10)),
            ..right("C dropped from the loss", users, in_groups(6))
        },
        Planted {
            paid: unknown(),
            release: Release::NoTau,
            ..right("no tau", rows, neighbour("only member"))
        },
        Planted {
            paid: threshold(),
            release: Release::TauForHalfTheNoise,
            ..right("tau for half the noise", users, neighbour("only member"))
        },
        Planted {
            paid: unknown(),
            release: Release::Exists,
            ..right("exists before noise", rows, neighbour("only member"))
        },
        Planted {
            bounding: bounded(1000, 3, (-5, 10)),
            ..right("no group sample for keys that are not of the user", users, in_groups(6))
        },
        // Ours.
        Planted {
            bounding: bounded(1, 3, (-1_000_000, 1_000_000)),
            ..right("partials not clamped", sum, vec![click("t", "g00", 900)])
        },
        Planted { bounding: bounded(1, 1000, (-5, 10)), ..right("R ignored", rows, many(40)) },
        Planted {
            bounding: bounded(1, 3, (-5, 10)),
            asked: "SUM(x * 100) AS s",
            ..right("clamped before the expression", sum, many(3))
        },
        Planted {
            paid: unknown(),
            release: Release::FloatNoise,
            ..right("floats without a grid", "SUM(d) AS f", many(1))
        },
        Planted {
            release: Release::Reused,
            ..right(
                "noise used for two cells",
                "COUNT(*) AS n, COUNT(x) AS c",
                vec![Click { x: None, ..click("t", "g00", 0) }],
            )
        },
        Planted {
            seen_as: named,
            ..right("rows of nobody counted", rows, neighbour("rows of nobody"))
        },
        Planted {
            release: Release::EmptyKeysDropped,
            ..right("empty public keys dropped", rows, neighbour("only member"))
        },
        Planted { release: Release::HalfNoise, ..right("half the noise", users, many(1)) },
        Planted {
            release: Release::ExactUsers,
            ..right("the count of users exact", users, many(1))
        },
    ]
}

/// In what is made of several numbers.
fn of_averages() -> Vec<Planted> {
    let planted =
        |name: &'static str, of: &'static [Call], charged: &'static str, rows: usize| Planted {
            name,
            bounding: House { groups: 1, rows: 1000, ..House::new(Accountant::Pure) },
            asked: charged,
            of,
            paid: House { keys: vec!["g00".into()], groups: 1, ..House::new(Accountant::Pure) },
            charged,
            release: Release::Right,
            seen_as: |it| it,
            own: vec![click("t", "g00", 10); rows],
        };
    let deviation = &[Call::Moment { root: true, sample: false }];
    vec![
        planted("R ignored by an average", &[Call::Average], "AVG(x) AS a", 40),
        planted("R ignored by a deviation", deviation, "STDDEV_POP(x) AS v", 900),
    ]
}

#[test]
fn audit_flags_every_planted_bug() {
    let mut missed = Vec::new();
    for planted in all().into_iter().chain(of_averages()) {
        let (text, flagged) = found(&planted, n_runs(4000));
        println!("{}: {text}", planted.name);
        if !flagged {
            missed.push(format!("{}: {text}", planted.name));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Noise that is the same every time: the numbers from 1, scaled.
struct Counting(i128);

impl Draw for Counting {
    fn discrete_gaussian(&mut self, sigma: Ratio) -> Result<i128, NotDrawn> {
        self.discrete_laplace(sigma)
    }

    fn discrete_laplace(&mut self, scale: Ratio) -> Result<i128, NotDrawn> {
        self.0 += 1;
        Ok((self.0 * 7919 % 41 - 20) * (scale.to_f64() as i128))
    }
}

#[test]
fn audit_doubles_of_the_release_are_faithful() {
    let aggregates = "COUNT(*) AS n, SUM(x) AS s";
    for accountant in [Accountant::Pure, Accountant::Zcdp] {
        let house = House::new(accountant);
        let sums = house.sums(aggregates, &base());
        let real = house.released(aggregates, &sums, 50, &mut Counting(0));
        let double = doubled((&house, aggregates, Release::Doubled), &sums, 50, &mut Counting(0));
        assert_eq!(real, double);
        let shown: usize = real.iter().map(Seen::len).sum();
        assert!(shown > 0 && shown < 50 * sums.len(), "some appear and some do not: {shown}");
    }
}

/// Which groups of a user count depends on the user too: a hash of the group alone, or of what
/// the analyst can choose, would keep the same group of everybody. (Such a sample is private,
/// and could be steered; so no audit of neighbours sees it.)
#[test]
fn audit_of_the_sample_that_nobody_steers() {
    let house = House { groups: 1, ..House::new(Accountant::Pure) };
    let both = (0..400).flat_map(|it| ["a", "b"].map(|group| click(&format!("u{it}"), group, 1)));
    let sums = house.sums("COUNT(*) AS n", &both.collect::<Vec<_>>());
    let is_even = |one: i128, other: i128| one + other == 400 && (140..=260).contains(&one);
    assert!(is_even(sums["a"][0], sums["b"][0]), "{sums:?}");
    assert!(!is_even(400, 0), "what a hash without the user gives");
}
