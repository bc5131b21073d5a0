//! `glovebox connection`: by the member at a server, or by the operator in the data directory.

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use glovebox_cli::{ConnectionCommand, Surroundings, added, run_connection};
use glovebox_room::Room;
use glovebox_server::{parse_connection, shown_connection};

use super::runtime;
use crate::compose;
use crate::configuration::Settings;

/// Runs one of the connection commands.
pub(super) fn run(command: &ConnectionCommand, surroundings: &Surroundings) -> Result<ExitCode> {
    let ConnectionCommand::Add(arguments) = command else {
        return run_connection(command, surroundings);
    };
    if !arguments.operator {
        return run_connection(command, surroundings);
    }
    let account = arguments.account.context("--account says whose connection it is")?;
    let new = parse_connection(arguments.body(surroundings)?).map_err(|it| anyhow!(it))?;
    let made = runtime()?.block_on(async {
        let mut settings = Settings::of(&arguments.data_dir)?;
        if let Some(listed) = surroundings.environment.get("GLOVEBOX_EGRESS_ALLOW") {
            settings.egress_allow = listed.split(',').map(str::to_owned).collect();
        }
        let store = compose::store(&settings.data_dir, surroundings).await?;
        let outside = compose::outside(&settings, surroundings)?;
        let room = Room::new(store, settings.quotas).with_outside(outside);
        Ok::<_, anyhow::Error>(room.create_connection_for(account, new).await?)
    })?;
    added(&shown_connection(&made), arguments.is_json());
    Ok(ExitCode::SUCCESS)
}
