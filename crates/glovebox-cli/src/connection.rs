//! `glovebox connection`: where a member's data lies, and whether it can be reached.

mod trust;
mod written;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use glovebox_model::AccountId;
use serde_json::{Value, json};
pub use written::NewConnectionArgs;

use crate::{Client, Endpoint, Surroundings, output, table};

/// What can be done with connections.
#[derive(Debug, Subcommand)]
pub enum ConnectionCommand {
    /// Say where data lies, and what it is reached with
    #[command(after_help = ADD_HELP)]
    Add(AddArgs),
    /// List the account's connections
    #[command(after_help = "Example:\n  glovebox connection list --json")]
    List(ListArgs),
    /// Show one; its credentials are never shown
    #[command(after_help = "Example:\n  glovebox connection show glovebox-reader")]
    Show(NamedArgs),
    /// Try one step by step: reach, credentials, catalog, one table
    #[command(after_help = "Examples:\n  glovebox connection test glovebox-reader\n  glovebox \
                            connection test glovebox-reader --table sales.orders")]
    Test(TestArgs),
    /// Remove one with its credentials: nothing is read through it from now on
    #[command(after_help = "Example:\n  glovebox connection remove glovebox-reader")]
    Remove(NamedArgs),
}

const ADD_HELP: &str = "Examples:
  glovebox connection add --name glovebox-reader --type glue --database sales \\
      --root s3://acme-data --region us-east-1 --assume-role
  glovebox connection add --name warehouse --type postgresql --database public \\
      --host db.acme.example --dbname sales --user reader --password-file password.txt
  glovebox connection add --name results --type files --root s3://acme-results/rooms \\
      --region us-east-1 --keys-profile acme
  glovebox connection add --file connection.json --replace

The name is that of a role: associations of tables that are read through the connection name
arn:aws:iam::ACCOUNT:role/NAME as their roleArn. Tables of the databases named here are read
through it, once they are configured. Secrets come from files or standard input, never from flags.
With --operator, --account and --data-dir the operator binds the credentials of this machine
(environment, profile, instance) to an account; no member can.";

/// The arguments of `connection add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    #[command(flatten)]
    endpoint: Endpoint,
    #[command(flatten)]
    new: Box<NewConnectionArgs>,
    /// Take the place of the connection of that name, if there is one: all that is not said again
    /// goes, but the credentials, which stay for the same addresses
    #[arg(long)]
    replace: bool,
    /// As the operator: with the credentials of this machine, and no others
    #[arg(long, requires = "account", conflicts_with_all = [
        "replace", "endpoint_url", "file", "assume_role", "anonymous", "keys_profile",
        "token_file", "user", "password_file",
    ])]
    pub operator: bool,
    /// The account, with --operator
    #[arg(long, value_name = "12DIGITS", requires = "operator")]
    pub account: Option<AccountId>,
    /// The data directory, with --operator
    #[arg(
        long,
        value_name = "DIR",
        env = "GLOVEBOX_DATA_DIR",
        hide_env_values = true,
        default_value = "./glovebox-data"
    )]
    pub data_dir: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The arguments of `connection list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    endpoint: Endpoint,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A connection by its name or id.
#[derive(Debug, Args)]
pub struct NamedArgs {
    /// Its name or id
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    endpoint: Endpoint,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The arguments of `connection test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// The table whose schema is read [default: the first that is found]
    #[arg(long, value_name = "DATABASE.TABLE")]
    table: Option<String>,
}

const PATH: &str = "/glovebox/v1/connections";
/// Pages that are asked for at most.
const MAX_PAGES: usize = 100;

/// Runs one of the commands that speak to a server.
pub fn run(command: &ConnectionCommand, surroundings: &Surroundings) -> Result<ExitCode> {
    match command {
        ConnectionCommand::Add(arguments) => add(arguments, surroundings),
        ConnectionCommand::List(arguments) => list(arguments, surroundings),
        ConnectionCommand::Show(arguments) => {
            let client = arguments.endpoint.client(surroundings)?;
            added(&named(&client, &arguments.name)?, arguments.json);
            Ok(ExitCode::SUCCESS)
        }
        ConnectionCommand::Test(arguments) => test(arguments, surroundings),
        ConnectionCommand::Remove(arguments) => {
            let client = arguments.endpoint.client(surroundings)?;
            let id = id(&named(&client, &arguments.name)?)?;
            client.call("DELETE", &format!("{PATH}/{id}"), "", None)?;
            match arguments.json {
                true => output::json(&json!({ "id": id })),
                false => output::note(&format!("the connection `{}` is gone", arguments.name)),
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl AddArgs {
    /// The connection as JSON, with the operator's credentials if asked for.
    pub fn body(&self, surroundings: &Surroundings) -> Result<Value> {
        self.new.body(surroundings, (self.operator, self.replace))
    }

    /// Whether JSON is to be printed.
    pub fn is_json(&self) -> bool {
        self.json
    }
}

fn add(arguments: &AddArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let client = arguments.endpoint.client(surroundings)?;
    if !client.is_private() {
        bail!(
            "{} is reached without TLS: whoever listens would read the credentials",
            client.endpoint()
        );
    }
    let mut body = arguments.body(surroundings)?;
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let there = match arguments.replace {
        true => all(&client)?.into_iter().find(|it| is_called(it, &name)),
        false => None,
    };
    let answer = match there {
        None => client.call("POST", PATH, "", Some(&body))?,
        Some(old) => {
            if let Some(members) = body.as_object_mut() {
                members.remove("name");
            }
            let answer = client.call("PUT", &format!("{PATH}/{}", id(&old)?), "", Some(&body))?;
            for line in changes(&old, answer.get("connection").unwrap_or(&Value::Null)) {
                output::note(&line);
            }
            answer
        }
    };
    added(answer.get("connection").context("the answer holds no connection")?, arguments.json);
    Ok(ExitCode::SUCCESS)
}

/// What became another of a connection, line by line. Of credentials only their kind is known.
fn changes(old: &Value, new: &Value) -> Vec<String> {
    let names = |it: &Value| it.as_object().into_iter().flat_map(|it| it.keys().cloned()).collect();
    let mut all: Vec<String> = names(old);
    let more: Vec<String> = names(new);
    all.extend(more.into_iter().filter(|it| old.get(it).is_none()));
    all.retain(|it| old.get(it) != new.get(it) && it != "updateTime" && it != "leftovers");
    let shown = |it: Option<&Value>| it.map_or_else(|| "nothing".to_owned(), Value::to_string);
    let line = |it: &String| format!("{it}: {} -> {}", shown(old.get(it)), shown(new.get(it)));
    all.iter().map(line).collect()
}

/// Prints a connection, and what its owner has to do next.
pub fn added(connection: &Value, is_json: bool) {
    if is_json {
        return output::json(connection);
    }
    let text = |name: &str| connection.get(name).and_then(Value::as_str).unwrap_or_default();
    output::line(&format!("name         {}", text("name")));
    output::line(&format!("id           {}", text("id")));
    output::line(&format!("roleArn      {}", text("roleArn")));
    output::line(&format!("databases    {}", databases(connection)));
    output::line(&format!("credentials  {}", text("credentials")));
    if let (Some(kind), Some(place)) =
        (kind(connection), kind(connection).and_then(|it| connection.get(it)))
    {
        output::line(&format!("{kind:<12} {place}"));
    }
    for left in connection.get("leftovers").and_then(Value::as_array).into_iter().flatten() {
        output::line(&format!("leftover     {left}"));
    }
    if let Some(external_id) = connection.get("externalId").and_then(Value::as_str) {
        output::line(&format!("externalId   {external_id}"));
        output::note(&format!(
            "the role must have this trust policy, with the AWS account of this house's operator \
             for {} (the operator sees it with: aws sts get-caller-identity):",
            trust::OPERATOR
        ));
        output::note(&format!("{:#}", trust::policy(external_id)));
    }
}

const KINDS: [&str; 6] = ["files", "delta", "glue", "athena", "iceberg", "postgresql"];

fn kind(connection: &Value) -> Option<&'static str> {
    KINDS.into_iter().find(|it| connection.get(it).is_some())
}

fn databases(connection: &Value) -> String {
    let names = connection.get("databases").and_then(Value::as_array);
    let names: Vec<&str> = names.into_iter().flatten().filter_map(Value::as_str).collect();
    names.join(", ")
}

fn list(arguments: &ListArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let client = arguments.endpoint.client(surroundings)?;
    let all = all(&client)?;
    if arguments.json {
        output::json(&json!({ "connections": all }));
        return Ok(ExitCode::SUCCESS);
    }
    if all.is_empty() {
        output::line("no connections: glovebox connection add --help");
        return Ok(ExitCode::SUCCESS);
    }
    let header = ["name", "type", "databases", "credentials", "id"];
    let mut rows = vec![header.iter().map(|it| Some((*it).to_owned())).collect::<Vec<_>>()];
    for it in &all {
        let text = |name: &str| it.get(name).and_then(Value::as_str).map(str::to_owned);
        let kind = kind(it).map(str::to_owned);
        rows.push(vec![text("name"), kind, Some(databases(it)), text("credentials"), text("id")]);
    }
    output::text(&table::render(&rows));
    Ok(ExitCode::SUCCESS)
}

fn test(arguments: &TestArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let TestArgs { named: NamedArgs { name, endpoint, json }, table } = arguments;
    let client = endpoint.client(surroundings)?;
    let id = id(&named(&client, name)?)?;
    let body = match table {
        None => None,
        Some(table) => {
            let (database, table) = table.split_once('.').context("--table is DATABASE.TABLE")?;
            Some(json!({ "databaseName": database, "tableName": table }))
        }
    };
    let answer = client.call("POST", &format!("{PATH}/{id}/test"), "", body.as_ref())?;
    let works = answer.get("works").and_then(Value::as_bool).unwrap_or(false);
    if *json {
        output::json(&answer);
    } else {
        for step in answer.get("steps").and_then(Value::as_array).into_iter().flatten() {
            output::text(&drawn(step));
        }
    }
    Ok(if works { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One step as a line, and what mends it below.
fn drawn(step: &Value) -> String {
    let text = |name: &str| step.get(name).and_then(Value::as_str).unwrap_or_default();
    let sign = match text("status") {
        "OK" => "ok     ",
        "FAILED" => "FAILED ",
        _ => "skipped",
    };
    let mut line = format!("{sign} {:<12} {}: {}\n", text("step"), text("about"), text("message"));
    if let Some(mend) = step.get("mend").and_then(Value::as_str) {
        line.push_str(&format!("        mend: {mend}\n"));
    }
    line
}

/// All connections of the account.
fn all(client: &Client) -> Result<Vec<Value>> {
    let (mut all, mut query) = (Vec::new(), String::new());
    for _ in 0..MAX_PAGES {
        let answer = client.call("GET", PATH, &query, None)?;
        let page = answer.get("connections").and_then(Value::as_array);
        all.extend(page.context("the answer holds no connections")?.iter().cloned());
        match answer.get("next").and_then(Value::as_i64) {
            Some(next) => query = format!("after={next}"),
            None => return Ok(all),
        }
    }
    Err(anyhow!("the list of connections has no end"))
}

fn is_called(connection: &Value, name: &str) -> bool {
    ["name", "id"].iter().any(|it| connection.get(it).and_then(Value::as_str) == Some(name))
}

fn named(client: &Client, name: &str) -> Result<Value> {
    let found = all(client)?.into_iter().find(|it| is_called(it, name));
    found.with_context(|| format!("this account has no connection `{name}`"))
}

fn id(connection: &Value) -> Result<String> {
    let id = connection.get("id").and_then(Value::as_str);
    Ok(id.context("the connection has no id")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_replacement_changes_is_said() {
        let old = json!({"name": "a", "databases": ["x"], "externalId": "e", "updateTime": 1});
        let new = json!({"name": "a", "databases": ["x", "y"], "hasCatalogToken": true});
        let expected = [
            r#"databases: ["x"] -> ["x","y"]"#,
            r#"externalId: "e" -> nothing"#,
            "hasCatalogToken: nothing -> true",
        ];
        assert_eq!(changes(&old, &new), expected);
    }
}
