//! `cargo xtask test`: everything CI runs, from a fresh clone to the last end-to-end test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Runs all steps in order and stops at the first that fails.
pub(crate) fn run(root: &Path, skip_lint: bool) -> Result<()> {
    let started = Instant::now();
    check_tools()?;
    crate::openssl::prepare();
    step("format", || cargo(root, &["fmt", "--all", "--check"]))?;
    step("tidy", || crate::tidy::run(root))?;
    step("generated wire types are fresh", || crate::codegen::run(root, true))?;
    let mut azurite = None;
    step("python", || {
        azurite = Some(crate::azurite::install(root, &python(root)?)?);
        Ok(())
    })?;
    if !skip_lint {
        step("lint", || {
            cargo(root, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
        })?;
    }
    step("azurite", || azurite.map_or(Ok(()), crate::azurite::Installing::finish))?;
    step("tests", || unit_tests(root))?;
    step("build", || cargo(root, &["build", "--workspace", "--bins"]))?;
    step("end to end", || end_to_end(root))?;
    println!("\nAll passed in {} s.", started.elapsed().as_secs());
    Ok(())
}

fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("\n== {name}");
    let started = Instant::now();
    work().with_context(|| format!("step `{name}` failed"))?;
    println!("== {name}: ok, {} s", started.elapsed().as_secs());
    Ok(())
}

fn check_tools() -> Result<()> {
    let mut missing = Vec::new();
    let tools = [
        ("cc", "a C compiler: apt-get install build-essential"),
        ("python3", "Python 3: apt-get install python3 python3-venv"),
    ];
    for (tool, what) in tools {
        if Command::new(tool).arg("--version").output().is_err() {
            missing.push(what);
        }
    }
    let venv = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    if missing.is_empty() && !venv.is_ok_and(|it| it.status.success()) {
        missing.push("Python's venv module: apt-get install python3-venv");
    }
    for component in ["fmt", "clippy"] {
        if !Command::new("cargo").args([component, "--version"]).output()?.status.success() {
            missing.push("rustfmt and clippy: rustup component add rustfmt clippy");
        }
    }
    if !crate::packages::postgresql() {
        missing.push("PostgreSQL's server: apt-get install postgresql");
    }
    if !crate::packages::openssl() {
        missing.push("OpenSSL's command: apt-get install openssl");
    }
    if Command::new("setpriv").arg("--version").output().is_err() {
        missing.push("setpriv: apt-get install util-linux");
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("this machine lacks:\n  - {}", missing.join("\n  - "))
}

fn unit_tests(root: &Path) -> Result<()> {
    let has_nextest =
        Command::new("cargo").args(["nextest", "--version"]).output()?.status.success();
    if has_nextest {
        cargo(root, &["nextest", "run", "--workspace", "--profile", "ci"])
    } else {
        println!("cargo-nextest is not installed: using cargo test");
        cargo(root, &["test", "--workspace", "--all-targets"])
    }
}

/// Prints in how many of the runner's groups a key stands in the queries of `corpus/honest`.
pub(crate) fn honest(root: &Path) -> Result<()> {
    let test = "honest::what_a_limit_of_groups_per_key_would_cost_is_what_the_decision_says";
    let package = ["test", "--package", "glovebox-engine", "--test", "it"];
    cargo(root, &[&package[..], &["--", "--exact", test, "--nocapture"]].concat())
}

fn end_to_end(root: &Path) -> Result<()> {
    let python = python(root)?;
    let tests = root.join("e2e");
    let mut pytest = Command::new(python);
    pytest.current_dir(&tests).args(["-m", "pytest", "-q", "-x", "--durations=5", "-p"]);
    pytest.arg("no:cacheprovider").env("GLOVEBOX_BIN", root.join("target/debug/glovebox"));
    run_command(&mut pytest)
}

/// The Python of the project's own environment, made on first use from `e2e/requirements.txt`.
pub(crate) fn python(root: &Path) -> Result<PathBuf> {
    environment(&root.join("target/e2e-venv"), &root.join("e2e/requirements.txt"))
}

/// The Python of the environment `venv`, made anew when `requirements` changed.
pub(crate) fn environment(venv: &Path, requirements: &Path) -> Result<PathBuf> {
    let python = venv.join("bin/python");
    let wanted = std::fs::read_to_string(requirements)?;
    let stamp = venv.join("requirements.installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|it| it == wanted) {
        return Ok(python);
    }
    println!("making a Python environment in {}", venv.display());
    run_command(Command::new("python3").args(["-m", "venv", "--clear"]).arg(venv))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
    run_command(pip.arg(requirements))?;
    std::fs::write(&stamp, wanted)?;
    Ok(python)
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    run_command(crate::openssl::cargo(root).args(arguments))
}

/// Runs a command with our own input and output; a failure is an error that names it.
pub(crate) fn run_command(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} ended with {status}") }
}
