//! One command, from its arguments to its exit status.

use crate::{C3rCommand, Failed, Surroundings, decrypt, doctor, encrypt, keygen, schema};

/// Runs a command and says on standard error how it failed, if it did. Gives the exit status.
pub fn run(command: &C3rCommand, world: &mut Surroundings<'_>) -> u8 {
    let (ended, traced) = match command {
        C3rCommand::Encrypt(it) => (encrypt::run(it, world), it.speech.traced),
        C3rCommand::Decrypt(it) => (decrypt::run(it, world), it.speech.traced),
        C3rCommand::Schema(it) => (schema::run(it, world), it.traced),
        C3rCommand::Keygen(it) => (keygen::run(it, world), false),
        C3rCommand::Doctor(it) => match doctor::run(it, world) {
            Ok(is_well) => return u8::from(!is_well),
            Err(failed) => (Err(failed), it.speech.traced),
        },
    };
    match ended {
        Ok(()) => 0,
        Err(failed) => end(&failed, traced, world),
    }
}

fn end(failed: &Failed, traced: bool, world: &mut Surroundings<'_>) -> u8 {
    // Names of files and columns come from others.
    let lines = printable(&failed.lines(traced));
    drop(world.notes.write_all(lines.as_bytes()));
    failed.status()
}

/// Without control characters, so that a name cannot steer a terminal.
fn printable(lines: &str) -> String {
    let is_plain = |c: char| c == '\n' || !c.is_control();
    lines.chars().map(|c| if is_plain(c) { c } else { '\u{fffd}' }).collect()
}
