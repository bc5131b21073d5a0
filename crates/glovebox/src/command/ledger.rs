//! `glovebox ledger`: copies are the client's work; a data directory is read here.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use glovebox_cli::{AcceptRestoreArgs, LedgerCommand, Surroundings, VerifyArgs, output};
use glovebox_ledger::Export;
use glovebox_store::{Accepted, Reader, Store};
use serde_json::json;

use super::runtime;
use crate::compose;

/// Entries that are taken out at once.
const PAGE: u64 = 10_000;

/// Runs one of the ledger commands.
pub(super) fn run(command: &LedgerCommand, surroundings: &Surroundings) -> Result<ExitCode> {
    match command {
        LedgerCommand::AcceptRestore(arguments) => match &arguments.data_dir {
            None => glovebox_cli::confirm_restore(arguments, surroundings),
            Some(folder) => runtime()?.block_on(accept(folder, arguments, surroundings)),
        },
        LedgerCommand::Fetch(arguments) => glovebox_cli::fetch(arguments, surroundings),
        LedgerCommand::Verify(arguments) => match &arguments.file {
            Some(file) => glovebox_cli::verify_file(file, arguments),
            None => runtime()?.block_on(verify_all(arguments, surroundings)),
        },
    }
}

async fn verify_all(arguments: &VerifyArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let data_dir = arguments.data_dir.as_deref().unwrap_or(Path::new("./glovebox-data"));
    if !data_dir.join("glovebox.sqlite").exists() {
        bail!("{} is no data directory: name one, or a copy of a ledger", data_dir.display());
    }
    let store = compose::store(data_dir, surroundings).await?;
    let exports = exports(&store).await?;
    let earlier = glovebox_cli::earlier(arguments)?;
    Ok(glovebox_cli::judge(&exports, earlier.as_ref(), arguments.json))
}

/// The operator accepts the copy that lies in a data directory.
async fn accept(
    data_dir: &Path,
    arguments: &AcceptRestoreArgs,
    surroundings: &Surroundings,
) -> Result<ExitCode> {
    let store = compose::existing(data_dir, surroundings).await?;
    let Some(Accepted { restore, ended }) = store.accept_restore(arguments.anyway).await? else {
        bail!(
            "nothing says that this database is older than another: if it is a backup all the \
             same, say --anyway"
        );
    };
    if arguments.json {
        output::json(&json!({ "number": restore.number, "queriesEnded": ended }));
        return Ok(ExitCode::SUCCESS);
    }
    let number = restore.number;
    output::note(&format!("accepted (restore {number}): {ended} queries were open and are ended"));
    output::note(
        "access keys that were disabled after the backup are enabled again: see `glovebox account \
         list`",
    );
    output::note(
        "privacy budgets stay closed for the period that has begun; queries run again once the \
         owners of their tables, and who made the collaboration, have said `glovebox ledger \
         accept-restore --endpoint-url URL`",
    );
    Ok(ExitCode::SUCCESS)
}

/// Whole copies of every tree, as the operator sees them.
async fn exports(store: &Store) -> Result<Vec<Export>> {
    let mut all = Vec::new();
    for tree in store.ledger_trees().await? {
        let page = async |from: u64| -> Result<Export> {
            let page = store.ledger_export(tree, from, PAGE, Reader::Operator).await?;
            page.context("a ledger vanished while it was read")
        };
        let mut export = page(0).await?;
        while (export.entries.len() as u64) < export.head.size {
            let next = page(export.entries.len() as u64).await?;
            if next.entries.is_empty() {
                break; // entries are gone: `verify` says so
            }
            export = export.join(next).context("the pages of a ledger do not join")?;
        }
        all.push(export);
    }
    Ok(all)
}
