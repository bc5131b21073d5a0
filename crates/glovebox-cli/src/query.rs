//! `glovebox query run`: one protected query from text to table, or to the refusal.

use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::keeper::Keeper;
use crate::progress::{Walk, line as doors};
use crate::receivers::{Wanted, lines, location};
use crate::{Client, Endpoint, Surroundings, csv, native, output, table};

/// Asks for intervals beside private numbers.
const INTERVALS: &str = "intervals=true";

/// Waits between two looks at a query, growing up to this.
const MAX_WAIT: Duration = Duration::from_millis(500);

/// What can be done with queries.
#[derive(Debug, Subcommand)]
pub enum QueryCommand {
    /// Run a protected query, wait for it, and print its result or why it was refused
    #[command(after_help = "Example:\n  glovebox query run --endpoint-url http://127.0.0.1:8930 \
                            --membership 9b1d... --sql delays.sql\n\nThe key comes from \
                            AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from --profile.\n\
                            Exit code: 0 delivered, 1 refused or failed, 2 wrong usage.")]
    Run(RunArgs),
}

/// The arguments of `query run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    endpoint: Endpoint,
    /// The membership that runs the query
    #[arg(long, value_name = "ID")]
    membership: String,
    /// A file with the SQL text, or - for standard input
    #[arg(long, value_name = "FILE")]
    sql: PathBuf,
    /// Write the result to a file (Parquet if its name ends so, else CSV) instead of a table
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Deliver to this bucket and prefix of your own account and leave it there; without a word
    /// to s3://glovebox-results/queries
    #[arg(long, value_name = "s3://BUCKET/PREFIX")]
    output: Option<String>,
    /// Deliver to another member, who must be able to receive results; can be given several times,
    /// and with --output or --out to yourself too
    #[arg(long = "receiver", value_name = "ACCOUNT")]
    receivers: Vec<String>,
    /// Put a 95 % interval beside each number of a private result: two more columns each
    #[arg(long, conflicts_with = "receivers")]
    intervals: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl RunArgs {
    fn wanted(&self) -> Wanted<'_> {
        let is_parquet = |it: &PathBuf| it.extension().is_some_and(|it| it == "parquet");
        Wanted {
            receivers: &self.receivers,
            output: self.output.as_deref(),
            writes: self.out.is_some(),
            parquet: self.out.as_ref().is_some_and(is_parquet),
        }
    }
}

/// A query that reached its end.
struct Ended {
    id: String,
    query: Value,
    sql: String,
}

/// Runs the command.
pub fn run(command: &QueryCommand, surroundings: &Surroundings) -> Result<ExitCode> {
    let QueryCommand::Run(arguments) = command;
    let sql = read_sql(&arguments.sql)?;
    let client = arguments.endpoint.client(surroundings)?;
    let configuration = arguments.wanted().configuration(&client)?;
    let keeper = Keeper::of(&client, &arguments.membership, surroundings);
    let from = keeper.as_ref().map(Keeper::from).unwrap_or_default();
    let asked = match (arguments.intervals, from.as_str()) {
        (false, _) => from,
        (true, "") => INTERVALS.to_owned(),
        (true, from) => format!("{from}&{INTERVALS}"),
    };
    let started = begin(&client, &arguments.membership, &sql, &configuration, &asked)?;
    if let Some(keeper) = &keeper {
        keeper.keep(&started);
    }
    let quiet = arguments.json || !std::io::stderr().is_terminal();
    let ended = wait(&client, &arguments.membership, query_id(&started)?, sql, quiet)?;
    if let Some(keeper) = &keeper {
        let path = recorded(&arguments.membership, &format!("/{}", ended.id));
        match client.call("GET", &path, &keeper.from(), None) {
            Ok(answer) => keeper.keep(&answer),
            Err(error) => output::warn(&format!("the head of the ledger was not kept: {error:#}")),
        }
    }
    show(arguments, &client, &ended)
}

pub(crate) fn read_sql(path: &Path) -> Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// StartProtectedQuery; gives the query's id.
pub fn start(client: &Client, membership: &str, sql: &str, output: &Value) -> Result<String> {
    query_id(&begin(client, membership, sql, output, "")?)
}

/// StartProtectedQuery's native view: the query, and the head of the ledger that covers it.
fn begin(
    client: &Client,
    membership: &str,
    sql: &str,
    output: &Value,
    parameters: &str,
) -> Result<Value> {
    let body = json!({
        "type": "SQL",
        "sqlParameters": {"queryString": sql},
        "resultConfiguration": {"outputConfiguration": output},
    });
    client.call("POST", &recorded(membership, ""), parameters, Some(&body))
}

fn recorded(membership: &str, query: &str) -> String {
    format!("/glovebox/v1/memberships/{membership}/protectedQueries{query}")
}

fn query_id(started: &Value) -> Result<String> {
    let id = started.pointer("/protectedQuery/id").and_then(Value::as_str);
    id.map(str::to_owned).context("the server started no query")
}

fn wait(client: &Client, membership: &str, id: String, sql: String, quiet: bool) -> Result<Ended> {
    let walk = Walk::begin(quiet);
    let mut behind = 0;
    let query = poll(client, membership, &id, |passed| {
        behind = passed;
        walk.passed(passed);
    });
    walk.end();
    if !quiet {
        output::note(&doors(behind));
    }
    Ok(Ended { id, query: query?, sql })
}

/// Looks at a query until it is over, telling how many doors are behind it; gives its last state.
pub fn poll(
    client: &Client,
    membership: &str,
    id: &str,
    mut passed: impl FnMut(usize),
) -> Result<Value> {
    let mut pause = Duration::from_millis(20);
    loop {
        let (status, behind) = native::progress(client, id)?;
        passed(behind);
        match status.as_str() {
            "SUBMITTED" | "STARTED" | "CANCELLING" => {}
            "SUCCESS" | "FAILED" | "CANCELLED" | "TIMED_OUT" => break,
            other => bail!("the server calls the query {}", glovebox_model::escape_lines(other)),
        }
        std::thread::sleep(pause);
        pause = (pause * 3 / 2).min(MAX_WAIT);
    }
    let path = format!("/memberships/{membership}/protectedQueries/{id}");
    let mut answer = client.call("GET", &path, "", None)?;
    answer.get_mut("protectedQuery").map(Value::take).context("the server shows no query")
}

fn show(arguments: &RunArgs, client: &Client, ended: &Ended) -> Result<ExitCode> {
    if ended.query.get("status").and_then(Value::as_str) != Some("SUCCESS") {
        return refuse(arguments, client, ended);
    }
    let notice = native::notice(client, &ended.id)?;
    if let (false, Some(notice)) = (arguments.json, &notice) {
        output::note(notice);
    }
    let mut query = ended.query.clone();
    if let (Some(object), Some(notice)) = (query.as_object_mut(), notice) {
        object.insert("otherRow".to_owned(), json!(true));
        object.insert("notice".to_owned(), json!(notice));
    }
    let copies = match arguments.receivers.is_empty() {
        true => Vec::new(),
        false => lines(client, &ended.id)?,
    };
    let Some(location) = location(&ended.query) else {
        if arguments.json {
            output::json(&query);
        } else {
            output::line(&format!("Query {}: {}.", ended.id, copies.join(", ")));
        }
        let lacks = arguments.wanted().writes;
        return Ok(if lacks { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    };
    for copy in copies.iter().filter(|_| !arguments.json) {
        output::note(copy);
    }
    let bytes = fetch(client, location)?;
    if let Some(path) = &arguments.out {
        let write = || -> Result<()> {
            let mut file = std::fs::File::create(path)?;
            Ok(file.write_all(&bytes)?)
        };
        write().with_context(|| path.display().to_string())?;
        if arguments.json {
            output::json(&query);
        } else {
            output::note(&format!("{} bytes in {}", bytes.len(), path.display()));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let rows = csv::parse(&String::from_utf8(bytes).context("the result is not UTF-8")?)?;
    if arguments.json {
        let mut answer = query;
        if let (Some(object), Some((header, body))) = (answer.as_object_mut(), rows.split_first()) {
            object.insert("columns".to_owned(), json!(header));
            object.insert("rows".to_owned(), json!(body));
        }
        output::json(&answer);
    } else {
        output::text(&table::render(&rows));
        let count = rows.len().saturating_sub(1);
        output::note(&format!(
            "{count} {}, in {location}",
            if count == 1 { "row" } else { "rows" }
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// All objects below `s3://bucket/prefix/`, one behind the other.
pub fn fetch(client: &Client, location: &str) -> Result<Vec<u8>> {
    let rest = location.strip_prefix("s3://").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').context("the result's location is no S3 path")?;
    let mut bytes = Vec::new();
    for key in client.list_keys(bucket, prefix)? {
        bytes.extend(client.object(bucket, &key)?);
    }
    Ok(bytes)
}

fn refuse(arguments: &RunArgs, client: &Client, ended: &Ended) -> Result<ExitCode> {
    let diagnostics = native::diagnostics(client, &ended.id).ok();
    if arguments.json {
        let mut answer = ended.query.clone();
        if let (Some(object), Some(diagnostics)) = (answer.as_object_mut(), diagnostics) {
            object.insert("diagnostics".to_owned(), diagnostics);
        }
        output::json(&answer);
    } else {
        output::text(&refusal(&ended.query, diagnostics.as_ref(), &ended.sql));
    }
    Ok(ExitCode::FAILURE)
}

/// Why a query failed, for people: its findings with the text they are about, else its message.
pub fn refusal(query: &Value, diagnostics: Option<&Value>, sql: &str) -> String {
    if let Some(rendered) = diagnostics.and_then(|it| output::findings(it, sql)) {
        return rendered;
    }
    let status = query.get("status").and_then(Value::as_str).unwrap_or("FAILED");
    let message = query.pointer("/error/message").and_then(Value::as_str);
    match message {
        Some(message) => format!("{status}: {}\n", glovebox_model::escape_lines(message)),
        None => format!("{status}\n"),
    }
}
