//! What expressions and conditions say of one row.

use std::cmp::Ordering;

use super::rows::World;
use super::tree::{Condition, Expr, Kind, Value};

/// One row and the kinds of its columns.
#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    pub(super) world: &'r World<'r>,
    pub(super) kinds: &'r [Kind],
    pub(super) values: &'r [Value],
}

impl Row<'_> {
    pub(super) fn value(&self, expr: &Expr) -> Value {
        let kind = expr.kind(self.kinds);
        let of = |it: &Expr| self.value(it).promoted(kind);
        match expr {
            Expr::Column(it) => self.values[*it].clone(),
            Expr::Literal(it) => it.clone(),
            Expr::Abs(it) => match of(it) {
                Value::Whole(it) => whole(it.checked_abs()),
                Value::Decimal(it) => Value::Decimal(it.abs()),
                Value::Double(it) => Value::Double(it.abs()),
                _ => Value::Null,
            },
            Expr::Negate(it) => match of(it) {
                Value::Whole(it) => whole(it.checked_neg()),
                Value::Decimal(it) => Value::Decimal(-it),
                Value::Double(it) => Value::Double(-it),
                _ => Value::Null,
            },
            Expr::Add(one, other) => match (of(one), of(other)) {
                (Value::Whole(one), Value::Whole(other)) => whole(one.checked_add(other)),
                (Value::Decimal(one), Value::Decimal(other)) => Value::Decimal(one + other),
                (Value::Double(one), Value::Double(other)) => Value::Double(one + other),
                _ => Value::Null,
            },
            Expr::Subtract(one, other) => match (of(one), of(other)) {
                (Value::Whole(one), Value::Whole(other)) => whole(one.checked_sub(other)),
                (Value::Decimal(one), Value::Decimal(other)) => Value::Decimal(one - other),
                (Value::Double(one), Value::Double(other)) => Value::Double(one - other),
                _ => Value::Null,
            },
            Expr::Multiply(one, other) => match (of(one), of(other)) {
                (Value::Whole(one), Value::Whole(other)) => whole(one.checked_mul(other)),
                (Value::Decimal(one), Value::Decimal(other)) => Value::Decimal(one * other / 100),
                (Value::Double(one), Value::Double(other)) => Value::Double(one * other),
                _ => Value::Null,
            },
            Expr::Divide(it, by) => match of(it) {
                Value::Double(it) => Value::Double(it / *by as f64),
                _ => Value::Null,
            },
            Expr::Case(test, one, other) => {
                if self.holds(test) == Some(true) {
                    of(one)
                } else {
                    of(other)
                }
            }
            Expr::Coalesce(one, other) => match of(one) {
                Value::Null => of(other),
                found => found,
            },
            Expr::Concat(one, other) => match (of(one), of(other)) {
                (Value::Text(one), Value::Text(other)) => Value::Text(format!("{one}-{other}")),
                _ => Value::Null,
            },
            Expr::First(it, count) => match of(it) {
                Value::Text(it) => Value::Text(it.chars().take(*count).collect()),
                _ => Value::Null,
            },
            Expr::Greatest(it, least) => extreme(of(it), *least, kind, Ordering::Greater),
            Expr::Least(it, most) => extreme(of(it), *most, kind, Ordering::Less),
        }
    }

    pub(super) fn holds(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::And(one, other) => both(self.holds(one), self.holds(other)),
            Condition::Or(one, other) => {
                let not = |it: Option<bool>| it.map(|it| !it);
                not(both(not(self.holds(one)), not(self.holds(other))))
            }
            Condition::Not(it) => self.holds(it).map(|it| !it),
            Condition::Compare(operator, one, other) => {
                let order = self.value(one).order(&self.value(other))?;
                Some(match *operator {
                    "=" => order.is_eq(),
                    "<>" => order.is_ne(),
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
            Condition::IsNull(it, yes) => Some((self.value(it) == Value::Null) == *yes),
            Condition::OneOf(it, all) => match self.value(it) {
                Value::Text(it) => Some(all.contains(&it.as_str())),
                _ => None,
            },
            Condition::InPublic(it, column, more) => {
                let own = self.value(it);
                let all = self.world.table("audience").iter();
                let all =
                    all.filter(|row| row[2].order(&Value::Whole(*more)) == Some(Ordering::Greater));
                let all: Vec<&Value> = all.map(|row| &row[*column]).collect();
                match own {
                    _ if all.is_empty() => Some(false),
                    Value::Null => None,
                    own if all.contains(&&own) => Some(true),
                    _ if all.contains(&&Value::Null) => None,
                    _ => Some(false),
                }
            }
        }
    }
}

fn whole(it: Option<i64>) -> Value {
    it.map_or(Value::Null, Value::Whole)
}

/// NULL is passed by.
fn extreme(own: Value, constant: i64, kind: Kind, wanted: Ordering) -> Value {
    let constant = Value::Whole(constant).promoted(kind);
    match own.order(&constant) {
        Some(order) if order == wanted => own,
        _ => constant,
    }
}

pub(super) fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
