//! `glovebox backup`: a consistent copy of the database, beside a running server.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use glovebox_cli::{Surroundings, output};
use serde_json::json;

use crate::arguments::operations::BackupArgs;
use crate::compose;

/// Makes the copy.
pub(super) async fn run(arguments: &BackupArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let (data_dir, to) = (&arguments.data.data_dir, &arguments.to);
    let store = compose::existing(data_dir, surroundings).await?;
    let shown = to.display();
    DirBuilder::new().recursive(true).mode(0o700).create(to).with_context(|| shown.to_string())?;
    let inside = to.canonicalize()?.starts_with(data_dir.canonicalize()?);
    ensure!(!inside, "{shown} lies in the data directory: a copy belongs elsewhere");
    let copy = to.join("glovebox.sqlite");
    store.back_up(&copy).await?;
    let settings = data_dir.join("glovebox.toml");
    if settings.exists() {
        fs::copy(&settings, to.join("glovebox.toml")).with_context(|| shown.to_string())?;
    }
    let bytes = fs::metadata(&copy)?.len();
    if arguments.json {
        output::json(&json!({ "database": copy.to_str(), "bytes": bytes }));
        return Ok(ExitCode::SUCCESS);
    }
    output::note(&format!("{bytes} bytes in {}", copy.display()));
    output::note(
        "not in it: the master key, without which it does not open; the head counter, which must \
         never be brought back with it; tables, buckets and logs below accounts/",
    );
    Ok(ExitCode::SUCCESS)
}
