//! How long a sealed value is made to look.

use crate::CellError;

/// The largest length that a schema may name.
pub const LONGEST_PAD: u16 = 10_000;

/// The most bytes that a value may be padded to.
pub const LONGEST_PADDED: usize = 12_000;

/// How sealed values of a column are padded. Lengths count the payload: the value's bytes, the
/// info byte and the type's metadata, so that 10 holds a string of 9 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pad {
    /// Not at all: who sees the cell knows the length of the value.
    None,
    /// To this many bytes; a longer value is an error.
    Fixed(u16),
    /// To this many bytes more than the longest value of the column.
    Max(u16),
}

impl Pad {
    /// How many bytes of padding a payload gets.
    pub(crate) fn amount(self, payload: usize, longest: usize) -> Result<usize, CellError> {
        let target = match self {
            Self::None => return Ok(0),
            Self::Fixed(length) | Self::Max(length) if length > LONGEST_PAD => {
                return Err(CellError::PadOutOfRange(length));
            }
            Self::Fixed(length) => usize::from(length),
            Self::Max(length) => usize::from(length).saturating_add(longest),
        };
        if target > LONGEST_PADDED {
            return Err(CellError::PadTooLong { target });
        }
        target.checked_sub(payload).ok_or(CellError::NoRoomForPad { target, payload })
    }
}
