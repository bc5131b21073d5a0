//! `glovebox walk`: one query from claim to close, in a process of its own.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use glovebox_cli::Surroundings;
use glovebox_room::{receive_task, walk_child};

use super::runtime;
use crate::arguments::WalkArgs;
use crate::logs::Logs;

/// Takes the task from standard input and walks it. Started by the supervisor only.
pub(super) fn run(arguments: &WalkArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let task = receive_task()?;
    Logs { filter: arguments.log.clone(), format: arguments.log_format }.begin();
    let runtime = runtime()?;
    let code = runtime.block_on(walk_child(task, Arc::clone(&surroundings.clock)));
    // What was given up, such as a text that took too long to judge, is not waited for.
    runtime.shutdown_background();
    Ok(code)
}
