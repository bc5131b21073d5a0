//! Rows that were all read before a query computes with them.
//!
//! A source whose rows are taken as a plan wants them sees how fast it wants them, and when it has
//! done: both depend on rows of other members. Of a private query no source shall see it, so that
//! its distant tables are read to their ends first, into files of the house, and left.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::common::stats::Precision;
use datafusion::error::DataFusionError;
use datafusion::execution::{SpillFile, TempFileFactory};
use futures::{Stream, StreamExt};
use glovebox_model::Column;
use tokio::runtime::Handle;

use super::hint::Hint;
use super::provider::SourceTable;
use super::reading::{Progress, Reading};
use super::source::{Readable, Scan};
use super::stop::Stop;
use super::types::fields;
use super::work::{Sink, Work};
use super::{Manifest, Opened, Unavailable};

/// Rows of a batch in a file.
const BATCH_ROWS: usize = 8192;

/// The rows of a table that was read to its end.
#[derive(Debug, Clone)]
pub struct Spooled {
    rows: Arc<Rows>,
    manifest: Manifest,
}

/// Rows did not come into files.
#[derive(Debug)]
pub enum NotSpooled {
    /// The source.
    Source(Unavailable),
    /// The files of the house.
    House(ErrorKind),
}

struct Rows {
    columns: Vec<Column>,
    parts: Vec<Arc<dyn SpillFile>>,
    count: usize,
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows")
    }
}

impl Opened {
    /// Reads all rows for which the hints hold into files, in so many parts at most, and leaves
    /// the source. What it is asked for does not depend on whether the files take the rows.
    ///
    /// Must be called within a tokio runtime.
    pub async fn spooled(
        self,
        (hints, partitions): (Vec<Hint>, usize),
        files: Arc<dyn TempFileFactory>,
    ) -> Result<Spooled, NotSpooled> {
        let Self { reading, manifest, .. } = self;
        let source = reading.source();
        let columns = source.columns().to_vec();
        let projection = (0..columns.len()).collect();
        let scan = Scan { projection, hints, partitions, batch_rows: BATCH_ROWS };
        let progress = reading.add(source.scan(scan));
        let schema = Arc::new(Schema::new(fields(&columns)));
        let begin = |partition| {
            progress.begin(partition);
            let (progress, reading) = (Arc::clone(&progress), Arc::clone(&reading));
            let (files, schema) = (Arc::clone(&files), Arc::clone(&schema));
            tokio::task::spawn_blocking(move || {
                write(&progress, (&reading, partition), files.as_ref(), &schema)
            })
        };
        let writing: Vec<_> = (0..progress.partitions()).map(begin).collect();
        let (mut parts, mut count, mut house) = (Vec::new(), 0_usize, None);
        for part in futures::future::join_all(writing).await {
            match part.unwrap_or(Err(ErrorKind::Other)) {
                Ok((file, rows)) => {
                    parts.push(file);
                    count = count.saturating_add(rows);
                }
                Err(kind) => house = house.or(Some(kind)),
            }
        }
        reading.complete().await.map_err(NotSpooled::Source)?;
        if reading.is_stopped() {
            return Err(NotSpooled::Source(Unavailable::Stopped));
        }
        match house {
            Some(kind) => Err(NotSpooled::House(kind)),
            None => Ok(Spooled { rows: Arc::new(Rows { columns, parts, count }), manifest }),
        }
    }
}

impl Spooled {
    /// What was pinned of the table that was read.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Bytes in files.
    pub fn bytes(&self) -> u64 {
        self.rows.parts.iter().filter_map(|it| it.size()).fold(0, u64::saturating_add)
    }

    /// The rows as a table that a plan can scan, as often as need be.
    pub fn opened(&self, stop: &Stop) -> Opened {
        let source: Arc<dyn Readable> = Arc::clone(&self.rows) as Arc<dyn Readable>;
        let reading = Arc::new(Reading::new(stop.clone(), Arc::clone(&source)));
        let provider = Arc::new(SourceTable::new(source, Arc::clone(&reading)));
        Opened { provider, reading, manifest: self.manifest.clone() }
    }
}

/// Reads a part into a file; when that takes no more, the part is read on all the same.
fn write(
    progress: &Progress,
    (reading, partition): (&Reading, usize),
    files: &dyn TempFileFactory,
    schema: &SchemaRef,
) -> Result<(Arc<dyn SpillFile>, usize), ErrorKind> {
    let begun = files.create_temp_file("rows of a source").map_err(|it| of(&it)).and_then(|file| {
        let writer = file.open_writer().map_err(|it| of(&it))?;
        let writer = StreamWriter::try_new(writer, schema).map_err(|it| of_arrow(&it))?;
        Ok((file, writer))
    });
    let (mut begun, mut rows) = (begun, 0_usize);
    progress.run(reading, partition, &mut |batch| {
        let (Ok(batch), Ok((_, writer))) = (batch, &mut begun) else { return };
        rows = rows.saturating_add(batch.num_rows());
        if let Err(error) = writer.write(&batch) {
            begun = Err(of_arrow(&error));
        }
    });
    let (file, writer) = begun?;
    let mut writer = writer.into_inner().map_err(|it| of_arrow(&it))?;
    writer.finish().map_err(|it| of(&it))?;
    Ok((file, rows))
}

fn of(error: &DataFusionError) -> ErrorKind {
    match error {
        DataFusionError::IoError(error) => error.kind(),
        _ => ErrorKind::Other,
    }
}

fn of_arrow(error: &ArrowError) -> ErrorKind {
    match error {
        ArrowError::IoError(_, error) => error.kind(),
        _ => ErrorKind::Other,
    }
}

impl Readable for Rows {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn rows(&self) -> Precision<usize> {
        Precision::Inexact(self.count)
    }

    fn scan(self: Arc<Self>, scan: Scan) -> Box<dyn Work> {
        let Scan { projection, batch_rows, .. } = scan;
        Box::new(Reread { rows: self, projection, batch_rows: batch_rows.max(1) })
    }
}

/// One scan of the files.
#[derive(Debug)]
struct Reread {
    rows: Arc<Rows>,
    projection: Vec<usize>,
    batch_rows: usize,
}

impl Work for Reread {
    fn partitions(&self) -> usize {
        self.rows.parts.len()
    }

    fn read(&self, partition: usize, sink: &mut Sink<'_>) -> Result<(), Unavailable> {
        let Some(file) = self.rows.parts.get(partition) else { return Ok(()) };
        let stream = file.read_stream().map_err(|_| lost())?;
        let reader = StreamReader::try_new(Frames { stream, left: Bytes::new() }, None);
        for batch in reader.map_err(|_| lost())? {
            let batch = batch.and_then(|it| it.project(&self.projection)).map_err(|_| lost())?;
            for slice in slices(&batch, self.batch_rows) {
                if !sink(slice) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn place(&self, _: usize) -> (String, Option<usize>) {
        (PLACE.to_owned(), None)
    }
}

const PLACE: &str = "the rows that were read";

fn lost() -> Unavailable {
    Unavailable::Unreachable { path: PLACE.to_owned(), what: "a disk of the house failed" }
}

fn slices(batch: &RecordBatch, most: usize) -> impl Iterator<Item = RecordBatch> {
    let starts = (0..batch.num_rows()).step_by(most);
    starts.map(move |from| batch.slice(from, most.min(batch.num_rows() - from)))
}

/// The bytes of a file, one after the other; to be read where blocking is allowed.
struct Frames {
    stream: Pin<Box<dyn Stream<Item = Result<Bytes, DataFusionError>> + Send>>,
    left: Bytes,
}

impl Read for Frames {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.left.is_empty() {
            match Handle::current().block_on(self.stream.next()) {
                Some(next) => self.left = next.map_err(|it| io::Error::from(of(&it)))?,
                None => return Ok(0),
            }
        }
        let count = into.len().min(self.left.len());
        self.left.copy_to_slice(into.get_mut(..count).unwrap_or_default());
        Ok(count)
    }
}
