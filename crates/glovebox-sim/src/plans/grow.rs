//! Random plans and random tables.

use std::collections::BTreeMap;

use super::tree::{
    Call, Cell, Condition, Expr, Function, Inner, Item, Join, JoinKind, Kind, Plan, Relation,
    Select, Shape, Source, TABLES, Value, Window,
};
use crate::generate::Random;

/// The rows of all tables.
#[derive(Debug, Clone)]
pub struct Data {
    /// By name, each row with its user first.
    pub tables: BTreeMap<&'static str, Vec<Vec<Value>>>,
}

/// The users of every room.
const USERS: [&str; 6] = ["u0", "u1", "u2", "v0", "v1", "w0"];

impl Data {
    /// Random rows, with the values at which mistakes are made.
    pub fn new(random: &mut Random, rows: usize) -> Self {
        let (max, min) = (i64::MAX, -i64::MAX);
        let mut tables = BTreeMap::new();
        for table in TABLES {
            let rows = match table.population {
                None => 7,
                Some(_) if random.chance(5) => 0,
                Some(_) => random.between(rows / 2, rows),
            };
            let mut all = Vec::new();
            for _ in 0..rows {
                let row = table.columns.iter().map(|(name, _)| match *name {
                    _ if random.chance(6) => Value::Null,
                    "uid" => Value::Text((*random.pick(&USERS)).to_owned()),
                    "grp" | "segment" => {
                        Value::Text((*random.pick(&["g0", "g1", "g2", "g3"])).to_owned())
                    }
                    "page" | "host" => Value::Text((*random.pick(&["p0", "g1", "p2"])).to_owned()),
                    "x" => Value::Whole(*random.pick(&[
                        -5,
                        10,
                        0,
                        1,
                        2,
                        3,
                        7,
                        2_147_483_647,
                        -2_147_483_647,
                    ])),
                    "n" => Value::Whole(*random.pick(&[0, 3, 20, 50, 7, max, min])),
                    "d" => Value::Double(*random.pick(&[
                        0.1,
                        0.3,
                        1.0,
                        2.0,
                        1.75,
                        f64::NAN,
                        f64::INFINITY,
                        f64::NEG_INFINITY,
                        1e300,
                    ])),
                    "price" => {
                        Value::Decimal(*random.pick(&[0, 9999, 1250, 1, -99_999_999, 99_999_999]))
                    }
                    "w" => Value::Whole(*random.pick(&[0, 1, 3, 4, 7])),
                    _ => Value::Whole(*random.pick(&[-3, 0, 1, 3])),
                });
                all.push(row.collect());
            }
            tables.insert(table.name, all);
        }
        Self { tables }
    }

    /// Without all rows of one user of a population.
    pub fn without(&self, user: &str, population: u32) -> Self {
        let mut tables = self.tables.clone();
        for table in TABLES.iter().filter(|it| it.population == Some(population)) {
            if let Some(rows) = tables.get_mut(table.name) {
                rows.retain(|it| it[0] != Value::Text(user.to_owned()));
            }
        }
        Self { tables }
    }

    /// All users there can be.
    pub fn users() -> &'static [&'static str] {
        &USERS
    }
}

/// A relation of users, with the place of the user.
type Offer = (Relation, usize);

/// A random query.
pub fn grown(random: &mut Random) -> Plan {
    let depth = random.between(0, 2);
    let (source, user) = source(random, depth);
    let kinds = source.kinds();
    let keys = keys(random, &kinds, user);
    let mut cells: Vec<Cell> = Vec::new();
    for _ in 0..random.between(1, 3) {
        let cell = cell(random, &kinds, user);
        if !cells.contains(&cell) {
            cells.push(cell);
        }
    }
    // Groups alone are an answer too.
    if !keys.is_empty() && random.chance(4) {
        cells.clear();
    }
    Plan { source, keys, cells }
}

fn keys(random: &mut Random, kinds: &[Kind], user: usize) -> Vec<Expr> {
    let text = |it: &str| Box::new(Expr::Literal(Value::Text(it.to_owned())));
    match random.between(0, 11) {
        0 | 1 => Vec::new(),
        2 => vec![Expr::First(Box::new(Expr::Column(user)), 1)],
        3 => vec![Expr::Case(Box::new(condition(random, kinds, user, 1)), text("y"), text("n"))],
        4 => {
            let of_user = Condition::OneOf(Expr::Column(user), vec!["u0", "v1"]);
            let rest = Box::new(Expr::First(Box::new(Expr::Column(user)), 2));
            vec![Expr::Case(Box::new(of_user), text("some"), rest)]
        }
        5 => {
            let (one, other) = (any_text(random, kinds, user), any_text(random, kinds, user));
            vec![Expr::Concat(Box::new(one), Box::new(other))]
        }
        6 => {
            let (one, other) = (any_text(random, kinds, user), any_text(random, kinds, user));
            if one == other { vec![one] } else { vec![one, other] }
        }
        _ => vec![any_text(random, kinds, user)],
    }
}

fn cell(random: &mut Random, kinds: &[Kind], user: usize) -> Cell {
    let filter = random.chance(25).then(|| condition(random, kinds, user, 1));
    let call = match random.between(0, 11) {
        0 | 1 => Call::Users,
        2..=4 => Call::Count,
        5..=7 => Call::Sum,
        8 | 9 => Call::Average,
        _ => Call::Moment { root: random.chance(50), sample: random.chance(50) },
    };
    let argument = match call {
        Call::Users => Some(Expr::Column(user)),
        Call::Count if random.chance(50) => None,
        _ => {
            let want = *random.pick(&[Kind::Decimal, Kind::Double, Kind::Whole, Kind::Whole]);
            let mut value = number(random, kinds, want, 2);
            if random.chance(65) {
                let least = *random.pick(&[-7, 0, -1]);
                value = Expr::Least(Box::new(Expr::Greatest(Box::new(value), least)), 9);
            }
            Some(value)
        }
    };
    Cell { call, argument, filter }
}

fn of_kind(kinds: &[Kind], wanted: impl Fn(Kind) -> bool) -> Vec<usize> {
    (0..kinds.len()).filter(|it| wanted(kinds[*it])).collect()
}

fn any_text(random: &mut Random, kinds: &[Kind], user: usize) -> Expr {
    let mut all = of_kind(kinds, |it| it == Kind::Text);
    all.retain(|it| *it != user);
    if all.is_empty() {
        return Expr::First(Box::new(Expr::Column(user)), 1);
    }
    Expr::Column(*random.pick(&all))
}

/// A number of a kind, or a whole one.
fn number(random: &mut Random, kinds: &[Kind], want: Kind, depth: usize) -> Expr {
    let own = of_kind(kinds, |it| it == want || it == Kind::Whole);
    if depth == 0 || random.chance(30) {
        if own.is_empty() || random.chance(12) {
            return Expr::Literal(Value::Whole(*random.pick(&[0, 1, 2, 7])));
        }
        let exact = of_kind(kinds, |it| it == want);
        let from = if exact.is_empty() || random.chance(20) { own } else { exact };
        return Expr::Column(*random.pick(&from));
    }
    let below = |random: &mut Random| Box::new(number(random, kinds, want, depth - 1));
    let constant = *random.pick(&[5, 0, -2, 20]);
    match random.between(0, 10) {
        0 => Expr::Add(below(random), below(random)),
        1 => Expr::Subtract(below(random), below(random)),
        2 if want == Kind::Decimal => {
            let by = Expr::Literal(Value::Whole(*random.pick(&[2, 3, 0])));
            Expr::Multiply(below(random), Box::new(by))
        }
        2 => Expr::Multiply(below(random), below(random)),
        3 if want == Kind::Double => Expr::Divide(below(random), *random.pick(&[2, -4, 8])),
        3 | 4 => {
            let (one, other) = (below(random), below(random));
            let operator = [">", "<=", "="][random.between(0, 2)];
            let test = Condition::Compare(operator, *one.clone(), *below(random));
            Expr::Case(Box::new(test), one, other)
        }
        5 => Expr::Abs(below(random)),
        6 => Expr::Least(below(random), constant),
        7 => Expr::Greatest(below(random), constant),
        8 => Expr::Coalesce(below(random), below(random)),
        _ => Expr::Negate(below(random)),
    }
}

fn condition(random: &mut Random, kinds: &[Kind], user: usize, depth: usize) -> Condition {
    if depth > 0 && random.chance(35) {
        let one = Box::new(condition(random, kinds, user, depth - 1));
        let other = Box::new(condition(random, kinds, user, depth - 1));
        return match random.between(0, 2) {
            0 => Condition::And(one, other),
            1 => Condition::Or(one, other),
            _ => Condition::Not(one),
        };
    }
    let want = *random.pick(&[Kind::Decimal, Kind::Double, Kind::Whole, Kind::Whole]);
    match random.between(0, 5) {
        0 => Condition::OneOf(any_text(random, kinds, user), vec!["g0", "g1", "p0"]),
        1 => Condition::IsNull(number(random, kinds, want, 0), random.chance(30)),
        2 => Condition::OneOf(Expr::Column(user), vec!["u0", "u1", "v0"]),
        _ => {
            let operator = *random.pick(&["<", ">", "<=", ">=", "=", "<>"]);
            let constant = Expr::Literal(Value::Whole(*random.pick(&[0, 1, 3])));
            Condition::Compare(operator, number(random, kinds, want, 1), constant)
        }
    }
}

/// FROM and WHERE over users.
fn source(random: &mut Random, depth: usize) -> (Source, usize) {
    let (from, mut user) = offer(random, depth);
    let width = from.kinds().len();
    let mut source = Source { from, join: None, filter: None };
    match random.between(0, 9) {
        0..=2 => {
            let (with, segment) = public(random);
            let is_turned = random.chance(25);
            let kind = match random.between(0, 19) {
                0 => JoinKind::Full,
                1 => {
                    if is_turned {
                        JoinKind::Left
                    } else {
                        JoinKind::Right
                    }
                }
                2..=9 => {
                    if is_turned {
                        JoinKind::Right
                    } else {
                        JoinKind::Left
                    }
                }
                _ => JoinKind::Inner,
            };
            let kinds: Vec<Kind> = source.kinds().into_iter().chain(with.kinds()).collect();
            let on = on_public(random, &kinds, (user, width), segment);
            let on = on.filter(|_| kind != JoinKind::Inner || random.chance(85));
            let on = on.or_else(|| (kind != JoinKind::Inner).then(|| equal(user, width)));
            if is_turned {
                let other = with.kinds().len();
                let turn = |at: usize| if at < width { at + other } else { at - width };
                let on = on.map(|it| turned(it, &turn));
                let users = std::mem::replace(&mut source.from, with);
                (source.join, user) = (Some(Join { kind, with: users, on }), user + other);
            } else {
                source.join = Some(Join { kind, with, on });
            }
        }
        3 | 4 => {
            let (with, other) = offer(random, depth.saturating_sub(1));
            let kind = match random.between(0, 19) {
                0 => JoinKind::Full,
                1..=6 => JoinKind::Left,
                7..=9 => JoinKind::Right,
                _ => JoinKind::Inner,
            };
            let kinds: Vec<Kind> = source.kinds().into_iter().chain(with.kinds()).collect();
            let mut on = equal(user, width + other);
            match random.between(0, 9) {
                0 => on = condition(random, &kinds, user, 0),
                1 => {
                    let rest = condition(random, &kinds, user, 0);
                    on = Condition::Or(Box::new(on), Box::new(rest));
                }
                2..=4 => {
                    let rest = condition(random, &kinds, user, 0);
                    on = Condition::And(Box::new(on), Box::new(rest));
                }
                _ => {}
            }
            if kind == JoinKind::Right {
                user = width + other;
            }
            source.join = Some(Join { kind, with, on: Some(on) });
        }
        _ => {}
    }
    if random.chance(45) {
        let kinds = source.kinds();
        let mut test = condition(random, &kinds, user, 1);
        if random.chance(20) {
            let (column, value) = match random.chance(50) {
                true => (0, Expr::Column(user)),
                false => (1, any_text(random, &kinds, user)),
            };
            let nested = Condition::InPublic(value, column, *random.pick(&[-1, 0, 3, 9]));
            test = Condition::And(Box::new(nested), Box::new(test));
        }
        source.filter = Some(test);
    }
    (source, user)
}

fn equal(one: usize, other: usize) -> Condition {
    Condition::Compare("=", Expr::Column(one), Expr::Column(other))
}

/// A public relation, and the place of its segment.
fn public(random: &mut Random) -> (Relation, usize) {
    if random.chance(70) {
        return (Relation::Table(2), 1);
    }
    let source = Source { from: Relation::Table(2), join: None, filter: None };
    let items = vec![
        Item::Plain(Expr::Column(1)),
        Item::Aggregate(Inner::Count, Expr::Column(0)),
        Item::Aggregate(Inner::Count, Expr::Column(2)),
    ];
    (Relation::Select(Box::new(Select { source, items, shape: Shape::Grouped })), 0)
}

fn on_public(
    random: &mut Random,
    kinds: &[Kind],
    (user, width): (usize, usize),
    segment: usize,
) -> Option<Condition> {
    let texts: Vec<usize> = of_kind(&kinds[..width], |it| it == Kind::Text);
    let whole: Vec<usize> = of_kind(&kinds[..width], |it| it == Kind::Whole);
    let number = width + kinds.len().saturating_sub(width + 1);
    let own = Expr::Column(number);
    Some(match random.between(0, 4) {
        0 | 1 if segment == 1 => equal(user, width),
        2 if !whole.is_empty() => Condition::Compare(">", own, Expr::Column(*random.pick(&whole))),
        3 if segment == 1 => {
            let more = Condition::Compare(">", own, Expr::Literal(Value::Whole(2)));
            Condition::And(Box::new(equal(user, width)), Box::new(more))
        }
        _ => equal(*random.pick(&texts), width + segment),
    })
}

/// A condition of equalities and comparisons with its columns elsewhere.
fn turned(it: Condition, turn: &dyn Fn(usize) -> usize) -> Condition {
    let expr = |it: Expr| match it {
        Expr::Column(at) => Expr::Column(turn(at)),
        other => other,
    };
    match it {
        Condition::And(one, other) => {
            Condition::And(Box::new(turned(*one, turn)), Box::new(turned(*other, turn)))
        }
        Condition::Compare(operator, one, other) => {
            Condition::Compare(operator, expr(one), expr(other))
        }
        other => other,
    }
}

fn table(random: &mut Random) -> Offer {
    let place = match random.between(0, 19) {
        0..=11 => 0,
        12..=18 => 1,
        _ => 3,
    };
    (Relation::Table(place), 0)
}

fn offer(random: &mut Random, depth: usize) -> Offer {
    if depth == 0 {
        return table(random);
    }
    if random.chance(15) {
        return union(random);
    }
    let (source, user) = source(random, depth - 1);
    let kinds = source.kinds();
    let want = *random.pick(&[Kind::Decimal, Kind::Double, Kind::Whole, Kind::Whole]);
    let shape = match random.between(0, 39) {
        0 => Shape::Limited(5),
        1..=13 => Shape::Grouped,
        14..=19 => Shape::Distinct,
        _ => Shape::Plain,
    };
    let mut items = Vec::new();
    if !random.chance(4) {
        items.push(Item::Plain(Expr::Column(user)));
    }
    match shape {
        Shape::Grouped => {
            if random.chance(60) {
                items.push(Item::Plain(any_text(random, &kinds, user)));
            } else {
                let text = any_text(random, &kinds, user);
                items.push(Item::Aggregate(*random.pick(&[Inner::Min, Inner::Max]), text));
            }
            for _ in 0..random.between(1, 3) {
                let function = *random.pick(&[
                    Inner::Average,
                    Inner::Count,
                    Inner::Max,
                    Inner::Min,
                    Inner::Sum,
                ]);
                let want = match function {
                    Inner::Average => Kind::Whole,
                    Inner::Sum if want == Kind::Double && random.chance(90) => Kind::Whole,
                    _ => want,
                };
                items.push(Item::Aggregate(function, number(random, &kinds, want, 1)));
            }
        }
        _ => {
            items.push(Item::Plain(any_text(random, &kinds, user)));
            items.push(Item::Plain(number(random, &kinds, want, 1)));
            if shape == Shape::Plain {
                for _ in 0..random.between(0, 2) {
                    items.push(Item::Window(window(random, &kinds, user)));
                }
            }
        }
    }
    (Relation::Select(Box::new(Select { source, items, shape })), 0)
}

fn window(random: &mut Random, kinds: &[Kind], user: usize) -> Window {
    let all = of_kind(kinds, |_| true);
    let exact = of_kind(kinds, |it| matches!(it, Kind::Decimal | Kind::Whole));
    let mut partition = if random.chance(5) { Vec::new() } else { vec![user] };
    if random.chance(25) {
        partition.push(*random.pick(&all));
    }
    let order = (*random.pick(&all), random.chance(30));
    let whole = of_kind(kinds, |it| it == Kind::Whole);
    let (function, ordered) = match random.between(0, 5) {
        0 => (Function::RowNumber, true),
        1 => (Function::Rank, true),
        2 => (Function::Lag(*random.pick(&all)), true),
        3 if !exact.is_empty() => {
            (Function::Running(Inner::Sum, *random.pick(&exact)), random.chance(40))
        }
        4 if !whole.is_empty() => {
            (Function::Running(Inner::Average, *random.pick(&whole)), random.chance(40))
        }
        _ => {
            let function = *random.pick(&[Inner::Count, Inner::Max, Inner::Min]);
            (Function::Running(function, *random.pick(&all)), random.chance(40))
        }
    };
    Window { function, partition, order: if ordered { vec![order] } else { Vec::new() } }
}

/// Two queries with a user, a text and a number each.
fn union(random: &mut Random) -> Offer {
    let mut one = || {
        let (relation, user) = table(random);
        let kinds = relation.kinds();
        let source = Source { from: relation, join: None, filter: None };
        let filter = random.chance(30).then(|| condition(random, &kinds, user, 0));
        let number = number(random, &kinds, Kind::Whole, 1);
        let items = [Expr::Column(user), any_text(random, &kinds, user), number];
        let items = items.into_iter().map(Item::Plain).collect();
        Select { source: Source { filter, ..source }, items, shape: Shape::Plain }
    };
    (Relation::Union(vec![one(), one()]), 0)
}
