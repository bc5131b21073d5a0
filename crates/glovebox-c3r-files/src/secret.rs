//! The shared secret: from a variable, or from a file that only its owner can read.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use glovebox_c3r::Secret;
use zeroize::Zeroizing;

use crate::{Failed, SecretOrigin, Surroundings};

/// The variable that the Java client reads, too.
const VARIABLE: &str = "C3R_SHARED_SECRET";

/// A secret is short: whatever is longer is another file.
const LONGEST: u64 = 64 << 10;

/// Finds the secret where the arguments say.
pub(crate) fn find(origin: &SecretOrigin, world: &Surroundings<'_>) -> Result<Secret, Failed> {
    let (text, place) = match &origin.secret_file {
        Some(path) => (from_file(path)?, format!("the file `{}`", path.display())),
        None => {
            let text = (world.variable)(VARIABLE).map(Zeroizing::new).ok_or_else(|| {
                Failed::new(format!("there is no shared secret: {VARIABLE} is not set")).help(
                    "set it, or name a file with --secret-file; `glovebox c3r keygen` makes one",
                )
            })?;
            (text, format!("the variable {VARIABLE}"))
        }
    };
    Secret::from_base64(&text).map_err(|error| {
        Failed::new(format!("the shared secret cannot be used: {error}"))
            .help(format!("look at {place}: it holds at least 32 bytes in Base64, and no more"))
    })
}

/// Reads a file that belongs to us and that nobody else may read.
fn from_file(path: &Path) -> Result<Zeroizing<String>, Failed> {
    let failed = |it: &std::io::Error| Failed::io("cannot read the secret in", path, it);
    let file = File::open(path).map_err(|it| failed(&it))?;
    // Asked of the open file: another could have taken its name since.
    let found = file.metadata().map_err(|it| failed(&it))?;
    let refuse = |why: &str, help: String| {
        Err(Failed::new(format!("`{}` is not taken as a secret: {why}", path.display())).help(help))
    };
    if !found.is_file() {
        return refuse("it is no ordinary file", "name a file".to_owned());
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return refuse("it belongs to somebody else", "copy it into a file of your own".to_owned());
    }
    if found.mode() & 0o777 != 0o600 {
        let help = format!("chmod 600 {}", path.display());
        return refuse(&format!("its mode is {:04o}, not 0600", found.mode() & 0o7777), help);
    }
    let mut text = Zeroizing::new(String::with_capacity(4096));
    file.take(LONGEST).read_to_string(&mut text).map_err(|it| failed(&it))?;
    // An editor and `keygen --output` end the line.
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}
