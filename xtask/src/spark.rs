//! `cargo xtask spark`: asks Apache Spark again, and records what it answers.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::test::{environment, run_command};

/// Writes `corpus/spark/queries/generated.sql` and `corpus/spark/answers/` anew.
///
/// Needs Java 17 (or what else Spark 3.5 runs on); the tests that read the answers do not.
pub(crate) fn run(root: &Path, topics: &[String]) -> Result<()> {
    if !Command::new("java").arg("-version").output().is_ok_and(|it| it.status.success()) {
        bail!("Spark needs Java: apt-get install openjdk-17-jre-headless");
    }
    let python = python(root)?;
    run_command(Command::new(&python).arg(root.join("e2e/spark/generate.py")))?;
    run_command(Command::new(&python).arg(root.join("e2e/spark/record.py")).args(topics))?;
    println!(
        "now: UPDATE_EXPECT=1 cargo nextest run -p glovebox-sql --test spark, and read the diff"
    );
    Ok(())
}

/// The Python that has Spark, made on first use.
fn python(root: &Path) -> Result<PathBuf> {
    environment(&root.join("target/spark-venv"), &root.join("e2e/spark/requirements.txt"))
        .context("cannot make the environment with Spark")
}
