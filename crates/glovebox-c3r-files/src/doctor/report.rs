//! The report, as text and as JSON.

use serde_json::{Value, json};

use super::census::{Census, share};
use super::findings::{Finding, Target, Weight};

/// How many of the most frequent values are drawn.
const DRAWN: usize = 8;

/// How wide the longest bar is.
const WIDTH: f64 = 32.0;

/// The report for a person.
pub(super) fn text(findings: &[Finding], targets: &[Target], census: &Census) -> String {
    let mut out = format!("{} rows\n", census.rows);
    for finding in findings {
        let weight = match finding.weight {
            Weight::Warning => "warning",
            Weight::Note => "note",
        };
        out.push_str(&format!("\n{weight}[{}]: {}\n", finding.kind, finding.text));
        if finding.kind == "low-entropy" {
            for target in targets.iter().filter(|it| finding.columns.contains(&it.name)) {
                out.push_str(&histogram(target, census));
            }
        }
        out.push_str(&format!("  help: {}\n", finding.help));
    }
    if findings.is_empty() {
        out.push_str("\nnothing to warn of\n");
    }
    out.push_str(ALWAYS);
    out
}

/// What no schema can change.
const ALWAYS: &str = "\nAlways visible: names, number and order of columns, the number of rows, and
which rows join. Who holds the shared secret can open every sealed cell, and
try guesses against every fingerprint.
";

fn histogram(target: &Target, census: &Census) -> String {
    let Some(column) = census.columns.get(target.source) else { return String::new() };
    let counts = &column.counts;
    let ranks = counts.ranks(DRAWN);
    let top = ranks.first().map_or(1, |it| it.0);
    let mut out = String::new();
    let mut drawn = 0;
    for (index, (count, shown)) in ranks.iter().enumerate() {
        let bar = bar(share(*count, top));
        let percent = share(*count, counts.total) * 100.0;
        let shown = shown
            .map(|it| format!("  {}", it.chars().flat_map(char::escape_debug).collect::<String>()))
            .unwrap_or_default();
        out.push_str(&format!("  {:>4} {bar:<32} {count} ({percent:.1} %){shown}\n", index + 1));
        drawn += count;
    }
    let more = counts.distinct().saturating_sub(ranks.len());
    if more > 0 {
        let rest = counts.total.saturating_sub(drawn);
        let percent = share(rest, counts.total) * 100.0;
        out.push_str(&format!("   and {more} more values in {rest} rows ({percent:.1} %)\n"));
    }
    out
}

fn bar(part: f64) -> String {
    let mut bar = String::new();
    let mut drawn = 0.5;
    while drawn <= part * WIDTH {
        bar.push('#');
        drawn += 1.0;
    }
    if bar.is_empty() { "|".to_owned() } else { bar }
}

/// The report for a program.
pub(super) fn json(findings: &[Finding], targets: &[Target], census: &Census) -> Value {
    let finding = |it: &Finding| {
        json!({
            "weight": match it.weight { Weight::Warning => "warning", Weight::Note => "note" },
            "kind": it.kind,
            "columns": it.columns,
            "text": it.text,
            "help": it.help,
        })
    };
    let column = |target: &Target| {
        let column = census.columns.get(target.source)?;
        let ranks: Vec<Value> = column
            .counts
            .ranks(DRAWN)
            .into_iter()
            .map(|(count, shown)| match shown {
                Some(shown) => json!({"count": count, "value": shown}),
                None => json!({"count": count}),
            })
            .collect();
        Some(json!({
            "column": target.name,
            "nulls": column.nulls,
            "distinct": column.counts.distinct(),
            "distinctIsLowerBound": column.counts.overflowed,
            "entropyBits": (column.counts.entropy_bits() * 1000.0).round() / 1000.0,
            "lengths": column.lengths.len(),
            "mostFrequent": ranks,
        }))
    };
    json!({
        "rows": census.rows,
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
        "columns": targets.iter().filter_map(column).collect::<Vec<_>>(),
    })
}
