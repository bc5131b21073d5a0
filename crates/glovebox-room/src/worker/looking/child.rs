//! The side of the process that looks.

use std::io::{self, Write as _};
use std::process::ExitCode;

use glovebox_catalog::{Reach, TableLocation};

use super::forms::{LookV1, SeenV1};
use super::{ANSWER, Sight, see_within};
use crate::worker::TaskError;
use crate::worker::child::{harden, line, live_with_the_parent};
use crate::worker::fence::Fence;

/// A look that this process was started for.
#[derive(Debug)]
pub struct Look {
    sight: Sight,
}

/// Reads from standard input at what to look. From then on this process is killed when the other
/// end of the pipe closes, holds as much as it may, and reaches nothing but the table or the
/// connection.
pub fn receive_look() -> Result<Look, TaskError> {
    harden()?;
    let look = LookV1::parse(&line().ok_or(TaskError)?).ok_or(TaskError)?;
    look.kernel.keep().map_err(|_| TaskError)?;
    let sight = look.read().ok_or(TaskError)?;
    let through = |reach: &Reach| Fence::default().to(std::slice::from_ref(&reach.connection));
    let fence = match &sight {
        Sight::Connection(reach, _) => through(reach),
        Sight::Table(TableLocation::Connected(connected), _) => through(&connected.reach),
        Sight::Table(TableLocation::Folder(folder), _) => Fence::reading(folder.root.clone()),
        Sight::Table(TableLocation::Lost(_), _) => Fence::default(),
    };
    fence.raise().map_err(|_| TaskError)?;
    live_with_the_parent(|_| ())?;
    Ok(Look { sight })
}

/// Looks, and says what was seen, before it is killed for taking too long.
pub async fn look_child(look: Look) -> ExitCode {
    let Some(seen) = see_within(ANSWER, look.sight).await else { return ExitCode::FAILURE };
    let Some(line) = SeenV1::of(&seen).to_line() else { return ExitCode::FAILURE };
    let mut out = io::stdout().lock();
    match out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
