//! Groups, aggregates and thresholds.

use super::alike;
use super::row::{Asked, Row, and, fits};
use super::value::{Kind, Value, compared};
use crate::generate::{Aggregate, Column, Expr, Having, Item};

impl Asked<'_> {
    /// One row for each group; one in all when nothing groups.
    pub(super) fn groups(&self, rows: Vec<Row<'_>>, thresholds: bool) -> Vec<Vec<Value>> {
        let query = self.query;
        let mut groups: Vec<(Vec<Value>, Vec<Row<'_>>)> = Vec::new();
        if query.groups.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        for row in rows {
            let key: Vec<Value> =
                query.groups.iter().map(|it| self.plain(&query.items[*it], &row)).collect();
            match groups.iter_mut().find(|(it, _)| alike(it, &key)) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((key, vec![row])),
            }
        }
        groups
            .into_iter()
            .filter(|(_, rows)| !thresholds || self.large(rows))
            .filter(|(_, rows)| {
                query.having.as_ref().is_none_or(|it| self.has(it, rows) == Some(true))
            })
            .map(|(key, rows)| self.shown(&key, &rows))
            .collect()
    }

    /// Whether a group stands for enough of everything that any scanned table counts.
    fn large(&self, rows: &[Row<'_>]) -> bool {
        self.query.scans.iter().enumerate().all(|(scan, table)| {
            self.room.tables[*table].rule.minimums.iter().all(|(column, minimum)| {
                let column = Column { scan, column: *column };
                self.distinct(column, rows).len() >= *minimum as usize
            })
        })
    }

    fn shown(&self, key: &[Value], rows: &[Row<'_>]) -> Vec<Value> {
        let items = self.query.items.iter().enumerate();
        items
            .map(|(place, item)| match item {
                Item::Aggregate(function, column) => self.aggregate(*function, *column, rows),
                Item::Plain(expr) => {
                    match self.query.groups.iter().position(|it| *it == place) {
                        Some(group) => key[group].clone(),
                        // The same expression may stand twice, or be constant.
                        None => match (expr, rows.first()) {
                            (Expr::Literal(value), _) => value.clone(),
                            (_, Some(row)) => self.plain(item, row),
                            (_, None) => Value::Null,
                        },
                    }
                }
            })
            .collect()
    }

    fn has(&self, having: &Having, rows: &[Row<'_>]) -> Option<bool> {
        match having {
            Having::And(a, b) => and(self.has(a, rows), self.has(b, rows)),
            Having::Or(a, b) => {
                let (a, b) = (self.has(a, rows), self.has(b, rows));
                and(a.map(|it| !it), b.map(|it| !it)).map(|it| !it)
            }
            Having::Compare(operator, function, column, number) => {
                let value = self.aggregate(*function, *column, rows);
                let kind = |value: &Value| match value {
                    Value::Decimal(_, scale) => Some(Kind::Decimal(38, *scale)),
                    Value::Double(_) => Some(Kind::Double),
                    Value::Integer(_) => Some(Kind::Bigint),
                    _ => None,
                };
                let meet = compared(kind(&value), kind(number));
                value.cast(meet).order(&number.cast(meet)).map(|it| fits(operator, it))
            }
        }
    }

    fn values(&self, Column { scan, column }: Column, rows: &[Row<'_>]) -> Vec<Value> {
        let values = rows.iter().map(|it| it[scan][column].clone());
        values.filter(|it| *it != Value::Null).collect()
    }

    fn distinct(&self, column: Column, rows: &[Row<'_>]) -> Vec<Value> {
        let mut seen: Vec<Value> = Vec::new();
        for value in self.values(column, rows) {
            if !seen.iter().any(|it| it.alike(&value)) {
                seen.push(value);
            }
        }
        seen
    }

    fn aggregate(&self, function: Aggregate, column: Column, rows: &[Row<'_>]) -> Value {
        match function {
            Aggregate::Count => Value::Integer(self.values(column, rows).len() as i64),
            Aggregate::CountDistinct => Value::Integer(self.distinct(column, rows).len() as i64),
            Aggregate::Avg => self.total(column, &self.values(column, rows), true),
            Aggregate::Sum => self.total(column, &self.values(column, rows), false),
            Aggregate::SumDistinct => {
                // Text is distinct as the doubles that it is added as.
                let mut seen: Vec<Value> = Vec::new();
                for value in self.addends(column, &self.values(column, rows)) {
                    if !seen.iter().any(|it| it.alike(&value)) {
                        seen.push(value);
                    }
                }
                self.total(column, &seen, false)
            }
        }
    }

    fn addends(&self, column: Column, values: &[Value]) -> Vec<Value> {
        match self.kind_of_column(column) {
            Kind::Text => {
                let doubles = values.iter().map(|it| it.cast(Kind::Double));
                doubles.filter(|it| *it != Value::Null).collect()
            }
            _ => values.to_vec(),
        }
    }

    /// Sum or average.
    fn total(&self, column: Column, values: &[Value], average: bool) -> Value {
        let values = self.addends(column, values);
        let count = values.len() as i128;
        if count == 0 {
            return Value::Null;
        }
        let (mut exact, mut inexact) = (0_i128, 0.0);
        for value in &values {
            match value {
                Value::Integer(number) => exact += i128::from(*number),
                Value::Decimal(digits, _) => exact += digits,
                Value::Double(number) => inexact += number,
                _ => return Value::Null,
            }
        }
        match (self.kind_of_column(column), average) {
            (Kind::Bigint | Kind::Int, true) => Value::Double(exact as f64 / count as f64),
            (Kind::Bigint | Kind::Int, false) => {
                i64::try_from(exact).map_or(Value::Null, Value::Integer)
            }
            (Kind::Decimal(_, scale), true) => {
                let raised = exact * 10_000;
                let (quotient, rest) = (raised / count, raised % count);
                let half = (2 * rest).abs() >= count;
                let up = if half { raised.signum() } else { 0 };
                Value::Decimal(quotient + up, scale + 4)
            }
            (Kind::Decimal(_, scale), false) => Value::Decimal(exact, scale),
            (_, true) => Value::Double(inexact / count as f64),
            (_, false) => Value::Double(inexact),
        }
    }
}
