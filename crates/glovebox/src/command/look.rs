//! `glovebox look`: one table, seen for its owner in a process of its own.

use std::process::ExitCode;

use anyhow::Result;
use glovebox_room::{look_child, receive_look};

use super::runtime;
use crate::arguments::WalkArgs;
use crate::logs::Logs;

/// Takes from standard input at what to look, and says what was seen. Started by `serve` only.
pub(super) fn run(arguments: &WalkArgs) -> Result<ExitCode> {
    let look = receive_look()?;
    Logs { filter: arguments.log.clone(), format: arguments.log_format }.begin();
    let runtime = runtime()?;
    let code = runtime.block_on(look_child(look));
    runtime.shutdown_background();
    Ok(code)
}
