//! One construct in one row.

use super::{Documented, Line};

/// The verdict of all queries of a construct.
pub(super) fn row(names: &str, documented: Option<&Documented>, cases: &[&Line]) -> String {
    let any = |wanted: &str| cases.iter().any(|it| it.status == wanted);
    let runs = cases.iter().any(|it| it.runs());
    let engine = match (runs, any("refused"), any("differs")) {
        (true, true, _) => "partly",
        (true, false, true) => "yes, but",
        (true, false, false) => "yes",
        (false, _, _) => "no",
    };
    let mut notes: Vec<String> = documented.and_then(|it| it.because.clone()).into_iter().collect();
    let explained = !notes.is_empty();
    for line in cases.iter().filter(|it| it.status == "refused" && !explained) {
        let whole = if runs { format!("{}: {}", line.case, line.why) } else { line.why.clone() };
        notes.push(whole);
    }
    if !runs && notes.is_empty() {
        notes.push("nor has Spark 3.5".to_owned());
    }
    let open = rule(cases, |it| it.open.as_ref(), &mut notes);
    let controlled = rule(cases, |it| it.controlled.as_ref(), &mut notes);
    notes.dedup();
    let names: Vec<String> = names.split(", ").map(|it| format!("`{it}`")).collect();
    let aws = documented.map_or_else(String::new, |it| format!(" {} |", it.restricted));
    let names = cell(&names.join(", "));
    format!("| {names} | {engine} | {open} | {controlled} |{aws} {} |\n", cell(&notes.join("; ")))
}

/// What a rule says: it admits a construct when it admits one query with it.
fn rule<'a>(
    cases: &[&'a Line],
    verdict: impl Fn(&'a Line) -> Option<&'a String>,
    notes: &mut Vec<String>,
) -> &'static str {
    let judged: Vec<Option<&String>> =
        cases.iter().filter(|it| it.runs()).map(|it| verdict(it)).collect();
    if judged.is_empty() {
        return "";
    }
    if judged.iter().any(Option::is_none) {
        return "yes";
    }
    let mut reasons: Vec<String> = judged.into_iter().flatten().cloned().collect();
    reasons.sort();
    reasons.dedup();
    notes.extend(reasons);
    "no"
}

/// Text in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
