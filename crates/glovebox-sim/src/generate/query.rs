//! Random queries: by the rules (mostly), or over anything that has a meaning.

use glovebox_model::{AggregateFunction, ScalarFunction};

use super::Random;
use super::ast::{Aggregate, Column, Condition, Expr, Function, Having, Item, Match, Query};
use super::room::{Room, Table, value};
use crate::oracle::{Kind, Value};

/// A query that the rules of the room mostly allow.
pub fn ruled(random: &mut Random, room: &Room) -> Query {
    let mut writer = Writer { random, room, scans: Vec::new(), ruled: true };
    writer.choose_tables();
    let joins = (1..writer.scans.len()).map(|it| writer.ruled_match(it)).collect();
    if room.tables[0].rule.list { writer.list(joins) } else { writer.aggregation(joins) }
}

/// A query of any shape that binds, over anything that queries can name.
pub fn loose(random: &mut Random, room: &Room) -> Query {
    let mut writer = Writer { random, room, scans: Vec::new(), ruled: false };
    let last = room.tables.len() - 1;
    writer.scans.push(writer.random.between(0, last));
    let mut joins = Vec::new();
    if writer.random.chance(50) {
        writer.scans.push(writer.random.between(0, last));
        joins.push(writer.loose_match());
    }
    if writer.random.chance(50) { writer.list(joins) } else { writer.aggregation(joins) }
}

struct Writer<'w> {
    random: &'w mut Random,
    room: &'w Room,
    scans: Vec<usize>,
    ruled: bool,
}

impl Writer<'_> {
    fn table(&self, scan: usize) -> &Table {
        &self.room.tables[self.scans[scan]]
    }

    fn kind(&self, Column { scan, column }: Column) -> Kind {
        self.table(scan).columns[column].kind
    }

    /// Now and then a step beside the rules.
    fn slips(&mut self) -> bool {
        self.ruled && self.random.chance(5)
    }

    fn choose_tables(&mut self) {
        let tables = &self.room.tables;
        let first = self.random.between(0, tables.len() - 1);
        self.scans.push(first);
        let own = tables[first].owner == 0;
        let must = tables[first].rule.list || tables[first].rule.join_required;
        while (self.scans.len() == 1 && must && !self.slips())
            || (self.scans.len() < 3 && self.random.chance(25))
        {
            let fits = |it: &usize| {
                let fresh = !self.scans.contains(it);
                // A partner's table meets one of the runner's first.
                fresh && (own || self.scans.len() > 1 || tables[*it].owner == 0)
            };
            let choices: Vec<usize> = (0..tables.len()).filter(fits).collect();
            if choices.is_empty() {
                break;
            }
            let chosen = *self.random.pick(&choices);
            self.scans.push(chosen);
        }
    }

    /// A match of a new scan with one before it.
    fn ruled_match(&mut self, scan: usize) -> Match {
        let one = |writer: &mut Self| {
            let other = writer.random.between(0, scan - 1);
            let pick = |writer: &mut Self, scan: usize| {
                let joins = writer.table(scan).rule.joins.clone();
                Column { scan, column: *writer.random.pick(&joins) }
            };
            Match::Equal(pick(writer, other), pick(writer, scan))
        };
        let first = one(self);
        if !self.random.chance(15) {
            return first;
        }
        let second = one(self);
        let all = (0..=scan).all(|it| self.table(it).rule.or);
        if all && self.random.chance(60) || self.slips() {
            Match::Or(Box::new(first), Box::new(second))
        } else {
            Match::And(Box::new(first), Box::new(second))
        }
    }

    fn loose_match(&mut self) -> Match {
        let pairs: Vec<(Column, Column)> = self
            .columns(0)
            .into_iter()
            .flat_map(|a| self.columns(1).into_iter().map(move |b| (a, b)))
            .filter(|(a, b)| joinable(self.kind(*a), self.kind(*b)))
            .collect();
        let mut found = Match::Equal(Column { scan: 0, column: 0 }, Column { scan: 1, column: 0 });
        for _ in 0..self.random.between(0, 2) {
            let (a, b) = *self.random.pick(&pairs);
            let other = Box::new(Match::Equal(a, b));
            found = if self.random.chance(50) {
                Match::And(Box::new(found), other)
            } else {
                Match::Or(Box::new(found), other)
            };
        }
        found
    }

    /// What queries can name of a scan.
    fn columns(&self, scan: usize) -> Vec<Column> {
        let columns = self.table(scan).columns.iter().enumerate();
        columns.filter(|(_, it)| !it.hidden).map(|(column, _)| Column { scan, column }).collect()
    }

    /// Columns that may stand in rows: the dimensions, or anything.
    fn dimensions(&mut self) -> Vec<Column> {
        let anything = !self.ruled || self.slips();
        (0..self.scans.len())
            .flat_map(|scan| {
                if anything {
                    return self.columns(scan);
                }
                let dimensions = self.table(scan).rule.dimensions.iter();
                dimensions.map(|column| Column { scan, column: *column }).collect()
            })
            .collect()
    }

    fn list(&mut self, joins: Vec<Match>) -> Query {
        let mut columns = self.dimensions();
        if columns.is_empty() {
            columns = self.columns(0);
        }
        let items: Vec<Item> = (0..self.random.between(1, 3))
            .map(|_| {
                let column = *self.random.pick(&columns);
                let expr = if self.ruled { Expr::Column(column) } else { self.expr(column) };
                Item::Plain(expr)
            })
            .collect();
        let filter = if self.random.chance(50) { self.condition(2) } else { None };
        let order = if self.ruled { Vec::new() } else { self.order(items.len()) };
        let limit = self.random.chance(20).then(|| self.random.between(1, 6));
        let distinct = !self.slips() && (self.ruled || self.random.chance(60));
        let (scans, groups) = (self.scans.clone(), Vec::new());
        Query { distinct, items, scans, joins, filter, groups, having: None, order, limit }
    }

    fn aggregation(&mut self, joins: Vec<Match>) -> Query {
        let columns = self.dimensions();
        let mut items = Vec::new();
        if !columns.is_empty() {
            for _ in 0..self.random.between(0, 2) {
                let column = *self.random.pick(&columns);
                let expr =
                    if self.random.chance(50) { self.expr(column) } else { Expr::Column(column) };
                if !items.contains(&Item::Plain(expr.clone())) {
                    items.push(Item::Plain(expr));
                }
            }
        }
        let groups: Vec<usize> = (0..items.len()).collect();
        let calls = self.aggregates();
        for _ in 0..self.random.between(1, 2) {
            let (function, column) = *self.random.pick(&calls);
            items.push(Item::Aggregate(function, column));
        }
        let filter = if self.random.chance(45) { self.condition(2) } else { None };
        let having = self.random.chance(25).then(|| self.having(&calls, 1));
        let order = if self.random.chance(40) { self.order(items.len()) } else { Vec::new() };
        let scans = self.scans.clone();
        Query { distinct: false, items, scans, joins, filter, groups, having, order, limit: None }
    }

    fn order(&mut self, items: usize) -> Vec<(usize, bool)> {
        (0..items).filter(|_| self.random.chance(50)).map(|it| (it, it % 2 == 1)).collect()
    }

    /// Aggregate calls that are granted, or all that have a meaning.
    fn aggregates(&mut self) -> Vec<(Aggregate, Column)> {
        let mut calls = Vec::new();
        for scan in 0..self.scans.len() {
            if self.ruled {
                for (function, column) in &self.table(scan).rule.aggregates {
                    let function = match function {
                        AggregateFunction::Avg => Aggregate::Avg,
                        AggregateFunction::Count => Aggregate::Count,
                        AggregateFunction::CountDistinct => Aggregate::CountDistinct,
                        AggregateFunction::Sum => Aggregate::Sum,
                        AggregateFunction::SumDistinct => Aggregate::SumDistinct,
                    };
                    calls.push((function, Column { scan, column: *column }));
                }
                continue;
            }
            for column in self.columns(scan) {
                calls.push((Aggregate::Count, column));
                calls.push((Aggregate::CountDistinct, column));
                if !matches!(self.kind(column), Kind::Boolean | Kind::Date) {
                    calls.push((Aggregate::Avg, column));
                    calls.push((Aggregate::Sum, column));
                    calls.push((Aggregate::SumDistinct, column));
                }
            }
        }
        calls
    }

    fn having(&mut self, calls: &[(Aggregate, Column)], depth: usize) -> Having {
        if depth > 0 && self.random.chance(20) {
            let a = Box::new(self.having(calls, depth - 1));
            let b = Box::new(self.having(calls, depth - 1));
            return if self.random.chance(50) { Having::And(a, b) } else { Having::Or(a, b) };
        }
        let (function, column) = *self.random.pick(calls);
        let number = match self.random.between(0, 2) {
            0 => Value::Decimal(self.random.between(0, 40) as i128, 1),
            _ => Value::Integer(self.random.between(0, 6) as i64),
        };
        Having::Compare(self.operator(true), function, column, number)
    }

    fn operator(&mut self, ordered: bool) -> &'static str {
        let all = ["=", "<>", "<", "<=", ">", ">="];
        let choices = if ordered { all.as_slice() } else { &all[..2] };
        self.random.pick::<&'static str>(choices)
    }

    fn granted(&self, column: Column, function: ScalarFunction) -> bool {
        !self.ruled || self.table(column.scan).rule.functions.contains(&function)
    }

    /// A function of a column, when one is granted.
    fn expr(&mut self, column: Column) -> Expr {
        let kind = self.kind(column);
        // Rules grant no arithmetic in the select list.
        if !self.ruled && !matches!(kind, Kind::Boolean | Kind::Date) && self.random.chance(40) {
            let operator = *self.random.pick(&['+', '-', '*', '/', '%']);
            let number = Value::Integer(self.random.between(0, 9) as i64);
            let (column, number) = (Expr::Column(column), Expr::Literal(number));
            let swapped = self.random.chance(30);
            let (left, right) = if swapped { (number, column) } else { (column, number) };
            return Expr::Math(operator, Box::new(left), Box::new(right));
        }
        let mut choices: Vec<(ScalarFunction, Function)> = vec![
            (ScalarFunction::Coalesce, Function::Coalesce),
            (ScalarFunction::Cast, Function::Cast(Kind::Text)),
        ];
        match kind {
            Kind::Text => choices.extend([
                (ScalarFunction::Lower, Function::Lower),
                (ScalarFunction::Upper, Function::Upper),
                (ScalarFunction::Trim, Function::Trim),
                (ScalarFunction::Rtrim, Function::Rtrim),
                (ScalarFunction::Substring, Function::Substring),
                (ScalarFunction::Extract, Function::Year),
                (ScalarFunction::Abs, Function::Abs),
                (ScalarFunction::Floor, Function::Floor),
                (ScalarFunction::Cast, Function::Cast(Kind::Int)),
                (ScalarFunction::Cast, Function::Cast(Kind::Double)),
                (ScalarFunction::Cast, Function::Cast(Kind::Date)),
                (ScalarFunction::Cast, Function::Cast(Kind::Boolean)),
            ]),
            Kind::Bigint | Kind::Int | Kind::Double | Kind::Decimal(..) => choices.extend([
                (ScalarFunction::Abs, Function::Abs),
                (ScalarFunction::Ceiling, Function::Ceiling),
                (ScalarFunction::Floor, Function::Floor),
                (ScalarFunction::Cast, Function::Cast(Kind::Int)),
                (ScalarFunction::Cast, Function::Cast(Kind::Bigint)),
                (ScalarFunction::Upper, Function::Upper),
            ]),
            Kind::Date => choices.push((ScalarFunction::Extract, Function::Year)),
            Kind::Boolean => choices.push((ScalarFunction::Cast, Function::Cast(Kind::Int))),
        }
        choices.retain(|(granted, _)| self.granted(column, *granted));
        if choices.is_empty() {
            return Expr::Column(column);
        }
        let (_, function) = *self.random.pick(&choices);
        let mut arguments = vec![Expr::Column(column)];
        match function {
            Function::Coalesce => match kind {
                // Rules grant text and numbers as arguments, nothing else.
                Kind::Text => arguments.push(Expr::Literal(Value::text("none"))),
                Kind::Bigint | Kind::Int => arguments.push(Expr::Literal(Value::Integer(7))),
                Kind::Decimal(_, scale) => {
                    arguments.push(Expr::Literal(Value::Decimal(1_050, scale)));
                }
                Kind::Double => arguments.push(Expr::Literal(Value::Double(2.5))),
                Kind::Boolean => return Expr::Column(column),
                Kind::Date => arguments.push(Expr::Literal(Value::text("never"))),
            },
            Function::Substring => {
                let start = self.random.between(1, 3) as i64;
                arguments.push(Expr::Literal(Value::Integer(start)));
                arguments.push(Expr::Literal(Value::Integer(self.random.between(0, 3) as i64)));
            }
            _ => {}
        }
        Expr::Call(function, arguments)
    }

    fn condition(&mut self, depth: usize) -> Option<Condition> {
        let columns = self.dimensions();
        if columns.is_empty() {
            return None;
        }
        if depth > 0 && self.random.chance(40) {
            let a = Box::new(self.condition(depth - 1)?);
            if self.random.chance(25) {
                return Some(Condition::Not(a));
            }
            let b = Box::new(self.condition(depth - 1)?);
            let and = self.random.chance(50);
            return Some(if and { Condition::And(a, b) } else { Condition::Or(a, b) });
        }
        let column = *self.random.pick(&columns);
        let kind = self.kind(column);
        let it = Expr::Column(column);
        let ordered = kind != Kind::Boolean;
        let list_rule = self.room.tables[0].rule.list;
        Some(match self.random.between(0, 7) {
            0 => Condition::IsNull(it, self.random.chance(50)),
            1 if ordered => {
                let mut items: Vec<Expr> = Vec::new();
                for _ in 0..self.random.between(1, 3) {
                    items.push(Expr::Literal(self.literal(kind)));
                }
                Condition::In(it, items, self.random.chance(30))
            }
            2 => {
                let patterns = ["%a%", "a%", "_", "%1%", "%", "", "50\\%", "a\\_b", "%\\%", "-%"];
                let pattern = (*self.random.pick(&patterns)).to_owned();
                Condition::Like(it, pattern, self.random.chance(30))
            }
            3 if ordered => {
                let (low, high) = (self.literal(kind), self.literal(kind));
                Condition::Between(it, Expr::Literal(low), Expr::Literal(high))
            }
            4 => {
                let others: Vec<Column> = columns
                    .iter()
                    .copied()
                    .filter(|other| comparable(kind, self.kind(*other)))
                    .collect();
                let other = Expr::Column(*self.random.pick(&others));
                Condition::Compare(self.operator(ordered), it, other)
            }
            5 if ordered && kind != Kind::Date => {
                let number = Expr::Literal(Value::Integer(self.random.between(0, 4) as i64));
                let operator = *self.random.pick(&['+', '-', '*', '/', '%']);
                let math = Expr::Math(operator, Box::new(it), Box::new(number));
                let bound = Expr::Literal(Value::Integer(self.random.between(0, 4) as i64));
                Condition::Compare(self.operator(true), math, bound)
            }
            6 if !(self.ruled && list_rule) => {
                // COALESCE of a date with text is text, and so on: compared with its own kind.
                let expr = self.expr(column);
                let bound = match &expr {
                    Expr::Call(Function::Cast(kind), _) => self.literal(*kind),
                    Expr::Call(Function::Coalesce, _) if kind == Kind::Date => Value::text("b"),
                    Expr::Call(
                        Function::Abs | Function::Ceiling | Function::Floor | Function::Year,
                        _,
                    ) => Value::Integer(1),
                    Expr::Call(Function::Coalesce, _) | Expr::Column(_) => self.literal(kind),
                    _ => Value::text("B"),
                };
                let ordered = !matches!(bound, Value::Boolean(_));
                Condition::Compare(self.operator(ordered), expr, Expr::Literal(bound))
            }
            _ => {
                let literal = Expr::Literal(self.literal(kind));
                Condition::Compare(self.operator(ordered), it, literal)
            }
        })
    }

    /// A constant to compare values of a kind with: of that kind, or text.
    fn literal(&mut self, kind: Kind) -> Value {
        let found = match kind {
            Kind::Boolean if self.random.chance(30) => Value::text("yes"),
            Kind::Boolean => Value::Boolean(self.random.chance(50)),
            kind if self.random.chance(25) => {
                let shown = value(self.random, kind).show();
                shown.map_or(Value::text("b"), Value::Text)
            }
            Kind::Text if self.random.chance(25) => Value::Integer(1),
            kind => value(self.random, kind),
        };
        match found {
            // There is no literal for it.
            Value::Double(number) if !number.is_finite() => Value::Integer(1),
            Value::Null => Value::text("b"),
            found => found,
        }
    }
}

/// Whether values of two kinds can be compared.
fn comparable(one: Kind, other: Kind) -> bool {
    let odd = |kind| matches!(kind, Kind::Boolean | Kind::Date);
    one == other || one == Kind::Text || other == Kind::Text || !odd(one) && !odd(other)
}

/// Whether two kinds can meet in `ON`: not where many texts would be one key.
fn joinable(one: Kind, other: Kind) -> bool {
    let odd = |kind| matches!(kind, Kind::Boolean | Kind::Date);
    comparable(one, other) && odd(one) == odd(other)
}
