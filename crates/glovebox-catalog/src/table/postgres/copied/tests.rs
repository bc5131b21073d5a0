//! Rows as a server of version 15 sent them.

use datafusion::arrow::util::pretty::pretty_format_batches;
use glovebox_model::Column;

use super::*;

/// `(true, -2, 3, -4, 1.5, -2.5, -12345.67, 'hé', '\x00ff', '2022-01-08',
/// '1969-12-31 23:59:59.999999', '2000-01-01 01:00:00+01', 'ok')`, a row of nulls but for 0.05,
/// and a row of zeros, NaN and beginnings.
const SENT: &str = "\
        5047434f50590aff0d0a000000000000000000000d000000010100000002fffe00000004000000030000\
        0008fffffffffffffffc000000043fc0000000000008c0040000000000000000000e0003000140000002\
        000109291a2c0000000368c3a90000000200ff0000000400001f6b00000008fffca2fec4c81fff000000\
        080000000000000000000000026f6b000dffffffffffffffffffffffffffffffffffffffffffffffff00\
        00000a0001ffff0000000201f4ffffffffffffffffffffffffffffffffffffffffffffffff000d000000\
        01000000000200000000000400000000000000080000000000000000000000047fc00000000000080000\
        0000000000000000000a0001000200000002000100000000000000012000000004ffffd53300000008ff\
        fca2fec4c8200000000008fffca2fec4c82000000000026f6bffff";

fn sent() -> Vec<u8> {
    let pairs = SENT.as_bytes().chunks(2);
    pairs.map(|it| u8::from_str_radix(str::from_utf8(it).unwrap(), 16).unwrap()).collect()
}

fn copied(kinds: &[ColumnType]) -> Copied {
    let column = |(index, kind): (usize, &ColumnType)| {
        let name = format!("c{index}");
        let column = Column { name: ColumnName::new(&name).unwrap(), kind: *kind };
        Stored { name, column, form: Form::Plain, oid: String::new(), by_bytes: true }
    };
    Copied::new(&kinds.iter().enumerate().map(column).collect::<Vec<_>>())
}

fn all() -> Copied {
    use ColumnType::{
        Bigint, Binary, Boolean, Date, Decimal, Double, Float, Int, Smallint, String, Timestamp,
    };
    copied(&[
        Boolean,
        Smallint,
        Int,
        Bigint,
        Float,
        Double,
        Decimal { precision: 12, scale: 2 },
        String,
        Binary,
        Date,
        Timestamp,
        Timestamp,
        String,
    ])
}

#[test]
fn every_type_comes_as_the_server_has_it() {
    let mut copied = all();
    copied.take(&sent()).unwrap();
    assert!(copied.is_complete());
    assert_eq!(copied.waiting().0, 3);
    let shown = pretty_format_batches(&[copied.batch().unwrap()]).unwrap().to_string();
    let rows: Vec<Vec<&str>> =
        shown.lines().skip(3).take(3).map(|it| it.split('|').map(str::trim).collect()).collect();
    assert_eq!(
        rows[0][1..14],
        [
            "true",
            "-2",
            "3",
            "-4",
            "1.5",
            "-2.5",
            "-12345.67",
            "hé",
            "00ff",
            "2022-01-08",
            "1969-12-31T23:59:59.999999",
            "2000-01-01T00:00:00",
            "ok"
        ]
    );
    assert_eq!(rows[1][1..14], ["", "", "", "", "", "", "0.05", "", "", "", "", "", ""]);
    assert_eq!(
        rows[2][1..14],
        [
            "false",
            "0",
            "0",
            "0",
            "NaN",
            "0.0",
            "100000000.00",
            "",
            "20",
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-01-01T00:00:00",
            "ok"
        ]
    );
    assert_eq!(copied.batch().unwrap().num_rows(), 0);
}

#[test]
fn what_is_cut_off_anywhere_is_not_complete() {
    let sent = sent();
    for length in 0..sent.len() {
        let mut copied = all();
        let taken = copied.take(&sent[..length]);
        assert!(taken.is_err() || !copied.is_complete(), "{length}");
    }
    let mut copied = all();
    let more = [sent.as_slice(), &[0, 0]].concat();
    assert_eq!(copied.take(&more), Err(Fault::Corrupt));
}

#[test]
fn infinity_and_large_cells_are_refused_by_column() {
    let row = |cell: &[u8], length: i32| {
        [HEADER.as_slice(), &[0, 1], &length.to_be_bytes(), cell].concat()
    };
    let day = row(&i32::MAX.to_be_bytes(), 4);
    assert_eq!(copied(&[ColumnType::Date]).take(&day), Err(Fault::NoPlace(0)));
    let moment = row(&i64::MIN.to_be_bytes(), 8);
    assert_eq!(copied(&[ColumnType::Timestamp]).take(&moment), Err(Fault::NoPlace(0)));
    let large = row(&[], (16 << 20) + 1);
    assert_eq!(copied(&[ColumnType::String]).take(&large), Err(Fault::TooLarge(0)));
    let bytes = row(&[0xff], 1);
    assert_eq!(copied(&[ColumnType::String]).take(&bytes), Err(Fault::Corrupt));
}

#[test]
fn a_uuid_is_shown_as_the_server_shows_it() {
    let bits = 0xa0ee_bc99_9c0b_4ef8_bb6d_6bb9_bd38_0a11;
    assert_eq!(uuid(bits), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    assert_eq!(uuid(1), "00000000-0000-0000-0000-000000000001");
    let mut column = copied(&[]);
    column.cells.push(Cells::Uuid(StringBuilder::new()));
    let row = [HEADER.as_slice(), &[0, 1, 0, 0, 0, 15], &[7; 15]].concat();
    assert_eq!(column.take(&row), Err(Fault::Corrupt));
}

#[test]
fn rows_without_columns_are_counted() {
    let mut copied = copied(&[]);
    copied.take(&[HEADER.as_slice(), &[0, 0, 0, 0, 0xff, 0xff]].concat()).unwrap();
    assert_eq!(copied.batch().unwrap().num_rows(), 2);
}
