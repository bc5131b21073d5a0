//! How delimited text is split, as Hive's SerDes are told.

use super::super::Unavailable;
use super::super::csv::{Dialect, Nulls};
use super::format::Parameters;
use super::unsupported;

/// `LazySimpleSerDe`
pub(super) fn lazy(table: &str, parameters: &Parameters) -> Result<Dialect, Unavailable> {
    let delimiter =
        ["field.delim", "serialization.format"].iter().find_map(|it| parameters.get(*it));
    let delimiter = delimiter.map_or("\u{1}", String::as_str);
    // Hive writes the number of the byte, too.
    let delimiter = if delimiter == "1" { "\u{1}" } else { delimiter };
    if parameters.get("line.delim").is_some_and(|it| it != "\n") {
        return Err(unsupported(table, "text whose lines do not end as lines do"));
    }
    let null = parameters.get("serialization.null.format").map_or("\\N", String::as_str);
    Ok(Dialect {
        delimiter: byte(table, delimiter)?,
        quote: None,
        escape: parameters.get("escape.delim").map(|it| byte(table, it)).transpose()?,
        nulls: Nulls::Text(null.as_bytes().to_vec()),
        has_long_records: false,
        skipped: skipped(table, parameters)?,
        has_header: false,
    })
}

/// `OpenCSVSerde`
pub(super) fn open_csv(table: &str, parameters: &Parameters) -> Result<Dialect, Unavailable> {
    let given =
        |key: &str, usual: &str| byte(table, parameters.get(key).map_or(usual, String::as_str));
    Ok(Dialect {
        delimiter: given("separatorChar", ",")?,
        quote: Some(given("quoteChar", "\"")?),
        escape: Some(given("escapeChar", "\\")?),
        nulls: Nulls::Never,
        has_long_records: false,
        skipped: skipped(table, parameters)?,
        has_header: false,
    })
}

fn byte(table: &str, text: &str) -> Result<u8, Unavailable> {
    let named = match text {
        "\\t" => "\t",
        other => other,
    };
    match named.as_bytes() {
        [byte @ (0..=9 | 11..=12 | 14..=127)] => Ok(*byte),
        _ => Err(unsupported(table, "text with a delimiter of several bytes")),
    }
}

fn skipped(table: &str, parameters: &Parameters) -> Result<usize, Unavailable> {
    let lines = parameters.get("skip.header.line.count").map_or("0", String::as_str);
    let lines: usize =
        lines.parse().map_err(|_| unsupported(table, "text with a header of unknown length"))?;
    let is_footed = parameters.get("skip.footer.line.count").is_some_and(|it| it != "0");
    if is_footed || lines > 100 {
        return Err(unsupported(
            table,
            "text with lines at its end, or too many at its start, that are no rows",
        ));
    }
    Ok(lines)
}
