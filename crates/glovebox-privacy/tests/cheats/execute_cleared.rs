//! Executes what was cleared and never reserved.

use glovebox_privacy::{Executed, Priced, Reserved, Terms, price};

fn cleared<Cleared, Why>(_: fn(Cleared, &Terms) -> Result<Priced, Why>) -> Cleared {
    loop {}
}

pub fn cheat(execute: fn(Reserved) -> Executed) -> Executed {
    execute(cleared(price))
}
