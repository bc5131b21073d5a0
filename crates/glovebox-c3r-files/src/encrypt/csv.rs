//! The second pass into a CSV file.

use std::io::Write;

use glovebox_c3r::csv::Writer;
use glovebox_c3r::parquet::Raw;
use glovebox_c3r::{ColumnKind, Encryptor, Plan};

use super::Job;
use crate::Failed;
use crate::ordered::{ordered, workers};
use crate::progress::Progress;
use crate::publish::Pending;
use crate::random::Random;
use crate::shuffle::{Chunk, Shuffle};
use crate::spill::Usage;

/// A chunk's rows as text.
struct Lines {
    text: Vec<u8>,
    rows: u64,
}

/// Writes the header and all rows.
pub(super) fn write(
    job: &Job<'_>,
    plan: &Plan,
    encryptor: &Encryptor<'_>,
    shuffle: Shuffle,
    (pending, progress): (&Pending, &Progress),
) -> Result<Usage, Failed> {
    let writer = Writer::new(job.output_null, plan.columns().len());
    let mut file = pending.writing();
    let mut text = Vec::new();
    writer.header(plan.columns().iter().map(|it| it.target.as_str()), &mut text);
    file.write_all(&text).map_err(|it| pending.failed(&it))?;
    let workers = (0..workers()).map(|_| worker(plan, encryptor, &writer)).collect();
    let mut rows = 0;
    ordered(
        workers,
        |jobs| shuffle.give(jobs),
        |lines: Lines| {
            job.interrupt.check()?;
            file.write_all(&lines.text).map_err(|it| pending.failed(&it))?;
            rows += lines.rows;
            progress.at(rows, rows);
            Ok(())
        },
    )
}

fn worker(
    plan: &Plan,
    encryptor: &Encryptor<'_>,
    writer: &Writer,
) -> impl FnMut(Chunk) -> Result<Lines, Failed> + Send {
    let mut encrypting = encryptor.rows();
    let mut random = Random::new();
    let fingerprints =
        plan.columns().iter().filter(|it| it.kind == ColumnKind::Fingerprint).count();
    let mut longest = 0;
    move |chunk| {
        let mut text = Vec::with_capacity(longest);
        chunk.each(plan.used().len(), &mut |nonce, values| {
            let field = |slot: usize| match values.get(slot) {
                Some(Raw::Bytes(text)) => Some(*text),
                _ => None,
            };
            random.ensure(fingerprints)?;
            encrypting
                .csv(field, nonce, &mut || random.draw(), writer, &mut text)
                .map_err(|it| Failed::new(it.to_string()))?;
            random.check()
        })?;
        longest = longest.max(text.len() + text.len() / 16);
        Ok(Lines { text, rows: chunk.len() as u64 })
    }
}
