//! OpenSSL for the generator of noise: the system's when it is there, built from source when not.
//!
//! OpenDP asks for a vendored OpenSSL, which takes some minutes to build. `OPENSSL_NO_VENDOR=1`
//! makes it use the system's instead; that needs its headers and `pkg-config`.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// `cargo` in the root, told to use the system's OpenSSL when it can.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root);
    if is_installed() {
        cargo.env("OPENSSL_NO_VENDOR", "1");
    }
    cargo
}

/// Installs the headers where that needs no question. Anything that goes wrong is not an error,
/// only a longer build.
pub(crate) fn prepare() {
    if is_there() {
        return;
    }
    crate::packages::install(&["libssl-dev", "pkg-config"]);
    if is_there() {
        return;
    }
    println!(
        "OpenSSL's headers are not installed: OpenSSL is built from source, once, which takes some \
         minutes longer (Debian, Ubuntu: `apt-get install libssl-dev pkg-config` avoids it)"
    );
}

/// The answer of the first time: builds of one run must not differ.
fn is_installed() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(is_there)
}

/// OpenSSL 3 with headers: the generator is checked by its providers, which older ones lack.
fn is_there() -> bool {
    let arguments = ["--exists", "openssl >= 3.0.0"];
    Command::new("pkg-config").args(arguments).status().is_ok_and(|it| it.success())
}
