//! What expressions and conditions say of one row.

use std::cmp::Ordering;

use super::value::{Kind, Value, civil, compared, together};
use crate::generate::{Column, Condition, Expr, Function, Match, Query, Room};

/// One row of all scans together.
pub(super) type Row<'r> = Vec<&'r [Value]>;

/// What is asked, and of which tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'q> {
    pub(super) query: &'q Query,
    pub(super) room: &'q Room,
}

impl Asked<'_> {
    pub(super) fn kind_of_column(&self, Column { scan, column }: Column) -> Kind {
        self.room.tables[self.query.scans[scan]].columns[column].kind
    }

    /// The type of an expression; nothing for NULL as written.
    pub(super) fn kind(&self, expr: &Expr) -> Option<Kind> {
        Some(match expr {
            Expr::Column(column) => self.kind_of_column(*column),
            Expr::Literal(Value::Boolean(_)) => Kind::Boolean,
            Expr::Literal(Value::Date(_)) => Kind::Date,
            Expr::Literal(Value::Decimal(digits, scale)) => {
                let digits = digits.unsigned_abs().to_string().len() as u8;
                Kind::Decimal(digits.max(*scale), *scale)
            }
            Expr::Literal(Value::Double(_)) => Kind::Double,
            Expr::Literal(Value::Integer(_)) => Kind::Int,
            Expr::Literal(Value::Null) => return None,
            Expr::Literal(Value::Text(_)) => Kind::Text,
            Expr::Call(function, arguments) => match function {
                Function::Abs => match self.kind(&arguments[0])? {
                    Kind::Text => Kind::Double,
                    kind => kind,
                },
                Function::Cast(kind) => *kind,
                Function::Ceiling | Function::Floor => match self.kind(&arguments[0])? {
                    Kind::Decimal(precision, scale) => Kind::Decimal(precision - scale + 1, 0),
                    _ => Kind::Bigint,
                },
                Function::Coalesce => {
                    together(&arguments.iter().map(|it| self.kind(it)).collect::<Vec<_>>())
                }
                Function::Year => Kind::Int,
                Function::Lower
                | Function::Rtrim
                | Function::Substring
                | Function::Trim
                | Function::Upper => Kind::Text,
            },
            Expr::Math(operator, left, right) => {
                math_kind(*operator, self.sized(left, right), self.sized(right, left))
            }
        })
    }

    /// The type of an operand: beside a decimal, a whole number as written has just its digits.
    fn sized(&self, expr: &Expr, other: &Expr) -> Option<Kind> {
        match (expr, self.kind(other)) {
            (Expr::Literal(Value::Integer(number)), Some(Kind::Decimal(..))) => {
                Some(Kind::Decimal(number.unsigned_abs().to_string().len() as u8, 0))
            }
            _ => self.kind(expr),
        }
    }

    pub(super) fn value(&self, expr: &Expr, row: &Row<'_>) -> Value {
        match expr {
            Expr::Column(Column { scan, column }) => row[*scan][*column].clone(),
            Expr::Literal(value) => value.clone(),
            Expr::Call(function, arguments) => {
                let values: Vec<Value> = arguments.iter().map(|it| self.value(it, row)).collect();
                self.call(*function, arguments, values)
            }
            Expr::Math(operator, left, right) => {
                let (a, b) = (self.value(left, row), self.value(right, row));
                let kinds = (self.sized(left, right), self.sized(right, left));
                math(*operator, a, b, math_kind(*operator, kinds.0, kinds.1))
            }
        }
    }

    fn call(&self, function: Function, arguments: &[Expr], mut values: Vec<Value>) -> Value {
        let whole = |value: &Value, up: bool| match value {
            Value::Integer(number) => Value::Integer(*number),
            Value::Decimal(digits, scale) => {
                let unit = 10_i128.pow((*scale).into());
                let floor = digits.div_euclid(unit);
                let inexact = digits.rem_euclid(unit) != 0;
                Value::Decimal(floor + i128::from(up && inexact), 0)
            }
            other => match other.cast(Kind::Double) {
                Value::Double(number) => {
                    let number = if up { number.ceil() } else { number.floor() };
                    Value::Double(number).cast(Kind::Bigint)
                }
                _ => Value::Null,
            },
        };
        match function {
            Function::Coalesce => {
                let kind = together(&arguments.iter().map(|it| self.kind(it)).collect::<Vec<_>>());
                let found = values.into_iter().find(|it| *it != Value::Null);
                found.map_or(Value::Null, |it| it.cast(kind))
            }
            Function::Cast(kind) => values[0].cast(kind),
            Function::Ceiling => whole(&values[0], true),
            Function::Floor => whole(&values[0], false),
            Function::Abs => match values.swap_remove(0) {
                Value::Integer(number) => number.checked_abs().map_or(Value::Null, Value::Integer),
                Value::Decimal(digits, scale) => Value::Decimal(digits.abs(), scale),
                other => match other.cast(Kind::Double) {
                    Value::Double(number) => Value::Double(number.abs()),
                    _ => Value::Null,
                },
            },
            Function::Year => match values[0].cast(Kind::Date) {
                Value::Date(days) => Value::Integer(civil(days).0),
                _ => Value::Null,
            },
            Function::Lower
            | Function::Rtrim
            | Function::Substring
            | Function::Trim
            | Function::Upper => {
                let Some(text) = values[0].show() else { return Value::Null };
                Value::Text(match function {
                    Function::Lower => text.to_lowercase(),
                    Function::Rtrim => text.trim_end_matches(' ').to_owned(),
                    Function::Trim => text.trim_matches(' ').to_owned(),
                    Function::Substring => match values[1..] {
                        // The generator writes starts from 1 and lengths from 0 only.
                        [Value::Integer(start), Value::Integer(length)] => {
                            text.chars().skip(start as usize - 1).take(length as usize).collect()
                        }
                        _ => return Value::Null,
                    },
                    _ => text.to_uppercase(),
                })
            }
        }
    }

    fn compare(&self, left: &Expr, right: &Expr, row: &Row<'_>) -> Option<Ordering> {
        let kind = compared(self.kind(left), self.kind(right));
        self.value(left, row).cast(kind).order(&self.value(right, row).cast(kind))
    }

    /// True, false or unknown.
    pub(super) fn holds(&self, condition: &Condition, row: &Row<'_>) -> Option<bool> {
        match condition {
            Condition::And(a, b) => and(self.holds(a, row), self.holds(b, row)),
            Condition::Or(a, b) => {
                let (a, b) = (self.holds(a, row), self.holds(b, row));
                and(a.map(|it| !it), b.map(|it| !it)).map(|it| !it)
            }
            Condition::Not(inner) => self.holds(inner, row).map(|it| !it),
            Condition::Between(it, low, high) => and(
                self.compare(it, low, row).map(Ordering::is_ge),
                self.compare(it, high, row).map(Ordering::is_le),
            ),
            Condition::Compare(operator, a, b) => {
                self.compare(a, b, row).map(|it| fits(operator, it))
            }
            Condition::In(it, list, negated) => {
                let mut kinds = vec![self.kind(it)];
                kinds.extend(list.iter().map(|it| self.kind(it)));
                let kind = together(&kinds);
                let value = self.value(it, row).cast(kind);
                let mut found = Some(false);
                for item in list {
                    match value.order(&self.value(item, row).cast(kind)) {
                        Some(Ordering::Equal) => return Some(!negated),
                        Some(_) => {}
                        None => found = None,
                    }
                }
                found.map(|it| it != *negated)
            }
            Condition::IsNull(it, negated) => {
                Some((self.value(it, row) == Value::Null) != *negated)
            }
            Condition::Like(it, pattern, negated) => {
                let text = self.value(it, row).show()?;
                let text: Vec<char> = text.chars().collect();
                let pattern: Vec<char> = pattern.chars().collect();
                Some(like(&text, &pattern) != *negated)
            }
        }
    }

    pub(super) fn matches(&self, condition: &Match, row: &Row<'_>) -> Option<bool> {
        match condition {
            Match::And(a, b) => and(self.matches(a, row), self.matches(b, row)),
            Match::Or(a, b) => {
                let (a, b) = (self.matches(a, row), self.matches(b, row));
                and(a.map(|it| !it), b.map(|it| !it)).map(|it| !it)
            }
            Match::Equal(a, b) => {
                let order = self.compare(&Expr::Column(*a), &Expr::Column(*b), row);
                order.map(Ordering::is_eq)
            }
        }
    }
}

pub(super) fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

pub(super) fn fits(operator: &str, order: Ordering) -> bool {
    match operator {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// `%` and `_`, and a backslash before either; the generator writes no other escapes.
fn like(text: &[char], pattern: &[char]) -> bool {
    match (text, pattern) {
        ([], []) => true,
        (_, ['%', rest @ ..]) => (0..=text.len()).any(|skip| like(&text[skip..], rest)),
        ([one, text @ ..], ['\\', wanted, rest @ ..]) => one == wanted && like(text, rest),
        ([_, text @ ..], ['_', rest @ ..]) => like(text, rest),
        ([one, text @ ..], [wanted, rest @ ..]) => one == wanted && like(text, rest),
        _ => false,
    }
}

/// The type of arithmetic, by Spark's rules; integers are always bigint.
fn math_kind(operator: char, left: Option<Kind>, right: Option<Kind>) -> Kind {
    let exact = |kind: Option<Kind>| match kind {
        Some(Kind::Bigint) => Some((20, 0)),
        Some(Kind::Decimal(precision, scale)) => Some((i32::from(precision), i32::from(scale))),
        Some(Kind::Int) => Some((10, 0)),
        _ => None,
    };
    let decimals = [left, right].iter().any(|it| matches!(it, Some(Kind::Decimal(..))));
    match (exact(left), exact(right)) {
        (Some((p1, s1)), Some((p2, s2))) if decimals => {
            let scale = s1.max(s2);
            let (precision, scale) = match operator {
                '+' | '-' => ((p1 - s1).max(p2 - s2) + scale + 1, scale),
                '*' => (p1 + p2 + 1, s1 + s2),
                '/' => {
                    let scale = (s1 + p2 + 1).max(6);
                    (p1 - s1 + s2 + scale, scale)
                }
                _ => ((p1 - s1).min(p2 - s2) + scale, scale),
            };
            assert!(precision <= 38, "the generator keeps decimals small");
            Kind::Decimal(precision as u8, scale as u8)
        }
        (Some(_), Some(_)) if operator != '/' => Kind::Bigint,
        _ => Kind::Double,
    }
}

fn math(operator: char, left: Value, right: Value, kind: Kind) -> Value {
    let exact = |value: Value| match value {
        Value::Integer(number) => Value::Decimal(number.into(), 0),
        other => other,
    };
    match kind {
        Kind::Bigint => match (left, right) {
            (Value::Integer(a), Value::Integer(b)) => {
                let (a, b) = (i128::from(a), i128::from(b));
                let answer = match operator {
                    '+' => Some(a + b),
                    '-' => Some(a - b),
                    '*' => Some(a * b),
                    _ => a.checked_rem(b),
                };
                let answer = answer.and_then(|it| i64::try_from(it).ok());
                answer.map_or(Value::Null, Value::Integer)
            }
            _ => Value::Null,
        },
        Kind::Decimal(precision, scale) => match (exact(left), exact(right)) {
            (Value::Decimal(a, s1), Value::Decimal(b, s2)) => {
                decimal(operator, (a, s1), (b, s2), (precision, scale))
            }
            _ => Value::Null,
        },
        _ => match (left.cast(Kind::Double), right.cast(Kind::Double)) {
            (Value::Double(_), Value::Double(b)) if b == 0.0 && "/%".contains(operator) => {
                Value::Null
            }
            (Value::Double(a), Value::Double(b)) => Value::Double(match operator {
                '+' => a + b,
                '-' => a - b,
                '*' => a * b,
                '/' => a / b,
                _ => a % b,
            }),
            _ => Value::Null,
        },
    }
}

fn decimal(operator: char, a: (i128, u8), b: (i128, u8), result: (u8, u8)) -> Value {
    let ((a, s1), (b, s2), (precision, scale)) = (a, b, result);
    let ten = |power: u8| 10_i128.pow(power.into());
    let common = s1.max(s2);
    let (left, right) = (a * ten(common - s1), b * ten(common - s2));
    let digits = match operator {
        '+' => left + right,
        '-' => left - right,
        '*' => a * b,
        _ if b == 0 => return Value::Null,
        '%' => left % right,
        _ => {
            // left / right, rounded half away from zero.
            let up = left * ten(scale);
            let (quotient, rest) = (up / right, up % right);
            let half = (2 * rest).abs() >= right.abs();
            quotient + if half { up.signum() * right.signum() } else { 0 }
        }
    };
    if digits.abs() < ten(precision) { Value::Decimal(digits, scale) } else { Value::Null }
}
