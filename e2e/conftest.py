"""A running Glovebox and real clients: what every end-to-end test starts from."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass

import boto3
import pytest
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("GLOVEBOX_BIN", str(ROOT / "target/debug/glovebox"))
DATA = ROOT / "examples/airlines/data"
ROLE = "arn:aws:iam::123456789012:role/service-role/glovebox"
REGION = "us-east-1"


# What an analyst is told whatever a source did: `QueryFailure::generic` in glovebox-model.
GENERIC = "GB0900 the query could not be finished: run it again, or ask the owners of its tables"
FINAL = ("SUCCESS", "FAILED", "CANCELLED", "TIMED_OUT")


def ended(account, membership, query, pause=0.05, seconds=120):
    """A query once it has ended, as its runner sees it; looked at again and again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = account.rooms.get_protected_query(
            membershipIdentifier=membership, protectedQueryIdentifier=query
        )["protectedQuery"]
        if found["status"] in FINAL:
            return found
        time.sleep(pause)
    raise AssertionError(f"query {query} never ended: {found}")


@dataclass
class Account:
    """A member with its key, and real SDK clients that use it."""

    house: "House"
    id: str
    key: str
    secret: str

    def client(self, service, **config):
        return boto3.client(
            service,
            endpoint_url=self.house.url,
            region_name=REGION,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            config=Config(
                signature_version="s3v4" if service == "s3" else "v4",
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1},
                **config,
            ),
        )

    @property
    def rooms(self):
        return self.client("cleanrooms")

    @property
    def s3(self):
        return self.client("s3")

    @property
    def environment(self):
        """Variables for the AWS CLI and for `glovebox query run`."""
        return {
            **self.house.environment,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.house.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def tables(self, database="airlines"):
        folder = self.house.data / "accounts" / self.id / "tables" / database
        folder.mkdir(parents=True, exist_ok=True)
        return folder


class House:
    """One `glovebox serve` over one data directory."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.log = folder / "serve.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        path = os.environ["PATH"]
        self.environment = {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8"}

    def command(self, *arguments, check=True, env=None, stdin=None, timeout=300):
        """Runs the `glovebox` command and gives its finished process."""
        return subprocess.run(
            [BINARY, *map(str, arguments)],
            env={**self.environment, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            check=check,
            timeout=timeout,
        )

    def start_quietly(self, *arguments, env=None, cwd=None):
        """Starts the server and does not wait for it."""
        log = open(self.log, "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data-dir", self.data, "--listen", f"127.0.0.1:{self.port}"]
            + list(map(str, arguments)),
            env={**self.environment, **(env or {})},
            stdout=log,
            stderr=log,
            cwd=cwd,
        )

    def start(self, *arguments, env=None, cwd=None):
        self.start_quietly(*arguments, env=env, cwd=cwd)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                with urllib.request.urlopen(self.url + "/healthz", timeout=1) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not come up:\n" + self.log.read_text())

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)

    def walkers(self):
        """The processes that walk queries: children of the server."""
        found = set()
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            # A thread may be gone by now.
            with contextlib.suppress(OSError):
                found |= {int(it) for it in (task / "children").read_text().split()}
        return sorted(found)

    def account(self, name):
        made = json.loads(
            self.command("account", "create", "--name", name, "--data-dir", self.data).stdout
        )
        return Account(self, made["accountId"], made["accessKeyId"], made["secretAccessKey"])


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house")).start()
    yield house
    house.stop()


@pytest.fixture
def new_house(tmp_path):
    """A house of its own, for tests that stop, kill or fill it."""
    house = House(tmp_path / "house")
    yield house
    house.stop(signal.SIGKILL)


FLIGHTS_RULE = {
    "aggregateColumns": [
        {"columnNames": ["dep_delay", "arr_delay"], "function": "AVG"},
        {"columnNames": ["tailnum"], "function": "COUNT_DISTINCT"},
        {"columnNames": ["tailnum"], "function": "COUNT"},
        {"columnNames": ["distance"], "function": "SUM"},
    ],
    "joinColumns": ["tailnum"],
    "joinRequired": "QUERY_RUNNER",
    "allowedJoinOperators": ["AND"],
    "dimensionColumns": ["carrier", "origin", "dest", "month"],
    "scalarFunctions": ["UPPER", "LOWER", "TRUNC", "CAST", "COALESCE"],
    "outputConstraints": [{"columnName": "tailnum", "minimum": 25, "type": "COUNT_DISTINCT"}],
}

PLANES_RULE = {
    "aggregateColumns": [
        {"columnNames": ["tailnum"], "function": "COUNT_DISTINCT"},
        {"columnNames": ["seats"], "function": "AVG"},
    ],
    "joinColumns": ["tailnum"],
    "allowedJoinOperators": ["AND"],
    "dimensionColumns": ["manufacturer", "model", "type"],
    "scalarFunctions": ["UPPER"],
    "outputConstraints": [{"columnName": "tailnum", "minimum": 2, "type": "COUNT_DISTINCT"}],
}


@dataclass
class Airlines:
    """The example's collaboration: the manufacturer runs and receives, the airline provides."""

    airline: Account
    manufacturer: Account
    collaboration: str
    membership: str
    airline_membership: str
    flights: dict
    planes: dict

    def start(self, sql, output=None):
        output = output or {"s3": {"bucket": "results", "resultFormat": "CSV", "keyPrefix": "out"}}
        answer = self.manufacturer.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=self.membership,
            sqlParameters={"queryString": sql},
            resultConfiguration={"outputConfiguration": output},
        )["protectedQuery"]
        assert answer["status"] == "SUBMITTED"
        return answer["id"]

    def wait(self, query, seconds=120):
        return ended(self.manufacturer, self.membership, query, seconds=seconds)

    def run(self, sql, output=None):
        return self.wait(self.start(sql, output))

    def objects(self, query, bucket="results"):
        """Key to bytes of what a finished query delivered."""
        listed = self.manufacturer.s3.list_objects_v2(Bucket=bucket, Prefix=f"out/{query}/")
        return {
            it["Key"]: self.manufacturer.s3.get_object(Bucket=bucket, Key=it["Key"])["Body"].read()
            for it in listed.get("Contents", [])
        }


def configure(account, table, columns, rule, kind="AGGREGATION", name=None):
    """A configured table with its rule, by the owner's own SDK."""
    rooms = account.rooms
    made = rooms.create_configured_table(
        name=name or table,
        tableReference={"glue": {"databaseName": "airlines", "tableName": table}},
        allowedColumns=columns,
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]
    member = "aggregation" if kind == "AGGREGATION" else "list"
    rooms.create_configured_table_analysis_rule(
        configuredTableIdentifier=made["id"],
        analysisRuleType=kind,
        analysisRulePolicy={"v1": {member: rule}},
    )
    return made


def associate(account, membership, configured, name):
    return account.rooms.create_configured_table_association(
        name=name,
        membershipIdentifier=membership,
        configuredTableIdentifier=configured["id"],
        roleArn=ROLE,
    )["configuredTableAssociation"]


def open_airlines(house):
    """Two accounts, their data, collaboration, tables and rules: all through boto3."""
    airline, manufacturer = house.account("Airline"), house.account("Manufacturer")
    shutil.copy(DATA / "flights.parquet", airline.tables())
    shutil.copy(DATA / "planes.parquet", manufacturer.tables())
    made = manufacturer.rooms.create_collaboration(
        name="Delays by model",
        description="which models are late",
        creatorDisplayName="Manufacturer",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": airline.id, "memberAbilities": [], "displayName": "Airline"}],
        queryLogStatus="ENABLED",
    )["collaboration"]
    memberships = {}
    for account in (manufacturer, airline):
        memberships[account.id] = account.rooms.create_membership(
            collaborationIdentifier=made["id"], queryLogStatus="ENABLED"
        )["membership"]["id"]
    flights = configure(
        airline,
        "flights",
        ["carrier", "origin", "dest", "month", "tailnum", "dep_delay", "arr_delay", "distance"],
        FLIGHTS_RULE,
    )
    planes = configure(
        manufacturer,
        "planes",
        ["tailnum", "manufacturer", "model", "type", "seats"],
        PLANES_RULE,
    )
    associate(airline, memberships[airline.id], flights, "flights")
    associate(manufacturer, memberships[manufacturer.id], planes, "planes")
    manufacturer.s3.create_bucket(Bucket="results")
    return Airlines(
        airline,
        manufacturer,
        made["id"],
        memberships[manufacturer.id],
        memberships[airline.id],
        flights,
        planes,
    )


@pytest.fixture(scope="session")
def airlines(house):
    return open_airlines(house)
