//! Codegen, tidy, tests, benches.

mod codegen;

use std::path::Path;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// Chores of the Glovebox repository.
#[derive(Parser)]
#[command(name = "xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Generates the AWS wire types from data/aws-model.
    Codegen {
        /// Only says whether the committed files are stale.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the root")?;
    match Arguments::parse().chore {
        Chore::Codegen { check } => codegen::run(root, check),
    }
}
