//! `glovebox ledger accept-restore`: an owner's word after a restore, at a server.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::{Endpoint, Surroundings, output};

/// The arguments of `ledger accept-restore`.
#[derive(Debug, Args)]
pub struct AcceptRestoreArgs {
    /// The operator accepts this data directory as the newest that there is; without it, a member
    /// confirms at a server what it allows there
    #[arg(long, value_name = "DIR", conflicts_with_all = ["endpoint_url", "profile"])]
    pub data_dir: Option<PathBuf>,
    /// Also when nothing says that the data directory is older (nothing private was ever asked)
    #[arg(long, requires = "data_dir")]
    pub anyway: bool,
    #[command(flatten)]
    endpoint: Endpoint,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What members are to look at before they give their word.
const LOOK: &str = "rules, associations, memberships and budgets that were withdrawn after the \
    backup have come back: whoever has not looked yet should look now";

/// `ledger accept-restore` at a server.
pub fn confirm(arguments: &AcceptRestoreArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let client = arguments.endpoint.client(surroundings)?;
    let path = "/glovebox/v1/restore";
    let mut found = client.call("GET", path, "", None)?;
    let number = found.pointer("/restore/number").and_then(Value::as_u64);
    if let Some(number) = number {
        found = client.call("POST", path, "", Some(&json!({ "number": number })))?;
    }
    match number {
        _ if arguments.json => output::json(&found),
        Some(number) => {
            output::note(&format!("confirmed (restore {number}): queries over your tables run"));
            output::note(LOOK);
        }
        None => output::note("this house was never restored: there is nothing to confirm"),
    }
    Ok(ExitCode::SUCCESS)
}
