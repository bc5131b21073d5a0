//! `cargo xtask bench`: the figures that issues ask for, measured side by side in one run.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::openssl::cargo;
use crate::test::{environment, python, run_command};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Judging, over the corpus.
    Judging,
    /// From StartProtectedQuery to SUCCESS.
    Road,
    /// An overlap over Parquet in S3, beside plain DataFusion on the same store.
    Data,
    /// An overlap of two large tables of long keys, beside DuckDB and plain DataFusion.
    Overlap,
    /// A hundred million rows joined with as many, a thousand million summed: once, for long.
    Large,
    /// Private queries beside the same SQL without privacy.
    Private,
    /// When private answers come, with and without one user who makes work.
    Times,
    /// Encrypting and decrypting files, beside the primitives alone.
    C3r,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) rows: Option<u32>,
    pub(crate) files: Option<u32>,
}

/// Builds what is to be measured in release, then measures it, part by part.
pub(crate) fn run(root: &Path, parts: &[Part], sizes: Sizes, peers: bool) -> Result<()> {
    let Sizes { rows, files } = sizes;
    let all = Part::value_variants().iter().filter(|it| !matches!(it, Part::Large));
    let parts = if parts.is_empty() { all.collect() } else { parts.iter().collect::<Vec<_>>() };
    for part in parts {
        match part {
            Part::Judging => {
                build(root, "glovebox-sim")?;
                let mut judging = Command::new(root.join("target/release/judge-bench"));
                run_command(judging.arg(root.join("corpus")))?;
            }
            Part::Road => served(root, "bench.py")?,
            Part::Data => data(root, rows.unwrap_or(4_000_000), files.unwrap_or(1_000))?,
            Part::Overlap => overlap(root, rows.unwrap_or(10_000_000))?,
            Part::Large => served(root, "bench_large.py")?,
            Part::Times => served(root, "bench_times.py")?,
            Part::Private => private(root, rows.unwrap_or(10_000_000), peers)?,
            Part::C3r => c3r(root, rows.unwrap_or(1_000_000))?,
        }
    }
    Ok(())
}

fn build(root: &Path, package: &str) -> Result<()> {
    run_command(cargo(root).args(["build", "--release", "-p", package]))
}

/// A script of e2e against the server.
fn served(root: &Path, script: &str) -> Result<()> {
    build(root, "glovebox")?;
    let mut measured = Command::new(python(root)?);
    measured.current_dir(root.join("e2e")).arg(script);
    run_command(measured.env("GLOVEBOX_BIN", root.join("target/release/glovebox")))
}

/// Needs a small part of the house only: builds in some two minutes.
fn c3r(root: &Path, rows: u32) -> Result<()> {
    let mut bench = cargo(root);
    bench.args(["bench", "-p", "glovebox-c3r-files", "--bench", "c3r", "--"]);
    run_command(bench.args(["--rows", &rows.to_string()]))
}

/// The whole road and plain DataFusion, both over an S3 server of the bench's own.
fn data(root: &Path, rows: u32, files: u32) -> Result<()> {
    build(root, "glovebox")?;
    let bench = engine_bench(root, "data")?;
    let mut script = Command::new(python(root)?);
    script.current_dir(root.join("e2e")).arg("bench_data.py").args(["--bench", &bench]);
    script.args(["--rows", &rows.to_string(), "--many", &files.to_string()]);
    run_command(script.env("GLOVEBOX_BIN", root.join("target/release/glovebox")))
}

/// The whole road over folders, plain DataFusion, and DuckDB.
fn overlap(root: &Path, rows: u32) -> Result<()> {
    build(root, "glovebox")?;
    let bench = engine_bench(root, "data")?;
    let mut script = Command::new(python(root)?);
    script.current_dir(root.join("e2e")).arg("bench_overlap.py").args(["--bench", &bench]);
    script.args(["--rows", &rows.to_string()]);
    run_command(script.env("GLOVEBOX_BIN", root.join("target/release/glovebox")))
}

/// Builds a bench of the engine and gives the path of its binary.
fn engine_bench(root: &Path, name: &str) -> Result<String> {
    let mut build = cargo(root);
    build.args(["bench", "-p", "glovebox-engine", "--bench", name, "--no-run"]);
    let built = build.arg("--message-format=json").stderr(Stdio::inherit()).output()?;
    anyhow::ensure!(built.status.success(), "the bench could not be built");
    let text = String::from_utf8(built.stdout)?;
    let executable = |line: &str| {
        let found: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(found.get("executable")?.as_str()?.to_owned())
    };
    text.lines().filter_map(executable).next_back().context("no bench was built")
}

fn private(root: &Path, rows: u32, peers: bool) -> Result<()> {
    let bench = engine_bench(root, "private")?;
    let mut script = Command::new(python(root)?);
    script.current_dir(root.join("e2e")).arg("bench_private.py").args(["--bench", &bench]);
    script.args(["--rows", &rows.to_string()]);
    for peer in ["smartnoise", "tumult"].into_iter().filter(|_| peers) {
        let requirements = root.join(format!("e2e/peers/{peer}.txt"));
        let python = environment(&root.join(format!("target/{peer}-venv")), &requirements)?;
        script.arg("--peer").arg(format!("{peer}={}", python.display()));
    }
    run_command(&mut script)
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
