//! `glovebox keys rotate-master`: every secret under another master key, whole or not at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use glovebox_cli::{Surroundings, output};
use glovebox_room::{Alone, Rotated};
use glovebox_store::{MasterKey, Store, StoreError};
use serde_json::json;

use crate::arguments::operations::{KeysCommand, RotateMasterArgs};
use crate::compose;

/// Runs one of the key commands.
pub(super) async fn run(command: &KeysCommand, surroundings: &Surroundings) -> Result<ExitCode> {
    let KeysCommand::RotateMaster(arguments) = command;
    let data_dir = &arguments.data.data_dir;
    if !data_dir.join("glovebox.sqlite").exists() {
        bail!("{} is no data directory", data_dir.display());
    }
    let alone = Alone::on(data_dir)?;
    let rotated = match (compose::master_key_file(surroundings), &arguments.new_key) {
        (Some(_), Some(_)) => bail!("--new-key is for a key that GLOVEBOX_MASTER_KEY holds"),
        (Some(file), None) => in_file(&alone, &file, data_dir, surroundings).await?,
        (None, Some(new)) => in_variable(&alone, new, data_dir, surroundings).await?,
        (None, None) => bail!("GLOVEBOX_MASTER_KEY holds the key: name the new one by --new-key"),
    };
    say(rotated, arguments);
    Ok(ExitCode::SUCCESS)
}

/// The key lies in a file: a fresh one takes its place.
async fn in_file(
    alone: &Alone,
    file: &Path,
    data_dir: &Path,
    surroundings: &Surroundings,
) -> Result<Option<Rotated>> {
    let next = beside(file, "new");
    // A new key that is there was written by a rotation that was broken off.
    if next.exists() {
        let new = MasterKey::load(&next)?;
        match compose::open(data_dir, new, surroundings).await {
            Ok(store) => {
                replace(file, &next)?;
                alone.settle(&store).await?;
                return Ok(None);
            }
            Err(error) if is_wrong_key(&error) => {
                fs::remove_file(&next).with_context(|| next.display().to_string())?;
            }
            Err(error) => return Err(error),
        }
    }
    let store = compose::open(data_dir, MasterKey::load(file)?, surroundings).await?;
    alone.settle(&store).await?;
    let new = MasterKey::generate()?;
    new.write_new(&next)?;
    let rotated = alone.rotate(&store, &new).await?;
    store.close().await;
    replace(file, &next)?;
    settled(alone, data_dir, new, surroundings).await?;
    Ok(Some(rotated))
}

/// The key is in a variable: the operator puts the new one there.
async fn in_variable(
    alone: &Alone,
    new: &Path,
    data_dir: &Path,
    surroundings: &Surroundings,
) -> Result<Option<Rotated>> {
    let new = MasterKey::load_or_create(new).with_context(|| new.display().to_string())?;
    let old = compose::master_key(surroundings)?;
    let store = match compose::open(data_dir, old, surroundings).await {
        Ok(store) => store,
        Err(error) if is_wrong_key(&error) => {
            // It may have been broken off after the key had changed.
            settled(alone, data_dir, new, surroundings).await?;
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    alone.settle(&store).await?;
    let rotated = alone.rotate(&store, &new).await?;
    store.close().await;
    settled(alone, data_dir, new, surroundings).await?;
    Ok(Some(rotated))
}

/// Opens the data directory with its new key, and puts kept files in their places.
async fn settled(
    alone: &Alone,
    data_dir: &Path,
    new: MasterKey,
    surroundings: &Surroundings,
) -> Result<Store> {
    let store = compose::open(data_dir, new, surroundings).await?;
    alone.settle(&store).await?;
    Ok(store)
}

fn is_wrong_key(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<StoreError>(), Some(StoreError::WrongMasterKey))
}

/// The old key stays beside the new one, under the first name that is free.
fn replace(file: &Path, next: &Path) -> Result<()> {
    if file.exists() {
        let named = |number: u32| match number {
            1 => beside(file, "old"),
            other => beside(file, &format!("old{other}")),
        };
        let old = (1..=u32::MAX).map(named).find(|it| !it.exists());
        let old = old.context("there are too many old keys")?;
        fs::hard_link(file, &old).with_context(|| old.display().to_string())?;
    }
    fs::rename(next, file).with_context(|| file.display().to_string())?;
    File::open(file.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

/// `master.key.old` beside `master.key`.
fn beside(file: &Path, word: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{word}"));
    name.into()
}

fn say(rotated: Option<Rotated>, arguments: &RotateMasterArgs) {
    let Some(Rotated { sealed, files }) = rotated else {
        output::note("a rotation that was broken off is finished: the new key is in force");
        return;
    };
    if arguments.json {
        output::json(&json!({
            "accessKeys": sealed.access_keys,
            "connections": sealed.connections,
            "keptFiles": files,
        }));
        return;
    }
    output::note(&format!(
        "sealed anew: {} access keys, {} connections, the ledger's key, {files} kept files",
        sealed.access_keys, sealed.connections,
    ));
    match &arguments.new_key {
        Some(file) => output::note(&format!(
            "from now on GLOVEBOX_MASTER_KEY must be what stands in {}",
            file.display()
        )),
        None => output::note(
            "the old key is beside the new one: keep it as long as backups that were made under \
             it, then delete it",
        ),
    }
}
