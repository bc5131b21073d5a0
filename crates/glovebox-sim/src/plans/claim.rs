//! What may be said of a query without data: whether it may run, between which bounds values lie,
//! and by how much one person can change what.

use super::tree::{
    Call, Cell, Condition, Expr, Function, Inner, Item, JoinKind, Kind, Plan, Relation, Select,
    Shape, Source, TABLES,
};

/// What owners declare.
#[derive(Debug, Clone)]
pub struct Declared {
    /// C
    pub groups: u32,
    /// R
    pub rows: u32,
    /// The public keys of `clicks.grp`.
    pub keys: Vec<&'static str>,
}

/// The value of one step of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// 2^exponent
    Binary(i32),
    /// 10^-scale
    Decimal(u8),
}

impl Step {
    /// As a number.
    pub fn value(self) -> f64 {
        match self {
            Self::Binary(it) => 2_f64.powi(it),
            Self::Decimal(0) => 1.0,
            Self::Decimal(it) => 1.0 / 10_f64.powi(it.into()),
        }
    }
}

/// The argument of an aggregate in steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub(super) step: Step,
    pub(super) low: i128,
    pub(super) high: i128,
}

impl Range {
    pub(super) fn middle(self) -> i128 {
        (self.low + self.high).div_euclid(2)
    }

    pub(super) fn farthest(self) -> i128 {
        (self.high - self.middle()).max(self.middle() - self.low)
    }
}

/// What is promised of a query.
#[derive(Debug, Clone)]
pub struct Claim {
    /// At most so many groups count for one user; nothing when nobody can be in two.
    pub groups: Option<u32>,
    /// R
    pub rows: u32,
    /// By how much one user changes each integer of each cell.
    pub sensitivities: Vec<Vec<i128>>,
    /// The keys that every result shows.
    pub keys: Option<Vec<String>>,
    /// The keys of a group: those of the query, then whole numbers that they determine because a
    /// nested query groups by them.
    pub grouped: Vec<Expr>,
    /// Whose users.
    pub population: u32,
    /// The kinds of the columns below.
    pub(super) kinds: Vec<Kind>,
    /// Where the user stands.
    pub(super) user: usize,
    /// The ranges of arguments.
    pub(super) ranges: Vec<Option<Range>>,
}

impl Claim {
    /// The steps of the sums of each cell, and the middle and the reach of its argument in them.
    pub fn steps(&self) -> Vec<(Step, i128, i128)> {
        let of = |it: &Option<Range>| match it {
            None => (Step::Decimal(0), 0, 0),
            Some(it) => (it.step, it.middle(), it.farthest()),
        };
        self.ranges.iter().map(of).collect()
    }

    /// Whether a key is a text.
    pub(super) fn is_text(&self, key: &Expr) -> bool {
        key.kind(&self.kinds) == Kind::Text
    }

    /// How many numbers are drawn of each group.
    pub fn units(&self) -> usize {
        self.sensitivities.iter().map(Vec::len).sum()
    }
}

/// Rows as they are typed.
struct Typed {
    /// Whose they are: the population, and the columns that hold the user. Nothing: public.
    users: Option<(u32, Vec<usize>)>,
    bounds: Vec<(f64, f64)>,
}

const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// What is promised of a query, or that it must not run.
pub fn claimed(plan: &Plan, declared: &Declared) -> Option<Claim> {
    let (kinds, typed) = (plan.source.kinds(), source(&plan.source)?);
    let (population, users) = typed.users.as_ref()?;
    let mut one_group = true;
    for key in &plan.keys {
        if matches!(key, Expr::Column(it) if users.contains(it)) || key.kind(&kinds) == Kind::Double
        {
            return None;
        }
        let mut columns = Vec::new();
        key.columns(&mut columns);
        one_group &= !columns.is_empty() && columns.iter().all(|it| users.contains(it));
    }
    let rows = i128::from(declared.rows);
    let (mut sensitivities, mut ranges) = (Vec::new(), Vec::new());
    for cell in &plan.cells {
        let range = argument(cell, &kinds, &typed.bounds, users)?;
        sensitivities.push(sensitivity(cell.call, range, rows)?);
        ranges.push(range);
    }
    let grouped = widened(&plan.keys, &plan.source);
    let keys = match grouped.as_slice() {
        [] => Some(vec![String::new()]),
        [Expr::Column(it)] if is_group(*it, &plan.source) && !declared.keys.is_empty() => {
            Some(declared.keys.iter().map(|it| (*it).to_owned()).collect())
        }
        _ => None,
    };
    let groups = (!one_group).then_some(declared.groups);
    let (population, user) = (*population, *users.first()?);
    let rows = declared.rows;
    Some(Claim { groups, rows, sensitivities, keys, grouped, population, kinds, user, ranges })
}

fn sensitivity(call: Call, range: Option<Range>, rows: i128) -> Option<Vec<i128>> {
    let far = range.map_or(0, Range::farthest);
    Some(match (call, range) {
        (Call::Users, _) => vec![1],
        (Call::Count, _) => vec![rows],
        (Call::Sum, Some(it)) => vec![rows * it.low.abs().max(it.high.abs())],
        (Call::Average, Some(_)) => vec![rows * far, rows],
        (Call::Moment { .. }, Some(_)) if far.checked_pow(2)? <= 1 << 84 => {
            vec![rows * far * far, rows * far, rows]
        }
        _ => return None,
    })
}

fn argument(
    cell: &Cell,
    kinds: &[Kind],
    bounds: &[(f64, f64)],
    users: &[usize],
) -> Option<Option<Range>> {
    let argument = cell.argument.as_ref();
    match (cell.call, argument) {
        (Call::Count, _) => return Some(None),
        (Call::Users, Some(Expr::Column(it))) if users.contains(it) => return Some(None),
        (Call::Users, _) | (_, None) => return None,
        (Call::Average | Call::Moment { .. } | Call::Sum, Some(_)) => {}
    }
    let argument = argument?;
    let (low, high) = interval(argument, bounds);
    if !low.is_finite() || !high.is_finite() {
        return None;
    }
    let step = match argument.kind(kinds) {
        // Variances are of doubles.
        kind if matches!(cell.call, Call::Moment { .. }) && kind != Kind::Text => binary(low, high),
        Kind::Decimal => Step::Decimal(2),
        Kind::Whole => Step::Decimal(0),
        Kind::Text => return None,
        Kind::Double => binary(low, high),
    };
    let (low, high) = ((low / step.value()).floor(), (high / step.value()).ceil());
    if low.abs().max(high.abs()) > 2_f64.powi(60) {
        return None;
    }
    Some(Some(Range { step, low: low as i128, high: high as i128 }))
}

/// 2^-40 of the power of two that no value exceeds.
fn binary(low: f64, high: f64) -> Step {
    let greatest = low.abs().max(high.abs());
    let mut top = -960;
    while 2_f64.powi(top) < greatest {
        top += 1;
    }
    Step::Binary(top - 40)
}

fn source(source: &Source) -> Option<Typed> {
    let left = relation(&source.from)?;
    let Some(join) = &source.join else { return Some(left) };
    let (width, right) = (left.bounds.len(), relation(&join.with)?);
    let moved = |all: &[usize]| all.iter().map(|it| it + width).collect::<Vec<_>>();
    let users = match (&left.users, &right.users) {
        (None, None) => None,
        // Rows that are added for public rows have no user; they are no one's and count nowhere.
        (Some(users), None) => Some(users.clone()),
        (None, Some((population, users))) => Some((*population, moved(users))),
        (Some((one, ours)), Some((other, theirs))) => {
            let theirs = moved(theirs);
            let meets = |(one, other): (usize, usize)| {
                ours.contains(&one) && theirs.contains(&other)
                    || ours.contains(&other) && theirs.contains(&one)
            };
            let on = join.on.as_ref()?;
            if one != other || !equalities(on).into_iter().any(meets) {
                return None;
            }
            let users = match join.kind {
                JoinKind::Full => return None,
                JoinKind::Inner => ours.iter().copied().chain(theirs).collect(),
                JoinKind::Left => ours.clone(),
                JoinKind::Right => theirs,
            };
            Some((*one, users))
        }
    };
    Some(Typed { users, bounds: left.bounds.into_iter().chain(right.bounds).collect() })
}

/// The pairs of columns that must be equal for a condition to hold.
fn equalities(condition: &Condition) -> Vec<(usize, usize)> {
    match condition {
        Condition::And(one, other) => {
            equalities(one).into_iter().chain(equalities(other)).collect()
        }
        Condition::Compare("=", Expr::Column(one), Expr::Column(other)) => vec![(*one, *other)],
        _ => Vec::new(),
    }
}

fn relation(it: &Relation) -> Option<Typed> {
    match it {
        Relation::Table(it) => {
            let table = TABLES.get(*it)?;
            let bounds = table.bounds.iter().map(|it| it.unwrap_or(ANY)).collect();
            Some(Typed { users: table.population.map(|it| (it, vec![0])), bounds })
        }
        Relation::Select(it) => select(it),
        Relation::Union(all) => {
            let all = all.iter().map(select).collect::<Option<Vec<_>>>()?;
            let hull = |one: &mut (f64, f64), other: &(f64, f64)| {
                *one = (one.0.min(other.0), one.1.max(other.1));
            };
            let mut all = all.into_iter();
            let mut first = all.next()?;
            for it in all {
                first.bounds.iter_mut().zip(&it.bounds).for_each(|(one, other)| hull(one, other));
                match (&mut first.users, &it.users) {
                    (None, None) => {}
                    (Some((one, ours)), Some((other, theirs))) if one == other => {
                        ours.retain(|it| theirs.contains(it));
                    }
                    _ => return None,
                }
            }
            let lost = first.users.as_ref().is_some_and(|it| it.1.is_empty());
            (!lost).then_some(first)
        }
    }
}

fn select(it: &Select) -> Option<Typed> {
    let below = source(&it.source)?;
    let of = |item: &Item| match item {
        Item::Plain(expr) => interval(expr, &below.bounds),
        Item::Aggregate(Inner::Count, _) => (0.0, f64::INFINITY),
        Item::Aggregate(Inner::Average | Inner::Max | Inner::Min, expr) => {
            interval(expr, &below.bounds)
        }
        Item::Aggregate(Inner::Sum, _) | Item::Window(_) => ANY,
    };
    let bounds = it.items.iter().map(of).collect();
    let Some((population, users)) = below.users else {
        return Some(Typed { users: None, bounds });
    };
    if matches!(it.shape, Shape::Limited(_)) {
        return None;
    }
    let kinds = it.source.kinds();
    for item in &it.items {
        let inexact = match item {
            Item::Plain(_) => false,
            Item::Aggregate(function, expr) => {
                matches!(function, Inner::Average | Inner::Sum) && expr.kind(&kinds) == Kind::Double
            }
            Item::Window(it) => {
                if !it.partition.iter().any(|it| users.contains(it)) {
                    return None;
                }
                matches!(it.function, Function::Running(Inner::Average | Inner::Sum, at) if kinds[at] == Kind::Double)
            }
        };
        if inexact {
            return None;
        }
    }
    let is_user = |it: &Item| matches!(it, Item::Plain(Expr::Column(it)) if users.contains(it));
    let places = it.items.iter().enumerate().filter(|it| is_user(it.1)).map(|it| it.0);
    let places: Vec<usize> = places.collect();
    (!places.is_empty()).then_some(Typed { users: Some((population, places)), bounds })
}

/// Keys and what they determine: whoever groups by all keys of a nested query groups by its other
/// columns too, which the planner makes keys.
fn widened(keys: &[Expr], source: &Source) -> Vec<Expr> {
    let mut all = keys.to_vec();
    for (from, to) in determined(source) {
        if from.iter().all(|it| keys.contains(&Expr::Column(*it))) {
            let more = to.into_iter().map(Expr::Column).filter(|it| !all.contains(it));
            let more: Vec<Expr> = more.collect();
            all.extend(more);
        }
    }
    all
}

/// Which columns determine which others.
fn determined(source: &Source) -> Vec<(Vec<usize>, Vec<usize>)> {
    let of = |relation: &Relation| match relation {
        Relation::Table(_) | Relation::Union(_) => Vec::new(),
        Relation::Select(it) => {
            let plain = |it: &(usize, &Item)| matches!(it.1, Item::Plain(_));
            if it.shape == Shape::Grouped {
                let keys = it.items.iter().enumerate().filter(plain).map(|it| it.0);
                return vec![(keys.collect(), (0..it.items.len()).collect())];
            }
            let below = determined(&it.source);
            let place = |at: &usize| {
                it.items
                    .iter()
                    .position(|it| matches!(it, Item::Plain(Expr::Column(it)) if it == at))
            };
            let moved = |(from, to): (Vec<usize>, Vec<usize>)| {
                let from = from.iter().map(place).collect::<Option<Vec<_>>>()?;
                Some((from, to.iter().filter_map(place).collect()))
            };
            below.into_iter().filter_map(moved).collect()
        }
    };
    // On the side that an outer join fills with NULL nothing is determined.
    let (mut all, width) = (of(&source.from), source.from.kinds().len());
    let Some(join) = &source.join else { return all };
    if matches!(join.kind, JoinKind::Full | JoinKind::Right) {
        all.clear();
    }
    if matches!(join.kind, JoinKind::Inner | JoinKind::Right) {
        let moved = |all: Vec<usize>| all.into_iter().map(|it| it + width).collect();
        all.extend(of(&join.with).into_iter().map(|(from, to)| (moved(from), moved(to))));
    }
    all
}

/// Whether a column is `clicks.grp`, handed up as it is.
fn is_group(column: usize, source: &Source) -> bool {
    let width = source.from.kinds().len();
    let (relation, column) = match &source.join {
        Some(join) if column >= width => (&join.with, column - width),
        _ => (&source.from, column),
    };
    match relation {
        Relation::Table(it) => (*it, column) == (0, 1),
        Relation::Union(_) => false,
        Relation::Select(it) => match it.items.get(column) {
            Some(Item::Plain(Expr::Column(column))) => is_group(*column, &it.source),
            _ => false,
        },
    }
}

/// Between which numbers the values of an expression lie, NULL and NaN aside.
fn interval(expr: &Expr, bounds: &[(f64, f64)]) -> (f64, f64) {
    let of = |it: &Expr| interval(it, bounds);
    let hull = |one: (f64, f64), other: (f64, f64)| (one.0.min(other.0), one.1.max(other.1));
    let product = |one: f64, other: f64| if one == 0.0 || other == 0.0 { 0.0 } else { one * other };
    let times = |one: (f64, f64), other: (f64, f64)| {
        let ends = [
            product(one.0, other.0),
            product(one.0, other.1),
            product(one.1, other.0),
            product(one.1, other.1),
        ];
        (
            ends.into_iter().fold(f64::INFINITY, f64::min),
            ends.into_iter().fold(f64::NEG_INFINITY, f64::max),
        )
    };
    let found = match expr {
        Expr::Column(it) => bounds.get(*it).copied().unwrap_or(ANY),
        Expr::Literal(super::Value::Whole(it)) => (*it as f64, *it as f64),
        Expr::Literal(super::Value::Double(it)) => (*it, *it),
        Expr::Literal(_) | Expr::Concat(..) | Expr::First(..) => ANY,
        Expr::Abs(it) => {
            let (low, high) = of(it);
            let most = low.abs().max(high.abs());
            if low <= 0.0 && high >= 0.0 { (0.0, most) } else { (low.abs().min(high.abs()), most) }
        }
        Expr::Negate(it) => (-of(it).1, -of(it).0),
        Expr::Add(one, other) => (of(one).0 + of(other).0, of(one).1 + of(other).1),
        Expr::Subtract(one, other) => (of(one).0 - of(other).1, of(one).1 - of(other).0),
        Expr::Multiply(one, other) => times(of(one), of(other)),
        Expr::Divide(it, by) => times(of(it), (1.0 / *by as f64, 1.0 / *by as f64)),
        Expr::Case(_, one, other) | Expr::Coalesce(one, other) => hull(of(one), of(other)),
        // A constant argument is never NULL, so that nothing passes it by.
        Expr::Least(it, most) => {
            let (own, most) = (of(it), *most as f64);
            let other = if matches!(**it, Expr::Literal(_)) { own.1 } else { f64::INFINITY };
            (own.0.min(most), own.1.max(most).min(most).min(other))
        }
        Expr::Greatest(it, least) => {
            let (own, least) = (of(it), *least as f64);
            let other = if matches!(**it, Expr::Literal(_)) { own.0 } else { f64::NEG_INFINITY };
            (own.0.min(least).max(least).max(other), own.1.max(least))
        }
    };
    if found.0.is_nan() || found.1.is_nan() { ANY } else { found }
}
