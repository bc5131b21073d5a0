//! `cargo xtask bench`: the figures that issues ask for, measured side by side in one run.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::openssl::cargo;
use crate::test::{python, run_command};

/// Builds the release binaries, then measures judging and the whole road.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut build = cargo(root);
    build.args(["build", "--release", "-p", "glovebox", "-p", "glovebox-sim"]);
    run_command(&mut build)?;
    run_command(Command::new(root.join("target/release/judge-bench")).arg(root.join("corpus")))?;
    let mut road = Command::new(python(root)?);
    road.current_dir(root.join("e2e")).arg("bench.py");
    run_command(road.env("GLOVEBOX_BIN", root.join("target/release/glovebox")))
}

/// Builds the fuzzer in release and lets it run.
pub(crate) fn fuzz(root: &Path, seconds: u32, seed: u64, targets: &[String]) -> Result<()> {
    let (seconds, seed) = (seconds.to_string(), seed.to_string());
    let mut fuzz = cargo(root);
    fuzz.args(["run", "--release", "-p", "glovebox-sim", "--bin", "fuzz", "--"]);
    run_command(fuzz.args(["--seconds", &seconds, "--seed", &seed]).args(targets))
}

/// Builds the long tests of private answers in release and lets them run: the samplers, then the
/// auditor with 20,000 runs a comparison and more, and random plans beside the interpreter.
pub(crate) fn dp_long(root: &Path) -> Result<()> {
    let mut long = cargo(root);
    run_command(long.args(["run", "--release", "-p", "glovebox-sim", "--bin", "dp-long"]))?;
    let mut tests = cargo(root);
    // Read when the tests are compiled.
    tests.env("GLOVEBOX_AUDIT_RUNS", "40").env("GLOVEBOX_SIM_CASES", "4000");
    tests.args(["test", "--release", "-p", "glovebox-sim", "--test", "it", "private::"]);
    run_command(tests.args(["--", "--nocapture", "--test-threads", "2"]))
}
