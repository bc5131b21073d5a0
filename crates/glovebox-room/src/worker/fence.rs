//! What the process of a walk may reach: the kernel refuses it every other file, and the network.
//!
//! Landlock restricts a thread and all threads that it starts later; it cannot be undone. On a
//! kernel without it (before Linux 5.19, or switched off) the walk has what its user has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use glovebox_model::{Connection, Id, Query};
use glovebox_store::{Store, StoreError};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, NetPort, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _,
    RulesetError, RulesetStatus, Scope,
};
use serde::{Deserialize, Serialize};

/// Long answers of name servers come by TCP.
const NAMES: u16 = 53;
/// What resolving names and checking certificates takes.
const NAMES_AND_TRUST: [&str; 15] = [
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/run/systemd/resolve",
    "/etc/ssl/certs",
    "/etc/ssl/cert.pem",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust",
    "/usr/lib/ssl",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
];

/// The newest rights that we know; those that a kernel does not know are left out.
const RIGHTS: ABI = ABI::V6;

/// The paths that one walk needs. What is missing when the fence is raised stays out of reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fence {
    /// Folders whose names may be listed, with all that lies below them.
    lists: Vec<PathBuf>,
    /// Folders to read.
    reads: Vec<PathBuf>,
    /// Folders to read and change.
    writes: Vec<PathBuf>,
    /// Files to read and change.
    files: Vec<PathBuf>,
    /// Ports of other machines to connect to.
    #[serde(default)]
    ports: BTreeSet<u16>,
}

impl Fence {
    /// Around a query: the database, the tables of the members of its collaboration, the folders
    /// of its receivers, what it keeps and spills, and the head counter.
    pub(super) async fn around(
        store: &Store,
        data_dir: &Path,
        query: Id<Query>,
    ) -> Result<Self, StoreError> {
        let account = |id: &str| data_dir.join("accounts").join(id);
        let mut fence = Self {
            lists: vec![data_dir.to_path_buf()],
            reads: Vec::new(),
            writes: ["kept", "spill"].map(|it| data_dir.join(it)).to_vec(),
            files: Store::files(data_dir).to_vec(),
            ports: BTreeSet::new(),
        };
        fence.files.extend(store.head_counter().map(|it| it.path().to_path_buf()));
        let mut tx = store.read().await?;
        let Some(query) = tx.query(query).await? else { return Ok(fence) };
        for member in tx.members(query.collaboration).await? {
            let own = tx.account(member.account).await?.and_then(|it| it.tables);
            let tables = own.unwrap_or_else(|| account(member.account.as_str()).join("tables"));
            fence.reads.push(tables);
        }
        fence.writes.extend(query.receivers.iter().map(|it| account(it.as_str())));
        Ok(fence)
    }

    /// Around the tables of one account, which are read.
    pub(super) fn reading(root: PathBuf) -> Self {
        Self { reads: vec![root], ..Self::default() }
    }

    /// The same fence with gates to where these connections lead: their ports, names and
    /// certificates. Which addresses lie behind a port is for the egress gate to say.
    pub(super) fn to(mut self, connections: &[Connection]) -> Self {
        self.ports = connections.iter().flat_map(|it| it.place.ports()).collect();
        if !self.ports.is_empty() {
            self.ports.insert(NAMES);
            self.reads.extend(NAMES_AND_TRUST.map(PathBuf::from));
        }
        self
    }

    /// Raises the fence around this thread and those that it starts; false where the kernel
    /// has none.
    pub(super) fn raise(&self) -> Result<bool, RulesetError> {
        let look: BitFlags<AccessFs> = AccessFs::ReadDir.into();
        let read = look | AccessFs::ReadFile;
        let file = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
        let make = AccessFs::MakeReg | AccessFs::MakeDir | AccessFs::Refer;
        let write = read | file | make | AccessFs::RemoveFile | AccessFs::RemoveDir;
        let mut ruleset = Ruleset::default()
            .handle_access(AccessFs::from_all(RIGHTS))?
            .handle_access(AccessNet::from_all(RIGHTS))?
            .scope(Scope::from_all(RIGHTS))?
            .create()?;
        let Self { lists, reads, writes, files, ports } = self;
        for port in ports {
            ruleset = ruleset.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
        }
        for (paths, rights) in [(lists, look), (reads, read), (writes, write), (files, file)] {
            for path in paths {
                ruleset = allow(ruleset, path, rights)?;
            }
        }
        let RestrictionStatus { ruleset, .. } = ruleset.restrict_self()?;
        Ok(ruleset != RulesetStatus::NotEnforced)
    }
}

fn allow(
    ruleset: RulesetCreated,
    path: &Path,
    rights: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    // The right to list goes with folders only.
    let rights = if path.is_file() { rights & !BitFlags::from(AccessFs::ReadDir) } else { rights };
    match PathFd::new(path) {
        Ok(at) => ruleset.add_rule(PathBeneath::new(at, rights)),
        Err(_) => Ok(ruleset),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Runs `inside` on a thread of its own behind the fence, unless the kernel has none.
    fn behind(fence: &Fence, inside: impl FnOnce() + Send) {
        std::thread::scope(|scope| {
            let thread = scope.spawn(move || {
                if fence.raise().unwrap() {
                    inside();
                }
            });
            thread.join().unwrap();
        });
    }

    fn denied<T: std::fmt::Debug>(answer: std::io::Result<T>) {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::PermissionDenied);
    }

    #[test]
    fn behind_the_fence_there_is_only_what_was_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["tables", "results", "other"] {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join("file"), name).unwrap();
        }
        fs::write(at("master.key"), "secret").unwrap();
        fs::write(at("base"), "rows").unwrap();
        std::os::unix::fs::symlink(at("master.key"), at("tables/link")).unwrap();
        let fence = Fence {
            lists: vec![folder.path().into()],
            reads: vec![at("tables"), at("missing")],
            writes: vec![at("results")],
            files: vec![at("base")],
            ports: BTreeSet::new(),
        };
        behind(&fence, || {
            assert_eq!(fs::read_to_string(at("tables/file")).unwrap(), "tables");
            assert!(fs::read_dir(at("other")).is_ok(), "names only");
            fs::create_dir(at("results/a")).unwrap();
            fs::write(at("results/b"), "b").unwrap();
            fs::rename(at("results/b"), at("results/a/b")).unwrap();
            fs::remove_dir_all(at("results/a")).unwrap();
            fs::write(at("base"), "more").unwrap();

            denied(fs::read(at("master.key")));
            denied(fs::read(at("tables/link")));
            denied(fs::read(at("other/file")));
            denied(fs::write(at("tables/file"), "forged"));
            denied(fs::write(at("new"), ""));
            denied(fs::remove_file(at("tables/file")));
            denied(fs::rename(at("results/file"), at("other/moved")));
            denied(fs::read("/proc/self/environ"));
            denied(std::process::Command::new("/bin/true").status());
        });
    }

    #[test]
    fn a_gate_in_the_fence_leads_to_one_port() {
        let [open, shut] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [open, shut] = [open, shut].map(|it| (it.local_addr().unwrap(), it));
        let fence = Fence { ports: BTreeSet::from([open.0.port()]), ..Fence::default() };
        behind(&fence, || {
            drop(TcpStream::connect(open.0).unwrap());
            if let Err(error) = TcpStream::connect(shut.0) {
                assert_eq!(error.kind(), ErrorKind::PermissionDenied);
            }
        });
    }

    #[test]
    fn behind_the_fence_there_is_no_network() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        behind(&Fence::default(), || {
            // Kernels before 6.7 know files only.
            if let Err(error) = TcpStream::connect(address) {
                assert_eq!(error.kind(), ErrorKind::PermissionDenied);
                denied(TcpListener::bind("127.0.0.1:0"));
            }
        });
    }
}
