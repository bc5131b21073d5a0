//! What one row costs in primitives alone, by several libraries: one fingerprint, two sealed cells.
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
use hmac::Mac as _;
use sha2::Digest as _;

const ROWS: u32 = 300_000;
const AAD: &[u8] = b"02:enc:";
const EMAIL: &[u8] = b"someone@example.com\x02";
const NAME: &[u8] = b"\x02Wilhelmina Quackenb\0\0";
const ADDRESS: &[u8] = b"\x0217 Upper Something Road, Lesser Wherever\0\0";
const HEADERS: [&[u8]; 2] = [b"full_name_sealed", b"address_sealed"];

type Row<'a> = Box<dyn FnMut(&[u8; 32], &mut Vec<u8>) + 'a>;

fn main() {
    let variants: Vec<(&str, Row<'_>)> = vec![
        ("ring, base64", with_ring(false)),
        ("ring, base64-simd", with_ring(true)),
        ("RustCrypto, base64", with_rust_crypto(false)),
        ("RustCrypto, base64-simd", with_rust_crypto(true)),
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
        writeln!(out, "{name:<28} {best:>7.0} ns a row").expect("stdout");
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
