//! Whole files in little memory: what is spilled comes back, and nothing is held beyond the budget.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use glovebox_c3r::{Schema, Secret};

use super::*;

const SCHEMA: &str = r#"{"headerRow": true, "columns": [
    {"sourceHeader": "n", "targetHeader": "n", "type": "cleartext"},
    {"sourceHeader": "mail", "targetHeader": "mail", "type": "fingerprint"},
    {"sourceHeader": "name", "targetHeader": "name", "type": "sealed",
     "pad": {"type": "max", "length": 4}}]}"#;

const TIGHT: Budget = Budget { held: 128 << 10, bucket: 4 << 10 };

struct Bench {
    folder: tempfile::TempDir,
    schema: Schema,
    keys: Keys,
}

impl Bench {
    fn new(csv: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("in.csv"), csv).unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        let secret = Secret::from_base64(&"A".repeat(44)).unwrap();
        let keys = Keys::new(&secret, &"1-2-3-4-5".parse().unwrap());
        Self { folder, schema: Schema::parse(SCHEMA.as_bytes()).unwrap(), keys }
    }

    fn encrypt(&self, budget: Budget, allow_duplicates: bool) -> Result<(Done, String), Failed> {
        let input = self.folder.path().join("in.csv");
        let folder = self.folder.path().join("tmp");
        let reading =
            Reading { format: Format::Csv, null: None, binary_as_string: false, has_headers: true };
        let settings = Settings { allow_cleartext: true, allow_duplicates, ..Settings::default() };
        let job = Job {
            input: &input,
            schema: &self.schema,
            settings,
            keys: &self.keys,
            reading,
            output_null: None,
            folder: &folder,
            budget,
            watched: false,
            interrupt: Interrupt::default(),
        };
        let output = self.folder.path().join("e.csv");
        let pending = Pending::create(&output, &input, true)?;
        let done = work(&job, Some(&pending))?;
        pending.publish()?;
        Ok((done, std::fs::read_to_string(&output).unwrap()))
    }
}

fn rows(count: u64) -> String {
    let row = |it| format!("{it},m{it}@example.org,{}\n", "x".repeat(it as usize % 90));
    let rows: String = (1..=count).map(row).collect();
    format!("n,mail,name\n{rows}")
}

/// The nonces of the sealed cells, in the order of the output.
fn nonces(output: &str) -> Vec<Vec<u8>> {
    let cell = |line: &str| line.rsplit(',').next().unwrap().to_owned();
    let nonce = |cell: String| {
        STANDARD.decode(cell.strip_prefix("02:enc:").unwrap()).unwrap()[..32].to_vec()
    };
    output.lines().skip(1).map(cell).map(nonce).collect()
}

#[test]
fn a_file_larger_than_memory_comes_out_whole_and_in_the_order_of_nonces() {
    let bench = Bench::new(&rows(20_000));
    let (done, output) = bench.encrypt(TIGHT, true).unwrap();
    assert_eq!(done.rows, 20_000);
    let held = u64::try_from(TIGHT.held).unwrap();
    assert!(done.usage.spilled > 20_000 * 60 - held, "{:?}", done.usage);
    assert!(done.usage.held <= held + 4096, "{:?}", done.usage);
    assert_eq!(done.usage.split, 256, "{:?}", done.usage);
    let nonces = nonces(&output);
    assert!(nonces.is_sorted());
    assert_eq!(nonces.iter().collect::<BTreeSet<_>>().len(), 20_000);
    let numbers: Vec<u64> =
        output.lines().skip(1).map(|it| it.split(',').next().unwrap().parse().unwrap()).collect();
    assert!(!numbers.is_sorted(), "the order of the input shows");
    assert_eq!(numbers.iter().copied().collect::<BTreeSet<_>>(), (1..=20_000).collect());
    // MAX: 89 and 4 more, and the info byte: all cells are of one length.
    let lengths: BTreeSet<_> =
        output.lines().skip(1).map(|it| it.rsplit(',').next().unwrap().len()).collect();
    assert_eq!(
        lengths.into_iter().collect::<Vec<_>>(),
        [7 + (32_usize + 12 + 94 + 2 + 16).div_ceil(3) * 4]
    );
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let usage = |count| Bench::new(&rows(count)).encrypt(TIGHT, true).unwrap().0.usage;
    let (small, large) = (usage(5_000), usage(40_000));
    assert!(large.spilled > 7 * small.spilled, "{small:?} {large:?}");
    assert!(large.held <= small.held + 4096, "{small:?} {large:?}");
}

#[test]
fn a_small_file_stays_in_memory_and_is_shuffled_all_the_same() {
    let bench = Bench::new(&rows(3_000));
    let (done, output) = bench.encrypt(Budget::USUAL, true).unwrap();
    assert_eq!(done.usage.spilled, 0);
    assert!(nonces(&output).is_sorted());
}

#[test]
fn duplicates_far_apart_are_found_with_both_rows() {
    let mut csv = rows(20_000);
    csv.push_str("20001,m17@example.org,x\n20002,m4@example.org,x\n20003,m4@example.org,x\n");
    let bench = Bench::new(&csv);
    for budget in [TIGHT, Budget::USUAL] {
        let failed = bench.encrypt(budget, false).unwrap_err();
        assert!(failed.text().contains("`mail` (rows 17 and 20001)"), "{failed}");
        assert!(failed.text().ends_with("3 in all"), "{failed}");
        assert!(!failed.to_string().contains("m17@"), "{failed}");
    }
    assert!(!bench.folder.path().join("e.csv").exists());
    bench.encrypt(TIGHT, true).unwrap();
}

#[test]
fn who_is_asked_to_end_ends_and_leaves_nothing() {
    let bench = Bench::new(&rows(20_000));
    let input = bench.folder.path().join("in.csv");
    let folder = bench.folder.path().join("tmp");
    let reading =
        Reading { format: Format::Csv, null: None, binary_as_string: false, has_headers: true };
    let interrupt = Interrupt::default();
    let job = Job {
        input: &input,
        schema: &bench.schema,
        settings: Settings { allow_cleartext: true, allow_duplicates: true, ..Settings::default() },
        keys: &bench.keys,
        reading,
        output_null: None,
        folder: &folder,
        budget: TIGHT,
        watched: false,
        interrupt: interrupt.clone(),
    };
    interrupt.ask();
    let pending = Pending::create(&bench.folder.path().join("e.csv"), &input, true).unwrap();
    assert_eq!(work(&job, Some(&pending)).unwrap_err().status(), 130);
    drop(pending);
    assert!(!bench.folder.path().join("e.csv").exists());
}
