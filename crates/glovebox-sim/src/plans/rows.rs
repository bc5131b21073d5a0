//! The rows of nested queries, by nested loops.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::eval::Row;
use super::tree::{
    Function, Inner, Item, Join, JoinKind, Kind, Relation, Select, Shape, Source, TABLES, Value,
    Window,
};

/// The rows of all tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct World<'d> {
    pub(super) tables: &'d BTreeMap<&'static str, Vec<Vec<Value>>>,
}

impl World<'_> {
    pub(super) fn table(&self, name: &str) -> &[Vec<Value>] {
        self.tables.get(name).map_or(&[], Vec::as_slice)
    }

    fn relation(&self, relation: &Relation) -> Vec<Vec<Value>> {
        match relation {
            // A row without a user is about nobody.
            Relation::Table(place) => {
                let Some(table) = TABLES.get(*place) else { return Vec::new() };
                let rows = self.table(table.name).iter();
                rows.filter(|it| table.population.is_none() || it[0] != Value::Null)
                    .cloned()
                    .collect()
            }
            Relation::Select(it) => self.select(it),
            Relation::Union(all) => {
                let kinds = relation.kinds();
                let rows = all.iter().flat_map(|it| self.select(it));
                rows.map(|row| {
                    row.into_iter().zip(&kinds).map(|(it, to)| it.promoted(*to)).collect()
                })
                .collect()
            }
        }
    }

    /// The rows of FROM that pass WHERE.
    pub(super) fn source(&self, source: &Source) -> Vec<Vec<Value>> {
        let kinds = source.kinds();
        let left = self.relation(&source.from);
        let mut rows = match &source.join {
            None => left,
            Some(join) => self.joined(&left, source.from.kinds().len(), join, &kinds),
        };
        if let Some(filter) = &source.filter {
            rows.retain(|it| self.row(&kinds, it).holds(filter) == Some(true));
        }
        rows
    }

    pub(super) fn row<'r>(&'r self, kinds: &'r [Kind], values: &'r [Value]) -> Row<'r> {
        Row { world: self, kinds, values }
    }

    fn joined(
        &self,
        left: &[Vec<Value>],
        width: usize,
        join: &Join,
        kinds: &[Kind],
    ) -> Vec<Vec<Value>> {
        let right = self.relation(&join.with);
        let mut met = vec![false; right.len()];
        let mut all = Vec::new();
        for one in left {
            let mut alone = true;
            for (other, met) in right.iter().zip(&mut met) {
                let pair: Vec<Value> = one.iter().chain(other).cloned().collect();
                let holds = |on| self.row(kinds, &pair).holds(on) == Some(true);
                if join.on.as_ref().is_none_or(holds) {
                    (*met, alone) = (true, false);
                    all.push(pair);
                }
            }
            if alone && matches!(join.kind, JoinKind::Full | JoinKind::Left) {
                let rest = std::iter::repeat_n(Value::Null, kinds.len() - width);
                all.push(one.iter().cloned().chain(rest).collect());
            }
        }
        if matches!(join.kind, JoinKind::Full | JoinKind::Right) {
            for (other, _) in right.iter().zip(&met).filter(|it| !it.1) {
                let rest = std::iter::repeat_n(Value::Null, width);
                all.push(rest.chain(other.iter().cloned()).collect());
            }
        }
        all
    }

    fn select(&self, it: &Select) -> Vec<Vec<Value>> {
        let (kinds, rows) = (it.source.kinds(), self.source(&it.source));
        let plain = |row: &Vec<Value>, item: &Item| match item {
            Item::Plain(expr) => self.row(&kinds, row).value(expr),
            _ => Value::Null,
        };
        let mut shown: Vec<Vec<Value>> = match it.shape {
            Shape::Grouped => {
                let mut groups: Vec<(Vec<Value>, Vec<&Vec<Value>>)> = Vec::new();
                for row in &rows {
                    let keys = it.items.iter().filter(|it| matches!(it, Item::Plain(_)));
                    let key: Vec<Value> = keys.map(|it| plain(row, it)).collect();
                    match groups.iter_mut().find(|(it, _)| alike(it, &key)) {
                        Some((_, rows)) => rows.push(row),
                        None => groups.push((key, vec![row])),
                    }
                }
                let one = |rows: &[&Vec<Value>], item: &Item| match item {
                    Item::Aggregate(function, expr) => {
                        let values = rows.iter().map(|it| self.row(&kinds, it).value(expr));
                        aggregate(*function, values.collect())
                    }
                    item => plain(rows[0], item),
                };
                let group = |(_, rows): &(_, Vec<&Vec<Value>>)| {
                    it.items.iter().map(|it| one(rows, it)).collect()
                };
                groups.iter().map(group).collect()
            }
            _ => {
                let one = |place: usize, item: &Item| match item {
                    Item::Window(it) => window(it, &rows, place),
                    item => plain(&rows[place], item),
                };
                let row = |place: usize| it.items.iter().map(|it| one(place, it)).collect();
                (0..rows.len()).map(row).collect()
            }
        };
        match it.shape {
            Shape::Distinct => {
                let mut kept: Vec<Vec<Value>> = Vec::new();
                for row in shown {
                    if !kept.iter().any(|it| alike(it, &row)) {
                        kept.push(row);
                    }
                }
                kept
            }
            Shape::Limited(most) => {
                shown.truncate(most as usize);
                shown
            }
            Shape::Grouped | Shape::Plain => shown,
        }
    }
}

/// Whether two rows are one group.
pub(super) fn alike(one: &[Value], other: &[Value]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.sorted(other).is_eq())
}

fn aggregate(function: Inner, mut values: Vec<Value>) -> Value {
    values.retain(|it| *it != Value::Null);
    if function == Inner::Count {
        return i64::try_from(values.len()).map_or(Value::Null, Value::Whole);
    }
    let (mut exact, mut is_decimal) = (0_i128, false);
    for value in &values {
        match value {
            Value::Whole(it) => exact += i128::from(*it),
            Value::Decimal(it) => (exact, is_decimal) = (exact + it, true),
            _ => {}
        }
    }
    match function {
        _ if values.is_empty() => Value::Null,
        Inner::Average => Value::Double(exact as f64 / values.len() as f64),
        Inner::Sum if is_decimal => Value::Decimal(exact),
        Inner::Sum => i64::try_from(exact).map_or(Value::Null, Value::Whole),
        Inner::Max => values.into_iter().max_by(Value::sorted).unwrap_or(Value::Null),
        Inner::Min | Inner::Count => {
            values.into_iter().min_by(Value::sorted).unwrap_or(Value::Null)
        }
    }
}

/// The answer of a window for one of the rows. Rows that tie are told apart by all their columns.
fn window(it: &Window, rows: &[Vec<Value>], own: usize) -> Value {
    let row = &rows[own];
    let partition =
        |other: &Vec<Value>| it.partition.iter().all(|at| row[*at].sorted(&other[*at]).is_eq());
    let peers = |one: &Vec<Value>, other: &Vec<Value>| {
        it.order.iter().fold(Ordering::Equal, |found, (at, down)| {
            let order = one[*at].sorted(&other[*at]);
            found.then(if *down { order.reverse() } else { order })
        })
    };
    let mut all: Vec<usize> = (0..rows.len()).filter(|at| partition(&rows[*at])).collect();
    all.sort_by(|one, other| {
        let (one, other) = (&rows[*one], &rows[*other]);
        let whole = || one.iter().zip(other).map(|(one, other)| one.sorted(other));
        peers(one, other).then_with(|| whole().fold(Ordering::Equal, Ordering::then))
    });
    let place = all.iter().position(|at| *at == own).unwrap_or(0);
    let number = |it: usize| i64::try_from(it).map_or(Value::Null, Value::Whole);
    match &it.function {
        Function::RowNumber => number(place + 1),
        Function::Rank => {
            number(1 + all.iter().filter(|at| peers(&rows[**at], row).is_lt()).count())
        }
        Function::Lag(column) => match place.checked_sub(1) {
            Some(before) => rows[all[before]][*column].clone(),
            None => Value::Null,
        },
        Function::Running(function, column) => {
            let seen = all.iter().filter(|at| peers(&rows[**at], row).is_le());
            aggregate(*function, seen.map(|at| rows[*at][*column].clone()).collect())
        }
    }
}
