//! What `cargo xtask bench data` needs beside the house: an S3 server with an access log, and the
//! same SQL in plain DataFusion over the same store.
//!
//! `data serve FOLDER LOG` serves the folders in FOLDER as buckets and prints its address.
//! `data raw URL OPTIONS SQL` prints one measurement as JSON, `data local FOLDER OPTIONS SQL` one
//! over folders of Parquet files; `data` alone does nothing.

mod raw;
mod serve;

use std::path::Path;
use std::process::ExitCode;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The only keys that the server knows.
const KEYS: (&str, &str) = ("AKIDBENCH", "hush");
const REGION: &str = "us-east-1";

fn main() -> ExitCode {
    // `cargo bench` puts `--bench` behind.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => ExitCode::SUCCESS,
        ["serve", folder, log] => said(
            runtime(serve::THREADS)
                .and_then(|it| it.block_on(serve::serve(Path::new(folder), Path::new(log)))),
        ),
        ["raw", url, options, sql] => said(measured(&raw::Tables::S3(url), options, sql)),
        ["local", folder, options, sql] => {
            said(measured(&raw::Tables::Folder(Path::new(folder)), options, sql))
        }
        _ => said(Err(USAGE.into())),
    }
}

const USAGE: &str =
    "usage: data serve FOLDER LOG | data raw URL OPTIONS SQL | data local FOLDER OPTIONS SQL";

fn measured(tables: &raw::Tables<'_>, options: &str, sql: &str) -> Result<(), Fault> {
    runtime(raw::PARTITIONS)?.block_on(raw::measured(tables, options, sql))
}

fn runtime(threads: usize) -> Result<tokio::runtime::Runtime, Fault> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(threads).enable_all().build()?)
}

fn said(outcome: Result<(), Fault>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
