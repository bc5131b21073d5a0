//! `glovebox ledger fetch` and `glovebox ledger verify`: a member's own look at the past.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use glovebox_ledger::{Export, Head, Report, verify};
use serde_json::{Value, json};

use crate::heads::{self, Heads};
use crate::{AcceptRestoreArgs, Endpoint, Surroundings, native, output};

const ACCEPT_HELP: &str = "Examples:
  glovebox ledger accept-restore --data-dir /srv/glovebox
  glovebox ledger accept-restore --endpoint-url https://rooms.example:8930

After a backup was brought back, no query runs. The operator accepts the copy, in the data
directory: queries that were open in it end, stored answers are dropped, and privacy budgets stay
closed for the period that has begun. Then each owner (and who made the collaboration, and who
pays) looks at its tables, rules and members there and confirms them, at the server. The ledger
has an entry of both.";

/// What can be done with ledgers.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Go on from an older copy of the database: first the operator, then each owner
    #[command(after_help = ACCEPT_HELP)]
    AcceptRestore(AcceptRestoreArgs),
    /// Take a copy of a collaboration's ledger, as you may see it, and check it
    #[command(after_help = "Example:\n  glovebox ledger fetch --endpoint-url \
                            http://127.0.0.1:8930 --collaboration 1f0c... --out ledger.json")]
    Fetch(FetchArgs),
    /// Check a copy, or all ledgers of a data directory, without the server
    #[command(after_help = "Examples:\n  glovebox ledger verify ledger.json --head \
                            kept-last-month.json\n  glovebox ledger verify --data-dir \
                            ./glovebox-data\n\nExit code: 0 it holds, 1 it does not.")]
    Verify(VerifyArgs),
}

/// The arguments of `ledger fetch`.
#[derive(Debug, Args)]
pub struct FetchArgs {
    #[command(flatten)]
    endpoint: Endpoint,
    /// The collaboration whose ledger it is
    #[arg(long, value_name = "ID")]
    collaboration: String,
    /// Where the copy goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// The arguments of `ledger verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A copy taken by `ledger fetch`
    #[arg(value_name = "FILE", conflicts_with = "data_dir")]
    pub file: Option<PathBuf>,
    /// A data directory, all of whose ledgers are checked
    #[arg(long, value_name = "DIR", env = "GLOVEBOX_DATA_DIR", hide_env_values = true)]
    pub data_dir: Option<PathBuf>,
    /// A head (or a copy) kept earlier, which must be a beginning of the ledger
    #[arg(long, value_name = "FILE")]
    pub head: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `ledger fetch`.
pub fn fetch(arguments: &FetchArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let client = arguments.endpoint.client(surroundings)?;
    let export = native::ledger(&client, &arguments.collaboration, 0)?;
    let earlier = surroundings.environment.config_folder().map(|it| Heads::new(&it));
    if let Some(heads) = &earlier {
        heads.check_and_keep(&export)?;
    }
    let report = verify(&export, None)?;
    std::fs::write(&arguments.out, export.to_json())
        .with_context(|| arguments.out.display().to_string())?;
    output::note(&format!("{} in {}", counted(&report), arguments.out.display()));
    Ok(ExitCode::SUCCESS)
}

/// `ledger verify FILE`.
pub fn verify_file(file: &Path, arguments: &VerifyArgs) -> Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let export = Export::parse(&text)
        .with_context(|| format!("{} is not a copy of a ledger", file.display()))?;
    let earlier = earlier(arguments)?;
    Ok(judge(&[export], earlier.as_ref(), arguments.json))
}

/// The head that `--head` names.
pub fn earlier(arguments: &VerifyArgs) -> Result<Option<Head>> {
    let Some(path) = &arguments.head else { return Ok(None) };
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    heads::read(&text).with_context(|| path.display().to_string()).map(Some)
}

/// Checks copies and says what was found; `earlier` is compared with the copy of its own tree.
pub fn judge(exports: &[Export], earlier: Option<&Head>, as_json: bool) -> ExitCode {
    let mut whole = true;
    let mut compared = earlier.is_none();
    let mut found = Vec::new();
    for export in exports {
        let mine = earlier.filter(|it| it.tree == export.head.tree);
        compared |= mine.is_some();
        let outcome = examine(export, mine);
        whole &= outcome.is_ok();
        found.push((export.head.tree.to_string(), outcome));
    }
    if as_json {
        let list: Vec<Value> = found.iter().map(|(tree, it)| described(tree, it)).collect();
        output::json(&json!({"holds": whole && compared, "ledgers": list}));
    } else {
        for (tree, outcome) in &found {
            match outcome {
                Ok(report) => output::line(&format!("{tree}: holds, {}", counted(report))),
                Err(broken) => output::line(&format!("{tree}: BROKEN, {broken}")),
            }
        }
        if !compared {
            output::line("the head given belongs to none of these ledgers");
        }
        if found.is_empty() {
            output::line("there is no ledger here");
        }
    }
    if whole && compared && !found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Verifies one copy, which must be whole: one that lacks its end proves nothing about the rest.
fn examine(export: &Export, earlier: Option<&Head>) -> Result<Report, String> {
    let report = verify(export, earlier).map_err(|broken| broken.to_string())?;
    if export.is_whole() {
        return Ok(report);
    }
    let (have, size) = (export.entries.len(), export.head.size);
    Err(format!("{have} entries are here, but its head was signed over {size}"))
}

fn counted(report: &Report) -> String {
    let mut text = format!("{} entries", report.entries);
    let queries = &report.queries;
    if queries.submitted > 0 {
        let (all, ended) = (queries.submitted, queries.ended);
        text.push_str(&format!(", {all} queries, {ended} ended"));
    }
    if report.openings > 0 {
        text.push_str(&format!(", {} commitments opened", report.openings));
    }
    if report.compared {
        text.push_str(", continues the head kept earlier");
    }
    text
}

fn described(tree: &str, outcome: &Result<Report, String>) -> Value {
    match outcome {
        Ok(report) => json!({
            "tree": tree,
            "holds": true,
            "entries": report.entries,
            "openings": report.openings,
            "queriesSubmitted": report.queries.submitted,
            "queriesEnded": report.queries.ended,
            "comparedWithEarlierHead": report.compared,
            "head": serde_json::to_value(&report.head).unwrap_or_default(),
        }),
        Err(broken) => json!({"tree": tree, "holds": false, "reason": broken}),
    }
}
