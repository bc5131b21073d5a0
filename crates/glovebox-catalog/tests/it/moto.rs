//! AWS as `moto` plays it: a server of the tests' own, from the Python environment of the
//! project, which `cargo xtask test` makes (`cargo xtask python` alone, too).

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A running server; it ends with this value.
#[derive(Debug)]
pub(crate) struct Moto {
    server: Child,
    address: SocketAddr,
}

fn python(program: &str) -> PathBuf {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("target/e2e-venv/bin").join(program);
    assert!(path.exists(), "{} is missing: run `cargo xtask python` first", path.display());
    path
}

impl Moto {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(python("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let lines = BufReader::new(server.stderr.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let address = lines
            .find_map(|it| Some(it.split_once("Running on http://")?.1.trim().parse().unwrap()));
        // Whoever logs into a pipe that nobody reads stands still in the end.
        std::thread::spawn(move || lines.for_each(drop));
        Self { server, address: address.unwrap() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Carries out calls of boto3: service, method, arguments.
    pub(crate) fn call(&self, calls: &[(&str, &str, Value)]) {
        let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aws/calls.py");
        let mut boto = Command::new(python("python"))
            .arg(script)
            .arg(format!("http://{}", self.address))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let list: Vec<Value> = calls
            .iter()
            .map(|(service, call, args)| json!({"service": service, "call": call, "args": args}))
            .collect();
        let mut input = boto.stdin.take().unwrap();
        input.write_all(Value::Array(list).to_string().as_bytes()).unwrap();
        drop(input);
        assert!(boto.wait().unwrap().success());
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
