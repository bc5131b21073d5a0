//! Whole CSV files: theirs decrypted by us, ours compared with theirs.

use std::collections::BTreeSet;

use super::cases::{CSV, Case};
use super::keys;
use crate::csv::{InputNull, Reader, Writer};
use crate::{
    Encryptor, Header, Measure, Nonce, Opened, Opener, Plan, Schema, Settings, Value, ValueType,
};

/// Cases in which the Java client fails or loses rows, and we do not, or the other way round.
const FAULTS: &[(&str, &str)] = &[
    ("looks_encrypted_cleartext", "cleartext that resembles a cell stays cleartext"),
    ("looks_fingerprint_cleartext", "cleartext that resembles a fingerprint stays cleartext"),
    ("max_all_null_pad0_nopreserve", "a column of NULLs alone is padded to what a NULL needs"),
    ("max_all_null_pad1_nopreserve", "the row whose only column is NULL is kept"),
    ("max_null_and_value_nopreserve", "the row whose only column is NULL is kept"),
    ("single_column_nulls", "the row whose only column is NULL is kept"),
    ("single_sealed_nulls", "the row whose only column is NULL is kept"),
    ("single_sealed_nulls_preserved", "the row whose only column is NULL is kept"),
];

/// Cases that are about duplicates, which whoever encrypts a table looks for outside of this crate.
const DUPLICATES: &[&str] = &["err_dup_nulls", "err_duplicates"];

struct Options {
    settings: Settings,
    encrypt: [Option<String>; 2],
    decrypt: [Option<String>; 2],
    fails: bool,
}

fn options(case: &Case) -> Options {
    let meta = super::json(case.meta);
    // As the command line does: one pair of double quotes around a value is taken off.
    let stripped = |it: &str| {
        let inner = it.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        inner.unwrap_or(it).to_owned()
    };
    let option = |key: &str, name: &str| {
        let prefix = format!("--{name}=");
        let arguments = meta[key].as_array().cloned().unwrap_or_default();
        let found = arguments.iter().find_map(|it| it.as_str()?.strip_prefix(&prefix));
        found.map(stripped)
    };
    let both = |key| [option(key, "csvInputNULLValue"), option(key, "csvOutputNULLValue")];
    Options {
        settings: serde_json::from_value(meta["settings"].clone()).expect("settings"),
        encrypt: both("encryptArgs"),
        decrypt: both("decryptArgs"),
        fails: meta["encryptExit"] != 0,
    }
}

/// Encrypts a file; `seed` makes nonces and random NULLs.
fn encrypt(case: &Case, seed: u8) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let options = options(case);
    let [input_null, output_null] = &options.encrypt;
    let null = || InputNull::of_option(input_null.as_deref());
    let schema = Schema::parse(case.schema)?;
    let begin = || {
        let mut reader = Reader::new(case.input, null());
        let names = match schema.positions() {
            // The first row says how many columns there are.
            Some(_) => {
                let n = Reader::new(case.input, null()).header()?.len();
                (0..n).map(Header::positional).collect()
            }
            None => {
                let header = reader.header()?;
                header.iter().map(|it| Header::new(it)).collect::<Result<Vec<_>, _>>()?
            }
        };
        Ok::<_, Box<dyn std::error::Error>>((reader, names))
    };
    let (mut reader, names) = begin()?;
    let input: Vec<_> = names.into_iter().map(|it| (it, ValueType::STRING)).collect();
    let plan = Plan::new(&schema, &input, options.settings)?;
    let used = plan.used();
    let mut measure = Measure::new(&plan);
    while let Some(record) = reader.read()? {
        measure.row(|slot| Value::text(record.get(used[slot])))?;
    }
    let longest = measure.finish()?;

    let keys = keys();
    let encryptor = Encryptor::new(&plan, &keys, &longest);
    let writer = Writer::new(output_null.as_deref(), plan.columns().len());
    let mut out = Vec::new();
    writer.header(plan.columns().iter().map(|it| it.target.as_str()), &mut out);
    let mut rows = encryptor.rows();
    let (mut reader, _) = begin()?;
    let mut n = 0_u64;
    let mut random = || {
        n += 1;
        let mut bytes = [seed; 32];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        bytes
    };
    while let Some(record) = reader.read()? {
        let nonce = Nonce(random());
        rows.csv(|slot| record.get(used[slot]), &nonce, &mut random, &writer, &mut out)?;
    }
    Ok(out)
}

/// Decrypts a file, row by row in its order.
fn decrypt(
    file: &[u8],
    options: &Options,
    is_strict: bool,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let [input_null, output_null] = &options.decrypt;
    let keys = keys();
    let mut opener = Opener::new(&keys, is_strict);
    let mut reader = Reader::new(file, InputNull::of_option(input_null.as_deref()));
    let header = reader.header()?;
    let writer = Writer::new(output_null.as_deref(), header.len());
    let mut out = Vec::new();
    writer.header(header.iter().map(String::as_str), &mut out);
    let mut text = Vec::new();
    while let Some(record) = reader.read()? {
        for column in 0..record.len() {
            writer.separate(column, &mut out);
            let field = record.get(column).map(|cell| opener.open(cell)).transpose()?;
            match field {
                None => writer.field(column, None, &mut out),
                Some(Opened::Fingerprint(it) | Opened::Cleartext(it)) => {
                    writer.field(column, Some(it), &mut out);
                }
                Some(Opened::Value(value)) => {
                    text.clear();
                    let has_text = value.write_text(&mut text)?;
                    writer.field(column, has_text.then_some(&*text), &mut out);
                }
            }
        }
        writer.end_row(&mut out);
    }
    Ok(out)
}

/// Rows in an order that does not depend on nonces. Fingerprints that are not among the lasting
/// ones are random.
fn sorted(file: &[u8], lasting: &BTreeSet<String>) -> Vec<Vec<Option<String>>> {
    let text = std::str::from_utf8(file).expect("UTF-8");
    let mut rows = super::csv::rows(text, InputNull::Empty).expect("rows");
    for field in rows.iter_mut().flatten().flatten() {
        if field.starts_with("02:hmac:") && !lasting.contains(field) {
            "random".clone_into(field);
        }
    }
    rows.sort();
    rows
}

fn fingerprints(file: &[u8]) -> BTreeSet<String> {
    let text = std::str::from_utf8(file).expect("UTF-8");
    let rows = super::csv::rows(text, InputNull::Empty).expect("rows");
    rows.into_iter().flatten().flatten().filter(|it| it.starts_with("02:hmac:")).collect()
}

#[test]
fn files_of_the_java_client_decrypt_to_what_it_makes_of_them() {
    let mut n = 0;
    for case in CSV {
        let (Some(encrypted), Some(decrypted)) = (case.encrypted, case.decrypted) else { continue };
        let ours = decrypt(encrypted, &options(case), false)
            .unwrap_or_else(|it| panic!("{}: {it}", case.name));
        if FAULTS.iter().any(|(name, _)| *name == case.name) {
            continue;
        }
        let (ours, theirs) = (String::from_utf8_lossy(&ours), String::from_utf8_lossy(decrypted));
        assert_eq!(ours, theirs, "{}", case.name);
        n += 1;
    }
    assert_eq!(n, 30);
}

#[test]
fn files_that_we_encrypt_hold_what_those_of_the_java_client_hold() {
    let mut n = 0;
    for case in CSV {
        let Some(theirs) = case.decrypted else { continue };
        if FAULTS.iter().any(|(name, _)| *name == case.name) {
            continue;
        }
        let wrong = |it| panic!("{}: {it}", case.name);
        let encrypted = encrypt(case, 1).unwrap_or_else(wrong);
        let again = encrypt(case, 2).unwrap_or_else(wrong);
        let lasting = &fingerprints(&encrypted) & &fingerprints(&again);
        let ours = decrypt(&encrypted, &options(case), false).unwrap_or_else(wrong);
        assert_eq!(sorted(&ours, &lasting), sorted(theirs, &lasting), "{}", case.name);
        // Sizes of cells, too: padding is theirs.
        let sizes = |file: &[u8]| {
            let rows = super::csv::rows(&String::from_utf8_lossy(file), InputNull::Empty);
            let size = |it: &Option<String>| it.as_ref().map(String::len);
            let row = |it: &Vec<_>| it.iter().map(size).collect::<Vec<_>>();
            let mut sizes: Vec<_> = rows.expect("rows").iter().map(row).collect();
            sizes.sort();
            sizes
        };
        assert_eq!(sizes(&encrypted), sizes(case.encrypted.expect("a file")), "{}", case.name);
        n += 1;
    }
    assert_eq!(n, 30);
}

#[test]
fn what_the_java_client_refuses_we_refuse() {
    let is_ours = |case: &&Case| {
        !FAULTS.iter().any(|(name, _)| *name == case.name) && !DUPLICATES.contains(&case.name)
    };
    for case in CSV.iter().filter(|it| options(it).fails).filter(is_ours) {
        assert!(encrypt(case, 1).is_err(), "{}", case.name);
    }
}

#[test]
fn where_the_java_client_fails_or_loses_rows_we_do_not() {
    for (name, reason) in FAULTS {
        let case = CSV.iter().find(|it| it.name == *name).expect("a case");
        let encrypted = encrypt(case, 1).unwrap_or_else(|it| panic!("{name}: {it} ({reason})"));
        let decrypted = decrypt(&encrypted, &options(case), true).expect("decrypted");
        let rows = |it: &[u8]| sorted(it, &BTreeSet::new()).len();
        assert_eq!(rows(&decrypted), rows(case.input), "{name}: {reason}");
    }
}
