//! `cargo xtask tidy`: what the compiler cannot check about the house.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

const LONGEST_FILE: usize = 600;

/// Who may depend on whom, within the workspace (ARCHITECTURE.md, "Crates and direction").
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("aws-api", &[]),
    ("c3r", &[]),
    ("sql", &["model"]),
    ("ledger", &["model"]),
    ("fixture", &["model", "sql", "policy"]),
    ("policy", &["model", "sql"]),
    ("privacy", &["model", "policy", "sql"]),
    ("catalog", &["model"]),
    ("engine", &["catalog", "model", "privacy", "sql"]),
    ("store", &["ledger", "model", "privacy"]),
    ("room", &["catalog", "engine", "ledger", "model", "policy", "privacy", "sql", "store"]),
    ("server", &["aws-api", "catalog", "model", "room"]),
    ("lint", &["fixture", "model", "policy", "sql"]),
    ("c3r-files", &["c3r"]),
    (
        "cli",
        &["aws-api", "c3r", "c3r-files", "fixture", "ledger", "lint", "model", "policy", "sql"],
    ),
];

/// Names that must be stated exactly once: the fence around proofs.
const ASSERTIONS: &[(&str, &str)] =
    &[("Reserved::assertion(", "store/src/reserve"), ("Kept::assertion(", "store/src/")];

/// Checks layers, sizes, first lines, the fence, and that nothing reads outside the project.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut faults = Vec::new();
    layers(root, &mut faults)?;
    secure_noise(root, &mut faults)?;
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for file in rust_files(root)? {
        let text = std::fs::read_to_string(&file)?;
        if let Some(package) = package_of(root, &file) {
            sources.entry(package).or_default().push_str(&text);
        }
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        if name.contains("/generated/") || name.contains("/generated.rs") {
            continue;
        }
        one_file(&name, &text, &mut faults);
    }
    unused(root, &sources, &mut faults)?;
    if faults.is_empty() {
        return Ok(());
    }
    faults.sort();
    bail!("tidy found:\n  - {}", faults.join("\n  - "))
}

fn layers(root: &Path, faults: &mut Vec<String>) -> Result<()> {
    let allowed: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let metadata = Command::new("cargo")
        .current_dir(root)
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout)?;
    for package in metadata["packages"].as_array().context("metadata lists packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(room) = name.strip_prefix("glovebox-").filter(|it| *it != "sim") else {
            continue;
        };
        let Some(edges) = allowed.get(room) else {
            faults.push(format!("crate {name} has no row in tidy's table of layers"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let target = dependency["name"].as_str().unwrap_or_default();
            if room != "privacy" && ["opendp", "openssl"].contains(&target) {
                faults.push(format!("{name} depends on {target}: only glovebox-privacy may"));
            }
            let is_dev = dependency["kind"].as_str() == Some("dev");
            let Some(target) = target.strip_prefix("glovebox-").filter(|_| !is_dev) else {
                continue;
            };
            if !edges.contains(&target) {
                faults.push(format!("{name} depends on glovebox-{target}: no such edge"));
            }
        }
    }
    Ok(())
}

/// OpenDP draws from a generator that is not secure unless its feature `use-openssl` is on.
fn secure_noise(root: &Path, faults: &mut Vec<String>) -> Result<()> {
    let tree = Command::new("cargo")
        .current_dir(root)
        .args(["tree", "--workspace", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p} {f}", "--quiet"])
        .output()?;
    let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
    let Some(line) = tree.lines().find(|it| it.starts_with("opendp v")) else {
        faults.push("OpenDP is not among the dependencies: where does noise come from?".to_owned());
        return Ok(());
    };
    if !line.split([' ', ',']).any(|it| it == "use-openssl") {
        faults.push("opendp lacks its feature use-openssl: its noise is not secure".to_owned());
    }
    Ok(())
}

/// The crate that a file belongs to.
fn package_of(root: &Path, file: &Path) -> Option<String> {
    let inside = file.strip_prefix(root.join("crates")).ok()?;
    Some(inside.iter().next()?.to_str()?.to_owned())
}

/// Dependencies that a manifest names and no source uses. (`workspace-hack` holds no code.)
fn unused(root: &Path, sources: &BTreeMap<String, String>, faults: &mut Vec<String>) -> Result<()> {
    for (package, source) in sources.iter().filter(|(it, _)| it.starts_with("glovebox")) {
        let manifest =
            std::fs::read_to_string(root.join("crates").join(package).join("Cargo.toml"))?;
        let dependencies = manifest.split("dependencies]").skip(1).flat_map(str::lines);
        for line in dependencies {
            let Some((name, _)) = line.split_once(".workspace = true") else { continue };
            let used = name.replace('-', "_");
            let is_used = [format!("{used}::"), format!("{used}!"), format!("use {used}")]
                .iter()
                .any(|it| source.contains(it.as_str()));
            if name != "workspace-hack" && !is_used {
                faults.push(format!("{package} names {name} and does not use it"));
            }
        }
    }
    Ok(())
}

fn one_file(name: &str, text: &str, faults: &mut Vec<String>) {
    let is_test =
        ["/tests/", "/benches/"].iter().any(|it| name.contains(it)) || name.ends_with("/tests.rs");
    if !text.starts_with("//!") {
        faults.push(format!("{name} does not begin with a `//!` sentence"));
    }
    let production = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let n_lines = production.lines().count();
    if n_lines > LONGEST_FILE && !is_test {
        faults.push(format!("{name} has {n_lines} lines: more than {LONGEST_FILE}"));
    }
    if text.contains(concat!("..", "/shared")) || text.contains(concat!("/work/", "shared")) {
        faults.push(format!("{name} reads outside the project"));
    }
    for (call, home) in ASSERTIONS {
        let stated = production.contains(call) && !name.starts_with("xtask/");
        if stated && !is_test && !name.contains(home) {
            faults.push(format!("{name} states `{call}..)`, which only {home} may"));
        }
    }
}

fn rust_files(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.join("crates"), root.join("xtask/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.insert(path);
            }
        }
    }
    Ok(found)
}
