//! CSV in, CSV out: the order of rows is kept.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use glovebox_c3r::csv::{InputNull, Reader, Record, Writer};
use glovebox_c3r::{Keys, Opened, Opener, Value};

use super::{Done, Job, cell_failed};
use crate::Failed;
use crate::input::{Counted, csv_failed, file};
use crate::ordered::{Emit, Jobs, ordered, workers};
use crate::progress::Progress;
use crate::publish::Pending;

/// Bytes of rows that a worker takes at once.
const BATCH: usize = 256 << 10;

/// Stands in [`Batch::ends`] where a field is NULL.
const NULL: usize = usize::MAX;

/// Rows for one worker: fields one after the other, and where each ends.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    first_row: u64,
}

/// A batch's rows in clear.
struct Lines {
    text: Vec<u8>,
    rows: u64,
    /// By column, whether there was a fingerprint.
    fingerprints: Vec<bool>,
}

/// Decrypts a CSV file.
pub(super) fn decrypt(job: &Job<'_>, pending: Option<&Pending>) -> Result<Done, Failed> {
    let opened = file(job.input)?;
    let whole = opened.metadata().map_or(0, |it| it.len());
    let done = Arc::new(AtomicU64::new(0));
    let counted = Counted::new(opened, Arc::clone(&done));
    let mut reader = Reader::new(counted, InputNull::of_option(job.nulls.0));
    let names = reader.header().map_err(|it| csv_failed(job.input, &it))?;
    let writer = Writer::new(job.nulls.1, names.len());
    let mut text = Vec::new();
    writer.header(names.iter().map(String::as_str), &mut text);
    let mut file = pending.map(Pending::writing);
    let mut write = |text: &[u8]| match (&mut file, pending) {
        (Some(file), Some(pending)) => file.write_all(text).map_err(|it| pending.failed(&it)),
        _ => Ok(()),
    };
    write(&text)?;
    let progress = Progress::begin(job.watched, "decrypting", whole);
    let mut rows = 0;
    let mut fingerprints = vec![false; names.len()];
    let workers = (0..workers())
        .map(|_| worker(job.keys, job.fail_on_fingerprints, &names, &writer))
        .collect();
    ordered(
        workers,
        |jobs| read(job, &mut reader, jobs),
        |lines: Lines| {
            job.interrupt.check()?;
            write(&lines.text)?;
            rows += lines.rows;
            for (all, these) in fingerprints.iter_mut().zip(&lines.fingerprints) {
                *all |= these;
            }
            progress.at(done.load(Ordering::Relaxed), rows);
            Ok(())
        },
    )?;
    progress.end();
    let found = names.iter().zip(&fingerprints).filter(|(_, is)| **is);
    Ok(Done { rows, fingerprints: found.map(|(name, _)| name.clone()).collect() })
}

/// Reads rows and gives them away in batches.
fn read(job: &Job<'_>, reader: &mut Reader<Counted>, jobs: &mut Jobs<Batch>) -> Result<(), Failed> {
    let mut batch = Batch::default();
    while let Some(record) = reader.read().map_err(|it| csv_failed(job.input, &it))? {
        if batch.ends.is_empty() {
            batch.first_row = record.row();
        }
        batch.add(&record);
        if batch.bytes.len() >= BATCH || batch.ends.len() >= BATCH {
            let capacity = batch.bytes.len() + batch.bytes.len() / 16;
            let next = Batch { bytes: Vec::with_capacity(capacity), ..Batch::default() };
            jobs.give(std::mem::replace(&mut batch, next))?;
        }
    }
    if !batch.ends.is_empty() {
        jobs.give(batch)?;
    }
    Ok(())
}

impl Batch {
    fn add(&mut self, record: &Record<'_>) {
        for column in 0..record.len() {
            match record.get(column) {
                Some(field) => {
                    self.bytes.extend_from_slice(field);
                    self.ends.push(self.bytes.len());
                }
                None => self.ends.push(NULL),
            }
        }
    }
}

fn worker(
    keys: &Keys,
    fail_on_fingerprints: bool,
    names: &[String],
    writer: &Writer,
) -> impl FnMut(Batch, &mut Emit<'_, Lines>) -> Result<(), Failed> + Send {
    let mut opener = Opener::new(keys, fail_on_fingerprints);
    let mut scratch = Vec::new();
    move |batch, emit| {
        let mut lines = Lines {
            text: Vec::with_capacity(batch.bytes.len() / 2),
            rows: 0,
            fingerprints: vec![false; names.len()],
        };
        let mut start = 0;
        for row in batch.ends.chunks(names.len().max(1)) {
            let number = batch.first_row + lines.rows;
            for (column, end) in row.iter().enumerate() {
                writer.separate(column, &mut lines.text);
                if *end == NULL {
                    writer.field(column, None, &mut lines.text);
                    continue;
                }
                let cell = batch.bytes.get(start..*end).unwrap_or_default();
                start = *end;
                let name = || names.get(column).map(String::as_str).unwrap_or_default();
                let opened = opener.open(cell).map_err(|it| cell_failed(name(), number, &it))?;
                let field = match opened {
                    Opened::Cleartext(text) | Opened::Value(Value::String(text)) => Some(text),
                    Opened::Fingerprint(text) => {
                        if let Some(seen) = lines.fingerprints.get_mut(column) {
                            *seen = true;
                        }
                        Some(text)
                    }
                    Opened::Value(value) => {
                        scratch.clear();
                        let is_some = value.write_text(&mut scratch);
                        let is_some = is_some.map_err(|it| cell_failed(name(), number, &it))?;
                        is_some.then_some(scratch.as_slice())
                    }
                };
                writer.field(column, field, &mut lines.text);
            }
            writer.end_row(&mut lines.text);
            lines.rows += 1;
        }
        emit(lines)
    }
}
