//! Releases one result twice, to average the draw away.

use glovebox_privacy::{Executed, Draw, Released, release};

pub fn cheat(executed: Executed, draw: &mut dyn Draw) -> (Option<Released>, Option<Released>) {
    (release(executed, draw).ok(), release(executed, draw).ok())
}
