//! Compiles small programs against the crate as it was built for this test.
//!
//! `rustc` and clippy's driver are called on the very library that the test binary links, so
//! nothing is built again (a harness with its own target folder would build DataFusion anew).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// The built libraries of the crate, newest first.
fn libraries() -> Vec<PathBuf> {
    let test = std::env::current_exe().unwrap();
    let mut found: Vec<(SystemTime, PathBuf)> = std::fs::read_dir(test.parent().unwrap())
        .unwrap()
        .map(|it| it.unwrap())
        .filter(|it| {
            let name = it.file_name().into_string().unwrap();
            name.starts_with("libglovebox_privacy-") && name.ends_with(".rlib")
        })
        .map(|it| (it.metadata().unwrap().modified().unwrap(), it.path()))
        .collect();
    found.sort();
    found.into_iter().rev().map(|it| it.1).collect()
}

fn compile(compiler: &Path, library: &Path, program: &str) -> Output {
    let out = tempfile::tempdir().unwrap();
    Command::new(compiler)
        .current_dir(HERE)
        .env("CLIPPY_CONF_DIR", Path::new(HERE).join("../.."))
        .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--out-dir"])
        .arg(out.path())
        .args(["-D", "clippy::disallowed_methods", "-L"])
        .arg(format!("dependency={}", library.parent().unwrap().display()))
        .arg("--extern")
        .arg(format!("glovebox_privacy={}", library.display()))
        .arg(format!("tests/cheats/{program}.rs"))
        .output()
        .unwrap()
}

/// A library against which the honest program compiles.
fn library(compiler: &Path) -> PathBuf {
    let mut told = String::from("no library of glovebox-privacy was built");
    for library in libraries() {
        let output = compile(compiler, &library, "honest");
        if output.status.success() {
            return library;
        }
        told = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    panic!("the control does not compile: {told}");
}

fn refused(compiler: &Path, program: &str, code: &str) {
    let output = compile(compiler, &library(compiler), program);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "`{program}` compiles");
    assert!(told.contains(code), "`{program}` fails for another reason: {told}");
}

fn rustc() -> PathBuf {
    "rustc".into()
}

fn clippy() -> PathBuf {
    let output = Command::new("rustc").current_dir(HERE).args(["--print", "sysroot"]).output();
    let sysroot = String::from_utf8(output.unwrap().stdout).unwrap();
    let driver = Path::new(sysroot.trim()).join("bin/clippy-driver");
    assert!(driver.exists(), "clippy is missing: `rustup component add clippy`");
    driver
}

#[test]
fn what_was_only_cleared_or_priced_is_not_executed() {
    refused(&rustc(), "execute_cleared", "error[E0308]");
    refused(&rustc(), "execute_priced", "error[E0308]");
}

#[test]
fn nobody_but_the_store_says_that_something_was_reserved_or_kept() {
    for program in ["forge_reserved", "forge_kept"] {
        let library = library(&rustc());
        assert!(compile(&rustc(), &library, program).status.success(), "it is clippy that refuses");
        refused(&clippy(), program, "use of a disallowed method");
    }
}

#[test]
fn exact_rows_are_not_printed() {
    refused(&rustc(), "print_executed", "error[E0277]");
}

#[test]
fn exact_rows_are_not_read() {
    refused(&rustc(), "read_rows", "error[E0616]");
}

#[test]
fn exact_rows_are_not_copied() {
    refused(&rustc(), "clone_executed", "error[E0277]");
}

#[test]
fn a_result_is_not_released_twice() {
    refused(&rustc(), "release_twice", "error[E0382]");
}

#[test]
fn a_reservation_is_not_lost_in_silence() {
    refused(&rustc(), "drop_reservation", "unused `Reserved` that must be used");
}

#[test]
fn what_was_not_kept_is_not_delivered() {
    refused(&rustc(), "deliver_encoded", "error[E0308]");
}
