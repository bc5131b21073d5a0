//! `cargo xtask load`: many real clients at once while queries run.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::openssl::cargo;
use crate::test::{python, run_command};

/// How much is asked of the house.
#[derive(Debug, clap::Args)]
pub(crate) struct Load {
    /// For how long.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// How many clients at once.
    #[arg(long, default_value_t = 64)]
    clients: u32,
    /// Seconds between two calls of a client, on average.
    #[arg(long, default_value_t = 0.5)]
    pause: f64,
    /// With the debug build, for a first look.
    #[arg(long)]
    debug: bool,
}

/// Builds the binary, in release, and runs `e2e/load.py` against it.
pub(crate) fn run(root: &Path, load: &Load) -> Result<()> {
    let mut build = cargo(root);
    build.args(["build", "--package", "glovebox"]);
    let profile = if load.debug {
        "debug"
    } else {
        build.arg("--release");
        "release"
    };
    run_command(&mut build)?;
    let mut script = Command::new(python(root)?);
    script.current_dir(root.join("e2e")).arg("load.py");
    script.args(["--minutes", &load.minutes.to_string()]);
    script.args(["--clients", &load.clients.to_string()]);
    script.args(["--pause", &load.pause.to_string()]);
    let binary = root.join("target").join(profile).join("glovebox");
    run_command(script.env("GLOVEBOX_BIN", binary))
}
