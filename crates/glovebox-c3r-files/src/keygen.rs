//! `keygen`: a shared secret of 32 random bytes.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::{Failed, KeygenArgs, Surroundings};

/// Prints a new secret, or writes it to a new file that only its owner can read.
pub(crate) fn run(arguments: &KeygenArgs, world: &mut Surroundings<'_>) -> Result<(), Failed> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut()).map_err(|_| Failed::new("the system gives no random bytes"))?;
    let mut text = Zeroizing::new(STANDARD.encode(bytes.as_ref()));
    text.push('\n');
    let Some(path) = &arguments.output else {
        let written = world.output.write_all(text.as_bytes()).and_then(|()| world.output.flush());
        return written.map_err(|it| Failed::new(format!("the secret could not be printed: {it}")));
    };
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = opened.map_err(|error| {
        let failed = Failed::io("cannot make the file", path, &error);
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                failed.help("a secret is never overwritten: with it, sealed cells would be lost")
            }
            _ => failed,
        }
    })?;
    if let Err(error) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
        // Half a secret is none.
        drop(std::fs::remove_file(path));
        return Err(Failed::io("cannot write", path, &error));
    }
    world.note(&format!("wrote a new shared secret to `{}` (mode 0600)", path.display()));
    Ok(())
}
