//! The command line: options as the Java client has them, and a few of our own.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, StringValueParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use glovebox_c3r::CollaborationId;

/// Encrypt, decrypt, and what goes with it.
#[derive(Debug, Subcommand)]
pub enum C3rCommand {
    /// Encrypt a CSV or Parquet file for a collaboration
    #[command(after_help = ENCRYPT_HELP)]
    Encrypt(EncryptArgs),
    /// Decrypt a CSV or Parquet file that came out of a collaboration
    #[command(after_help = DECRYPT_HELP)]
    Decrypt(DecryptArgs),
    /// Make a table schema for a file: which columns are sealed, fingerprinted, or left in clear
    #[command(after_help = SCHEMA_HELP)]
    Schema(SchemaArgs),
    /// Make a shared secret
    #[command(after_help = KEYGEN_HELP)]
    Keygen(KeygenArgs),
    /// Say what an encrypted table would still give away, before it leaves
    #[command(after_help = DOCTOR_HELP)]
    Doctor(DoctorArgs),
}

const ENCRYPT_HELP: &str = "Examples:
  export C3R_SHARED_SECRET=$(glovebox c3r keygen)
  glovebox c3r encrypt people.csv --schema people.json --id 1f0c... --endpoint-url https://room:8930
  glovebox c3r encrypt people.csv --schema people.json --id 1f0c... --settings settings.json

The collaboration's settings come from GetCollaboration, signed with the key of --profile or of
AWS_* variables, or, without a network, from --settings:
  {\"allowCleartext\": true, \"allowDuplicates\": true,
   \"allowJoinsOnColumnsWithDifferentNames\": false, \"preserveNulls\": false}
Rows leave in random order. Memory stays bounded: what does not fit lies in --tempDir, encrypted,
in files without a name. The output appears whole (mode 0600) or not at all.
Exit status: 0 done, 1 failed, 2 wrong usage.";

const DECRYPT_HELP: &str = "Examples:
  glovebox c3r decrypt result.csv --id 1f0c...
  glovebox c3r decrypt result.parquet --id 1f0c... --output clear.parquet --overwrite

Sealed columns are opened, fingerprints cannot be and stay as they are; the order of rows is kept.
Needs no network. Exit status: 0 done, 1 failed, 2 wrong usage.";

const SCHEMA_HELP: &str = "Examples:
  glovebox c3r schema people.csv --template
  glovebox c3r schema people.csv --interactive --output people.json

A template has to be edited before it can be used. Exit status: 0, 1 failed, 2 wrong usage.";

const KEYGEN_HELP: &str = "Examples:
  export C3R_SHARED_SECRET=$(glovebox c3r keygen)
  glovebox c3r keygen --output shared-secret.txt

32 random bytes in Base64. All members who encrypt or decrypt need the same secret; who holds it
can open every sealed cell and try guesses against every fingerprint. The operator must not have it.";

const DOCTOR_HELP: &str = "Examples:
  glovebox c3r doctor people.json people.csv
  glovebox c3r doctor people.json people.csv --settings settings.json --json

Reads the file once and prints no cell of it (but with --show-values). Encrypts nothing and needs
no secret. Exit status: 0 nothing to say, 1 warnings or failed, 2 wrong usage.";

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values
    #[value(name = "CSV")]
    Csv,
    /// Apache Parquet
    #[value(name = "PARQUET")]
    Parquet,
}

/// Where the collaboration's settings come from.
#[derive(Debug, Clone, Args)]
pub struct Origin {
    /// Settings instead of asking a server: a file, or JSON as GetCollaboration gives it
    #[arg(long, value_name = "FILE|JSON", value_parser = unquoted())]
    pub settings: Option<String>,
    /// The server to ask [default: AWS_ENDPOINT_URL, else AWS Clean Rooms in the region]
    #[arg(long, value_name = "URL", value_parser = unquoted())]
    pub endpoint_url: Option<String>,
    /// A profile of ~/.aws/credentials instead of AWS_* variables
    #[arg(short = 'l', long, value_name = "NAME", value_parser = unquoted())]
    pub profile: Option<String>,
    /// The region of the server
    #[arg(short = 'g', long, value_name = "REGION", value_parser = unquoted())]
    pub region: Option<String>,
}

/// Where the shared secret comes from.
#[derive(Debug, Clone, Args)]
pub struct SecretOrigin {
    /// A file with the shared secret, mode 0600, instead of the variable C3R_SHARED_SECRET
    #[arg(long, value_name = "FILE", value_parser = unquoted_path())]
    pub(crate) secret_file: Option<PathBuf>,
}

/// Where the output goes.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// The output [default: INPUT with .out before its ending, in the current folder]
    #[arg(short = 'o', long, value_name = "FILE", value_parser = unquoted_path())]
    pub(crate) output: Option<PathBuf>,
    /// Replace the output if it exists
    #[arg(short = 'f', long)]
    pub(crate) overwrite: bool,
    /// Check everything, write nothing
    #[arg(short = 'n', long = "dryRun", visible_alias = "dry-run")]
    pub(crate) dry_run: bool,
}

/// What kind of file the input is.
#[derive(Debug, Clone, Copy, Args)]
pub struct Kind {
    /// The kind of file [default: by the ending of the input]
    #[arg(short = 'e', long = "fileFormat", value_name = "FORMAT", value_parser = format())]
    pub(crate) format: Option<Format>,
}

/// How NULL stands in CSV files.
#[derive(Debug, Clone, Args)]
pub struct Nulls {
    /// How NULL is written in the input (CSV) [default: an empty field, quoted or not]
    #[arg(short = 'r', long = "csvInputNULLValue", value_name = "TEXT",
          value_parser = unquoted(), allow_hyphen_values = true)]
    pub(crate) input_null: Option<String>,
    /// How NULL is written in the output (CSV) [default: an empty field]
    #[arg(short = 'w', long = "csvOutputNULLValue", value_name = "TEXT",
          value_parser = unquoted(), allow_hyphen_values = true)]
    pub(crate) output_null: Option<String>,
}

/// How a command speaks.
#[derive(Debug, Clone, Copy, Args)]
pub struct Speech {
    /// Say more about the cause of an error
    #[arg(short = 'v', long = "enableStackTraces")]
    pub(crate) traced: bool,
    /// Print a summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The arguments of `encrypt`.
#[derive(Debug, Args)]
pub struct EncryptArgs {
    /// The file to encrypt
    #[arg(value_name = "INPUT", value_parser = unquoted_path())]
    pub(crate) input: PathBuf,
    /// The table schema, JSON
    #[arg(short = 's', long, value_name = "FILE", value_parser = unquoted_path())]
    pub(crate) schema: PathBuf,
    /// The collaboration's id
    #[arg(long, value_name = "UUID", value_parser = collaboration())]
    pub(crate) id: CollaborationId,
    #[command(flatten)]
    pub(crate) origin: Origin,
    #[command(flatten)]
    pub(crate) secret: SecretOrigin,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) kind: Kind,
    #[command(flatten)]
    pub(crate) nulls: Nulls,
    /// Take Parquet columns of bytes without annotation as text
    #[arg(long = "parquetBinaryAsString")]
    pub(crate) binary_as_string: bool,
    /// Where what does not fit into memory lies, encrypted [default: TMPDIR, else /tmp]
    #[arg(short = 'd', long = "tempDir", value_name = "DIR", value_parser = unquoted_path())]
    pub(crate) temp_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) speech: Speech,
}

/// The arguments of `decrypt`.
#[derive(Debug, Args)]
pub struct DecryptArgs {
    /// The file to decrypt
    #[arg(value_name = "INPUT", value_parser = unquoted_path())]
    pub(crate) input: PathBuf,
    /// The collaboration's id
    #[arg(long, value_name = "UUID", value_parser = collaboration())]
    pub(crate) id: CollaborationId,
    #[command(flatten)]
    pub(crate) secret: SecretOrigin,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) kind: Kind,
    #[command(flatten)]
    pub(crate) nulls: Nulls,
    /// Fail if there is a fingerprint column, which cannot be decrypted
    #[arg(long = "failOnFingerprintColumns", visible_alias = "fof")]
    pub(crate) fail_on_fingerprints: bool,
    #[command(flatten)]
    pub(crate) speech: Speech,
}

/// The arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The file whose columns are looked at
    #[arg(value_name = "INPUT", value_parser = unquoted_path())]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) mode: SchemaMode,
    /// The collaboration's id: its settings say whether cleartext columns are allowed
    #[arg(long, value_name = "UUID", value_parser = collaboration())]
    pub(crate) id: Option<CollaborationId>,
    #[command(flatten)]
    pub(crate) origin: Origin,
    /// The file has no headers (CSV)
    #[arg(short = 'p', long = "noHeaders")]
    pub(crate) no_headers: bool,
    #[command(flatten)]
    pub(crate) kind: Kind,
    /// The schema [default: INPUT.json in the current folder]
    #[arg(short = 'o', long, value_name = "FILE", value_parser = unquoted_path())]
    pub(crate) output: Option<PathBuf>,
    /// Replace the schema if it exists
    #[arg(short = 'f', long)]
    pub(crate) overwrite: bool,
    /// Say more about the cause of an error
    #[arg(short = 'v', long = "enableStackTraces")]
    pub(crate) traced: bool,
}

/// How a schema is made.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct SchemaMode {
    /// Write a schema with every choice left open, to be edited
    #[arg(short = 't', long)]
    pub(crate) template: bool,
    /// Ask for every column
    #[arg(short = 'i', long)]
    pub(crate) interactive: bool,
}

/// The arguments of `keygen`.
#[derive(Debug, Args)]
pub struct KeygenArgs {
    /// Write it to a new file with mode 0600 instead of standard output
    #[arg(short = 'o', long, value_name = "FILE", value_parser = unquoted_path())]
    pub(crate) output: Option<PathBuf>,
}

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The table schema, JSON
    #[arg(value_name = "SCHEMA", value_parser = unquoted_path())]
    pub(crate) schema: PathBuf,
    /// The file that would be encrypted
    #[arg(value_name = "FILE", value_parser = unquoted_path())]
    pub(crate) input: PathBuf,
    /// The collaboration's id, if its settings shall be asked for
    #[arg(long, value_name = "UUID", value_parser = collaboration())]
    pub(crate) id: Option<CollaborationId>,
    #[command(flatten)]
    pub(crate) origin: Origin,
    #[command(flatten)]
    pub(crate) kind: Kind,
    /// How NULL is written in the file (CSV)
    #[arg(short = 'r', long = "csvInputNULLValue", value_name = "TEXT",
          value_parser = unquoted(), allow_hyphen_values = true)]
    pub(crate) input_null: Option<String>,
    /// Take Parquet columns of bytes without annotation as text
    #[arg(long = "parquetBinaryAsString")]
    pub(crate) binary_as_string: bool,
    /// Print the most frequent values beside their counts: real data of persons
    #[arg(long)]
    pub(crate) show_values: bool,
    #[command(flatten)]
    pub(crate) speech: Speech,
}

/// One pair of quotes around a value is taken off, as the Java client does.
fn without_quotes(value: &[u8]) -> &[u8] {
    value
        .strip_prefix(b"\"")
        .and_then(|it| it.strip_suffix(b"\""))
        .filter(|_| value.len() > 1)
        .unwrap_or(value)
}

fn trimmed(value: &str) -> String {
    let inner = without_quotes(value.as_bytes());
    String::from_utf8(inner.to_vec()).unwrap_or_else(|_| value.to_owned())
}

fn unquoted() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().map(|value| trimmed(&value))
}

fn unquoted_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|value: OsString| {
        let inner = without_quotes(value.as_bytes());
        Ok::<_, Infallible>(PathBuf::from(OsStr::from_bytes(inner)))
    })
}

fn format() -> impl TypedValueParser<Value = Format> {
    StringValueParser::new().try_map(|value| {
        Format::from_str(&trimmed(&value), true).map_err(|_| "the format is CSV or PARQUET")
    })
}

fn collaboration() -> impl TypedValueParser<Value = CollaborationId> {
    StringValueParser::new().try_map(|value| trimmed(&value).parse::<CollaborationId>())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    #[command(name = "c3r", disable_help_subcommand = true)]
    struct Line {
        #[command(subcommand)]
        command: C3rCommand,
    }

    const ID: &str = "12345678-90AB-cdef-1234-567890abcdef";

    fn encrypt(arguments: &[&str]) -> Result<EncryptArgs, clap::Error> {
        let fixed = ["c3r", "encrypt", "i.csv", "-s", "s.json", "--id", ID];
        match Line::try_parse_from(fixed.iter().chain(arguments))?.command {
            C3rCommand::Encrypt(it) => Ok(it),
            other => panic!("not encrypt: {other:?}"),
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Line::command().debug_assert();
    }

    #[test]
    fn one_pair_of_quotes_is_taken_off_values() {
        let null = |value: &str| {
            encrypt(&[&format!("--csvInputNULLValue={value}")]).unwrap().nulls.input_null.unwrap()
        };
        assert_eq!(null("\"NULL\""), "NULL");
        assert_eq!(null("\"\""), "");
        assert_eq!(null("\"\"\""), "\"");
        assert_eq!(null("\"\"\"\""), "\"\"");
        assert_eq!(null("'\"\"'"), "'\"\"'");
        assert_eq!(null("\""), "\"");
        assert_eq!(null(""), "");
        assert_eq!(
            encrypt(&["-o", "\"a b.csv\""]).unwrap().target.output.unwrap(),
            PathBuf::from("a b.csv")
        );
    }

    #[test]
    fn short_and_long_names_are_those_of_the_java_client() {
        let short = encrypt(&[
            "-f", "-n", "-e", "Csv", "-r", "x", "-w", "-", "-d", "t", "-l", "p", "-g", "r", "-v",
        ])
        .unwrap();
        let long = encrypt(&[
            "--overwrite",
            "--dryRun",
            "--fileFormat",
            "csv",
            "--csvInputNULLValue",
            "x",
            "--csvOutputNULLValue=-",
            "--tempDir",
            "t",
            "--profile",
            "p",
            "--region",
            "r",
            "--enableStackTraces",
        ])
        .unwrap();
        assert_eq!(format!("{short:?}"), format!("{long:?}"));
        assert!(encrypt(&["--dry-run"]).unwrap().target.dry_run);
        let line = ["c3r", "decrypt", "x", "--id", ID, "--fof"];
        let C3rCommand::Decrypt(decrypt) = Line::try_parse_from(line).unwrap().command else {
            panic!("not decrypt");
        };
        assert!(decrypt.fail_on_fingerprints);
    }

    #[test]
    fn wrong_usage_has_status_two() {
        for wrong in [
            &["c3r"][..],
            &["c3r", "encrypt", "i.csv", "--id", ID],
            &["c3r", "encrypt", "i.csv", "-s", "s.json", "--id", "xyz"],
            &["c3r", "encrypt", "i.csv", "-s", "s.json", "--id", ID, "--bogus"],
            &["c3r", "encrypt", "i.csv", "-s", "s.json", "--id", ID, "-e", "orc"],
            &["c3r", "schema", "i.csv"],
            &["c3r", "schema", "i.csv", "-t", "-i"],
            &["c3r", "help"],
        ] {
            assert_eq!(Line::try_parse_from(wrong).unwrap_err().exit_code(), 2, "{wrong:?}");
        }
    }
}
