//! A service account: its key, and whether a token is signed with it.

use std::io::Write;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use glovebox_model::{Credentials, Secret};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};

/// A service account.
#[derive(Debug)]
pub(crate) struct Account {
    /// PEM, PKCS#8.
    private: String,
    /// DER, PKCS#1.
    public: Vec<u8>,
}

const EMAIL: &str = "reader@acme.iam.gserviceaccount.com";
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = command.spawn().expect("openssl is missing: apt-get install openssl");
    running.stdin.take().unwrap().write_all(input).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

impl Account {
    /// An account with a key of its own.
    pub(crate) fn new() -> Self {
        let bits = "rsa_keygen_bits:2048";
        let private = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", bits], b"");
        let public = openssl(&["rsa", "-RSAPublicKey_out", "-outform", "DER"], &private);
        Self { private: String::from_utf8(private).unwrap(), public }
    }

    /// What its owner gives: the JSON that Google's console gives out, with `more` in it.
    pub(crate) fn credentials(&self, more: &[(&str, Value)]) -> Credentials {
        let mut key = json!({
            "type": "service_account", "project_id": "acme", "private_key_id": "key-1",
            "private_key": self.private, "client_email": EMAIL,
            "token_uri": "https://oauth2.googleapis.com/token",
        });
        for (name, value) in more {
            key[*name] = value.clone();
        }
        Credentials::Token(Secret::new(key.to_string()))
    }

    /// Whether a token is one of its own: signed, for an hour, for its storage.
    pub(super) fn signed(&self, token: &str) -> bool {
        let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            return false;
        };
        let read = |it: &str| BASE64_URL_SAFE_NO_PAD.decode(it).unwrap_or_default();
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public);
        let message = format!("{head}.{claims}");
        if key.verify(message.as_bytes(), &read(signature)).is_err() {
            return false;
        }
        let json = |it: &str| serde_json::from_slice::<Value>(&read(it)).unwrap_or_default();
        let (head, claims) = (json(head), json(claims));
        head["alg"] == "RS256"
            && head["kid"] == "key-1"
            && claims["iss"] == EMAIL
            && claims["sub"] == EMAIL
            && claims["scope"] == SCOPE
            && claims["exp"].as_i64() == claims["iat"].as_i64().map(|it| it + 3600)
    }
}
