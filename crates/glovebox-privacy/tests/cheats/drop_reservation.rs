//! Loses a reservation.
#![forbid(unused_must_use)]

use glovebox_privacy::Reserved;

pub fn cheat(reserve: fn() -> Reserved) {
    reserve();
}
