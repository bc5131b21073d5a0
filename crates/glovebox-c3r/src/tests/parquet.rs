//! Whole Parquet files: theirs decrypted by us, ours decrypted again, types restored.

use ::bytes::Bytes;
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};

use super::cases::{Case, PARQUET};
use super::keys;
use crate::parquet::{
    OutputColumn, ParquetFault, Raw, Restored, TableReader, TableWriter, Unusable, values,
};
use crate::{
    ColumnKind, Encryptor, Header, Measure, Nonce, Opened, Opener, Output, Plan, Schema, Settings,
    Value, ValueType,
};

/// Cases in which the Java client fails and we do not.
const FAULTS: &[(&str, &str)] = &[
    ("parquet_err_cleartext_decimal_flba", "the length of fixed-length bytes is kept"),
    ("parquet_list_present_unused", "a column that the schema does not name may be anything"),
];

/// Cases that are about the command line.
const OTHERS: &[&str] = &["parquet_err_csv_option", "parquet_err_positional"];

/// Cases whose decryption by the Java client fails or gives bytes that are no text.
const UNREADABLE: &[&str] = &["parquet_sealed_other_types"];

type Fails = Box<dyn std::error::Error>;

struct Table {
    reader: TableReader<Bytes>,
    plan: Plan,
}

fn open(case: &Case) -> Result<Table, Fails> {
    let meta = super::json(case.meta);
    let arguments = meta["encryptArgs"].as_array().cloned().unwrap_or_default();
    let binary_as_string = arguments.iter().any(|it| it == "--parquetBinaryAsString");
    let settings: Settings = serde_json::from_value(meta["settings"].clone())?;
    let mut reader = TableReader::open(Bytes::from_static(case.input), binary_as_string)?;
    let input: Result<Vec<_>, Fails> =
        reader.columns().iter().map(|it| Ok((Header::new(&it.name)?, it.value_type))).collect();
    let plan = Plan::new(&Schema::parse(case.schema)?, &input?, settings)?;
    reader.select(plan.used())?;
    Ok(Table { reader, plan })
}

/// All rows of the columns that are used.
fn each_row(
    table: &mut Table,
    mut row: impl FnMut(&Plan, &[Raw<'_>], &[Value<'_>]) -> Result<(), Fails>,
) -> Result<(), Fails> {
    table.reader.select(table.plan.used())?;
    let mut digits = Vec::new();
    while let Some(batch) = table.reader.read()? {
        for n in 0..batch.len() {
            let mut raws = Vec::new();
            batch.row(n, &mut raws);
            let values = values(&raws, table.plan.types(), &mut digits)
                .map_err(|(place, error)| format!("{place}: {error}"))?;
            row(&table.plan, &raws, &values)?;
        }
    }
    Ok(())
}

fn encrypt(case: &Case) -> Result<Vec<u8>, Fails> {
    let mut table = open(case)?;
    let plan = table.plan.clone();
    let mut measure = Measure::new(&plan);
    each_row(&mut table, |_, _, values| Ok(measure.row(|slot| values[slot])?))?;
    let longest = measure.finish()?;
    let keys = keys();
    let encryptor = Encryptor::new(&plan, &keys, &longest);
    let outputs: Result<Vec<_>, _> = plan
        .columns()
        .iter()
        .map(|it| OutputColumn::encrypted(it, &table.reader.columns()[plan.used()[it.slot]]))
        .collect();
    let mut writer = TableWriter::new(Vec::new(), &outputs?)?;
    let mut rows = encryptor.rows();
    let mut n = 0_u64;
    each_row(&mut table, |plan, raws, values| {
        let mut nonce = [8; 32];
        nonce[..8].copy_from_slice(&n.to_be_bytes());
        rows.begin(&Nonce(nonce));
        for (column, target) in plan.columns().iter().enumerate() {
            let mut random = || {
                n += 1;
                let mut bytes = [4; 32];
                bytes[..8].copy_from_slice(&n.to_be_bytes());
                bytes
            };
            let mut cell = Vec::new();
            let value = &values[target.slot];
            match rows.cell(column, value, &mut random, &mut cell)? {
                Output::Cell => writer.push(column, Raw::Bytes(&cell))?,
                Output::Null => writer.push(column, Raw::Null)?,
                Output::Cleartext => writer.push(column, raws[target.slot])?,
            }
        }
        n += 1;
        Ok(writer.end_row()?)
    })?;
    Ok(writer.finish()?)
}

/// Decrypts a file into one whose types are restored.
fn decrypt(file: &[u8]) -> Result<Vec<u8>, Fails> {
    let mut reader = TableReader::open(Bytes::copy_from_slice(file), true)?;
    let all: Vec<usize> = (0..reader.columns().len()).collect();
    let keys = keys();
    let mut opener = Opener::new(&keys, false);
    let mut restored = Restored::new(all.len());
    reader.select(&all)?;
    while let Some(batch) = reader.read()? {
        for (column, row) in all.iter().flat_map(|it| (0..batch.len()).map(move |n| (*it, n))) {
            if restored.is_known(column) {
                continue;
            }
            if let Raw::Bytes(cell) = batch.get(column, row)
                && let Opened::Value(value) = opener.open(cell)?
            {
                restored.see(column, &value);
            }
        }
    }
    let columns = reader.columns().iter().enumerate();
    let outputs: Result<Vec<_>, _> =
        columns.map(|(n, it)| OutputColumn::decrypted(it, restored.value_type(n))).collect();
    let mut writer = TableWriter::new(Vec::new(), &outputs?)?;
    reader.select(&all)?;
    while let Some(batch) = reader.read()? {
        for row in 0..batch.len() {
            for column in &all {
                let mut buffer = Vec::new();
                let raw = batch.get(*column, row);
                let opened = match raw {
                    Raw::Bytes(cell) => opener.open(cell)?,
                    _ => {
                        writer.push(*column, raw)?;
                        continue;
                    }
                };
                match opened {
                    Opened::Value(value) => {
                        writer.push(*column, restored.raw(*column, &value, &mut buffer)?)?;
                    }
                    Opened::Fingerprint(text) | Opened::Cleartext(text) => {
                        restored.takes_text(*column)?;
                        writer.push(*column, Raw::Bytes(text))?;
                    }
                }
            }
            writer.end_row()?;
        }
    }
    Ok(writer.finish()?)
}

/// Rows as text in an order of their own. A random fingerprint is only known to be one.
fn rows(file: &[u8], is_random: &dyn Fn(usize, &[u8]) -> bool) -> Vec<Vec<String>> {
    let mut reader = TableReader::open(Bytes::copy_from_slice(file), true).expect("a file");
    let all: Vec<usize> = (0..reader.columns().len()).collect();
    let types: Vec<ValueType> = reader.columns().iter().map(|it| it.value_type).collect();
    reader.select(&all).expect("columns");
    let (mut rows, mut digits) = (Vec::new(), Vec::new());
    while let Some(batch) = reader.read().expect("a batch") {
        for n in 0..batch.len() {
            let mut raws = Vec::new();
            batch.row(n, &mut raws);
            let values = values(&raws, &types, &mut digits).expect("values");
            let text = |(column, (raw, value)): (usize, (&Raw<'_>, &Value<'_>))| match raw {
                Raw::Null => "NULL".to_owned(),
                Raw::Bytes(it) if is_random(column, it) => "random".to_owned(),
                // What has no type has no text.
                _ if matches!(value, Value::Null(_)) => format!("{raw:?}"),
                _ => {
                    let mut text = Vec::new();
                    value.write_text(&mut text).expect("text");
                    format!("{value:?} {}", String::from_utf8_lossy(&text))
                }
            };
            rows.push(raws.iter().zip(&values).enumerate().map(text).collect());
        }
    }
    rows.sort();
    rows
}

/// What a case's target columns should hold, from its input: values as they were, fingerprints as
/// computed, and "random" where a NULL was hashed.
fn expected(case: &Case) -> Vec<Vec<String>> {
    let keys = keys();
    let mut table = open(case).expect("a table");
    let plan = table.plan.clone();
    let settings = plan.settings();
    let mut rows = Vec::new();
    each_row(&mut table, |plan, raws, values| {
        let mut row = Vec::new();
        for column in plan.columns() {
            let (raw, value) = (raws[column.slot], &values[column.slot]);
            let mut text = Vec::new();
            row.push(match column.kind {
                ColumnKind::Fingerprint if value.is_null() && !settings.preserve_nulls => {
                    "random".to_owned()
                }
                _ if raw == Raw::Null => "NULL".to_owned(),
                ColumnKind::Fingerprint => {
                    keys.fingerprint(&column.target, settings).value(value, &mut text)?;
                    format!("STRING {}", String::from_utf8_lossy(&text))
                }
                ColumnKind::Cleartext if value.is_null() => format!("{raw:?}"),
                ColumnKind::Sealed(_) | ColumnKind::Cleartext => {
                    value.write_text(&mut text)?;
                    format!("{value:?} {}", String::from_utf8_lossy(&text))
                }
            });
        }
        rows.push(row);
        Ok(())
    })
    .expect("rows");
    rows.sort();
    rows
}

/// Whether a cell is a fingerprint that no value of the input has.
fn randoms(case: &Case) -> impl Fn(usize, &[u8]) -> bool {
    let known: std::collections::BTreeSet<String> = expected(case).into_iter().flatten().collect();
    move |_, cell| {
        let text = format!("STRING {}", String::from_utf8_lossy(cell));
        cell.starts_with(b"02:hmac:") && !known.contains(&text)
    }
}

fn succeeds(case: &Case) -> bool {
    super::json(case.meta)["encryptExit"] == 0
}

#[test]
fn files_of_the_java_client_decrypt_with_their_types() {
    let mut n = 0;
    for case in PARQUET.iter().filter(|it| succeeds(it)) {
        let theirs = decrypt(case.encrypted.expect("a file"))
            .unwrap_or_else(|it| panic!("{}: {it}", case.name));
        let theirs = rows(&theirs, &randoms(case));
        assert_eq!(theirs, expected(case), "{}", case.name);
        n += 1;
        let is_read_by_java = case.decrypted.is_some() && !UNREADABLE.contains(&case.name);
        assert!(is_read_by_java || UNREADABLE.contains(&case.name), "{}", case.name);
    }
    assert!(n > 8, "{n} files");
}

#[test]
fn files_that_we_encrypt_decrypt_with_their_types() {
    let is_fault = |case: &&Case| FAULTS.iter().any(|(name, _)| *name == case.name);
    for case in PARQUET.iter().filter(|it| succeeds(it) || is_fault(it)) {
        let wrong = |it| panic!("{}: {it}", case.name);
        let ours = decrypt(&encrypt(case).unwrap_or_else(wrong)).unwrap_or_else(wrong);
        assert_eq!(rows(&ours, &randoms(case)), expected(case), "{}", case.name);
    }
}

#[test]
fn our_files_have_the_columns_that_those_of_the_java_client_have() {
    let schema = |file: &[u8]| {
        let reader = SerializedFileReader::new(Bytes::copy_from_slice(file)).expect("a file");
        let mut text = Vec::new();
        let schema = reader.metadata().file_metadata().schema().clone();
        ::parquet::schema::printer::print_schema(&mut text, &schema);
        String::from_utf8(text).expect("UTF-8")
    };
    for case in PARQUET.iter().filter(|it| succeeds(it)) {
        let ours = encrypt(case).unwrap_or_else(|it| panic!("{}: {it}", case.name));
        assert_eq!(schema(&ours), schema(case.encrypted.expect("a file")), "{}", case.name);
    }
}

#[test]
fn what_the_java_client_refuses_we_refuse_or_say_why_not() {
    for case in PARQUET.iter().filter(|it| !succeeds(it) && !OTHERS.contains(&it.name)) {
        let made = encrypt(case);
        if let Some((name, reason)) = FAULTS.iter().find(|(name, _)| *name == case.name) {
            assert!(made.is_ok(), "{name}: {reason}");
        } else {
            assert!(made.is_err(), "{}", case.name);
        }
    }
}

#[test]
fn a_column_that_cannot_be_used_is_refused_by_name() {
    let refused = |name: &str| {
        let case = PARQUET.iter().find(|it| it.name == name).expect("a case");
        let error = open(case).err().expect("refused");
        match error.downcast::<ParquetFault>().map(|it| *it) {
            Ok(ParquetFault::Unusable { name, why }) => (name, why),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused("parquet_int96_cleartext").1, Unusable::Int96);
    let (name, why) = refused("parquet_unsupported_lst_cleartext");
    assert_eq!((name.as_str(), why), ("lst", Unusable::Nested));
}

#[test]
fn values_that_wait_on_disk_come_back() {
    let all = [
        Raw::Null,
        Raw::Boolean(true),
        Raw::Int32(-5),
        Raw::Int64(i64::MIN),
        Raw::Float(1.5),
        Raw::Double(-0.0),
        Raw::Bytes(b""),
        Raw::Bytes(b"abc"),
    ];
    let mut bytes = Vec::new();
    for value in all {
        value.put(&mut bytes);
    }
    let mut rest = bytes.as_slice();
    for value in all {
        assert!(Raw::take(&mut rest) == Some(value), "{value:?}");
    }
    assert!(rest.is_empty() && Raw::take(&mut rest).is_none());
    let mut cut = &bytes[bytes.len() - 12..bytes.len() - 1];
    assert!(Raw::take(&mut cut).is_none(), "cut off");
}

#[test]
fn a_column_of_two_types_is_refused_and_not_mixed() {
    let mut restored = Restored::new(1);
    let mut buffer = Vec::new();
    restored.see(0, &Value::Int(1));
    assert!(restored.raw(0, &Value::Int(2), &mut buffer).is_ok());
    let error = restored.raw(0, &Value::String(b"secret"), &mut buffer).unwrap_err().to_string();
    assert!(error.contains("INT") && error.contains("STRING") && !error.contains("secret"));
    assert!(restored.takes_text(0).is_err());
}

#[test]
fn a_table_of_many_row_groups_and_batches_is_read_as_it_was_written() {
    let case = PARQUET.iter().find(|it| it.name == "parquet_types_j1n1").expect("a case");
    let reader = TableReader::open(Bytes::from_static(case.input), true).expect("a file");
    let text = |name: &str| reader.columns().iter().find(|it| it.name == name).expect("a column");
    let columns: Vec<_> = ["Str", "I32", "B"]
        .map(|it| OutputColumn::decrypted(text(it), None).expect("a column"))
        .to_vec();
    let row = |n: i32| -> (Vec<u8>, bool) { (format!("row {n}").into_bytes(), n % 7 == 0) };
    let mut writer = TableWriter::new(Vec::new(), &columns).expect("a file").with_row_group(30_000);
    for n in 0..5000 {
        let (text, is_null) = row(n);
        let text = if is_null { Raw::Null } else { Raw::Bytes(&text) };
        for (column, value) in [text, Raw::Int32(n), Raw::Boolean(n % 2 == 0)].iter().enumerate() {
            writer.push(column, *value).expect("a value");
        }
        writer.end_row().expect("a row");
    }
    let file = Bytes::from(writer.finish().expect("a file"));
    let groups = SerializedFileReader::new(file.clone()).expect("a file").num_row_groups();
    assert!(groups > 2, "{groups} row groups");

    let mut reader = TableReader::open(file, false).expect("a file");
    assert_eq!(reader.n_rows(), 5000);
    reader.select(&[2, 0, 1]).expect("columns");
    let mut n = 0;
    while let Some(batch) = reader.read().expect("a batch") {
        for place in 0..batch.len() {
            let (text, is_null) = row(n);
            let text = if is_null { Raw::Null } else { Raw::Bytes(&text) };
            assert!(batch.get(0, place) == Raw::Boolean(n % 2 == 0), "row {n}");
            assert!(batch.get(1, place) == text, "row {n}");
            assert!(batch.get(2, place) == Raw::Int32(n), "row {n}");
            n += 1;
        }
    }
    assert_eq!(n, 5000);
}

#[test]
fn a_value_that_does_not_fit_its_column_is_refused() {
    let case = PARQUET.iter().find(|it| it.name == "parquet_types_j1n1").expect("a case");
    let reader = TableReader::open(Bytes::from_static(case.input), true).expect("a file");
    let column = OutputColumn::decrypted(&reader.columns()[0], None).expect("a column");
    let mut writer = TableWriter::new(Vec::new(), &[column]).expect("a file");
    for wrong in [Raw::Boolean(true), Raw::Double(1.0)] {
        assert!(matches!(writer.push(0, wrong), Err(ParquetFault::Mismatch(0))));
    }
    assert!(matches!(writer.push(1, Raw::Null), Err(ParquetFault::Mismatch(1))));
    writer.end_row().expect("counted");
    assert!(matches!(writer.finish(), Err(ParquetFault::Mismatch(0))), "a value is missing");
}

#[test]
fn a_damaged_file_is_an_error() {
    let case = PARQUET.iter().find(|it| it.name == "parquet_types_j0n0").expect("a case");
    for n in [0, 4, 100, case.input.len() - 1] {
        assert!(TableReader::open(Bytes::from_static(&case.input[..n]), false).is_err());
    }
}
