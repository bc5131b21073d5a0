//! Reads the schema of a table for its owner.

use std::collections::BTreeMap;

use glovebox_model::{Column, ColumnName, ColumnType};
use serde_json::Value;

use super::csv::{Dialect, Fault, MAX_COLUMNS, Records};
use super::described::Described;
use super::files::each_footer;
use super::infer::Guess;
use super::layout::Found;
use super::lookup::Lookup;
use super::ranges::Ranges;
use super::source::{TableLocation, find};
use super::stop::Stop;
use super::{Format, Unavailable, ndjson};

/// CSV and NDJSON types are guessed from so many rows, over the files in the order of their
/// paths. A later value that is not of the guessed type is NULL.
const GUESSED_ROWS: usize = 100_000;

/// Reads the table's schema: the footers of all Parquet files, the headers of all CSV files
/// and the first rows of text files. Blocks, as [`super::pin`] does.
pub fn describe(location: &TableLocation, stop: &Stop) -> Result<Described, Unavailable> {
    find(location, &[], stop)?.describe(stop)
}

/// The schema of a table of files.
pub(super) fn files(found: &Found, stop: &Stop) -> Result<Described, Unavailable> {
    if let Some(declared) = &found.declared {
        return super::declared::described(found, declared, stop);
    }
    let columns = match found.format {
        // Only catalogs know such tables.
        Format::Avro => return Err(Unavailable::BadLocation),
        Format::Csv => csv(found, stop)?,
        Format::Ndjson => ndjson(found, stop)?,
        Format::Parquet => parquet(found, stop)?,
    };
    let mut partition_keys = Vec::new();
    for (index, key) in found.partition_keys.iter().enumerate() {
        if columns.iter().any(|it| it.name == *key) {
            let path = found.files.first().map(|it| it.path.clone()).unwrap_or_default();
            return Err(Unavailable::Clash { path, column: key.clone() });
        }
        let values = found.files.iter().filter_map(|it| it.partition.get(index)?.as_deref());
        let mut guess = Guess::new();
        values.for_each(|it| guess.meet(it, false));
        let bigint = guess.kind() == ColumnType::Bigint;
        let kind = if bigint { ColumnType::Bigint } else { ColumnType::String };
        partition_keys.push(Column { name: key.clone(), kind });
    }
    Ok(Described { columns, partition_keys, format: Some(found.format) })
}

fn parquet(found: &Found, stop: &Stop) -> Result<Vec<Column>, Unavailable> {
    // Of ten thousand footers none is kept.
    let how = (&Lookup::Name, None, stop);
    let Some((first, others)) = found.files.split_first() else { return Ok(Vec::new()) };
    let columns = each_footer(std::slice::from_ref(first), how, |footer, _| footer.columns)?;
    let columns = columns.into_iter().next().unwrap_or_default();
    let are_same = each_footer(others, how, |footer, _| same_columns(&columns, &footer.columns))?;
    match others.iter().zip(are_same).find(|it| !it.1) {
        Some((file, _)) => {
            Err(Unavailable::Mixed { path: file.path.clone(), reason: "other columns or types" })
        }
        None => Ok(columns),
    }
}

fn same_columns(a: &[Column], b: &[Column]) -> bool {
    a.len() == b.len() && a.iter().all(|it| b.contains(it))
}

fn csv(found: &Found, stop: &Stop) -> Result<Vec<Column>, Unavailable> {
    let mut guesses: Vec<(ColumnName, Guess)> = Vec::new();
    let mut rows = 0;
    for (index, file) in found.files.iter().enumerate() {
        let mut records =
            Records::new(Ranges::open(file, None, stop)?.reader(0), &Dialect::default());
        let names = header(&mut records, &file.path)?;
        if index == 0 {
            guesses = names.iter().map(|it| (it.clone(), Guess::new())).collect();
        }
        let same = names.len() == guesses.len();
        let places: Option<Vec<usize>> =
            guesses.iter().map(|(name, _)| names.iter().position(|it| it == name)).collect();
        let (true, Some(places)) = (same, places) else {
            let path = file.path.clone();
            return Err(Unavailable::Mixed { path, reason: "other columns" });
        };
        let skip_empty = names.len() > 1;
        while rows < GUESSED_ROWS && advance(&mut records, skip_empty, &file.path)? {
            rows += 1;
            if records.len() != names.len() {
                return Err(Unavailable::Corrupt { path: file.path.clone(), row_group: None });
            }
            for ((_, guess), place) in guesses.iter_mut().zip(&places) {
                if let Some(bytes) = records.field(*place).filter(|it| !it.is_empty()) {
                    guess.meet(&String::from_utf8_lossy(bytes), false);
                }
            }
        }
    }
    Ok(guesses.into_iter().map(|(name, guess)| Column { name, kind: guess.kind() }).collect())
}

/// The column names of a CSV file.
pub(super) fn header<R: std::io::BufRead>(
    records: &mut Records<R>,
    path: &str,
) -> Result<Vec<ColumnName>, Unavailable> {
    if !advance(records, false, path)? {
        return Err(Unavailable::Corrupt { path: path.to_owned(), row_group: None });
    }
    let mut names = Vec::new();
    for index in 0..records.len() {
        let text = String::from_utf8_lossy(records.field(index).unwrap_or_default()).into_owned();
        let name = ColumnName::new(text.trim())
            .map_err(|cause| Unavailable::BadName { name: text, cause })?;
        if names.contains(&name) {
            return Err(Unavailable::Clash { path: path.to_owned(), column: name });
        }
        names.push(name);
    }
    Ok(names)
}

fn advance<R: std::io::BufRead>(
    records: &mut Records<R>,
    skip_empty: bool,
    path: &str,
) -> Result<bool, Unavailable> {
    records.advance(skip_empty).map_err(|it| fault(path, it))
}

/// What a fault in a text file is to its owner.
pub(super) fn fault(path: &str, fault: Fault) -> Unavailable {
    match fault {
        Fault::Malformed => Unavailable::Corrupt { path: path.to_owned(), row_group: None },
        Fault::Disk(error) => Unavailable::io(path, &error),
    }
}

fn ndjson(found: &Found, stop: &Stop) -> Result<Vec<Column>, Unavailable> {
    let mut guesses: Vec<(ColumnName, Guess)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let (mut rows, mut line) = (0, Vec::new());
    for file in &found.files {
        let path = &file.path;
        let mut input = Ranges::open(file, None, stop)?.reader(0);
        while rows < GUESSED_ROWS {
            let object =
                ndjson::next_object(&mut input, &mut line).map_err(|it| fault(path, it))?;
            let Some(object) = object else { break };
            rows += 1;
            for (key, value) in object {
                let place = match places.get(&key) {
                    Some(place) => *place,
                    None => {
                        let name = ColumnName::new(&key)
                            .map_err(|cause| Unavailable::BadName { name: key.clone(), cause })?;
                        if guesses.iter().any(|it| it.0 == name) {
                            return Err(Unavailable::Clash { path: path.clone(), column: name });
                        }
                        if guesses.len() == MAX_COLUMNS {
                            let (path, limit) = (path.clone(), MAX_COLUMNS as u64);
                            return Err(Unavailable::Limit { path, what: "columns", limit });
                        }
                        guesses.push((name, Guess::new()));
                        places.insert(key.clone(), guesses.len() - 1);
                        guesses.len() - 1
                    }
                };
                if matches!(value, Value::Array(_) | Value::Object(_)) {
                    return Err(Unavailable::UnknownType { path: path.clone(), column: key });
                }
                if let (Some(it), Some((text, quoted))) =
                    (guesses.get_mut(place), ndjson::text(&value))
                {
                    it.1.meet(&text, quoted);
                }
            }
        }
    }
    if guesses.is_empty() {
        let path = found.files.first().map(|it| it.path.clone()).unwrap_or_default();
        return Err(Unavailable::Empty { path });
    }
    Ok(guesses.into_iter().map(|(name, guess)| Column { name, kind: guess.kind() }).collect())
}
