//! Delivers what was never recorded.

use glovebox_privacy::{Encoded, Kept};

pub fn cheat(encoded: Encoded, deliver: fn(Kept)) {
    deliver(encoded)
}
