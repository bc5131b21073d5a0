//! Copies exact rows, to release them twice.

use glovebox_privacy::Executed;

pub fn cheat(executed: &Executed) -> Executed {
    executed.clone()
}

pub fn need<T: Clone>() {}

pub fn cheat_again() {
    need::<Executed>();
}
