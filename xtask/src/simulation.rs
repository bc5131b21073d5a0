//! `cargo sim` and `cargo xtask kills`: bad days, simulated and real.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::openssl::cargo;
use crate::test::{python, run_command};

/// More seeds than this are worth an optimised build.
const FEW: u64 = 1_000;

/// Lives through one seed or many.
pub(crate) fn run(
    root: &Path,
    seed: Option<u64>,
    seeds: Option<u64>,
    from: Option<u64>,
) -> Result<()> {
    let mut simulation = cargo(root);
    simulation.args(["run", "--quiet", "--package", "glovebox-sim", "--bin", "sim"]);
    if seeds.is_some_and(|it| it > FEW) {
        simulation.arg("--release");
    }
    simulation.arg("--");
    simulation.args(seed.map(|it| it.to_string()));
    for (flag, value) in [("--seeds", seeds), ("--from", from)] {
        simulation.args(value.iter().flat_map(|it| [flag.to_owned(), it.to_string()]));
    }
    run_command(&mut simulation)
}

/// Kills the server and its queries under load; see `e2e/kills.py`.
pub(crate) fn kills(root: &Path, count: u32, seed: u64) -> Result<()> {
    run_command(cargo(root).args(["build", "--package", "glovebox"]))?;
    let mut script = Command::new(python(root)?);
    script.current_dir(root.join("e2e")).arg("kills.py");
    script.args(["--count", &count.to_string(), "--seed", &seed.to_string()]);
    run_command(script.env("GLOVEBOX_BIN", root.join("target/debug/glovebox")))
}
