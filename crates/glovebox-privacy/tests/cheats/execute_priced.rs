//! Executes what was priced and never reserved.

use glovebox_privacy::{Executed, Priced, Reserved};

pub fn cheat(priced: Priced, execute: fn(Reserved) -> Executed) -> Executed {
    execute(priced)
}
