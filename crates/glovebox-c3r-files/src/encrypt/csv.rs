//! The second pass into a CSV file.

use std::io::Write;

use glovebox_c3r::csv::Writer;
use glovebox_c3r::parquet::Raw;
use glovebox_c3r::{Encryptor, Plan};

use super::Job;
use super::parts::{self, Part};
use crate::Failed;
use crate::ordered::{Emit, ordered, workers};
use crate::progress::Progress;
use crate::publish::Pending;
use crate::shuffle::Shuffle;
use crate::spill::Usage;

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
        |part: Part| {
            job.interrupt.check()?;
            file.write_all(&part.bytes).map_err(|it| pending.failed(&it))?;
            rows += part.rows;
            progress.at(rows, rows);
            Ok(())
        },
    )
}

fn worker(
    plan: &Plan,
    encryptor: &Encryptor<'_>,
    writer: &Writer,
) -> impl FnMut(Vec<u8>, &mut Emit<'_, Part>) -> Result<(), Failed> + Send {
    let mut encrypting = encryptor.rows();
    parts::worker(plan, move |nonce, values, random, text| {
        let field = |slot: usize| match values.get(slot) {
            Some(Raw::Bytes(text)) => Some(*text),
            _ => None,
        };
        encrypting
            .csv(field, nonce, &mut || random.draw(), writer, text)
            .map_err(|it| Failed::new(it.to_string()))
    })
}
