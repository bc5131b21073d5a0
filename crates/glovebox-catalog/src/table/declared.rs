//! A table whose columns a catalog declares: whether its files fit.

use super::described::Described;
use super::files::footers;
use super::layout::{Declared, Found};
use super::lookup::Lookup;
use super::ranges::Ranges;
use super::stop::Stop;
use super::{Format, Unavailable, sniffed};

/// Bytes that are read of the first file: enough to see that it can be read.
const FIRST: usize = 64 << 10;

/// The catalog's columns, if the Parquet files have them as it says. Text and Avro fit row by
/// row, when they are read; that the credentials open the first is seen, and of text whether it is
/// any.
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
    } else if let Some(file) = found.files.first() {
        let ranges = Ranges::open(file, None, stop)?;
        let length = usize::try_from(ranges.length).map_or(FIRST, |it| it.min(FIRST));
        let first = ranges.range(0, length).map_err(|it| Unavailable::io(&file.path, &it))?;
        if matches!(found.format, Format::Csv | Format::Ndjson) {
            sniffed::check(&first, &file.path)?;
        }
    }
    let (columns, partition_keys) = (columns.clone(), partition_keys.clone());
    Ok(Described { columns, partition_keys, format: Some(found.format) })
}

#[cfg(test)]
mod tests {
    use super::super::csv::Dialect;
    use super::super::folder::{self, FolderLocation};
    use super::*;

    #[test]
    fn a_text_file_is_opened_before_its_table_is_said_to_be_readable() {
        let root = tempfile::TempDir::new().unwrap();
        let file = root.path().join("db/t.csv");
        std::fs::create_dir(root.path().join("db")).unwrap();
        std::fs::write(&file, "1,2\n").unwrap();
        let (database, table) = ("db".to_owned(), "t".to_owned());
        let location = FolderLocation { root: root.path().to_owned(), database, table };
        let found = folder::find(&location).unwrap();
        let declared = Declared {
            columns: Vec::new(),
            partition_keys: Vec::new(),
            dialect: Dialect::default(),
            is_typed: false,
        };
        let stop = Stop::default();
        assert!(described(&found, &declared, &stop).is_ok());
        std::fs::remove_file(file).unwrap();
        let gone = Unavailable::Changed { path: "db/t.csv".into() };
        assert_eq!(described(&found, &declared, &stop), Err(gone));
    }
}
