//! A PostgreSQL server of the tests' own, in a folder that goes with it.
//!
//! PostgreSQL does not run as root: then it is `nobody`'s. It ends with this value, and with
//! the thread that started it, whatever becomes of that.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use glovebox_catalog::{Connected, Reach, TableLocation};
use glovebox_model::{Credentials, Place, Secret};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// The password of every user.
pub(crate) const PASSWORD: &str = "hush";

/// A running server.
#[derive(Debug)]
pub(crate) struct Cluster {
    server: Child,
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
    log: Arc<Mutex<Vec<String>>>,
}

/// The newest version of the server's programs on this machine.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|it| it.path().join("bin")).collect();
    found.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    found.retain(|it| it.join("initdb").exists() && it.join("postgres").exists());
    found.sort();
    let missing =
        "PostgreSQL is missing: `cargo xtask test` installs it (apt-get install postgresql)";
    found.pop().expect(missing)
}

/// A command of the server, by whoever may run it.
fn command(program: &str, folder: &Path) -> Command {
    let program = programs().join(program);
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    if rustix::process::getuid().is_root() {
        command.args(["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]);
    }
    command.arg(program).current_dir(folder).env("LC_ALL", "C").env("TZ", "UTC");
    command
}

impl Cluster {
    /// Starts a server with these settings beside its own.
    pub(crate) fn start(settings: &[&str]) -> Self {
        Self::start_with(settings, |_| {})
    }

    /// The same, with files that `prepare` puts into its folder.
    pub(crate) fn start_with(settings: &[&str], prepare: impl FnOnce(&Path)) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
        prepare(folder.path());
        give(folder.path());
        let made = command("initdb", folder.path())
            .args(["--pgdata=data", "--username=admin", "--auth=scram-sha-256"])
            .args(["--pwfile=password", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        // Somebody may take the port between here and there.
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let log = Arc::new(Mutex::new(Vec::new()));
            if let Some(server) = run(folder.path(), port, settings, &log) {
                return Self { server, folder, port, log };
            }
        }
        panic!("no port for PostgreSQL");
    }

    /// A client that may do anything.
    pub(crate) async fn admin(&self) -> Client {
        let settings = format!(
            "host=127.0.0.1 port={} user=admin password={PASSWORD} dbname=postgres sslmode=disable",
            self.port
        );
        let (client, moving) = tokio_postgres::connect(&settings, NoTls).await.unwrap();
        tokio::spawn(moving);
        client
    }

    /// The lines of the server's log that hold `text`, what stands behind it.
    pub(crate) fn logged(&self, text: &str) -> Vec<String> {
        let log = self.log.lock().unwrap();
        log.iter().filter_map(|it| Some(it.split_once(text)?.1.to_owned())).collect()
    }

    /// What reaches its database as a user.
    pub(crate) fn reach(&self, user: &str) -> Arc<Reach> {
        self.reach_by(user, PASSWORD, |_| {})
    }

    /// The same, with what `change` makes other.
    pub(crate) fn reach_by(
        &self,
        user: &str,
        password: &str,
        change: impl FnOnce(&mut Place),
    ) -> Arc<Reach> {
        let credentials =
            Credentials::Password { user: user.into(), password: Secret::new(password.into()) };
        let mut place = Place::Postgresql {
            host: "127.0.0.1".into(),
            port: self.port,
            database: "postgres".into(),
            tls: false,
        };
        change(&mut place);
        crate::store::reach(place, credentials, &format!("127.0.0.1:{}", self.port))
    }

    /// `schema.table`, read as `reader`.
    pub(crate) fn table(&self, schema: &str, table: &str) -> TableLocation {
        at(&self.reach("reader"), schema, table)
    }
}

/// `schema.table` behind a connection.
pub(crate) fn at(reach: &Arc<Reach>, schema: &str, table: &str) -> TableLocation {
    let (database, table) = (schema.into(), table.into());
    TableLocation::Connected(Connected { reach: Arc::clone(reach), database, table })
}

/// Gives the folder and what is in it to whoever runs the server.
fn give(folder: &Path) {
    if !rustix::process::getuid().is_root() {
        return;
    }
    let id = |of: &str| {
        let told = Command::new("id").args([of, "nobody"]).output().unwrap().stdout;
        String::from_utf8(told).unwrap().trim().parse().unwrap()
    };
    let (user, group) = (Some(id("-u")), Some(id("-g")));
    for entry in std::fs::read_dir(folder).unwrap() {
        chown(entry.unwrap().path(), user, group).unwrap();
    }
    chown(folder, user, group).unwrap();
}

/// `None` when the port is not free.
fn run(
    folder: &Path,
    port: u16,
    settings: &[&str],
    log: &Arc<Mutex<Vec<String>>>,
) -> Option<Child> {
    let mut command = command("postgres", folder);
    command.args(["-D", "data", "-p", &port.to_string()]);
    let own = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "autovacuum=off",
        "log_statement=all",
        "log_line_prefix=",
        "shared_buffers=16MB",
        "dynamic_shared_memory_type=mmap",
    ];
    for setting in own.iter().chain(settings) {
        command.args(["-c", setting]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut server = command.spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
    let is_ready = lines.by_ref().any(|it| it.contains("ready to accept connections"));
    if !is_ready {
        drop(server.wait());
        return None;
    }
    let log = Arc::clone(log);
    // Whoever logs into a pipe that nobody reads stands still in the end.
    std::thread::spawn(move || lines.for_each(|it| log.lock().unwrap().push(it)));
    Some(server)
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let id = i32::try_from(self.server.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            let _sent = rustix::process::kill_process(id, rustix::process::Signal::QUIT);
        }
        drop(self.server.wait());
    }
}
