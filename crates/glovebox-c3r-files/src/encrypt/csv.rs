//! The second pass into a CSV file.

use std::io::Write;

use glovebox_c3r::csv::Writer;
use glovebox_c3r::parquet::Raw;
use glovebox_c3r::{ColumnKind, Encryptor, Plan};

use super::Job;
use crate::Failed;
use crate::ordered::{Emit, PART, ordered, workers};
use crate::progress::Progress;
use crate::publish::Pending;
use crate::random::Random;
use crate::shuffle::{Run, Shuffle};
use crate::spill::Usage;

/// Some rows as text.
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
) -> impl FnMut(Vec<u8>, &mut Emit<'_, Lines>) -> Result<(), Failed> + Send {
    let mut encrypting = encryptor.rows();
    let mut random = Random::new();
    let n_values = plan.used().len();
    let fingerprints =
        plan.columns().iter().filter(|it| it.kind == ColumnKind::Fingerprint).count();
    move |records, emit| {
        // Ciphertext has some four times the bytes of short values.
        let capacity = (records.len() * 4).min(PART + PART / 8);
        let empty = || Lines { text: Vec::with_capacity(capacity), rows: 0 };
        let mut lines = empty();
        Run::sorted(records)?.each(n_values, &mut |nonce, values| {
            let field = |slot: usize| match values.get(slot) {
                Some(Raw::Bytes(text)) => Some(*text),
                _ => None,
            };
            random.ensure(fingerprints)?;
            encrypting
                .csv(field, nonce, &mut || random.draw(), writer, &mut lines.text)
                .map_err(|it| Failed::new(it.to_string()))?;
            random.check()?;
            lines.rows += 1;
            if lines.text.len() >= PART {
                return emit(std::mem::replace(&mut lines, empty()));
            }
            Ok(())
        })?;
        emit(lines)
    }
}
