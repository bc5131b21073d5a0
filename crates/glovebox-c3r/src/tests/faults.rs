//! The vectors that record faults of the Java client: what we do instead, and why.
//!
//! The other tests leave these cases out; this one holds us to our own expectation.

use super::keys;
use crate::csv::{CsvError, InputNull, Reader};
use crate::{Opened, Opener, Schema};

/// A case of a file in `tests/vectors/unit`, and what we say to it.
struct Fault {
    file: &'static str,
    case: &'static str,
    ours: Ours,
    reason: &'static str,
}

enum Ours {
    /// The cell is what it seems to be: cleartext.
    CellIsCleartext,
    /// The schema is refused, in these words.
    SchemaRefused(&'static str),
    /// The rows of the CSV file, without the header.
    Rows(&'static [&'static [&'static str]]),
    /// The CSV file is refused.
    FileRefused(fn(&CsvError) -> bool),
}

const FAULTS: &[Fault] = &[
    Fault {
        file: "decrypt_cases",
        case: "any 3 bytes then enc:",
        ours: Ours::CellIsCleartext,
        reason: "a member who plants such a value in a cleartext column would stop the decryption \
                 of everybody's result",
    },
    Fault {
        file: "decrypt_cases",
        case: "any 3 bytes then hmac:",
        ours: Ours::CellIsCleartext,
        reason: "as above, where fingerprints are forbidden",
    },
    Fault {
        file: "schema_parsing",
        case: "{\"headerRow\":true,\"columns\":[{\"sourceHeader\":\"A\",\"type\":\"sealed\",\"pad\":{}}]}",
        ours: Ours::SchemaRefused("columns[0].pad: type is missing: none, fixed or max"),
        reason: "Java accepts it, and fails later where the padding is used",
    },
    Fault {
        file: "csv_reader",
        case: "a,b\n\"x\",\"",
        ours: Ours::FileRefused(|it| matches!(it, CsvError::OpenQuote { row: 1, line: 2 })),
        reason: "a file that ends inside of quotes was cut off; Java takes the rest of the file \
                 for one value without a word",
    },
    Fault {
        file: "csv_reader",
        case: "a,b\n\"x,2\n3,4\n",
        ours: Ours::FileRefused(|it| matches!(it, CsvError::OpenQuote { row: 1, line: 2 })),
        reason: "Java counts columns wrong; we say that a closing quote is missing",
    },
    Fault {
        file: "csv_reader",
        case: "a,b\n\"x\n",
        ours: Ours::FileRefused(|it| matches!(it, CsvError::OpenQuote { row: 1, line: 2 })),
        reason: "as above",
    },
    Fault {
        file: "csv_reader",
        case: "a,b\r\n1,2\n3,4\r\n",
        ours: Ours::FileRefused(|it| matches!(it, CsvError::MixedLineEnds { line: 2 })),
        reason: "Java takes the line feed for data or for a line end, as its buffer happens to end",
    },
    Fault {
        file: "csv_reader",
        case: "a,b\n1,2\n\u{1a}",
        ours: Ours::Rows(&[&["1", "2"]]),
        reason: "a line of nothing but control characters is blank, also without a line end (DOS \
                 ends files with ^Z)",
    },
    Fault {
        file: "csv_reader",
        case: "A,a\n1,2\n",
        ours: Ours::Rows(&[&["1", "2"]]),
        reason: "Java silently takes the later of two columns with one name; we read both and \
                 refuse a schema that names them (PlanError::TwoSuchColumns)",
    },
];

/// Whether a case is left out of the test of its file.
pub(super) fn is_fault(file: &str, case: &str) -> bool {
    FAULTS.iter().any(|it| it.file == file && it.case == case)
}

#[test]
fn every_fault_of_the_java_client_has_our_own_answer() {
    let decrypt = include_str!("../../tests/vectors/unit/decrypt_cases.json");
    let schemas = include_str!("../../tests/vectors/unit/schema_parsing.json");
    let files = include_str!("../../tests/vectors/unit/csv_reader.json");
    for fault in FAULTS {
        let Fault { file, case, ours, reason } = fault;
        let (vectors, key) = match *file {
            "decrypt_cases" => (decrypt, "name"),
            "schema_parsing" => (schemas, "json"),
            _ => (files, "input"),
        };
        let vector = super::cases(vectors).into_iter().find(|it| it[key] == *case);
        let vector = vector.unwrap_or_else(|| panic!("{file} has no case {case:?}"));
        match ours {
            Ours::CellIsCleartext => {
                let cell = vector["input"].as_str().expect("a cell").as_bytes();
                let keys = keys();
                let mut opener = Opener::new(&keys, true);
                assert!(matches!(opener.open(cell), Ok(Opened::Cleartext(_))), "{reason}");
            }
            Ours::SchemaRefused(words) => {
                assert_eq!(Schema::parse(case.as_bytes()).unwrap_err().to_string(), *words);
            }
            Ours::Rows(rows) => {
                let read = super::csv::rows(case, InputNull::Empty).expect("rows");
                let text = |it: &Option<String>| it.clone().unwrap_or_default();
                let read: Vec<Vec<_>> =
                    read.iter().skip(1).map(|row| row.iter().map(text).collect()).collect();
                assert_eq!(read, *rows, "{reason}");
            }
            Ours::FileRefused(is_it) => {
                let mut reader = Reader::new(case.as_bytes(), InputNull::Empty);
                reader.header().expect("a header");
                let error = loop {
                    match reader.read() {
                        Ok(Some(_)) => {}
                        Ok(None) => panic!("{case:?} was read"),
                        Err(it) => break it,
                    }
                };
                assert!(is_it(&error), "{case:?}: {error}");
            }
        }
    }
}
