//! What a cell of an encrypted table looks like, and what can be wrong with it.

use crate::DataType;

/// The most bytes of a cell: AWS Glue takes no more.
pub const LONGEST_CELL: usize = 16_383;

/// How a sealed cell begins; also what is authenticated beside the ciphertext.
pub(crate) const SEALED: &[u8; 7] = b"02:enc:";

/// How a fingerprint begins.
pub(crate) const FINGERPRINT: &[u8; 8] = b"02:hmac:";

const VERSION: &[u8; 3] = b"02:";
const OLD_VERSION: &[u8; 3] = b"01:";

/// What a cell looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// A sealed value.
    Sealed,
    /// A fingerprint.
    Fingerprint,
    /// A sealed value or a fingerprint of the clients 1.x and 2.x, which 3.x does not read either.
    Old,
    /// Anything else, also what merely resembles a cell.
    Cleartext,
}

impl CellKind {
    /// What a cell looks like.
    ///
    /// The Java client looks at the word behind the first three bytes only, so that a member who
    /// plants `foxenc:` in a cleartext column stops everybody's decryption. Here the version must
    /// be one of the format's.
    pub fn of(cell: &[u8]) -> Self {
        let Some((version, rest)) = cell.split_first_chunk::<3>() else { return Self::Cleartext };
        let is_sealed = rest.starts_with(&SEALED[3..]);
        if !is_sealed && !rest.starts_with(&FINGERPRINT[3..]) {
            return Self::Cleartext;
        }
        match version {
            VERSION if is_sealed => Self::Sealed,
            VERSION => Self::Fingerprint,
            OLD_VERSION => Self::Old,
            _ => Self::Cleartext,
        }
    }
}

/// What is wrong with one cell. Contains no value; who has the row and the column adds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    /// A value of a type that is not among the format's.
    #[error("a value of this type can be left in cleartext, but not be encrypted")]
    UnknownType,
    /// A file holds a value that its column's type does not have.
    #[error("a value is out of the range of its column's type")]
    OutOfRange,
    /// There are no fingerprints of this type.
    #[error(
        "values of type {} have no fingerprints: fingerprint strings, integers, booleans or dates",
        .0.name()
    )]
    NoFingerprint(DataType),
    /// The value is longer than what it shall be padded to.
    #[error(
        "no room for padding: values are padded to {target} bytes and this one has {payload} \
         (lengths count the value's bytes and 1 more, or some more if the type has metadata)"
    )]
    NoRoomForPad {
        /// What it shall be padded to.
        target: usize,
        /// What it has.
        payload: usize,
    },
    /// The padding is larger than the format has.
    #[error(
        "values would be padded to {target} bytes, and {} is the most: choose a smaller length",
        crate::LONGEST_PADDED
    )]
    PadTooLong {
        /// What it shall be padded to.
        target: usize,
    },
    /// The column's length for padding is larger than the format has.
    #[error("the length for padding is {}, and must be 0 to {}", .0, crate::LONGEST_PAD)]
    PadOutOfRange(u16),
    /// The cell is longer than AWS Glue takes.
    #[error("the cell would have {0} bytes, and {LONGEST_CELL} is the most")]
    TooLong(usize),
    /// A cell of the clients 1.x and 2.x.
    #[error("the cell was made by a client of version 1 or 2: encrypt it again with this one")]
    Old,
    /// Behind the prefix is no base64.
    #[error("a sealed cell is damaged: it is not base64 in its one canonical form")]
    NotBase64,
    /// Too short for what every sealed cell has.
    #[error("a sealed cell is damaged: it is cut off")]
    CutOff,
    /// The tag is wrong.
    #[error(
        "a sealed cell cannot be opened: it was changed, or the secret or the collaboration's id \
         are not those it was sealed with"
    )]
    NotAuthentic,
    /// Who had the key sealed something that is no value.
    #[error("a sealed cell holds something that is no value of this format")]
    NotAValue,
    /// Fingerprints were forbidden.
    #[error("a fingerprint stands where none is allowed: fingerprints cannot be decrypted")]
    FingerprintForbidden,
}
