//! Encrypted columns hold encrypted cells: the first rows are looked at, and no value is said.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use glovebox_catalog::{CHECKED_ROWS, CellsFault, Stop, Unavailable, check_cells, describe};
use glovebox_model::{ColumnName, EncryptedKind, Encryption, TableSchema};
use tempfile::TempDir;

use crate::tables::{location, parquet, root};

const PRINT: &str = "02:hmac:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn sealed() -> String {
    format!("02:enc:{}", "AAAA".repeat(22))
}

fn name(text: &str) -> ColumnName {
    ColumnName::new(text).unwrap()
}

fn declared() -> Encryption {
    let columns = [("email", EncryptedKind::Fingerprint), ("name", EncryptedKind::Sealed)];
    let columns = columns.map(|(column, kind)| (name(column), kind)).into();
    Encryption { columns, without_nulls: [name("email")].into() }
}

fn check(dir: &TempDir) -> Result<(), String> {
    let described = describe(&location(dir), &Stop::default()).unwrap();
    let schema =
        TableSchema { columns: described.columns, partition_keys: described.partition_keys };
    check_cells(&location(dir), &schema, &declared(), &Stop::default()).map_err(|it| it.to_string())
}

#[test]
fn cells_are_compared_with_what_is_declared_and_never_shown() {
    let sealed = sealed();
    let csv = |email: &str, name: &str| {
        root(&[("db/t.csv", &format!("Email,name,n\n{PRINT},{sealed},1\n{email},{name},2\n"))])
    };
    assert_eq!(check(&csv(PRINT, &sealed)), Ok(()));
    assert_eq!(check(&csv(PRINT, "")), Ok(()), "NULL is a cell like others");
    let fault = |email: &str, name: &str| check(&csv(email, name)).unwrap_err();
    assert_eq!(
        fault("ann@a.example", &sealed),
        "column `email`: row 2 of `db/t.csv` is not encrypted"
    );
    assert_eq!(fault(PRINT, "\"\""), "column `name`: row 2 of `db/t.csv` is not encrypted");
    assert_eq!(
        fault(&sealed, &sealed),
        "column `email`: row 2 of `db/t.csv` is sealed, not fingerprint"
    );
    assert_eq!(
        fault("", &sealed),
        "column `email`: row 2 of `db/t.csv` is NULL, and the column is declared as one without \
         NULLs"
    );
    assert_eq!(
        fault(PRINT, &sealed[..60]),
        "column `name`: row 2 of `db/t.csv` begins like a sealed cell and is damaged or cut off"
    );
}

#[test]
fn every_file_and_every_row_group_is_looked_at_and_only_so_far() {
    let sealed = sealed();
    let good = format!("email,name\n{PRINT},{sealed}\n");
    let bad = format!("email,name\n{PRINT},{sealed}\n{PRINT},Ann\n");
    let dir = root(&[("db/t/a.csv", &good), ("db/t/b.csv", &bad)]);
    assert_eq!(check(&dir).unwrap_err(), "column `name`: row 2 of `db/t/b.csv` is not encrypted");

    let row = format!("{PRINT},{sealed}\n");
    let long = |rows: usize| format!("email,name\n{}{PRINT},Ann\n", row.repeat(rows));
    let dir = root(&[("db/t.csv", &long(CHECKED_ROWS - 1))]);
    assert_eq!(
        check(&dir).unwrap_err(),
        format!("column `name`: row {CHECKED_ROWS} of `db/t.csv` is not encrypted")
    );
    assert_eq!(check(&root(&[("db/t.csv", &long(CHECKED_ROWS))])), Ok(()));

    let dir = TempDir::new().unwrap();
    let emails = StringArray::from(vec![PRINT, PRINT, PRINT, "bob"]);
    let names = StringArray::from(vec![Some(sealed.as_str()), None, None, None]);
    let columns: [(&str, ArrayRef); 2] = [("email", Arc::new(emails)), ("name", Arc::new(names))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    parquet(&dir.path().join("db/t.parquet"), &batch, 2);
    assert_eq!(
        check(&dir).unwrap_err(),
        "column `email`: row 2 of row group 1 of `db/t.parquet` is not encrypted"
    );
}

#[test]
fn a_table_that_cannot_be_read_is_said_to_be_so() {
    let dir = root(&[("db/t.csv", "other\n1\n")]);
    let schema = TableSchema::default();
    let fault = check_cells(&location(&dir), &schema, &declared(), &Stop::default()).unwrap_err();
    assert!(matches!(fault, CellsFault::Unavailable(Unavailable::SchemaChanged { .. })), "{fault}");
}
