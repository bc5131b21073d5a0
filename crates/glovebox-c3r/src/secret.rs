//! The secret that the members share, and nobody else.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

/// The fewest bytes of a secret.
pub const SHORTEST_SECRET: usize = 32;

/// As the Java client reads it: padding may be left out, unused bits of the last character are not
/// looked at.
const AS_JAVA: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The shared secret. It is wiped from memory when dropped, and shows itself to nobody.
pub struct Secret(Zeroizing<Vec<u8>>);

/// Why a text is not a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not base64.
    #[error(
        "the shared secret is not base64 (A-Z, a-z, 0-9, + and /; no blank and no line end may \
         stand around it)"
    )]
    NotBase64,
    /// Fewer bytes than [`SHORTEST_SECRET`].
    #[error(
        "the shared secret has {0} bytes, and must have {SHORTEST_SECRET} or more (make one with \
         `glovebox c3r keygen`)"
    )]
    TooShort(usize),
}

impl Secret {
    /// Reads base64 as the Java client does: the standard alphabet, padding complete or absent.
    ///
    /// All bytes are used, however many there are.
    pub fn from_base64(text: &str) -> Result<Self, SecretError> {
        let is_padded = text.contains('=');
        if is_padded && !text.len().is_multiple_of(4) {
            return Err(SecretError::NotBase64);
        }
        let mut bytes = Zeroizing::new(vec![0; text.len()]);
        let n = AS_JAVA.decode_slice(text, &mut bytes).map_err(|_not| SecretError::NotBase64)?;
        bytes.truncate(n);
        Self::from_bytes(bytes)
    }

    /// A secret from the bytes themselves.
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Result<Self, SecretError> {
        if bytes.len() < SHORTEST_SECRET {
            return Err(SecretError::TooShort(bytes.len()));
        }
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::from_bytes(Zeroizing::new(vec![65; 32])).expect("long enough");
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }

    #[test]
    fn padding_is_complete_or_absent() {
        let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        assert!(Secret::from_base64(text).is_ok());
        assert!(Secret::from_base64(&format!("{text}=")).is_ok());
        for wrong in [format!("{text}=="), format!("{text}A="), format!("{text}=A==")] {
            assert_eq!(Secret::from_base64(&wrong).unwrap_err(), SecretError::NotBase64);
        }
    }
}
