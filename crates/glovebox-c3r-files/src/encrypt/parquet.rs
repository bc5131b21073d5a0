//! The second pass into a Parquet file.

use std::io::BufWriter;

use glovebox_c3r::parquet::{InputColumn, OutputColumn, ParquetFault, Raw, TableWriter, values};
use glovebox_c3r::{Encryptor, Output, Plan, ValueType};

use super::Job;
use super::parts::{self, Part};
use crate::Failed;
use crate::ordered::{Emit, ordered, workers};
use crate::progress::Progress;
use crate::publish::Pending;
use crate::shuffle::Shuffle;
use crate::spill::Usage;

/// Writes all rows.
pub(super) fn write(
    job: &Job<'_>,
    plan: &Plan,
    (encryptor, table): (&Encryptor<'_>, &[InputColumn]),
    shuffle: Shuffle,
    (pending, progress): (&Pending, &Progress),
) -> Result<Usage, Failed> {
    let failed = |it: &ParquetFault| pending.failed(&std::io::Error::other(it.to_string()));
    let kinds = kinds(plan);
    let mut columns = Vec::new();
    for column in plan.columns() {
        let place = plan.used().get(column.slot).copied().unwrap_or_default();
        let input = table.get(place).ok_or_else(|| Failed::new("a column was lost"))?;
        columns.push(OutputColumn::encrypted(column, input).map_err(|it| failed(&it))?);
    }
    let file = BufWriter::with_capacity(1 << 20, pending.writing());
    let mut writer = TableWriter::new(file, &columns).map_err(|it| failed(&it))?;
    let workers = (0..workers()).map(|_| worker(plan, encryptor, &kinds)).collect();
    let mut rows = 0;
    let usage = ordered(
        workers,
        |jobs| shuffle.give(jobs),
        |part: Part| {
            job.interrupt.check()?;
            let mut rest = part.bytes.as_slice();
            for _ in 0..part.rows {
                for column in 0..columns.len() {
                    let value = crate::codec::read(&mut rest);
                    let value = value.ok_or_else(|| Failed::new("a row was lost"))?;
                    writer.push(column, value).map_err(|it| failed(&it))?;
                }
                writer.end_row().map_err(|it| failed(&it))?;
            }
            rows += part.rows;
            progress.at(rows, rows);
            Ok(())
        },
    )?;
    let file = writer.finish().map_err(|it| failed(&it))?;
    file.into_inner().map_err(|it| pending.failed(it.error()))?;
    Ok(usage)
}

/// The types of the values of a row.
fn kinds(plan: &Plan) -> Vec<ValueType> {
    let of = |slot: usize| plan.columns().iter().find(|it| it.slot == slot);
    (0..plan.used().len()).map(|it| of(it).map_or(ValueType::STRING, |it| it.value_type)).collect()
}

fn worker(
    plan: &Plan,
    encryptor: &Encryptor<'_>,
    kinds: &[ValueType],
) -> impl FnMut(Vec<u8>, &mut Emit<'_, Part>) -> Result<(), Failed> + Send {
    let mut encrypting = encryptor.rows();
    let slots: Vec<usize> = plan.columns().iter().map(|it| it.slot).collect();
    let (mut cell, mut digits) = (Vec::new(), Vec::new());
    let lost = || Failed::new("a value was lost");
    parts::worker(plan, move |nonce, raw, random, bytes| {
        encrypting.begin(nonce);
        let values = values(raw, kinds, &mut digits);
        let values = values.map_err(|(_, it)| Failed::new(it.to_string()))?;
        for (column, slot) in slots.iter().enumerate() {
            let value = values.get(*slot).ok_or_else(lost)?;
            cell.clear();
            let made = encrypting.cell(column, value, &mut || random.draw(), &mut cell);
            let written = match made.map_err(|it| Failed::new(it.to_string()))? {
                Output::Cell => Raw::Bytes(&cell),
                Output::Null => Raw::Null,
                Output::Cleartext => *raw.get(*slot).ok_or_else(lost)?,
            };
            crate::codec::write(written, bytes);
        }
        Ok(())
    })
}
