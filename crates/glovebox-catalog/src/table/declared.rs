//! A table whose columns a catalog declares: whether its files fit.

use super::described::Described;
use super::files::footers;
use super::layout::{Declared, Found};
use super::lookup::Lookup;
use super::ranges::Ranges;
use super::stop::Stop;
use super::{Format, Unavailable, sniffed};

/// The catalog's columns, if the Parquet files have them as it says. Text and Avro fit row by
/// row, when they are read; of text, the first file is looked at for what is none.
pub(super) fn described(
    found: &Found,
    declared: &Declared,
    stop: &Stop,
) -> Result<Described, Unavailable> {
    let Declared { columns, partition_keys, .. } = declared;
    if found.format == Format::Parquet {
        let footers = footers(&found.files, &Lookup::default(), None, stop)?;
        for (file, (footer, _)) in found.files.iter().zip(footers) {
            if let Some(column) = columns.iter().find(|it| !footer.columns.contains(it)) {
                let (path, column) = (file.path.clone(), column.name.clone());
                return Err(Unavailable::SchemaChanged { path, column });
            }
        }
    }
    let text = found.files.first().filter(|_| matches!(found.format, Format::Csv | Format::Ndjson));
    if let Some(file) = text {
        let ranges = Ranges::open(file, None, stop)?;
        let length = usize::try_from(ranges.length).unwrap_or(sniffed::ENOUGH).min(sniffed::ENOUGH);
        let first = ranges.range(0, length).map_err(|it| Unavailable::io(&file.path, &it))?;
        sniffed::check(&first, &file.path)?;
    }
    let (columns, partition_keys) = (columns.clone(), partition_keys.clone());
    Ok(Described { columns, partition_keys, format: Some(found.format) })
}
