//! The act in which both members encrypt, the room joins what it cannot read, and the receiver
//! decrypts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use glovebox_cli::Client;
use glovebox_cli::output::line;
use serde_json::{Value, json};

use super::data::DATABASE;
use super::setup::{Airlines, Owner, Table, bring, collaboration, configured, membership_of};
use super::story::{Desk, Row, command, delivered, fetched, paragraph, refused, shown};

const FLEET: &[u8] = include_bytes!("../../../../examples/airlines/data/fleet.csv");
const PLANES: &[u8] = include_bytes!("../../../../examples/airlines/data/planes.parquet");
const FLEET_SCHEMA: &str = include_str!("../../../../examples/airlines/encrypted/fleet.json");
const PLANES_SCHEMA: &str = include_str!("../../../../examples/airlines/encrypted/planes.json");
const BY_MAKER: &str = include_str!("../../../../examples/airlines/encrypted/by-maker.sql");
const LOOKUP: &str = include_str!("../../../../examples/airlines/encrypted/lookup.sql");
const MODELS: &str = include_str!("../../../../examples/airlines/encrypted/models.sql");

const NAMED: (&str, &str) =
    ("Delays by maker, encrypted", "Both members encrypt before anybody else sees their tables");
const SECRET: &str = "shared-secret.txt";

/// A folder that stands for a member's own machine, and the key of its account.
pub(super) struct Machine {
    /// The folder.
    pub(super) folder: PathBuf,
    /// Where its account's tables lie in the house.
    pub(super) tables: PathBuf,
    /// The server.
    pub(super) endpoint: String,
    /// The key.
    pub(super) access_key_id: String,
    /// Its secret.
    pub(super) secret: String,
}

/// Both machines.
pub(super) struct Machines {
    /// The airline's.
    pub(super) airline: Machine,
    /// The manufacturer's.
    pub(super) manufacturer: Machine,
}

/// Tells the act.
pub(super) fn tell(airlines: &Airlines, machines: &Machines) -> Result<()> {
    paragraph(
        "So far whoever runs this house could read both tables. Now both members encrypt on \
         machines of their own, with a secret that the house never has: tail numbers become \
         fingerprints, which are equal where the numbers are, carriers and models are sealed.",
    );
    let Airlines { airline, manufacturer, .. } = airlines;
    let settings = json!({
        "allowCleartext": true,
        "allowDuplicates": true,
        "allowJoinsOnColumnsWithDifferentNames": false,
        "preserveNulls": false,
    });
    let collaboration = collaboration(airline, manufacturer, NAMED, Some(settings))?;
    let membership = membership_of(&manufacturer.client, &collaboration)?;
    let provider = membership_of(&airline.client, &collaboration)?;
    encrypt(machines, &collaboration)?;
    for table in TABLES {
        let (member, membership) = match table.owner {
            Owner::Airline => (airline, &provider),
            Owner::Manufacturer => (manufacturer, &membership),
        };
        bring(&member.client, membership, table, &manufacturer.account)
            .with_context(|| format!("the table {}", table.name))?;
        declare(&member.client, table)?;
    }
    paragraph("A row of the airline's table, as the house has it:");
    let table = fs::read_to_string(machines.airline.tables.join("fleet_encrypted.csv"))?;
    shown(&glovebox_cli::parse_csv(&table.lines().take(2).collect::<Vec<_>>().join("\n"))?);

    let desk = Desk { client: &manufacturer.client, membership: &membership };
    paragraph(
        "The manufacturer's rule and the airline's are those of before. Ciphertext is joined, \
         aircraft are counted by their fingerprints, flights beside them are added up.",
    );
    delivered(&desk, BY_MAKER)?;
    paragraph(
        "What would be answered wrongly is refused: no sealed cell equals a text, nor another cell.",
    );
    refused(&desk, LOOKUP)?;
    paragraph("Under list rules sealed cells leave as they are, and the receiver opens them.");
    let (bytes, location) = fetched(&desk, MODELS)?;
    let rows = glovebox_cli::parse_csv(&String::from_utf8(bytes.clone())?)?;
    shown(&rows);
    line(&format!("     {} rows, delivered to {location}", rows.len().saturating_sub(1)));
    line("");
    let opened = machines.manufacturer.decrypted(&bytes, &collaboration)?;
    shown(&opened);
    ensure!(
        opened.iter().skip(1).flatten().flatten().all(|it| !it.starts_with("02:")),
        "a cell is sealed"
    );
    Ok(())
}

/// Encrypts both tables, unless an earlier tour has.
fn encrypt(machines: &Machines, collaboration: &str) -> Result<()> {
    let Machines { airline, manufacturer } = machines;
    for machine in [airline, manufacturer] {
        fs::create_dir_all(&machine.folder)?;
    }
    if !manufacturer.folder.join(SECRET).exists() {
        manufacturer.run(&["c3r", "keygen", "--output", SECRET])?;
    }
    // Copies keep the mode: 0600.
    fs::copy(manufacturer.folder.join(SECRET), airline.folder.join(SECRET))?;
    for (machine, source, bytes, schema, target) in [
        (airline, "fleet.csv", FLEET, FLEET_SCHEMA, "fleet_encrypted.csv"),
        (manufacturer, "planes.parquet", PLANES, PLANES_SCHEMA, "planes_encrypted.parquet"),
    ] {
        let target = machine.tables.join(target);
        if target.exists() {
            continue;
        }
        fs::write(machine.folder.join(source), bytes)?;
        fs::write(machine.folder.join("schema.json"), schema)?;
        let target = target.display().to_string();
        machine.run(&[
            "c3r",
            "encrypt",
            source,
            "--schema",
            "schema.json",
            "--id",
            collaboration,
            "--secret-file",
            SECRET,
            "--output",
            &target,
        ])?;
    }
    line("");
    Ok(())
}

impl Machine {
    /// Runs a command of this binary on the machine, and shows it.
    fn run(&self, arguments: &[&str]) -> Result<()> {
        let shown: Vec<String> = arguments.iter().map(|it| shortened(it)).collect();
        command(&format!("glovebox {}", shown.join(" ")));
        let program = std::env::current_exe().context("the path of this binary")?;
        let ran = Command::new(program)
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", &self.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &self.secret)
            .env("TMPDIR", &self.folder)
            .stdin(Stdio::null())
            .output()
            .context("c3r")?;
        if !ran.status.success() {
            bail!("c3r failed: {}", String::from_utf8_lossy(&ran.stderr).trim());
        }
        Ok(())
    }

    /// Decrypts a result.
    fn decrypted(&self, bytes: &[u8], collaboration: &str) -> Result<Vec<Row>> {
        fs::write(self.folder.join("result.csv"), bytes)?;
        let (id, output) = (collaboration, "clear.csv");
        self.run(&[
            "c3r",
            "decrypt",
            "result.csv",
            "--id",
            id,
            "--secret-file",
            SECRET,
            "--output",
            output,
            "--overwrite",
        ])?;
        line("");
        glovebox_cli::parse_csv(&fs::read_to_string(self.folder.join(output))?)
    }
}

/// An argument as it is shown: the name of a file, the beginning of an id.
fn shortened(argument: &str) -> String {
    const LONG: usize = 30;
    let name = Path::new(argument).file_name().and_then(|it| it.to_str()).unwrap_or(argument);
    match argument.split_once('-') {
        Some((group, _)) if name.len() > LONG && !group.is_empty() => format!("{group}-..."),
        Some(_) | None => name.to_owned(),
    }
}

/// Says which columns are encrypted; the house compares it with the table.
fn declare(client: &Client, table: &Table) -> Result<()> {
    let sealed = match table.owner {
        Owner::Airline => "carrier",
        Owner::Manufacturer => "model",
    };
    let mut columns = json!({"tailnum": "fingerprint"});
    if let Some(columns) = columns.as_object_mut() {
        columns.insert(sealed.to_owned(), json!("sealed"));
    }
    let extension = json!({
        "mode": "strict",
        "encryption": {"columns": columns, "withoutNulls": ["tailnum"]},
    });
    let path =
        format!("/glovebox/v1/configuredTables/{}/extension", configured(client, table.name)?);
    client.call("PUT", &path, "", Some(&extension)).map(drop)
}

/// Where the tables of an account lie in a house.
pub(super) fn tables(data_dir: &Path, account: &str) -> PathBuf {
    data_dir.join("accounts").join(account).join("tables").join(DATABASE)
}

const TABLES: &[Table] = &[
    Table {
        owner: Owner::Airline,
        name: "encrypted_fleet",
        source: "fleet_encrypted",
        columns: &["tailnum", "flights", "minutes_late"],
        rule: fleet,
    },
    Table {
        owner: Owner::Manufacturer,
        name: "encrypted_planes",
        source: "planes_encrypted",
        columns: &["tailnum", "manufacturer"],
        rule: planes,
    },
    Table {
        owner: Owner::Airline,
        name: "sealed_fleet",
        source: "fleet_encrypted",
        columns: &["tailnum", "carrier", "flights"],
        rule: fleet_list,
    },
    Table {
        owner: Owner::Manufacturer,
        name: "sealed_planes",
        source: "planes_encrypted",
        columns: &["tailnum", "model"],
        rule: planes_list,
    },
];

fn fleet(_: &str) -> (&'static str, Value) {
    let rule = json!({
        "aggregateColumns": [
            {"columnNames": ["flights", "minutes_late"], "function": "SUM"},
            {"columnNames": ["tailnum"], "function": "COUNT_DISTINCT"},
        ],
        "joinColumns": ["tailnum"],
        "joinRequired": "QUERY_RUNNER",
        "dimensionColumns": [],
        "scalarFunctions": [],
        "outputConstraints": [
            {"columnName": "tailnum", "minimum": 25, "type": "COUNT_DISTINCT"},
        ],
    });
    ("AGGREGATION", json!({"aggregation": rule}))
}

fn planes(_: &str) -> (&'static str, Value) {
    let rule = json!({
        "aggregateColumns": [{"columnNames": ["tailnum"], "function": "COUNT_DISTINCT"}],
        "joinColumns": ["tailnum"],
        "dimensionColumns": ["manufacturer"],
        "scalarFunctions": [],
        "outputConstraints": [
            {"columnName": "tailnum", "minimum": 2, "type": "COUNT_DISTINCT"},
        ],
    });
    ("AGGREGATION", json!({"aggregation": rule}))
}

fn fleet_list(_: &str) -> (&'static str, Value) {
    let columns = ["carrier", "flights"];
    ("LIST", json!({"list": {"joinColumns": ["tailnum"], "listColumns": columns}}))
}

fn planes_list(_: &str) -> (&'static str, Value) {
    ("LIST", json!({"list": {"joinColumns": ["tailnum"], "listColumns": ["model"]}}))
}
