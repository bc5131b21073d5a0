//! Trees as text.

use std::fmt::Write as _;

use super::tree::{
    Call, Cell, Condition, Expr, Function, Inner, Item, JoinKind, Plan, Relation, Select, Shape,
    Source, TABLES, Value,
};

/// The text of a query: nested queries become a chain of WITH.
pub fn printed(plan: &Plan) -> String {
    let mut with = Vec::new();
    let from = source(&plan.source, &mut with);
    let names = names(&plan.source);
    let keys: Vec<String> = plan.keys.iter().map(|it| expr(it, &names)).collect();
    let cells: Vec<String> = plan.cells.iter().map(|it| cell(it, &names)).collect();
    let shown = keys.iter().enumerate().map(|(place, it)| format!("{it} AS k{place}"));
    let cells = cells.iter().enumerate().map(|(place, it)| format!("{it} AS v{place}"));
    let list: Vec<String> = shown.chain(cells).collect();
    let mut text = String::new();
    if !with.is_empty() {
        let _ = write!(text, "WITH {} ", with.join(", "));
    }
    let _ = write!(text, "SELECT {} FROM {from}", list.join(", "));
    if !keys.is_empty() {
        let _ = write!(text, " GROUP BY {}", keys.join(", "));
    }
    text
}

fn names(source: &Source) -> Vec<String> {
    let own = |alias: &str, relation: &Relation| {
        relation.names().into_iter().map(|it| format!("{alias}.{it}")).collect::<Vec<_>>()
    };
    let mut all = own("a", &source.from);
    all.extend(source.join.iter().flat_map(|it| own("b", &it.with)));
    all
}

fn source(source: &Source, with: &mut Vec<String>) -> String {
    let mut text = format!("{} a", relation(&source.from, with));
    let names = names(source);
    if let Some(join) = &source.join {
        let other = relation(&join.with, with);
        let kind = match (join.kind, &join.on) {
            (JoinKind::Inner, None) => "CROSS JOIN",
            (JoinKind::Inner, _) => "JOIN",
            (JoinKind::Full, _) => "FULL JOIN",
            (JoinKind::Left, _) => "LEFT JOIN",
            (JoinKind::Right, _) => "RIGHT JOIN",
        };
        let _ = write!(text, " {kind} {other} b");
        if let Some(on) = &join.on {
            let _ = write!(text, " ON {}", condition(on, &names));
        }
    }
    if let Some(filter) = &source.filter {
        let _ = write!(text, " WHERE {}", condition(filter, &names));
    }
    text
}

fn relation(relation: &Relation, with: &mut Vec<String>) -> String {
    let body = match relation {
        Relation::Table(it) => return TABLES[*it].name.to_owned(),
        Relation::Select(it) => select(it, with),
        Relation::Union(all) => {
            let all: Vec<String> = all.iter().map(|it| select(it, with)).collect();
            all.join(" UNION ALL ")
        }
    };
    let name = format!("t{}", with.len());
    with.push(format!("{name} AS ({body})"));
    name
}

fn select(it: &Select, with: &mut Vec<String>) -> String {
    let from = source(&it.source, with);
    let names = names(&it.source);
    let list =
        it.items.iter().enumerate().map(|(place, it)| format!("{} AS c{place}", item(it, &names)));
    let distinct = if it.shape == Shape::Distinct { "DISTINCT " } else { "" };
    let mut text = format!("SELECT {distinct}{} FROM {from}", list.collect::<Vec<_>>().join(", "));
    if it.shape == Shape::Grouped {
        let keys = it.items.iter().filter_map(|it| match it {
            Item::Plain(it) => Some(expr(it, &names)),
            _ => None,
        });
        let _ = write!(text, " GROUP BY {}", keys.collect::<Vec<_>>().join(", "));
    }
    if let Shape::Limited(rows) = it.shape {
        let _ = write!(text, " LIMIT {rows}");
    }
    text
}

fn inner(function: Inner) -> &'static str {
    match function {
        Inner::Average => "AVG",
        Inner::Count => "COUNT",
        Inner::Max => "MAX",
        Inner::Min => "MIN",
        Inner::Sum => "SUM",
    }
}

fn item(item: &Item, names: &[String]) -> String {
    match item {
        Item::Plain(it) => expr(it, names),
        Item::Aggregate(function, it) => format!("{}({})", inner(*function), expr(it, names)),
        Item::Window(it) => {
            let function = match &it.function {
                Function::Lag(column) => format!("LAG({})", names[*column]),
                Function::Rank => "RANK()".to_owned(),
                Function::RowNumber => "ROW_NUMBER()".to_owned(),
                Function::Running(function, column) => {
                    format!("{}({})", inner(*function), names[*column])
                }
            };
            let mut over = Vec::new();
            if !it.partition.is_empty() {
                let columns: Vec<&str> =
                    it.partition.iter().map(|it| names[*it].as_str()).collect();
                over.push(format!("PARTITION BY {}", columns.join(", ")));
            }
            if !it.order.is_empty() {
                let key = |(column, down): &(usize, bool)| {
                    format!("{}{}", names[*column], if *down { " DESC" } else { "" })
                };
                let keys: Vec<String> = it.order.iter().map(key).collect();
                over.push(format!("ORDER BY {}", keys.join(", ")));
            }
            format!("{function} OVER ({})", over.join(" "))
        }
    }
}

fn cell(it: &Cell, names: &[String]) -> String {
    let argument = it.argument.as_ref().map_or("*".to_owned(), |it| expr(it, names));
    let call = match it.call {
        Call::Average => format!("AVG({argument})"),
        Call::Count => format!("COUNT({argument})"),
        Call::Moment { root: true, sample: true } => format!("STDDEV_SAMP({argument})"),
        Call::Moment { root: true, sample: false } => format!("STDDEV_POP({argument})"),
        Call::Moment { root: false, sample: true } => format!("VAR_SAMP({argument})"),
        Call::Moment { root: false, sample: false } => format!("VAR_POP({argument})"),
        Call::Sum => format!("SUM({argument})"),
        Call::Users => format!("COUNT(DISTINCT {argument})"),
    };
    match &it.filter {
        None => call,
        Some(filter) => format!("{call} FILTER (WHERE {})", condition(filter, names)),
    }
}

fn expr(it: &Expr, names: &[String]) -> String {
    let of = |it: &Expr| expr(it, names);
    match it {
        Expr::Abs(it) => format!("ABS({})", of(it)),
        Expr::Add(one, other) => format!("({} + {})", of(one), of(other)),
        Expr::Case(test, one, other) => {
            format!("CASE WHEN {} THEN {} ELSE {} END", condition(test, names), of(one), of(other))
        }
        Expr::Coalesce(one, other) => format!("COALESCE({}, {})", of(one), of(other)),
        Expr::Column(it) => names[*it].clone(),
        Expr::Concat(one, other) => format!("CONCAT({}, '-', {})", of(one), of(other)),
        Expr::Divide(it, by) => format!("({} / {by})", of(it)),
        Expr::First(it, count) => format!("SUBSTRING({}, 1, {count})", of(it)),
        Expr::Greatest(it, least) => format!("GREATEST({}, {least})", of(it)),
        Expr::Least(it, most) => format!("LEAST({}, {most})", of(it)),
        Expr::Literal(Value::Text(it)) => format!("'{it}'"),
        Expr::Literal(it) => it.shown(),
        Expr::Multiply(one, other) => format!("({} * {})", of(one), of(other)),
        Expr::Negate(it) => format!("(- {})", of(it)),
        Expr::Subtract(one, other) => format!("({} - {})", of(one), of(other)),
    }
}

fn condition(it: &Condition, names: &[String]) -> String {
    let of = |it: &Condition| condition(it, names);
    match it {
        Condition::And(one, other) => format!("({} AND {})", of(one), of(other)),
        Condition::Compare(operator, one, other) => {
            format!("{} {operator} {}", expr(one, names), expr(other, names))
        }
        Condition::InPublic(it, column, more) => {
            let column = TABLES[2].columns[*column].0;
            format!("{} IN (SELECT {column} FROM audience WHERE w > {more})", expr(it, names))
        }
        Condition::IsNull(it, yes) => {
            format!("{} IS {}NULL", expr(it, names), if *yes { "" } else { "NOT " })
        }
        Condition::Not(it) => format!("NOT ({})", of(it)),
        Condition::OneOf(it, all) => {
            let all: Vec<String> = all.iter().map(|it| format!("'{it}'")).collect();
            format!("{} IN ({})", expr(it, names), all.join(", "))
        }
        Condition::Or(one, other) => format!("({} OR {})", of(one), of(other)),
    }
}
