//! `glovebox serve`: opens the doors and says, honestly, who can see what.

use std::process::ExitCode;

use anyhow::Result;
use glovebox_cli::{Surroundings, output};
use glovebox_model::Mode;
use tracing_subscriber::EnvFilter;

use crate::arguments::ServeArgs;
use crate::compose::{self, House};
use crate::configuration::Settings;

/// Serves until SIGINT or SIGTERM.
pub(super) async fn run(arguments: &ServeArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let log = surroundings.environment.get("GLOVEBOX_LOG").unwrap_or(LOG);
    log_to_stderr(log);
    let settings = Settings::of_serve(arguments)?;
    let store = compose::store(&settings.data_dir, surroundings).await?;
    store.set_default_mode(settings.default_mode).await?;
    let mut house = House::start(&settings, store, surroundings, log).await?;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    output::note(&format!("Glovebox serves {scheme}://{}", house.address()));
    output::note(&format!("data directory: {}", settings.data_dir.display()));
    if let Some(file) = compose::master_key_file(surroundings) {
        let words = "keep a copy elsewhere, nothing here opens without it";
        output::note(&format!("master key: {} ({words})", file.display()));
    }
    output::note(
        "Whoever runs this machine can read every table that is not encrypted by its owner, and \
         the credentials stored here. Members must trust its operator for that.",
    );
    if settings.default_mode == Mode::Aws {
        output::warn(
            "mode aws: tables whose owners chose nothing are judged as the real service does, \
             holes included (docs/modes.md)",
        );
    }
    if settings.tls.is_none() && !settings.listen.ip().is_loopback() {
        output::warn("no TLS: signatures protect requests, nothing hides what they carry");
    }
    let outcome = house.wait().await;
    if outcome.is_err() {
        return outcome.map(|()| ExitCode::FAILURE);
    }
    output::note("stopping: running queries are ended, answers are finished");
    house.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// What is logged unless `GLOVEBOX_LOG` says otherwise; `s3s` would log whole requests.
pub(crate) const LOG: &str = "info,s3s=off";

/// Logs go to stderr, filtered by `filter`.
pub(crate) fn log_to_stderr(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(LOG));
    let made =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    drop(made); // someone else was first, in a test
}
