//! What Apache Spark says: `cargo xtask spark` records its answers anew, `cargo xtask read-back`
//! lets it read our results.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::test::{environment, run_command};

/// Writes `corpus/spark/queries/generated.sql` and `corpus/spark/answers/` anew.
///
/// Needs Java 17 (or what else Spark 3.5 runs on); the tests that read the answers do not.
pub(crate) fn run(root: &Path, topics: &[String]) -> Result<()> {
    check_java()?;
    let python = python(root)?;
    run_command(Command::new(&python).arg(root.join("e2e/spark/generate.py")))?;
    run_command(Command::new(&python).arg(root.join("e2e/spark/record.py")).args(topics))?;
    println!(
        "now: UPDATE_EXPECT=1 cargo nextest run -p glovebox-sql --test spark, and read the diff"
    );
    Ok(())
}

/// Reads results of ours with awswrangler and Spark, and compares them with the table.
pub(crate) fn read_back(root: &Path) -> Result<()> {
    check_java()?;
    run_command(crate::openssl::cargo(root).args(["build", "--package", "glovebox"]))?;
    let folder = root.join("e2e/readers");
    let python = environment(&root.join("target/readers-venv"), &folder.join("requirements.txt"))?;
    let mut reading = Command::new(python);
    reading.arg(folder.join("read_back.py"));
    run_command(reading.env("GLOVEBOX_BIN", root.join("target/debug/glovebox")))
}

fn check_java() -> Result<()> {
    if Command::new("java").arg("-version").output().is_ok_and(|it| it.status.success()) {
        return Ok(());
    }
    bail!("Spark needs Java: apt-get install openjdk-17-jre-headless");
}

/// The Python that has Spark, made on first use.
fn python(root: &Path) -> Result<PathBuf> {
    environment(&root.join("target/spark-venv"), &root.join("e2e/spark/requirements.txt"))
        .context("cannot make the environment with Spark")
}
