//! What is sealed, what is hashed, and what a decrypted value is as text.

use super::{cases, value};
use crate::{DataType, FingerprintKey, Metadata, TimeUnit, Value, ValueType};

const VECTORS: &str = include_str!("../../tests/vectors/unit/value_encodings.json");

/// Values that only programs make.
fn from_program(source: &str) -> Option<Value<'static>> {
    let null = |data_type, metadata| Value::Null(ValueType { data_type, metadata });
    Some(match source {
        "sdk CHAR 'ab'" => Value::Char(b"ab"),
        "sdk CHAR null" => null(DataType::Char, Metadata::None),
        "sdk VARCHAR(10) 'ab'" => Value::Varchar { length: 10, text: b"ab" },
        "sdk VARCHAR(10) null" => null(DataType::Varchar, Metadata::Length(10)),
        "sdk VARCHAR(null) null" => null(DataType::Varchar, Metadata::None),
        "sdk DECIMAL 123.450 p=6 s=3" => Value::Decimal { precision: 6, scale: 3, text: "123.450" },
        "sdk TIMESTAMP null no metadata" => null(DataType::Timestamp, Metadata::None),
        "sdk DECIMAL null no metadata" => null(DataType::Decimal, Metadata::None),
        _ => return None,
    })
}

#[test]
fn payloads_are_those_of_the_java_client_and_come_back() {
    let cases = cases(VECTORS);
    assert_eq!(cases.len(), 80);
    for case in cases {
        let source = case["source"].as_str().expect("a source");
        let value =
            from_program(source).unwrap_or_else(|| value(source, case["cleartext"].as_str()));
        let mut payload = Vec::new();
        value.encode(&mut payload).expect("a payload");
        assert_eq!(hex::encode(&payload), case["sealedPayloadHex"], "{source}");
        assert_eq!(payload.len(), value.payload_length(), "{source}");
        if let Some(name) = case["clientDataType"].as_str() {
            assert_eq!(value.value_type().data_type.name(), name, "{source}");
        }

        let decoded = Value::decode(&payload).expect("a value");
        let is_not_a_number = matches!(value, Value::Double(it) if it.is_nan());
        let is_not_utf8 = matches!(value, Value::String(it) if std::str::from_utf8(it).is_err());
        assert!(decoded == value || is_not_a_number || is_not_utf8, "{source}");
        let mut text = Vec::new();
        let has_text = decoded.write_text(&mut text).expect("a text");
        let text = has_text.then(|| String::from_utf8(text).expect("UTF-8"));
        assert_eq!(text.as_deref(), case["decryptedIntoCsvField"].as_str(), "{source}");
    }
}

#[test]
fn what_is_hashed_is_what_the_java_client_hashes() {
    let key = FingerprintKey(crate::primitives::Authenticator::new(&[7; 32]));
    for case in cases(VECTORS) {
        let source = case["source"].as_str().expect("a source");
        let Some(message) = case.get("fingerprintMessageHex") else { continue };
        let mut cell = Vec::new();
        let made = key.value(&value(source, case["cleartext"].as_str()), &mut cell);
        let Some(message) = message.as_str() else {
            let error = made.unwrap_err().to_string();
            assert!(error.contains("have no fingerprints"), "{error}");
            continue;
        };
        made.expect("a fingerprint");
        let hash = key.0.of(&hex::decode(message).expect("hex"), b"");
        let expected = format!("02:hmac:{}", base64_simd::STANDARD.encode_to_string(hash));
        assert_eq!(String::from_utf8(cell).expect("ascii"), expected, "{source}");
    }
}

#[test]
fn a_null_is_hashed_from_random_bytes_and_its_info_byte() {
    let key = FingerprintKey(crate::primitives::Authenticator::new(&[7; 32]));
    let mut n = 0;
    for case in cases(VECTORS) {
        let Some(shape) = case.get("fingerprintNullRandomized(len,lastByte)") else { continue };
        let source = case["source"].as_str().expect("a source");
        let data_type = value(source, None).value_type().data_type;
        let mut cell = Vec::new();
        let made = key.null(data_type, &[9; 32], &mut cell);
        let Some(last) = shape["lastByteHex"].as_str() else {
            made.unwrap_err();
            continue;
        };
        made.expect("a fingerprint");
        assert_eq!(shape["length"], 33);
        let hash = key.0.of(&[9; 32], &hex::decode(last).expect("hex"));
        let expected = format!("02:hmac:{}", base64_simd::STANDARD.encode_to_string(hash));
        assert_eq!(String::from_utf8(cell).expect("ascii"), expected, "{source}");
        n += 1;
    }
    assert_eq!(n, 6);
}

#[test]
fn payloads_that_are_no_value_are_refused() {
    let unit = |it: u8| [0x16, 1, 0, 0, 0, it, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        Value::decode(&unit(2)).expect("nanoseconds"),
        Value::Timestamp { is_utc: true, unit: TimeUnit::Nanos, value: 0 }
    );
    let wrong: [&[u8]; 14] = [
        &[],
        &[0],
        &[1],
        &[0x1a],
        &[0xff],
        &[0x02, 0xff],
        &[0x03, 0],
        &[0x04, 0, 0, 0, 0, 0, 0, 0],
        &[0x12, 0, 0, 0, 0, 0],
        &[0x06, 2],
        &[0x0c, 0, 0, 0, 5, 0, 0, 0, 2],
        &[0x0c, 0, 0, 0, 5, 0, 0, 0, 2, b'1', b'e', b'5'],
        &[0x18, 0, 0, 0],
        &unit(3),
    ];
    for payload in wrong {
        assert!(Value::decode(payload).is_err(), "{payload:x?}");
    }
}
