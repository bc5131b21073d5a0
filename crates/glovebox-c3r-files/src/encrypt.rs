//! `encrypt`: a file becomes one that can leave the house.

mod csv;
mod parquet;
mod parts;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use glovebox_c3r::{
    ColumnKind, Encryptor, Keys, Longest, Measure, Plan, Schema, Settings, Value, ValueType,
};

use crate::duplicates::Duplicates;
use crate::input::{self, Input, Reading};
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::publish::{self, Pending};
use crate::shuffle::Shuffle;
use crate::spill::{Budget, Records, Usage};
use crate::{EncryptArgs, Failed, Format, Surroundings, codec, names, secret, settings};

/// The largest schema file.
const LONGEST_SCHEMA: u64 = 8 << 20;

/// Rows between two looks at the clock and at requests to end.
const NOW_AND_THEN: u64 = 4096;

/// Stands where a row has no value, which does not happen.
const NOTHING: Value<'_> = Value::Null(ValueType::STRING);

/// What is to be done, all questions answered.
pub(crate) struct Job<'a> {
    pub(crate) input: &'a Path,
    pub(crate) schema: &'a Schema,
    pub(crate) settings: Settings,
    pub(crate) keys: &'a Keys,
    pub(crate) reading: Reading<'a>,
    /// The option `--csvOutputNULLValue`.
    pub(crate) output_null: Option<&'a str>,
    /// Where what does not fit into memory goes.
    pub(crate) folder: &'a Path,
    pub(crate) budget: Budget,
    pub(crate) watched: bool,
    pub(crate) interrupt: Interrupt,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) rows: u64,
    pub(crate) usage: Usage,
}

/// Encrypts a file.
pub(crate) fn run(arguments: &EncryptArgs, world: &mut Surroundings<'_>) -> Result<(), Failed> {
    let input = arguments.input.as_path();
    let format = names::format(arguments.kind.format, input)?;
    names::check_input(input)?;
    if format == Format::Parquet && arguments.nulls.output_null.is_some() {
        return Err(Failed::new("--csvOutputNULLValue is for CSV files"));
    }
    let schema = read_schema(&arguments.schema)?;
    let target = names::output(arguments.target.output.as_deref(), input);
    publish::check(&target, input, arguments.target.overwrite)?;
    publish::check(&target, &arguments.schema, arguments.target.overwrite)?;
    let secret = secret::find(&arguments.secret, world)?;
    let keys = Keys::new(&secret, &arguments.id);
    let settings = settings::of(&arguments.origin, &arguments.id, world)?;
    let folder = temporary(arguments.temp_dir.as_deref(), world);
    let job = Job {
        input,
        schema: &schema,
        settings,
        keys: &keys,
        reading: Reading {
            format,
            null: arguments.nulls.input_null.as_deref(),
            binary_as_string: arguments.binary_as_string,
            has_headers: schema.positions().is_none(),
        },
        output_null: arguments.nulls.output_null.as_deref(),
        folder: &folder,
        budget: Budget::USUAL,
        watched: world.watched,
        interrupt: Interrupt::default(),
    };
    let done = publish::filled((&target, input), &arguments.target, &job.interrupt, |pending| {
        work(&job, pending)
    })?;
    summary(arguments, &target, &schema, done, world);
    Ok(())
}

/// Looks at all rows and, if there is an output, writes them.
pub(crate) fn work(job: &Job<'_>, pending: Option<&Pending>) -> Result<Done, Failed> {
    let input = input::open(job.input, &job.reading)?;
    let plan = plan(job.schema, &input, job.settings)?;
    let table = match &input {
        Input::Csv(_) => None,
        Input::Parquet(it) => Some(it.table()),
    };
    let gathered = gather(job, &plan, input, pending.is_some())?;
    let Some(pending) = pending else {
        return Ok(Done { rows: gathered.rows, usage: gathered.shuffle.usage() });
    };
    let encryptor = Encryptor::new(&plan, job.keys, &gathered.longest);
    let progress = Progress::begin(job.watched, "encrypting", gathered.rows);
    let usage = match table {
        None => csv::write(job, &plan, &encryptor, gathered.shuffle, (pending, &progress))?,
        Some(table) => {
            let output = (pending, &progress);
            parquet::write(job, &plan, (&encryptor, &table), gathered.shuffle, output)?
        }
    };
    progress.end();
    Ok(Done { rows: gathered.rows, usage })
}

/// What the first pass found.
struct Gathered {
    shuffle: Shuffle,
    longest: Longest,
    rows: u64,
}

/// Rows that go from one thread to the other at once, in bytes.
const BATCH: usize = 64 << 10;

/// The first pass: checks every row, measures, and draws a nonce for each.
///
/// Rows are read and checked here, and go into their buckets on another thread.
fn gather(job: &Job<'_>, plan: &Plan, input: Input, keep: bool) -> Result<Gathered, Failed> {
    let mut source = input.rows(plan.used())?;
    let mut measure = Measure::new(plan);
    let mut duplicates = Duplicates::of(plan, job.folder, job.budget)?;
    let shuffle = Shuffle::new(job.folder, job.budget);
    let progress = Progress::begin(job.watched, "reading", source.whole());
    let mut rows = 0;
    let shuffle = thread::scope(|scope| {
        let (batches, from) = sync_channel::<Vec<u8>>(4);
        let shuffling = scope.spawn(|| fill(shuffle, from));
        let mut batch = Vec::with_capacity(BATCH + BATCH / 16);
        loop {
            let more = source.next(&mut |seen| {
                let value = |slot: usize| seen.values.get(slot).copied().unwrap_or(NOTHING);
                let measured = measure.row(value);
                measured.map_err(|it| Failed::new(format!("row {}: {it}", seen.row)))?;
                if let Some(duplicates) = &mut duplicates {
                    duplicates.see(seen.row, seen.values)?;
                }
                if keep { codec::frame(seen.raw, &mut batch) } else { Ok(()) }
            })?;
            let is_full = batch.len() >= BATCH || !more;
            if is_full {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH + BATCH / 16));
                if batches.send(full).is_err() {
                    break; // the other thread failed, and says why
                }
            }
            if !more {
                break;
            }
            rows += 1;
            if rows % NOW_AND_THEN == 0 {
                job.interrupt.check()?;
                progress.at(source.done(), rows);
            }
        }
        drop(batches);
        let filled = shuffling.join();
        filled.unwrap_or_else(|_| Err(Failed::new("a thread ended unexpectedly")))
    })?;
    if let Some(duplicates) = duplicates {
        duplicates.finish()?;
    }
    progress.end();
    let longest = measure.finish().map_err(|it| Failed::new(it.to_string()))?;
    Ok(Gathered { shuffle, longest, rows })
}

/// Puts rows into their buckets as they come.
fn fill(mut shuffle: Shuffle, batches: Receiver<Vec<u8>>) -> Result<Shuffle, Failed> {
    for batch in batches {
        for row in Records::of(&batch) {
            shuffle.add(row)?;
        }
    }
    Ok(shuffle)
}

/// Reads a schema file.
pub(crate) fn read_schema(path: &Path) -> Result<Schema, Failed> {
    use std::io::Read;
    let failed = |it: &std::io::Error| Failed::io("cannot read the schema", path, it);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|it| failed(&it))?;
    file.take(LONGEST_SCHEMA).read_to_end(&mut bytes).map_err(|it| failed(&it))?;
    Schema::parse(&bytes)
        .map_err(|it| Failed::new(format!("the schema `{}` cannot be used: {it}", path.display())))
}

/// The schema put upon the input.
pub(crate) fn plan(schema: &Schema, input: &Input, settings: Settings) -> Result<Plan, Failed> {
    Plan::new(schema, input.columns(), settings).map_err(|it| Failed::new(it.to_string()))
}

/// The folder for what does not fit into memory.
fn temporary(said: Option<&Path>, world: &Surroundings<'_>) -> PathBuf {
    let named = || (world.variable)("TMPDIR").map(PathBuf::from);
    said.map(Path::to_owned).or_else(named).unwrap_or_else(|| PathBuf::from("/tmp"))
}

fn summary(
    arguments: &EncryptArgs,
    target: &Path,
    schema: &Schema,
    done: Done,
    world: &mut Surroundings<'_>,
) {
    let count =
        |is: fn(&ColumnKind) -> bool| schema.columns().iter().filter(|it| is(&it.kind)).count();
    let output = (!arguments.target.dry_run).then(|| target.display().to_string());
    if arguments.speech.json {
        let json = serde_json::json!({
            "command": "encrypt",
            "input": arguments.input.display().to_string(),
            "output": output,
            "rows": done.rows,
            "columns": {
                "sealed": count(|it| matches!(it, ColumnKind::Sealed(_))),
                "fingerprint": count(|it| matches!(it, ColumnKind::Fingerprint)),
                "cleartext": count(|it| matches!(it, ColumnKind::Cleartext)),
            },
            "spilledBytes": done.usage.spilled,
        });
        world.say(&format!("{json}\n"));
    } else if world.watched {
        let what = match output {
            Some(output) => format!("encrypted {} rows to `{output}`", done.rows),
            None => format!("{} rows could be encrypted; nothing was written", done.rows),
        };
        world.note(&what);
    }
}
