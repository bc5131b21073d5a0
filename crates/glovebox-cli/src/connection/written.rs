//! Flags of `connection add` as the JSON of the native API.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::{Credentials, Surroundings};

/// What a connection reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Files at ROOT/<database>/<table>
    Files,
    /// Delta tables at ROOT/<database>/<table>
    Delta,
    /// The AWS Glue Data Catalog, its data below the roots
    Glue,
    /// Amazon Athena, its results below the first root
    Athena,
    /// An Iceberg REST catalog, its data below the roots
    Iceberg,
    /// A PostgreSQL server; databases are its schemas
    Postgresql,
}

/// What is said of a new connection. Secrets come from files, never from arguments.
#[derive(Debug, Clone, Args)]
pub struct NewConnectionArgs {
    /// The connection as JSON instead of flags, or - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "kind"])]
    file: Option<PathBuf>,
    /// The name of its role: NAME of arn:aws:iam::ACCOUNT:role/NAME
    #[arg(long, required_unless_present = "file")]
    name: Option<String>,
    /// What it reaches
    #[arg(long = "type", value_name = "TYPE", required_unless_present = "file")]
    kind: Option<Kind>,
    /// Databases whose tables are read through it
    #[arg(long = "database", value_name = "NAME", value_delimiter = ',')]
    databases: Vec<String>,
    /// Where data lies: s3://bucket/prefix, gs://..., az://container/...
    #[arg(long = "root", value_name = "URI")]
    roots: Vec<String>,
    /// The region, or the storage account of az://
    #[arg(long)]
    region: Option<String>,
    /// An object store that is not the provider's own
    #[arg(long, value_name = "URL")]
    storage_endpoint: Option<String>,
    /// How results that are written there are encrypted: AES256 or aws:kms
    #[arg(long, value_name = "WORD")]
    sse: Option<String>,
    /// The key of aws:kms [default: the account's own]
    #[arg(long, value_name = "ID", requires = "sse")]
    sse_kms_key_id: Option<String>,
    /// A Glue or Athena service that is not AWS's own
    #[arg(long, value_name = "URL")]
    service_endpoint: Option<String>,
    /// The Glue catalog, if it is another account's
    #[arg(long, value_name = "ID")]
    catalog_id: Option<String>,
    /// The Athena workgroup
    #[arg(long)]
    workgroup: Option<String>,
    /// The Iceberg REST catalog
    #[arg(long, value_name = "URL")]
    uri: Option<String>,
    /// The warehouse of the Iceberg catalog
    #[arg(long)]
    warehouse: Option<String>,
    /// The bearer token of the Iceberg catalog
    #[arg(long, value_name = "FILE")]
    catalog_token_file: Option<PathBuf>,
    /// The PostgreSQL server
    #[arg(long)]
    host: Option<String>,
    /// Its port
    #[arg(long, default_value_t = 5432)]
    port: u16,
    /// Its database
    #[arg(long, value_name = "NAME")]
    dbname: Option<String>,
    /// Without TLS: only to addresses that the operator lists
    #[arg(long)]
    no_tls: bool,
    #[command(flatten)]
    proof: Proof,
}

/// What it proves itself with.
#[derive(Debug, Clone, Args)]
#[group(multiple = true)]
struct Proof {
    /// The role of that name is assumed, with an external id that is printed
    #[arg(long, conflicts_with_all = ["anonymous", "keys_profile", "token_file", "user"])]
    assume_role: bool,
    /// Public data
    #[arg(long, conflicts_with_all = ["keys_profile", "token_file", "user"])]
    anonymous: bool,
    /// Access keys of this profile of ~/.aws/credentials
    #[arg(long, value_name = "NAME", conflicts_with_all = ["token_file", "user"])]
    keys_profile: Option<String>,
    /// The key of an azure account, or the JSON of a gcs service account
    #[arg(long, value_name = "FILE", conflicts_with = "user")]
    token_file: Option<PathBuf>,
    /// The user of a database
    #[arg(long, requires = "password_file")]
    user: Option<String>,
    /// Its password, or - for standard input
    #[arg(long, value_name = "FILE", requires = "user")]
    password_file: Option<PathBuf>,
}

impl NewConnectionArgs {
    /// The body of the request; the operator's own credentials if `operator`, and perhaps none if
    /// `replace`: then those that are there stay.
    pub(crate) fn body(
        &self,
        surroundings: &Surroundings,
        (operator, replace): (bool, bool),
    ) -> Result<Value> {
        if let Some(file) = &self.file {
            let text = secret(file)?;
            return serde_json::from_str(&text).context("the connection is not JSON");
        }
        let (Some(name), Some(kind)) = (&self.name, self.kind) else {
            bail!("--name and --type, or --file");
        };
        let credentials = match operator {
            true => Some(json!({ "operator": {} })),
            false => self.proof.body(surroundings)?,
        };
        if credentials.is_none() && !replace {
            bail!(
                "say what it proves itself with: --assume-role, --keys-profile, --user and \
                 --password-file, --token-file or --anonymous"
            );
        }
        let (word, place) = self.place(kind)?;
        let mut body = Map::new();
        body.insert("name".into(), json!(name));
        body.insert("databases".into(), json!(self.databases));
        if let Some(credentials) = credentials {
            body.insert("credentials".into(), credentials);
        }
        body.insert(word.into(), place);
        if let Some(file) = &self.catalog_token_file {
            body.insert("catalogToken".into(), json!(secret(file)?));
        }
        Ok(Value::Object(body))
    }

    fn place(&self, kind: Kind) -> Result<(&'static str, Value)> {
        let storage = json!({
            "roots": self.roots,
            "region": self.region,
            "endpoint": self.storage_endpoint,
            "encryption": self.sse,
            "kmsKeyId": self.sse_kms_key_id,
        });
        let needed = |it: &Option<String>, flag: &str| {
            it.clone().with_context(|| format!("{flag} is needed for this type"))
        };
        Ok(match kind {
            Kind::Files => ("files", json!({ "storage": storage })),
            Kind::Delta => ("delta", json!({ "storage": storage })),
            Kind::Glue => (
                "glue",
                json!({
                    "region": needed(&self.region, "--region")?,
                    "endpoint": self.service_endpoint,
                    "catalogId": self.catalog_id,
                    "storage": storage,
                }),
            ),
            Kind::Athena => (
                "athena",
                json!({
                    "region": needed(&self.region, "--region")?,
                    "endpoint": self.service_endpoint,
                    "workgroup": needed(&self.workgroup, "--workgroup")?,
                    "storage": storage,
                }),
            ),
            Kind::Iceberg => (
                "iceberg",
                json!({
                    "uri": needed(&self.uri, "--uri")?,
                    "warehouse": self.warehouse,
                    "storage": storage,
                }),
            ),
            Kind::Postgresql => (
                "postgresql",
                json!({
                    "host": needed(&self.host, "--host")?,
                    "port": self.port,
                    "database": needed(&self.dbname, "--dbname")?,
                    "tls": !self.no_tls,
                }),
            ),
        })
    }
}

impl Proof {
    /// None if no flag says any.
    fn body(&self, surroundings: &Surroundings) -> Result<Option<Value>> {
        if self.assume_role {
            return Ok(Some(json!({ "assumeRole": {} })));
        }
        if self.anonymous {
            return Ok(Some(json!({ "anonymous": {} })));
        }
        if let Some(profile) = &self.keys_profile {
            let keys = Credentials::find_for_aws(&surroundings.environment, Some(profile))?;
            return Ok(Some(json!({ "keys": {
                "accessKeyId": keys.access_key_id,
                "secretAccessKey": keys.secret,
                "sessionToken": keys.session_token,
            }})));
        }
        if let Some(file) = &self.token_file {
            return Ok(Some(json!({ "token": { "token": secret(file)? } })));
        }
        if let (Some(user), Some(file)) = (&self.user, &self.password_file) {
            let password = secret(file)?;
            return Ok(Some(json!({ "password": { "user": user, "password": password } })));
        }
        Ok(None)
    }
}

/// A secret is the text of a file, without the end of its last line.
fn secret(file: &Path) -> Result<String> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).context("standard input")?;
        text
    } else {
        std::fs::read_to_string(file).with_context(|| file.display().to_string())?
    };
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
