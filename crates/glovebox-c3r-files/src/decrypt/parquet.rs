//! Parquet in, Parquet out: columns get back the types that their values were sealed with.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use glovebox_c3r::parquet::{
    Batch, InputColumn, OutputColumn, ParquetFault, Raw, Restored, TableReader, TableWriter,
};
use glovebox_c3r::{DataType, Keys, Opened, Opener};

use super::{Done, Job, cell_failed};
use crate::Failed;
use crate::input::{parquet_failed, parquet_reader};
use crate::ordered::{Emit, Jobs, ordered, workers};
use crate::progress::Progress;
use crate::publish::Pending;

/// Rows for one worker.
struct Rows {
    batch: Batch,
    first: u64,
}

/// A batch's values in clear, one after the other.
struct Clear {
    bytes: Vec<u8>,
    rows: u64,
    /// By column, whether there was a fingerprint.
    fingerprints: Vec<bool>,
}

/// What all workers know.
struct Table<'a> {
    columns: &'a [InputColumn],
    restored: &'a Restored,
    keys: &'a Keys,
    fail_on_fingerprints: bool,
}

/// Decrypts a Parquet file.
pub(super) fn decrypt(job: &Job<'_>, pending: Option<&Pending>) -> Result<Done, Failed> {
    let failed = |it: &ParquetFault| parquet_failed(job.input, it);
    let mut reader = parquet_reader(job.input, false)?;
    let columns = reader.columns().to_vec();
    let all: Vec<usize> = (0..columns.len()).collect();
    reader.select(&all).map_err(|it| failed(&it))?;
    let restored = types(job, &columns, &mut reader)?;
    reader.select(&all).map_err(|it| failed(&it))?;
    let mut outputs = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let output = OutputColumn::decrypted(column, restored.value_type(place));
        outputs.push(output.map_err(|it| failed(&it))?);
    }
    let write_failed = |it: &ParquetFault| match pending {
        Some(pending) => pending.failed(&std::io::Error::other(it.to_string())),
        None => failed(it),
    };
    let mut writer = match pending {
        Some(pending) => {
            let file = BufWriter::with_capacity(1 << 20, pending.writing());
            Some(TableWriter::new(file, &outputs).map_err(|it| write_failed(&it))?)
        }
        None => None,
    };
    let progress = Progress::begin(job.watched, "decrypting", reader.n_rows());
    let table = Table {
        columns: &columns,
        restored: &restored,
        keys: job.keys,
        fail_on_fingerprints: job.fail_on_fingerprints,
    };
    let mut rows = 0;
    let mut fingerprints = vec![false; columns.len()];
    ordered(
        (0..workers()).map(|_| worker(&table)).collect(),
        |jobs| read(job.input, &mut reader, jobs),
        |clear: Clear| {
            job.interrupt.check()?;
            for (all, these) in fingerprints.iter_mut().zip(&clear.fingerprints) {
                *all |= these;
            }
            rows += clear.rows;
            progress.at(rows, rows);
            match &mut writer {
                Some(writer) => put(writer, &clear, columns.len()).map_err(|it| write_failed(&it)),
                None => Ok(()),
            }
        },
    )?;
    progress.end();
    if let (Some(writer), Some(pending)) = (writer, pending) {
        let file = writer.finish().map_err(|it| write_failed(&it))?;
        file.into_inner().map_err(|it| pending.failed(it.error()))?;
    }
    let found = columns.iter().zip(&fingerprints).filter(|(_, is)| **is);
    Ok(Done { rows, fingerprints: found.map(|(column, _)| column.name.clone()).collect() })
}

/// Looks at cells until the types of all columns are known that hold sealed ones.
fn types(
    job: &Job<'_>,
    columns: &[InputColumn],
    reader: &mut TableReader<File>,
) -> Result<Restored, Failed> {
    let mut restored = Restored::new(columns.len());
    let mut opener = Opener::new(job.keys, false);
    // Only text can hold cells.
    let is_text = |it: &InputColumn| it.value_type.data_type == DataType::String;
    let mut open: Vec<usize> =
        columns.iter().enumerate().filter(|(_, it)| is_text(it)).map(|(at, _)| at).collect();
    while !open.is_empty() {
        let read = reader.read().map_err(|it| parquet_failed(job.input, &it))?;
        let Some(batch) = read else { break };
        for row in 0..batch.len() {
            job.interrupt.check()?;
            open.retain(|column| {
                let Raw::Bytes(cell) = batch.get(*column, row) else { return true };
                match opener.open(cell) {
                    Ok(Opened::Value(value)) => {
                        restored.see(*column, &value);
                        !restored.is_known(*column)
                    }
                    // Such a column holds no sealed cells, or it is mixed: then text fits.
                    Ok(Opened::Fingerprint(_) | Opened::Cleartext(_))
                    // Said again, with its place, when the row is decrypted.
                    | Err(_) => false,
                }
            });
        }
    }
    Ok(restored)
}

/// Reads batches and gives them away.
fn read(path: &Path, reader: &mut TableReader<File>, jobs: &mut Jobs<Rows>) -> Result<(), Failed> {
    let mut first = 1;
    while let Some(batch) = reader.read().map_err(|it| parquet_failed(path, &it))? {
        let length = batch.len() as u64;
        jobs.give(Rows { batch, first })?;
        first += length;
    }
    Ok(())
}

/// Writes a batch's values.
fn put<W: std::io::Write + Send>(
    writer: &mut TableWriter<W>,
    clear: &Clear,
    n_columns: usize,
) -> Result<(), ParquetFault> {
    let mut rest = clear.bytes.as_slice();
    for _ in 0..clear.rows {
        for column in 0..n_columns {
            let value = crate::codec::read(&mut rest).ok_or(ParquetFault::Mismatch(column))?;
            writer.push(column, value)?;
        }
        writer.end_row()?;
    }
    Ok(())
}

fn worker(
    table: &Table<'_>,
) -> impl FnMut(Rows, &mut Emit<'_, Clear>) -> Result<(), Failed> + Send {
    let mut opener = Opener::new(table.keys, table.fail_on_fingerprints);
    move |rows, emit| {
        let mut clear = Clear {
            bytes: Vec::new(),
            rows: rows.batch.len() as u64,
            fingerprints: vec![false; table.columns.len()],
        };
        for row in 0..rows.batch.len() {
            for (place, column) in table.columns.iter().enumerate() {
                let raw = rows.batch.get(place, row);
                let is_text = column.value_type.data_type == DataType::String;
                let (true, Raw::Bytes(cell)) = (is_text, raw) else {
                    crate::codec::write(raw, &mut clear.bytes);
                    continue;
                };
                let number = rows.first + row as u64;
                let failed = |it: &dyn std::fmt::Display| cell_failed(&column.name, number, it);
                let mut buffer = Vec::new();
                let opened = opener.open(cell).map_err(|it| failed(&it))?;
                let value = match &opened {
                    Opened::Value(value) => {
                        table.restored.raw(place, value, &mut buffer).map_err(|it| failed(&it))?
                    }
                    Opened::Fingerprint(text) | Opened::Cleartext(text) => {
                        table.restored.takes_text(place).map_err(|it| failed(&it))?;
                        Raw::Bytes(text)
                    }
                };
                if let (Opened::Fingerprint(_), Some(seen)) =
                    (&opened, clear.fingerprints.get_mut(place))
                {
                    *seen = true;
                }
                crate::codec::write(value, &mut clear.bytes);
            }
        }
        emit(clear)
    }
}
