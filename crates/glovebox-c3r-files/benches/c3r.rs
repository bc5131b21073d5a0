//! Rows a second, megabytes a second and peak memory of `encrypt` and `decrypt`, beside a tight
//! loop of the same rows' primitives: `cargo xtask bench c3r`.
//!
//! A row is 83 bytes of CSV: an address of mail that is fingerprinted, a name and an address that
//! are sealed, a segment and an amount in clear. The commands run as processes, and say themselves
//! how much memory they had at most.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use glovebox_c3r::{
    Encryptor, Header, Keys, Measure, Nonce, Plan, Schema, Secret, Settings, ValueType, csv,
};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ID: &str = "12345678-90ab-cdef-1234-567890abcdef";
const SETTINGS: &str = r#"{"allowCleartext":true,"allowDuplicates":true,
    "allowJoinsOnColumnsWithDifferentNames":false,"preserveNulls":false}"#;
const COLUMNS: [&str; 5] = ["email", "full_name", "address", "segment", "amount"];
const SCHEMA: &str = r#"{"headerRow": true, "columns": [
    {"sourceHeader": "email", "targetHeader": "email", "type": "fingerprint"},
    {"sourceHeader": "full_name", "type": "sealed", "pad": {"type": "none"}},
    {"sourceHeader": "address", "type": "sealed", "pad": {"type": "none"}},
    {"sourceHeader": "segment", "targetHeader": "segment", "type": "cleartext"},
    {"sourceHeader": "amount", "targetHeader": "amount", "type": "cleartext"}]}"#;

/// The n-th row; the same in every run.
fn row(n: u64) -> [String; 5] {
    const FIRST: [&str; 8] =
        ["Amara", "Bruno", "Chiara", "Dmitri", "Elena", "Farouk", "Greta", "Hiroshi"];
    const LAST: [&str; 8] =
        ["Okafor", "Silva", "Rossi", "Ivanov", "Garcia", "Haddad", "Lindqvist", "Tanaka"];
    const STREET: [&str; 4] = ["Harbour Street", "Mill Lane", "Station Road", "Church Avenue"];
    const SEGMENT: [&str; 4] = ["gold", "silver", "bronze", "none"];
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let pick = |shift: u32, from: &[&'static str]| {
        let index = usize::try_from(mixed >> shift & 0xff).unwrap_or(0) % from.len();
        from.get(index).copied().unwrap_or_default()
    };
    let (first, last) = (pick(0, &FIRST), pick(8, &LAST));
    [
        format!("{}.{}{n:07}@mail.example", first.to_lowercase(), last.to_lowercase()),
        format!("{first} {last}"),
        format!("{} {}, {:05}", mixed >> 16 & 0xff, pick(24, &STREET), mixed >> 32 & 0xffff),
        pick(48, &SEGMENT).to_owned(),
        format!("{}.{:02}", mixed >> 40 & 0xfff, mixed >> 52 & 0x3f),
    ]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut rows = 1_000_000;
    while let Some(argument) = arguments.next() {
        if argument == "--rows" {
            rows = arguments.next().and_then(|it| it.parse().ok()).expect("--rows NUMBER");
        }
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c3r-bench");
    std::fs::create_dir_all(&folder).expect("a folder for the files");
    let bench = Bench { folder, rows };
    bench.run();
    std::fs::remove_dir_all(&bench.folder).expect("the folder can go");
}

struct Bench {
    folder: PathBuf,
    rows: u64,
}

impl Bench {
    fn run(&self) {
        println!("{} rows, {} cores", self.rows, cores());
        std::fs::write(self.path("schema.json"), SCHEMA).expect("the schema");
        let size = self.generate();
        println!("input: {:.1} MB of CSV", megabytes(size));
        for threads in [1, cores()] {
            self.primitives(threads);
        }
        self.generate_parquet();
        let encrypt = ["encrypt", "in.csv", "-s", "schema.json", "--settings", SETTINGS];
        self.command("encrypt CSV", "in.csv", "e.csv", &encrypt);
        self.command("decrypt CSV", "e.csv", "d.csv", &["decrypt", "e.csv"]);
        let encrypt = ["encrypt", "in.parquet", "-s", "schema.json", "--settings", SETTINGS];
        self.command("encrypt Parquet", "in.parquet", "e.parquet", &encrypt);
        self.command("decrypt Parquet", "e.parquet", "d.parquet", &["decrypt", "e.parquet"]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn generate(&self) -> u64 {
        let mut file = BufWriter::new(File::create(self.path("in.csv")).expect("the input"));
        writeln!(file, "{}", COLUMNS.join(",")).expect("the header");
        for n in 0..self.rows {
            let [email, name, address, segment, amount] = row(n);
            writeln!(file, "{email},{name},\"{address}\",{segment},{amount}").expect("a row");
        }
        file.flush().expect("all rows");
        size(&self.path("in.csv"))
    }

    /// The same table: text, and the amount as a number.
    fn generate_parquet(&self) {
        let message = "message t { optional binary email (STRING); optional binary full_name \
                       (STRING); optional binary address (STRING); optional binary segment \
                       (STRING); optional double amount; }";
        let schema = Arc::new(parse_message_type(message).expect("a message"));
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = File::create(self.path("in.parquet")).expect("the input");
        let mut writer =
            SerializedFileWriter::new(file, schema, Arc::new(properties)).expect("a file");
        for start in (0..self.rows).step_by(100_000) {
            let rows: Vec<_> = (start..self.rows.min(start + 100_000)).map(row).collect();
            let levels = vec![1; rows.len()];
            let mut group = writer.next_row_group().expect("a group");
            for column in 0..4 {
                let texts: Vec<ByteArray> =
                    rows.iter().map(|it| it[column].as_bytes().to_vec().into()).collect();
                let mut column = group.next_column().expect("a column").expect("a column");
                let typed = column.typed::<ByteArrayType>();
                typed.write_batch(&texts, Some(&levels), None).expect("values");
                column.close().expect("a column");
            }
            let amounts: Vec<f64> =
                rows.iter().map(|it| it[4].parse().expect("a number")).collect();
            let mut column = group.next_column().expect("a column").expect("a column");
            column
                .typed::<DoubleType>()
                .write_batch(&amounts, Some(&levels), None)
                .expect("values");
            column.close().expect("a column");
            group.close().expect("a group");
        }
        writer.close().expect("a file");
    }

    /// Runs a command as a process, and prints what it took.
    fn command(&self, what: &str, input: &str, output: &str, arguments: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_c3r-offline"));
        command.current_dir(&self.folder).args(arguments).args(["--id", ID, "-f", "-o", output]);
        command.args(["--json"]).env("C3R_SHARED_SECRET", SECRET).env("C3R_OFFLINE_PEAK", "1");
        if arguments.first() == Some(&"encrypt") {
            command.args(["--tempDir", "."]);
        }
        let before = Instant::now();
        let ended = command.stderr(Stdio::piped()).output().expect("the command starts");
        let seconds = before.elapsed().as_secs_f64();
        let notes = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{what}: {notes}");
        let peak = |name: &str| {
            let line = notes.lines().find_map(|it| it.strip_prefix(name));
            line.and_then(|it| it.trim().trim_end_matches(" kB").trim().parse::<u64>().ok())
        };
        println!(
            "{what}: {:.2} s, {:.0} k rows/s, {:.1} MB/s in, {:.1} MB/s out, CPU {:.2} s, peak {} MB",
            seconds,
            per(self.rows, seconds) / 1000.0,
            megabytes(size(&self.path(input))) / seconds,
            megabytes(size(&self.path(output))) / seconds,
            per(peak("CpuMillis:").unwrap_or(0), 1000.0),
            peak("VmHWM:").unwrap_or(0) / 1024,
        );
    }

    /// The same rows in memory, encrypted into memory: what cannot be gone below.
    fn primitives(&self, threads: u64) {
        let secret = Secret::from_base64(SECRET).expect("the secret");
        let keys = Keys::new(&secret, &ID.parse().expect("the id"));
        let settings: Settings = serde_json::from_str(SETTINGS).expect("the settings");
        let schema = Schema::parse(SCHEMA.as_bytes()).expect("the schema");
        let columns: Vec<_> = COLUMNS
            .iter()
            .map(|it| (Header::new(it).expect("a name"), ValueType::STRING))
            .collect();
        let plan = Plan::new(&schema, &columns, settings).expect("the plan");
        let longest = Measure::new(&plan).finish().expect("no padding");
        let encryptor = Encryptor::new(&plan, &keys, &longest);
        let table: Vec<[String; 5]> = (0..10_000).map(row).collect();
        let rounds = (self.rows / 10_000).clamp(1, 200);
        let before = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (table, encryptor, plan) = (&table, &encryptor, &plan);
                scope.spawn(move || tight(table, plan, encryptor, rounds, thread));
            }
        });
        let seconds = before.elapsed().as_secs_f64();
        let all = rounds * 10_000 * threads;
        println!(
            "primitives alone, {threads} thread(s): {:.2} us a row and core, {:.0} k rows/s",
            seconds * 1e6 / per(rounds * 10_000, 1.0),
            per(all, seconds) / 1000.0,
        );
    }
}

fn tight(table: &[[String; 5]], plan: &Plan, encryptor: &Encryptor<'_>, rounds: u64, thread: u64) {
    let mut rows = encryptor.rows();
    let writer = csv::Writer::new(None, plan.columns().len());
    let mut line = Vec::with_capacity(1 << 20);
    let mut nonce = [0; 32];
    let mut counter: u64 = thread << 48;
    for _ in 0..rounds {
        line.clear();
        for row in table {
            counter += 1;
            // A counter is no nonce for real data: it costs nothing, which is what is measured.
            nonce[..8].copy_from_slice(&counter.to_le_bytes());
            let field = |slot: usize| {
                let place = *plan.used().get(slot)?;
                row.get(place).map(String::as_bytes)
            };
            rows.csv(field, &Nonce(nonce), &mut || [0; 32], &writer, &mut line).expect("a row");
            if line.len() > 1 << 19 {
                std::hint::black_box(&line);
                line.clear();
            }
        }
    }
}

fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, |it| it.get() as u64)
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |it| it.len())
}

fn megabytes(bytes: u64) -> f64 {
    per(bytes, 1e6)
}

#[expect(clippy::cast_precision_loss, reason = "figures with three digits")]
fn per(count: u64, of: f64) -> f64 {
    count as f64 / of
}
