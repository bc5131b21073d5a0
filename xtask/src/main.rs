//! Codegen, tidy, tests, benches.

mod azurite;
mod bench;
mod codegen;
mod load;
mod openssl;
mod packages;
mod simulation;
mod spark;
mod test;
mod tidy;

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
    /// Installs Azurite, which plays Azure Blob Storage in the tests, if it is not there.
    Azurite,
    /// Measures judging, the whole road, data in S3, private queries and encryption of files, in
    /// release.
    Bench {
        /// Only these parts.
        parts: Vec<bench::Part>,
        /// Rows of the table: of private queries [default: 10 million], of encryption
        /// [1 million], in S3 [4 million].
        #[arg(long)]
        rows: Option<u32>,
        /// Files of the table with many of them in S3 [default: 1000].
        #[arg(long)]
        files: Option<u32>,
        /// Also runs SmartNoise SQL and Tumult Analytics, in environments of their own (Java 17).
        #[arg(long)]
        peers: bool,
    },
    /// Generates the AWS wire types from data/aws-model.
    Codegen {
        /// Only says whether the committed files are stale.
        #[arg(long)]
        check: bool,
    },
    /// Draws a million numbers of noise at each of many scales and compares them with the exact
    /// masses; audits private answers on neighbouring data and compares thousands of random
    /// private plans with an interpreter; in release.
    DpLong,
    /// Feeds random input to everything that reads strangers' words, in release.
    Fuzz {
        /// How long for each target.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Which stream of inputs.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Only these targets.
        targets: Vec<String>,
    },
    /// Measures what a limit of groups per key would cost queries that people really ask.
    Honest,
    /// Kills the server and walking queries at random moments under load, and checks what is left.
    Kills {
        /// How many kills.
        #[arg(long, default_value_t = 200)]
        count: u32,
        /// Which moments.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Lets many clients call at once while queries run: no error that is no quota, no growth of
    /// memory or open files, and the times of reads and writes.
    Load(load::Load),
    /// Makes the Python environment of the tests, if it is not there.
    Python,
    /// Reads results with awswrangler and Apache Spark (needs Java 17), beside DuckDB, and compares
    /// them with the table. Builds the binary.
    ReadBack,
    /// Lives through simulated houses, one for each seed; more than a thousand of them in release.
    Sim {
        /// Only this one, told step by step. The variable SEED says the same.
        seed: Option<u64>,
        /// So many [default: 500].
        #[arg(long)]
        seeds: Option<u64>,
        /// From this seed on [default: 0].
        #[arg(long)]
        from: Option<u64>,
    },
    /// Records anew what Apache Spark answers to the queries of corpus/spark (needs Java 17).
    Spark {
        /// Only these files of corpus/spark/queries, by name without ending.
        topics: Vec<String>,
    },
    /// Runs every check and test: what CI runs. Prepares what it needs.
    Test {
        /// Leaves clippy out.
        #[arg(long)]
        skip_lint: bool,
    },
    /// Checks layers, sizes of files, and the fence around proofs.
    Tidy,
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the root")?;
    match Arguments::parse().chore {
        Chore::Azurite => azurite::install(root, &test::python(root)?)?.finish(),
        Chore::Bench { parts, rows, files, peers } => {
            bench::run(root, &parts, bench::Sizes { rows, files }, peers)
        }
        Chore::Codegen { check } => codegen::run(root, check),
        Chore::DpLong => bench::dp_long(root),
        Chore::Fuzz { seconds, seed, targets } => bench::fuzz(root, seconds, seed, &targets),
        Chore::Honest => test::honest(root),
        Chore::Kills { count, seed } => simulation::kills(root, count, seed),
        Chore::Load(load) => load::run(root, &load),
        Chore::Python => test::python(root).map(drop),
        Chore::ReadBack => spark::read_back(root),
        Chore::Sim { seed, seeds, from } => simulation::run(root, seed, seeds, from),
        Chore::Spark { topics } => spark::run(root, &topics),
        Chore::Test { skip_lint } => test::run(root, skip_lint),
        Chore::Tidy => tidy::run(root),
    }
}
