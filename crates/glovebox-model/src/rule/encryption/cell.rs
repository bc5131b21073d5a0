//! What an encrypted cell looks like (C3R, version 2 of the format).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::EncryptedKind;

/// Before the Base64 of a fingerprint.
const FINGERPRINT: &str = "02:hmac:";
/// Before the Base64 of a sealed cell.
const SEALED: &str = "02:enc:";
/// The Base64 of the 32 bytes of an HMAC-SHA256.
const FINGERPRINT_CHARACTERS: usize = 44;
/// A nonce, an IV, a type, a length and a tag, and nothing inside.
const LEAST_SEALED_BYTES: usize = 63;
/// No client writes a longer cell.
const LONGEST_CELL_BYTES: usize = 16_383;

/// Why a cell is not what its column was declared to hold. Never says the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CellFault {
    /// Written by a client of another version.
    #[error("is encrypted in another version of the format than 02")]
    Version,
    /// Of the other kind.
    #[error("is {}, not {}", found.aws_name(), declared.aws_name())]
    Kind {
        /// What the column was declared to be.
        declared: EncryptedKind,
        /// What the cell is.
        found: EncryptedKind,
    },
    /// Begins like an encrypted cell and does not go on like one.
    #[error("begins like a {} cell and is damaged or cut off", .0.aws_name())]
    Damaged(EncryptedKind),
    /// A value that anybody can read.
    #[error("is not encrypted")]
    Cleartext,
    /// A NULL where the owner says that there are none.
    #[error("is NULL, and the column is declared as one without NULLs")]
    Null,
}

/// Whether the text of a cell is what a column of that kind holds. NULL is no text.
pub fn check_cell(declared: EncryptedKind, text: &str) -> Result<(), CellFault> {
    let found = match (text.strip_prefix(FINGERPRINT), text.strip_prefix(SEALED)) {
        (Some(rest), _) => {
            let is_whole = rest.len() == FINGERPRINT_CHARACTERS;
            (EncryptedKind::Fingerprint, is_whole && decoded_bytes(rest) == Some(32))
        }
        (None, Some(rest)) => {
            let is_whole = decoded_bytes(rest).is_some_and(|it| it >= LEAST_SEALED_BYTES);
            (EncryptedKind::Sealed, is_whole && text.len() <= LONGEST_CELL_BYTES)
        }
        (None, None) => {
            let rest = text.get(2..).unwrap_or_default();
            let other = rest.starts_with(":hmac:") || rest.starts_with(":enc:");
            return Err(if other { CellFault::Version } else { CellFault::Cleartext });
        }
    };
    match found {
        (kind, _) if kind != declared => Err(CellFault::Kind { declared, found: kind }),
        (kind, false) => Err(CellFault::Damaged(kind)),
        (EncryptedKind::Fingerprint | EncryptedKind::Sealed, true) => Ok(()),
    }
}

/// How many bytes a text stands for, if it is Base64 of the standard alphabet with padding, in its
/// one canonical form.
fn decoded_bytes(text: &str) -> Option<usize> {
    STANDARD.decode(text).ok().map(|it| it.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINT: &str = "02:hmac:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn sealed(bytes: usize) -> String {
        let groups = bytes / 3;
        let rest = match bytes % 3 {
            0 => "",
            1 => "AA==",
            _ => "AAA=",
        };
        format!("02:enc:{}{rest}", "AAAA".repeat(groups))
    }

    #[test]
    fn whole_cells_pass_and_no_others() {
        assert_eq!(check_cell(EncryptedKind::Fingerprint, PRINT), Ok(()));
        for bytes in [63, 64, 65, 66, 5_000] {
            assert_eq!(check_cell(EncryptedKind::Sealed, &sealed(bytes)), Ok(()), "{bytes}");
        }
        let damaged = |kind, text: &str| check_cell(kind, text) == Err(CellFault::Damaged(kind));
        assert!(damaged(EncryptedKind::Sealed, &sealed(62)));
        assert!(damaged(EncryptedKind::Sealed, &sealed(12_285)));
        assert!(damaged(EncryptedKind::Sealed, &format!("{} ", sealed(66))));
        for bad in [
            &PRINT[..51],
            "02:hmac:",
            "02:hmac:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
            "02:hmac:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-=",
            "02:hmac:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh==",
            "02:hmac:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A",
        ] {
            assert!(damaged(EncryptedKind::Fingerprint, bad), "{bad}");
        }
    }

    #[test]
    fn what_a_cell_is_instead_is_said_without_its_value() {
        let (declared, found) = (EncryptedKind::Sealed, EncryptedKind::Fingerprint);
        let other = check_cell(declared, PRINT).unwrap_err();
        assert_eq!(other, CellFault::Kind { declared, found });
        assert_eq!(other.to_string(), "is fingerprint, not sealed");
        let old = PRINT.replacen("02", "01", 1);
        assert_eq!(check_cell(found, &old), Err(CellFault::Version));
        for clear in ["", "é", "a@b.example", "foxenc:bar", "02:HMAC:AA"] {
            let fault = check_cell(found, clear).unwrap_err();
            assert_eq!(fault.to_string(), "is not encrypted", "{clear}");
        }
    }
}
