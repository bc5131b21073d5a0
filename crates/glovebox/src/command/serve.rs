//! `glovebox serve`: opens the doors and says, honestly, who can see what.

use std::process::ExitCode;

use anyhow::Result;
use glovebox_cli::Surroundings;
use glovebox_model::Mode;

use crate::arguments::ServeArgs;
use crate::compose::{self, House};
use crate::configuration::Settings;
use crate::logs::{self, Logs};

/// Serves until SIGINT or SIGTERM.
pub(super) async fn run(arguments: &ServeArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let settings = Settings::of_serve(arguments)?;
    let filter = settings.log.as_deref().or(surroundings.environment.get("RUST_LOG"));
    let filter = filter.unwrap_or(logs::FILTER).to_owned();
    let logs = Logs { filter, format: settings.log_format };
    logs.begin();
    let store = compose::store(&settings.data_dir, surroundings).await?;
    store.set_default_mode(settings.default_mode).await?;
    let mut house = House::start(&settings, store, surroundings, &logs).await?;
    welcome(&settings, &house, surroundings, &logs);
    let outcome = house.wait().await;
    if outcome.is_err() {
        return outcome.map(|()| ExitCode::FAILURE);
    }
    logs.say("stopping: running queries are ended, answers are finished (once more: at once)");
    house.stop().await?;
    Ok(ExitCode::SUCCESS)
}

/// What the operator should know, and members may ask about.
fn welcome(settings: &Settings, house: &House, surroundings: &Surroundings, logs: &Logs) {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    logs.say(&format!("Glovebox serves {scheme}://{}", house.address()));
    if let Some(address) = house.operators_address() {
        logs.say(&format!("figures at http://{address}/metrics"));
    }
    logs.say(&format!("data directory: {}", settings.data_dir.display()));
    if let Some(file) = compose::master_key_file(surroundings) {
        let words = "keep a copy elsewhere, nothing here opens without it";
        logs.say(&format!("master key: {} ({words})", file.display()));
    }
    logs.say(
        "Whoever runs this machine can read every table that is not encrypted by its owner, and \
         the credentials stored here. Members must trust its operator for that.",
    );
    if settings.default_mode == Mode::Aws {
        logs.warn(
            "mode aws: tables whose owners chose nothing are judged as the real service does, \
             holes included (docs/modes.md)",
        );
    }
    if settings.tls.is_none() && !settings.listen.ip().is_loopback() {
        logs.warn("no TLS: signatures protect requests, nothing hides what they carry");
    }
}
