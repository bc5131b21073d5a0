//! What one row costs: in primitives alone, by several libraries (one fingerprint, two sealed
//! cells), and in this crate (the same, with two columns in cleartext, as lines of CSV).
//!
//! `cargo bench -p glovebox-c3r --bench primitives`; its figures are in docs/decisions/0016.
#![expect(clippy::disallowed_methods, reason = "a bench looks at the clock")]

use std::hint::black_box;
use std::io::Write as _;
use std::time::Instant;

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use glovebox_c3r::csv::{InputNull, Reader, Writer};
use glovebox_c3r::{
    Encryptor, Header, Keys, Measure, Nonce, Opener, Plan, Row as Rows, Schema, Secret, Settings,
    Value, ValueType,
};
use hmac::Mac as _;
use sha2::Digest as _;

const ROWS: u32 = 300_000;
const AAD: &[u8] = b"02:enc:";
const EMAIL: &[u8] = b"someone@example.com\x02";
const NAME: &[u8] = b"\x02Wilhelmina Quackenb\0\0";
const ADDRESS: &[u8] = b"\x0217 Upper Something Road, Lesser Wherever\0\0";
const HEADERS: [&[u8]; 2] = [b"full_name_sealed", b"address_sealed"];

const LINE: &[u8] = b"someone@example.com,Wilhelmina Quackenb,\"17 Upper Something Road, Lesser Wherever\",gold,17.25\n";

type Row<'a> = Box<dyn FnMut(&[u8; 32], &mut Vec<u8>) + 'a>;

fn main() {
    let keys = keys();
    let variants: Vec<(&str, Row<'_>)> = vec![
        ("ring, base64", with_ring(false)),
        ("ring, base64-simd", with_ring(true)),
        ("RustCrypto, base64", with_rust_crypto(false)),
        ("RustCrypto, base64-simd", with_rust_crypto(true)),
        ("glovebox-c3r: encrypt to CSV", encrypting(&keys)),
        ("glovebox-c3r: decrypt", decrypting(&keys)),
        ("glovebox-c3r: read CSV", reading()),
    ];
    let mut out = std::io::stdout();
    for (name, mut row) in variants {
        let mut best = f64::MAX;
        let mut text = Vec::with_capacity(1 << 20);
        for _ in 0..5 {
            let mut nonce = [7_u8; 32];
            let started = Instant::now();
            for n in 0..ROWS {
                nonce[..4].copy_from_slice(&n.to_be_bytes());
                if text.len() > 900_000 {
                    text.clear();
                }
                row(&nonce, &mut text);
            }
            black_box(&text);
            best = best.min(started.elapsed().as_secs_f64() * 1e9 / f64::from(ROWS));
        }
        writeln!(out, "{name:<30} {best:>7.0} ns a row").expect("stdout");
    }
}

fn append(is_simd: bool, bytes: &[u8], text: &mut Vec<u8>) {
    if is_simd {
        base64_simd::STANDARD.encode_append(bytes, text);
    } else {
        let start = text.len();
        text.resize(start + bytes.len().div_ceil(3) * 4, 0);
        STANDARD.encode_slice(bytes, &mut text[start..]).expect("room");
    }
}

fn with_ring(is_simd: bool) -> Row<'static> {
    use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    use ring::{digest, hmac};
    let fingerprint = hmac::Key::new(hmac::HMAC_SHA256, &[9; 32]);
    let root = [5_u8; 32];
    let mut buffer = Vec::with_capacity(256);
    Box::new(move |nonce, text| {
        text.extend_from_slice(b"02:hmac:");
        append(is_simd, hmac::sign(&fingerprint, EMAIL).as_ref(), text);
        let mut both = [0; 64];
        both[..32].copy_from_slice(&root);
        both[32..].copy_from_slice(nonce);
        let row_key = digest::digest(&digest::SHA256, &both);
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, row_key.as_ref()).expect("key"));
        for (header, plain) in HEADERS.iter().zip([NAME, ADDRESS]) {
            let mut context = digest::Context::new(&digest::SHA256);
            context.update(header);
            context.update(nonce);
            let iv: [u8; 12] = context.finish().as_ref()[..12].try_into().expect("12");
            buffer.clear();
            buffer.extend_from_slice(nonce);
            buffer.extend_from_slice(&iv);
            buffer.extend_from_slice(plain);
            let tag = key
                .seal_in_place_separate_tag(
                    Nonce::assume_unique_for_key(iv),
                    Aad::from(AAD),
                    &mut buffer[44..],
                )
                .expect("seal");
            buffer.extend_from_slice(tag.as_ref());
            text.extend_from_slice(AAD);
            append(is_simd, &buffer, text);
        }
    })
}

fn with_rust_crypto(is_simd: bool) -> Row<'static> {
    let fingerprint: hmac::Hmac<sha2::Sha256> =
        hmac::KeyInit::new_from_slice(&[9; 32]).expect("key");
    let root = [5_u8; 32];
    let mut buffer = Vec::with_capacity(256);
    Box::new(move |nonce, text| {
        text.extend_from_slice(b"02:hmac:");
        let mut mac = fingerprint.clone();
        mac.update(EMAIL);
        append(is_simd, &mac.finalize().into_bytes(), text);
        let row_key = sha2::Sha256::new().chain_update(root).chain_update(nonce).finalize();
        let key = Aes256Gcm::new(&row_key);
        for (header, plain) in HEADERS.iter().zip([NAME, ADDRESS]) {
            let hash = sha2::Sha256::new().chain_update(header).chain_update(nonce).finalize();
            let iv: [u8; 12] = hash[..12].try_into().expect("12");
            buffer.clear();
            buffer.extend_from_slice(nonce);
            buffer.extend_from_slice(&iv);
            buffer.extend_from_slice(plain);
            let tag = key
                .encrypt_inout_detached(&iv.into(), AAD, (&mut buffer[44..]).into())
                .expect("seal");
            buffer.extend_from_slice(&tag);
            text.extend_from_slice(AAD);
            append(is_simd, &buffer, text);
        }
    })
}

const SCHEMA: &[u8] = b"{headerRow: true, columns: [
    {sourceHeader: email, type: fingerprint},
    {sourceHeader: full_name, type: sealed, pad: {type: none}},
    {sourceHeader: address, type: sealed, pad: {type: none}},
    {sourceHeader: segment, type: cleartext}, {sourceHeader: amount, type: cleartext}]}";

fn keys() -> Keys {
    let secret = Secret::from_bytes(vec![1; 32].into()).expect("a secret");
    Keys::new(&secret, &"1-2-3-4-5".parse().expect("an id"))
}

/// Encrypts one row; the encryptor lives as long as the bench.
fn rows(keys: &Keys) -> Rows<'_> {
    let settings = Settings { allow_cleartext: true, ..Settings::default() };
    let names = ["email", "full_name", "address", "segment", "amount"];
    let input = names.map(|it| (Header::new(it).expect("a name"), ValueType::STRING));
    let schema = Schema::parse(SCHEMA).expect("a schema");
    let plan = Plan::new(&schema, &input, settings).expect("a plan");
    let longest = Measure::new(&plan).finish().expect("lengths");
    Box::leak(Box::new(Encryptor::new(&plan, keys, &longest))).rows()
}

fn fields() -> Vec<Vec<u8>> {
    let mut reader = Reader::new(LINE, InputNull::Empty);
    let record = reader.read().expect("a row").expect("a row");
    (0..record.len()).map(|it| record.get(it).expect("a field").to_vec()).collect()
}

fn encrypting(keys: &Keys) -> Row<'_> {
    let (mut rows, fields) = (rows(keys), fields());
    let writer = Writer::new(None, fields.len());
    Box::new(move |nonce, text| {
        let field = |slot: usize| Some(&*fields[slot]);
        rows.csv(field, &Nonce(*nonce), &mut || [0; 32], &writer, text).expect("a row");
    })
}

fn decrypting(keys: &Keys) -> Row<'_> {
    let mut rows = rows(keys);
    let mut opener = Opener::new(keys, false);
    // Rows whose nonces differ, so that each needs its key.
    let cells: Vec<[Vec<u8>; 2]> = (0..64)
        .map(|n| {
            rows.begin(&Nonce([n; 32]));
            let mut cell = |column, text| {
                let mut cell = Vec::new();
                let value = Value::String(text);
                rows.cell(column, &value, &mut || [0; 32], &mut cell).expect("a cell");
                cell
            };
            [cell(1, &NAME[1..20]), cell(2, &ADDRESS[1..41])]
        })
        .collect();
    Box::new(move |nonce, _| {
        for cell in &cells[usize::from(nonce[3] % 64)] {
            black_box(opener.open(cell).expect("a value"));
        }
    })
}

fn reading() -> Row<'static> {
    let file = LINE.repeat(10_000);
    let file: &'static [u8] = Box::leak(file.into_boxed_slice());
    let mut reader = Reader::new(file, InputNull::Empty);
    Box::new(move |_, _| match reader.read().expect("a row") {
        Some(record) => {
            black_box(record.get(4));
        }
        None => reader = Reader::new(file, InputNull::Empty),
    })
}
