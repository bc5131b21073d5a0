//! What would still be visible, from what was counted.

use glovebox_c3r::{ColumnKind, Pad, Settings};

use super::census::{Census, Column, Pair, share};

/// Fewer different values than this can be tried and matched by how frequent they are.
const FEW: usize = 1_000;

/// A value in this share of rows stands out.
const FREQUENT: f64 = 0.01;

/// Known in this share of rows counts as known.
const TELLS: f64 = 0.95;

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Would make `encrypt` fail, or opens what should be closed.
    Warning,
    /// Good to know.
    Note,
}

/// One thing to know before the file leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) weight: Weight,
    pub(super) kind: &'static str,
    pub(super) columns: Vec<String>,
    pub(super) text: String,
    pub(super) help: &'static str,
}

/// A column of the output.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) name: String,
    /// The place of its source among the columns that are read.
    pub(super) source: usize,
    pub(super) kind: ColumnKind,
}

/// The pairs worth looking at: a cleartext column beside one that is encrypted.
pub(super) fn pairs(targets: &[Target]) -> Vec<(usize, usize)> {
    let is_clear = |it: &&Target| it.kind == ColumnKind::Cleartext;
    let mut pairs = Vec::new();
    for clear in targets.iter().filter(is_clear) {
        for closed in targets.iter().filter(|it| !is_clear(it)) {
            let pair = (clear.source, closed.source);
            if clear.source != closed.source && !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    pairs
}

/// All findings, warnings first.
pub(super) fn findings(
    targets: &[Target],
    census: &Census,
    settings: Option<&Settings>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for target in targets {
        let Some(column) = census.columns.get(target.source) else { continue };
        match target.kind {
            ColumnKind::Fingerprint => fingerprint(target, column, settings, &mut found),
            ColumnKind::Sealed(pad) => sealed(target, column, pad, &mut found),
            ColumnKind::Cleartext => cleartext(target, column, census.rows, settings, &mut found),
        }
        if target.kind != ColumnKind::Cleartext {
            nulls(target, column, census.rows, settings, &mut found);
        }
    }
    same_source(targets, &mut found);
    cross_names(targets, settings, &mut found);
    for pair in &census.pairs {
        correlated(targets, census, pair, &mut found);
    }
    found.sort_by_key(|it| it.weight);
    found
}

fn finding(
    weight: Weight,
    kind: &'static str,
    columns: &[&Target],
    text: String,
    help: &'static str,
) -> Finding {
    let columns = columns.iter().map(|it| it.name.clone()).collect();
    Finding { weight, kind, columns, text, help }
}

fn fingerprint(
    target: &Target,
    column: &Column,
    settings: Option<&Settings>,
    found: &mut Vec<Finding>,
) {
    let counts = &column.counts;
    let name = &target.name;
    let repeats = counts.top() >= 2;
    if repeats && settings.is_some_and(|it| !it.allow_duplicates) {
        found.push(finding(
            Weight::Warning,
            "duplicates",
            &[target],
            format!("`{name}` holds values more than once, and allowDuplicates is false"),
            "`encrypt` will refuse the file: remove the repeated rows",
        ));
        return;
    }
    let distinct = counts.distinct();
    let is_few = !counts.overflowed && distinct < FEW && counts.total >= 2 * distinct as u64;
    let is_frequent = share(counts.top(), counts.total) >= FREQUENT && counts.top() >= 5;
    if repeats && (is_few || is_frequent) {
        found.push(finding(
            Weight::Warning,
            "low-entropy",
            &[target],
            format!(
                "`{name}` has {}{distinct} different values of {:.1} bits in {} rows: equal values \
                 look equal, so that who knows how frequent they are in the world knows which is \
                 which",
                if counts.overflowed { "more than " } else { "" },
                counts.entropy_bits(),
                counts.total,
            ),
            "fingerprint only what identifies persons, such as addresses of mail; seal the rest, \
             or join it to something with more values",
        ));
    }
}

fn sealed(target: &Target, column: &Column, pad: Pad, found: &mut Vec<Finding>) {
    let name = &target.name;
    match pad {
        Pad::Max(extra) => found.push(finding(
            Weight::Note,
            "max-padding",
            &[target],
            format!(
                "`{name}` is padded to its longest value and {extra} more: the length of the \
                 longest value can be seen, and when the table is uploaded again it can be seen \
                 how that changed"
            ),
            "for tables that are uploaded again and again, pad to a fixed length",
        )),
        Pad::None if column.lengths.len() > 1 => {
            let rare = column.lengths.values().filter(|it| **it == 1).count();
            let unique = if rare > 0 {
                format!("; {rare} values can be told from all others by it")
            } else {
                String::new()
            };
            found.push(finding(
                Weight::Warning,
                "pad-none",
                &[target],
                format!(
                    "`{name}` is not padded: the length of every value can be seen ({} different \
                     lengths{unique})",
                    column.lengths.len(),
                ),
                "pad to a fixed length, or to the longest value (max)",
            ));
        }
        Pad::None | Pad::Fixed(_) => {}
    }
}

fn cleartext(
    target: &Target,
    column: &Column,
    rows: u64,
    settings: Option<&Settings>,
    found: &mut Vec<Finding>,
) {
    let name = &target.name;
    if settings.is_some_and(|it| !it.allow_cleartext) {
        found.push(finding(
            Weight::Warning,
            "cleartext",
            &[target],
            format!("`{name}` is cleartext, and allowCleartext is false"),
            "`encrypt` will refuse the schema: seal the column, or leave it out",
        ));
    }
    let distinct = column.counts.distinct() as u64;
    if rows >= 20 && (column.counts.overflowed || share(distinct, rows) > 0.9) {
        found.push(finding(
            Weight::Warning,
            "identifying-cleartext",
            &[target],
            format!(
                "`{name}` is cleartext and different in nearly every row: who has the same values \
                 elsewhere knows whose row each is, whatever is encrypted beside it"
            ),
            "leave the column out, or fingerprint it if it is for joining",
        ));
    }
}

fn nulls(
    target: &Target,
    column: &Column,
    rows: u64,
    settings: Option<&Settings>,
    found: &mut Vec<Finding>,
) {
    let (name, nulls) = (&target.name, column.nulls);
    let is_fingerprint = target.kind == ColumnKind::Fingerprint;
    if nulls == 0 {
        return;
    }
    match settings {
        Some(it) if !it.preserve_nulls => {
            if is_fingerprint && !it.allow_duplicates && nulls > 1 {
                found.push(finding(
                    Weight::Warning,
                    "duplicates",
                    &[target],
                    format!("`{name}` holds NULL {nulls} times, and allowDuplicates is false"),
                    "`encrypt` will refuse the file: remove the rows, or give them a value",
                ));
            } else if is_fingerprint {
                found.push(finding(
                    Weight::Note,
                    "random-nulls",
                    &[target],
                    format!(
                        "`{name}` holds NULL {nulls} times: each becomes a random fingerprint of \
                         its own, which COUNT(DISTINCT) takes for one more value"
                    ),
                    "remove the rows if they shall not count",
                ));
            }
        }
        Some(_) => found.push(finding(
            Weight::Warning,
            "null-pattern",
            &[target],
            format!("`{name}` holds NULL in {nulls} of {rows} rows: it can be seen in which"),
            "give those rows a value, or use a collaboration with preserveNulls false",
        )),
        None => found.push(finding(
            Weight::Note,
            "null-pattern",
            &[target],
            format!(
                "`{name}` holds NULL in {nulls} of {rows} rows: if preserveNulls is true, it can \
                 be seen in which"
            ),
            "give the settings with --settings or --id to know",
        )),
    }
}

/// The same column once open and once closed.
fn same_source(targets: &[Target], found: &mut Vec<Finding>) {
    for clear in targets.iter().filter(|it| it.kind == ColumnKind::Cleartext) {
        let closed = targets
            .iter()
            .filter(|it| it.kind != ColumnKind::Cleartext && it.source == clear.source);
        for closed in closed {
            found.push(finding(
                Weight::Warning,
                "open-beside-closed",
                &[clear, closed],
                format!("`{}` holds in clear what `{}` encrypts", clear.name, closed.name),
                "leave the cleartext column out",
            ));
        }
    }
}

fn cross_names(targets: &[Target], settings: Option<&Settings>, found: &mut Vec<Finding>) {
    let columns: Vec<_> = targets.iter().filter(|it| it.kind == ColumnKind::Fingerprint).collect();
    let may_join = settings.map(|it| it.allow_joins_on_columns_with_different_names);
    if columns.len() < 2 || may_join == Some(false) {
        return;
    }
    let (weight, when) = match may_join {
        Some(true) => (Weight::Warning, ""),
        _ => (Weight::Note, "if allowJoinsOnColumnsWithDifferentNames is true, "),
    };
    let text = format!(
        "{when}equal values have equal fingerprints in all {} fingerprint columns, and in those of \
         other tables: a value that is known in one column is known in all",
        columns.len()
    );
    let help = "use a collaboration that joins columns of one name alone, or fewer fingerprints";
    found.push(finding(weight, "cross-name-joins", &columns, text, help));
}

fn correlated(targets: &[Target], census: &Census, pair: &Pair, found: &mut Vec<Finding>) {
    let of = |source: usize, is_clear: bool| {
        targets
            .iter()
            .find(|it| it.source == source && (it.kind == ColumnKind::Cleartext) == is_clear)
    };
    let (Some(clear), Some(closed)) = (of(pair.columns.0, true), of(pair.columns.1, false)) else {
        return;
    };
    let repeats = |source: usize| {
        let Some(column) = census.columns.get(source) else { return false };
        let distinct = column.counts.distinct() as u64;
        !column.counts.overflowed && column.counts.total >= 2 * distinct
    };
    if pair.overflowed {
        return;
    }
    let says = |(known, guessed): (f64, f64)| known >= TELLS && known - guessed >= 0.05;
    let percent = |(known, _): (f64, f64)| known * 100.0;
    let tells = pair.first_tells_second();
    if repeats(pair.columns.0) && says(tells) {
        found.push(finding(
            Weight::Warning,
            "cleartext-tells",
            &[clear, closed],
            format!(
                "`{}` is cleartext and tells `{}` in {:.1} % of rows",
                clear.name,
                closed.name,
                percent(tells)
            ),
            "leave the cleartext column out, or make it coarser",
        ));
    }
    let told = pair.second_tells_first();
    let is_fingerprint = closed.kind == ColumnKind::Fingerprint;
    if is_fingerprint && repeats(pair.columns.1) && says(told) {
        found.push(finding(
            Weight::Warning,
            "cleartext-told",
            &[clear, closed],
            format!(
                "`{}` is cleartext and nearly the same ({:.1} % of rows) wherever the fingerprint \
                 `{}` is: it narrows down which value that is",
                clear.name,
                percent(told),
                closed.name
            ),
            "leave the cleartext column out, or make it coarser",
        ));
    }
}
