//! Kinds and names of files, where the arguments leave them open.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::{Failed, Format};

/// The kind of a file: as said, else by its ending.
pub(crate) fn format(said: Option<Format>, input: &Path) -> Result<Format, Failed> {
    if let Some(format) = said {
        return Ok(format);
    }
    let ending = input.extension().and_then(|it| it.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("parquet") => Ok(Format::Parquet),
        _ => Err(Failed::new(format!(
            "what kind of file `{}` is cannot be seen from its name",
            input.display()
        ))
        .help("say --fileFormat CSV or --fileFormat PARQUET")),
    }
}

/// The input must be an ordinary file that can be read.
pub(crate) fn check_input(path: &Path) -> Result<(), Failed> {
    if path.as_os_str().is_empty() {
        return Err(Failed::new("the name of the input is empty"));
    }
    let found = path.metadata().map_err(|it| Failed::io("cannot read", path, &it))?;
    if found.is_dir() {
        return Err(Failed::new(format!("cannot read `{}`: it is a folder", path.display())));
    }
    Ok(())
}

/// `in.csv` becomes `in.out.csv` in the current folder, as with the Java client.
pub(crate) fn output(said: Option<&Path>, input: &Path) -> PathBuf {
    if let Some(path) = said {
        return path.to_owned();
    }
    let mut name = OsString::from(input.file_stem().unwrap_or_default());
    name.push(".out");
    if let Some(ending) = input.extension() {
        name.push(".");
        name.push(ending);
    }
    PathBuf::from(name)
}

/// `in.csv` becomes `in.csv.json` in the current folder.
pub(crate) fn schema(said: Option<&Path>, input: &Path) -> PathBuf {
    if let Some(path) = said {
        return path.to_owned();
    }
    let mut name = OsString::from(input.file_name().unwrap_or_default());
    name.push(".json");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_go_to_the_current_folder() {
        let named = |input: &str| output(None, Path::new(input)).display().to_string();
        assert_eq!(named("/data/in.csv"), "in.out.csv");
        assert_eq!(named("a.b.parquet"), "a.b.out.parquet");
        assert_eq!(named("dir/in"), "in.out");
        assert_eq!(schema(None, Path::new("/data/in.csv")), Path::new("in.csv.json"));
        assert_eq!(output(Some(Path::new("x/y")), Path::new("in.csv")), Path::new("x/y"));
    }

    #[test]
    fn the_kind_is_seen_from_the_ending_in_any_case() {
        assert_eq!(format(None, Path::new("a.CSV")).unwrap(), Format::Csv);
        assert_eq!(format(None, Path::new("a.Parquet")).unwrap(), Format::Parquet);
        assert_eq!(format(Some(Format::Csv), Path::new("a.dat")).unwrap(), Format::Csv);
        assert!(format(None, Path::new("i.dat")).unwrap_err().text().contains("i.dat"));
    }
}
