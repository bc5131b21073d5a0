//! Releases one result twice, to average the noise away.

use glovebox_privacy::{Executed, Noise, Released, release};

pub fn cheat(executed: Executed, noise: &mut dyn Noise) -> (Option<Released>, Option<Released>) {
    (release(executed, noise).ok(), release(executed, noise).ok())
}
