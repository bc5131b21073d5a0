//! The command line: every command, its flags, and an example of each.

pub(crate) mod limits;
pub(crate) mod operations;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use glovebox_cli::{
    AskedThere, BudgetCommand, C3rCommand, ConnectionCommand, Endpoint, LedgerCommand, QueryCommand,
};
use glovebox_model::{AccountId, KeyRole};

use self::limits::LimitArgs;
use self::operations::{BACKUP_HELP, BackupArgs, ClockCommand, KeysCommand, WatchingArgs};
use crate::configuration::Bytes;
use crate::logs;

/// A self-hosted data clean room, spoken to with the AWS SDK
#[derive(Debug, Parser)]
#[command(name = "glovebox", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Glovebox {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the AWS API, the native API and S3 on one port
    #[command(after_help = SERVE_HELP)]
    Serve(ServeArgs),
    /// Take a tour: two members, real data, allowed and refused questions
    #[command(after_help = DEMO_HELP)]
    Demo(DemoArgs),
    /// Make and disable accounts and their access keys
    #[command(subcommand)]
    Account(AccountCommand),
    /// Say where data lies outside of the house's folders
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Run protected queries
    #[command(subcommand)]
    Query(QueryCommand),
    /// Judge a query without running it
    #[command(after_help = EXPLAIN_HELP)]
    Explain(ExplainArgs),
    /// Play an attacker against an analysis rule
    #[command(after_help = LINT_HELP)]
    Lint(LintArgs),
    /// Propose the smallest rules that admit a query
    #[command(after_help = SUGGEST_HELP)]
    SuggestRule(SuggestArgs),
    /// Look at privacy budgets
    #[command(subcommand)]
    Budget(BudgetCommand),
    /// Copy and verify ledgers
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Encrypt columns before anyone else sees them, and decrypt results
    #[command(subcommand)]
    C3r(C3rCommand),
    /// Copy the database of a data directory, also while it is served
    #[command(after_help = BACKUP_HELP)]
    Backup(BackupArgs),
    /// Say that the clock is right after it jumped
    #[command(subcommand)]
    Clock(ClockCommand),
    /// Change the house's own keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Walk one query from claim to close (started by `serve`)
    #[command(hide = true)]
    Walk(WalkArgs),
    /// Look at one table for its owner (started by `serve`)
    #[command(hide = true)]
    Look(WalkArgs),
}

const SERVE_HELP: &str = "Examples:
  glovebox serve
  glovebox serve --data-dir /srv/glovebox --listen 0.0.0.0:8930 --tls-cert cert.pem --tls-key key.pem

Settings come from flags, then GLOVEBOX_* variables (GLOVEBOX_LISTEN, ...), then
DIR/glovebox.toml (listen = \"...\", region = \"...\"), then the defaults.
Secrets are sealed with the key in GLOVEBOX_MASTER_KEY, else in ~/.config/glovebox/master.key.
The head counter, by which an older copy of the data directory is known, lies in the folder
GLOVEBOX_HEAD_COUNTER, else in ~/.config/glovebox/head-counter: never in the data directory.";

const DEMO_HELP: &str = "Examples:
  glovebox demo
  glovebox demo --data-dir ./demo-data --serve";

const EXPLAIN_HELP: &str = "Examples:
  glovebox explain --room airlines.room --sql question.sql
  glovebox explain --collaboration 1f0c... --sql question.sql --endpoint-url http://127.0.0.1:8930
  glovebox explain --collaboration 1f0c... --template arn:aws:... --parameter zip=10001 \
                   --receiver 222222222222

Exit code: 0 allowed, 1 refused, 2 the room or the arguments cannot be read.
Whether owners let an account receive the result is judged for each --receiver.
No data is read. A server notes in the ledger that it was asked.";

const LINT_HELP: &str = "Examples:
  glovebox lint --room rules.room
  glovebox lint --room rules.room --table orders --data orders.csv --json

Exit code: 0 none of the listed attacks worked, 1 some did, 2 the input cannot be read.
Without --data the rows are made up. An attack is reported only after it was run.";

const SUGGEST_HELP: &str = "Examples:
  glovebox suggest-rule --room tables.room --sql question.sql
  glovebox suggest-rule --room tables.room --sql question.sql --type custom --json

Exit code: 0 rules were found, 1 no rule admits the query, 2 the input cannot be read.
Nothing is written anywhere: read the rules and their risks, then create them yourself.";

/// Where the house keeps everything.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataDir {
    /// The data directory
    #[arg(
        long,
        value_name = "DIR",
        env = "GLOVEBOX_DATA_DIR",
        hide_env_values = true,
        default_value = "./glovebox-data"
    )]
    pub(crate) data_dir: PathBuf,
}

/// The arguments of `serve`. What is not given comes from the file, then from the defaults.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// Address and port [default: 127.0.0.1:8930]
    #[arg(long, value_name = "ADDRESS", env = "GLOVEBOX_LISTEN", hide_env_values = true)]
    pub(crate) listen: Option<SocketAddr>,
    /// The region in ARNs [default: us-east-1]
    #[arg(long, env = "GLOVEBOX_REGION", hide_env_values = true)]
    pub(crate) region: Option<String>,
    /// Certificate chain, PEM
    #[arg(
        long,
        value_name = "FILE",
        env = "GLOVEBOX_TLS_CERT",
        hide_env_values = true,
        requires = "tls_key"
    )]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key, PEM
    #[arg(
        long,
        value_name = "FILE",
        env = "GLOVEBOX_TLS_KEY",
        hide_env_values = true,
        requires = "tls_cert"
    )]
    pub(crate) tls_key: Option<PathBuf>,
    /// Allow listening beyond this machine without TLS
    #[arg(long, env = "GLOVEBOX_PLAINTEXT", hide_env_values = true)]
    pub(crate) plaintext: bool,
    /// How tables are judged whose owner chose nothing [default: strict]
    #[arg(long, value_name = "MODE", env = "GLOVEBOX_DEFAULT_MODE", hide_env_values = true)]
    pub(crate) default_mode: Option<Mode>,
    /// Memory of one query, such as 512MiB [default: a quarter of RAM by the slots]
    #[arg(long, value_name = "BYTES", env = "GLOVEBOX_QUERY_MEMORY", hide_env_values = true)]
    pub(crate) query_memory: Option<Bytes>,
    /// The largest result, such as 1GiB [default: 1GiB]
    #[arg(long, value_name = "BYTES", env = "GLOVEBOX_RESULT_BYTES", hide_env_values = true)]
    pub(crate) result_bytes: Option<Bytes>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// Addresses of this machine's own networks that connections of members may reach, also
    /// without TLS: host[:port] or network/bits[:port], separated by commas
    #[arg(
        long,
        value_name = "LIST",
        env = "GLOVEBOX_EGRESS_ALLOW",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub(crate) egress_allow: Vec<String>,
    /// Certificates that connections trust beside those of the system, PEM
    #[arg(long, value_name = "FILE", env = "GLOVEBOX_EGRESS_CA", hide_env_values = true)]
    pub(crate) egress_ca: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) watching: WatchingArgs,
}

/// How tables are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// The narrower reading wherever the real service is generous
    Strict,
    /// As the real service documents it, holes included: for emulation
    Aws,
}

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Keep the demo's house here; without it, it is in a temporary folder and gone at the end
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Keep serving when the tour is over, until Ctrl-C
    #[arg(long)]
    pub(crate) serve: bool,
}

/// What the operator does with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account with its first access key, and print them as JSON
    #[command(after_help = "Example:\n  glovebox account create --name Airline")]
    Create(CreateAccountArgs),
    /// List accounts and their keys
    #[command(after_help = "Example:\n  glovebox account list --json")]
    List(ListAccountsArgs),
    /// Disable an account and with it all its keys
    #[command(after_help = "Example:\n  glovebox account disable 123456789012")]
    Disable(DisableAccountArgs),
    /// Add and disable access keys
    #[command(subcommand)]
    Key(KeyCommand),
}

/// The arguments of `account create`.
#[derive(Debug, Args)]
pub(crate) struct CreateAccountArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// How the account is called
    #[arg(long)]
    pub(crate) name: String,
    /// Its number; drawn if not given
    #[arg(long, value_name = "12DIGITS")]
    pub(crate) account_id: Option<AccountId>,
    /// A folder of its own for its tables, instead of DIR/accounts/ID/tables
    #[arg(long, value_name = "PATH")]
    pub(crate) tables: Option<PathBuf>,
}

/// The arguments of `account list`.
#[derive(Debug, Args)]
pub(crate) struct ListAccountsArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The arguments of `account disable`.
#[derive(Debug, Args)]
pub(crate) struct DisableAccountArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// The account
    #[arg(value_name = "ACCOUNT")]
    pub(crate) account: AccountId,
}

/// What the operator does with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Add a key to an account and print it as JSON; older keys go on working
    #[command(after_help = "Example:\n  glovebox account key add 123456789012 --role analyst")]
    Add(AddKeyArgs),
    /// Disable a key from this moment on
    #[command(after_help = "Example:\n  glovebox account key disable GBIAEXAMPLEKEY234567")]
    Disable(DisableKeyArgs),
}

/// The arguments of `account key add`.
#[derive(Debug, Args)]
pub(crate) struct AddKeyArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// The account
    #[arg(value_name = "ACCOUNT")]
    pub(crate) account: AccountId,
    /// What the key may do: an auditor looks, an analyst also runs queries, an owner does all
    #[arg(long, value_name = "ROLE", default_value = "owner", value_parser = role)]
    pub(crate) role: KeyRole,
}

fn role(text: &str) -> Result<KeyRole, &'static str> {
    KeyRole::from_aws_name(text).ok_or("the role is one of owner, analyst, auditor")
}

/// The arguments of `account key disable`.
#[derive(Debug, Args)]
pub(crate) struct DisableKeyArgs {
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// The access key id
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
}

/// The arguments of `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A room: members, tables and rules as text; judged offline
    #[arg(long, value_name = "FILE", required_unless_present = "collaboration")]
    pub(crate) room: Option<PathBuf>,
    /// A collaboration whose server is asked instead
    #[arg(long, value_name = "ID", conflicts_with_all = ["room", "runner"])]
    pub(crate) collaboration: Option<String>,
    #[command(flatten)]
    pub(crate) endpoint: Endpoint,
    #[command(flatten)]
    pub(crate) asked: AskedThere,
    /// Who runs it, if the room has several members who may
    #[arg(long, value_name = "MEMBER")]
    pub(crate) runner: Option<String>,
    /// Also print the plan that would run
    #[arg(long)]
    pub(crate) plan: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The arguments of `lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// A room: members, tables and rules as text; AWS's JSON of a rule can stand in it
    #[arg(long, value_name = "FILE")]
    pub(crate) room: PathBuf,
    /// The table to attack [default: every table with a rule that is not the runner's]
    #[arg(long, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// The rows of the table, CSV with a header [default: made-up rows]
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The arguments of `suggest-rule`.
#[derive(Debug, Args)]
pub(crate) struct SuggestArgs {
    /// A room: members and tables as text; rules in it are not looked at
    #[arg(long, value_name = "FILE")]
    pub(crate) room: PathBuf,
    /// The query, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) sql: PathBuf,
    /// The type of the rules [default: the narrowest that admits the query]
    #[arg(long = "type", value_name = "TYPE", value_parser = ["aggregation", "custom", "list"])]
    pub(crate) kind: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The arguments of `walk`; its task comes through standard input.
#[derive(Debug, Args)]
pub(crate) struct WalkArgs {
    /// What to log
    #[arg(long, default_value = logs::FILTER)]
    pub(crate) log: String,
    /// How
    #[arg(long, default_value = "text")]
    pub(crate) log_format: logs::Format,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Glovebox;

    #[test]
    fn every_command_has_an_example_in_its_help() {
        fn walk(command: &clap::Command, path: &str) {
            let inner: Vec<_> = command.get_subcommands().filter(|it| !it.is_hide_set()).collect();
            if inner.is_empty() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example"), "{path} shows no example");
                assert!(help.contains("glovebox "), "{path} shows no example");
            }
            for it in inner {
                walk(it, &format!("{path} {}", it.get_name()));
            }
        }
        let mut command = Glovebox::command();
        command.build();
        command.clone().debug_assert();
        walk(&command, "glovebox");
    }

    #[test]
    fn an_operator_binds_the_credentials_of_its_machine_and_no_others() {
        let fixed = ["glovebox", "connection", "add", "--operator", "--account", "123456789012"];
        let named = ["--name", "machine", "--type", "files", "--root", "s3://bucket"];
        assert!(Glovebox::try_parse_from(fixed.iter().chain(&named)).is_ok());
        assert!(Glovebox::try_parse_from(fixed.iter().chain(&["--file", "c.json"])).is_err());
        for proof in [
            &["--assume-role"][..],
            &["--anonymous"],
            &["--keys-profile", "acme"],
            &["--token-file", "key"],
            &["--user", "u", "--password-file", "p"],
        ] {
            let error = Glovebox::try_parse_from(fixed.iter().chain(&named).chain(proof));
            let kind = error.unwrap_err().kind();
            assert_eq!(kind, clap::error::ErrorKind::ArgumentConflict, "{proof:?}");
        }
    }

    #[test]
    fn wrong_usage_is_refused_before_anything_happens() {
        for wrong in [
            &["glovebox"][..],
            &["glovebox", "account", "create"],
            &["glovebox", "account", "create", "--name", "x", "--account-id", "12"],
            &["glovebox", "serve", "--tls-cert", "c.pem"],
            &["glovebox", "serve", "--listen", "nowhere"],
            &["glovebox", "ledger", "verify", "file", "--data-dir", "dir"],
            &["glovebox", "query", "run", "--sql", "q.sql"],
            &["glovebox", "c3r"],
            &["glovebox", "c3r", "encrypt", "in.csv", "--id", "1-2-3-4-5"],
        ] {
            let error = Glovebox::try_parse_from(wrong).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{wrong:?}");
        }
    }
}
