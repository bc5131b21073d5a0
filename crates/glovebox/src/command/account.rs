//! `glovebox account`: the operator makes and disables accounts and keys.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use glovebox_catalog::AccountFolders;
use glovebox_cli::{Surroundings, output};
use glovebox_model::AccessKeyId;
use glovebox_store::{NewAccount, Store};
use serde_json::{Value, json};

use crate::arguments::{AccountCommand, CreateAccountArgs, KeyCommand, ListAccountsArgs};
use crate::compose;

/// Runs one of the account commands.
pub(super) async fn run(command: AccountCommand, surroundings: &Surroundings) -> Result<ExitCode> {
    match command {
        AccountCommand::Create(arguments) => create(arguments, surroundings).await?,
        AccountCommand::List(arguments) => list(arguments, surroundings).await?,
        AccountCommand::Disable(arguments) => {
            let store = compose::store(&arguments.data.data_dir, surroundings).await?;
            store.disable_account(arguments.account).await?;
            output::note(&format!("account {} is disabled", arguments.account));
        }
        AccountCommand::Key(KeyCommand::Add(arguments)) => {
            let store = compose::store(&arguments.data.data_dir, surroundings).await?;
            let (key, secret) = store.add_key(arguments.account, arguments.role).await?;
            output::json(&json!({
                "accountId": arguments.account.as_str(),
                "accessKeyId": key.as_str(),
                "role": arguments.role.aws_name(),
                "secretAccessKey": secret.reveal(),
            }));
        }
        AccountCommand::Key(KeyCommand::Disable(arguments)) => {
            let store = compose::store(&arguments.data.data_dir, surroundings).await?;
            let key: AccessKeyId = arguments.key.parse().context("that is no access key id")?;
            store.disable_key(&key).await?;
            output::note(&format!("access key {} is disabled", key.as_str()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(arguments: CreateAccountArgs, surroundings: &Surroundings) -> Result<()> {
    let tables = match arguments.tables {
        Some(path) => {
            let shown = path.display();
            let whole = path.canonicalize().with_context(|| format!("--tables {shown}"))?;
            ensure!(whole.is_dir(), "--tables {shown} is no folder");
            Some(whole)
        }
        None => None,
    };
    let store = compose::store(&arguments.data.data_dir, surroundings).await?;
    let own_folder = tables.is_none();
    let new = NewAccount { id: arguments.account_id, name: arguments.name, tables };
    let (account, key, secret) = store.create_account(new).await?;
    if own_folder {
        // Where its tables go, so that the owner finds the place.
        let folder = AccountFolders::new(store.directory()).account(&account.id)?;
        folder.folder_or_create("tables")?;
    }
    output::json(&json!({
        "accountId": account.id.as_str(),
        "name": account.name,
        "accessKeyId": key.as_str(),
        "secretAccessKey": secret.reveal(),
    }));
    Ok(())
}

async fn list(arguments: ListAccountsArgs, surroundings: &Surroundings) -> Result<()> {
    let store = compose::store(&arguments.data.data_dir, surroundings).await?;
    let accounts = described(&store).await?;
    if arguments.json {
        output::json(&json!({ "accounts": accounts }));
        return Ok(());
    }
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let header = ["account", "name", "state", "keys"];
    let mut rows = vec![header.iter().map(|it| Some((*it).to_owned())).collect::<Vec<_>>()];
    for account in &accounts {
        let keys = account.get("accessKeys").and_then(Value::as_array);
        let shown = keys.into_iter().flatten().filter_map(|key| {
            let id = text(key, "accessKeyId")?;
            let state = text(key, "state")?;
            let role = text(key, "role").filter(|it| it != "owner");
            let disabled = (state != "ENABLED").then(|| state.to_lowercase());
            let notes: Vec<String> = role.into_iter().chain(disabled).collect();
            Some(if notes.is_empty() { id } else { format!("{id} ({})", notes.join(", ")) })
        });
        let keys: Vec<String> = shown.collect();
        rows.push(vec![
            text(account, "accountId"),
            text(account, "name"),
            text(account, "state").map(|it| it.to_lowercase()),
            Some(keys.join(" ")),
        ]);
    }
    output::text(&glovebox_cli::render_table(&rows));
    Ok(())
}

async fn described(store: &Store) -> Result<Vec<Value>> {
    let state = |enabled: bool| if enabled { "ENABLED" } else { "DISABLED" };
    let mut list = Vec::new();
    for account in store.accounts().await? {
        let keys = store.keys(account.id).await?;
        let keys: Vec<Value> = keys
            .iter()
            .map(|it| {
                let (role, state) = (it.role.aws_name(), state(it.enabled));
                json!({"accessKeyId": it.id.as_str(), "state": state, "role": role})
            })
            .collect();
        list.push(json!({
            "accountId": account.id.as_str(),
            "name": account.name,
            "state": state(account.enabled),
            "tables": account.tables.as_ref().and_then(|it| it.to_str()),
            "accessKeys": keys,
        }));
    }
    Ok(list)
}
