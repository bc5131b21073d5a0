//! The fence around proofs: clippy must refuse a forged reservation.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

/// Lints an example that forges a `Reserved` and fails unless clippy refuses it for that reason.
pub(crate) fn run(root: &Path) -> Result<()> {
    let output = Command::new("cargo")
        .current_dir(root)
        .args(["clippy", "-p", "glovebox-privacy", "--example", "forge", "--features", "forge"])
        .args(["--", "-D", "warnings"])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        bail!("clippy let a forged reservation pass");
    }
    if !text.contains("use of a disallowed method `glovebox_privacy::Reserved::assertion`") {
        bail!("the forgery was refused for another reason:\n{text}");
    }
    Ok(())
}
