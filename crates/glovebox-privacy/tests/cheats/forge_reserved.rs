//! Says that a cost was taken, without a store.

use glovebox_privacy::{Priced, Reserved};

pub fn cheat(priced: Priced) -> Reserved {
    Reserved::assertion(priced)
}
