//! What an operator does with a house: backups, keys, the clock.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::DataDir;
use crate::logs;

/// How `serve` is watched and stopped.
#[derive(Debug, Args)]
pub(crate) struct WatchingArgs {
    /// Show /metrics and /readyz to the operator's monitoring here, such as 127.0.0.1:9464
    #[arg(long, value_name = "ADDRESS", env = "GLOVEBOX_METRICS", hide_env_values = true)]
    pub(crate) metrics: Option<SocketAddr>,
    /// What is logged, such as info or glovebox_room=debug; RUST_LOG says so too [default: info]
    #[arg(long, value_name = "FILTER", env = "GLOVEBOX_LOG", hide_env_values = true)]
    pub(crate) log: Option<String>,
    /// How it is logged: text or json [default: text]
    #[arg(long, value_name = "FORMAT", env = "GLOVEBOX_LOG_FORMAT", hide_env_values = true)]
    pub(crate) log_format: Option<logs::Format>,
    /// Seconds between the signal to stop, from which on /readyz says no, and the closing of the
    /// doors [default: 0]
    #[arg(long, value_name = "SECONDS", env = "GLOVEBOX_DRAIN", hide_env_values = true)]
    pub(crate) drain: Option<u32>,
}

/// The arguments of `backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// A folder for the copy, which is made; it may not hold one yet
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) const BACKUP_HELP: &str = "Example:
  glovebox backup --data-dir /srv/glovebox /backups/2026-11-30

Copies the database, consistent as of one moment, and glovebox.toml, beside a running server.
Tables, buckets and members' logs below DIR/accounts are plain files: copy them with any tool.
Not copied, on purpose: the master key and the head counter, which lie outside the data
directory, and results that are not delivered yet.
How to go back to a copy: docs/operations.md, and `glovebox ledger accept-restore --help`.";

/// What the operator does with the house's own keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Seal every secret with another master key, while no server runs
    #[command(after_help = ROTATE_HELP)]
    RotateMaster(RotateMasterArgs),
}

const ROTATE_HELP: &str = "Examples:
  glovebox keys rotate-master --data-dir /srv/glovebox
  GLOVEBOX_MASTER_KEY=... glovebox keys rotate-master --new-key /run/secrets/next-master-key

Whole or not at all: should it be broken off, say it again. The old key file stays beside the new
one as master.key.old: backups that were made under it open with no other.";

/// The arguments of `keys rotate-master`.
#[derive(Debug, Args)]
pub(crate) struct RotateMasterArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// The new key: a file with 64 hexadecimal digits, made if it is missing. Needed when the old
    /// one is in GLOVEBOX_MASTER_KEY; else the file of the master key gets a fresh one
    #[arg(long, value_name = "FILE")]
    pub(crate) new_key: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What the operator says of the clock.
#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// The clock is right, although it jumped: queries run again
    #[command(after_help = "Example:\n  glovebox clock accept --data-dir /srv/glovebox\n\n\
                            Look at the clock first (`date -u`): budgets renew by it.")]
    Accept(ClockArgs),
    /// Whether the clock has jumped
    #[command(after_help = "Example:\n  glovebox clock show --data-dir /srv/glovebox\n\n\
                            Exit code: 0 it is right, 1 queries are halted.")]
    Show(ClockArgs),
}

/// The arguments of `clock accept` and `clock show`.
#[derive(Debug, Args)]
pub(crate) struct ClockArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
