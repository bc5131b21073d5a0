//! How delimited text is split, as Hive's SerDes are told.

use std::borrow::Cow;

use super::super::Unavailable;
use super::super::csv::{Dialect, Nulls};
use super::format::Parameters;
use super::unsupported;

/// `LazySimpleSerDe`
pub(super) fn lazy(table: &str, parameters: &Parameters) -> Result<Dialect, Unavailable> {
    check(table, parameters)?;
    for key in ["serialization.last.column.takes.rest", "serialization.escape.crlf"] {
        refuse_true(table, parameters, key)?;
    }
    if parameters.get("line.delim").is_some_and(|it| it != "\n") {
        return Err(unsupported(table, "text whose lines do not end as lines do"));
    }
    let given = |key: &'static str| {
        parameters.get(key).map(|it| byte(table, key, &numbered(it))).transpose()
    };
    let delimiter = match given("field.delim")? {
        None => given("serialization.format")?,
        some => some,
    };
    let null = parameters.get("serialization.null.format").map_or("\\N", String::as_str);
    Ok(Dialect {
        delimiter: delimiter.unwrap_or(1),
        quote: None,
        escape: given("escape.delim")?,
        nulls: Nulls::Text(null.as_bytes().to_vec()),
        has_long_records: false,
        skipped: skipped(table, parameters)?,
        has_header: false,
    })
}

/// `OpenCSVSerde`
pub(super) fn open_csv(table: &str, parameters: &Parameters) -> Result<Dialect, Unavailable> {
    check(table, parameters)?;
    let given = |key: &'static str, usual: &str| {
        byte(table, key, parameters.get(key).map_or(usual, String::as_str))
    };
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

/// Whether text is written in the one encoding, and with the one form of moments, that are read.
fn check(table: &str, parameters: &Parameters) -> Result<(), Unavailable> {
    let encoding = parameters.get("serialization.encoding").map(|it| it.to_ascii_lowercase());
    if encoding.is_some_and(|it| !matches!(it.as_str(), "" | "utf-8" | "utf8")) {
        return Err(unsupported(table, "text whose serialization.encoding is not UTF-8"));
    }
    check_moments(table, parameters)
}

/// `timestamp.formats` would have other text read as moments.
pub(super) fn check_moments(table: &str, parameters: &Parameters) -> Result<(), Unavailable> {
    match parameters.get("timestamp.formats") {
        Some(formats) if !formats.is_empty() => {
            Err(unsupported(table, "text with timestamp.formats of its own"))
        }
        _ => Ok(()),
    }
}

/// A switch that changes what files mean, and that is off if nobody says so.
pub(super) fn refuse_true(
    table: &str,
    parameters: &Parameters,
    key: &str,
) -> Result<(), Unavailable> {
    match parameters.get(key) {
        Some(value) if value.trim().eq_ignore_ascii_case("true") => {
            Err(unsupported(table, format!("a table with {key}")))
        }
        _ => Ok(()),
    }
}

/// Where `LazySimpleSerDe` takes a byte, digits are its number.
fn numbered(text: &str) -> Cow<'_, str> {
    match text.parse::<u8>() {
        Ok(number) if number.is_ascii() && text.bytes().all(|it| it.is_ascii_digit()) => {
            Cow::Owned(char::from(number).to_string())
        }
        _ => Cow::Borrowed(text),
    }
}

fn byte(table: &str, key: &str, text: &str) -> Result<u8, Unavailable> {
    let named = match text {
        "\\t" => "\t",
        other => other,
    };
    match named.as_bytes() {
        [byte @ (0..=9 | 11..=12 | 14..=127)] => Ok(*byte),
        _ => Err(unsupported(table, format!("text whose {key} is not one byte within a line"))),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(given: &[(&str, &str)]) -> Parameters {
        given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn delimiter(given: &[(&str, &str)]) -> Result<u8, String> {
        let dialect = lazy("t", &parameters(given));
        dialect.map(|it| it.delimiter).map_err(|it| it.to_string())
    }

    fn open(given: &[(&str, &str)]) -> Result<Dialect, String> {
        open_csv("t", &parameters(given)).map_err(|it| it.to_string())
    }

    #[test]
    fn a_delimiter_may_be_the_number_of_its_byte() {
        for (text, expected) in [
            ("1", 1),
            ("9", b'\t'),
            ("44", b','),
            ("124", b'|'),
            ("009", b'\t'),
            (",", b','),
            ("\t", b'\t'),
            ("\\t", b'\t'),
            ("\u{2}", 2),
            ("+", b'+'),
        ] {
            assert_eq!(delimiter(&[("field.delim", text)]), Ok(expected), "{text:?}");
            assert_eq!(delimiter(&[("serialization.format", text)]), Ok(expected), "{text:?}");
        }
        let both = [("field.delim", "124"), ("serialization.format", "9")];
        assert_eq!(delimiter(&both), Ok(b'|'));
        assert_eq!(delimiter(&[]), Ok(1));
        let escaped = lazy("t", &parameters(&[("escape.delim", "92")])).unwrap();
        assert_eq!(escaped.escape, Some(b'\\'));
        // There a digit is a digit.
        assert_eq!(open(&[("separatorChar", "9")]).unwrap().delimiter, b'9');
    }

    #[test]
    fn what_is_not_one_byte_is_refused_by_its_key() {
        for (key, text) in [
            ("field.delim", "||"),
            ("field.delim", "10"),
            ("field.delim", "13"),
            ("field.delim", "200"),
            ("field.delim", "-2"),
            ("field.delim", "+9"),
            ("field.delim", "§"),
            ("field.delim", ""),
            ("escape.delim", "\\\\"),
        ] {
            let said = delimiter(&[(key, text)]).unwrap_err();
            assert!(said.contains(&format!("text whose {key} is not one byte")), "{said}");
        }
        for key in ["separatorChar", "quoteChar", "escapeChar"] {
            let said = open(&[(key, "ab")]).unwrap_err();
            assert!(said.contains(&format!("text whose {key} is not one byte")), "{said}");
        }
    }

    #[test]
    fn what_changes_the_meaning_of_text_is_refused_by_name() {
        for (key, text) in [
            ("serialization.encoding", "ISO-8859-1"),
            ("timestamp.formats", "yyyy-MM-dd'T'HH:mm:ss"),
            ("serialization.last.column.takes.rest", "TRUE"),
            ("serialization.escape.crlf", "true"),
        ] {
            let said = delimiter(&[(key, text)]).unwrap_err();
            assert!(said.contains(key) && !said.contains(text), "{said}");
            if !key.ends_with("rest") && !key.ends_with("crlf") {
                assert!(open(&[(key, text)]).unwrap_err().contains(key), "{key}");
            }
        }
        let usual = [
            ("serialization.last.column.takes.rest", "false"),
            ("serialization.escape.crlf", "false"),
            ("timestamp.formats", ""),
            ("colelction.delim", ";"),
            ("mapkey.delim", ":"),
        ];
        for encoding in ["UTF-8", "utf-8", "utf8", "UTF8"] {
            let given = [&usual[..], &[("serialization.encoding", encoding)]].concat();
            assert_eq!(delimiter(&given), Ok(1), "{encoding}");
            assert!(open(&given).is_ok(), "{encoding}");
        }
    }
}
