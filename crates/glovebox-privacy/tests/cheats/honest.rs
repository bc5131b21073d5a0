//! What may be written: the doors in their order. The control of the cheats beside it.

use glovebox_privacy::{Encoded, Executed, Kept, Noise, Released, Reserved, Withheld, release};

pub fn walk(
    reserved: Reserved,
    execute: fn(Reserved) -> Executed,
    noise: &mut dyn Noise,
    encode: fn(Released) -> Encoded,
    keep: fn(Encoded) -> Kept,
) -> Result<Kept, Withheld> {
    let released = release(execute(reserved), noise)?;
    Ok(keep(encode(released)))
}
