//! Keys against those of the Java client.

use crate::keys::iv;
use crate::primitives::{Authenticator, sha256};
use crate::{FingerprintKey, Header, Keys, Nonce, Secret, Settings};

const VECTORS: &str = include_str!("../../tests/vectors/unit/keys.json");

fn vectors() -> serde_json::Value {
    serde_json::from_str(VECTORS).expect("vectors are JSON")
}

fn keys(secret: &str, id: &str) -> Keys {
    Keys::new(&Secret::from_base64(secret).expect("a secret"), &id.parse().expect("an id"))
}

#[test]
fn roots_and_fingerprint_keys_are_those_of_the_java_client() {
    let mut n = 0;
    for case in vectors()["derivations"].as_array().expect("cases") {
        let text = |key: &str| case[key].as_str().expect("text");
        let keys = keys(text("sharedSecretBase64"), text("collaborationId"));
        assert_eq!(hex::encode(*keys.root), text("rootEncryptionKeyHex"));
        let across =
            Settings { allow_joins_on_columns_with_different_names: true, ..Settings::default() };
        let known = |it: &FingerprintKey, key: &str| {
            let key = hex::decode(key).expect("hex");
            assert_eq!(it.0.of(b"a", b"b"), Authenticator::new(&key).of(b"ab", b""));
        };
        for (name, key) in case["fingerprintColumnKeysHex"].as_object().expect("columns") {
            let name = Header::new(name).expect("a name");
            known(&keys.fingerprint(&name, Settings::default()), key.as_str().expect("hex"));
            let shared = keys.fingerprint(&name, across);
            known(&shared, text("fingerprintKeyJoinDifferentNamesHex"));
            n += 1;
        }
    }
    assert!(n > 10, "{n} keys");
}

#[test]
fn initialisation_vectors_are_those_of_the_java_client() {
    for case in vectors()["perRow"].as_array().expect("cases") {
        let text = |key: &str| case[key].as_str().expect("text");
        let nonce = hex::decode(text("nonceHex")).expect("hex").try_into().expect("32");
        let header = Header::new(text("columnLabel")).expect("a name");
        assert_eq!(hex::encode(iv(&header, &Nonce(nonce))), text("ivHex"));
        let keys = keys(
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "12345678-90ab-cdef-1234-567890abcdef",
        );
        assert_eq!(hex::encode(sha256(&*keys.root, &nonce)), text("rowKeyHex"));
    }
}

#[test]
fn secrets_are_read_as_the_java_client_reads_them() {
    for case in vectors()["secretParsing"].as_array().expect("cases") {
        let read = Secret::from_base64(case["input"].as_str().expect("text"));
        let n = case["result"]["keyBytes"].as_u64();
        let read = read.ok().map(|it| it.bytes().len() as u64);
        assert_eq!(read, n, "{}", case["input"]);
    }
}
