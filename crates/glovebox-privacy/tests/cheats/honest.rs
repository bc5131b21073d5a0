//! What may be written: the doors in their order. The control of the cheats beside it.

use glovebox_privacy::{Encoded, Executed, Kept, Draw, Released, Reserved, Withheld, release};

pub fn walk(
    reserved: Reserved,
    execute: fn(Reserved) -> Executed,
    draw: &mut dyn Draw,
    encode: fn(Released) -> Encoded,
    keep: fn(Encoded) -> Kept,
) -> Result<Kept, Withheld> {
    let released = release(execute(reserved), draw)?;
    Ok(keep(encode(released)))
}
