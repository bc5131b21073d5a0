//! Queries as text.

use super::ast::{Aggregate, Column, Condition, Expr, Function, Having, Item, Match, Query};
use super::room::Room;
use crate::oracle::{Kind, Value};

/// How the printed text calls things.
#[derive(Debug, Clone)]
pub struct Names {
    /// Before the number of a scan: its alias.
    pub alias: String,
    /// Whether names are in double quotes.
    pub quoted: bool,
    /// Whether words are in upper case.
    pub shouted: bool,
}

impl Default for Names {
    fn default() -> Self {
        Self { alias: "s".into(), quoted: false, shouted: false }
    }
}

/// The text of a query.
pub fn print(query: &Query, room: &Room, names: &Names) -> String {
    Printer { query, room, names }.query()
}

struct Printer<'p> {
    query: &'p Query,
    room: &'p Room,
    names: &'p Names,
}

impl Printer<'_> {
    fn query(&self) -> String {
        let Query { distinct, items, scans, joins, filter, groups, having, order, limit } =
            self.query;
        let list: Vec<String> = items
            .iter()
            .enumerate()
            .map(|(index, it)| format!("{} AS v{index}", self.item(it)))
            .collect();
        let mut text = format!(
            "SELECT {}{} FROM {}",
            if *distinct { "DISTINCT " } else { "" },
            list.join(", "),
            self.scan(0)
        );
        for (index, condition) in joins.iter().enumerate() {
            text.push_str(&format!(
                " JOIN {} ON {}",
                self.scan(index + 1),
                self.matched(condition)
            ));
        }
        let _ = scans;
        if let Some(filter) = filter {
            text.push_str(&format!(" WHERE {}", self.condition(filter)));
        }
        if !groups.is_empty() {
            let groups: Vec<String> = groups.iter().map(|it| self.item(&items[*it])).collect();
            text.push_str(&format!(" GROUP BY {}", groups.join(", ")));
        }
        if let Some(having) = having {
            text.push_str(&format!(" HAVING {}", self.having(having)));
        }
        if !order.is_empty() {
            let order: Vec<String> = order
                .iter()
                .map(|(item, down)| format!("v{item}{}", if *down { " DESC" } else { "" }))
                .collect();
            text.push_str(&format!(" ORDER BY {}", order.join(", ")));
        }
        if let Some(limit) = limit {
            text.push_str(&format!(" LIMIT {limit}"));
        }
        text
    }

    fn name(&self, name: &str) -> String {
        let name = if self.names.shouted { name.to_uppercase() } else { name.to_owned() };
        if self.names.quoted { format!("\"{name}\"") } else { name }
    }

    fn scan(&self, index: usize) -> String {
        let table = &self.room.tables[self.query.scans[index]];
        format!("{} {}", self.name(&table.name), self.alias(index))
    }

    fn alias(&self, index: usize) -> String {
        self.name(&format!("{}{index}", self.names.alias))
    }

    fn column(&self, Column { scan, column }: Column) -> String {
        let table = &self.room.tables[self.query.scans[scan]];
        format!("{}.{}", self.alias(scan), self.name(&table.columns[column].name))
    }

    fn item(&self, item: &Item) -> String {
        match item {
            Item::Aggregate(function, column) => self.aggregate(*function, *column),
            Item::Plain(expr) => self.expr(expr),
        }
    }

    fn aggregate(&self, function: Aggregate, column: Column) -> String {
        let column = self.column(column);
        match function {
            Aggregate::Avg => format!("AVG({column})"),
            Aggregate::Count => format!("COUNT({column})"),
            Aggregate::CountDistinct => format!("COUNT(DISTINCT {column})"),
            Aggregate::Sum => format!("SUM({column})"),
            Aggregate::SumDistinct => format!("SUM(DISTINCT {column})"),
        }
    }

    fn matched(&self, condition: &Match) -> String {
        match condition {
            Match::And(a, b) => format!("({} AND {})", self.matched(a), self.matched(b)),
            Match::Equal(a, b) => format!("{} = {}", self.column(*a), self.column(*b)),
            Match::Or(a, b) => format!("({} OR {})", self.matched(a), self.matched(b)),
        }
    }

    fn exprs(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|it| self.expr(it)).collect::<Vec<_>>().join(", ")
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Call(Function::Cast(kind), arguments) => {
                format!("CAST({} AS {})", self.exprs(arguments), type_name(*kind))
            }
            Expr::Call(Function::Year, arguments) => {
                format!("EXTRACT(YEAR FROM {})", self.exprs(arguments))
            }
            Expr::Call(function, arguments) => {
                let name = match function {
                    Function::Abs => "ABS",
                    Function::Ceiling => "CEILING",
                    Function::Coalesce => "COALESCE",
                    Function::Floor => "FLOOR",
                    Function::Lower => "LOWER",
                    Function::Rtrim => "RTRIM",
                    Function::Substring => "SUBSTRING",
                    Function::Trim => "TRIM",
                    Function::Cast(_) | Function::Year | Function::Upper => "UPPER",
                };
                format!("{name}({})", self.exprs(arguments))
            }
            Expr::Column(column) => self.column(*column),
            Expr::Literal(value) => literal(value),
            Expr::Math(operator, a, b) => {
                format!("({} {operator} {})", self.expr(a), self.expr(b))
            }
        }
    }

    fn condition(&self, condition: &Condition) -> String {
        let not = |negated: &bool| if *negated { "NOT " } else { "" };
        match condition {
            Condition::And(a, b) => format!("({} AND {})", self.condition(a), self.condition(b)),
            Condition::Between(it, low, high) => {
                format!("{} BETWEEN {} AND {}", self.expr(it), self.expr(low), self.expr(high))
            }
            Condition::Compare(operator, a, b) => {
                format!("{} {operator} {}", self.expr(a), self.expr(b))
            }
            Condition::In(it, list, negated) => {
                format!("{} {}IN ({})", self.expr(it), not(negated), self.exprs(list))
            }
            Condition::IsNull(it, negated) => format!("{} IS {}NULL", self.expr(it), not(negated)),
            Condition::Like(it, pattern, negated) => {
                let pattern = literal(&Value::text(pattern.clone()));
                format!("{} {}LIKE {pattern}", self.expr(it), not(negated))
            }
            Condition::Not(inner) => format!("NOT ({})", self.condition(inner)),
            Condition::Or(a, b) => format!("({} OR {})", self.condition(a), self.condition(b)),
        }
    }

    fn having(&self, having: &Having) -> String {
        match having {
            Having::And(a, b) => format!("({} AND {})", self.having(a), self.having(b)),
            Having::Compare(operator, function, column, number) => {
                format!("{} {operator} {}", self.aggregate(*function, *column), literal(number))
            }
            Having::Or(a, b) => format!("({} OR {})", self.having(a), self.having(b)),
        }
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Boolean(true) => "TRUE".into(),
        Value::Boolean(false) => "FALSE".into(),
        Value::Date(_) => format!("DATE '{}'", value.show().unwrap_or_default()),
        Value::Decimal(..) | Value::Integer(_) => value.show().unwrap_or_default(),
        Value::Double(number) => format!("{number:e}"),
        Value::Null => "NULL".into(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
    }
}

fn type_name(kind: Kind) -> String {
    match kind {
        Kind::Bigint => "BIGINT".into(),
        Kind::Boolean => "BOOLEAN".into(),
        Kind::Date => "DATE".into(),
        Kind::Decimal(precision, scale) => format!("DECIMAL({precision},{scale})"),
        Kind::Double => "DOUBLE".into(),
        Kind::Int => "INT".into(),
        Kind::Text => "STRING".into(),
    }
}
