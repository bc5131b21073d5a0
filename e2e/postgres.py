"""A PostgreSQL server of the tests' own, under a user of its own: it does not run as root."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PASSWORD = "hush-hush-hush"


def programs():
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in versions + [Path(it) for it in os.environ["PATH"].split(os.pathsep)]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise AssertionError("PostgreSQL is missing: `cargo xtask test` installs it")


class Postgres:
    """A running server; it ends with the tests, whatever becomes of them."""

    def __init__(self):
        # Where the user of the server may go, unlike in the folders of pytest.
        self.folder = Path(tempfile.mkdtemp(prefix="glovebox-postgres-"))
        (self.folder / "password").write_text(PASSWORD)
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (self.folder, self.folder / "password"):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        self.run("initdb", "--pgdata=data", "--username=admin", "--auth=scram-sha-256",
                 "--pwfile=password", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off",
                    "shared_buffers=16MB", "dynamic_shared_memory_type=mmap"]  # fmt: skip
        self.server = subprocess.Popen(
            [*self.by("postgres"), "-D", "data", "-p", str(self.port)]
            + [word for it in settings for word in ("-c", it)],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while self.sql("SELECT 1", check=False).returncode != 0:
            assert time.monotonic() < deadline, "PostgreSQL did not come up"
            time.sleep(0.1)

    def by(self, program):
        command = ["setpriv", "--pdeathsig", "QUIT"]
        if os.getuid() == 0:
            command += ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        return [*command, str(programs() / program)]

    def run(self, program, *arguments):
        environment = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
        subprocess.run(
            [*self.by(program), *arguments],
            cwd=self.folder,
            env=environment,
            check=True,
            capture_output=True,
        )

    def sql(self, *statements, check=True, stdin=None):
        """Runs statements as the owner of everything."""
        return subprocess.run(
            ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "admin"]
            + ["-d", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "-At"]
            + [word for it in statements for word in ("-c", it)],
            env={"PGPASSWORD": PASSWORD, "PATH": os.environ["PATH"]},
            input=stdin,
            text=True,
            capture_output=True,
            check=check,
        )

    def stop(self):
        self.server.terminate()
        self.server.wait(timeout=60)
        shutil.rmtree(self.folder)
