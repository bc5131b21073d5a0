//! Packages of the system that tests and builds need.

use std::path::Path;
use std::process::{Command, Stdio};

/// Installs packages where that needs no question: as root on Debian and its like. Whoever needs
/// them looks afterwards whether they are there.
pub(crate) fn install(packages: &[&str]) {
    if !is_debian_root() {
        return;
    }
    println!("installing {}", packages.join(" "));
    for arguments in [&["update"][..], &[&["install", "-y"], packages].concat()] {
        let mut apt = Command::new("apt-get");
        apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        // An outdated list may still have the packages.
        let _is_done = apt.status().is_ok_and(|it| it.success());
    }
}

/// PostgreSQL's server, of which the tests start some of their own; its programs are not on the
/// path.
pub(crate) fn postgresql() -> bool {
    let is_there = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let on_path = Command::new("postgres").arg("--version").output();
        versions.map(|it| it.path()).any(|it| it.join("bin/initdb").exists())
            || on_path.is_ok_and(|it| it.status.success())
    };
    if !is_there() {
        install(&["postgresql"]);
    }
    is_there()
}

/// OpenSSL's command, with which tests make certificates.
pub(crate) fn openssl() -> bool {
    let is_there = || Command::new("openssl").arg("version").output().is_ok();
    if !is_there() {
        install(&["openssl"]);
    }
    is_there()
}

fn is_debian_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    Path::new("/etc/debian_version").exists() && id.is_ok_and(|it| it.stdout.trim_ascii() == b"0")
}
