//! `decrypt`: what came out of a collaboration becomes readable.

mod csv;
mod parquet;

use std::path::Path;

use glovebox_c3r::Keys;

use crate::interrupt::Interrupt;
use crate::publish;
use crate::{DecryptArgs, Failed, Format, Surroundings, names, secret};

/// What is to be done, all questions answered.
pub(crate) struct Job<'a> {
    pub(crate) input: &'a Path,
    pub(crate) keys: &'a Keys,
    /// The options `--csvInputNULLValue` and `--csvOutputNULLValue`.
    pub(crate) nulls: (Option<&'a str>, Option<&'a str>),
    pub(crate) fail_on_fingerprints: bool,
    pub(crate) watched: bool,
    pub(crate) interrupt: Interrupt,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) rows: u64,
    /// The columns that hold fingerprints, which stay as they are.
    pub(crate) fingerprints: Vec<String>,
}

/// Decrypts a file.
pub(crate) fn run(arguments: &DecryptArgs, world: &mut Surroundings<'_>) -> Result<(), Failed> {
    let input = arguments.input.as_path();
    let format = names::format(arguments.kind.format, input)?;
    names::check_input(input)?;
    let nulls = (arguments.nulls.input_null.as_deref(), arguments.nulls.output_null.as_deref());
    if format == Format::Parquet && nulls != (None, None) {
        return Err(Failed::new("--csvInputNULLValue and --csvOutputNULLValue are for CSV files"));
    }
    let target = names::output(arguments.target.output.as_deref(), input);
    publish::check(&target, input, arguments.target.overwrite)?;
    let secret = secret::find(&arguments.secret, world)?;
    let keys = Keys::new(&secret, &arguments.id);
    let job = Job {
        input,
        keys: &keys,
        nulls,
        fail_on_fingerprints: arguments.fail_on_fingerprints,
        watched: world.watched,
        interrupt: Interrupt::default(),
    };
    let done =
        publish::filled(
            (&target, input),
            &arguments.target,
            &job.interrupt,
            |pending| match format {
                Format::Csv => csv::decrypt(&job, pending),
                Format::Parquet => parquet::decrypt(&job, pending),
            },
        )?;
    summary(arguments, &target, &done, world);
    Ok(())
}

fn summary(arguments: &DecryptArgs, target: &Path, done: &Done, world: &mut Surroundings<'_>) {
    if !done.fingerprints.is_empty() {
        let columns: Vec<_> = done.fingerprints.iter().map(|it| format!("`{it}`")).collect();
        world.note(&format!(
            "warning: fingerprints cannot be decrypted and stay as they are: {}",
            columns.join(", ")
        ));
    }
    let output = (!arguments.target.dry_run).then(|| target.display().to_string());
    if arguments.speech.json {
        let json = serde_json::json!({
            "command": "decrypt",
            "input": arguments.input.display().to_string(),
            "output": output,
            "rows": done.rows,
            "fingerprintColumns": done.fingerprints,
        });
        world.say(&format!("{json}\n"));
    } else if world.watched {
        let what = match output {
            Some(output) => format!("decrypted {} rows to `{output}`", done.rows),
            None => format!("{} rows could be decrypted; nothing was written", done.rows),
        };
        world.note(&what);
    }
}

/// What is wrong with a cell, and where.
fn cell_failed(column: &str, row: u64, error: &dyn std::fmt::Display) -> Failed {
    Failed::new(format!("column `{column}`, row {row}: {error}"))
}
