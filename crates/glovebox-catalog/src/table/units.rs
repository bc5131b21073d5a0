//! What a scan of files reads, in parts: split, and fetched ahead where it is distant.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, UInt64Array};
use datafusion::arrow::datatypes::Schema;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::batches::{Batches, MAX_BATCH_ROWS, Ready, constant};
use super::files::{Files, SourceFile};
use super::hint::Hint;
use super::layout::FoundFile;
use super::parquet::Footer;
use super::prune::{Known, may_hold};
use super::ranges::Ranges;
use super::source::Scan;
use super::storage::Storage;
use super::types::fields;
use super::work::{Sink, Work};
use super::{Format, Unavailable};

/// What one scan of files reads.
#[derive(Debug)]
pub(super) struct FilesWork {
    batches: Arc<Batches>,
    partitions: Vec<Vec<Unit>>,
}

/// The smallest thing read at once: a row group of a Parquet file, or a file.
#[derive(Debug, Clone, Copy)]
struct Unit {
    file: usize,
    row_group: Option<usize>,
}

impl Files {
    /// What there is to read, without what the hints rule out.
    fn units(&self, hints: &[Hint]) -> Vec<Unit> {
        let mut units = Vec::new();
        for (file, it) in self.files.iter().enumerate() {
            if !self.may_hold(hints, &it.file) {
                continue;
            }
            match &it.footer {
                Some(footer) => {
                    let groups = footer.groups(hints, &self.configured).into_iter();
                    units.extend(groups.map(|it| Unit { file, row_group: Some(it) }));
                }
                None => units.push(Unit { file, row_group: None }),
            }
        }
        units
    }

    /// Whether a file can have rows for which all hints about partition keys hold.
    fn may_hold(&self, hints: &[Hint], file: &FoundFile) -> bool {
        hints.iter().all(|hint| {
            let Some(key) = self.partition_keys.iter().position(|it| *it == hint.column) else {
                return true;
            };
            let Some(column) = self.configured.iter().find(|it| it.name == hint.column) else {
                return true;
            };
            let value = constant(column, file.partition.get(key), 1);
            let nulls = UInt64Array::from(vec![value.null_count() as u64]);
            let known = Known { least: Arc::clone(&value), greatest: value, nulls, rows: vec![1] };
            may_hold(hint, &known).contains(&true)
        })
    }
}

impl FilesWork {
    pub(super) fn new(source: Arc<Files>, scan: Scan) -> Self {
        let Scan { projection, hints, partitions, batch_rows } = scan;
        let shown = projection.iter().filter_map(|it| source.columns.get(*it));
        let schema = Arc::new(Schema::new(fields(shown)));
        let units = source.units(&hints);
        let count = partitions.min(units.len()).max(1);
        let mut split = vec![Vec::new(); count];
        for (index, unit) in units.iter().enumerate() {
            if let Some(part) = split.get_mut(index * count / units.len()) {
                part.push(*unit);
            }
        }
        let batch_rows = batch_rows.clamp(1, MAX_BATCH_ROWS);
        let batches = Batches { source, projection, schema, batch_rows, hints };
        Self { batches: Arc::new(batches), partitions: split }
    }

    /// The file of a unit as it was found; nothing distant is fetched.
    fn open(&self, unit: Unit) -> Result<Ready, Unavailable> {
        let source = &self.batches.source;
        let file = source.files.get(unit.file).ok_or(Unavailable::Stopped)?;
        let ranges = match &file.whole {
            Some(whole) => whole.clone(),
            None => Ranges::open(&file.file, source.recorder.clone(), &source.stop)?,
        };
        Ok(Ready { ranges, footer: file.footer.clone() })
    }

    /// The same, with what is first read of it fetched.
    fn prepare(
        &self,
        unit: Unit,
    ) -> impl Future<Output = Result<Ready, Unavailable>> + Send + use<> {
        let (opened, batches) = (self.open(unit), Arc::clone(&self.batches));
        async move {
            let Ready { ranges, footer } = opened?;
            let (footer, ranges) = match footer {
                Some(footer) => (footer, ranges),
                None => {
                    let (footer, ranges) = Footer::fetch(ranges, &batches.source.lookup).await?;
                    batches.source.check_columns(&footer, &ranges.path)?;
                    (Arc::new(footer), ranges)
                }
            };
            let first = batches.groups(unit.row_group, &footer).into_iter().next();
            let chunks = first.map(|it| footer.chunks(it, &batches.indices(&footer)));
            let ranges = ranges.with(&chunks.unwrap_or_default()).await?;
            Ok(Ready { ranges, footer: Some(footer) })
        }
    }

    /// Whether what is read next is better fetched before it is needed.
    fn is_distant(&self) -> bool {
        let distant = |it: &SourceFile| matches!(it.file.storage, Storage::Objects(_));
        self.batches.source.format == Format::Parquet
            && self.batches.source.files.iter().any(distant)
    }

    /// About how many bytes of a unit are fetched.
    fn weight(&self, unit: Unit) -> u64 {
        let Some(file) = self.batches.source.files.get(unit.file) else { return 0 };
        match (&file.footer, unit.row_group) {
            (Some(footer), Some(group)) => {
                let chunks = footer.chunks(group, &self.batches.indices(footer));
                chunks.iter().map(|it| it.end - it.start).sum()
            }
            _ => file.file.version.size(),
        }
    }
}

impl Work for FilesWork {
    fn partitions(&self) -> usize {
        self.partitions.len()
    }

    fn read(&self, partition: usize, sink: &mut Sink<'_>) -> Result<(), Unavailable> {
        let units = self.partitions.get(partition).map(Vec::as_slice).unwrap_or_default();
        let mut ahead = self.is_distant().then(|| Ahead::new(units));
        for unit in units {
            let ready = match &mut ahead {
                Some(ahead) => ahead.next(self)?,
                None => self.open(*unit)?,
            };
            let Some(file) = self.batches.source.files.get(unit.file) else { continue };
            if !self.batches.read(file, unit.row_group, ready, sink)? {
                break;
            }
        }
        Ok(())
    }

    fn place(&self, partition: usize) -> (String, Option<usize>) {
        let unit = self.partitions.get(partition).and_then(|it| it.first());
        let Some(unit) = unit else { return (String::new(), None) };
        let file = self.batches.source.files.get(unit.file);
        (file.map(|it| it.file.path.clone()).unwrap_or_default(), unit.row_group)
    }
}

/// Fetches units before they are needed: several small ones at once.
struct Ahead<'a> {
    rest: &'a [Unit],
    /// With the bytes that each is about to hold.
    on_their_way: VecDeque<(u64, JoinHandle<Result<Ready, Unavailable>>)>,
}

/// Units and bytes on their way at most; one more unit always is.
const UNITS_AHEAD: usize = 8;
const BYTES_AHEAD: u64 = 16 << 20;

impl<'a> Ahead<'a> {
    fn new(rest: &'a [Unit]) -> Self {
        Self { rest, on_their_way: VecDeque::new() }
    }

    fn next(&mut self, work: &FilesWork) -> Result<Ready, Unavailable> {
        let runtime = Handle::try_current().map_err(|_| Unavailable::Stopped)?;
        while let Some((unit, rest)) = self.rest.split_first() {
            let bytes: u64 = self.on_their_way.iter().map(|it| it.0).sum();
            let is_full = self.on_their_way.len() >= UNITS_AHEAD || bytes >= BYTES_AHEAD;
            if self.on_their_way.len() > 1 && is_full {
                break;
            }
            let fetching = runtime.spawn(work.prepare(*unit));
            self.on_their_way.push_back((work.weight(*unit), fetching));
            self.rest = rest;
        }
        let Some((_, next)) = self.on_their_way.pop_front() else {
            return Err(Unavailable::Stopped);
        };
        let stop = work.batches.source.stop.clone();
        stop.wait(async { next.await.unwrap_or(Err(Unavailable::Stopped)) })
    }
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        self.on_their_way.iter().for_each(|it| it.1.abort());
    }
}
