//! Says that a result was recorded, without a store.

use glovebox_privacy::{Encoded, Kept};

pub fn cheat(encoded: Encoded) -> Kept {
    Kept::assertion(encoded.into_files())
}
