//! Whether two answers are the same.

use serde_json::Value;

/// How far doubles may be apart, relative to the greater: sums and transcendental functions
/// round in another order.
const CLOSE: f64 = 1e-12;

/// What is nothing: a sum that should be zero is not always.
const NOTHING: f64 = 1e-15;

/// What differs, in words; `None` when nothing does.
///
/// Integers of all widths are one kind, decimals of all precisions another (their scale shows).
pub(super) fn difference(
    types: &[String],
    rows: &[Vec<Value>],
    our_types: &[String],
    our_rows: &[Vec<Value>],
    ordered: bool,
) -> Option<String> {
    if types.len() != our_types.len() {
        return Some(format!("Spark: {} columns; ours: {}", types.len(), our_types.len()));
    }
    for (place, (spark, ours)) in types.iter().zip(our_types).enumerate() {
        let (of_spark, of_ours) = (family(spark), family(ours));
        if of_spark != of_ours && spark != "void" && ours != "void" {
            return Some(format!("column {}, Spark: {spark}; ours: {ours}", place + 1));
        }
    }
    let same = |a: &[Value], b: &[Value]| {
        a.iter().zip(b).zip(types).all(|((a, b), kind)| alike(kind, a, b))
    };
    if ordered {
        let at = rows.iter().zip(our_rows).position(|(a, b)| !same(a, b));
        return match at {
            Some(at) => Some(pair(rows.get(at), our_rows.get(at))),
            None if rows.len() != our_rows.len() => Some(counts(rows, our_rows)),
            None => None,
        };
    }
    let mut left: Vec<&Vec<Value>> = our_rows.iter().collect();
    left.sort_by_key(|it| show(it));
    let mut lost = Vec::new();
    for row in rows {
        match left.iter().position(|it| same(row, it)) {
            Some(place) => {
                left.remove(place);
            }
            None => lost.push(row),
        }
    }
    if lost.is_empty() && left.is_empty() {
        return None;
    }
    // The row of ours that is most like the lost one says most.
    let first = lost.first().copied();
    let likeness = |ours: &[Value]| {
        let equal = |row: &[Value]| row.iter().zip(ours).filter(|(a, b)| a == b).count();
        first.map_or(0, |row| equal(row))
    };
    let nearest = left.iter().rev().max_by_key(|it| likeness(it)).copied();
    let more = lost.len().max(left.len()) - 1;
    let more = if more == 0 { String::new() } else { format!(" ({more} more)") };
    Some(format!("{}{more}", pair(first, nearest)))
}

fn pair(spark: Option<&Vec<Value>>, ours: Option<&Vec<Value>>) -> String {
    let shown = |row: Option<&Vec<Value>>| row.map_or_else(|| "no such row".into(), |it| show(it));
    format!("Spark: {}; ours: {}", shown(spark), shown(ours))
}

fn counts(rows: &[Vec<Value>], our_rows: &[Vec<Value>]) -> String {
    format!("Spark: {} rows; ours: {}", rows.len(), our_rows.len())
}

/// A row in one line.
pub(super) fn show(row: &[Value]) -> String {
    Value::Array(row.to_vec()).to_string()
}

fn alike(kind: &str, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) if kind.contains("double") || kind == "float" => {
            a == b || matches!((a.parse(), b.parse()), (Ok(a), Ok(b)) if close(a, b))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(kind, a, b))
        }
        _ => a == b,
    }
}

fn close(a: f64, b: f64) -> bool {
    // Infinities and NaN must be the same text.
    let apart = (a - b).abs();
    a.is_finite() && b.is_finite() && apart <= NOTHING.max(CLOSE * a.abs().max(b.abs()))
}

/// The kind of a type in Spark's words.
fn family(kind: &str) -> String {
    match kind {
        "tinyint" | "smallint" | "int" | "bigint" => "integer".into(),
        "float" | "double" => "double".into(),
        "timestamp_ntz" => "timestamp".into(),
        _ => kind.split(['(', '<']).next().unwrap_or(kind).to_owned(),
    }
}

#[test]
fn doubles_that_are_far_apart_or_rows_that_are_missing_are_a_difference() {
    let row = |text: &str| vec![Value::from(text)];
    let double = ["double".to_owned()];
    let compare = |a: &[Vec<Value>], b: &[Vec<Value>]| difference(&double, a, &double, b, false);
    assert_eq!(compare(&[row("1.0")], &[row("1.0000000000000002")]), None);
    assert!(compare(&[row("1.0")], &[row("1.00000000001")]).is_some());
    assert!(compare(&[row("NaN")], &[row("inf")]).is_some());
    assert!(compare(&[row("1.0"), row("1.0")], &[row("1.0")]).is_some());
    assert!(compare(&[], &[row("1.0")]).is_some());
    assert!(compare(&[row("1.0")], &[vec![Value::Null]]).is_some());
    let text = ["string".to_owned()];
    assert!(difference(&double, &[], &text, &[], false).is_some());
    let two = [row("a"), row("b")];
    let turned = [row("b"), row("a")];
    assert_eq!(difference(&text, &two, &text, &turned, false), None);
    assert!(difference(&text, &two, &text, &turned, true).is_some());
}
