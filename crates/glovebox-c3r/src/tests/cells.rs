//! Sealed cells and fingerprints, byte for byte, and cells that are damaged.

use super::{cases, json, keys, other_keys, value};
use crate::primitives::Authenticator;
use crate::{CellError, CellKind, FingerprintKey, Header, Nonce, Opened, Opener, Pad, Settings};

#[test]
fn sealed_cells_are_those_of_the_java_client_byte_for_byte() {
    let vectors = json(include_str!("../../tests/vectors/unit/sealed.json"));
    let vectors = vectors["vectors"].as_array().expect("vectors");
    assert_eq!(vectors.len(), 267);
    let keys = keys();
    let mut buffer = Vec::new();
    for case in vectors {
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let number = |key: &str| case[key].as_u64().unwrap_or_default();
        let nonce = Nonce(hex::decode(text("nonceHex")).expect("hex").try_into().expect("32"));
        let length = u16::try_from(number("padLength")).expect("a length");
        let pad = match text("padType") {
            "NONE" => Pad::None,
            "FIXED" => Pad::Fixed(length),
            "MAX" => Pad::Max(length),
            other => panic!("{other}"),
        };
        let longest = usize::try_from(number("maxValueLength")).expect("a length");
        let target = Header::new(text("targetColumn")).expect("a name");
        let value = value(text("source"), case["cleartext"].as_str());
        let cipher = keys.row(&nonce);
        let mut cell = Vec::new();
        let place = (&cipher, &nonce, &target);
        let made = crate::sealed::seal(place, &value, (pad, longest), &mut buffer, &mut cell);
        match &case["output"] {
            serde_json::Value::String(output) => {
                made.expect("a cell");
                assert_eq!(std::str::from_utf8(&cell).expect("ascii"), output);
                let mut opener = Opener::new(&keys, true);
                let Ok(Opened::Value(opened)) = opener.open(&cell) else { panic!("{case}") };
                let mut payload = Vec::new();
                opened.encode(&mut payload).expect("a payload");
                assert_eq!(hex::encode(payload), text("payloadHex"));
            }
            output if output["length"].is_u64() => {
                made.expect("a cell");
                assert_eq!(cell.len() as u64, output["length"].as_u64().expect("a length"));
            }
            output => {
                let theirs = output["error"].as_str().expect("an error");
                let numbers: Vec<usize> =
                    theirs.split([' ', '.']).filter_map(|it| it.parse().ok()).collect();
                let error = made.expect_err(&format!("{case}"));
                let expected = match error {
                    CellError::NoRoomForPad { target, payload } => vec![target, payload],
                    CellError::PadTooLong { target } => vec![target, crate::LONGEST_PADDED],
                    CellError::PadOutOfRange(n) => {
                        vec![usize::from(n), 0, usize::from(crate::LONGEST_PAD)]
                    }
                    CellError::TooLong(n) => vec![crate::LONGEST_CELL, n],
                    other => panic!("{other} instead of {theirs}"),
                };
                assert_eq!(expected, numbers, "{theirs}");
                assert_eq!(cell, b"", "a cell that cannot be made leaves nothing");
            }
        }
    }
}

#[test]
fn fingerprints_are_those_of_the_java_client_byte_for_byte() {
    let vectors = json(include_str!("../../tests/vectors/unit/fingerprint.json"));
    let vectors = vectors["vectors"].as_array().expect("vectors");
    assert_eq!(vectors.len(), 350);
    let keys = keys();
    for case in vectors {
        let settings: Settings =
            serde_json::from_value(case["settings"].clone()).expect("settings");
        let target = Header::new(case["targetColumn"].as_str().expect("a name")).expect("a name");
        let key = keys.fingerprint(&target, settings);
        let source = case["source"].as_str().expect("a source");
        let value = value(source, case["cleartext"].as_str());
        let mut cell = Vec::new();
        if value.is_null() && (settings.preserve_nulls || case["output"].is_string()) {
            // Preserved, or random: `values::a_null_is_hashed_from_random_bytes_and_its_info_byte`.
            continue;
        }
        let made = if value.is_null() {
            key.null(value.value_type().data_type, &[0; 32], &mut cell)
        } else {
            key.value(&value, &mut cell)
        };
        match case["output"].as_str() {
            Some(output) => {
                made.expect("a fingerprint");
                assert_eq!(std::str::from_utf8(&cell).expect("ascii"), output, "{case}");
            }
            None if case["output"]["error"].is_string() => {
                assert!(matches!(made.unwrap_err(), CellError::NoFingerprint(_)), "{case}");
            }
            None => assert_eq!(cell.len(), 52, "{case}"),
        }
    }
}

#[test]
fn cells_of_the_java_client_open_and_damaged_ones_do_not() {
    let (keys, wrong) = (keys(), other_keys());
    let cases = cases(include_str!("../../tests/vectors/unit/decrypt_cases.json"));
    assert_eq!(cases.len(), 18);
    for case in cases {
        let name = case["name"].as_str().expect("a name");
        if super::faults::is_fault("decrypt_cases", name) {
            continue;
        }
        let cell = case["input"].as_str().expect("a cell").as_bytes();
        let seen = match CellKind::of(cell) {
            CellKind::Sealed | CellKind::Old => "sealed",
            CellKind::Fingerprint => "fingerprint",
            CellKind::Cleartext => "cleartext",
        };
        assert_eq!(seen, case["detectedAs"], "{name}");
        let mut opener = Opener::new(&keys, false);
        let opened = opener.open(cell).map(|it| match it {
            // The vector holds the payload of a sealed cell.
            Opened::Value(it) => {
                let mut payload = Vec::new();
                it.encode(&mut payload).expect("a payload");
                payload
            }
            Opened::Fingerprint(it) | Opened::Cleartext(it) => it.to_vec(),
        });
        assert_eq!(opened.ok().map(hex::encode).as_deref(), case["result"].as_str(), "{name}");

        let mut strict = Opener::new(&keys, true);
        let is_forbidden = case["resultFailOnFingerprint"]["error"].is_string();
        let refused = matches!(strict.open(cell), Err(CellError::FingerprintForbidden));
        assert_eq!(refused, is_forbidden, "{name}");

        let mut stranger = Opener::new(&wrong, false);
        let is_error = case["resultWrongKey"]["error"].is_string();
        assert_eq!(stranger.open(cell).is_err(), is_error, "{name}");
    }
}

#[test]
fn the_same_value_has_other_fingerprints_under_other_names_unless_joins_are_allowed() {
    let keys = keys();
    let cell = |name: &str, settings| {
        let mut cell = Vec::new();
        let key = keys.fingerprint(&Header::new(name).expect("a name"), settings);
        key.value(&crate::Value::String(b"x"), &mut cell).expect("a fingerprint");
        cell
    };
    let strict = Settings::default();
    let across = Settings { allow_joins_on_columns_with_different_names: true, ..strict };
    assert_ne!(cell("a", strict), cell("b", strict));
    assert_eq!(cell("a", across), cell("b", across));
    assert_ne!(cell("a", strict), cell("a", across));
}

#[test]
fn keys_do_not_show_themselves() {
    let key = FingerprintKey(Authenticator::new(&[1; 32]));
    assert_eq!(format!("{:?} {key:?}", keys()), "Keys(..) FingerprintKey(..)");
}
