//! What holds for all values, all settings and all inputs.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{keys, other_keys};
use crate::csv::{InputNull, Reader, Writer};
use crate::{
    CellError, Column, ColumnKind, DataType, Encryptor, Header, Measure, Metadata, Nonce, Opened,
    Opener, Output, Pad, Plan, Schema, Settings, TimeUnit, Value, ValueType,
};

fn unit() -> impl Strategy<Value = TimeUnit> {
    prop_oneof![Just(TimeUnit::Millis), Just(TimeUnit::Micros), Just(TimeUnit::Nanos)]
}

fn text() -> impl Strategy<Value = &'static [u8]> {
    ".{0,60}".prop_map(|it| &*Box::leak(it.into_bytes().into_boxed_slice()))
}

/// Any value that is not NULL.
fn value() -> impl Strategy<Value = Value<'static>> {
    let decimal = ("-?[0-9]{1,20}\\.[0-9]{3}", 1..38_i32).prop_map(|(text, precision)| {
        Value::Decimal { precision, scale: 3, text: Box::leak(text.into_boxed_str()) }
    });
    prop_oneof![
        text().prop_map(Value::String),
        text().prop_map(Value::Char),
        (any::<i32>(), text()).prop_map(|(length, text)| Value::Varchar { length, text }),
        any::<i64>().prop_map(Value::BigInt),
        any::<i32>().prop_map(Value::Int),
        any::<i16>().prop_map(Value::SmallInt),
        any::<bool>().prop_map(Value::Boolean),
        any::<i32>().prop_map(Value::Date),
        (-1e300..1e300).prop_map(Value::Double),
        (-1e30_f32..1e30).prop_map(Value::Float),
        decimal,
        (any::<bool>(), unit(), any::<i64>()).prop_map(|(is_utc, unit, value)| Value::Timestamp {
            is_utc,
            unit,
            value
        }),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    any::<[bool; 4]>().prop_map(|it| Settings {
        allow_cleartext: it[0],
        allow_duplicates: it[1],
        allow_joins_on_columns_with_different_names: it[2],
        preserve_nulls: it[3],
    })
}

fn pad() -> impl Strategy<Value = Pad> {
    prop_oneof![
        Just(Pad::None),
        (300..3000_u16).prop_map(Pad::Fixed),
        (0..3000_u16).prop_map(Pad::Max),
    ]
}

fn one_column(kind: ColumnKind, value_type: ValueType, settings: Settings) -> Plan {
    let header = |it: &str| Header::new(it).expect("a name");
    let column = Column { source: header("s"), target: header("t"), kind };
    let schema = Schema::mapped(vec![column]).expect("a schema");
    Plan::new(&schema, &[(header("s"), value_type)], settings).expect("a plan")
}

/// The cells of a column with one NULL behind the values.
fn encrypt(plan: &Plan, values: &[Value<'_>], nonce: u8) -> Vec<Option<Vec<u8>>> {
    let keys = keys();
    let mut measure = Measure::new(plan);
    for value in values {
        measure.row(|_| *value).expect("a row");
    }
    let longest = measure.finish().expect("lengths");
    let encryptor = Encryptor::new(plan, &keys, &longest);
    let mut rows = encryptor.rows();
    let mut cells = Vec::new();
    for (n, value) in values.iter().enumerate() {
        let mut bytes = [nonce; 32];
        bytes[0] = u8::try_from(n).expect("few");
        rows.begin(&Nonce(bytes));
        let mut cell = Vec::new();
        let mut random = || [bytes[0]; 32];
        match rows.cell(0, value, &mut random, &mut cell).expect("a cell") {
            Output::Cell => cells.push(Some(cell)),
            Output::Null => cells.push(None),
            Output::Cleartext => panic!("no cleartext column"),
        }
    }
    cells
}

proptest! {
    #[test]
    fn what_was_sealed_comes_back(
        value in value(), settings in settings(), pad in pad(), nonce in 1..250_u8,
    ) {
        let value_type = value.value_type();
        let plan = one_column(ColumnKind::Sealed(pad), value_type, settings);
        let values = [value, Value::Null(value_type)];
        let cells = encrypt(&plan, &values, nonce);
        let keys = keys();
        let mut opener = Opener::new(&keys, true);
        for (cell, value) in cells.iter().zip(values) {
            let Some(cell) = cell else {
                prop_assert!(value.is_null() && settings.preserve_nulls);
                continue;
            };
            prop_assert!(!(value.is_null() && settings.preserve_nulls));
            let opened = opener.open(cell);
            prop_assert!(matches!(opened, Ok(Opened::Value(it)) if it == value), "{:?}", value);
        }
        if let (Pad::Fixed(_) | Pad::Max(_), [Some(one), Some(null)]) = (pad, &cells[..]) {
            prop_assert_eq!(one.len(), null.len(), "padded cells do not show which is NULL");
        }
    }

    #[test]
    fn who_has_another_key_opens_nothing(value in value()) {
        let plan = one_column(ColumnKind::Sealed(Pad::None), value.value_type(), Settings::default());
        let cells = encrypt(&plan, &[value], 3);
        let keys = other_keys();
        let opened = Opener::new(&keys, true).open(cells[0].as_ref().expect("a cell")).err();
        prop_assert_eq!(opened, Some(CellError::NotAuthentic));
    }

    #[test]
    fn a_sealed_cell_of_which_any_byte_was_changed_does_not_open(
        text in text(), at in any::<proptest::sample::Index>(), byte in any::<u8>(),
    ) {
        let plan = one_column(ColumnKind::Sealed(Pad::None), ValueType::STRING, Settings::default());
        let mut cell = encrypt(&plan, &[Value::String(text)], 5).remove(0).expect("a cell");
        let at = at.index(cell.len());
        prop_assume!(cell[at] != byte);
        cell[at] = byte;
        let keys = keys();
        let mut opener = Opener::new(&keys, true);
        // Without its prefix it is no cell any more, and stands there as it is.
        let is_harmless = matches!(opener.open(&cell), Ok(Opened::Cleartext(it)) if it == cell);
        prop_assert!(opener.open(&cell).is_err() || at < 7 && is_harmless);
    }

    #[test]
    fn equal_values_have_equal_fingerprints_and_others_have_others(
        one in any::<i16>(), two in any::<i16>(), settings in settings(), nonce in 1..250_u8,
    ) {
        let cell = |value: Value<'_>, nonce| {
            let plan = one_column(ColumnKind::Fingerprint, value.value_type(), settings);
            encrypt(&plan, &[value], nonce).remove(0).expect("a cell")
        };
        let small = cell(Value::SmallInt(one), 1);
        prop_assert_eq!(&small, &cell(Value::Int(i32::from(one)), nonce));
        prop_assert_eq!(&small, &cell(Value::BigInt(i64::from(one)), nonce));
        prop_assert_eq!(small == cell(Value::Int(i32::from(two)), nonce), one == two);
        prop_assert_ne!(&small, &cell(Value::String(one.to_string().as_bytes()), nonce));
        prop_assert_eq!(small.len(), 52);
    }

    #[test]
    fn random_nulls_are_equal_to_nothing(settings in settings()) {
        let values = [Value::Null(ValueType::STRING); 2];
        let cells = encrypt(&one_column(ColumnKind::Fingerprint, ValueType::STRING, settings), &values, 1);
        if settings.preserve_nulls {
            prop_assert_eq!(cells, vec![None, None]);
        } else {
            prop_assert!(cells[0].is_some() && cells[0] != cells[1]);
        }
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in vec(any::<u8>(), 0..300)) {
        let keys = keys();
        let mut opener = Opener::new(&keys, false);
        let _ = opener.open(&bytes);
        let mut cell = b"02:enc:".to_vec();
        cell.extend_from_slice(base64_simd::STANDARD.encode_to_string(&bytes).as_bytes());
        prop_assert!(opener.open(&cell).is_err());
        let _ = Value::decode(&bytes);
        let _ = Schema::parse(&bytes);
        let mut reader = Reader::new(&*bytes, InputNull::Empty);
        while let Ok(Some(_)) = reader.read() {}
    }

    #[test]
    fn payloads_have_one_form(bytes in vec(any::<u8>(), 0..30), info in 0..26_u8) {
        let payload: Vec<u8> = [info].into_iter().chain(bytes).collect();
        if let Ok(value) = Value::decode(&payload) {
            let mut again = Vec::new();
            value.encode(&mut again).expect("a payload");
            prop_assert_eq!(again, payload);
        }
    }

    #[test]
    fn csv_that_was_written_is_read(
        rows in vec(vec(proptest::option::of("[\\x00-\\x7fé\u{a0}]{1,8}"), 3), 1..5),
    ) {
        let writer = Writer::new(None, 3);
        let mut text = b"a,b,c\n".to_vec();
        for row in &rows {
            for (column, field) in row.iter().enumerate() {
                writer.separate(column, &mut text);
                writer.field(column, field.as_deref().map(str::as_bytes), &mut text);
            }
            writer.end_row(&mut text);
        }
        let text = String::from_utf8(text).expect("UTF-8");
        let read = super::csv::rows(&text, InputNull::Empty).expect("rows");
        prop_assert_eq!(&read[1..], &rows[..]);
    }
}

#[test]
fn a_column_of_nothing_but_nulls_can_be_padded_to_the_longest() {
    let decimal = ValueType {
        data_type: DataType::Decimal,
        metadata: Metadata::Decimal { precision: 5, scale: 2 },
    };
    for value_type in [ValueType::STRING, decimal] {
        let plan = one_column(ColumnKind::Sealed(Pad::Max(0)), value_type, Settings::default());
        let cells = encrypt(&plan, &[Value::Null(value_type)], 1);
        assert!(cells[0].is_some(), "Java fails: no room for padding");
    }
}

#[test]
fn what_cannot_be_encrypted_is_said_by_the_measure() {
    let refused = |kind, value: Value<'_>| {
        let plan = one_column(kind, value.value_type(), Settings::default());
        Measure::new(&plan).row(|_| value).unwrap_err().to_string()
    };
    let long = "x".repeat(12_220);
    let long = Value::String(long.as_bytes());
    assert_eq!(
        refused(ColumnKind::Sealed(Pad::None), long),
        "target column `t`: the cell would have 16387 bytes, and 16383 is the most"
    );
    let fixed = refused(ColumnKind::Sealed(Pad::Fixed(3)), Value::String(b"abc"));
    assert!(fixed.starts_with("target column `t`: no room for padding"), "{fixed}");
    let plan =
        one_column(ColumnKind::Sealed(Pad::Max(10_000)), ValueType::STRING, Settings::default());
    let mut measure = Measure::new(&plan);
    measure.row(|_| Value::String(&[b'x'; 2000])).expect("a row");
    assert!(measure.finish().unwrap_err().to_string().contains("padded to 12001 bytes"));
}
